/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include "repo/sr-saver.h"

#include <string.h>

#include "base/sr-error.h"
#include "base/sr-queue.h"
#include "base/sr-worker.h"
#include "crypto/sr-digest.h"
#include "repo/sr-id-set.h"
#include "repo/sr-saver-slab.h"
#include "repo/sr-saver-stream.h"

/* A job goes to the workers when it has gathered this much: a few chunks, since two are hashed at a
 * time. */
#define JOB_BYTES      ((gsize) 4 * 1024 * 1024)
#define MAX_JOB_PIECES 512
#define JOBS_A_WORKER  16
/* More would take more memory and wait for the disk. */
#define MAX_WORKERS 16

/* sr_saver_get_buffer() gives at least this much. */
#define MIN_ROOM ((gsize) 64 * 1024)
/* A file expected to be no larger is not split over two slabs. */
#define KEEP_WHOLE ((gsize) 512 * 1024)
/* Slabs for small chunks are filled no further than this: more memory would not make it faster. */
#define SMALL_FILL  ((gsize) 2 * 1024 * 1024)
#define SMALL_CHUNK (SMALL_FILL / 8)
/* Larger trees are stored as a stream. */
#define MAX_WHOLE_TREE (SR_SLAB_SIZE / 2)

/* Marks the number of a chunk as one of the session's set, not of the index. */
#define SESSION_BIT 0x80000000u

/* A blob in a slab. */
typedef struct
{
  SrSavedFile *file;   /* NULL: a tree */
  guint32     *number; /* where the chunk's number goes */
  guint32      tree;   /* number of the tree in the session's set */
  guint32      offset;
  guint32      length;
} Piece;

typedef struct
{
  SrSlab *slab;
  gsize   bytes;
  guint   n_pieces;
  Piece   pieces[MAX_JOB_PIECES];
} Job;

struct _SrSaver
{
  SrRepo       *repo;
  SrIndex      *index;
  SrPacker     *packer;
  SrCompression compression;
  gboolean      dry_run;
  GCancellable *cancellable;

  /* blobs stored by this saver; any thread */
  SrIdSet *data_ids;
  SrIdSet *tree_ids;

  SrSlabPool *slabs;
  Job        *jobs;
  SrQueue    *free_jobs;
  SrQueue    *queue; /* as long as there are jobs, so that pushing never blocks */
  SrTeam     *team;  /* NULL when joined */

  gint         failed; /* atomic */
  GMutex       lock;
  GCond        job_done;
  GError      *error; /* the first one; under lock, as are the stats */
  SrSaverStats stats;

  /* the feeder's */
  SrSlab      *slab;
  gsize        fill;  /* bytes in the slab */
  gsize        start; /* where the unfinished chunk begins */
  Job         *job;
  SrSavedFile *file; /* the open one */
  SrChunker    chunker;
  guint64      size_hint;
  guint64      size;
};

static void
take_error (SrSaver *self,
            GError  *error)
{
  g_mutex_lock (&self->lock);
  if (self->error == NULL)
    self->error = g_steal_pointer (&error);
  g_atomic_int_set (&self->failed, 1);
  g_cond_broadcast (&self->job_done);
  g_mutex_unlock (&self->lock);
  g_clear_error (&error);
}

static gboolean
check_failed (SrSaver *self,
              GError **error)
{
  GError *cancelled = NULL;

  if (!g_atomic_int_get (&self->failed))
    {
      if (!sr_check_cancelled (self->cancellable, &cancelled))
        return TRUE;
      take_error (self, cancelled);
    }
  g_mutex_lock (&self->lock);
  g_propagate_error (error, g_error_copy (self->error));
  g_mutex_unlock (&self->lock);
  return FALSE;
}

/* -- the workers -- */

static void
count_blob (SrSaverStats      *stats,
            const SrPackEntry *entry)
{
  if (entry->type == SR_BLOB_TREE)
    stats->tree_blobs++;
  else
    stats->data_blobs++;
  stats->data_added += sr_pack_entry_get_plain_size (entry);
  stats->data_added_packed += sr_pack_size (entry, 1) - sr_pack_size (NULL, 0);
}

/* What the codec is sealing. */
typedef struct
{
  SrBlobTask   task; /* first */
  const Piece *piece;
} Sealing;

