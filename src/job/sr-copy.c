/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "base/sr-error.h"
#include "job/sr-copy-blobs.h"
#include "job/sr-copy.h"
#include "repo/sr-lock.h"
#include "repo/sr-pruner.h"

typedef struct
{
  SrRepo       *from;
  SrRepo       *to;
  SrLock       *from_lock;
  SrLock       *to_lock;
  SrReportFunc  report;
  gpointer      user_data;
  SrCopyResult *result;
  GCancellable *cancellable;
} Copy;

static void
report (Copy             *self,
        const SrSnapshot *snapshot,
        const char       *action,
        const GError     *why)
{
  char hex[SR_ID_HEX_SIZE];

  if (self->report != NULL)
    self->report (sr_id_to_hex (&snapshot->id, hex), action, 0, why, self->user_data);
}

static const SrId *
get_origin (const SrSnapshot *snapshot)
{
  return snapshot->has_original ? &snapshot->original : &snapshot->id;
}

static gboolean
same_list (char **a,
           char **b)
{
  return g_strv_equal ((const char *const *) a, (const char *const *) b);
}

/* As restic tells copies: of the same origin, and nothing but the parent differs. */
static gboolean
is_copy_of (const SrSnapshot *a,
            const SrSnapshot *b)
{
  return (sr_id_equal (get_origin (a), get_origin (b)) || sr_id_equal (&a->id, get_origin (b)) ||
          sr_id_equal (get_origin (a), &b->id)) &&
         sr_id_equal (&a->tree, &b->tree) && a->time.ts.tv_sec == b->time.ts.tv_sec &&
         a->time.ts.tv_nsec == b->time.ts.tv_nsec && g_strcmp0 (a->hostname, b->hostname) == 0 &&
         g_strcmp0 (a->username, b->username) == 0 && a->uid == b->uid && a->gid == b->gid &&
         same_list (a->paths, b->paths) && same_list (a->tags, b->tags) &&
         same_list (a->excludes, b->excludes);
}

/* Takes those out of @selected that the other vault has. */
static void
leave_out_present (Copy      *self,
                   GPtrArray *selected,
                   GPtrArray *present)
{
  for (guint i = selected->len; i > 0; i--)
    {
      const SrSnapshot *snapshot = selected->pdata[i - 1];
      gboolean          found = FALSE;

      for (guint k = 0; k < present->len && !found; k++)
        found = is_copy_of (snapshot, present->pdata[k]);
      if (!found)
        continue;
      self->result->snapshots_present++;
      report (self, snapshot, "present", NULL);
      g_ptr_array_remove_index (selected, i - 1);
    }
}

static gboolean
save_copy (Copy             *self,
           const SrSnapshot *snapshot,
           GError          **error)
{
  g_autoptr (SrSnapshot) copy = sr_snapshot_copy (snapshot);

  copy->original = *get_origin (snapshot);
  copy->has_original = TRUE;
  /* it means nothing in another vault */
  copy->has_parent = FALSE;
  if (!sr_lock_check (self->to_lock, self->cancellable, error) ||
      !sr_repo_save_snapshot (self->to, copy, self->cancellable, error))
    return FALSE;
  self->result->snapshots_copied++;
  report (self, snapshot, "copied", NULL);
  return TRUE;
}

/* Blobs first, and when all of them are durable, the snapshots. */
static gboolean
copy_together (Copy       *self,
               GPtrArray  *snapshots,
               SrProgress *progress,
               GError    **error)
{
  g_autoptr (SrProgress) looking = sr_progress_step (progress, 1, 10, "Looking for what is needed");
  g_autoptr (SrProgress) copying = sr_progress_step (progress, 9, 10, "Copying");
  g_autofree guint8     *used = NULL;

  if (!sr_used_blobs (self->from, snapshots, &used, looking, self->cancellable, error))
    return FALSE;
  sr_progress_finish (looking);
  if (!sr_copy_blobs (self->from, self->to, used, &self->result->blobs, &self->result->bytes,
                      copying, self->cancellable, error) ||
      !sr_lock_check (self->from_lock, self->cancellable, error))
    return FALSE;
  for (guint i = 0; i < snapshots->len; i++)
    if (!save_copy (self, snapshots->pdata[i], error))
      return FALSE;
  sr_progress_finish (copying);
  return TRUE;
}

