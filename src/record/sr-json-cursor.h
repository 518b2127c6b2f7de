/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrJsonCursor:
 * @offset: of @text in its source, for errors
 * @n_nul: escapes for NUL that were passed
 * @n_halves: escapes for half a surrogate pair
 * @n_rounded: whole numbers beyond 2^53 that look as if they went through a floating one
 *
 * Walks through JSON byte by byte and checks all of it; never recursive. All zero but the first
 * three at the start.
 */
typedef struct
{
  const char *text;
  gsize       size;
  guint64     offset;
  gsize       at;
  guint       n_nul;
  guint       n_halves;
  guint       n_rounded;
} SrJsonCursor;

/* Returns: the next byte that is no white space, without taking it; -1 at the end */
int sr_json_cursor_peek (SrJsonCursor *self);
/* Takes the next byte, which must be @c once white space is passed. */
gboolean sr_json_cursor_take (SrJsonCursor *self,
                              char          c,
                              const char   *otherwise,
                              GError      **error);
/* Passes a string from its opening quote on. @plain: (out) (optional): it has no escapes */
gboolean sr_json_cursor_pass_string (SrJsonCursor *self,
                                     gboolean     *plain,
                                     GError      **error);
/* Passes any value. */
gboolean sr_json_cursor_pass_value (SrJsonCursor *self,
                                    GError      **error);
/* Sets @error to "This is no valid JSON: WHAT at byte N". Returns: %FALSE */
gboolean sr_json_cursor_fail (const SrJsonCursor *self,
                              const char         *what,
                              GError            **error);

/**
 * sr_json_decode_string:
 * @text: what stands between the quotes, as sr_json_cursor_pass_string() passed it
 * @to: (out caller-allocates): room for @size bytes
 *
 * Returns: how many bytes it says
 */
gsize sr_json_decode_string (const char *text,
                             gsize       size,
                             char       *to);

G_END_DECLS
