/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "archive/sr-backup-file-private.h"
#include "archive/sr-judge-count.h"
#include "archive/sr-judge-references.h"
#include "base/sr-error.h"
#include "crypto/sr-digest.h"

#define PIECE ((gsize) 1024 * 1024)

static gboolean
digest_file (SrJudge *judge,
             SrId    *id,
             GError **error)
{
  g_autoptr (SrDigest) digest = sr_digest_new ();
  g_autofree guint8   *piece = g_malloc (PIECE);
  guint64              at = 0;
  gssize               n;

  while ((n = pread (judge->file->fd, piece, PIECE, (off_t) at)) != 0)
    {
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          sr_set_error_errno (error, errno, "Reading the backup file");
          return FALSE;
        }
      if (sr_check_cancelled (judge->cancellable, error))
        return FALSE;
      sr_digest_update (digest, piece, (gsize) n);
      at += (guint64) n;
    }
  sr_digest_finish (digest, id);
  return TRUE;
}

static gboolean
judge_digest (SrJudge *judge,
              GError **error)
{
  const char *name = "file.digest";
  const char *title = "Digest of the file";
  const char *wanted = judge->options->sha256;
  SrId        id;
  char        hex[SR_ID_HEX_SIZE];

  if (wanted == NULL)
    return TRUE;
  if (judge->options->quick || judge->file->fd < 0)
    {
      sr_verdict_add (judge->verdict, name, title, SR_ASPECT_INTACT, SR_CHECK_NOT_MADE, "%s",
                      judge->options->quick ? "The file was not read, as asked for."
                                            : "It is no file, so that it has no digest.");
      return TRUE;
    }
  if (!digest_file (judge, &id, error))
    return FALSE;
  sr_id_to_hex (&id, hex);
  if (g_ascii_strcasecmp (hex, wanted) == 0)
    sr_verdict_add (judge->verdict, name, title, SR_ASPECT_INTACT, SR_CHECK_PASSED,
                    "The file's SHA-256 is the one that was given.");
  else
    sr_verdict_add (judge->verdict, name, title, SR_ASPECT_INTACT, SR_CHECK_FAILED,
                    "The file's SHA-256 is %s, not %s: it is not the file that was made.", hex,
                    wanted);
  return TRUE;
}

static void
judge_error (SrJudge *judge)
{
  const GError *reason = judge->file->error;
  gboolean      locked = judge->file->encryption == SR_ENCRYPTION_LOCKED;

  if (judge->file->was_broken != NULL)
    sr_verdict_add (judge->verdict, "import.verdict", "Verdict at the import", SR_ASPECT_INTACT,
                    SR_CHECK_FAILED, "It was broken when it was imported: %s",
                    judge->file->was_broken);
  if (reason == NULL)
    return;
  if (sr_error_is (reason, SR_ERROR_WRONG_PASSWORD))
    sr_verdict_add (judge->verdict, "encryption.locked", "Encryption", SR_ASPECT_INTACT,
                    SR_CHECK_NOT_MADE, "%s.", reason->message);
  else if (sr_error_is (reason, SR_ERROR_UNSUPPORTED) && !locked)
    sr_verdict_add (judge->verdict, "file.kind", "What it is", SR_ASPECT_INTACT, SR_CHECK_NOT_MADE,
                    "%s.", reason->message);
  else
    sr_verdict_add (judge->verdict, "file.readable", "Readable as what it is", SR_ASPECT_INTACT,
                    SR_CHECK_FAILED, "%s.", reason->message);
}

static void
judge_key (SrJudge *judge)
{
  if (judge->file->encryption == SR_ENCRYPTION_DEFAULT)
    sr_verdict_add (judge->verdict, "encryption.default-key", "Encryption key", SR_ASPECT_PRIVACY,
                    SR_CHECK_WARNING,
                    "Opened with the server's built-in default key, which everybody knows: change "
                    "it.");
}

/* Runs @func as a step of the whole. */
static gboolean
run_step (SrJudge    *judge,
          double      weight,
          const char *phase,
          gboolean (*func) (SrJudge *judge,
                            GError **error),
          GError **error)
{
  SrProgress            *whole = judge->progress;
  g_autoptr (SrProgress) step = sr_progress_step (whole, weight, 1.0, phase);
  gboolean               ok;

  judge->progress = step;
  ok = func (judge, error);
  if (step != NULL)
    sr_progress_finish (step);
  judge->progress = whole;
  return ok;
}

static gboolean
judge_all (SrJudge *judge,
           GError **error)
{
  const SrKind *kind = judge->file->kind;
  double        share;

  judge_error (judge);
  judge_key (judge);
  if (kind->judge_begin != NULL)
    kind->judge_begin (judge);
  share = sr_judge_get_share_of_parts (judge);
  if (!judge_digest (judge, error) ||
      (share > 0 && !run_step (judge, share, "Reading records", sr_judge_parts, error)))
    return FALSE;
  return run_step (judge, share > 0 ? 1 - share : 0.5, "Checking", sr_judge_container, error) &&
         (kind->judge == NULL || kind->judge (judge, error)) &&
         run_step (judge, share > 0 ? 0 : 0.5, "Reading records", sr_judge_records, error);
}

SrVerdict *
sr_backup_file_judge (SrBackupFile         *self,
                      const SrJudgeOptions *options,
                      SrProgress           *progress,
                      GCancellable         *cancellable,
                      GError              **error)
{
  static const SrJudgeOptions usual = { 0 };
  g_autoptr (SrVerdict)       verdict = sr_verdict_new ();
  SrJudge                     judge = {
                        .file = self,
                        .options = options != NULL ? options : &usual,
                        .verdict = verdict,
                        .progress = progress,
                        .cancellable = cancellable,
                        .key_pool = SR_KEY_POOL,
  };
  gboolean ok = judge_all (&judge, error) && sr_backup_file_check_unchanged (self, error);

  if (judge.free_data != NULL)
    judge.free_data (judge.data);
  g_clear_pointer (&judge.references, sr_references_free);
  g_clear_pointer (&judge.count, sr_count_free);
  return ok ? g_steal_pointer (&verdict) : NULL;
}
