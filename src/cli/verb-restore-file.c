/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-file.h"
#include "cli/sr-cli-json.h"
#include "cli/sr-cli-keyring.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-confirm.h"
#include "cli/sr-text.h"
#include "job/sr-restore-file.h"

#include <string.h>

static char            *into;
static char           **terms;
static char           **files;
static char            *safety;
static char            *safety_vault;
static SrPasswordSource safety_password = { .fd = -1 };
static SrPasswordSource target_password = { .fd = -1 };
static gboolean         store_in_keyring;
static gboolean         replace;
static gboolean         accept_broken;
static gboolean         dry_run;
static gboolean         yes;

static const GOptionEntry entries[] = {
  { "into", 0, 0, G_OPTION_ARG_FILENAME, &into,
    "Where to: a folder, sqlite:FILE, mariadb://USER@HOST/DATABASE, "
    "postgresql://USER@HOST/DATABASE",
    "TARGET" },
  { "where", 0, 0, G_OPTION_ARG_STRING_ARRAY, &terms, "Only records that fit, as with “records”",
    "TERM" },
  { "entry", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &files,
    "Only this entry, or what is below it; for folders and SQLite files", "ENTRY" },
  { "replace", 0, 0, G_OPTION_ARG_NONE, &replace, "Replace tables or files that are there", NULL },
  { "safety", 0, 0, G_OPTION_ARG_FILENAME, &safety, "Save what is there to this file first",
    "FILE" },
  { "safety-vault", 0, 0, G_OPTION_ARG_FILENAME, &safety_vault,
    "Save what is there to this vault first", "LOCATION" },
  { "safety-password-file", 0, 0, G_OPTION_ARG_FILENAME, &safety_password.file,
    "Read that vault's password from the first line of a file", "FILE" },
  { "safety-password-command", 0, 0, G_OPTION_ARG_FILENAME, &safety_password.command,
    "Read that vault's password from what a command prints", "COMMAND" },
  { "target-password-file", 0, 0, G_OPTION_ARG_FILENAME, &target_password.file,
    "Read the database's password from the first line of a file", "FILE" },
  { "target-password-command", 0, 0, G_OPTION_ARG_FILENAME, &target_password.command,
    "Read the database's password from what a command prints", "COMMAND" },
  { "target-password-fd", 0, 0, G_OPTION_ARG_INT, &target_password.fd,
    "Read the database's password from an open descriptor", "N" },
  { "store-in-keyring", 0, 0, G_OPTION_ARG_NONE, &store_in_keyring,
    "Keep the database's password in the keyring", NULL },
  { "accept-broken", 0, 0, G_OPTION_ARG_NONE, &accept_broken,
    "Restore what is whole of a backup whose verdict is broken", NULL },
  { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, "Only look and tell what would be lost", NULL },
  { "yes", 0, 0, G_OPTION_ARG_NONE, &yes, "Do not ask before something is replaced", NULL },
  G_OPTION_ENTRY_NULL
};

static gboolean
check_options (const char *const *arguments,
               GError           **error)
{
  const char *problem = NULL;

  if (!sr_cli_check_arguments (arguments, 1, G_MAXUINT, error) ||
      !sr_password_source_check (&target_password, error) ||
      !sr_password_source_check (&safety_password, error))
    return FALSE;
  if (into == NULL || into[0] == '\0')
    problem = "--into tells where to restore";
  else if (safety != NULL && safety_vault != NULL)
    problem = "--safety and --safety-vault do not go together";
  else if (files != NULL && (arguments[1] != NULL || terms != NULL))
    problem = "--entry chooses files, a collection or --where chooses records: not both";
  if (problem == NULL)
    return TRUE;
  g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID, problem);
  return FALSE;
}

/* --password-* is the database's, unless the backup itself lies in a vault. */
static const SrPasswordSource *
choose_source (SrCli      *cli,
               const char *file)
{
  if (sr_password_source_is_set (&target_password))
    return &target_password;
  if (!g_str_has_prefix (file, "snapshot:") && sr_password_source_is_set (&cli->password))
    return &cli->password;
  return NULL;
}

/* Options, then the keyring, then the terminal. Returns: %TRUE with @password %NULL where a server
 * may want none */
static gboolean
find_password (SrCli      *cli,
               const char *file,
               SrSecret  **password,
               GError    **error)
{
  const SrPasswordSource *source = choose_source (cli, file);
  g_autofree char        *shown = sr_text_name (into);
  g_autofree char        *prompt = g_strdup_printf ("Password of %s", shown);

  if (source != NULL)
    *password = sr_password_source_read (source, cli->cancellable, error);
  else
    sr_cli_keyring_look_up_database (cli, into, password);
  if (*password != NULL || source != NULL)
    return *password != NULL;
  if (!sr_password_can_ask ())
    return TRUE;
  *password = sr_password_ask (prompt, FALSE, cli->cancellable, error);
  return *password != NULL;
}

