/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "base/sr-output-file.h"
#include "cli/sr-cli-json.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"
#include "job/sr-browse.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char *output;

static const GOptionEntry entries[] = {
  { "output", 0, 0, G_OPTION_ARG_FILENAME, &output,
    "Write there instead of to standard output", "FILE" },
  G_OPTION_ENTRY_NULL
};

typedef struct
{
  const char *path;
  gboolean    is_folder;
} Kind;

/* Listing anything but a folder tells of that itself. */
static gboolean
note_kind (const char   *path,
           const SrNode *node,
           gpointer      user_data,
           GError      **error)
{
  Kind *kind = user_data;

  if (node->entry.type != SR_ENTRY_DIR && strcmp (path, kind->path) == 0)
    kind->is_folder = FALSE;
  return TRUE;
}

static gboolean
write_content (SrCli      *cli,
               SrRepo     *repo,
               const SrId *tree,
               const char *path,
               int         fd,
               GError    **error)
{
  Kind kind = { .path = path, .is_folder = TRUE };

  if (!sr_browse_list (repo, tree, path, FALSE, note_kind, NULL, &kind, cli->cancellable, error))
    return FALSE;
  if (kind.is_folder)
    return sr_browse_dump_tar (repo, tree, path, fd, cli->progress, cli->cancellable, error);
  return sr_browse_dump (repo, tree, path, fd, cli->progress, cli->cancellable, error);
}

static gboolean
write_to_file (SrCli      *cli,
               SrRepo     *repo,
               const SrId *tree,
               const char *path,
               GError    **error)
{
  g_autoptr (SrOutputFile) file = sr_output_file_open (output, TRUE, 0600, error);

  return file != NULL &&
         write_content (cli, repo, tree, path, sr_output_file_get_fd (file), error) &&
         sr_output_file_commit (file, error);
}

static gboolean
run_with_path (SrCli      *cli,
               SrRepo     *repo,
               const SrId *tree,
               const char *path,
               GError    **error)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (output == NULL)
    return write_content (cli, repo, tree, path, STDOUT_FILENO, error);
  if (!write_to_file (cli, repo, tree, path, error))
    return FALSE;
  if (!cli->json)
    return TRUE;
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  sr_cli_json_add_name (builder, "path", path);
  sr_cli_json_add_name (builder, "output", output);
  json_builder_end_object (builder);
  sr_cli_json_print (cli, builder);
  return TRUE;
}

static gboolean
run_dump (SrCli             *cli,
          const char *const *arguments,
          GError           **error)
{
  g_autoptr (SrRepo)    repo = NULL;
  g_autoptr (SrLock)    lock = NULL;
  g_autoptr (GPtrArray) snapshots = NULL;
  g_autofree char      *name = NULL;
  g_autofree char      *folder = NULL;
  g_autofree char      *path = NULL;
  SrSnapshotFilter      filter = sr_cli_get_filter (cli);
  const SrSnapshot     *snapshot;

  if (!sr_cli_check_arguments (arguments, 2, 2, error))
    return FALSE;
  repo = sr_cli_open_vault (cli, error);
  if (repo == NULL || !sr_cli_prepare_browse (cli, repo, &lock, &snapshots, error))
    return FALSE;
  sr_text_split_snapshot (arguments[0], &name, &folder);
  snapshot = sr_repo_find_snapshot (repo, snapshots, name, &filter, error);
  if (snapshot == NULL)
    return FALSE;
  path = g_build_filename ("/", folder != NULL ? folder : "", arguments[1], NULL);
  return run_with_path (cli, repo, &snapshot->tree, path, error);
}

const SrCliVerb sr_verb_dump = {
  .name = "dump",
  .arguments = "SNAPSHOT PATH",
  .summary = "Write a file, or a folder as tar, to standard output",
  .examples = "  strongroomctl dump latest /srv/erp/config.json\n"
              "  strongroomctl dump latest:/database erp.sql | mariadb erp_test\n"
              "  strongroomctl dump latest /srv/erp/uploads --output uploads.tar\n",
  .entries = entries,
  .chooses = TRUE,
  .run = run_dump,
};
