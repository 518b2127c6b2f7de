/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "crypto/sr-digest.h"
#include "repo/sr-check-pack.h"

/* What is read of a pack at once. */
#define READ_SIZE ((gsize) 1024 * 1024)

/* A blob that is being opened. */
typedef struct
{
  SrBlobTask          task;  /* first */
  const SrIndexEntry *entry; /* NULL: not in use */
} Opening;

struct _SrCheckPack
{
  SrCheckRun  *run;
  SrBlobCodec *codec;
  Opening      openings[SR_BLOB_LANES];
  SrSealer    *sealer;
  SrDigest    *digest; /* of the pack */
  guint8      *buffer; /* a window of the pack: have bytes from start */
  gsize        room;
  gsize        have;
  guint64      start;
  gboolean     gap; /* something could not be read, so that there is no digest of the whole */
  /* the pack that is read */
  const SrId *id;
  guint64     size;
};

SrCheckPack *
sr_check_pack_new (SrCheckRun *run)
{
  SrCheckPack *self = g_new0 (SrCheckPack, 1);

  self->run = run;
  self->codec = sr_repo_new_codec (run->repo, SR_COMPRESSION_AUTO);
  self->sealer = sr_sealer_copy (sr_repo_get_sealer (run->repo));
  self->digest = sr_digest_new ();
  return self;
}

void
sr_check_pack_free (SrCheckPack *self)
{
  if (self == NULL)
    return;
  sr_blob_codec_free (self->codec);
  sr_sealer_free (self->sealer);
  sr_digest_free (self->digest);
  g_free (self->buffer);
  g_free (self);
}

void
sr_check_pack_result_clear (SrCheckPackResult *result)
{
  if (result->bad != NULL)
    {
      for (guint i = 0; i < result->bad->len; i++)
        g_free (g_array_index (result->bad, SrCheckBad, i).reason);
      g_array_unref (result->bad);
    }
  g_free (result->file_error);
  memset (result, 0, sizeof *result);
}

static void
add_bad (SrCheckPackResult  *result,
         const SrIndexEntry *entry,
         const char         *reason)
{
  SrCheckBad bad = { .entry = entry, .reason = g_strdup (reason) };

  g_array_append_val (result->bad, bad);
}

/* Keeps the first one. */
static void
set_file_error (SrCheckPackResult *result,
                char              *text)
{
  if (result->file_error == NULL)
    result->file_error = text;
  else
    g_free (text);
}

/* Moves the window on: it then begins at @from or before, and has what follows up to @end at
 * least. Every byte is hashed when it comes in. */
static gboolean
move_window (SrCheckPack *self,
             guint64      from,
             guint64      end,
             GError     **error)
{
  gsize   keep;
  guint64 fetch;

  if (self->gap && from > self->start + self->have)
    {
      self->start = from;
      self->have = 0;
    }
  while (self->start + self->have < end)
    {
      if (from > self->start)
        {
          keep = from < self->start + self->have ? (gsize) (self->start + self->have - from) : 0;
          if (keep > 0)
            memmove (self->buffer, self->buffer + self->have - keep, keep);
          self->start += self->have - keep;
          self->have = keep;
        }
      /* What lies before @from is only hashed, piece by piece. */
      fetch = self->start < from ? MIN (READ_SIZE, from - self->start)
                                 : MAX (READ_SIZE, end - self->start - self->have);
      fetch = MIN (fetch, self->size - self->start - self->have);
      if (self->have + fetch > self->room)
        {
          self->room = (gsize) (self->have + fetch);
          self->buffer = g_realloc (self->buffer, self->room);
        }
      if (!sr_storage_read (sr_repo_get_storage (self->run->repo), SR_FILE_PACK, self->id,
                            self->start + self->have, self->buffer + self->have, (gsize) fetch,
                            self->run->cancellable, error))
        {
          self->gap = TRUE;
          return FALSE;
        }
      sr_blob_codec_update_digest (self->codec, self->digest, self->buffer + self->have,
                                   (gsize) fetch);
      self->have += (gsize) fetch;
    }
  return TRUE;
}

/* A tree too large for memory is read as a stream; the end of it tells whether it is whole. */
static gboolean
large_tree_is_sound (SrCheckPack        *self,
                     const SrIndexEntry *entry,
                     GError            **error)
{
  g_autoptr (SrTreeDecoder) decoder = NULL;
  int                       more;

  decoder = sr_repo_open_tree (self->run->repo, self->codec, &entry->id, self->run->cancellable,
                               error);
  if (decoder == NULL)
    return FALSE;
  sr_tree_decoder_set_lenient (decoder, TRUE);
  do
    {
      g_auto (SrNode) node = { 0 };

      more = sr_tree_decoder_next (decoder, &node, error);
    }
  while (more > 0);
  return more == 0;
}

/* Takes the result of one of those that were begun. Returns: %FALSE if there is none */
static gboolean
end_opening (SrCheckPack       *self,
             SrCheckPackResult *result)
{
  SrBlobTask *task = sr_blob_codec_end (self->codec);
  Opening    *opening = (Opening *) task;

  if (task == NULL)
    return FALSE;
  if (task->error != NULL)
    add_bad (result, opening->entry, task->error->message);
  g_clear_error (&task->error);
  opening->entry = NULL;
  return TRUE;
}

