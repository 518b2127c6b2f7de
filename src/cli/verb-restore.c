/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-json.h"
#include "cli/sr-cli-report.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"
#include "job/sr-restore.h"

static char    *target;
static char   **includes;
static char   **excludes;
static char    *overwrite_name;
static gboolean delete_extra;
static gboolean sparse;
static gboolean verify;
static gboolean sync_target;
static gboolean dry_run;

static const GOptionEntry entries[] = {
  { "target", 0, 0, G_OPTION_ARG_FILENAME, &target, "The folder to restore below; made if missing",
    "DIR" },
  { "include", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &includes, "Only what fits; may be given again",
    "PATTERN" },
  { "exclude", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &excludes, "Not what fits; may be given again",
    "PATTERN" },
  { "overwrite", 0, 0, G_OPTION_ARG_STRING, &overwrite_name, "What happens to files that are there",
    "always|if-changed|if-newer|never" },
  { "delete", 0, 0, G_OPTION_ARG_NONE, &delete_extra,
    "Remove what is in restored folders but not in the snapshot", NULL },
  { "sparse", 0, 0, G_OPTION_ARG_NONE, &sparse, "Leave holes for long runs of zeros", NULL },
  { "verify", 0, 0, G_OPTION_ARG_NONE, &verify, "Read every restored file again and compare",
    NULL },
  { "sync", 0, 0, G_OPTION_ARG_NONE, &sync_target, "End only when all is on the disk", NULL },
  { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, "Only tell what would be done", NULL },
  G_OPTION_ENTRY_NULL
};

static gboolean
parse_overwrite (SrOverwrite *overwrite,
                 GError     **error)
{
  static const char *const names[] = {
    [SR_OVERWRITE_ALWAYS] = "always",
    [SR_OVERWRITE_IF_CHANGED] = "if-changed",
    [SR_OVERWRITE_IF_NEWER] = "if-newer",
    [SR_OVERWRITE_NEVER] = "never",
  };

  *overwrite = SR_OVERWRITE_ALWAYS;
  if (overwrite_name == NULL)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i], overwrite_name))
      {
        *overwrite = (SrOverwrite) i;
        return TRUE;
      }
  g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
               "“%s” is no rule for --overwrite: it is always, if-changed, if-newer or never",
               overwrite_name);
  return FALSE;
}

