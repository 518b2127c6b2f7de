/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "repo/sr-json-reader.h"

static gboolean
refuse (SrJsonReader *self,
        const char   *what,
        const char   *why,
        GError      **error)
{
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
               "%s before offset %" G_GUINT64_FORMAT " %s", what, sr_json_reader_get_offset (self),
               why);
  return FALSE;
}

/* Returns: 1 for a value of kind @token, 0 for null, -1 with @error set */
static int
read_value (SrJsonReader *self,
            SrJsonToken   token,
            const char   *what,
            GError      **error)
{
  SrJsonToken found = sr_json_reader_next (self, error);

  if (found == token)
    return 1;
  if (found == SR_JSON_NULL)
    return 0;
  if (found == SR_JSON_ERROR)
    g_prefix_error (error, "%s: ", what);
  else
    refuse (self, what, "has a value of the wrong kind", error);
  return -1;
}

int
sr_json_reader_next_member (SrJsonReader *self,
                            GError      **error)
{
  switch (sr_json_reader_next (self, error))
    {
    case SR_JSON_NAME:
      return 1;
    case SR_JSON_OBJECT_END:
      return 0;
    case SR_JSON_ERROR:
      return -1;
    default:
      refuse (self, "What stands", "is no member of an object", error);
      return -1;
    }
}

gboolean
sr_json_reader_text_is (SrJsonReader *self,
                        const char   *text)
{
  gsize       length;
  const char *have = sr_json_reader_get_text (self, &length);

  return strlen (text) == length && memcmp (have, text, length) == 0;
}

gboolean
sr_json_reader_read_uint64 (SrJsonReader *self,
                            const char   *what,
                            guint64       max,
                            guint64      *value,
                            GError      **error)
{
  int found = read_value (self, SR_JSON_NUMBER, what, error);

  *value = 0;
  if (found <= 0)
    return found == 0;
  if (!sr_json_reader_get_uint64 (self, value, error))
    {
      g_prefix_error (error, "%s: ", what);
      return FALSE;
    }
  return *value <= max || refuse (self, what, "is too large", error);
}

gboolean
sr_json_reader_read_uint32 (SrJsonReader *self,
                            const char   *what,
                            guint32      *value,
                            GError      **error)
{
  guint64  number;
  gboolean ok = sr_json_reader_read_uint64 (self, what, G_MAXUINT32, &number, error);

  *value = ok ? (guint32) number : 0;
  return ok;
}

gboolean
sr_json_reader_read_boolean (SrJsonReader *self,
                             const char   *what,
                             gboolean     *value,
                             GError      **error)
{
  SrJsonToken found = sr_json_reader_next (self, error);

  if (found == SR_JSON_ERROR)
    return FALSE;
  *value = found == SR_JSON_TRUE;
  return found == SR_JSON_TRUE || found == SR_JSON_FALSE || found == SR_JSON_NULL ||
         refuse (self, what, "is neither true nor false", error);
}

/* The text of the last token as a string of C. */
static char *
dup_text (SrJsonReader *self,
          const char   *what,
          GError      **error)
{
  gsize       length;
  const char *text = sr_json_reader_get_text (self, &length);

  if (memchr (text, '\0', length) != NULL)
    {
      refuse (self, what, "holds a NUL byte", error);
      return NULL;
    }
  return g_strndup (text, length);
}

gboolean
sr_json_reader_read_string (SrJsonReader *self,
                            const char   *what,
                            char        **value,
                            GError      **error)
{
  int found = read_value (self, SR_JSON_STRING, what, error);

  g_clear_pointer (value, g_free);
  if (found <= 0)
    return found == 0;
  *value = dup_text (self, what, error);
  return *value != NULL;
}

gboolean
sr_json_reader_read_strings (SrJsonReader *self,
                             const char   *what,
                             char       ***value,
                             GError      **error)
{
  int                   found = read_value (self, SR_JSON_ARRAY_BEGIN, what, error);
  g_autoptr (GPtrArray) strings = NULL;
  SrJsonToken           token;

  g_clear_pointer (value, g_strfreev);
  if (found <= 0)
    return found == 0;
  strings = g_ptr_array_new_with_free_func (g_free);
  while ((token = sr_json_reader_next (self, error)) == SR_JSON_STRING)
    {
      char *text = dup_text (self, what, error);

      if (text == NULL)
        return FALSE;
      g_ptr_array_add (strings, text);
    }
  if (token == SR_JSON_ERROR)
    return FALSE;
  if (token != SR_JSON_ARRAY_END)
    return refuse (self, what, "is not a list of texts", error);
  g_ptr_array_add (strings, NULL);
  *value = (char **) g_ptr_array_free (g_steal_pointer (&strings), FALSE);
  return TRUE;
}

gboolean
sr_json_reader_read_id (SrJsonReader *self,
                        const char   *what,
                        SrId         *id,
                        gboolean     *present,
                        GError      **error)
{
  int         found = read_value (self, SR_JSON_STRING, what, error);
  gsize       length;
  const char *text;

  if (present != NULL)
    *present = found > 0;
  if (found < 0)
    return FALSE;
  if (found == 0)
    return present != NULL || refuse (self, what, "is missing", error);
  text = sr_json_reader_get_text (self, &length);
  return sr_id_from_hex (id, text, length) || refuse (self, what, "is not an id", error);
}

static gboolean
is_base64 (const char *text,
           gsize       length)
{
  gsize padding = 0;

  if (length % 4 != 0)
    return FALSE;
  while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
    padding++;
  for (gsize i = 0; i < length - padding; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '+' && text[i] != '/')
      return FALSE;
  return TRUE;
}

gboolean
sr_json_reader_read_base64 (SrJsonReader *self,
                            const char   *what,
                            guint8      **data,
                            gsize        *size,
                            GError      **error)
{
  int         found = read_value (self, SR_JSON_STRING, what, error);
  const char *text;
  gsize       length;

  g_clear_pointer (data, g_free);
  *size = 0;
  if (found <= 0)
    return found == 0;
  text = sr_json_reader_get_text (self, &length);
  if (!is_base64 (text, length))
    return refuse (self, what, "is not base64", error);
  *data = g_base64_decode (text, size);
  return TRUE;
}

gboolean
sr_json_reader_read_time (SrJsonReader *self,
                          const char   *what,
                          SrTime       *time,
                          GError      **error)
{
  int         found = read_value (self, SR_JSON_STRING, what, error);
  const char *text;
  gsize       length;

  if (found <= 0)
    {
      memset (time, 0, sizeof *time);
      return found == 0;
    }
  text = sr_json_reader_get_text (self, &length);
  return sr_time_parse (text, length, time) || refuse (self, what, "is not a time", error);
}
