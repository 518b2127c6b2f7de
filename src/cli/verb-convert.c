/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-convert.h"

static gboolean
run_convert (SrCli             *cli,
             const char *const *arguments,
             GError           **error)
{
  return sr_cli_check_arguments (arguments, 1, G_MAXUINT, error) &&
         sr_cli_convert (cli, arguments[0], arguments + 1, error);
}

const SrCliVerb sr_verb_convert = {
  .name = "convert",
  .arguments = "FILE [COLLECTION…]",
  .summary = "Write a backup file in another format",
  .examples = "  strongroomctl convert webeenthere.sql --as mysql --output valid.sql\n"
              "  strongroomctl convert full-backup.zip invoices payments --as csv --output tables\n"
              "  strongroomctl convert nightly.backup --as sqlite --output pos.db\n",
  .entries = sr_cli_convert_entries,
  .opens_files = TRUE,
  .run = run_convert,
};
