/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-recovery-kit.h"

#include <string.h>

#include <glib/gi18n.h>

#define COLUMNS 78
#define DOTS    60

static void
free_line (gpointer data)
{
  SrKitLine *line = data;

  if (line->style == SR_KIT_SECRET)
    sr_secret_wipe (line->text, strlen (line->text));
  g_free (line->text);
  g_free (line);
}

/* Takes @text. */
static void
take (GPtrArray *kit,
      SrKitStyle style,
      char      *text)
{
  SrKitLine *line = g_new (SrKitLine, 1);

  line->style = style;
  line->text = text;
  g_ptr_array_add (kit, line);
}

static void
add (GPtrArray  *kit,
     SrKitStyle  style,
     const char *text)
{
  take (kit, style, g_strdup (text));
}

static void
add_fact (GPtrArray  *kit,
          const char *label,
          const char *value)
{
  g_autofree char *valid = NULL;

  if (value == NULL)
    return;
  valid = g_utf8_make_valid (value, -1);
  take (kit, SR_KIT_FACT, g_strdup_printf ("%s: %s", label, valid));
}

static char *
password_text (const SrSecret *password)
{
  char *text;

  if (password == NULL)
    return g_strnfill (DOTS, '.');
  text = g_strndup (sr_secret_get_data (password), sr_secret_get_size (password));
  if (g_utf8_validate (text, -1, NULL))
    return text;
  sr_secret_wipe (text, strlen (text));
  g_free (text);
  return g_strnfill (DOTS, '.');
}

static void
add_commands (GPtrArray  *kit,
              const char *location)
{
  static const char *const tails[] = { "snapshots", "check --read-data",
                                       "restore latest --target /tmp/restored" };
  g_autofree char         *quoted = g_shell_quote (location);

  for (guint i = 0; i < G_N_ELEMENTS (tails); i++)
    take (kit, SR_KIT_FIXED, g_strdup_printf ("restic -r %s %s", quoted, tails[i]));
}

GPtrArray *
sr_recovery_kit_new (const SrRecoveryKitFacts *facts)
{
  GPtrArray       *kit = g_ptr_array_new_with_free_func (free_line);
  g_autofree char *quoted = g_shell_quote (facts->location);

  add (kit, SR_KIT_TITLE, _ ("Strongroom recovery kit"));
  add (
      kit, SR_KIT_TEXT,
      _ ("With this sheet the backups open when the computer, its keyring and the person who knows "
         "the password are gone. Keep it where you keep contracts, apart from the computer and "
         "from the backups. Whoever has it and the backups can read everything in them."));
  add_fact (kit, _ ("Site"), facts->site);
  add_fact (kit, _ ("Vault"), facts->location);
  add_fact (kit, _ ("Vault’s number"), facts->vault_id);
  add_fact (kit, _ ("Key"), facts->key_id);
  add_fact (kit, _ ("Printed"), facts->made);
  add (kit, SR_KIT_HEADING, _ ("Password of the vault"));
  take (kit, SR_KIT_SECRET, password_text (facts->password));
  add (kit, SR_KIT_TEXT,
       _ ("Without the password nobody can open the vault, and nobody can replace the password."));
  add (kit, SR_KIT_HEADING, _ ("Restore with Strongroom"));
  add (kit, SR_KIT_TEXT,
       _ ("Install Strongroom on any Linux computer, bring the vault’s folder to it, choose it as "
          "an existing vault and type the password. Or in a terminal:"));
  take (kit, SR_KIT_FIXED,
        g_strdup_printf ("strongroomctl restore --vault %s latest --target /tmp/restored", quoted));
  add (kit, SR_KIT_HEADING, _ ("Restore without Strongroom"));
  add (kit, SR_KIT_TEXT,
       _ ("The vault is a restic repository. The restic program, which every Linux distribution "
          "has, opens, checks and restores it with the same password:"));
  add_commands (kit, facts->location);
  add (
      kit, SR_KIT_TEXT,
      _ ("Folders of a site come back under the paths that they had, its databases as plain files "
         "in “database”. A backup file that was imported comes back in two folders: what has "
         "records in “database”, all else in “files”. If the vault’s folder was moved, put its new "
         "place into the commands."));
  return kit;
}

/* Breaks at spaces; what has none stays whole, since a command must be copied as it is. */
static void
append_wrapped (GString    *out,
                const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  glong          column = 0;

  for (guint i = 0; words[i] != NULL; i++)
    {
      glong width = g_utf8_strlen (words[i], -1);

      if (column > 0 && column + 1 + width > COLUMNS)
        {
          g_string_append_c (out, '\n');
          column = 0;
        }
      else if (column > 0)
        {
          g_string_append_c (out, ' ');
          column++;
        }
      g_string_append (out, words[i]);
      column += width;
    }
  g_string_append_c (out, '\n');
}

static gboolean
is_fixed (GPtrArray *kit,
          guint      i)
{
  return i < kit->len && ((const SrKitLine *) g_ptr_array_index (kit, i))->style == SR_KIT_FIXED;
}

char *
sr_recovery_kit_to_text (GPtrArray *kit)
{
  /* large enough never to be moved, which would leave copies of the password behind */
  GString *out = g_string_sized_new (16384);

  for (guint i = 0; i < kit->len; i++)
    {
      const SrKitLine *line = g_ptr_array_index (kit, i);

      switch (line->style)
        {
        case SR_KIT_TITLE:
          g_string_append_printf (out, "%s\n\n", line->text);
          break;
        case SR_KIT_HEADING:
          g_string_append_printf (out, "\n%s\n\n", line->text);
          break;
        case SR_KIT_FIXED:
        case SR_KIT_SECRET:
          g_string_append_printf (out, "    %s\n", line->text);
          if (!is_fixed (kit, i + 1))
            g_string_append_c (out, '\n');
          break;
        case SR_KIT_FACT:
          g_string_append_printf (out, "%s\n", line->text);
          break;
        case SR_KIT_TEXT:
        default:
          append_wrapped (out, line->text);
          g_string_append_c (out, '\n');
          break;
        }
    }
  return g_string_free (out, FALSE);
}
