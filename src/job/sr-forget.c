/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-forget.h"

#include "base/sr-error.h"

#include <string.h>

typedef struct
{
  SrRepo                *repo;
  const SrForgetOptions *options;
  GCancellable          *cancellable;
} Forget;

/* A snapshot and the group it belongs to. */
typedef struct
{
  SrSnapshot *snapshot; /* not owned */
  char       *group;
} Member;

void
sr_forget_decision_free (SrForgetDecision *self)
{
  if (self == NULL)
    return;
  sr_snapshot_free (self->snapshot);
  g_strfreev (self->reasons);
  g_free (self);
}

static GPtrArray *
new_decisions (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) sr_forget_decision_free);
}

/* -- by a policy -- */

static void
member_clear (Member *member)
{
  g_free (member->group);
}

static int
compare_strings (gconstpointer a,
                 gconstpointer b)
{
  const char *const *left = a;
  const char *const *right = b;

  return strcmp (*left, *right);
}

/* Adds the texts in order, so that lists with the same elements make the same group. */
static void
append_sorted (GString *key,
               char   **texts)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();

  for (guint i = 0; texts[i] != NULL; i++)
    g_ptr_array_add (sorted, texts[i]);
  g_ptr_array_sort (sorted, compare_strings);
  for (guint i = 0; i < sorted->len; i++)
    g_string_append_printf (key, "\n%s", (const char *) sorted->pdata[i]);
}

static char *
make_group_key (const SrForgetOptions *options,
                const SrSnapshot      *snapshot)
{
  GString *key = g_string_new (NULL);

  if (options->group_by_host && snapshot->hostname != NULL)
    g_string_append (key, snapshot->hostname);
  g_string_append_c (key, '\1');
  if (options->group_by_paths)
    append_sorted (key, snapshot->paths);
  g_string_append_c (key, '\1');
  if (options->group_by_tags)
    append_sorted (key, snapshot->tags);
  return g_string_free (key, FALSE);
}

/* By group, and in a group newest first. */
static int
compare_members (gconstpointer a,
                 gconstpointer b)
{
  const Member          *left = a;
  const Member          *right = b;
  const struct timespec *left_time = &left->snapshot->time.ts;
  const struct timespec *right_time = &right->snapshot->time.ts;
  int                    order = strcmp (left->group, right->group);

  if (order != 0)
    return order;
  if (left_time->tv_sec != right_time->tv_sec)
    return left_time->tv_sec > right_time->tv_sec ? -1 : 1;
  if (left_time->tv_nsec != right_time->tv_nsec)
    return left_time->tv_nsec > right_time->tv_nsec ? -1 : 1;
  return sr_id_compare (&left->snapshot->id, &right->snapshot->id);
}

static GArray *
make_members (const SrForgetOptions *options,
              GPtrArray             *snapshots)
{
  GArray *members = g_array_new (FALSE, FALSE, sizeof (Member));

  g_array_set_clear_func (members, (GDestroyNotify) member_clear);
  for (guint i = 0; i < snapshots->len; i++)
    {
      Member member = { .snapshot = snapshots->pdata[i] };

      if (!sr_snapshot_matches (member.snapshot, options->filter))
        continue;
      member.group = make_group_key (options, member.snapshot);
      g_array_append_val (members, member);
    }
  g_array_sort (members, compare_members);
  return members;
}

static gboolean
refuse_empty_group (const SrSnapshot *newest,
                    guint             n,
                    GError          **error)
{
  g_autofree char *paths = g_strjoinv (", ", newest->paths);

  g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
               "This policy would keep no snapshot of %s (%s); there %s %u. Nothing was forgotten. "
               "If all shall go, name them: “forget ID…”",
               newest->hostname != NULL ? newest->hostname : "an unknown host", paths,
               n == 1 ? "is" : "are", n);
  return FALSE;
}

/* Decides over one group, @n members from @members on. */
static gboolean
decide_group (Forget       *self,
              const Member *members,
              guint         n,
              guint         group,
              GPtrArray    *decisions,
              GError      **error)
{
  g_autofree SrRetentionItem     *items = g_new0 (SrRetentionItem, n);
  g_autofree SrRetentionDecision *kept = g_new0 (SrRetentionDecision, n);
  gint64                          now = sr_clock_now_ns (sr_repo_get_clock (self->repo));
  gboolean                        some = FALSE;

  for (guint i = 0; i < n; i++)
    {
      const SrSnapshot *snapshot = members[i].snapshot;

      items[i].seconds = snapshot->time.ts.tv_sec;
      items[i].nanoseconds = (int) snapshot->time.ts.tv_nsec;
      items[i].offset = snapshot->time.offset;
      items[i].tags = (const char *const *) snapshot->tags;
    }
  sr_retention_apply (self->options->policy, items, n, now / G_GINT64_CONSTANT (1000000000), kept);
  for (guint i = 0; i < n; i++)
    {
      SrForgetDecision *decision = g_new0 (SrForgetDecision, 1);

      decision->snapshot = sr_snapshot_copy (members[i].snapshot);
      decision->group = group;
      decision->keep = kept[i].keep;
      decision->reasons = g_steal_pointer (&kept[i].reasons);
      some = some || decision->keep;
      sr_retention_decision_clear (&kept[i]);
      g_ptr_array_add (decisions, decision);
    }
  return some || refuse_empty_group (members[0].snapshot, n, error);
}

