/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include "base/sr-error.h"
#include "base/sr-worker.h"
#include "repo/sr-restore-run.h"
#include "repo/sr-restore-writer.h"

/* Chunks that lie closer together than this are read in one go with what is between them. */
#define MAX_GAP (64 * 1024)
/* What one worker reads at once, unless a single blob is larger. */
#define RANGE_SIZE (1024 * 1024)
/* Files without content are handed out in groups of so many. */
#define BARE_GROUP 64

/* Refs first .. end - 1 of the order, in one pack and close together. */
typedef struct
{
  gsize   first;
  gsize   end;
  guint32 pack;
  guint64 offset;
  gsize   size;
} Range;

/* What one member has before it: next .. stop - 1 of the order. Chunks that lie together belong to
 * the same files, and the system lets one thread write to a file at a time, so each member works on
 * a part of its own as long as it can. */
typedef struct
{
  gsize next;
  gsize stop;
} Lane;

typedef struct
{
  SrRestoreRun    *run;
  SrRestoreWriter *writer;
  SrIndex         *index;
  SrTeam          *team;
  guint            n_lanes;
  GMutex           lock;
  Lane            *lanes;     /* one a member; under lock, as next_bare */
  guint32          next_bare; /* file */
} Fetch;

/* A blob that is being opened, and who wants it: refs first .. end - 1 of the order. */
typedef struct
{
  SrBlobTask task; /* first */
  gsize      first;
  gsize      end; /* 0: not in use */
} Opening;

/* What belongs to one thread. */
typedef struct
{
  SrBlobCodec *codec;
  Opening      openings[SR_BLOB_LANES];
  guint8      *buffer;
  gsize        room;
} Member;

static const SrIndexEntry *
entry_at (Fetch *fetch,
          gsize  at)
{
  const SrRestorePlan *plan = fetch->run->plan;

  return sr_index_get_entry (fetch->index, sr_restore_plan_ref (plan, plan->order[at])->entry);
}

static void
make_lanes (Fetch *fetch)
{
  gsize n_order = fetch->run->plan->n_order;

  fetch->n_lanes = sr_worker_count ();
  fetch->lanes = g_new (Lane, fetch->n_lanes);
  for (guint i = 0; i < fetch->n_lanes; i++)
    fetch->lanes[i] = (Lane){ n_order / fetch->n_lanes * i, n_order / fetch->n_lanes * (i + 1) };
  fetch->lanes[fetch->n_lanes - 1].stop = n_order;
}

/* Who is done takes over half of what the slowest has left. Under lock. */
static void
refill_lane (Fetch *fetch,
             Lane  *lane)
{
  Lane *longest = fetch->lanes;

  for (guint i = 1; i < fetch->n_lanes; i++)
    if (fetch->lanes[i].stop - fetch->lanes[i].next > longest->stop - longest->next)
      longest = &fetch->lanes[i];
  lane->stop = longest->stop;
  lane->next = longest->next + (longest->stop - longest->next) / 2;
  longest->stop = lane->next;
}

static gboolean
take_range (Fetch *fetch,
            guint  number,
            Range *range)
{
  Lane               *lane = &fetch->lanes[number];
  const SrIndexEntry *entry;

  g_mutex_lock (&fetch->lock);
  if (lane->next == lane->stop)
    refill_lane (fetch, lane);
  range->first = range->end = lane->next;
  if (lane->next == lane->stop)
    {
      g_mutex_unlock (&fetch->lock);
      return FALSE;
    }
  entry = entry_at (fetch, range->first);
  range->pack = sr_index_entry_get_pack (entry);
  range->offset = entry->offset;
  range->size = entry->length;
  for (range->end++; range->end < lane->stop; range->end++)
    {
      guint64 size;

      entry = entry_at (fetch, range->end);
      if (sr_index_entry_get_pack (entry) != range->pack || entry->offset < range->offset ||
          entry->offset > range->offset + range->size + MAX_GAP)
        break;
      size = MAX (range->size, entry->offset + (guint64) entry->length - range->offset);
      if (size > RANGE_SIZE && size > range->size)
        break;
      range->size = (gsize) size;
    }
  lane->next = range->end;
  g_mutex_unlock (&fetch->lock);
  return TRUE;
}

