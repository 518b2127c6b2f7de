/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "base/sr-worker.h"
#include "repo/sr-repacker.h"

/* More threads than this gain nothing: the storage is the limit then. */
#define MAX_THREADS 4

/* Needed blobs with less than this between them are read in one go, of this size at most. */
#define MAX_GAP  (64 * 1024)
#define MAX_READ (8 * 1024 * 1024)

typedef struct
{
  SrRepo            *repo;
  SrIndex           *index;
  const SrPrunePlan *plan;
  GArray            *packs;
  SrPacker          *packer;
  SrProgress        *progress;
  GCancellable      *cancellable;
  gint               next; /* atomic: position in packs */
} Repack;

/* Of one thread. */
typedef struct
{
  Repack      *repack;
  SrBlobCodec *codec;
  GByteArray  *read;    /* a piece of a pack */
  GByteArray  *scratch; /* a blob that opening may overwrite */
} Member;

static gboolean
add_sealed_anew (Member            *member,
                 const SrPackEntry *entry,
                 gconstpointer      plain,
                 gsize              size,
                 GError           **error)
{
  const guint8 *sealed;
  guint32       length, plain_length;

  return sr_blob_codec_seal (member->codec, entry->type, plain, size, &entry->id, &sealed, &length,
                             &plain_length, error) &&
         sr_packer_add (member->repack->packer, entry->type, &entry->id, sealed, length,
                        plain_length, error);
}

/* The place that was to be kept is damaged. */
static gboolean
add_from_elsewhere (Member            *member,
                    const SrPackEntry *entry,
                    GError           **error)
{
  g_autoptr (GBytes) plain = NULL;

  plain = sr_repo_load_blob (member->repack->repo, member->codec, entry->type, &entry->id,
                             member->repack->cancellable, error);
  return plain != NULL && add_sealed_anew (member, entry, g_bytes_get_data (plain, NULL),
                                           g_bytes_get_size (plain), error);
}

static gboolean
copy_blob (Member            *member,
           const SrPackEntry *entry,
           const guint8      *sealed,
           GError           **error)
{
  guint         version = sr_repo_get_config (member->repack->repo)->version;
  const guint8 *plain;
  gsize         size;

  g_byte_array_set_size (member->scratch, entry->length);
  memcpy (member->scratch->data, sealed, entry->length);
  if (!sr_blob_codec_open (member->codec, entry, member->scratch->data, &plain, &size, NULL))
    return add_from_elsewhere (member, entry, error);
  /* what is not compressed was opened in the scratch memory, which sealing does not touch */
  if (entry->type == SR_BLOB_TREE && entry->plain_length == 0 && version >= 2)
    return add_sealed_anew (member, entry, plain, size, error);
  return sr_packer_add (member->repack->packer, entry->type, &entry->id, sealed, entry->length,
                        entry->plain_length, error);
}

/* Copies the needed blobs among the entries @first to @last, which lie close together. */
static gboolean
copy_run (Member  *member,
          guint32  pack,
          gsize    first,
          gsize    last,
          GError **error)
{
  Repack             *repack = member->repack;
  const SrIndexEntry *begin = sr_index_get_entry (repack->index, first);
  const SrIndexEntry *end = sr_index_get_entry (repack->index, last);
  guint64             size = (guint64) end->offset + end->length - begin->offset;

  g_byte_array_set_size (member->read, (guint) size);
  if (!sr_storage_read (sr_repo_get_storage (repack->repo), SR_FILE_PACK,
                        sr_index_get_pack_id (repack->index, pack), begin->offset,
                        member->read->data, size, repack->cancellable, error))
    return FALSE;
  for (gsize i = first; i <= last; i++)
    {
      SrPackEntry entry;

      if (!sr_prune_plan_keeps (repack->plan, i))
        continue;
      sr_index_entry_to_pack_entry (sr_index_get_entry (repack->index, i), &entry);
      if (sr_check_cancelled (repack->cancellable, error) ||
          !copy_blob (member, &entry, member->read->data + (entry.offset - begin->offset), error))
        return FALSE;
      sr_progress_add (repack->progress, entry.length, 0);
    }
  return TRUE;
}

/* The last entry that is read together with @first, which is needed. */
static gsize
find_run (Repack *repack,
          gsize   first,
          gsize   end)
{
  const SrIndexEntry *begin = sr_index_get_entry (repack->index, first);
  guint64             until = (guint64) begin->offset + begin->length;
  gsize               last = first;

  for (gsize i = first + 1; i < end; i++)
    {
      const SrIndexEntry *entry = sr_index_get_entry (repack->index, i);

      if (entry->offset > until + MAX_GAP ||
          (guint64) entry->offset + entry->length - begin->offset > MAX_READ)
        break;
      if (!sr_prune_plan_keeps (repack->plan, i))
        continue;
      until = (guint64) entry->offset + entry->length;
      last = i;
    }
  return last;
}

static gboolean
copy_pack (Member  *member,
           guint32  pack,
           GError **error)
{
  Repack *repack = member->repack;
  gsize   first, count;

  sr_index_get_pack_entries (repack->index, pack, &first, &count);
  for (gsize i = first; i < first + count; i++)
    {
      gsize last;

      if (!sr_prune_plan_keeps (repack->plan, i))
        continue;
      last = find_run (repack, i, first + count);
      if (!copy_run (member, pack, i, last, error))
        return FALSE;
      i = last;
    }
  return TRUE;
}

static gboolean
copy_packs (gpointer data,
            guint    number,
            GError **error)
{
  Repack                 *repack = data;
  g_autoptr (SrBlobCodec) codec = sr_repo_new_codec (repack->repo, SR_COMPRESSION_AUTO);
  g_autoptr (GByteArray)  read = g_byte_array_new ();
  g_autoptr (GByteArray)  scratch = g_byte_array_new ();
  Member                  member = { repack, codec, read, scratch };

  for (;;)
    {
      guint   at = (guint) g_atomic_int_add (&repack->next, 1);
      guint32 pack;
      char    hex[SR_ID_HEX_SIZE];

      if (at >= repack->packs->len)
        return TRUE;
      pack = g_array_index (repack->packs, guint32, at);
      if (!copy_pack (&member, pack, error))
        {
          /* the others need not go on */
          g_atomic_int_set (&repack->next, G_MAXINT / 2);
          g_prefix_error (error, "Pack %.16s cannot be repacked: ",
                          sr_id_to_hex (sr_index_get_pack_id (repack->index, pack), hex));
          return FALSE;
        }
      sr_progress_add (repack->progress, 0, 1);
    }
}

gboolean
sr_repack (SrRepo            *repo,
           const SrPrunePlan *plan,
           GArray            *packs,
           SrPacker          *packer,
           SrProgress        *progress,
           GCancellable      *cancellable,
           GError           **error)
{
  Repack repack = { repo, sr_repo_get_index (repo), plan, packs, packer, progress, cancellable, 0 };
  guint  n_threads = MIN (MIN (sr_worker_count (), MAX_THREADS), packs->len);

  if (n_threads == 0)
    return TRUE;
  return sr_team_join (sr_team_start ("repack", n_threads, copy_packs, &repack), error);
}
