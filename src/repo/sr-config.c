/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "repo/sr-config.h"
#include "repo/sr-json-reader.h"

/* Members that must be there. */
enum
{
  HAVE_VERSION = 1 << 0,
  HAVE_ID = 1 << 1,
  HAVE_POLYNOMIAL = 1 << 2,
  HAVE_ALL = HAVE_VERSION | HAVE_ID | HAVE_POLYNOMIAL,
};

GString *
sr_config_encode (const SrConfig *self)
{
  char                hex[SR_ID_HEX_SIZE];
  const SrChunkSizes *chunks = &self->database_chunks;
  GString            *out = g_string_new (NULL);

  g_string_append_printf (out, "{\"version\":%u,\"id\":\"%s\"", self->version,
                          sr_id_to_hex (&self->id, hex));
  g_string_append_printf (out, ",\"chunker_polynomial\":\"%" G_GINT64_MODIFIER "x\"",
                          self->polynomial);
  if (memcmp (chunks, &sr_chunk_sizes_database, sizeof *chunks) != 0)
    g_string_append_printf (out, ",\"strongroom_database_chunks\":[%u,%u,%u]", chunks->min,
                            chunks->bits, chunks->max);
  g_string_append_c (out, '}');
  return out;
}

static gboolean
refuse (const char *why,
        GError    **error)
{
  g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED, why);
  return FALSE;
}

static gboolean
read_polynomial (SrJsonReader *reader,
                 SrPolynomial *polynomial,
                 GError      **error)
{
  const char *text;

  if (!sr_json_reader_expect (reader, SR_JSON_STRING, "chunker_polynomial", error))
    return FALSE;
  text = sr_json_reader_get_text (reader, NULL);
  return g_ascii_string_to_unsigned (text, 16, 1, G_MAXUINT64, polynomial, NULL) ||
         refuse ("chunker_polynomial is not a hexadecimal number", error);
}

static gboolean
read_chunk_sizes (SrJsonReader *reader,
                  SrChunkSizes *sizes,
                  GError      **error)
{
  static const char what[] = "strongroom_database_chunks";
  guint32          *parts[] = { &sizes->min, &sizes->bits, &sizes->max };

  if (!sr_json_reader_expect (reader, SR_JSON_ARRAY_BEGIN, what, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (!sr_json_reader_read_uint32 (reader, what, parts[i], error))
      return FALSE;
  if (!sr_json_reader_expect (reader, SR_JSON_ARRAY_END, what, error))
    return FALSE;
  return sr_chunk_sizes_are_valid (sizes) ||
         refuse ("strongroom_database_chunks names sizes that cannot be", error);
}

static gboolean
read_member (SrConfig     *self,
             SrJsonReader *reader,
             guint        *have,
             GError      **error)
{
  if (sr_json_reader_text_is (reader, "version"))
    {
      *have |= HAVE_VERSION;
      return sr_json_reader_read_uint32 (reader, "version", &self->version, error);
    }
  if (sr_json_reader_text_is (reader, "id"))
    {
      *have |= HAVE_ID;
      return sr_json_reader_read_id (reader, "id", &self->id, NULL, error);
    }
  if (sr_json_reader_text_is (reader, "chunker_polynomial"))
    {
      *have |= HAVE_POLYNOMIAL;
      return read_polynomial (reader, &self->polynomial, error);
    }
  if (sr_json_reader_text_is (reader, "strongroom_database_chunks"))
    return read_chunk_sizes (reader, &self->database_chunks, error);
  return sr_json_reader_skip (reader, error);
}

static gboolean
check (const SrConfig *self,
       guint           have,
       GError        **error)
{
  if ((have & HAVE_VERSION) != 0 && (self->version < 1 || self->version > 2))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                   "The vault has version %u of the format; versions 1 and 2 are known",
                   self->version);
      return FALSE;
    }
  if (have != HAVE_ALL)
    return refuse ("version, id or chunker_polynomial is missing", error);
  return sr_polynomial_is_valid (self->polynomial) ||
         refuse ("chunker_polynomial is not irreducible", error);
}

gboolean
sr_config_decode (SrConfig     *self,
                  gconstpointer json,
                  gsize         size,
                  GError      **error)
{
  g_autoptr (SrJsonReader) reader = sr_json_reader_new (json, size);
  guint                    have = 0;
  int                      more;

  memset (self, 0, sizeof *self);
  self->database_chunks = sr_chunk_sizes_database;
  if (!sr_json_reader_expect (reader, SR_JSON_OBJECT_BEGIN, "The config", error))
    return FALSE;
  while ((more = sr_json_reader_next_member (reader, error)) > 0)
    if (!read_member (self, reader, &have, error))
      return FALSE;
  return more == 0 && sr_json_reader_expect (reader, SR_JSON_END, "The end", error) &&
         check (self, have, error);
}
