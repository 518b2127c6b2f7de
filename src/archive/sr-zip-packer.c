/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include "archive/sr-zip-packer.h"

#include <libdeflate.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/sr-worker.h"

/* What may wait, packed or not: enough for all threads while one large piece is written. */
#define MAX_WAITING      ((gsize) 40 << 20)
#define MAX_WAITING_JOBS 4096
#define MAX_ZLIB_LEVEL   9
#define MEMORY_LEVEL     9

struct _SrZipPacker
{
  guint    level;
  GMutex   lock;
  GCond    work; /* there is a job, or the end */
  GCond    done; /* a job is done */
  GQueue   jobs; /* of SrZipJob, in order; under lock */
  GList   *next; /* (nullable) in @jobs: what is to be packed next; under lock */
  gsize    waiting;
  guint    n_idle;
  gboolean ended;
  SrTeam  *team;
};

/* What one thread has; each is made when it is first needed. */
typedef struct
{
  guint                         level;
  struct libdeflate_compressor *whole;
  z_stream                      block;
  gboolean                      has_block;
} Member;

void
sr_zip_job_free (SrZipJob *self)
{
  if (self->destroy_owner != NULL)
    self->destroy_owner (self->owner);
  g_free (self->data);
  g_free (self->packed);
  g_free (self);
}

static void
pack_whole (Member   *member,
            SrZipJob *job)
{
  g_autofree guint8 *packed = NULL;
  gsize              size;

  if (job->size == 0)
    return;
  if (member->whole == NULL)
    member->whole = libdeflate_alloc_compressor ((int) member->level);
  if (member->whole == NULL)
    g_error ("There is no memory to deflate");
  /* what does not get smaller does not fit, and is stored */
  packed = g_malloc (job->size);
  size = libdeflate_deflate_compress (member->whole, job->data, job->size, packed, job->size);
  if (size == 0)
    return;
  job->packed = g_realloc (g_steal_pointer (&packed), size);
  job->packed_size = size;
}

static void
start_block (Member *member)
{
  int level = (int) MIN (member->level, MAX_ZLIB_LEVEL);
  int result;

  if (member->has_block)
    result = deflateReset (&member->block);
  else
    result = deflateInit2 (&member->block, level, Z_DEFLATED, -MAX_WBITS, MEMORY_LEVEL,
                           Z_DEFAULT_STRATEGY);
  if (result != Z_OK)
    g_error ("There is no memory to deflate");
  member->has_block = TRUE;
}

static void
pack_block (Member   *member,
            SrZipJob *job)
{
  z_stream *stream = &member->block;
  gsize     bound;
  int       flush = job->last ? Z_FINISH : Z_SYNC_FLUSH;
  int       result;

  start_block (member);
  if (job->dictionary_size > 0)
    deflateSetDictionary (stream, job->data, (uInt) job->dictionary_size);
  /* and the empty block of the flush */
  bound = deflateBound (stream, job->size) + 16;
  job->packed = g_malloc (bound);
  stream->next_in = job->data + job->dictionary_size;
  stream->avail_in = (uInt) job->size;
  stream->next_out = job->packed;
  stream->avail_out = (uInt) bound;
  result = deflate (stream, flush);
  if (result != (job->last ? Z_STREAM_END : Z_OK) || stream->avail_in > 0 || stream->avail_out == 0)
    g_error ("zlib deflates to more than it said");
  job->packed_size = bound - stream->avail_out;
  job->packed = g_realloc (job->packed, job->packed_size);
}

static void
pack (Member   *member,
      SrZipJob *job)
{
  job->crc = libdeflate_crc32 (0, job->data + job->dictionary_size, job->size);
  if (job->whole)
    pack_whole (member, job);
  else
    pack_block (member, job);
  if (job->packed != NULL)
    g_clear_pointer (&job->data, g_free);
}

static gsize
job_bytes (const SrZipJob *job)
{
  return sizeof *job + job->dictionary_size + job->size;
}

static SrZipJob *
wait_for_work (SrZipPacker *self)
{
  SrZipJob *job;

  while (self->next == NULL && !self->ended)
    {
      self->n_idle++;
      g_cond_wait (&self->work, &self->lock);
      self->n_idle--;
    }
  if (self->ended)
    return NULL;
  job = self->next->data;
  self->next = self->next->next;
  return job;
}

static gboolean
run_member (gpointer data,
            guint    number,
            GError **error)
{
  SrZipPacker *self = data;
  Member       member = { .level = self->level };
  SrZipJob    *job;

  g_mutex_lock (&self->lock);
  while ((job = wait_for_work (self)) != NULL)
    {
      g_mutex_unlock (&self->lock);
      pack (&member, job);
      g_mutex_lock (&self->lock);
      job->done = TRUE;
      if (self->jobs.head->data == job)
        g_cond_signal (&self->done);
    }
  g_mutex_unlock (&self->lock);
  libdeflate_free_compressor (member.whole);
  if (member.has_block)
    deflateEnd (&member.block);
  return TRUE;
}

SrZipPacker *
sr_zip_packer_new (guint level)
{
  SrZipPacker *self = g_new0 (SrZipPacker, 1);

  self->level = CLAMP (level, 1, 12);
  g_mutex_init (&self->lock);
  g_cond_init (&self->work);
  g_cond_init (&self->done);
  self->team = sr_team_start ("zip-pack", sr_worker_count (), run_member, self);
  return self;
}

void
sr_zip_packer_free (SrZipPacker *self)
{
  g_mutex_lock (&self->lock);
  self->ended = TRUE;
  g_cond_broadcast (&self->work);
  g_mutex_unlock (&self->lock);
  sr_team_join (self->team, NULL);
  g_queue_clear_full (&self->jobs, (GDestroyNotify) sr_zip_job_free);
  g_cond_clear (&self->work);
  g_cond_clear (&self->done);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
sr_zip_packer_push (SrZipPacker *self,
                    SrZipJob    *job)
{
  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->jobs, job);
  if (self->next == NULL)
    self->next = self->jobs.tail;
  self->waiting += job_bytes (job);
  if (self->n_idle > 0)
    g_cond_signal (&self->work);
  g_mutex_unlock (&self->lock);
}

SrZipJob *
sr_zip_packer_pop (SrZipPacker *self,
                   gboolean     wait)
{
  SrZipJob *job;

  g_mutex_lock (&self->lock);
  job = g_queue_peek_head (&self->jobs);
  while (job != NULL && !job->done &&
         (wait || self->waiting > MAX_WAITING || self->jobs.length > MAX_WAITING_JOBS))
    g_cond_wait (&self->done, &self->lock);
  if (job != NULL && job->done)
    {
      (void) g_queue_pop_head (&self->jobs);
      self->waiting -= job_bytes (job);
    }
  else
    job = NULL;
  g_mutex_unlock (&self->lock);
  return job;
}