static SrTarget *
open_target (SrCli      *cli,
             const char *file,
             GError    **error)
{
  g_autoptr (SrSecret) password = NULL;

  if (sr_target_wants_password (into) && !find_password (cli, file, &password, error))
    return NULL;
  if (store_in_keyring && password != NULL &&
      !sr_cli_keyring_store_database (cli, into, password, error))
    return NULL;
  return sr_target_open (into, password, error);
}

/* --- what a person sees
 * ------------------------------------------------------------------------- */

/* Files are measured in bytes, tables in records. */
static char *
say_amount (guint64  amount,
            gboolean in_bytes)
{
  return in_bytes ? sr_size_text (amount) : sr_text_counted (amount, "record", "records");
}

static void
print_preflight (SrCli             *cli,
                 const SrPreflight *preflight)
{
  for (guint i = 0; i < preflight->rows->len; i++)
    {
      const SrPreflightRow *row = g_ptr_array_index (preflight->rows, i);
      const char           *mark = !row->ok ? "NO" : row->warning ? "!"
                                                                  : "ok";

      sr_cli_say (cli, "%-3s %s: %s", mark, row->title, row->sentence);
    }
  for (guint i = 0; i < preflight->losses->len; i++)
    {
      const SrTargetLoss *loss = g_ptr_array_index (preflight->losses, i);
      g_autofree char    *name = sr_text_name (loss->name);
      g_autofree char    *existing = say_amount (loss->existing, loss->in_bytes);
      g_autofree char    *incoming = loss->incoming >= 0
                                         ? say_amount ((guint64) loss->incoming, loss->in_bytes)
                                         : g_strdup ("an unknown amount");

      sr_cli_say (cli, "    %s: %s there now, %s to come", name, existing, incoming);
    }
}

static gboolean
confirm (const SrPreflight *preflight,
         SrVerdict         *verdict,
         gpointer           user_data,
         GError           **error)
{
  SrCli           *cli = user_data;
  g_autofree char *sentence = sr_verdict_get_sentence (verdict);
  gboolean         loses = FALSE;

  sr_cli_say (cli, "%s", sentence);
  print_preflight (cli, preflight);
  for (guint i = 0; i < preflight->losses->len; i++)
    loses |= ((const SrTargetLoss *) g_ptr_array_index (preflight->losses, i))->existing > 0;
  if (!loses || yes)
    return TRUE;
  return sr_confirm_ask (cli, "Replace what is there?", "--yes", error);
}

