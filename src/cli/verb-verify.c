/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-file.h"
#include "cli/sr-cli-json.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"

#include <string.h>

static char    *sha256;
static char    *at_least;
static gboolean quick;

static const GOptionEntry entries[] = {
  { "sha256", 0, 0, G_OPTION_ARG_STRING, &sha256, "The digest that the file should have",
    "DIGEST" },
  { "at-least", 0, 0, G_OPTION_ARG_STRING, &at_least,
    "The verdict that counts as success (intact)", "suspicious|intact|complete" },
  { "quick", 0, 0, G_OPTION_ARG_NONE, &quick, "Only what stands in headers; reads no content",
    NULL },
  G_OPTION_ENTRY_NULL
};

static gboolean
check_options (SrVerdictLevel *wanted,
               GError        **error)
{
  SrId id;

  *wanted = SR_VERDICT_INTACT;
  if (sha256 != NULL && !sr_id_from_hex (&id, sha256, strlen (sha256)))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "--sha256 takes 64 lower-case hexadecimal digits, not “%s”", sha256);
      return FALSE;
    }
  if (at_least != NULL && !sr_verdict_level_from_name (at_least, wanted))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "“%s” is no verdict: it is broken, suspicious, intact, complete or proven",
                   at_least);
      return FALSE;
    }
  return TRUE;
}

static void
print_collections (SrCli        *cli,
                   SrBackupFile *file)
{
  GPtrArray          *collections = sr_backup_file_get_collections (file);
  g_autoptr (SrTable) table = sr_table_new ("collection", ">records", NULL);
  g_autofree char    *text = NULL;

  if (collections->len == 0 || cli->quiet || quick)
    return;
  for (guint i = 0; i < collections->len; i++)
    {
      const SrBackupCollection *one = g_ptr_array_index (collections, i);

      sr_table_add (table, sr_text_name (one->name),
                    one->count >= 0 ? sr_text_count ((guint64) one->count) : g_strdup ("?"));
    }
  text = sr_table_format (table, TRUE);
  sr_cli_print_text (cli, text);
}

static void
print_json (SrCli        *cli,
            SrBackupFile *file,
            SrVerdict    *verdict)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  GPtrArray              *collections = sr_backup_file_get_collections (file);

  json_builder_begin_object (builder);
  sr_cli_json_add_file (builder, file);
  json_builder_set_member_name (builder, "records");
  json_builder_begin_object (builder);
  for (guint i = 0; i < collections->len && !quick; i++)
    {
      const SrBackupCollection *one = g_ptr_array_index (collections, i);

      if (one->count >= 0)
        sr_cli_json_add_int (builder, one->name, (guint64) one->count);
    }
  json_builder_end_object (builder);
  sr_cli_json_add_verdict (builder, verdict);
  json_builder_end_object (builder);
  sr_cli_json_print (cli, builder);
}

static SrExitCode
exit_code (SrVerdictLevel level,
           SrVerdictLevel wanted)
{
  if (level >= wanted)
    return SR_EXIT_DONE;
  return level == SR_VERDICT_BROKEN ? SR_EXIT_DAMAGE : SR_EXIT_INCOMPLETE;
}

static gboolean
run_verify (SrCli             *cli,
            const char *const *arguments,
            GError           **error)
{
  g_autoptr (SrBackupFile) file = NULL;
  g_autoptr (SrVerdict)    verdict = NULL;
  SrVerdictLevel           wanted;
  SrJudgeOptions           options = { .quick = quick, .sha256 = sha256 };

  if (!sr_cli_check_arguments (arguments, 1, 1, error) || !check_options (&wanted, error))
    return FALSE;
  file = sr_cli_open_file (cli, arguments[0], error);
  if (file == NULL)
    return FALSE;
  verdict = sr_backup_file_judge (file, &options, cli->progress, cli->cancellable, error);
  if (verdict == NULL)
    return FALSE;
  sr_progress_finish (cli->progress);
  if (cli->json)
    print_json (cli, file, verdict);
  else
    {
      sr_cli_say_file (cli, file);
      print_collections (cli, file);
      if (!cli->quiet)
        sr_cli_print_verdict (cli, verdict);
    }
  cli->exit_code = exit_code (sr_verdict_get_level (verdict), wanted);
  return TRUE;
}

const SrCliVerb sr_verb_verify = {
  .name = "verify",
  .arguments = "FILE",
  .summary = "Look at every byte of a backup file and give a verdict",
  .examples = "  strongroomctl verify full-backup-2026-11-20.zip\n"
              "  strongroomctl verify export.sql --at-least complete --json\n"
              "  strongroomctl verify nightly.backup --sha256 \"$(cat nightly.sha256)\"\n",
  .entries = entries,
  .opens_files = TRUE,
  .run = run_verify,
};
