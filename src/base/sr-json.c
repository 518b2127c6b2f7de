/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-base"

#include "config.h"

#include "base/sr-json.h"

#include "base/sr-error.h"

#include <errno.h>
#include <math.h>
#include <string.h>

typedef struct
{
  const char *text;
  gsize       size;
  gsize       at;
  guint       depth;
  guint       max_depth;
  GByteArray *open; /* '[' or '{' of each level that is not closed yet */
} Scan;

static gboolean
fail_at (Scan       *scan,
         const char *what,
         GError    **error)
{
  g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
               "This is no valid JSON: %s at byte %" G_GSIZE_FORMAT, what, scan->at);
  return FALSE;
}

static int
peek (const Scan *scan)
{
  return scan->at < scan->size ? (guint8) scan->text[scan->at] : -1;
}

static void
skip_space (Scan *scan)
{
  while (scan->at < scan->size && memchr (" \t\n\r", scan->text[scan->at], 4) != NULL)
    scan->at++;
}

/* Four hexadecimal digits. Returns: -1 if they are none */
static int
scan_unit (Scan *scan)
{
  int value = 0;

  for (int i = 0; i < 4; i++, scan->at++)
    {
      int digit = peek (scan) >= 0 ? g_ascii_xdigit_value (scan->text[scan->at]) : -1;

      if (digit < 0)
        return -1;
      value = value << 4 | digit;
    }
  return value;
}

/* After "\u". */
static gboolean
scan_code_point (Scan    *scan,
                 GError **error)
{
  int unit = scan_unit (scan);

  if (unit < 0)
    return fail_at (scan, "a broken escape", error);
  if (unit == 0)
    return fail_at (scan, "a NUL in a text", error);
  if (unit < 0xd800 || unit > 0xdfff)
    return TRUE;
  if (unit > 0xdbff || peek (scan) != '\\')
    return fail_at (scan, "half a surrogate pair", error);
  scan->at++;
  if (peek (scan) != 'u')
    return fail_at (scan, "half a surrogate pair", error);
  scan->at++;
  unit = scan_unit (scan);
  if (unit < 0xdc00 || unit > 0xdfff)
    return fail_at (scan, "half a surrogate pair", error);
  return TRUE;
}

static gboolean
scan_string (Scan    *scan,
             GError **error)
{
  if (peek (scan) != '"')
    return fail_at (scan, "a text was expected", error);
  scan->at++;
  for (;;)
    {
      int c = peek (scan);

      if (c < 0)
        return fail_at (scan, "a text without end", error);
      if (c < 0x20)
        return fail_at (scan, "a control byte in a text", error);
      scan->at++;
      if (c == '"')
        return TRUE;
      if (c != '\\')
        continue;
      c = peek (scan);
      if (c <= 0 || strchr ("\"\\/bfnrtu", c) == NULL)
        return fail_at (scan, "an unknown escape", error);
      scan->at++;
      if (c == 'u' && !scan_code_point (scan, error))
        return FALSE;
    }
}

static gsize
scan_digits (Scan *scan)
{
  gsize start = scan->at;

  while (g_ascii_isdigit (peek (scan)))
    scan->at++;
  return scan->at - start;
}

/* json-glib wraps whole numbers that do not fit into 64 bits. */
static gboolean
fits (const char *number,
      gboolean    whole)
{
  if (!whole)
    return isfinite (g_ascii_strtod (number, NULL));
  errno = 0;
  (void) g_ascii_strtoll (number, NULL, 10);
  return errno == 0;
}

static gboolean
scan_number (Scan    *scan,
             GError **error)
{
  gsize    start = scan->at;
  char     number[64];
  gsize    length;
  gsize    first;
  gsize    count;
  gboolean whole = TRUE;

  if (peek (scan) == '-')
    scan->at++;
  first = scan->at;
  count = scan_digits (scan);
  if (count == 0 || (count > 1 && scan->text[first] == '0'))
    return fail_at (scan, "a broken number", error);
  if (peek (scan) == '.')
    {
      whole = FALSE;
      scan->at++;
      if (scan_digits (scan) == 0)
        return fail_at (scan, "a broken number", error);
    }
  if (peek (scan) == 'e' || peek (scan) == 'E')
    {
      whole = FALSE;
      scan->at++;
      if (peek (scan) == '+' || peek (scan) == '-')
        scan->at++;
      if (scan_digits (scan) == 0)
        return fail_at (scan, "a broken number", error);
    }
  length = scan->at - start;
  if (length >= sizeof number)
    return fail_at (scan, "a number of too many digits", error);
  memcpy (number, scan->text + start, length);
  number[length] = '\0';
  if (!fits (number, whole))
    return fail_at (scan, "a number that is too large", error);
  return TRUE;
}