static GPtrArray *
decide_by_policy (Forget  *self,
                  GError **error)
{
  g_autoptr (GPtrArray) decisions = new_decisions ();
  g_autoptr (GPtrArray) snapshots = NULL;
  g_autoptr (GArray)    members = NULL;
  const Member         *first;
  guint                 group = 0;
  guint                 n;

  snapshots = sr_repo_list_snapshots (self->repo, NULL, NULL, self->cancellable, error);
  if (snapshots == NULL)
    return NULL;
  members = make_members (self->options, snapshots);
  first = (const Member *) (gpointer) members->data;
  for (guint begin = 0; begin < members->len; begin += n)
    {
      for (n = 1; begin + n < members->len; n++)
        if (strcmp (first[begin + n].group, first[begin].group) != 0)
          break;
      if (!decide_group (self, first + begin, n, group++, decisions, error))
        return NULL;
    }
  return g_steal_pointer (&decisions);
}

/* -- by ids -- */

/* A snapshot that cannot be read can still be named: how else would it go? */
static void
take_damaged (SrFileType    type,
              const SrId   *id,
              const GError *error,
              gpointer      data)
{
  GPtrArray  *damaged = data;
  SrSnapshot *snapshot = sr_snapshot_new ();

  snapshot->id = *id;
  g_ptr_array_add (damaged, snapshot);
}

static gboolean
is_decided (GPtrArray        *decisions,
            const SrSnapshot *snapshot)
{
  for (guint i = 0; i < decisions->len; i++)
    {
      const SrForgetDecision *decision = decisions->pdata[i];

      if (sr_id_equal (&decision->snapshot->id, &snapshot->id))
        return TRUE;
    }
  return FALSE;
}

static GPtrArray *
decide_by_id (Forget  *self,
              GError **error)
{
  g_autoptr (GPtrArray)    decisions = new_decisions ();
  g_autoptr (GPtrArray)    snapshots = NULL;
  g_autoptr (GPtrArray)    damaged = g_ptr_array_new ();
  const char *const *const names = self->options->snapshots;

  snapshots = sr_repo_list_snapshots (self->repo, take_damaged, damaged, self->cancellable, error);
  if (snapshots == NULL)
    {
      g_ptr_array_set_free_func (damaged, (GDestroyNotify) sr_snapshot_free);
      return NULL;
    }
  g_ptr_array_extend_and_steal (snapshots, g_steal_pointer (&damaged));
  for (guint i = 0; names[i] != NULL; i++)
    {
      const SrSnapshot *snapshot;
      SrForgetDecision *decision;

      snapshot =
          sr_repo_find_snapshot (self->repo, snapshots, names[i], self->options->filter, error);
      if (snapshot == NULL)
        return NULL;
      if (is_decided (decisions, snapshot))
        continue;
      decision = g_new0 (SrForgetDecision, 1);
      decision->snapshot = sr_snapshot_copy (snapshot);
      decision->reasons = g_new0 (char *, 1);
      g_ptr_array_add (decisions, decision);
    }
  return g_steal_pointer (&decisions);
}

/* -- doing it -- */

static GPtrArray *
decide (Forget  *self,
        GError **error)
{
  if (self->options->snapshots != NULL && self->options->snapshots[0] != NULL)
    return decide_by_id (self, error);
  if (self->options->policy != NULL)
    return decide_by_policy (self, error);
  g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                       "Neither snapshots nor a policy were given: nothing is forgotten");
  return NULL;
}

/* Returns: (element-type SrId) */
static GArray *
get_forgotten (GPtrArray *decisions)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (SrId));

  for (guint i = 0; i < decisions->len; i++)
    {
      const SrForgetDecision *decision = decisions->pdata[i];

      if (!decision->keep)
        g_array_append_val (ids, decision->snapshot->id);
    }
  return ids;
}