/* What belongs to one worker. */
typedef struct
{
  SrSaver     *saver;
  SrBlobCodec *codec;
  SrSaverStats stats; /* of this job */
  Sealing      sealings[SR_BLOB_LANES];
  SrSha256Part parts[MAX_JOB_PIECES];
} Worker;

/* What is left undone after a failure stays incomplete: nobody must take its numbers for good. */
static void
piece_failed (SrSaver     *self,
              const Piece *piece,
              GError      *error)
{
  sr_saved_file_unref (piece->file);
  take_error (self, error);
}

static void
piece_done (const Piece *piece)
{
  if (piece->file != NULL)
    sr_saved_file_chunk_done (piece->file);
}

/* Stores one of those that were begun. Returns: %FALSE if there is none */
static gboolean
end_sealing (Worker *worker)
{
  SrSaver    *self = worker->saver;
  SrBlobTask *task = sr_blob_codec_end (worker->codec);
  Sealing    *sealing = (Sealing *) task;

  if (task == NULL)
    return FALSE;
  if (task->error == NULL)
    {
      count_blob (&worker->stats, &task->entry);
      sr_packer_add (self->packer, task->entry.type, &task->entry.id, task->data,
                     task->entry.length, task->entry.plain_length, &task->error);
    }
  if (task->error == NULL)
    piece_done (sealing->piece);
  else
    piece_failed (self, sealing->piece, g_steal_pointer (&task->error));
  sealing->piece = NULL;
  return TRUE;
}

static void
begin_sealing (Worker       *worker,
               const Piece  *piece,
               SrBlobType    type,
               const SrId   *id,
               const guint8 *data)
{
  Sealing *sealing = worker->sealings;

  if (sr_blob_codec_is_busy (worker->codec))
    end_sealing (worker);
  while (sealing->piece != NULL)
    sealing++;
  sealing->piece = piece;
  sealing->task.entry = (SrPackEntry){ .id = *id, .type = type };
  sr_blob_codec_begin_seal (worker->codec, &sealing->task, data, piece->length);
}

static void
work_on_chunk (Worker       *worker,
               const Piece  *piece,
               const SrId   *id,
               const guint8 *data)
{
  SrSaver            *self = worker->saver;
  const SrIndexEntry *known = sr_index_lookup (self->index, SR_BLOB_DATA, id);
  gboolean            is_new;
  guint32             number;

  if (known != NULL)
    {
      *piece->number = (guint32) sr_index_get_entry_number (self->index, known);
      piece_done (piece);
      return;
    }
  is_new = sr_id_set_add (self->data_ids, id, &number);
  *piece->number = number | SESSION_BIT;
  if (is_new)
    begin_sealing (worker, piece, SR_BLOB_DATA, id, data);
  else
    piece_done (piece);
}

static void
hash_pieces (Worker    *worker,
             const Job *job)
{
  gsize n = 0;

  for (guint i = 0; i < job->n_pieces; i++)
    if (job->pieces[i].file != NULL)
      {
        worker->parts[n].data = job->slab->data + job->pieces[i].offset;
        worker->parts[n++].size = job->pieces[i].length;
      }
  sr_sha256_many (worker->parts, n);
}

static void
work_on_job (Worker *worker,
             Job    *job)
{
  SrSaver *self = worker->saver;
  GError  *error = NULL;
  gsize    n = 0;

  memset (&worker->stats, 0, sizeof worker->stats);
  if (!g_atomic_int_get (&self->failed))
    hash_pieces (worker, job);
  for (guint i = 0; i < job->n_pieces; i++)
    {
      const Piece  *piece = &job->pieces[i];
      const guint8 *data = job->slab->data + piece->offset;

      if (sr_check_cancelled (self->cancellable, &error))
        take_error (self, g_steal_pointer (&error));
      if (g_atomic_int_get (&self->failed))
        sr_saved_file_unref (piece->file);
      else if (piece->file != NULL)
        work_on_chunk (worker, piece, &worker->parts[n++].id, data);
      else
        begin_sealing (worker, piece, SR_BLOB_TREE, sr_id_set_get (self->tree_ids, piece->tree),
                       data);
    }
  while (end_sealing (worker))
    ;
  g_mutex_lock (&self->lock);
  self->stats.data_blobs += worker->stats.data_blobs;
  self->stats.tree_blobs += worker->stats.tree_blobs;
  self->stats.data_added += worker->stats.data_added;
  self->stats.data_added_packed += worker->stats.data_added_packed;
  g_cond_broadcast (&self->job_done);
  g_mutex_unlock (&self->lock);
}