/* Returns: where the group of refs to the same blob ends */
static gsize
group_end (Fetch       *fetch,
           const Range *range,
           gsize        at)
{
  const SrRestorePlan *plan = fetch->run->plan;
  guint32              entry = sr_restore_plan_ref (plan, plan->order[at])->entry;

  while (at < range->end && sr_restore_plan_ref (plan, plan->order[at])->entry == entry)
    at++;
  return at;
}

static gboolean
put_everywhere (Fetch        *fetch,
                gsize         first,
                gsize         end,
                const guint8 *plain,
                gsize         size,
                GError      **error)
{
  const SrRestorePlan *plan = fetch->run->plan;

  for (gsize i = first; i < end; i++)
    {
      if (!sr_restore_writer_put (fetch->writer, sr_restore_plan_ref (plan, plan->order[i]), plain,
                                  size, error))
        return FALSE;
      sr_progress_add (fetch->run->progress, size, 0);
    }
  return TRUE;
}

static gboolean
lose_everywhere (Fetch        *fetch,
                 gsize         first,
                 gsize         end,
                 const GError *reason,
                 GError      **error)
{
  const SrRestorePlan *plan = fetch->run->plan;

  for (gsize i = first; i < end; i++)
    if (!sr_restore_writer_lose (fetch->writer, sr_restore_plan_ref (plan, plan->order[i]),
                                 g_error_copy (reason), error))
      return FALSE;
  return TRUE;
}

