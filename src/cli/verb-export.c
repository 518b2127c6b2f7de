/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-convert.h"

static gboolean
run_export (SrCli             *cli,
            const char *const *arguments,
            GError           **error)
{
  g_autofree char *argument = NULL;

  if (!sr_cli_check_arguments (arguments, 1, G_MAXUINT, error))
    return FALSE;
  argument = g_strconcat ("snapshot:", arguments[0], NULL);
  return sr_cli_convert (cli, argument, arguments + 1, error);
}

const SrCliVerb sr_verb_export = {
  .name = "export",
  .arguments = "SNAPSHOT [COLLECTION…]",
  .summary = "Write a backup that lies in a vault as a backup file",
  .examples = "  strongroomctl export latest --as rayerp --output full-backup.zip\n"
              "  strongroomctl export 4f2a --as zip --output everything.zip\n",
  .entries = sr_cli_convert_entries,
  .chooses = TRUE,
  .opens_files = TRUE,
  .run = run_export,
};