/* Takes jobs to the end also after a failure, so that the feeder never waits for ever. */
static gboolean
run_worker (gpointer data,
            guint    member,
            GError **error)
{
  SrSaver           *self = data;
  g_autofree Worker *worker = g_new0 (Worker, 1);
  Job               *job;

  worker->saver = self;
  worker->codec = sr_repo_new_codec (self->repo, self->compression);
  while ((job = sr_queue_pop (self->queue)) != NULL)
    {
      work_on_job (worker, job);
      g_clear_pointer (&job->slab, sr_slab_unref);
      sr_queue_push (self->free_jobs, job);
    }
  sr_blob_codec_free (worker->codec);
  return TRUE;
}

/* -- beginning and end -- */

SrSaver *
sr_saver_new (SrRepo       *repo,
              SrCompression compression,
              gboolean      dry_run,
              GCancellable *cancellable,
              GError      **error)
{
  guint    n_workers = MIN (sr_worker_count (), MAX_WORKERS);
  guint    n_jobs = n_workers * JOBS_A_WORKER;
  SrSaver *self;

  if (!sr_repo_check_writable (repo, error))
    return NULL;
  if (sr_index_get_n_entries (sr_repo_get_index (repo)) >= SESSION_BIT)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                           "The vault holds more than two thousand million blobs");
      return NULL;
    }
  self = g_new0 (SrSaver, 1);
  self->repo = g_object_ref (repo);
  self->index = sr_repo_get_index (repo);
  self->compression = compression;
  self->dry_run = dry_run;
  g_set_object (&self->cancellable, cancellable);
  self->packer = sr_packer_new (repo, TRUE, dry_run, cancellable);
  self->data_ids = sr_id_set_new ();
  self->tree_ids = sr_id_set_new ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->job_done);
  self->slabs = sr_slab_pool_new (n_workers + 2);
  self->jobs = g_new0 (Job, n_jobs);
  self->free_jobs = sr_queue_new (n_jobs);
  self->queue = sr_queue_new (n_jobs);
  for (guint i = 0; i < n_jobs; i++)
    sr_queue_push (self->free_jobs, &self->jobs[i]);
  self->team = sr_team_start ("sr-saver", n_workers, run_worker, self);
  return self;
}

static void
send_job (SrSaver *self)
{
  if (self->job != NULL)
    sr_queue_push (self->queue, g_steal_pointer (&self->job));
}

static void
stop_workers (SrSaver *self,
              gboolean give_up)
{
  if (self->team == NULL)
    return;
  if (give_up && !g_atomic_int_get (&self->failed))
    take_error (self, g_error_new_literal (SR_ERROR, SR_ERROR_CANCELLED, "Saving was given up"));
  if (self->file != NULL)
    sr_saver_drop_file (self);
  send_job (self);
  sr_queue_close (self->queue);
  sr_team_join (g_steal_pointer (&self->team), NULL);
  g_clear_pointer (&self->slab, sr_slab_unref);
}

gboolean
sr_saver_finish (SrSaver *self,
                 gboolean give_up,
                 GError **error)
{
  stop_workers (self, give_up);
  if (!give_up && !check_failed (self, error))
    return FALSE;
  return sr_packer_finish (self->packer, give_up, error);
}

void
sr_saver_free (SrSaver *self)
{
  if (self == NULL)
    return;
  stop_workers (self, TRUE);
  sr_packer_free (self->packer);
  sr_queue_free (self->free_jobs);
  sr_queue_free (self->queue);
  g_free (self->jobs);
  sr_slab_pool_free (self->slabs);
  sr_id_set_free (self->data_ids);
  sr_id_set_free (self->tree_ids);
  g_clear_error (&self->error);
  g_cond_clear (&self->job_done);
  g_mutex_clear (&self->lock);
  g_clear_object (&self->cancellable);
  g_object_unref (self->repo);
  g_free (self);
}

/* -- feeding -- */

static Piece *
add_piece (SrSaver *self,
           gsize    length)
{
  Piece *piece;

  if (self->job == NULL)
    {
      self->job = sr_queue_pop (self->free_jobs);
      self->job->slab = sr_slab_ref (self->slab);
      self->job->n_pieces = 0;
      self->job->bytes = 0;
    }
  piece = &self->job->pieces[self->job->n_pieces++];
  piece->file = NULL;
  piece->offset = (guint32) self->start;
  piece->length = (guint32) length;
  self->job->bytes += length;
  self->start += length;
  return piece;
}

