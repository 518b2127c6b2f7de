/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "base/sr-words.h"
#include "cli/sr-cli-file.h"
#include "cli/sr-cli-json.h"
#include "cli/sr-cli-keyring.h"
#include "cli/sr-cli-site.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"
#include "job/sr-job-backup.h"

#include <string.h>

#define MAX_ATTEMPTS 3

/* @password: (nullable): of an option, which can be read once only */
typedef struct
{
  SrCli     *cli;
  SrSite    *site;
  SrHistory *history; /* (nullable) */
  SrSecret  *password;
  GPtrArray *jobs; /* (element-type SrJob): that ended */
} Run;

/* --- asking
 * ------------------------------------------------------------------------------------- */

/* Only for passwords, and only on a terminal: a backup at night asks nobody. */
static int
ask (SrJob               *job,
     const SrJobQuestion *question,
     SrSecret           **secret,
     gpointer             user_data)
{
  Run               *self = user_data;
  g_autofree char   *shown = NULL;
  g_autofree char   *prompt = NULL;
  g_autoptr (GError) error = NULL;

  if (!question->is_secret || self->cli->password.keyring || !sr_password_can_ask () ||
      question->attempt >= MAX_ATTEMPTS)
    return -1;
  if (question->attempt > 0)
    sr_cli_warn (self->cli, "%s", question->text);
  shown = sr_text_name (question->subject);
  prompt = g_strdup_printf ("Password of the vault “%s”", shown);
  *secret = sr_password_ask (prompt, FALSE, self->cli->cancellable, &error);
  return *secret != NULL ? 0 : -1;
}

/* --- printing
 * ----------------------------------------------------------------------------------- */

static const char *
state_name (SrJob *job)
{
  return sr_run_state_name (sr_job_get_run (job)->state);
}

static void
add_number (JsonBuilder *builder,
            const char  *member,
            gint64       value)
{
  if (value >= 0)
    sr_cli_json_add_int (builder, member, (guint64) value);
}

