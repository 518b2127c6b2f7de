/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-json.h"
#include "cli/sr-cli-report.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"
#include "job/sr-backup.h"

static char   **excludes;
static char   **exclude_files;
static char    *ignore_file;
static gboolean one_file_system;
static char   **sqlite;
static gboolean databases_as_files;
static char    *temp_dir;
static gboolean stdin_from_command;
static char    *stdin_filename;
static char   **new_tags;
static char    *host;
static char    *time_text;
static char    *parent;
static gboolean force;
static gboolean dry_run;
static char    *compression_name;

static const GOptionEntry entries[] = {
  { "exclude", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &excludes,
    "Leave out what fits; may be given again", "PATTERN" },
  { "exclude-file", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &exclude_files,
    "Such patterns from a file, one a line", "FILE" },
  { "ignore-file", 0, 0, G_OPTION_ARG_FILENAME, &ignore_file,
    "In every folder obey a file of this name by git's rules", "NAME" },
  { "one-file-system", 0, 0, G_OPTION_ARG_NONE, &one_file_system,
    "Do not go into other file systems", NULL },
  { "sqlite", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &sqlite,
    "Store a SQLite database as database/NAME; may be given again", "FILE" },
  { "databases-as-files", 0, 0, G_OPTION_ARG_NONE, &databases_as_files,
    "Store databases in folders as they lie on the disk", NULL },
  { "temp-dir", 0, 0, G_OPTION_ARG_FILENAME, &temp_dir,
    "Where copies of databases are made", "DIR" },
  { "stdin-from-command", 0, 0, G_OPTION_ARG_NONE, &stdin_from_command,
    "Store what the command behind “--” prints", NULL },
  { "stdin-filename", 0, 0, G_OPTION_ARG_FILENAME, &stdin_filename,
    "The name of that in the snapshot", "NAME" },
  { "tag", 0, 0, G_OPTION_ARG_STRING_ARRAY, &new_tags,
    "Mark the snapshot; may be given again", "TAG[,TAG…]" },
  { "host", 0, 0, G_OPTION_ARG_STRING, &host, "Instead of the name of this computer", "NAME" },
  { "time", 0, 0, G_OPTION_ARG_STRING, &time_text, "Instead of now", "TIME" },
  { "parent", 0, 0, G_OPTION_ARG_STRING, &parent,
    "Compare with this snapshot to find unchanged files", "SNAPSHOT" },
  { "force", 0, 0, G_OPTION_ARG_NONE, &force, "Read all files again, unchanged or not", NULL },
  { "compression", 0, 0, G_OPTION_ARG_STRING, &compression_name,
    "How hard to compress", "auto|fast|max|off" },
  { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, "Only tell what would be stored", NULL },
  G_OPTION_ENTRY_NULL
};

static gboolean
parse_compression (SrCompression *compression,
                   GError       **error)
{
  static const char *const names[] = {
    [SR_COMPRESSION_AUTO] = "auto",
    [SR_COMPRESSION_FAST] = "fast",
    [SR_COMPRESSION_MAX] = "max",
    [SR_COMPRESSION_OFF] = "off",
  };

  *compression = SR_COMPRESSION_AUTO;
  if (compression_name == NULL)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i], compression_name))
      {
        *compression = (SrCompression) i;
        return TRUE;
      }
  g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
               "“%s” is no compression: it is auto, fast, max or off", compression_name);
  return FALSE;
}

static SrPatternList *
collect_excludes (GError **error)
{
  g_autoptr (SrPatternList) list = sr_pattern_list_new ();

  for (gsize i = 0; excludes != NULL && excludes[i] != NULL; i++)
    if (!sr_pattern_list_add (list, excludes[i], error))
      return NULL;
  for (gsize i = 0; exclude_files != NULL && exclude_files[i] != NULL; i++)
    if (!sr_pattern_list_add_file (list, exclude_files[i], error))
      return NULL;
  return g_steal_pointer (&list);
}

/* What is behind "--" is a command or more paths. @paths: (out) (transfer container) */
static gboolean
sort_arguments (SrCli             *cli,
                const char *const *arguments,
                const char      ***paths,
                GError           **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  char                **behind = cli->behind_dashes;
  gboolean              has_behind = behind != NULL && behind[0] != NULL;

  for (gsize i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (all, (gpointer) arguments[i]);
  for (gsize i = 0; !stdin_from_command && has_behind && behind[i] != NULL; i++)
    g_ptr_array_add (all, behind[i]);
  if (stdin_from_command && !has_behind)
    g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                         "--stdin-from-command needs the command behind “--”");
  else if (!stdin_from_command && stdin_filename != NULL)
    g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                         "--stdin-filename goes with --stdin-from-command only");
  else if (!stdin_from_command && all->len == 0 && sqlite == NULL)
    g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                         "There is nothing to back up: name folders, files or databases");
  else
    {
      g_ptr_array_add (all, NULL);
      *paths = (const char **) g_ptr_array_free (g_steal_pointer (&all), FALSE);
      return TRUE;
    }
  return FALSE;
}

static gboolean
find_parent (SrCli   *cli,
             SrRepo  *repo,
             SrId    *id,
             GError **error)
{
  g_autoptr (GPtrArray) snapshots = sr_cli_list_snapshots (cli, repo, error);
  const SrSnapshot     *found;

  if (snapshots == NULL)
    return FALSE;
  found = sr_repo_find_snapshot (repo, snapshots, parent, NULL, error);
  if (found == NULL)
    return FALSE;
  *id = found->id;
  return TRUE;
}

