/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include "archive/sr-zip-writer-private.h"

#include <libdeflate.h>
#include <string.h>
#include <zlib.h>

#include "archive/sr-guard.h"
#include "archive/sr-zip-format.h"
#include "archive/sr-zip-packer.h"
#include "archive/sr-zip-record.h"
#include "base/sr-error.h"

#define BLOCK_SIZE ((gsize) 1 << 20)
/* What is smaller is packed in one go; a multiple of BLOCK_SIZE. */
#define HELD_SIZE  (4 * BLOCK_SIZE)
#define FIRST_HELD ((gsize) 64 * 1024)
/* Headers and small entries go out together. */
#define STAGE_SIZE ((gsize) 256 * 1024)
/* A directory of a million entries would take 100 MiB: it waits deflated, in pieces of this. */
#define PIECE_SIZE ((gsize) 1 << 20)

/* A piece of the directory, deflated. */
typedef struct
{
  guint8 *packed;
  gsize   packed_size;
  gsize   size;
} Piece;

struct _SrZipWriter
{
  GOutputStream *stream;
  SrZipPacker   *packer;
  GError        *fault; /* every later call fails with it */

  /* where the file has got to */
  GByteArray *stage;
  guint64     position;

  /* the entry that is open */
  SrZipRecord      *open;   /* (nullable): owned by its jobs once it has some */
  SrZipEntryStream *handed; /* (nullable) */
  gboolean          cut;    /* into blocks */
  guint8           *held;   /* content */
  gsize             held_size;
  gsize             room; /* of @held */

  /* the directory */
  struct libdeflate_compressor *compressor;
  GByteArray                   *directory;
  GPtrArray                    *pieces; /* of Piece */
  guint64                       directory_size;
  guint64                       n_entries;
};

static void
piece_free (gpointer data)
{
  Piece *piece = data;

  g_free (piece->packed);
  g_free (piece);
}

SrZipWriter *
sr_zip_writer_new (GOutputStream *stream,
                   guint          level)
{
  SrZipWriter *self = g_new0 (SrZipWriter, 1);

  self->stream = g_object_ref (stream);
  self->packer = sr_zip_packer_new (level);
  self->stage = g_byte_array_new ();
  self->directory = g_byte_array_new ();
  self->pieces = g_ptr_array_new_with_free_func (piece_free);
  self->compressor = libdeflate_alloc_compressor (1);
  if (self->compressor == NULL)
    g_error ("There is no memory to deflate");
  return self;
}

static void
detach (SrZipWriter *self)
{
  if (self->handed == NULL)
    return;
  sr_zip_entry_stream_detach (self->handed);
  g_clear_object (&self->handed);
}

/* Takes the faults of other programs' streams for our own.
 * Returns: %FALSE with a copy of the fault */
