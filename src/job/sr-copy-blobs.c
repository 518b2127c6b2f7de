/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "base/sr-error.h"
#include "base/sr-worker.h"
#include "job/sr-copy-blobs.h"
#include "repo/sr-blob-stream.h"
#include "repo/sr-saver-stream.h"

/* Blobs with less than this between them are read in one go, of about this size at most. */
#define MAX_GAP  (64 * 1024)
#define MAX_READ (8 * 1024 * 1024)
/* Trees larger than this are copied as a stream. */
#define MAX_WHOLE (32u * 1024 * 1024)

typedef struct
{
  SrRepo       *from;
  SrRepo       *to;
  SrIndex      *index;  /* of from */
  GArray       *wanted; /* of guint32: numbers of entries, in the order of the packs */
  GArray       *large;  /* likewise: trees to be copied as a stream */
  SrPacker     *packer;
  SrProgress   *progress;
  GCancellable *cancellable;

  GMutex lock;
  guint  next;   /* position in wanted; under lock */
  gint   failed; /* atomic */
} Copy;

/* Of one thread. */
typedef struct
{
  Copy        *copy;
  SrBlobCodec *opener;
  SrBlobCodec *sealer;
  GByteArray  *read; /* a piece of a pack */
} Member;

/* One place of each blob that is needed and not there yet. */
static void
choose (Copy         *self,
        const guint8 *used,
        guint64      *n_bytes)
{
  SrIndex *known = sr_repo_get_index (self->to);
  gsize    n = sr_index_get_n_entries (self->index);

  for (gsize i = 0; i < n; i++)
    {
      const SrIndexEntry *entry = sr_index_get_entry (self->index, i);
      SrBlobType          type = sr_index_entry_get_type (entry);
      guint32             number = (guint32) i;

      if ((used[i / 8] & (1u << i % 8)) == 0 ||
          sr_index_lookup (self->index, type, &entry->id) != entry ||
          sr_index_lookup (known, type, &entry->id) != NULL)
        continue;
      *n_bytes += entry->length;
      if (type == SR_BLOB_TREE && MAX (entry->length, entry->plain_length) > MAX_WHOLE)
        g_array_append_val (self->large, number);
      else
        g_array_append_val (self->wanted, number);
    }
}

static const SrIndexEntry *
wanted_entry (Copy *self,
              guint i)
{
  return sr_index_get_entry (self->index, g_array_index (self->wanted, guint32, i));
}

/* Takes the next blobs that lie close together. Returns: how many, 0 if none are left */
static guint
take_run (Copy  *self,
          guint *first)
{
  const SrIndexEntry *begin;
  guint64             end;
  guint               i;

  g_mutex_lock (&self->lock);
  *first = i = self->next;
  if (i < self->wanted->len)
    {
      begin = wanted_entry (self, i);
      end = (guint64) begin->offset + begin->length;
      for (i++; i < self->wanted->len; i++)
        {
          const SrIndexEntry *entry = wanted_entry (self, i);

          if (sr_index_entry_get_pack (entry) != sr_index_entry_get_pack (begin) ||
              entry->offset > end + MAX_GAP ||
              (guint64) entry->offset + entry->length - begin->offset > MAX_READ)
            break;
          end = (guint64) entry->offset + entry->length;
        }
    }
  self->next = i;
  g_mutex_unlock (&self->lock);
  return i - *first;
}

static gboolean
add_blob (Member            *member,
          const SrPackEntry *entry,
          gconstpointer      plain,
          gsize              size,
          GError           **error)
{
  const guint8 *sealed;
  guint32       length;
  guint32       plain_length;

  return sr_blob_codec_seal (member->sealer, entry->type, plain, size, &entry->id, &sealed, &length,
                             &plain_length, error) &&
         sr_packer_add (member->copy->packer, entry->type, &entry->id, sealed, length,
                        plain_length, error);
}

/* This place is damaged; perhaps another is not. */
static gboolean
copy_from_elsewhere (Member            *member,
                     const SrPackEntry *entry,
                     GError           **error)
{
  g_autoptr (GBytes) plain = sr_repo_load_blob (member->copy->from, member->opener, entry->type,
                                                &entry->id, member->copy->cancellable, error);
  gsize              size;
  gconstpointer      data = plain != NULL ? g_bytes_get_data (plain, &size) : NULL;

  return plain != NULL && add_blob (member, entry, data, size, error);
}

static gboolean
copy_run (Member  *member,
          guint    first,
          guint    count,
          GError **error)
{
  Copy               *copy = member->copy;
  const SrIndexEntry *begin = wanted_entry (copy, first);
  const SrIndexEntry *last = wanted_entry (copy, first + count - 1);
  const SrId         *pack = sr_index_get_pack_id (copy->index, sr_index_entry_get_pack (begin));
  gsize               size = (gsize) last->offset + last->length - begin->offset;
  gboolean            is_read;

  g_byte_array_set_size (member->read, (guint) size);
  is_read = sr_storage_read (sr_repo_get_storage (copy->from), SR_FILE_PACK, pack, begin->offset,
                             member->read->data, size, copy->cancellable, NULL);
  for (guint i = first; i < first + count; i++)
    {
      const SrIndexEntry *at = wanted_entry (copy, i);
      guint8             *sealed = member->read->data + (at->offset - begin->offset);
      const guint8       *plain;
      gsize               plain_size;
      SrPackEntry         entry;
      gboolean            ok;

      if (sr_check_cancelled (copy->cancellable, error))
        return FALSE;
      sr_index_entry_to_pack_entry (at, &entry);
      if (is_read && sr_blob_codec_open (member->opener, &entry, sealed, &plain, &plain_size, NULL))
        ok = add_blob (member, &entry, plain, plain_size, error);
      else
        ok = copy_from_elsewhere (member, &entry, error);
      if (!ok)
        return FALSE;
      sr_progress_add (copy->progress, entry.length, 1);
    }
  return TRUE;
}

