/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-json-array.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "record/sr-value.h"

static void
pass_space (SrJsonArray *self)
{
  while (self->at < self->end && strchr (" \t\r\n", *self->at) != NULL && *self->at != '\0')
    self->at++;
}

gboolean
sr_json_array_begin (SrJsonArray *self,
                     const char  *text,
                     gsize        size)
{
  self->at = text;
  self->end = text + size;
  self->first = TRUE;
  pass_space (self);
  return self->at < self->end && *self->at++ == '[';
}

/* Returns: (nullable): behind the closing quote of the string at @at */
static const char *
end_of_string (const char *at,
               const char *end)
{
  for (at++; at < end; at++)
    {
      if (*at == '"')
        return at + 1;
      if (*at == '\\')
        at++;
    }
  return NULL;
}

/* Returns: (nullable): behind the array, object, string or word at @at */
static const char *
end_of_value (const char *at,
              const char *end)
{
  gsize depth = 0;

  do
    {
      if (*at == '"')
        at = end_of_string (at, end);
      else if (*at == '[' || *at == '{')
        {
          depth++;
          at++;
        }
      else if (*at == ']' || *at == '}')
        {
          if (depth == 0)
            return NULL;
          depth--;
          at++;
        }
      else if (depth > 0)
        at++;
      else
        while (at < end && strchr (",]} \t\r\n", *at) == NULL)
          at++;
    }
  while (depth > 0 && at != NULL && at < end);
  return depth == 0 ? at : NULL;
}

static gboolean
set_string (SrValue    *element,
            const char *text,
            gsize       size,
            char      **decoded)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode              *root;

  /* Would end the text that json-glib gives. */
  if (g_strstr_len (text, (gssize) size, "\\u0000") != NULL)
    return FALSE;
  if (!json_parser_load_from_data (parser, text, (gssize) size, NULL))
    return FALSE;
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_VALUE (root) ||
      json_node_get_value_type (root) != G_TYPE_STRING)
    return FALSE;
  *decoded = json_node_dup_string (root);
  *element = (SrValue){ SR_VALUE_TEXT, *decoded, strlen (*decoded) };
  return TRUE;
}

static gboolean
set_element (SrValue    *element,
             const char *text,
             gsize       size,
             char      **decoded)
{
  g_clear_pointer (decoded, g_free);
  if (*text == '"')
    return set_string (element, text, size, decoded);
  *decoded = g_strndup (text, size);
  *element = (SrValue){ SR_VALUE_NULL, *decoded, size };
  if (*text == '[' || *text == '{')
    element->type = SR_VALUE_JSON;
  else if (strcmp (*decoded, "true") == 0 || strcmp (*decoded, "false") == 0)
    element->type = SR_VALUE_BOOL;
  else if (sr_text_is_number (text, size))
    element->type = SR_VALUE_NUMBER;
  else
    return strcmp (*decoded, "null") == 0;
  return TRUE;
}

int
sr_json_array_next (SrJsonArray *self,
                    SrValue     *element,
                    char       **decoded)
{
  const char *begin;
  const char *behind;

  pass_space (self);
  if (self->at >= self->end)
    return -1;
  if (*self->at == ']')
    return 0;
  if (!self->first && *self->at++ != ',')
    return -1;
  self->first = FALSE;
  pass_space (self);
  begin = self->at;
  behind = begin < self->end ? end_of_value (begin, self->end) : NULL;
  if (behind == NULL || behind == begin || behind > self->end ||
      !set_element (element, begin, (gsize) (behind - begin), decoded))
    return -1;
  self->at = behind;
  return 1;
}
