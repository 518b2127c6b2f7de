/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include "archive/sr-zip-packer.h"

#include <libdeflate.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/sr-worker.h"

/* What may wait, packed or not: enough for all threads while one large piece is written. */
#define MAX_WAITING      ((gsize) 40 << 20)
#define MAX_WAITING_JOBS 4096
#define UNFOLDED_SIZE    ((gsize) 128 * 1024)

/* What zlib tells in data_type. */
#define UNUSED_BITS 7
#define IN_LAST     64
#define AT_BOUNDARY 128

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

/* What one thread has. */
typedef struct
{
  struct libdeflate_compressor *packer;
  z_stream                      unfolder;
  guint8                       *unfolded; /* UNFOLDED_SIZE */
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
  /* what does not get smaller does not fit, and is stored */
  packed = g_malloc (job->size);
  size = libdeflate_deflate_compress (member->packer, job->data, job->size, packed, job->size);
  if (size == 0)
    return;
  job->packed = g_realloc (g_steal_pointer (&packed), size);
  job->packed_size = size;
}

/* A block is a deflate stream of its own, and libdeflate does not tell where in it the last block
 * in the sense of deflate begins, which is marked so in its first bit. To unfold it again shows
 * that, takes a fifth of the time, and proves what was made.
 *
 * Returns: whether it unfolds to what was packed */
static gboolean
find_last_header (Member         *member,
                  const SrZipJob *job,
                  gsize          *position,
                  guint          *unused_bits)
{
  z_stream *stream = &member->unfolder;
  guint32   crc = 0;
  int       result = inflateReset (stream);

  *position = 0;
  *unused_bits = 0;
  stream->next_in = job->packed;
  stream->avail_in = (uInt) job->packed_size;
  while (result == Z_OK)
    {
      stream->next_out = member->unfolded;
      stream->avail_out = (uInt) UNFOLDED_SIZE;
      result = inflate (stream, Z_BLOCK);
      crc = libdeflate_crc32 (crc, member->unfolded, UNFOLDED_SIZE - stream->avail_out);
      if (result != Z_OK || (stream->data_type & AT_BOUNDARY) == 0)
        continue;
      /* between two blocks: the bits of the last byte that were not taken begin the next one */
      *unused_bits = (guint) (stream->data_type & UNUSED_BITS);
      if ((stream->data_type & IN_LAST) == 0)
        *position = (job->packed_size - stream->avail_in) * 8 - *unused_bits;
    }
  return result == Z_STREAM_END && stream->avail_in == 0 && crc == job->crc;
}

/* Takes the mark of the end away, and appends an empty stored block, which ends at a byte. */
static void
leave_open (Member   *member,
            SrZipJob *job)
{
  static const guint8 empty_block[] = { 0, 0, 0, 0xff, 0xff };
  gsize               position;
  guint               unused_bits;
  gsize               skip;

  if (!find_last_header (member, job, &position, &unused_bits))
    g_error ("libdeflate made something else of a block");
  job->packed[position / 8] &= (guint8) ~(1u << position % 8);
  /* the three bits of its header may still fit into the last byte */
  skip = unused_bits >= 3 ? 1 : 0;
  memcpy (job->packed + job->packed_size, empty_block + skip, sizeof empty_block - skip);
  job->packed_size += sizeof empty_block - skip;
}

static void
pack_block (Member   *member,
            SrZipJob *job)
{
  gsize bound = libdeflate_deflate_compress_bound (member->packer, job->size);

  job->packed = g_malloc (bound + 5);
  job->packed_size = libdeflate_deflate_compress (member->packer, job->data, job->size, job->packed,
                                                  bound);
  if (job->packed_size == 0)
    g_error ("libdeflate deflates to more than it said");
  if (!job->last)
    leave_open (member, job);
  job->packed = g_realloc (job->packed, job->packed_size);
}

static void
pack (Member   *member,
      SrZipJob *job)
{
  job->crc = libdeflate_crc32 (0, job->data, job->size);
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
  return sizeof *job + job->size;
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
  Member       member = { .packer = libdeflate_alloc_compressor ((int) self->level) };
  SrZipJob    *job;

  if (member.packer == NULL || inflateInit2 (&member.unfolder, -MAX_WBITS) != Z_OK)
    g_error ("There is no memory to deflate");
  member.unfolded = g_malloc (UNFOLDED_SIZE);
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
  libdeflate_free_compressor (member.packer);
  inflateEnd (&member.unfolder);
  g_free (member.unfolded);
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
