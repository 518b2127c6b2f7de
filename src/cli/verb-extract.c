/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "archive/sr-containers.h"
#include "cli/sr-cli-file.h"
#include "cli/sr-cli-json.h"
#include "cli/sr-cli-report.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"

#include <errno.h>
#include <glib/gstdio.h>

static char    *target;
static gboolean overwrite;

static const GOptionEntry entries[] = {
  { "target", 0, 0, G_OPTION_ARG_FILENAME, &target, "The folder to unpack into; made if missing",
    "DIR" },
  { "overwrite", 0, 0, G_OPTION_ARG_NONE, &overwrite, "Replace files that are there", NULL },
  G_OPTION_ENTRY_NULL
};

typedef struct
{
  SrCliReport *report;
  guint64      files;
  guint64      bytes;
  guint64      existing;
} Extraction;

static void
note_entry (const char   *name,
            guint64       size,
            const GError *error,
            gpointer      user_data)
{
  Extraction *extraction = user_data;

  if (error == NULL)
    {
      extraction->files++;
      extraction->bytes += size;
    }
  extraction->existing += sr_error_is (error, SR_ERROR_EXISTS);
  sr_cli_report_func (name, error != NULL ? "failed" : "extracted", size, error,
                      extraction->report);
}

static void
print_result (SrCli            *cli,
              const Extraction *extraction,
              guint64           failed)
{
  g_autoptr (JsonBuilder) builder = NULL;
  g_autofree char        *entries_text = sr_text_counted (extraction->files, "entry", "entries");
  g_autofree char        *size = sr_size_text (extraction->bytes);

  if (!cli->json)
    {
      sr_cli_say (cli, "Extracted %s (%s) into “%s”", entries_text, size, target);
      if (failed > 0)
        sr_cli_warn (cli, "Not extracted, as told above: %" G_GUINT64_FORMAT "%s", failed,
                     extraction->existing > 0 ? "; --overwrite replaces what is there" : "");
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  sr_cli_json_add_name (builder, "target", target);
  sr_cli_json_add_int (builder, "entries", extraction->files);
  sr_cli_json_add_int (builder, "bytes", extraction->bytes);
  sr_cli_json_add_int (builder, "failed", failed);
  sr_cli_report_add_json (extraction->report, builder);
  json_builder_end_object (builder);
  sr_cli_json_print (cli, builder);
}

static gboolean
check_options (const char *const *arguments,
               GError           **error)
{
  if (!sr_cli_check_arguments (arguments, 1, G_MAXUINT, error))
    return FALSE;
  if (target != NULL && target[0] != '\0')
    return TRUE;
  g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID, "--target tells where to");
  return FALSE;
}

static gboolean
run_extract (SrCli             *cli,
             const char *const *arguments,
             GError           **error)
{
  g_autoptr (SrBackupFile) file = NULL;
  g_auto (SrCliReport)     report = { 0 };
  Extraction               extraction = { .report = &report };
  guint64                  failed = 0;

  if (!check_options (arguments, error))
    return FALSE;
  file = sr_cli_open_file (cli, arguments[0], error);
  if (file == NULL)
    return FALSE;
  /* what cannot be decrypted is not unpacked by copying it */
  if (sr_backup_file_get_container (file) == NULL ||
      sr_error_is (sr_backup_file_get_error (file), SR_ERROR_WRONG_PASSWORD))
    {
      g_propagate_error (error, g_error_copy (sr_backup_file_get_error (file)));
      return FALSE;
    }
  if (g_mkdir_with_parents (target, 0700) != 0)
    {
      sr_set_error_errno (error, errno, "Making the folder “%s”", target);
      return FALSE;
    }
  sr_cli_report_init (&report, cli);
  if (!sr_container_extract (sr_backup_file_get_container (file), target,
                             arguments[1] != NULL ? arguments + 1 : NULL, overwrite, note_entry,
                             &extraction, &failed, cli->cancellable, error))
    return FALSE;
  print_result (cli, &extraction, failed);
  if (failed > 0)
    cli->exit_code = SR_EXIT_INCOMPLETE;
  return TRUE;
}

const SrCliVerb sr_verb_extract = {
  .name = "extract",
  .arguments = "FILE [ENTRY…]",
  .summary = "Unpack a backup file, decrypted, into a folder",
  .examples = "  strongroomctl extract full-backup.zip --target unpacked\n"
              "  strongroomctl extract nightly.backup files.zip/uploads --target uploads\n",
  .entries = entries,
  .opens_files = TRUE,
  .run = run_extract,
};