static void
add_json_preflight (JsonBuilder       *builder,
                    const SrPreflight *preflight)
{
  json_builder_set_member_name (builder, "preflight");
  json_builder_begin_array (builder);
  for (guint i = 0; i < preflight->rows->len; i++)
    {
      const SrPreflightRow *row = g_ptr_array_index (preflight->rows, i);

      json_builder_begin_object (builder);
      sr_cli_json_add_string (builder, "title", row->title);
      sr_cli_json_add_string (builder, "sentence", row->sentence);
      sr_cli_json_add_bool (builder, "ok", row->ok);
      sr_cli_json_add_bool (builder, "warning", row->warning);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "losses");
  json_builder_begin_array (builder);
  for (guint i = 0; i < preflight->losses->len; i++)
    {
      const SrTargetLoss *loss = g_ptr_array_index (preflight->losses, i);

      json_builder_begin_object (builder);
      sr_cli_json_add_name (builder, "name", loss->name);
      sr_cli_json_add_int (builder, "existing", loss->existing);
      if (loss->incoming >= 0)
        sr_cli_json_add_int (builder, "incoming", (guint64) loss->incoming);
      sr_cli_json_add_string (builder, "unit", loss->in_bytes ? "bytes" : "records");
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
print_json (SrCli                     *cli,
            const SrRestoreFileResult *result)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  sr_cli_json_add_bool (builder, "restored", result->swapped);
  sr_cli_json_add_bool (builder, "dry_run", dry_run);
  if (result->safety != NULL)
    {
      sr_cli_json_add_name (builder, "safety", result->safety);
      sr_cli_json_add_int (builder, "safety_size", result->safety_size);
    }
  add_json_preflight (builder, result->preflight);
  json_builder_set_member_name (builder, "counts");
  json_builder_begin_array (builder);
  for (guint i = 0; result->counts != NULL && i < result->counts->len; i++)
    {
      const SrTargetCount *count = g_ptr_array_index (result->counts, i);

      json_builder_begin_object (builder);
      sr_cli_json_add_name (builder, "name", count->name);
      sr_cli_json_add_int (builder, "put", count->put);
      sr_cli_json_add_int (builder, "found", count->staged);
      sr_cli_json_add_int (builder, "lost", count->lost);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  sr_cli_json_add_verdict (builder, result->verdict);
  json_builder_end_object (builder);
  sr_cli_json_print (cli, builder);
}

/* @place: (nullable): a file or "snapshot:ID" */
static void
say_safety (SrCli      *cli,
            SrTarget   *target,
            const char *place)
{
  if (place == NULL)
    return;
  sr_cli_say (cli, "What was there is saved in %s. To put it back:", place);
  if (g_str_has_prefix (place, "snapshot:"))
    sr_cli_say (cli, "  strongroomctl dump %s /database/before%s --output BEFORE",
                place + strlen ("snapshot:"), sr_target_get_back_up_suffix (target));
  sr_cli_say (cli, "  strongroomctl restore-file %s --into %s --replace --safety AFTER",
              g_str_has_prefix (place, "snapshot:") ? "BEFORE" : place, into);
}

/* Nothing that was counted shows them: the record is there, and a value of it is not. */
static void
warn_of_lost (SrCli                     *cli,
              const SrRestoreFileResult *result)
{
  for (guint i = 0; i < result->counts->len; i++)
    {
      const SrTargetCount *count = g_ptr_array_index (result->counts, i);
      g_autofree char     *lost = sr_text_counted (count->lost, "value", "values");
      g_autofree char     *name = sr_text_name (count->name);

      if (count->lost > 0)
        sr_cli_warn (cli, "%s: %s had been destroyed by the export and can only be NULL", name,
                     lost);
    }
}

static void
print_result (SrCli                     *cli,
              SrTarget                  *target,
              const SrRestoreFileResult *result)
{
  g_autoptr (SrTable) table = sr_table_new ("restored", ">put", ">counted", NULL);
  g_autofree char    *text = NULL;

  if (dry_run)
    {
      print_preflight (cli, result->preflight);
      sr_cli_say (cli, "Nothing was changed: this was a dry run.");
      return;
    }
  for (guint i = 0; i < result->counts->len; i++)
    {
      const SrTargetCount *count = g_ptr_array_index (result->counts, i);

      sr_table_add (table, sr_text_name (count->name), sr_text_count (count->put),
                    sr_text_count (count->staged));
    }
  text = sr_table_format (table, TRUE);
  if (!cli->quiet)
    sr_cli_print_text (cli, text);
  warn_of_lost (cli, result);
  say_safety (cli, target, result->safety);
  sr_cli_say (cli, "Restored.");
}

static gboolean
restore (SrCli                *cli,
         SrBackupFile         *file,
         SrTarget             *target,
         SrRestoreFileOptions *options,
         GError              **error)
{
  SrRestoreFileResult result = { 0 };
  g_autoptr (GError)  left = NULL;
  gboolean            done;

  done =
      sr_restore_file_run (file, target, options, &result, cli->progress, cli->cancellable, error);
  if (done)
    {
      sr_progress_finish (cli->progress);
      if (cli->json)
        print_json (cli, &result);
      else
        print_result (cli, target, &result);
      sr_cli_note_damage (cli, file);
      if (dry_run && !sr_preflight_is_ok (result.preflight))
        cli->exit_code = SR_EXIT_REFUSED;
    }
  if (done && result.swapped && !sr_target_discard (target, &left))
    sr_cli_warn (cli, "What was kept for undoing could not be removed: %s", left->message);
  sr_restore_file_result_clear (&result);
  return done;
}

static gboolean
run_restore_file (SrCli             *cli,
                  const char *const *arguments,
                  GError           **error)
{
  g_autoptr (SrBackupFile) file = NULL;
  g_autoptr (SrTarget)     target = NULL;
  g_autoptr (SrRepo)       repo = NULL;
  SrRestoreFileOptions     options = {
        .terms = (const char *const *) terms,
        .files = (const char *const *) files,
        .replace = replace,
        .safety_file = safety,
        .accept = accept_broken,
        .dry_run = dry_run,
        .confirm = confirm,
        .user_data = cli,
  };

  if (!check_options (arguments, error))
    return FALSE;
  file = sr_cli_open_file (cli, arguments[0], error);
  if (file == NULL)
    return FALSE;
  target = open_target (cli, arguments[0], error);
  if (target == NULL)
    return FALSE;
  if (safety_vault != NULL)
    {
      repo = sr_cli_open_vault_at (cli, safety_vault, &safety_password, error);
      if (repo == NULL)
        return FALSE;
    }
  options.safety_vault = repo;
  options.collections = arguments[1] != NULL ? arguments + 1 : NULL;
  return restore (cli, file, target, &options, error);
}

const SrCliVerb sr_verb_restore_file = {
  .name = "restore-file",
  .arguments = "FILE [COLLECTION…]",
  .summary = "Restore a backup file into a folder or a database",
  .examples =
      "  strongroomctl restore-file full-backup.zip --into unpacked\n"
      "  strongroomctl restore-file nightly.backup --into sqlite:/srv/pos/prod.db --replace "
      "\\\n      --safety before.db\n"
      "  strongroomctl restore-file backup.json --into postgresql://erp@localhost/lpg \\\n"
      "      --password-fd 3 3<password.txt\n"
      "  strongroomctl restore-file export.sql users --into mariadb://root@localhost/site "
      "\\\n      --replace --safety-vault /media/disk/vault\n",
  .entries = entries,
  .opens_files = TRUE,
  .run = run_restore_file,
};
