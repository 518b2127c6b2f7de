/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-json.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"
#include "job/sr-browse.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
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

/* Closes @fd; @partial gets its name only when it is whole. */
static gboolean
finish_file (int         fd,
             const char *partial,
             gboolean    written,
             GError    **error)
{
  if (written && fsync (fd) != 0)
    {
      sr_set_error_errno (error, errno, "Syncing “%s”", output);
      written = FALSE;
    }
  if (close (fd) != 0 && written)
    {
      sr_set_error_errno (error, errno, "Closing “%s”", output);
      written = FALSE;
    }
  if (written && rename (partial, output) != 0)
    {
      sr_set_error_errno (error, errno, "Putting “%s” into place", output);
      written = FALSE;
    }
  if (!written)
    (void) unlink (partial);
  return written;
}

static gboolean
fail_to_open (const char *name,
              GError    **error)
{
  int errnum = errno;

  sr_set_error_errno (error, errnum, "Making “%s”", name);
  if (errnum == EEXIST)
    g_prefix_error (error, "Another dump writes this file, or one was cut off and it may be "
                           "removed: ");
  return FALSE;
}

static gboolean
write_to_file (SrCli      *cli,
               SrRepo     *repo,
               const SrId *tree,
               const char *path,
               GError    **error)
{
  g_autofree char *partial = g_strdup_printf ("%s.partial", output);
  struct stat      st;
  gboolean         written;
  int              fd;

  if (stat (output, &st) == 0 && !S_ISREG (st.st_mode))
    {
      /* A device or a pipe: there is nothing to put into place. */
      fd = open (output, O_WRONLY | O_CLOEXEC | O_NOCTTY);
      if (fd < 0)
        return fail_to_open (output, error);
      written = write_content (cli, repo, tree, path, fd, error);
      close (fd);
      return written;
    }
  fd = open (partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return fail_to_open (partial, error);
  written = write_content (cli, repo, tree, path, fd, error);
  return finish_file (fd, partial, written, error);
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
