/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "record/sr-json-text.h"
#include "record/sr-sql-array.h"
#include "record/sr-value.h"

/* Passes one element from @p on. Returns: where it ends; %NULL if it does not */
static const char *
append_element (const char *p,
                const char *end,
                gboolean    numbers,
                GString    *out)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean            quoted = p < end && *p == '"';

  if (quoted)
    p++;
  for (; p < end && (quoted ? *p != '"' : strchr (",{}\"", *p) == NULL); p++)
    {
      if (*p == '\\' && ++p == end)
        return NULL;
      g_string_append_c (text, *p);
    }
  if (p == end || (!quoted && text->len == 0))
    return NULL;
  if (!quoted && g_ascii_strcasecmp (text->str, "NULL") == 0)
    g_string_append (out, "null");
  else if (!quoted && numbers && sr_text_is_number (text->str, text->len))
    g_string_append_len (out, text->str, (gssize) text->len);
  else
    sr_json_text_append_string (out, text->str, text->len);
  return quoted ? p + 1 : p;
}

/* Arrays lie in each other without recursion: brackets are only exchanged. */
static gboolean
append_array (const char *p,
              const char *end,
              gboolean    numbers,
              GString    *out)
{
  guint    depth = 0;
  gboolean wants_value = TRUE;

  for (; p != NULL && p < end; wants_value = *p == ',' || *p == '{', p++)
    {
      if (*p == '{' && wants_value)
        {
          depth++;
          g_string_append_c (out, '[');
          continue;
        }
      if (depth > 0 && wants_value && *p != '}' && *p != ',')
        {
          p = append_element (p, end, numbers, out);
          if (p == NULL || p == end)
            return FALSE;
          wants_value = FALSE;
        }
      if (depth == 0 || (*p == ',' ? wants_value : *p != '}' || (wants_value && p[-1] != '{')))
        return FALSE;
      g_string_append_c (out, *p == ',' ? ',' : ']');
      if (*p == '}' && --depth == 0)
        return p + 1 == end;
    }
  return FALSE;
}

gboolean
sr_sql_array_to_json (const char *text,
                      gsize       size,
                      gboolean    numbers,
                      GString    *out)
{
  gsize start = out->len;

  if (size > 0 && text[0] == '{' && append_array (text, text + size, numbers, out))
    return TRUE;
  g_string_truncate (out, start);
  return FALSE;
}