static void
send_full_job (SrSaver *self)
{
  if (self->job->bytes >= JOB_BYTES || self->job->n_pieces == MAX_JOB_PIECES)
    send_job (self);
}

static void
add_chunk (SrSaver *self,
           gsize    length)
{
  Piece *piece = add_piece (self, length);

  piece->file = self->file;
  piece->number = sr_saved_file_add_chunk (self->file);
  send_full_job (self);
}

/* A fresh slab that begins with the unfinished chunk. */
static void
renew_slab (SrSaver *self)
{
  SrSlab *old = self->slab;
  gsize   rest = self->fill - self->start;

  send_job (self);
  self->slab = sr_slab_pool_take (self->slabs);
  if (rest > 0)
    memcpy (self->slab->data, old->data + self->start, rest);
  self->start = 0;
  self->fill = rest;
  sr_slab_unref (old);
}

/* @limit: how far the slab may be filled; what came before may have filled it further */
static void
make_room (SrSaver *self,
           gsize    limit,
           gsize    room)
{
  if (self->slab == NULL || self->fill + room > limit)
    renew_slab (self);
}

SrSavedFile *
sr_saver_begin_file (SrSaver            *self,
                     const SrChunkSizes *sizes,
                     guint64             size_hint)
{
  g_return_val_if_fail (self->file == NULL, NULL);
  g_return_val_if_fail (sizes->max <= SR_SLAB_SIZE - MIN_ROOM, NULL);

  sr_chunker_init (&self->chunker, sr_repo_get_chunker_tables (self->repo), sizes);
  self->file = sr_saved_file_new ();
  self->size_hint = size_hint;
  self->size = 0;
  return sr_saved_file_ref (self->file);
}

gpointer
sr_saver_get_buffer (SrSaver *self,
                     gsize   *size,
                     GError **error)
{
  gsize    limit = self->chunker.sizes.max <= SMALL_CHUNK ? SMALL_FILL : SR_SLAB_SIZE;
  gboolean whole = self->size == 0 && self->size_hint < KEEP_WHOLE;

  g_return_val_if_fail (self->file != NULL, NULL);
  if (!check_failed (self, error))
    return NULL;
  make_room (self, limit, whole ? self->size_hint + MIN_ROOM : MIN_ROOM);
  *size = limit - self->fill;
  return self->slab->data + self->fill;
}

gboolean
sr_saver_commit_buffer (SrSaver *self,
                        gsize    size,
                        GError **error)
{
  gsize length;

  g_return_val_if_fail (self->slab != NULL && size <= SR_SLAB_SIZE - self->fill, FALSE);
  self->fill += size;
  self->size += size;
  while ((length = sr_chunker_next (&self->chunker, self->slab->data + self->start,
                                    self->fill - self->start, FALSE)) > 0)
    add_chunk (self, length);
  return check_failed (self, error);
}

gboolean
sr_saver_write (SrSaver      *self,
                gconstpointer data,
                gsize         size,
                GError      **error)
{
  const guint8 *from = data;

  while (size > 0)
    {
      gsize    room;
      gpointer buffer = sr_saver_get_buffer (self, &room, error);

      if (buffer == NULL)
        return FALSE;
      room = MIN (room, size);
      memcpy (buffer, from, room);
      if (!sr_saver_commit_buffer (self, room, error))
        return FALSE;
      from += room;
      size -= room;
    }
  return TRUE;
}

gboolean
sr_saver_end_file (SrSaver *self,
                   guint64 *size,
                   GError **error)
{
  g_return_val_if_fail (self->file != NULL, FALSE);
  while (self->start < self->fill)
    add_chunk (self, sr_chunker_next (&self->chunker, self->slab->data + self->start,
                                      self->fill - self->start, TRUE));
  if (size != NULL)
    *size = self->size;
  sr_saved_file_close (self->file);
  g_clear_pointer (&self->file, sr_saved_file_unref);
  return check_failed (self, error);
}

void
sr_saver_drop_file (SrSaver *self)
{
  g_return_if_fail (self->file != NULL);
  self->fill = self->start;
  sr_saved_file_close (self->file);
  g_clear_pointer (&self->file, sr_saved_file_unref);
}

