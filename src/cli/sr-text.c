/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-text.h"

#include "base/sr-error.h"

#include <math.h>
#include <string.h>

struct _SrTable
{
  GPtrArray *names;  /* of columns */
  GPtrArray *cells;  /* row after row */
  GArray    *rights; /* gboolean a column: aligned to the right */
};

char *
sr_text_count (guint64 number)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, number);
  gsize            length = strlen (digits);
  GString         *text = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    {
      if (i > 0 && (length - i) % 3 == 0)
        g_string_append_c (text, ',');
      g_string_append_c (text, digits[i]);
    }
  return g_string_free (text, FALSE);
}

char *
sr_text_counted (guint64     number,
                 const char *one,
                 const char *many)
{
  g_autofree char *count = sr_text_count (number);

  return g_strdup_printf ("%s %s", count, number == 1 ? one : many);
}

char *
sr_text_timespec (const struct timespec *time)
{
  g_autoptr (GDateTime) local = g_date_time_new_from_unix_local (time->tv_sec);

  /* Times before the year 1 and after 9999 are only found in broken files. */
  return local != NULL ? g_date_time_format (local, "%Y-%m-%d %H:%M:%S") : g_strdup ("?");
}

char *
sr_text_time (const SrTime *time)
{
  return sr_text_timespec (&time->ts);
}

static gboolean
turns_direction (gunichar c)
{
  return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e ||
         c == 0x200f || c == 0x061c;
}

static void
append_shown (GString *text,
              gunichar c)
{
  if (c == '\n')
    g_string_append (text, "\\n");
  else if (c == '\t')
    g_string_append (text, "\\t");
  else if (c == '\r')
    g_string_append (text, "\\r");
  else if (c < 0x100 && g_unichar_iscntrl (c))
    g_string_append_printf (text, "\\x%02x", c);
  else if (g_unichar_iscntrl (c) || turns_direction (c) || c == 0x2028 || c == 0x2029)
    g_string_append_printf (text, "\\u%04x", c);
  else
    g_string_append_unichar (text, c);
}

static char *
show (const char *raw,
      gboolean    keep_lines)
{
  g_autofree char *valid = g_utf8_make_valid (raw, -1);
  GString         *text = g_string_new (NULL);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    if (keep_lines && (*at == '\n' || *at == '\t'))
      g_string_append_c (text, *at);
    else
      append_shown (text, g_utf8_get_char (at));
  return g_string_free (text, FALSE);
}

char *
sr_text_name (const char *raw)
{
  return show (raw, FALSE);
}

char *
sr_text_message (const char *raw)
{
  return show (raw, TRUE);
}

char *
sr_text_mode (char    type_letter,
              guint32 mode)
{
  char text[11] = "?rwxrwxrwx";

  text[0] = type_letter;
  for (guint i = 0; i < 9; i++)
    if (!(mode & (0400u >> i)))
      text[1 + i] = '-';
  if (mode & 04000)
    text[3] = mode & 0100 ? 's' : 'S';
  if (mode & 02000)
    text[6] = mode & 0010 ? 's' : 'S';
  if (mode & 01000)
    text[9] = mode & 0001 ? 't' : 'T';
  return g_strdup (text);
}

static gboolean
fail_parse (const char *text,
            const char *expected,
            GError    **error)
{
  g_autofree char *shown = sr_text_name (text);

  g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "“%s” is not %s", shown, expected);
  return FALSE;
}

gboolean
sr_text_parse_size (const char *text,
                    guint64    *bytes,
                    GError    **error)
{
  static const char units[] = "KMGTPE";
  static const char expected[] = "a size like 500M or 2G";
  char             *end;
  double            value = g_ascii_strtod (text, &end);
  const char       *unit;

  if (end == text || !g_ascii_isdigit (text[0]))
    return fail_parse (text, expected, error);
  if (*end != '\0' && *end != 'B')
    {
      unit = strchr (units, g_ascii_toupper (*end));
      if (unit == NULL)
        return fail_parse (text, expected, error);
      value = ldexp (value, 10 * (int) (unit - units + 1));
      end++;
      if (*end == 'i')
        end++;
    }
  if (*end == 'B')
    end++;
  if (*end != '\0' || !(value < 9e18))
    return fail_parse (text, expected, error);
  *bytes = (guint64) value;
  return TRUE;
}

gboolean
sr_text_parse_percent (const char *text,
                       double     *percent,
                       GError    **error)
{
  char  *end;
  double value;

  if (strcmp (text, "unlimited") == 0)
    {
      *percent = 100.0;
      return TRUE;
    }
  value = g_ascii_strtod (text, &end);
  if (end == text || strcmp (end, "%") != 0 || !(value >= 0.0 && value <= 100.0))
    return fail_parse (text, "a percentage from 0% to 100%", error);
  *percent = value;
  return TRUE;
}

