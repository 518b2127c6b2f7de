/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A string with quotes and the escapes that JavaScript writes; what is no UTF-8 becomes U+FFFD. */
void sr_json_text_append_string (GString    *out,
                                 const char *text,
                                 gsize       size);

G_END_DECLS
