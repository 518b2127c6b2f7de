/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-json.h"
#include "cli/sr-cli-report.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"
#include "job/sr-copy.h"

static char            *from_vault;
static SrPasswordSource from_password = { .fd = -1 };

static const GOptionEntry entries[] = {
  { "from-vault", 0, 0, G_OPTION_ARG_FILENAME, &from_vault, "The vault to copy from", "LOCATION" },
  { "from-password-file", 0, 0, G_OPTION_ARG_FILENAME, &from_password.file,
    "Read its password from the first line of a file", "FILE" },
  { "from-password-command", 0, 0, G_OPTION_ARG_FILENAME, &from_password.command,
    "Read its password from what a command prints", "COMMAND" },
  { "from-password-fd", 0, 0, G_OPTION_ARG_INT, &from_password.fd,
    "Read its password from an open descriptor", "N" },
  { "from-keyring", 0, 0, G_OPTION_ARG_NONE, &from_password.keyring,
    "Take its password from the keyring", NULL },
  G_OPTION_ENTRY_NULL
};

static void
print_result (SrCli              *cli,
              SrCliReport        *report,
              const SrCopyResult *result)
{
  g_autoptr (JsonBuilder) builder = NULL;
  g_autofree char        *bytes = sr_size_text (result->bytes);
  g_autofree char        *blobs = sr_text_counted (result->blobs, "blob", "blobs");
  g_autofree char        *copied = NULL;

  copied = sr_text_counted (result->snapshots_copied, "snapshot", "snapshots");
  if (!cli->json)
    {
      sr_cli_say (cli, "%s copied (%s, %s), %" G_GUINT64_FORMAT " there already", copied, blobs,
                  bytes, result->snapshots_present);
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  sr_cli_json_add_int (builder, "snapshots_copied", result->snapshots_copied);
  sr_cli_json_add_int (builder, "snapshots_present", result->snapshots_present);
  sr_cli_json_add_int (builder, "blobs", result->blobs);
  sr_cli_json_add_int (builder, "bytes", result->bytes);
  sr_cli_report_add_json (report, builder);
  json_builder_end_object (builder);
  sr_cli_json_print (cli, builder);
}

static gboolean
run_copy (SrCli             *cli,
          const char *const *arguments,
          GError           **error)
{
  g_auto (SrCliReport) report = { 0 };
  g_autoptr (SrRepo)   from = NULL;
  g_autoptr (SrRepo)   to = NULL;
  SrSnapshotFilter     filter = sr_cli_get_filter (cli);
  SrCopyResult         result = { 0 };

  if (from_vault == NULL)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                           "--from-vault tells which vault to copy from");
      return FALSE;
    }
  if (!sr_cli_check_location (cli, error))
    return FALSE;
  from = sr_cli_open_vault_at (cli, from_vault, &from_password, error);
  to = from != NULL ? sr_cli_open_vault (cli, error) : NULL;
  if (to == NULL)
    return FALSE;
  sr_cli_report_init (&report, cli);
  if (!sr_copy_run (from, to, arguments[0] != NULL ? arguments : NULL, &filter,
                    sr_cli_report_func, &report, &result, cli->progress, cli->cancellable, error))
    return FALSE;
  sr_status_line_end (cli->status);
  print_result (cli, &report, &result);
  return TRUE;
}

const SrCliVerb sr_verb_copy = {
  .name = "copy",
  .arguments = "[SNAPSHOT…]",
  .summary = "Copy snapshots from another vault into this one",
  .examples = "  strongroomctl copy --vault /media/second/vault --from-vault /media/disk/vault\n"
              "  strongroomctl copy --from-vault /media/disk/vault \\\n"
              "      --from-password-file /etc/erp-vault.password latest\n",
  .entries = entries,
  .chooses = TRUE,
  .writes = TRUE,
  .run = run_copy,
};
