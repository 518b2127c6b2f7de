/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* The JSON reader: the same from memory and from pieces, and passing over a value ends where
 * reading it ends. */

#include "config.h"

#include <string.h>

#include "repo/sr-json-reader.h"
#include "sr-fuzz.h"

typedef struct
{
  const guint8 *data;
  gsize         left;
  gsize         step;
} Pieces;

static gssize
fill (gpointer       user_data,
      gconstpointer *data,
      GError       **error)
{
  Pieces *pieces = user_data;
  gsize   n = MIN (pieces->step, pieces->left);

  *data = pieces->data;
  pieces->data += n;
  pieces->left -= n;
  return (gssize) n;
}

/* Reads both to the end, token by token. Returns: whether it is JSON */
static gboolean
read_both (SrJsonReader *whole,
           SrJsonReader *pieces)
{
  SrJsonToken token;

  do
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) other_error = NULL;
      gsize              length;
      gsize              other_length;
      const char        *text;
      const char        *other;

      token = sr_json_reader_next (whole, &error);
      sr_fuzz_assert (sr_json_reader_next (pieces, &other_error) == token);
      sr_fuzz_assert ((error != NULL) == (token == SR_JSON_ERROR));
      sr_fuzz_assert (error == NULL || strcmp (error->message, other_error->message) == 0);
      sr_fuzz_assert (sr_json_reader_get_depth (whole) == sr_json_reader_get_depth (pieces));
      sr_fuzz_assert (sr_json_reader_get_offset (whole) == sr_json_reader_get_offset (pieces));
      text = sr_json_reader_get_text (whole, &length);
      other = sr_json_reader_get_text (pieces, &other_length);
      sr_fuzz_assert (length == other_length && memcmp (text, other, length + 1) == 0);
    }
  while (token != SR_JSON_END && token != SR_JSON_ERROR);
  return token == SR_JSON_END;
}

static gboolean
skip_all (const guint8 *data,
          gsize         size,
          guint64      *offset)
{
  g_autoptr (SrJsonReader) reader = sr_json_reader_new (data, size);

  if (sr_json_reader_next (reader, NULL) == SR_JSON_ERROR || !sr_json_reader_skip (reader, NULL) ||
      sr_json_reader_next (reader, NULL) != SR_JSON_END)
    return FALSE;
  *offset = sr_json_reader_get_offset (reader);
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  Pieces                   source = { data, size, size % 7 + 1 };
  g_autoptr (SrJsonReader) whole = sr_json_reader_new (data, size);
  g_autoptr (SrJsonReader) pieces = sr_json_reader_new_stream (fill, &source);
  gboolean                 is_json = read_both (whole, pieces);
  guint64                  offset = 0;

  sr_fuzz_assert (skip_all (data, size, &offset) == is_json);
  sr_fuzz_assert (!is_json || offset == sr_json_reader_get_offset (whole));
  return 0;
}