/* The blob goes on being opened beside the next. */
static void
begin_opening (SrCheckPack        *self,
               const SrIndexEntry *entry,
               SrCheckPackResult  *result)
{
  Opening *opening = self->openings;

  if (sr_blob_codec_is_busy (self->codec))
    end_opening (self, result);
  while (opening->entry != NULL)
    opening++;
  opening->entry = entry;
  sr_index_entry_to_pack_entry (entry, &opening->task.entry);
  sr_blob_codec_begin_open (self->codec, &opening->task,
                            self->buffer + (entry->offset - self->start));
}

/* Begins to check a blob. Returns: %FALSE if it is bad already */
static gboolean
check_blob (SrCheckPack        *self,
            const SrIndexEntry *entry,
            SrCheckPackResult  *result,
            GError            **error)
{
  guint64 end = entry->offset + (guint64) entry->length;

  if (end > self->size)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED, "the pack ends before it");
      return FALSE;
    }
  if (sr_index_entry_get_type (entry) == SR_BLOB_TREE && entry->length > SR_BLOB_STREAM_SIZE)
    {
      while (end_opening (self, result))
        ;
      return large_tree_is_sound (self, entry, error);
    }
  if (!move_window (self, entry->offset, end, error))
    return FALSE;
  begin_opening (self, entry, result);
  return TRUE;
}

/* Entries lie in the index in the order in which their blobs lie in the pack. */
static int
compare_bad (gconstpointer a,
             gconstpointer b)
{
  const SrIndexEntry *first = ((const SrCheckBad *) a)->entry;
  const SrIndexEntry *second = ((const SrCheckBad *) b)->entry;

  return (first > second) - (first < second);
}

static gboolean
check_blobs (SrCheckPack       *self,
             gsize              first,
             gsize              count,
             SrCheckPackResult *result,
             GError           **error)
{
  g_autoptr (GError) reason = NULL;

  for (gsize i = first; i < first + count; i++)
    {
      const SrIndexEntry *entry = sr_index_get_entry (self->run->index, i);

      if (g_cancellable_is_cancelled (self->run->cancellable))
        break;
      if (check_blob (self, entry, result, &reason))
        continue;
      if (sr_error_is (reason, SR_ERROR_CANCELLED))
        break;
      add_bad (result, entry, reason->message);
      g_clear_error (&reason);
    }
  while (end_opening (self, result))
    ;
  if (reason != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  g_array_sort (result->bad, compare_bad);
  return !sr_check_cancelled (self->run->cancellable, error);
}

static void
check_header (SrCheckPack       *self,
              gsize              first,
              gsize              count,
              SrCheckPackResult *result)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GArray) entries = NULL;

  entries = sr_pack_read_header (sr_repo_get_storage (self->run->repo), self->id, self->size,
                                 self->sealer, self->run->cancellable, &reason);
  if (entries == NULL)
    {
      set_file_error (result, g_strdup_printf ("its header cannot be read: %s", reason->message));
      return;
    }
  if (entries->len != count)
    {
      set_file_error (
          result,
          g_strdup_printf ("its header names %u blobs where the index names %" G_GSIZE_FORMAT,
                           entries->len, count));
      return;
    }
  for (gsize i = 0; i < count; i++)
    {
      SrPackEntry indexed;

      sr_index_entry_to_pack_entry (sr_index_get_entry (self->run->index, first + i), &indexed);
      if (!sr_pack_entry_equal (&indexed, &g_array_index (entries, SrPackEntry, i)))
        {
          set_file_error (
              result,
              g_strdup_printf ("its header and the index disagree at blob %" G_GSIZE_FORMAT, i));
          return;
        }
    }
}

static gboolean
read_pack (SrCheckPack       *self,
           guint32            pack,
           SrCheckPackResult *result,
           GError           **error)
{
  SrCheckRun        *run = self->run;
  g_autoptr (GError) reason = NULL;
  gsize              first;
  gsize              count;
  SrId               found;

  sr_index_get_pack_entries (run->index, pack, &first, &count);
  self->id = sr_index_get_pack_id (run->index, pack);
  self->start = 0;
  self->have = 0;
  self->gap = FALSE;
  sr_digest_reset (self->digest);
  result->bad = g_array_new (FALSE, FALSE, sizeof (SrCheckBad));
  if (!sr_storage_get_size (sr_repo_get_storage (run->repo), SR_FILE_PACK, self->id, &self->size,
                            run->cancellable, &reason))
    {
      set_file_error (result, g_strdup (reason->message));
      return !sr_check_cancelled (run->cancellable, error);
    }
  if (!check_blobs (self, first, count, result, error))
    return FALSE;
  if (!move_window (self, self->size, self->size, &reason) || self->gap)
    {
      set_file_error (result, g_strdup_printf ("it cannot be read: %s",
                                               reason != NULL ? reason->message : "in the middle"));
      return !sr_check_cancelled (run->cancellable, error);
    }
  sr_digest_finish (self->digest, &found);
  check_header (self, first, count, result);
  if (!sr_id_equal (&found, self->id))
    set_file_error (result, g_strdup ("its content does not match its name"));
  result->bytes = self->size;
  return !sr_check_cancelled (run->cancellable, error);
}

gboolean
sr_check_pack_read (SrCheckPack       *self,
                    guint32            pack,
                    SrCheckPackResult *result,
                    GError           **error)
{
  memset (result, 0, sizeof *result);
  return read_pack (self, pack, result, error);
}
