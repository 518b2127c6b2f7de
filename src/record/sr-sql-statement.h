/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @text: one statement that is neither INSERT nor COPY, without its semicolon */
typedef gboolean (*SrSqlStatementFunc) (const char *text,
                                        gsize       size,
                                        gpointer    user_data,
                                        GError    **error);

G_END_DECLS