static gboolean
scan_word (Scan    *scan,
           GError **error)
{
  static const char *const words[] = { "true", "false", "null" };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      gsize length = strlen (words[i]);

      if (scan->size - scan->at >= length &&
          memcmp (scan->text + scan->at, words[i], length) == 0)
        {
          scan->at += length;
          return TRUE;
        }
    }
  return fail_at (scan, "a value was expected", error);
}

/* `"name":` of an object. */
static gboolean
scan_member_name (Scan    *scan,
                  GError **error)
{
  skip_space (scan);
  if (!scan_string (scan, error))
    return FALSE;
  skip_space (scan);
  if (peek (scan) != ':')
    return fail_at (scan, "a colon was expected", error);
  scan->at++;
  return TRUE;
}

/* An array or object begins. Sets @complete when it is empty, and so over at once. */
static gboolean
scan_open (Scan     *scan,
           gboolean *complete,
           GError  **error)
{
  guint8 bracket = (guint8) scan->text[scan->at];

  if (scan->open->len >= scan->max_depth)
    return fail_at (scan, "too many levels", error);
  scan->at++;
  skip_space (scan);
  if (peek (scan) == (bracket == '[' ? ']' : '}'))
    {
      scan->at++;
      *complete = TRUE;
      return TRUE;
    }
  g_byte_array_append (scan->open, &bracket, 1);
  return bracket == '[' || scan_member_name (scan, error);
}

/* After a value: closes what ends here, up to a comma or the end of the text. */
static gboolean
scan_after_value (Scan    *scan,
                  GError **error)
{
  for (;;)
    {
      guint8 bracket;
      int    c;

      skip_space (scan);
      if (scan->open->len == 0)
        return TRUE;
      bracket = scan->open->data[scan->open->len - 1];
      c = peek (scan);
      if (c == ',')
        {
          scan->at++;
          return bracket == '[' || scan_member_name (scan, error);
        }
      if (c != (bracket == '[' ? ']' : '}'))
        return fail_at (scan, "a comma or a closing bracket was expected", error);
      scan->at++;
      g_byte_array_set_size (scan->open, scan->open->len - 1);
    }
}

/* Without recursion: the depth of what comes from outside must not decide over our stack. */
static gboolean
scan_document (Scan    *scan,
               GError **error)
{
  do
    {
      gboolean complete = TRUE;
      gboolean good;
      int      c;

      skip_space (scan);
      c = peek (scan);
      if (c == '[' || c == '{')
        {
          complete = FALSE;
          good = scan_open (scan, &complete, error);
        }
      else if (c == '"')
        good = scan_string (scan, error);
      else if (c == '-' || g_ascii_isdigit (c))
        good = scan_number (scan, error);
      else
        good = scan_word (scan, error);
      if (!good || (complete && !scan_after_value (scan, error)))
        return FALSE;
      if (complete && scan->open->len == 0)
        break;
    }
  while (TRUE);
  return scan->at == scan->size || fail_at (scan, "something behind the end", error);
}

gboolean
sr_json_check (const char *text,
               gsize       size,
               gsize       max_size,
               guint       max_depth,
               GError    **error)
{
  Scan        scan = { .text = text, .size = size, .max_depth = max_depth };
  const char *end;
  gboolean    good;

  if (size > max_size)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "This JSON has %" G_GSIZE_FORMAT " bytes, more than the %" G_GSIZE_FORMAT
                   " it may have",
                   size, max_size);
      return FALSE;
    }
  if (!g_utf8_validate_len (text, size, &end))
    {
      scan.at = (gsize) (end - text);
      return fail_at (&scan, "bytes that are not UTF-8", error);
    }
  scan.open = g_byte_array_new ();
  good = scan_document (&scan, error);
  g_byte_array_unref (scan.open);
  return good;
}

