/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * sr_sql_array_to_json:
 * @text: an array as PostgreSQL writes it: {a,"b c",NULL,{…}}
 * @numbers: what stands without quotes are numbers
 *
 * Appends it to @out as JSON. Returns: %FALSE if it is none; @out is then as it was
 */
gboolean sr_sql_array_to_json (const char *text,
                               gsize       size,
                               gboolean    numbers,
                               GString    *out);

G_END_DECLS
