/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-dotenv.h"

#include "base/sr-error.h"

#include <string.h>

#define MAX_ENTRIES 10000

struct _SrDotenv
{
  GPtrArray *entries;
};

typedef struct
{
  const char *at;
  const char *end;
  guint       line;
} Scan;

static void
wipe (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

static void
entry_free (SrDotenvEntry *entry)
{
  g_free (entry->name);
  wipe (entry->value);
  g_free (entry);
}

void
sr_dotenv_free (SrDotenv *self)
{
  g_ptr_array_unref (self->entries);
  g_free (self);
}

guint
sr_dotenv_get_n_entries (const SrDotenv *self)
{
  return self->entries->len;
}

const SrDotenvEntry *
sr_dotenv_get_entry (const SrDotenv *self,
                     guint           index)
{
  return g_ptr_array_index (self->entries, index);
}

const SrDotenvEntry *
sr_dotenv_find (const SrDotenv *self,
                const char     *name)
{
  for (guint i = self->entries->len; i > 0; i--)
    {
      const SrDotenvEntry *entry = g_ptr_array_index (self->entries, i - 1);

      if (strcmp (entry->name, name) == 0)
        return entry;
    }
  return NULL;
}

static gboolean
is_line_end (const Scan *scan,
             const char *at)
{
  return at >= scan->end || *at == '\n' || *at == '\r';
}

static void
skip_blanks (Scan *scan)
{
  while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\t'))
    scan->at++;
}

/* Behind the line break; CRLF is one. */
static void
skip_line (Scan *scan)
{
  while (!is_line_end (scan, scan->at))
    scan->at++;
  if (scan->at >= scan->end)
    return;
  if (*scan->at == '\r' && scan->at + 1 < scan->end && scan->at[1] == '\n')
    scan->at++;
  scan->at++;
  scan->line++;
}

static gboolean
is_name_character (char     c,
                   gboolean first)
{
  return g_ascii_isalpha (c) || c == '_' ||
         (!first && (g_ascii_isdigit (c) || c == '.' || c == '-'));
}

/* Returns: (transfer full) (nullable): %NULL if the line is no assignment */
static char *
take_name (Scan *scan)
{
  const char      *begin;
  g_autofree char *name = NULL;

  skip_blanks (scan);
  if (scan->end - scan->at > 7 && strncmp (scan->at, "export", 6) == 0 &&
      (scan->at[6] == ' ' || scan->at[6] == '\t'))
    {
      scan->at += 6;
      skip_blanks (scan);
    }
  begin = scan->at;
  while (scan->at < scan->end && is_name_character (*scan->at, scan->at == begin))
    scan->at++;
  if (scan->at == begin)
    return NULL;
  name = g_strndup (begin, (gsize) (scan->at - begin));
  skip_blanks (scan);
  if (scan->at >= scan->end || *scan->at != '=')
    return NULL;
  scan->at++;
  skip_blanks (scan);
  return g_steal_pointer (&name);
}

/* The closing quote of the one at @scan->at, of the same kind and not escaped. */
static const char *
find_quote (const Scan *scan)
{
  char quote = *scan->at;

  for (const char *at = scan->at + 1; at < scan->end; at++)
    if (quote == '"' && *at == '\\' && at + 1 < scan->end)
      at++;
    else if (*at == quote)
      return at;
  return NULL;
}

static char
unescape (char c)
{
  switch (c)
    {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c;
    }
}

/* Only escapes that the usual libraries undo; else the backslash stays. */
static char *
copy_double_quoted (const char *begin,
                    const char *end)
{
  char *value = g_malloc ((gsize) (end - begin) + 1);
  char *out = value;

  for (const char *at = begin; at < end; at++)
    if (*at == '\\' && at + 1 < end && strchr ("nrt\"\\$", at[1]) != NULL)
      *out++ = unescape (*++at);
    else
      *out++ = *at;
  *out = '\0';
  return value;
}

static char *
take_quoted (Scan       *scan,
             const char *close)
{
  char  quote = *scan->at;
  char *value = quote == '"' ? copy_double_quoted (scan->at + 1, close)
                             : g_strndup (scan->at + 1, (gsize) (close - scan->at - 1));

  while (scan->at < close)
    if (is_line_end (scan, scan->at))
      skip_line (scan);
    else
      scan->at++;
  /* A CRLF that ended in the middle cannot be: what closes is no line break. */
  scan->at = close + 1;
  return value;
}

/* To the end of the line, or to a "#" behind white space. */
static char *
take_plain (Scan *scan)
{
  const char *begin = scan->at;
  const char *end;

  while (!is_line_end (scan, scan->at) &&
         !(*scan->at == '#' && (scan->at == begin || g_ascii_isspace (scan->at[-1]))))
    scan->at++;
  end = scan->at;
  while (end > begin && g_ascii_isspace (end[-1]))
    end--;
  return g_strndup (begin, (gsize) (end - begin));
}

/* @at: as it stands in the file; "\\$" is no beginning */
static gboolean
has_interpolation (const char *at,
                   const char *end)
{
  for (; at + 1 < end; at++)
    if (*at == '\\')
      at++;
    else if (*at == '$' && (at[1] == '{' || g_ascii_isalpha (at[1]) || at[1] == '_'))
      return TRUE;
  return FALSE;
}

static SrDotenvEntry *
take_entry (Scan *scan)
{
  guint          line = scan->line;
  char          *name = take_name (scan);
  const char    *close = NULL;
  const char    *begin;
  SrDotenvEntry *entry;
  gboolean       literal = FALSE;

  if (name == NULL)
    return NULL;
  entry = g_new0 (SrDotenvEntry, 1);
  entry->name = name;
  entry->line = line;
  if (scan->at < scan->end && strchr ("'\"`", *scan->at) != NULL)
    {
      close = find_quote (scan);
      literal = close != NULL && *close == '\'';
    }
  begin = scan->at;
  entry->value = close != NULL ? take_quoted (scan, close) : take_plain (scan);
  entry->interpolates = !literal && has_interpolation (begin, scan->at);
  return entry;
}

SrDotenv *
sr_dotenv_parse (const char *text,
                 gsize       size,
                 GError    **error)
{
  g_autoptr (SrDotenv) self = NULL;
  Scan                 scan = { text, text + size, 1 };

  if (size > 0 && memchr (text, '\0', size) != NULL)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID, "It is no text but binary data");
      return NULL;
    }
  self = g_new0 (SrDotenv, 1);
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  if (size >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    scan.at += 3;
  while (scan.at < scan.end)
    {
      SrDotenvEntry *entry = take_entry (&scan);

      if (entry != NULL)
        g_ptr_array_add (self->entries, entry);
      skip_line (&scan);
      if (self->entries->len > MAX_ENTRIES)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "It holds more than %d variables",
                       MAX_ENTRIES);
          return NULL;
        }
    }
  return g_steal_pointer (&self);
}
