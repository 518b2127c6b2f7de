/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-source"

#include "config.h"

#include "source/sr-pattern.h"

#include "base/sr-atomic-file.h"
#include "base/sr-error.h"

#include <fcntl.h>
#include <string.h>

/* Pattern files are written by people. */
#define FILE_SIZE_MAX (16 * 1024 * 1024)

static gboolean
is_space (gunichar c)
{
  return g_unichar_isspace (c) || c == '\v' || c == 0x85;
}

/* White space of Unicode at both ends is cut off, in place. */
static char *
trim (char *line)
{
  char *end = line + strlen (line);

  while (*line != '\0')
    {
      gunichar c = g_utf8_get_char_validated (line, -1);

      if ((gint32) c < 0 || !is_space (c))
        break;
      line = g_utf8_next_char (line);
    }
  while (end > line)
    {
      char    *previous = g_utf8_find_prev_char (line, end);
      gunichar c = (gunichar) -1;

      if (previous != NULL)
        c = g_utf8_get_char_validated (previous, end - previous);
      if ((gint32) c < 0 || g_utf8_next_char (previous) != end || !is_space (c))
        break;
      end = previous;
    }
  *end = '\0';
  return line;
}

static gboolean
is_special (char c)
{
  return c != '\0' && strchr ("*#$@!?-0123456789", c) != NULL;
}

/* The name of a variable behind a dollar sign, as os.Expand() of Go reads it.
 * Returns: how many bytes are used up; @name is left alone where there is none */
static gsize
take_variable (const char *text,
               char      **name)
{
  gsize n = 0;

  if (text[0] == '{')
    {
      const char *end = strchr (text, '}');

      if (end == NULL)
        return 1;
      if (end > text + 1)
        *name = g_strndup (text + 1, (gsize) (end - text) - 1);
      return (gsize) (end - text) + 1;
    }
  if (is_special (text[0]))
    {
      *name = g_strndup (text, 1);
      return 1;
    }
  while (g_ascii_isalnum (text[n]) || text[n] == '_')
    n++;
  if (n > 0)
    *name = g_strndup (text, n);
  return n;
}

static char *
expand_variables (const char *line)
{
  GString *out = g_string_sized_new (strlen (line));

  while (*line != '\0')
    {
      g_autofree char *name = NULL;
      gsize            used;

      if (*line != '$' || line[1] == '\0')
        {
          g_string_append_c (out, *line++);
          continue;
        }
      used = take_variable (line + 1, &name);
      if (g_strcmp0 (name, "$") == 0 || used == 0)
        g_string_append_c (out, '$');
      else if (name != NULL && g_getenv (name) != NULL)
        g_string_append (out, g_getenv (name));
      line += 1 + used;
    }
  return g_string_free (out, FALSE);
}

/* Text in UTF-16 is known by its mark; a mark of UTF-8 is passed over. */
static char *
decode_text (GBytes  *bytes,
             GError **error)
{
  gsize         size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  gboolean      little = size >= 2 && data[0] == 0xff && data[1] == 0xfe;
  gboolean      big = size >= 2 && data[0] == 0xfe && data[1] == 0xff;

  if (little || big)
    return g_convert ((const char *) data + 2, (gssize) size - 2, "UTF-8",
                      little ? "UTF-16LE" : "UTF-16BE", NULL, NULL, error);
  if (size >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0)
    {
      data += 3;
      size -= 3;
    }
  if (memchr (data, '\0', size) != NULL)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID, "It holds a NUL byte and is no text");
      return NULL;
    }
  return g_strndup ((const char *) data, size);
}

static gboolean
add_line (SrPatternList *self,
          char          *line,
          GError       **error)
{
  g_autofree char *expanded = NULL;
  const char      *trimmed = trim (line);

  if (trimmed[0] == '\0' || trimmed[0] == '#')
    return TRUE;
  expanded = expand_variables (trimmed);
  return sr_pattern_list_add (self, expanded, error);
}

gboolean
sr_pattern_list_add_file (SrPatternList *self,
                          const char    *path,
                          GError       **error)
{
  g_autoptr (GBytes) bytes = sr_file_read_all (AT_FDCWD, path, FILE_SIZE_MAX, error);
  g_autofree char   *text = NULL;
  g_autofree char   *shown = g_filename_display_name (path);
  g_auto (GStrv)     lines = NULL;

  if (bytes == NULL)
    return FALSE;
  text = decode_text (bytes, error);
  if (text == NULL)
    {
      g_prefix_error (error, "Cannot read patterns from “%s”: ", shown);
      return FALSE;
    }
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (!add_line (self, lines[i], error))
      {
        g_prefix_error (error, "Line %u of “%s”: ", i + 1, shown);
        return FALSE;
      }
  return TRUE;
}