static gboolean
copy_runs (gpointer data,
           guint    number,
           GError **error)
{
  Copy                   *copy = data;
  g_autoptr (SrBlobCodec) opener = sr_repo_new_codec (copy->from, SR_COMPRESSION_AUTO);
  g_autoptr (SrBlobCodec) sealer = sr_repo_new_codec (copy->to, SR_COMPRESSION_AUTO);
  g_autoptr (GByteArray)  read = g_byte_array_new ();
  Member                  member = { copy, opener, sealer, read };
  guint                   first;
  guint                   count;

  while (!g_atomic_int_get (&copy->failed) && (count = take_run (copy, &first)) > 0)
    if (!copy_run (&member, first, count, error))
      {
        g_atomic_int_set (&copy->failed, TRUE);
        return FALSE;
      }
  return TRUE;
}

static gboolean
copy_wanted (Copy    *self,
             guint64 *n_bytes,
             GError **error)
{
  guint    n_threads = MIN (sr_worker_count (), self->wanted->len);
  gboolean ok;

  if (n_threads == 0)
    return TRUE;
  self->packer = sr_packer_new (self->to, TRUE, FALSE, self->cancellable);
  ok = sr_team_join (sr_team_start ("copy", n_threads, copy_runs, self), error);
  if (ok)
    ok = sr_packer_finish (self->packer, FALSE, error) &&
         sr_packer_check_packs (self->packer, self->cancellable, error);
  else
    (void) sr_packer_finish (self->packer, TRUE, NULL);
  *n_bytes += sr_packer_get_bytes (self->packer);
  g_clear_pointer (&self->packer, sr_packer_free);
  return ok;
}

static gboolean
pump (SrBlobStream  *in,
      SrSaverStream *out,
      const SrId    *id,
      GError       **error)
{
  gconstpointer data;
  gssize        n;
  SrId          written;

  while ((n = sr_blob_stream_next (in, &data, error)) > 0)
    if (!sr_saver_stream_append (out, data, (gsize) n, error))
      return FALSE;
  if (n < 0 || !sr_saver_stream_end (out, &written, error))
    return FALSE;
  if (sr_id_equal (&written, id))
    return TRUE;
  g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED,
                       "A folder's list was copied and is another now; the memory or the processor "
                       "of this computer is faulty");
  return FALSE;
}

static gboolean
copy_large_tree (Copy    *self,
                 SrSaver *saver,
                 guint32  number,
                 GError **error)
{
  const SrIndexEntry       *at = sr_index_get_entry (self->index, number);
  g_autoptr (SrBlobStream)  in = NULL;
  g_autoptr (SrSaverStream) out = NULL;
  SrPackEntry               entry;

  sr_index_entry_to_pack_entry (at, &entry);
  in = sr_blob_stream_open (sr_repo_get_storage (self->from), sr_repo_get_sealer (self->from),
                            sr_index_get_pack_id (self->index, sr_index_entry_get_pack (at)),
                            &entry, self->cancellable, error);
  if (in == NULL)
    return FALSE;
  out = sr_saver_stream_new (saver);
  if (!pump (in, out, &entry.id, error))
    return FALSE;
  sr_progress_add (self->progress, entry.length, 1);
  return TRUE;
}

static gboolean
copy_large (Copy    *self,
            guint64 *n_bytes,
            GError **error)
{
  g_autoptr (SrSaver) saver = NULL;
  SrSaverStats        stats;
  gboolean            ok = TRUE;

  if (self->large->len == 0)
    return TRUE;
  saver = sr_saver_new (self->to, SR_COMPRESSION_AUTO, FALSE, self->cancellable, error);
  if (saver == NULL)
    return FALSE;
  for (guint i = 0; ok && i < self->large->len; i++)
    ok = copy_large_tree (self, saver, g_array_index (self->large, guint32, i), error);
  if (ok)
    ok = sr_saver_finish (saver, FALSE, error) &&
         sr_saver_check_packs (saver, self->cancellable, error);
  else
    (void) sr_saver_finish (saver, TRUE, NULL);
  sr_saver_get_stats (saver, &stats);
  *n_bytes += stats.data_added_packed;
  return ok;
}

gboolean
sr_copy_blobs (SrRepo       *from,
               SrRepo       *to,
               const guint8 *used,
               guint64      *n_blobs,
               guint64      *n_bytes,
               SrProgress   *progress,
               GCancellable *cancellable,
               GError      **error)
{
  g_autoptr (GArray) wanted = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) large = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint64            total = 0;
  gboolean           ok;
  Copy               copy = {
                  .from = from,
                  .to = to,
                  .index = sr_repo_get_index (from),
                  .wanted = wanted,
                  .large = large,
                  .progress = progress,
                  .cancellable = cancellable,
  };

  g_mutex_init (&copy.lock);
  choose (&copy, used, &total);
  sr_progress_set_totals (progress, total, (guint64) wanted->len + large->len, FALSE);
  ok = copy_wanted (&copy, n_bytes, error) && copy_large (&copy, n_bytes, error);
  if (ok)
    *n_blobs += (guint64) wanted->len + large->len;
  g_mutex_clear (&copy.lock);
  return ok;
}
