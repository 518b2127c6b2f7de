/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-json-head.h"

#define MAX_TEXT 256

typedef struct
{
  const char *at;
  const char *end;
  GPtrArray  *members;
  char       *parent; /* of members at depth two */
} Scan;

static void
member_free (gpointer data)
{
  SrJsonMember *member = data;

  g_free (member->name);
  g_free (member->parent);
  g_free (member->text);
  g_free (member);
}

static gboolean
skip_space (Scan *scan)
{
  while (scan->at < scan->end && strchr (" \t\r\n", *scan->at) != NULL && *scan->at != '\0')
    scan->at++;
  return scan->at < scan->end;
}

/* From the opening quote to behind the closing one. Returns: (nullable): what stands between, cut
 * to a bound; %NULL if it does not end */
static char *
take_string (Scan *scan)
{
  const char *begin = ++scan->at;

  for (; scan->at < scan->end && *scan->at != '"'; scan->at++)
    if (*scan->at == '\\' && ++scan->at == scan->end)
      return NULL;
  if (scan->at >= scan->end)
    return NULL;
  scan->at++;
  return g_strndup (begin, (gsize) MIN (scan->at - 1 - begin, MAX_TEXT));
}

/* Passes over an array or object. Returns: %FALSE if it does not end */
static gboolean
skip_nested (Scan *scan)
{
  guint depth = 0;

  while (scan->at < scan->end)
    {
      char c = *scan->at;

      if (c == '"')
        {
          g_autofree char *passed = take_string (scan);

          if (passed == NULL)
            return FALSE;
          continue;
        }
      scan->at++;
      depth += c == '{' || c == '[';
      if ((c == '}' || c == ']') && --depth == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean scan_object (Scan *scan);

/* A number, true, false or null. */
static char *
take_word (Scan *scan)
{
  const char *begin = scan->at;

  while (scan->at < scan->end && strchr (" \t\r\n,}]", *scan->at) == NULL)
    scan->at++;
  return g_strndup (begin, (gsize) MIN (scan->at - begin, MAX_TEXT));
}

static gboolean
scan_value (Scan         *scan,
            SrJsonMember *member)
{
  gboolean more;

  if (!skip_space (scan))
    return FALSE;
  member->type = *scan->at;
  switch (member->type)
    {
    case '"':
      member->text = take_string (scan);
      return member->text != NULL;
    case '{':
      if (scan->parent != NULL)
        return skip_nested (scan);
      scan->parent = g_strdup (member->name);
      more = scan_object (scan);
      g_clear_pointer (&scan->parent, g_free);
      return more;
    case '[':
      return skip_nested (scan);
    default:
      member->text = take_word (scan);
      return *member->text != '\0';
    }
}

/* From the opening brace. Returns: whether its end was seen */
static gboolean
scan_object (Scan *scan)
{
  scan->at++;
  while (skip_space (scan))
    {
      SrJsonMember *member;
      char         *name;

      if (*scan->at == '}')
        {
          scan->at++;
          return TRUE;
        }
      if (*scan->at == ',')
        {
          scan->at++;
          continue;
        }
      name = *scan->at == '"' ? take_string (scan) : NULL;
      if (name == NULL)
        return FALSE;
      member = g_new0 (SrJsonMember, 1);
      member->name = name;
      member->parent = g_strdup (scan->parent);
      g_ptr_array_add (scan->members, member);
      if (!skip_space (scan) || *scan->at++ != ':' || !scan_value (scan, member))
        return FALSE;
    }
  return FALSE;
}

GPtrArray *
sr_json_head_scan (const char *text,
                   gsize       size)
{
  Scan scan = { .at = text, .end = text + size };

  scan.members = g_ptr_array_new_with_free_func (member_free);
  if (size >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    scan.at += 3;
  if (skip_space (&scan) && *scan.at == '{')
    scan_object (&scan);
  g_clear_pointer (&scan.parent, g_free);
  return scan.members;
}

const SrJsonMember *
sr_json_head_find (GPtrArray  *members,
                   const char *name)
{
  for (guint i = 0; i < members->len; i++)
    {
      const SrJsonMember *member = g_ptr_array_index (members, i);

      if (member->parent == NULL && strcmp (member->name, name) == 0)
        return member;
    }
  return NULL;
}
