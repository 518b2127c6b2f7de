/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * sr_get_user_name:
 *
 * Like g_get_user_name(), but says nothing on standard error where the user has no name, as happens
 * in containers; the number stands for it then.
 *
 * Threads: any.
 *
 * Returns: (transfer none): valid UTF-8, for as long as the process lives
 */
const char *sr_get_user_name (void);

G_END_DECLS