SrSavedFile *
sr_saver_reuse_content (SrSaver    *self,
                        const SrId *content,
                        gsize       n_content)
{
  g_autoptr (SrSavedFile) file = sr_saved_file_new ();

  for (gsize i = 0; i < n_content; i++)
    {
      const SrIndexEntry *entry = sr_index_lookup (self->index, SR_BLOB_DATA, &content[i]);

      if (entry == NULL)
        return NULL;
      *sr_saved_file_add_chunk (file) = (guint32) sr_index_get_entry_number (self->index, entry);
      sr_saved_file_chunk_done (file);
    }
  sr_saved_file_close (file);
  return g_steal_pointer (&file);
}

const SrId *
sr_saver_get_chunk (SrSaver     *self,
                    SrSavedFile *file,
                    gsize        i)
{
  guint32 number = sr_saved_file_get_number (file, i);

  if (number & SESSION_BIT)
    return sr_id_set_get (self->data_ids, number & ~SESSION_BIT);
  return &sr_index_get_entry (self->index, number)->id;
}

gboolean
sr_saver_wait_file (SrSaver     *self,
                    SrSavedFile *file,
                    GError     **error)
{
  if (!sr_saved_file_is_complete (file))
    {
      send_job (self);
      g_mutex_lock (&self->lock);
      while (!sr_saved_file_is_complete (file) && !g_atomic_int_get (&self->failed))
        g_cond_wait (&self->job_done, &self->lock);
      g_mutex_unlock (&self->lock);
    }
  return check_failed (self, error);
}

/* -- trees -- */

gboolean
sr_saver_claim_tree (SrSaver    *self,
                     const SrId *id,
                     guint32    *number)
{
  return sr_index_lookup (self->index, SR_BLOB_TREE, id) == NULL &&
         sr_id_set_add (self->tree_ids, id, number);
}

static gboolean
add_large_tree (SrSaver      *self,
                gconstpointer plain,
                gsize         size,
                SrId         *id,
                GError      **error)
{
  g_autoptr (SrSaverStream) stream = sr_saver_stream_new (self);

  return sr_saver_stream_append (stream, plain, size, error) &&
         sr_saver_stream_end (stream, id, error);
}

gboolean
sr_saver_add_tree (SrSaver      *self,
                   gconstpointer plain,
                   gsize         size,
                   SrId         *id,
                   GError      **error)
{
  guint32 number;
  Piece  *piece;

  g_return_val_if_fail (self->file == NULL, FALSE);
  if (!check_failed (self, error))
    return FALSE;
  if (size > MAX_WHOLE_TREE)
    return add_large_tree (self, plain, size, id, error);
  sr_sha256 (plain, size, id);
  if (!sr_saver_claim_tree (self, id, &number))
    return TRUE;
  make_room (self, SR_SLAB_SIZE, size);
  memcpy (self->slab->data + self->fill, plain, size);
  self->fill += size;
  piece = add_piece (self, size);
  piece->tree = number;
  send_full_job (self);
  return TRUE;
}

void
sr_saver_count_tree (SrSaver           *self,
                     const SrPackEntry *entry)
{
  g_mutex_lock (&self->lock);
  count_blob (&self->stats, entry);
  g_mutex_unlock (&self->lock);
}

/* -- questions -- */

void
sr_saver_get_stats (SrSaver      *self,
                    SrSaverStats *stats)
{
  g_mutex_lock (&self->lock);
  *stats = self->stats;
  g_mutex_unlock (&self->lock);
  stats->packs = sr_packer_get_n_packs (self->packer);
}

gboolean
sr_saver_check_packs (SrSaver      *self,
                      GCancellable *cancellable,
                      GError      **error)
{
  return sr_packer_check_packs (self->packer, cancellable, error);
}

SrRepo *
sr_saver_get_repo (SrSaver *self)
{
  return self->repo;
}

SrPacker *
sr_saver_get_packer (SrSaver *self)
{
  return self->packer;
}

SrCompression
sr_saver_get_compression (SrSaver *self)
{
  return self->compression;
}

gboolean
sr_saver_is_dry_run (SrSaver *self)
{
  return self->dry_run;
}

GCancellable *
sr_saver_get_cancellable (SrSaver *self)
{
  return self->cancellable;
}