static gboolean
remove_snapshots (Forget     *self,
                  SrLock     *lock,
                  GArray     *ids,
                  SrProgress *progress,
                  GError    **error)
{
  SrStorage *storage = sr_repo_get_storage (self->repo);

  sr_progress_set_totals (progress, 0, ids->len, FALSE);
  for (guint i = 0; i < ids->len; i++)
    {
      const SrId *id = &g_array_index (ids, SrId, i);
      char        hex[SR_ID_HEX_SIZE];

      if (sr_check_cancelled (self->cancellable, error) ||
          !sr_lock_check (lock, self->cancellable, error))
        return FALSE;
      if (!sr_storage_remove (storage, SR_FILE_SNAPSHOT, id, self->cancellable, error))
        {
          g_prefix_error (error, "Snapshot %.8s cannot be forgotten: ", sr_id_to_hex (id, hex));
          return FALSE;
        }
      if (self->options->report != NULL)
        self->options->report (sr_id_to_hex (id, hex), "forgotten", 0, NULL,
                               self->options->user_data);
      sr_progress_add (progress, 0, 1);
    }
  return TRUE;
}

/* What pruning would free, with the snapshots still there. */
static gboolean
try_prune (Forget        *self,
           GArray        *ids,
           SrPrunerStats *stats,
           SrProgress    *progress,
           GError       **error)
{
  g_autoptr (SrLock) lock = sr_lock_acquire (self->repo, FALSE, 0, self->cancellable, error);
  SrPrunerOptions    options = *self->options->prune;

  options.dry_run = TRUE;
  return lock != NULL && sr_pruner_run (self->repo, lock, &options, ids, stats, progress,
                                        self->cancellable, error);
}

/* Decides again under the lock: another program may have come first. */
static gboolean
forget_locked (Forget        *self,
               SrLock        *lock,
               GPtrArray    **decisions,
               SrPrunerStats *stats,
               SrProgress    *progress,
               GError       **error)
{
  g_autoptr (SrProgress) removing = sr_progress_step (progress, 1, 10, "Forgetting snapshots");
  g_autoptr (SrProgress) pruning = NULL;
  g_autoptr (GArray)     ids = NULL;

  g_clear_pointer (decisions, g_ptr_array_unref);
  *decisions = decide (self, error);
  if (*decisions == NULL)
    return FALSE;
  ids = get_forgotten (*decisions);
  if (!remove_snapshots (self, lock, ids, removing, error))
    return FALSE;
  sr_progress_finish (removing);
  if (ids->len == 0 || self->options->prune == NULL)
    return TRUE;
  pruning = sr_progress_step (progress, 9, 10, "Pruning");
  return sr_pruner_run (self->repo, lock, self->options->prune, NULL, stats, pruning,
                        self->cancellable, error);
}

/* The reserve first: on a full disk not even the lock could be written. */
static SrLock *
lock_for_changes (SrRepo       *repo,
                  GCancellable *cancellable,
                  GError      **error)
{
  if (!sr_repo_check_writable (repo, error) ||
      !sr_storage_use_reserve (sr_repo_get_storage (repo), error))
    return NULL;
  return sr_lock_acquire (repo, TRUE, 0, cancellable, error);
}

gboolean
sr_forget_run (SrRepo                *repo,
               const SrForgetOptions *options,
               GPtrArray            **decisions,
               SrPrunerStats         *prune_stats,
               SrProgress            *progress,
               GCancellable          *cancellable,
               GError               **error)
{
  Forget                self = { repo, options, cancellable };
  g_autoptr (GPtrArray) decided = decide (&self, error);
  g_autoptr (GArray)    ids = NULL;
  g_autoptr (SrLock)    lock = NULL;
  SrPrunerStats         stats = { 0 };
  gboolean              good = TRUE;

  *decisions = NULL;
  if (decided == NULL)
    return FALSE;
  ids = get_forgotten (decided);
  if (ids->len > 0 && options->dry_run && options->prune != NULL)
    good = try_prune (&self, ids, &stats, progress, error);
  else if (ids->len > 0 && !options->dry_run)
    {
      lock = lock_for_changes (repo, cancellable, error);
      good = lock != NULL && forget_locked (&self, lock, &decided, &stats, progress, error);
    }
  if (!good)
    return FALSE;
  if (prune_stats != NULL)
    *prune_stats = stats;
  *decisions = g_steal_pointer (&decided);
  return TRUE;
}

gboolean
sr_prune_run (SrRepo                *repo,
              const SrPrunerOptions *options,
              SrPrunerStats         *stats,
              SrProgress            *progress,
              GCancellable          *cancellable,
              GError               **error)
{
  g_autoptr (SrLock) lock = NULL;

  if (options->dry_run)
    lock = sr_lock_acquire (repo, FALSE, 0, cancellable, error);
  else
    lock = lock_for_changes (repo, cancellable, error);
  return lock != NULL &&
         sr_pruner_run (repo, lock, options, NULL, stats, progress, cancellable, error);
}