/* Something of these cannot be read: all that are whole are copied, each by itself. */
static gboolean
copy_one_by_one (Copy       *self,
                 GPtrArray  *snapshots,
                 SrProgress *progress,
                 GError    **error)
{
  guint n_failed = 0;

  for (guint i = 0; i < snapshots->len; i++)
    {
      g_autoptr (GPtrArray) one = g_ptr_array_new ();
      g_autoptr (GError)    why = NULL;

      g_ptr_array_add (one, snapshots->pdata[i]);
      /* what the rounds before have brought */
      if (!sr_repo_load_index (self->to, NULL, NULL, NULL, self->cancellable, error))
        return FALSE;
      if (copy_together (self, one, progress, &why))
        continue;
      if (!sr_error_is (why, SR_ERROR_DAMAGED))
        {
          g_propagate_error (error, g_steal_pointer (&why));
          return FALSE;
        }
      n_failed++;
      report (self, snapshots->pdata[i], "failed", why);
    }
  if (n_failed == 0)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_INCOMPLETE,
               "%u of the %u snapshots %s; the others were copied", n_failed, snapshots->len,
               n_failed == 1 ? "is damaged and was not copied"
                             : "are damaged and were not copied");
  return FALSE;
}

/* Snapshots are listed before the indexes are loaded: what they name is in them then. */
static gboolean
copy_locked (Copy                   *self,
             const char *const      *names,
             const SrSnapshotFilter *filter,
             SrProgress             *progress,
             GError                **error)
{
  g_autoptr (GPtrArray)  snapshots = NULL;
  g_autoptr (GPtrArray)  present = NULL;
  g_autoptr (GPtrArray)  selected = NULL;
  g_autoptr (SrProgress) loading = sr_progress_step (progress, 1, 20, "Loading the index");
  g_autoptr (SrProgress) copying = sr_progress_step (progress, 19, 20, "Copying");
  g_autoptr (GError)     why = NULL;

  snapshots = sr_repo_list_snapshots (self->from, NULL, NULL, self->cancellable, error);
  if (snapshots == NULL)
    return FALSE;
  present = sr_repo_list_snapshots (self->to, NULL, NULL, self->cancellable, error);
  if (present == NULL)
    return FALSE;
  selected = sr_repo_choose_snapshots (self->from, snapshots, names, filter, error);
  if (selected == NULL)
    return FALSE;
  leave_out_present (self, selected, present);
  if (selected->len == 0)
    return TRUE;
  if (!sr_repo_load_index (self->from, loading, NULL, NULL, self->cancellable, error) ||
      !sr_repo_load_index (self->to, NULL, NULL, NULL, self->cancellable, error))
    return FALSE;
  sr_progress_finish (loading);
  if (copy_together (self, selected, copying, &why))
    return TRUE;
  if (sr_error_is (why, SR_ERROR_DAMAGED))
    return copy_one_by_one (self, selected, NULL, error);
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

static gboolean
check_vaults (SrRepo  *from,
              SrRepo  *to,
              GError **error)
{
  if (sr_id_equal (&sr_repo_get_config (from)->id, &sr_repo_get_config (to)->id))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_REFUSED,
                           "Both are the same vault (or one is a copy of the other's files)");
      return FALSE;
    }
  return sr_repo_check_writable (to, error);
}

gboolean
sr_copy_run (SrRepo                 *from,
             SrRepo                 *to,
             const char *const      *names,
             const SrSnapshotFilter *filter,
             SrReportFunc            report_func,
             gpointer                user_data,
             SrCopyResult           *result,
             SrProgress             *progress,
             GCancellable           *cancellable,
             GError                **error)
{
  g_autoptr (SrLock) from_lock = NULL;
  g_autoptr (SrLock) to_lock = NULL;
  Copy               copy = {
                  .from = from,
                  .to = to,
                  .report = report_func,
                  .user_data = user_data,
                  .result = result,
                  .cancellable = cancellable,
  };

  *result = (SrCopyResult){ 0 };
  if (!check_vaults (from, to, error))
    return FALSE;
  copy.from_lock = from_lock = sr_lock_acquire (from, FALSE, 0, cancellable, error);
  if (from_lock == NULL)
    return FALSE;
  copy.to_lock = to_lock = sr_lock_acquire (to, FALSE, 0, cancellable, error);
  return to_lock != NULL && copy_locked (&copy, names, filter, progress, error);
}