/* @list: (out) (nullable): %NULL for no patterns */
static gboolean
collect (char          **patterns,
         SrPatternList **list,
         GError        **error)
{
  *list = NULL;
  if (patterns == NULL)
    return TRUE;
  *list = sr_pattern_list_new ();
  for (gsize i = 0; patterns[i] != NULL; i++)
    if (!sr_pattern_list_add (*list, patterns[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
check_options (GError **error)
{
  const char *problem = NULL;

  if (target == NULL || target[0] == '\0')
    problem = "--target tells where to: nothing is restored to its old place by itself";
  else if (includes != NULL && excludes != NULL)
    problem = "--include and --exclude do not go together";
  if (problem == NULL)
    return TRUE;
  g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID, problem);
  return FALSE;
}

static void
print_json (SrCli                 *cli,
            SrCliReport           *report,
            const SrRestoreResult *result)
{
  const SrRestorerStats  *stats = &result->stats;
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  if (result->snapshot != NULL)
    sr_cli_json_add_id (builder, "snapshot", &result->snapshot->id);
  sr_cli_json_add_name (builder, "target", target);
  sr_cli_json_add_bool (builder, "dry_run", dry_run);
  sr_cli_json_add_int (builder, "files_restored", stats->files_restored);
  sr_cli_json_add_int (builder, "files_unchanged", stats->files_unchanged);
  sr_cli_json_add_int (builder, "files_skipped", stats->files_skipped);
  sr_cli_json_add_int (builder, "files_deleted", stats->files_deleted);
  sr_cli_json_add_int (builder, "dirs", stats->dirs);
  sr_cli_json_add_int (builder, "others", stats->others);
  sr_cli_json_add_int (builder, "bytes_restored", stats->bytes_restored);
  sr_cli_json_add_int (builder, "bytes_verified", stats->bytes_verified);
  sr_cli_json_add_int (builder, "failed", stats->failed);
  sr_cli_json_add_int (builder, "metadata_failed", stats->metadata_failed);
  sr_cli_report_add_json (report, builder);
  json_builder_end_object (builder);
  sr_cli_json_print (cli, builder);
}

static void
print_text (SrCli                 *cli,
            const SrRestoreResult *result)
{
  const SrRestorerStats *stats = &result->stats;
  g_autofree char       *files = sr_text_counted (stats->files_restored, "file", "files");
  g_autofree char       *dirs = sr_text_counted (stats->dirs, "folder", "folders");
  g_autofree char       *others = sr_text_counted (stats->others, "other", "others");
  g_autofree char       *unchanged = sr_text_count (stats->files_unchanged);
  g_autofree char       *skipped = sr_text_count (stats->files_skipped);
  g_autofree char       *deleted = sr_text_count (stats->files_deleted);
  g_autofree char       *odd = sr_text_count (stats->metadata_failed);
  g_autofree char       *bytes = sr_size_text (stats->bytes_restored);
  g_autofree char       *verified = sr_size_text (stats->bytes_verified);
  g_autofree char       *shown = sr_text_name (target);
  char                   hex[SR_ID_HEX_SIZE];

  if (result->snapshot != NULL)
    sr_cli_say (cli, "Snapshot %.8s, below “%s”:", sr_id_to_hex (&result->snapshot->id, hex),
                shown);
  sr_cli_say (cli, "%s (%s), %s and %s %s", files, bytes, dirs, others,
              dry_run ? "would be restored" : "restored");
  if (stats->files_unchanged > 0)
    sr_cli_say (cli, "As they should be already: %s", unchanged);
  if (stats->files_skipped > 0)
    sr_cli_say (cli, "There before, and left alone: %s", skipped);
  if (delete_extra)
    sr_cli_say (cli, "%s: %s", dry_run ? "Would be removed" : "Removed", deleted);
  if (verify && !dry_run)
    sr_cli_say (cli, "%s read again and compared", verified);
  if (stats->metadata_failed > 0)
    sr_cli_warn (cli, "Owner or attributes could not be set: %s (--verbose names them)", odd);
}

static gboolean
run_with_options (SrCli            *cli,
                  SrRestoreOptions *options,
                  GError          **error)
{
  g_auto (SrCliReport) report = { 0 };
  g_autoptr (SrRepo)   repo = sr_cli_open_vault (cli, error);
  g_autoptr (GError)   local = NULL;
  SrRestoreResult      result = { 0 };
  gboolean             done;

  if (repo == NULL)
    return FALSE;
  sr_cli_report_init (&report, cli);
  options->report = sr_cli_report_func;
  options->user_data = &report;
  done = sr_restore_run (repo, options, &result, cli->progress, cli->cancellable, &local);
  sr_status_line_end (cli->status);
  if (done || sr_error_is (local, SR_ERROR_INCOMPLETE))
    {
      if (cli->json)
        print_json (cli, &report, &result);
      else
        print_text (cli, &result);
    }
  sr_restore_result_clear (&result);
  if (!done)
    g_propagate_error (error, g_steal_pointer (&local));
  return done;
}

static gboolean
run_restore (SrCli             *cli,
             const char *const *arguments,
             GError           **error)
{
  g_autoptr (SrPatternList) include_list = NULL;
  g_autoptr (SrPatternList) exclude_list = NULL;
  SrSnapshotFilter          filter = sr_cli_get_filter (cli);
  SrRestoreOptions          options = { 0 };

  if (!sr_cli_check_arguments (arguments, 1, 1, error) || !check_options (error) ||
      !parse_overwrite (&options.overwrite, error) || !collect (includes, &include_list, error) ||
      !collect (excludes, &exclude_list, error))
    return FALSE;
  options.snapshot = arguments[0];
  options.filter = &filter;
  options.target = target;
  options.includes = include_list;
  options.excludes = exclude_list;
  options.delete_extra = delete_extra;
  options.sparse = sparse;
  options.verify = verify;
  options.sync = sync_target;
  options.dry_run = dry_run;
  options.no_lock = cli->no_lock;
  return run_with_options (cli, &options, error);
}

const SrCliVerb sr_verb_restore = {
  .name = "restore",
  .arguments = "SNAPSHOT",
  .summary = "Bring a snapshot's files back below a folder",
  .examples =
      "  strongroomctl restore latest --target /tmp/restored --verify\n"
      "  strongroomctl restore latest:/srv/erp --target /srv/erp.restored\n"
      "  strongroomctl restore 1a2b3c4d --target /tmp/restored --include '*.pdf' --dry-run\n",
  .entries = entries,
  .chooses = TRUE,
  .run = run_restore,
};