static void
add_run (JsonBuilder *builder,
         SrJob       *job)
{
  const SrRun *run = sr_job_get_run (job);

  json_builder_begin_object (builder);
  sr_cli_json_add_name (builder, "vault", run->vault != NULL ? run->vault : sr_job_get_vault (job));
  sr_cli_json_add_string (builder, "state", state_name (job));
  if (run->id > 0)
    sr_cli_json_add_int (builder, "run", (guint64) run->id);
  if (run->snapshot != NULL)
    sr_cli_json_add_string (builder, "snapshot", run->snapshot);
  add_number (builder, "files", run->files);
  add_number (builder, "bytes", run->bytes);
  add_number (builder, "bytes_added", run->bytes_added);
  add_number (builder, "records", run->records);
  if (sr_job_get_verdict (job) != NULL)
    sr_cli_json_add_verdict (builder, sr_job_get_verdict (job));
  if (sr_job_get_error (job) != NULL)
    {
      json_builder_set_member_name (builder, "error");
      json_builder_begin_object (builder);
      sr_cli_json_add_error (builder, sr_job_get_error (job));
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
}

static void
print_json (Run *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  sr_cli_json_add_string (builder, "site", sr_site_get_id (self->site));
  sr_cli_json_add_string (builder, "name", sr_site_get_name (self->site));
  json_builder_set_member_name (builder, "runs");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->jobs->len; i++)
    add_run (builder, g_ptr_array_index (self->jobs, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  sr_cli_json_print (self->cli, builder);
}

static void
print_text (Run   *self,
            SrJob *job)
{
  const SrRun     *run = sr_job_get_run (job);
  g_autofree char *vault = sr_text_name (sr_job_get_vault (job));
  g_autofree char *bytes = sr_size_text ((guint64) MAX (run->bytes, 0));
  g_autofree char *added = sr_size_text ((guint64) MAX (run->bytes_added, 0));
  g_autofree char *files =
      sr_text_counted ((guint64) MAX (run->files, 0), "file", "files");
  g_autofree char *records = NULL;

  if (run->snapshot == NULL)
    return;
  sr_cli_say (self->cli, "Snapshot %.8s in “%s”: %s in %s, %s of it new", run->snapshot, vault,
              bytes, files, added);
  if (run->records >= 0)
    {
      records = sr_text_counted ((guint64) run->records, "record", "records");
      sr_cli_say (self->cli, "Databases: %s", records);
    }
  if (run->sentence != NULL)
    sr_cli_say (self->cli, "%s", run->sentence);
}

/* What a person should know, and with --verbose the rest. */
static void
print_log (Run   *self,
           SrJob *job)
{
  g_autoptr (GPtrArray) log = sr_job_get_log (job, 0);
  const GError         *error = sr_job_get_error (job);

  for (guint i = 0; i < log->len; i++)
    {
      const SrLogEntry *entry = g_ptr_array_index (log, i);

      /* the error comes last, by itself */
      if (error != NULL && strcmp (entry->text, error->message) == 0)
        continue;
      if (entry->level >= SR_LOG_WARNING)
        sr_cli_warn (self->cli, "%s", entry->text);
      else if (self->cli->verbose)
        sr_cli_say (self->cli, "%s", entry->text);
    }
}

/* --- the work
 * ----------------------------------------------------------------------------------- */

static void
note_verdict (Run   *self,
              SrJob *job)
{
  SrVerdict *verdict = sr_job_get_verdict (job);

  if (verdict == NULL || sr_verdict_get_level (verdict) >= SR_VERDICT_INTACT)
    return;
  if (self->cli->exit_code == SR_EXIT_DONE || self->cli->exit_code == SR_EXIT_INCOMPLETE)
    self->cli->exit_code = sr_verdict_get_level (verdict) == SR_VERDICT_BROKEN
                               ? SR_EXIT_DAMAGE
                               : SR_EXIT_INCOMPLETE;
}

/* Returns: what went wrong first and worst: a failure goes before something that is incomplete */
static void
keep_error (GError **kept,
            GError  *error)
{
  if (*kept == NULL ||
      (sr_error_is (*kept, SR_ERROR_INCOMPLETE) && !sr_error_is (error, SR_ERROR_INCOMPLETE)))
    {
      g_clear_error (kept);
      *kept = g_error_copy (error);
    }
}

static gboolean
back_up (Run        *self,
         const char *vault,
         SrProgress *progress,
         GError    **kept)
{
  g_autoptr (SrJob)  job = sr_job_backup_new (self->site, vault);
  g_autoptr (GError) error = NULL;
  gboolean           done;

  if (self->password != NULL)
    sr_job_set_vault_password (job, self->password);
  sr_job_set_keyring (job, self->cli->password.keyring || sr_cli_keyring_is_there (),
                      self->cli->password.keyring);
  done = sr_job_run_here (job, self->history, ask, self, progress, self->cli->cancellable, &error);
  g_ptr_array_add (self->jobs, g_object_ref (job));
  print_log (self, job);
  print_text (self, job);
  note_verdict (self, job);
  if (done)
    return TRUE;
  keep_error (kept, error);
  return !sr_error_is (error, SR_ERROR_CANCELLED);
}

/* Each vault gets its backup, whatever became of the one before. */
static gboolean
back_up_all (Run     *self,
             GError **error)
{
  GPtrArray         *vaults = sr_site_get_vaults (self->site);
  g_autoptr (GError) kept = NULL;
  gboolean           go_on = TRUE;

  for (guint i = 0; go_on && i < vaults->len; i++)
    {
      const SrSiteVault     *vault = g_ptr_array_index (vaults, i);
      g_autoptr (SrProgress) step = NULL;
      g_autoptr (GError)     failure = NULL;

      step = sr_progress_step (self->cli->progress, 1, vaults->len, NULL);
      go_on = back_up (self, vault->location, step, &failure);
      if (failure == NULL)
        continue;
      /* the last word is the error of the verb; what was before it is told here */
      if (vaults->len > 1)
        sr_cli_warn (self->cli, "“%s”: %s", vault->location, failure->message);
      keep_error (&kept, failure);
    }
  sr_status_line_end (self->cli->status);
  if (self->cli->json)
    print_json (self);
  if (kept == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&kept));
  return FALSE;
}

/* A history that cannot be written keeps nobody from a backup. */
static SrHistory *
open_history (SrCli *cli)
{
  g_autoptr (GError) error = NULL;
  SrHistory         *history = sr_history_open (NULL, NULL, &error);

  if (history == NULL)
    sr_cli_warn (cli, "The history is not written: %s", error->message);
  return history;
}

static gboolean
run_site (SrCli   *cli,
          SrSite  *site,
          GError **error)
{
  g_autoptr (SrHistory) history = NULL;
  g_autoptr (SrSecret)  password = NULL;
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func (g_object_unref);
  Run                   self = { cli, site, NULL, NULL, jobs };

  if (sr_site_get_vaults (site)->len == 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "The site “%s” has no vault to back up into: add one to it",
                   sr_site_get_name (site));
      return FALSE;
    }
  if (sr_password_source_is_set (&cli->password))
    {
      password = sr_password_source_read (&cli->password, cli->cancellable, error);
      if (password == NULL)
        return FALSE;
    }
  history = open_history (cli);
  self.history = history;
  self.password = password;
  return back_up_all (&self, error);
}

static gboolean
run_run (SrCli             *cli,
         const char *const *arguments,
         GError           **error)
{
  g_autoptr (SrSiteStore) store = NULL;
  g_autoptr (SrSite)      site = NULL;

  if (!sr_cli_check_arguments (arguments, 1, 1, error) ||
      !sr_password_source_check (&cli->password, error))
    return FALSE;
  store = sr_site_store_new (NULL);
  site = sr_cli_find_site (cli, store, arguments[0], error);
  return site != NULL && run_site (cli, site, error);
}

const SrCliVerb sr_verb_run = {
  .name = "run",
  .arguments = "SITE",
  .summary = "Back a site up into all its vaults",
  .examples = "  strongroomctl run shop\n"
              "  strongroomctl run shop-7f3a2c --json --keyring\n",
  .writes = TRUE,
  .run = run_run,
};
