/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-job-verify.h"

#include "base/sr-error.h"
#include "base/sr-words.h"
#include "job/sr-check.h"
#include "job/sr-snapshot-verdict.h"

struct _SrJobVerify
{
  SrJob parent_instance;

  SrJobInput *input; /* (nullable): %NULL for a whole vault */
  char       *sha256;
  gboolean    read_data;
};

G_DEFINE_FINAL_TYPE (SrJobVerify, sr_job_verify, SR_TYPE_JOB)

/* --- a backup
 * ----------------------------------------------------------------------------------- */

static gboolean
verify_file (SrJobVerify  *self,
             SrProgress   *progress,
             GCancellable *cancellable,
             GError      **error)
{
  SrJob                *job = SR_JOB (self);
  g_auto (SrJobOpened)  opened = { 0 };
  SrJudgeOptions        how = { .sha256 = self->sha256 };
  g_autoptr (SrVerdict) verdict = NULL;

  if (!sr_job_open_input (job, self->input, &opened, cancellable, error))
    return FALSE;
  sr_job_edit_run (job)->bytes = (gint64) sr_backup_file_get_size (opened.file);
  verdict = sr_backup_file_judge (opened.file, &how, progress, cancellable, error);
  if (verdict == NULL)
    return FALSE;
  sr_job_note_collections (job, sr_backup_file_get_collections (opened.file));
  sr_job_set_verdict (job, verdict);
  return TRUE;
}

static gboolean
verify_snapshot (SrJobVerify  *self,
                 SrProgress   *progress,
                 GCancellable *cancellable,
                 GError      **error)
{
  SrJob                 *job = SR_JOB (self);
  g_auto (SrJobOpened)   opened = { 0 };
  SrSnapshotJudgeOptions how = { .read_data = TRUE };
  g_autoptr (GPtrArray)  collections = NULL;
  g_autoptr (SrVerdict)  verdict = NULL;

  if (!sr_job_open_snapshot (job, self->input, &opened, cancellable, error))
    return FALSE;
  how.others = opened.all;
  verdict = sr_snapshot_judge (opened.repo, opened.snapshot, &how, &collections, progress,
                               cancellable, error);
  if (verdict == NULL)
    return FALSE;
  if (collections != NULL)
    sr_job_note_collections (job, collections);
  sr_job_set_verdict (job, verdict);
  return TRUE;
}

/* --- a vault
 * ------------------------------------------------------------------------------------ */

static SrVerdict *
make_vault_verdict (SrJobVerify          *self,
                    const SrCheckerStats *stats,
                    GPtrArray            *findings)
{
  SrVerdict       *verdict = sr_verdict_new ();
  g_autofree char *snapshots = sr_verdict_counted (stats->snapshots, "snapshot", "snapshots");
  g_autofree char *packs = sr_verdict_counted (stats->packs, "pack", "packs");
  guint            n_damage = 0;

  for (guint i = 0; i < findings->len; i++)
    {
      const SrFinding *finding = g_ptr_array_index (findings, i);
      gboolean         is_damage = sr_finding_is_damage (finding);

      n_damage += is_damage;
      sr_job_log (SR_JOB (self), is_damage ? SR_LOG_ERROR : SR_LOG_NOTE, "%s", finding->text);
    }
  if (n_damage == 0)
    sr_verdict_add (verdict, "vault.structure", "Structure", SR_ASPECT_INTACT, SR_CHECK_PASSED,
                    "All that the %s need is there, in %s.", snapshots, packs);
  else
    {
      g_autofree char *counted = sr_verdict_counted (n_damage, "damage was", "damages were");

      sr_verdict_add (verdict, "vault.structure", "Structure", SR_ASPECT_INTACT, SR_CHECK_FAILED,
                      "%s found; the log names the snapshots and files. What is whole can be "
                      "restored.",
                      counted);
    }
  if (self->read_data)
    sr_verdict_add (verdict, "vault.data", "Data", SR_ASPECT_INTACT,
                    n_damage == 0 ? SR_CHECK_PASSED : SR_CHECK_NOTICE,
                    "Every byte of the packs was read and compared.");
  else
    sr_verdict_add (verdict, "vault.data", "Data", SR_ASPECT_INTACT, SR_CHECK_NOT_MADE,
                    "The data in the packs was not read, as asked for.");
  return verdict;
}

static gboolean
verify_vault (SrJobVerify  *self,
              SrProgress   *progress,
              GCancellable *cancellable,
              GError      **error)
{
  SrCheckOptions        options = { .checker = { .read_data = self->read_data } };
  SrCheckerStats        stats = { 0 };
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (SrVerdict) verdict = NULL;
  g_autoptr (SrRepo)    repo = sr_job_open_vault (SR_JOB (self), NULL, cancellable, error);

  if (repo == NULL ||
      !sr_check_run (repo, &options, &stats, &findings, progress, cancellable, error))
    return FALSE;
  sr_job_edit_run (SR_JOB (self))->bytes = (gint64) stats.bytes_read;
  verdict = make_vault_verdict (self, &stats, findings);
  sr_job_set_verdict (SR_JOB (self), verdict);
  return TRUE;
}

static gboolean
sr_job_verify_run (SrJob        *job,
                   SrProgress   *progress,
                   GCancellable *cancellable,
                   GError      **error)
{
  SrJobVerify *self = SR_JOB_VERIFY (job);

  if (self->input == NULL)
    return verify_vault (self, progress, cancellable, error);
  if (self->input->path != NULL || self->input->folder != NULL)
    return verify_file (self, progress, cancellable, error);
  return verify_snapshot (self, progress, cancellable, error);
}

/* --- the object
 * --------------------------------------------------------------------------------- */

static void
sr_job_verify_finalize (GObject *object)
{
  SrJobVerify *self = SR_JOB_VERIFY (object);

  sr_job_input_free (self->input);
  g_free (self->sha256);
  G_OBJECT_CLASS (sr_job_verify_parent_class)->finalize (object);
}

static void
sr_job_verify_class_init (SrJobVerifyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_job_verify_finalize;
  SR_JOB_CLASS (klass)->run = sr_job_verify_run;
}

static void
sr_job_verify_init (SrJobVerify *self)
{
}

SrJob *
sr_job_verify_new (const SrJobInput *input,
                   const char       *sha256)
{
  g_autofree char *shown = sr_job_input_describe (input);
  g_autofree char *title = g_strdup_printf ("Verification of %s", shown);
  SrJobVerify     *self = g_object_new (SR_TYPE_JOB_VERIFY, "action", "verify", "title", title,
                                        "vault", input->vault, NULL);

  self->input = sr_job_input_copy (input);
  self->sha256 = g_strdup (sha256);
  return SR_JOB (self);
}

SrJob *
sr_job_verify_new_vault (const char *vault,
                         gboolean    read_data)
{
  SrJobVerify *self = g_object_new (SR_TYPE_JOB_VERIFY, "action", "verify", "title",
                                    "Verification of the vault", "vault", vault, NULL);

  self->read_data = read_data;
  return SR_JOB (self);
}
