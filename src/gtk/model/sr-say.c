/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/model/sr-say.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_NAME_CHARS 200

char *
sr_say_size (guint64 bytes)
{
  return g_format_size (bytes);
}

char *
sr_say_number (guint64 number)
{
  return g_strdup_printf ("%'" G_GUINT64_FORMAT, number);
}

char *
sr_say_records (guint64 count)
{
  g_autofree char *number = sr_say_number (count);

  /* TRANSLATORS: %s is a number, grouped already */
  return g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%s record", "%s records", (gulong) MIN (count, G_MAXULONG)),
      number);
}

char *
sr_say_moment (const char *text)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr (GDateTime) moment = g_date_time_new_from_iso8601 (text, zone);
  g_autoptr (GDateTime) local = moment != NULL ? g_date_time_to_timezone (moment, zone) : NULL;
  char                 *said = NULL;

  if (local != NULL)
    /* TRANSLATORS: a date and a time: 20 November 2026, 05:18 */
    said = g_date_time_format (local, C_ ("date", "%-d %B %Y, %H:%M"));
  return said != NULL ? said : sr_say_name (text);
}

char *
sr_say_time_left (double seconds)
{
  gulong minutes;

  if (seconds < 0.0)
    return NULL;
  if (seconds < 60.0)
    return g_strdup (_ ("less than a minute left"));
  minutes = (gulong) MIN (seconds / 60.0 + 0.5, 1e6);
  if (minutes < 90)
    return g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "about %lu minute left", "about %lu minutes left", minutes),
        minutes);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "about %lu hour left",
                                       "about %lu hours left", (minutes + 30) / 60),
                          (minutes + 30) / 60);
}

char *
sr_say_name (const char *raw)
{
  g_autofree char    *valid = g_utf8_make_valid (raw, -1);
  g_autoptr (GString) out = g_string_new (NULL);
  guint               n = 0;

  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c), n++)
    {
      gunichar character = g_utf8_get_char (c);

      if (n == MAX_NAME_CHARS)
        {
          g_string_append (out, "…");
          break;
        }
      g_string_append_unichar (out, g_unichar_iscntrl (character) ? 0xfffd : character);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

typedef struct
{
  const char *word;
  const char *meaning;
  const char *icon_name;
  const char *css_class;
} LevelLook;

static const LevelLook *
get_look (SrVerdictLevel level)
{
  static const LevelLook looks[] = {
    [SR_VERDICT_BROKEN] = { NC_ ("verdict", "Broken"), N_ ("It cannot be restored as it is."),
                            "dialog-error-symbolic", "error" },
    [SR_VERDICT_SUSPICIOUS] = { NC_ ("verdict", "Suspicious"),
                                N_ ("It can be read, but something is missing or untrue."),
                                "dialog-warning-symbolic", "warning" },
    [SR_VERDICT_INTACT] = { NC_ ("verdict", "Intact"),
                            N_ ("Every byte checks out. Nothing in it tells whether all records "
                                "are there."),
                            "emblem-ok-symbolic", "success" },
    [SR_VERDICT_COMPLETE] = { NC_ ("verdict", "Complete"),
                              N_ ("Every byte checks out, and the records are all there."),
                              "emblem-ok-symbolic", "success" },
    [SR_VERDICT_PROVEN] = { NC_ ("verdict", "Proven"), N_ ("It was really restored and counted."),
                            "emblem-ok-symbolic", "success" },
  };

  return &looks[(guint) level < G_N_ELEMENTS (looks) ? level : SR_VERDICT_SUSPICIOUS];
}

const char *
sr_say_level_word (SrVerdictLevel level)
{
  return g_dpgettext2 (GETTEXT_PACKAGE, "verdict", get_look (level)->word);
}

const char *
sr_say_level_meaning (SrVerdictLevel level)
{
  return g_dgettext (GETTEXT_PACKAGE, get_look (level)->meaning);
}

const char *
sr_say_level_icon (SrVerdictLevel level)
{
  return get_look (level)->icon_name;
}

const char *
sr_say_level_css_class (SrVerdictLevel level)
{
  return get_look (level)->css_class;
}

char *
sr_say_verdict (SrVerdict *verdict)
{
  g_autofree char *sentence = sr_verdict_get_sentence (verdict);
  const char      *name = sr_verdict_level_name (sr_verdict_get_level (verdict));
  gsize            length = strlen (name);
  char            *rest;

  if (g_ascii_strncasecmp (sentence, name, length) != 0 ||
      strncmp (sentence + length, ": ", 2) != 0)
    return g_steal_pointer (&sentence);
  rest = g_strdup (sentence + length + 2);
  rest[0] = g_ascii_toupper (rest[0]);
  return rest;
}

static gboolean
is_plain (const char *text)
{
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                              "-_./:=,@%+";

  return text[0] != '\0' && text[strspn (text, plain)] == '\0';
}

char *
sr_say_argument (const char *path)
{
  return path[0] == '-' ? g_strconcat ("./", path, NULL) : g_strdup (path);
}

char *
sr_say_command (const char *const *arguments)
{
  g_autoptr (GString) line = g_string_new (NULL);

  for (guint i = 0; arguments[i] != NULL; i++)
    {
      g_autofree char *quoted = is_plain (arguments[i]) ? g_strdup (arguments[i])
                                                        : g_shell_quote (arguments[i]);

      g_string_append_printf (line, "%s%s", i > 0 ? " " : "", quoted);
    }
  return g_string_free (g_steal_pointer (&line), FALSE);
}