gboolean
sr_text_parse_time (const char *text,
                    SrTime     *time,
                    GError    **error)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr (GDateTime) parsed = g_date_time_new_from_iso8601 (text, zone);

  if (parsed == NULL)
    return fail_parse (text, "a time like “2026-01-31 23:59:59”", error);
  time->ts.tv_sec = (time_t) g_date_time_to_unix (parsed);
  time->ts.tv_nsec = g_date_time_get_microsecond (parsed) * 1000;
  time->offset = (int) (g_date_time_get_utc_offset (parsed) / G_USEC_PER_SEC);
  return TRUE;
}

gboolean
sr_text_parse_duration (const char *text,
                        gint64     *ns,
                        GError    **error)
{
  static const struct
  {
    char   unit;
    gint64 seconds;
  } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };
  static const gint64 max_seconds = G_GINT64_CONSTANT (100) * 366 * 86400;
  char               *end = NULL;
  guint64             number = g_ascii_strtoull (text, &end, 10);

  for (gsize i = 0; g_ascii_isdigit (*text) && i < G_N_ELEMENTS (units); i++)
    if (end[0] == units[i].unit && end[1] == '\0' &&
        number <= (guint64) (max_seconds / units[i].seconds))
      {
        *ns = (gint64) number * units[i].seconds * G_GINT64_CONSTANT (1000000000);
        return TRUE;
      }
  return fail_parse (text, "a span of time like 90m, 26h, 3d or 2w", error);
}

char **
sr_text_split_lists (const char *const *lists)
{
  g_autoptr (GPtrArray) all = NULL;

  if (lists == NULL)
    return NULL;
  all = g_ptr_array_new ();
  for (gsize i = 0; lists[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (lists[i], ",", -1);

      for (gsize j = 0; parts[j] != NULL; j++)
        {
          const char *part = g_strstrip (parts[j]);

          if (part[0] != '\0')
            g_ptr_array_add (all, g_strdup (part));
        }
    }
  g_ptr_array_add (all, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&all), FALSE);
}

void
sr_text_split_snapshot (const char *text,
                        char      **snapshot,
                        char      **folder)
{
  const char *colon = strchr (text, ':');

  *snapshot = colon != NULL ? g_strndup (text, (gsize) (colon - text)) : g_strdup (text);
  if (colon == NULL)
    *folder = NULL;
  else
    *folder = colon[1] == '/' ? g_strdup (colon + 1) : g_strconcat ("/", colon + 1, NULL);
}

SrTable *
sr_table_new (const char *first,
              ...)
{
  SrTable *self = g_new0 (SrTable, 1);
  va_list  more;

  self->names = g_ptr_array_new ();
  self->cells = g_ptr_array_new_with_free_func (g_free);
  self->rights = g_array_new (FALSE, FALSE, sizeof (gboolean));
  va_start (more, first);
  for (const char *name = first; name != NULL; name = va_arg (more, const char *))
    {
      gboolean right = name[0] == '>';

      g_array_append_val (self->rights, right);
      g_ptr_array_add (self->names, (gpointer) (right ? name + 1 : name));
    }
  va_end (more);
  return self;
}

void
sr_table_free (SrTable *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->cells);
  g_array_unref (self->rights);
  g_free (self);
}

void
sr_table_add (SrTable *self,
              char    *first,
              ...)
{
  va_list more;

  va_start (more, first);
  g_ptr_array_add (self->cells, first);
  for (guint i = 1; i < self->names->len; i++)
    g_ptr_array_add (self->cells, va_arg (more, char *));
  va_end (more);
}

static void
widen (SrTable   *self,
       GPtrArray *cells,
       glong     *widths)
{
  for (guint i = 0; i < cells->len; i++)
    {
      glong length = g_utf8_strlen (g_ptr_array_index (cells, i), -1);

      widths[i % self->names->len] = MAX (widths[i % self->names->len], length);
    }
}

static void
append_rows (SrTable     *self,
             GPtrArray   *cells,
             const glong *widths,
             GString     *text)
{
  guint n_columns = self->names->len;

  for (guint i = 0; i < cells->len; i++)
    {
      const char *cell = g_ptr_array_index (cells, i);
      guint       column = i % n_columns;
      gboolean    is_last = column == n_columns - 1;
      int         padding = (int) (widths[column] - g_utf8_strlen (cell, -1));

      if (g_array_index (self->rights, gboolean, column))
        g_string_append_printf (text, "%*s%s%s", padding, "", cell, is_last ? "\n" : "  ");
      else if (is_last)
        {
          g_string_append (text, cell);
          while (text->len > 0 && text->str[text->len - 1] == ' ')
            g_string_truncate (text, text->len - 1);
          g_string_append_c (text, '\n');
        }
      else
        g_string_append_printf (text, "%s%*s  ", cell, padding, "");
    }
}

char *
sr_table_format (SrTable *self,
                 gboolean heading)
{
  g_autofree glong *widths = g_new0 (glong, self->names->len);
  GString          *text = g_string_new (NULL);

  if (heading)
    widen (self, self->names, widths);
  widen (self, self->cells, widths);
  if (heading)
    append_rows (self, self->names, widths, text);
  append_rows (self, self->cells, widths, text);
  return g_string_free (text, FALSE);
}