static gboolean
fail (SrZipWriter *self,
      const char  *what,
      GError      *fault,
      GError     **error)
{
  SrErrorCode code = SR_ERROR_IO;

  if (fault->domain == SR_ERROR)
    self->fault = g_error_copy (fault);
  else
    {
      if (g_error_matches (fault, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        code = SR_ERROR_CANCELLED;
      else if (g_error_matches (fault, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
        code = SR_ERROR_NO_SPACE;
      else if (g_error_matches (fault, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
        code = SR_ERROR_PERMISSION;
      self->fault = g_error_new (SR_ERROR, code, "%s: %s", what, fault->message);
    }
  g_error_free (fault);
  if (error != NULL)
    *error = g_error_copy (self->fault);
  return FALSE;
}

static gboolean
check_usable (SrZipWriter  *self,
              GCancellable *cancellable,
              GError      **error)
{
  GError *fault = NULL;

  if (self->fault == NULL && sr_check_cancelled (cancellable, &fault))
    return fail (self, "", fault, error);
  if (self->fault == NULL)
    return TRUE;
  if (error != NULL)
    *error = g_error_copy (self->fault);
  return FALSE;
}

static gboolean
put_now (SrZipWriter  *self,
         gconstpointer data,
         gsize         size,
         GCancellable *cancellable,
         GError      **error)
{
  GError *fault = NULL;

  if (g_output_stream_write_all (self->stream, data, size, NULL, cancellable, &fault))
    return TRUE;
  return fail (self, "Cannot write the ZIP file", fault, error);
}

static gboolean
flush_stage (SrZipWriter  *self,
             GCancellable *cancellable,
             GError      **error)
{
  if (!put_now (self, self->stage->data, self->stage->len, cancellable, error))
    return FALSE;
  g_byte_array_set_size (self->stage, 0);
  return TRUE;
}

/* What was appended to the stage by others counts when it is flushed or settled. */
static gboolean
put (SrZipWriter  *self,
     gconstpointer data,
     gsize         size,
     GCancellable *cancellable,
     GError      **error)
{
  self->position += size;
  if (size < STAGE_SIZE / 4)
    {
      if (size > 0)
        g_byte_array_append (self->stage, data, (guint) size);
      return self->stage->len < STAGE_SIZE || flush_stage (self, cancellable, error);
    }
  return flush_stage (self, cancellable, error) && put_now (self, data, size, cancellable, error);
}

/* A header, made by one of the functions of the record. */
static void
put_record (SrZipWriter       *self,
            const SrZipRecord *record,
            void (*encode) (const SrZipRecord *, GByteArray *))
{
  guint had = self->stage->len;

  encode (record, self->stage);
  self->position += self->stage->len - had;
}

/* -- directory -- */

static void
pack_directory (SrZipWriter *self)
{
  Piece *piece = g_new0 (Piece, 1);
  gsize  bound = libdeflate_deflate_compress_bound (self->compressor, self->directory->len);

  piece->size = self->directory->len;
  piece->packed = g_malloc (bound);
  piece->packed_size = libdeflate_deflate_compress (self->compressor, self->directory->data,
                                                    self->directory->len, piece->packed, bound);
  if (piece->packed_size == 0)
    g_error ("libdeflate deflates to more than it said");
  piece->packed = g_realloc (piece->packed, piece->packed_size);
  g_ptr_array_add (self->pieces, piece);
  g_byte_array_set_size (self->directory, 0);
}

static void
finish_record (SrZipWriter       *self,
               const SrZipRecord *record)
{
  guint had = self->directory->len;

  sr_zip_record_put_central (record, self->directory);
  self->directory_size += self->directory->len - had;
  self->n_entries++;
  if (self->directory->len >= PIECE_SIZE)
    pack_directory (self);
}

static gboolean
put_directory (SrZipWriter  *self,
               GCancellable *cancellable,
               GError      **error)
{
  struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor ();
  gboolean                        ok = decompressor != NULL;

  if (!ok)
    g_error ("There is no memory to inflate");
  for (guint i = 0; ok && i < self->pieces->len; i++)
    {
      const Piece       *piece = g_ptr_array_index (self->pieces, i);
      g_autofree guint8 *bytes = g_malloc (piece->size);

      if (libdeflate_deflate_decompress (decompressor, piece->packed, piece->packed_size, bytes,
                                         piece->size, NULL) != LIBDEFLATE_SUCCESS)
        g_error ("libdeflate does not unfold what it made");
      ok = put (self, bytes, piece->size, cancellable, error);
    }
  libdeflate_free_decompressor (decompressor);
  return ok && put (self, self->directory->data, self->directory->len, cancellable, error);
}

/* -- packed jobs -- */

static gboolean
write_whole (SrZipWriter    *self,
             const SrZipJob *job,
             GCancellable   *cancellable,
             GError        **error)
{
  SrZipRecord  *record = job->owner;
  gconstpointer data = job->packed != NULL ? job->packed : job->data;

  record->crc = job->crc;
  record->size = job->size;
  record->packed = job->packed != NULL ? job->packed_size : job->size;
  record->method = job->packed != NULL ? SR_ZIP_METHOD_DEFLATE : SR_ZIP_METHOD_STORED;
  record->offset = self->position;
  put_record (self, record, sr_zip_record_put_local);
  return put (self, data, (gsize) record->packed, cancellable, error);
}

static gboolean
write_block (SrZipWriter    *self,
             const SrZipJob *job,
             GCancellable   *cancellable,
             GError        **error)
{
  SrZipRecord *record = job->owner;

  if (!record->streamed)
    {
      record->streamed = TRUE;
      record->method = SR_ZIP_METHOD_DEFLATE;
      record->offset = self->position;
      put_record (self, record, sr_zip_record_put_local);
    }
  record->crc = (guint32) crc32_combine (record->crc, job->crc, (z_off_t) job->size);
  record->size += job->size;
  record->packed += job->packed_size;
  if (!put (self, job->packed, job->packed_size, cancellable, error))
    return FALSE;
  if (job->last)
    put_record (self, record, sr_zip_record_put_descriptor);
  return TRUE;
}

static gboolean
write_job (SrZipWriter  *self,
           SrZipJob     *job,
           GCancellable *cancellable,
           GError      **error)
{
  gboolean ok = job->whole ? write_whole (self, job, cancellable, error)
                           : write_block (self, job, cancellable, error);

  if (job->last)
    finish_record (self, job->owner);
  sr_zip_job_free (job);
  return ok;
}

/* @all: until nothing is left */
static gboolean
drain (SrZipWriter  *self,
       gboolean      all,
       GCancellable *cancellable,
       GError      **error)
{
  SrZipJob *job;

  while ((job = sr_zip_packer_pop (self->packer, all)) != NULL)
    {
      if (!write_job (self, job, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

/* -- the open entry -- */

static void
start_block (SrZipWriter *self)
{
  self->held = g_malloc (BLOCK_SIZE);
  self->held_size = 0;
  self->room = BLOCK_SIZE;
}

static gboolean
push (SrZipWriter  *self,
      gboolean      last,
      GCancellable *cancellable,
      GError      **error)
{
  SrZipJob *job = g_new0 (SrZipJob, 1);

  job->owner = self->open;
  job->size = self->held_size;
  job->whole = !self->cut;
  job->last = last;
  /* the record goes with the last job that has it */
  if (last)
    job->destroy_owner = (GDestroyNotify) sr_zip_record_free;
  job->data = g_steal_pointer (&self->held);
  if (!last)
    start_block (self);
  sr_zip_packer_push (self->packer, job);
  return drain (self, FALSE, cancellable, error);
}

/* The entry is too large to hold: what there is of it becomes its first blocks. */
static gboolean
cut_held (SrZipWriter  *self,
          GCancellable *cancellable,
          GError      **error)
{
  g_autofree guint8 *held = g_steal_pointer (&self->held);

  self->cut = TRUE;
  start_block (self);
  for (gsize at = 0; at < HELD_SIZE; at += BLOCK_SIZE)
    {
      memcpy (self->held, held + at, BLOCK_SIZE);
      self->held_size = BLOCK_SIZE;
      if (!push (self, FALSE, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

/* Sees to it that there is room for content.
 * Returns: (nullable): where it goes; %NULL with @error set */
static guint8 *
make_room (SrZipWriter  *self,
           gsize        *room,
           GCancellable *cancellable,
           GError      **error)
{
  gboolean ok = TRUE;

  if (self->held_size == self->room && self->cut)
    ok = push (self, FALSE, cancellable, error);
  else if (self->held_size == HELD_SIZE)
    ok = cut_held (self, cancellable, error);
  else if (self->held_size == self->room)
    {
      self->room = MAX (self->room * 2, FIRST_HELD);
      self->held = g_realloc (self->held, self->room);
    }
  if (!ok)
    return NULL;
  *room = self->room - self->held_size;
  return self->held + self->held_size;
}

gboolean
sr_zip_writer_feed (SrZipWriter  *self,
                    gconstpointer data,
                    gsize         size,
                    GCancellable *cancellable,
                    GError      **error)
{
  const guint8 *from = data;

  if (!check_usable (self, cancellable, error))
    return FALSE;
  while (size > 0)
    {
      gsize   room;
      guint8 *to = make_room (self, &room, cancellable, error);
      gsize   n = MIN (size, room);

      if (to == NULL)
        return FALSE;
      memcpy (to, from, n);
      self->held_size += n;
      from += n;
      size -= n;
    }
  return TRUE;
}

gboolean
sr_zip_writer_end_entry (SrZipWriter  *self,
                         GCancellable *cancellable,
                         GError      **error)
{
  gboolean ok = TRUE;

  detach (self);
  if (!check_usable (self, cancellable, error))
    return FALSE;
  if (self->open == NULL)
    return TRUE;
  if (!self->cut && self->held_size > 0 && self->held_size < self->room)
    self->held = g_realloc (self->held, self->held_size);
  ok = push (self, TRUE, cancellable, error);
  self->open = NULL;
  return ok;
}

static gboolean
begin_entry (SrZipWriter  *self,
             const char   *name,
             gint64        mtime,
             guint32       mode,
             GCancellable *cancellable,
             GError      **error)
{
  gsize size = strlen (name);

  if (!sr_zip_writer_end_entry (self, cancellable, error))
    return FALSE;
  if (size == 0 || size > G_MAXUINT16)
    {
      g_autofree char *shown = sr_guard_show_name (name);

      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "A ZIP file has no room for the name “%s”: 1 to 65,535 bytes are allowed",
                   shown);
      return FALSE;
    }
  self->open = sr_zip_record_new (name, mtime, mode);
  self->cut = FALSE;
  self->held_size = 0;
  self->room = 0;
  return TRUE;
}

static gboolean
copy_content (SrZipWriter  *self,
              GInputStream *content,
              SrProgress   *progress,
              GCancellable *cancellable,
              GError      **error)
{
  gssize n = 1;

  while (n > 0)
    {
      g_autofree char *shown = NULL;
      g_autofree char *what = NULL;
      GError          *fault = NULL;
      gsize            room;
      guint8          *to = make_room (self, &room, cancellable, error);

      if (to == NULL)
        return FALSE;
      n = g_input_stream_read (content, to, room, cancellable, &fault);
      if (n < 0)
        {
          shown = sr_guard_show_name (self->open->name);
          what = g_strdup_printf ("Cannot read “%s” for the ZIP file", shown);
          return fail (self, what, fault, error);
        }
      self->held_size += (gsize) n;
      sr_progress_add (progress, (guint64) n, 0);
    }
  return TRUE;
}

gboolean
sr_zip_writer_add (SrZipWriter  *self,
                   const char   *name,
                   gint64        mtime,
                   guint32       mode,
                   GInputStream *content,
                   SrProgress   *progress,
                   GCancellable *cancellable,
                   GError      **error)
{
  if (!begin_entry (self, name, mtime, mode, cancellable, error))
    return FALSE;
  sr_progress_set_current (progress, name);
  if (content != NULL && !copy_content (self, content, progress, cancellable, error))
    return FALSE;
  if (!sr_zip_writer_end_entry (self, cancellable, error))
    return FALSE;
  sr_progress_add (progress, 0, 1);
  return TRUE;
}

GOutputStream *
sr_zip_writer_add_stream (SrZipWriter *self,
                          const char  *name,
                          gint64       mtime,
                          guint32      mode,
                          GError     **error)
{
  if (!begin_entry (self, name, mtime, mode, NULL, error))
    return NULL;
  self->handed = sr_zip_entry_stream_new (self);
  return G_OUTPUT_STREAM (g_object_ref (self->handed));
}

gboolean
sr_zip_writer_finish (SrZipWriter  *self,
                      GCancellable *cancellable,
                      GError      **error)
{
  guint64 directory;

  if (!sr_zip_writer_end_entry (self, cancellable, error) ||
      !drain (self, TRUE, cancellable, error))
    return FALSE;
  directory = self->position;
  if (!put_directory (self, cancellable, error))
    return FALSE;
  sr_zip_record_put_end (self->stage, self->n_entries, directory, self->directory_size);
  if (!flush_stage (self, cancellable, error))
    return FALSE;
  self->fault =
      g_error_new_literal (SR_ERROR, SR_ERROR_INVALID, "The ZIP file is finished already");
  return TRUE;
}

void
sr_zip_writer_free (SrZipWriter *self)
{
  detach (self);
  /* what was not written takes its records along */
  sr_zip_packer_free (self->packer);
  if (self->open != NULL)
    sr_zip_record_free (self->open);
  g_free (self->held);
  libdeflate_free_compressor (self->compressor);
  g_byte_array_unref (self->stage);
  g_byte_array_unref (self->directory);
  g_ptr_array_unref (self->pieces);
  g_clear_error (&self->fault);
  g_object_unref (self->stream);
  g_free (self);
}