JsonNode *
sr_json_parse (const char *text,
               gsize       size,
               gsize       max_size,
               guint       max_depth,
               GError    **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError)     local = NULL;
  JsonNode              *root;

  if (!sr_json_check (text, size, MIN (max_size, G_MAXINT32), max_depth, error))
    return NULL;
  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, text, (gssize) size, &local))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "This is no valid JSON: %s", local->message);
      return NULL;
    }
  root = json_parser_steal_root (parser);
  if (root == NULL)
    g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID, "This JSON is empty");
  return root;
}

JsonObject *
sr_json_parse_object (const char *text,
                      gsize       size,
                      gsize       max_size,
                      guint       max_depth,
                      GError    **error)
{
  g_autoptr (JsonNode) root = sr_json_parse (text, size, max_size, max_depth, error);

  if (root == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID, "This JSON is no object");
      return NULL;
    }
  return json_node_dup_object (root);
}

/* Returns: (nullable): the member if it is a plain value of type @type */
static JsonNode *
find_value (JsonObject *object,
            const char *member,
            GType       type)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != type)
    return NULL;
  return node;
}

static gboolean
fail_member (const char *member,
             const char *expected,
             GError    **error)
{
  g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "The member “%s” is missing or no %s",
               member, expected);
  return FALSE;
}

gboolean
sr_json_get_string (JsonObject  *object,
                    const char  *member,
                    const char **value,
                    GError     **error)
{
  JsonNode *node = find_value (object, member, G_TYPE_STRING);

  if (node == NULL)
    return fail_member (member, "text", error);
  *value = json_node_get_string (node);
  return TRUE;
}

gboolean
sr_json_get_int64 (JsonObject *object,
                   const char *member,
                   gint64     *value,
                   GError    **error)
{
  JsonNode *node = find_value (object, member, G_TYPE_INT64);

  if (node == NULL)
    return fail_member (member, "whole number", error);
  *value = json_node_get_int (node);
  return TRUE;
}

gboolean
sr_json_get_bool (JsonObject *object,
                  const char *member,
                  gboolean   *value,
                  GError    **error)
{
  JsonNode *node = find_value (object, member, G_TYPE_BOOLEAN);

  if (node == NULL)
    return fail_member (member, "true or false", error);
  *value = json_node_get_boolean (node);
  return TRUE;
}

gboolean
sr_json_get_array (JsonObject *object,
                   const char *member,
                   JsonArray **value,
                   GError    **error)
{
  JsonArray *array = sr_json_array_or_null (object, member);

  if (array == NULL)
    return fail_member (member, "array", error);
  *value = array;
  return TRUE;
}

gboolean
sr_json_get_object (JsonObject  *object,
                    const char  *member,
                    JsonObject **value,
                    GError     **error)
{
  JsonObject *found = sr_json_object_or_null (object, member);

  if (found == NULL)
    return fail_member (member, "object", error);
  *value = found;
  return TRUE;
}

const char *
sr_json_string_or (JsonObject *object,
                   const char *member,
                   const char *fallback)
{
  JsonNode *node = find_value (object, member, G_TYPE_STRING);

  return node != NULL ? json_node_get_string (node) : fallback;
}

gint64
sr_json_int64_or (JsonObject *object,
                  const char *member,
                  gint64      fallback)
{
  JsonNode *node = find_value (object, member, G_TYPE_INT64);

  return node != NULL ? json_node_get_int (node) : fallback;
}

gboolean
sr_json_bool_or (JsonObject *object,
                 const char *member,
                 gboolean    fallback)
{
  JsonNode *node = find_value (object, member, G_TYPE_BOOLEAN);

  return node != NULL ? json_node_get_boolean (node) : fallback;
}

JsonArray *
sr_json_array_or_null (JsonObject *object,
                       const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

JsonObject *
sr_json_object_or_null (JsonObject *object,
                        const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}