static void
print_json (SrCli                *cli,
            SrCliReport          *report,
            const SrBackupResult *result)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  sr_cli_json_add_bool (builder, "dry_run", dry_run);
  sr_cli_json_add_int (builder, "failed", result->failed);
  sr_cli_json_add_int (builder, "databases", result->databases);
  sr_cli_json_add_int (builder, "packs", result->packs);
  json_builder_set_member_name (builder, "snapshot");
  json_builder_begin_object (builder);
  sr_cli_json_add_snapshot (builder, result->snapshot);
  json_builder_end_object (builder);
  sr_cli_report_add_json (report, builder);
  json_builder_end_object (builder);
  sr_cli_json_print (cli, builder);
}

static void
print_text (SrCli                *cli,
            const SrBackupResult *result)
{
  const SrSnapshotSummary *sum = &result->snapshot->summary;
  g_autofree char         *read = sr_size_text (sum->total_bytes_processed);
  g_autofree char         *files = sr_text_counted (sum->total_files_processed, "file", "files");
  g_autofree char         *added = sr_size_text (sum->data_added);
  g_autofree char         *packed = sr_size_text (sum->data_added_packed);
  char                     hex[SR_ID_HEX_SIZE];

  sr_cli_say (cli,
              "Files: %" G_GUINT64_FORMAT " new, %" G_GUINT64_FORMAT
              " changed, %" G_GUINT64_FORMAT " unmodified",
              sum->files_new, sum->files_changed, sum->files_unmodified);
  sr_cli_say (cli,
              "Folders: %" G_GUINT64_FORMAT " new, %" G_GUINT64_FORMAT
              " changed, %" G_GUINT64_FORMAT " unmodified",
              sum->dirs_new, sum->dirs_changed, sum->dirs_unmodified);
  if (result->databases > 0)
    sr_cli_say (cli, "Databases: %" G_GUINT64_FORMAT, result->databases);
  sr_cli_say (cli, "%s in %s; %s of it new, stored in %s", read, files, added, packed);
  if (dry_run)
    sr_cli_say (cli, "Nothing was written.");
  else
    sr_cli_say (cli, "Snapshot %.8s saved", sr_id_to_hex (&result->snapshot->id, hex));
  if (result->failed > 0)
    sr_cli_warn (cli, "%" G_GUINT64_FORMAT " could not be stored as %s should be; see above",
                 result->failed, result->failed == 1 ? "it" : "they");
}

static gboolean
run_with_options (SrCli           *cli,
                  SrBackupOptions *options,
                  GError         **error)
{
  g_auto (SrCliReport) report = { 0 };
  g_autoptr (SrRepo)   repo = sr_cli_open_vault (cli, error);
  SrBackupResult       result = { 0 };
  SrId                 parent_id;

  if (repo == NULL || (parent != NULL && !find_parent (cli, repo, &parent_id, error)))
    return FALSE;
  if (parent != NULL)
    options->parent = &parent_id;
  sr_cli_report_init (&report, cli);
  options->report = sr_cli_report_func;
  options->user_data = &report;
  if (!sr_backup_run (repo, options, &result, cli->progress, cli->cancellable, error))
    {
      sr_backup_result_clear (&result);
      return FALSE;
    }
  sr_status_line_end (cli->status);
  if (cli->json)
    print_json (cli, &report, &result);
  else
    print_text (cli, &result);
  if (result.failed > 0)
    cli->exit_code = SR_EXIT_INCOMPLETE;
  sr_backup_result_clear (&result);
  return TRUE;
}

static gboolean
run_backup (SrCli             *cli,
            const char *const *arguments,
            GError           **error)
{
  g_autofree const char   **paths = NULL;
  g_auto (GStrv)            tags = sr_text_split_lists ((const char *const *) new_tags);
  g_autoptr (SrPatternList) patterns = NULL;
  SrTime                    time;
  SrBackupOptions           options = { 0 };

  if (!sort_arguments (cli, arguments, &paths, error) ||
      !parse_compression (&options.compression, error) ||
      (time_text != NULL && !sr_text_parse_time (time_text, &time, error)))
    return FALSE;
  if (force && parent != NULL)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                           "--force and --parent do not go together");
      return FALSE;
    }
  patterns = collect_excludes (error);
  if (patterns == NULL)
    return FALSE;
  options.paths = paths;
  options.sqlite = (const char *const *) sqlite;
  if (stdin_from_command)
    {
      options.command = (const char *const *) cli->behind_dashes;
      options.command_name = stdin_filename != NULL ? stdin_filename : "stdin";
    }
  options.excludes = patterns;
  options.exclude_texts = (const char *const *) excludes;
  options.ignore_file = ignore_file;
  options.one_file_system = one_file_system;
  options.databases_as_files = databases_as_files;
  options.temp_dir = temp_dir;
  options.tags = (const char *const *) tags;
  options.host = host;
  options.time = time_text != NULL ? &time : NULL;
  options.force = force;
  options.dry_run = dry_run;
  return run_with_options (cli, &options, error);
}

const SrCliVerb sr_verb_backup = {
  .name = "backup",
  .arguments = "[PATH…] [-- COMMAND [ARGUMENT…]]",
  .summary = "Store folders and files as a new snapshot",
  .examples =
      "  strongroomctl backup /srv/erp --exclude /srv/erp/cache --tag nightly\n"
      "  strongroomctl backup --sqlite /srv/pos/pos.db /srv/pos/uploads\n"
      "  strongroomctl backup --stdin-filename erp.sql --stdin-from-command -- \\\n"
      "      mariadb-dump --single-transaction erp\n",
  .entries = entries,
  .keeps_dashes = TRUE,
  .writes = TRUE,
  .run = run_backup,
};