/* The blob could not be read where it was looked for first; it may lie elsewhere too. */
static gboolean
second_try (Fetch   *fetch,
            gsize    first,
            gsize    end,
            GError **error)
{
  SrRestoreRun      *run = fetch->run;
  const SrId        *id = &entry_at (fetch, first)->id;
  g_autoptr (GError) reason = NULL;
  g_autoptr (GBytes) plain = NULL;
  gconstpointer      data;
  gsize              size;

  plain = sr_repo_load_blob (run->repo, NULL, SR_BLOB_DATA, id, run->cancellable, &reason);
  if (plain != NULL)
    {
      data = g_bytes_get_data (plain, &size);
      return put_everywhere (fetch, first, end, data, size, error);
    }
  if (sr_error_is (reason, SR_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  return lose_everywhere (fetch, first, end, reason, error);
}

/* Writes one of the blobs that were begun. Does nothing if there is none. */
static gboolean
end_opening (Fetch    *fetch,
             Member   *member,
             gboolean *any,
             GError  **error)
{
  SrBlobTask *task = sr_blob_codec_end (member->codec);
  Opening    *opening = (Opening *) task;
  gsize       end;

  *any = task != NULL;
  if (task == NULL)
    return TRUE;
  end = opening->end;
  opening->end = 0;
  if (task->error == NULL)
    return put_everywhere (fetch, opening->first, end, task->data, task->size, error);
  g_clear_error (&task->error);
  return second_try (fetch, opening->first, end, error);
}

/* The blob goes on being opened beside the next, which may be of the next range. */
static gboolean
begin_opening (Fetch   *fetch,
               Member  *member,
               gsize    first,
               gsize    end,
               guint8  *sealed,
               GError **error)
{
  Opening *opening = member->openings;
  gboolean any;

  if (sr_blob_codec_is_busy (member->codec) && !end_opening (fetch, member, &any, error))
    return FALSE;
  while (opening->end != 0)
    opening++;
  opening->first = first;
  opening->end = end;
  sr_index_entry_to_pack_entry (entry_at (fetch, first), &opening->task.entry);
  sr_blob_codec_begin_open (member->codec, &opening->task, sealed);
  return TRUE;
}

static gboolean
end_all_openings (Fetch   *fetch,
                  Member  *member,
                  GError **error)
{
  gboolean any;

  do
    if (!end_opening (fetch, member, &any, error))
      return FALSE;
  while (any);
  return TRUE;
}

static gboolean
restore_range (Fetch       *fetch,
               Member      *member,
               const Range *range,
               GError     **error)
{
  SrRestoreRun *run = fetch->run;
  gboolean      have;
  gsize         end;

  if (range->size > member->room)
    {
      g_free (member->buffer);
      member->room = range->size;
      member->buffer = g_malloc (member->room);
    }
  have = sr_storage_read (sr_repo_get_storage (run->repo), SR_FILE_PACK,
                          sr_index_get_pack_id (fetch->index, range->pack), range->offset,
                          member->buffer, range->size, run->cancellable, NULL);
  for (gsize at = range->first; at < range->end; at = end)
    {
      const SrIndexEntry *entry = entry_at (fetch, at);
      gboolean            ok;

      if (sr_check_cancelled (run->cancellable, error) || sr_team_has_failed (fetch->team))
        return error == NULL || *error == NULL;
      end = group_end (fetch, range, at);
      if (have)
        ok = begin_opening (fetch, member, at, end,
                            member->buffer + (entry->offset - range->offset), error);
      else
        ok = second_try (fetch, at, end, error);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

static gboolean
take_bare (Fetch   *fetch,
           guint32 *first,
           guint32 *end)
{
  guint32 n = fetch->run->plan->files->len;

  g_mutex_lock (&fetch->lock);
  *first = fetch->next_bare;
  *end = MIN (n, *first + BARE_GROUP);
  fetch->next_bare = *end;
  g_mutex_unlock (&fetch->lock);
  return *first < *end;
}

static gboolean
finish_bare_files (Fetch   *fetch,
                   GError **error)
{
  SrRestoreRun *run = fetch->run;
  guint32       first;
  guint32       end;

  while (take_bare (fetch, &first, &end))
    {
      if (sr_check_cancelled (run->cancellable, error))
        return FALSE;
      for (guint32 i = first; i < end; i++)
        {
          SrRestoreFile *file = sr_restore_plan_file (run->plan, i);

          /* others may still be writing it, and setting flags */
          if (file->n_refs > 0 && (g_atomic_int_get (&file->flags) & SR_RESTORE_SAME) == 0)
            continue;
          if (!sr_restore_writer_finish_bare (fetch->writer, i, error))
            return FALSE;
        }
    }
  return TRUE;
}

static gboolean
fetch_member (gpointer data,
              guint    number,
              GError **error)
{
  Fetch   *fetch = data;
  Member   member = { 0 };
  Range    range;
  gboolean ok = TRUE;

  /* The team is known to its members only after this. */
  g_mutex_lock (&fetch->lock);
  g_mutex_unlock (&fetch->lock);
  member.codec = sr_repo_new_codec (fetch->run->repo, SR_COMPRESSION_AUTO);
  while (ok && !sr_team_has_failed (fetch->team) && take_range (fetch, number, &range))
    ok = restore_range (fetch, &member, &range, error);
  if (ok && !sr_team_has_failed (fetch->team))
    ok = end_all_openings (fetch, &member, error);
  if (ok && !sr_team_has_failed (fetch->team))
    ok = finish_bare_files (fetch, error);
  for (guint i = 0; i < SR_BLOB_LANES; i++)
    g_clear_error (&member.openings[i].task.error);
  sr_blob_codec_free (member.codec);
  g_free (member.buffer);
  return ok;
}

gboolean
sr_restore_fetch (SrRestoreRun *run,
                  GError      **error)
{
  g_autoptr (SrRestoreWriter) writer = sr_restore_writer_new (run);
  Fetch                       fetch = { .run = run, .writer = writer };
  gboolean                    ok;

  fetch.index = sr_repo_get_index (run->repo);
  make_lanes (&fetch);
  g_mutex_init (&fetch.lock);
  g_mutex_lock (&fetch.lock);
  fetch.team = sr_team_start ("sr-restore", fetch.n_lanes, fetch_member, &fetch);
  g_mutex_unlock (&fetch.lock);
  ok = sr_team_join (fetch.team, error);
  g_mutex_clear (&fetch.lock);
  g_free (fetch.lanes);
  return ok;
}
