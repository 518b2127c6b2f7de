/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Writes JSON exactly as Go's encoding/json does, since ids are digests of the text: no white
 * space, and the escapes of sr_json_append_string(). */

/* Quoted; `"`, `\` and control bytes escaped (\n \r \t short, the rest \u00xx), `<`, `>`, `&`,
 * U+2028 and U+2029 as \uxxxx, each byte that is not UTF-8 as \ufffd. */
void sr_json_append_string (GString    *out,
                            const char *text,
                            gssize      length);

/**
 * sr_go_quote:
 * @name: raw bytes
 *
 * Go's strconv.Quote without the outer quotes: how restic stores names in trees.
 */
void sr_go_quote (GString    *out,
                  const char *name);
/* The other way. Returns: (transfer full) (nullable): raw bytes; %NULL if @quoted is malformed or
 * holds a NUL */
char *sr_go_unquote (const char *quoted,
                     gsize       length);

/* Standard base64 with padding, quoted. */
void sr_json_append_base64 (GString      *out,
                            gconstpointer data,
                            gsize         size);

G_END_DECLS
