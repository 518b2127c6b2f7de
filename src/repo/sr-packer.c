/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include "repo/sr-packer.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/sr-error.h"
#include "base/sr-queue.h"
#include "base/sr-worker.h"
#include "crypto/sr-random.h"
#include "repo/sr-pack-writer.h"

/* Sealed blobs travel to the writing threads in pieces of this size; a multiple of what direct
 * writing wants, from aligned memory. */
#define PIECE_SIZE      ((gsize) 1024 * 1024)
#define PIECE_ALIGNMENT 4096
#define N_PIECES        10
#define N_WRITERS       2

/* Data packs open at a time, and one for trees. */
#define N_DATA_SLOTS 2
#define TREE_SLOT    N_DATA_SLOTS
#define N_SLOTS      (N_DATA_SLOTS + 1)

/* A pack of tiny blobs is closed before its header or one index file grows out of bounds. */
#define MAX_PACK_ENTRIES 50000

#define INDEX_AGE_US (10 * 60 * G_USEC_PER_SEC)

/* Up to so many packs are looked for one by one, more by listing them all. */
#define FEW_PACKS 64

typedef struct _Pack Pack;

typedef struct
{
  guint8  *data;
  gsize    size;
  Pack    *pack;
  gboolean last;    /* the pack ends with it */
  gboolean discard; /* with last: the pack is thrown away */
} Piece;

struct _Pack
{
  /* whoever adds, under the slot's lock, until the last piece is handed on; then the writer */
  GArray  *entries;
  guint64  size;
  Piece   *piece;
  gboolean streaming; /* pieces went to the writer already */
  guint    writer_number;
  /* the writing thread */
  SrPackWriter *writer;
  gboolean      broken;
};

typedef struct
{
  GMutex lock;
  Pack  *pack; /* NULL until a blob comes */
} Slot;

struct _SrPacker
{
  SrRepo       *repo;
  GCancellable *cancellable;
  gboolean      write_index;
  gboolean      dry_run;

  Slot     slots[N_SLOTS];
  Piece    pieces[N_PIECES];
  SrQueue *free_pieces;
  SrQueue *queues[N_WRITERS]; /* each as long as there are pieces, so that pushing never blocks */
  SrTeam  *team;              /* NULL when joined, and in a dry run */
  gint     next_writer;       /* atomic */
  gint     failed;            /* atomic */

  GMutex         lock;
  GError        *error; /* the first one; what follows is under lock as well */
  SrIndexWriter *index;
  gint64         index_since; /* monotonic time of the oldest pack in it */
  GPtrArray     *finished;    /* of SrPackedPack, without write_index */
  GArray        *pack_ids;    /* of SrId */
  guint64        bytes;
};

void
sr_packed_pack_free (SrPackedPack *self)
{
  g_array_unref (self->entries);
  g_free (self);
}

static void
take_error (SrPacker *self,
            GError   *error)
{
  g_mutex_lock (&self->lock);
  if (self->error == NULL)
    self->error = g_steal_pointer (&error);
  g_mutex_unlock (&self->lock);
  g_clear_error (&error);
  g_atomic_int_set (&self->failed, 1);
}

static gboolean
check_failed (SrPacker *self,
              GError  **error)
{
  if (!g_atomic_int_get (&self->failed))
    return TRUE;
  g_mutex_lock (&self->lock);
  g_propagate_error (error, g_error_copy (self->error));
  g_mutex_unlock (&self->lock);
  return FALSE;
}

/* Never cancelled: it is small, and without it whole packs would be stored again by the next try.
 * The megabytes that an index file takes on its way are given back, or every thread that once wrote
 * one would keep as much. */
static gboolean
save_index (SrPacker *self,
            GString  *json,
            GError  **error)
{
  gboolean ok;
  SrId     id;

  ok = sr_repo_save_unpacked (self->repo, SR_FILE_INDEX, json->str, json->len, &id, NULL, error);
  if (!ok)
    g_prefix_error (error, "The index cannot be written: ");
  g_string_free (json, TRUE);
#ifdef __GLIBC__
  malloc_trim (0);
#endif
  return ok;
}

static GString *
add_to_index (SrPacker          *self,
              const SrId        *pack,
              const SrPackEntry *entries,
              gsize              n_entries)
{
  gint64 now = sr_clock_monotonic_us (sr_repo_get_clock (self->repo));

  if (sr_index_writer_get_n_blobs (self->index) == 0)
    self->index_since = now;
  sr_index_writer_add_pack (self->index, pack, entries, n_entries);
  if (sr_index_writer_get_n_blobs (self->index) < SR_INDEX_FULL &&
      now - self->index_since < INDEX_AGE_US)
    return NULL;
  return sr_index_writer_take_json (self->index);
}

gboolean
sr_packer_add_pack (SrPacker          *self,
                    const SrId        *pack,
                    const SrPackEntry *entries,
                    gsize              n_entries,
                    GError           **error)
{
  GString *json = NULL;

  g_mutex_lock (&self->lock);
  g_array_append_vals (self->pack_ids, pack, 1);
  if (self->write_index)
    json = add_to_index (self, pack, entries, n_entries);
  else
    {
      SrPackedPack *packed = g_new0 (SrPackedPack, 1);

      packed->id = *pack;
      packed->entries = g_array_sized_new (FALSE, FALSE, sizeof *entries, (guint) n_entries);
      g_array_append_vals (packed->entries, entries, (guint) n_entries);
      g_ptr_array_add (self->finished, packed);
    }
  g_mutex_unlock (&self->lock);
  return json == NULL || save_index (self, json, error);
}

/* -- the writing threads -- */

static void
pack_free (Pack *pack)
{
  sr_pack_writer_free (pack->writer);
  g_array_unref (pack->entries);
  g_free (pack);
}

static gboolean
write_piece (SrPacker *self,
             Piece    *piece,
             GError  **error)
{
  Pack *pack = piece->pack;

  if (pack->writer == NULL)
    pack->writer = sr_pack_writer_new (sr_repo_get_storage (self->repo), self->cancellable);
  if (piece->size == 0 || sr_pack_writer_append (pack->writer, piece->data, piece->size, error))
    return TRUE;
  g_prefix_error (error, "A pack cannot be written: ");
  return FALSE;
}

static gboolean
close_pack (SrPacker *self,
            Pack     *pack,
            SrSealer *sealer,
            GError  **error)
{
  const SrPackEntry *entries = (const SrPackEntry *) (void *) pack->entries->data;
  SrId               id;

  if (!sr_pack_writer_commit (pack->writer, entries, pack->entries->len, sealer, &id, error))
    {
      g_prefix_error (error, "A pack cannot be written: ");
      return FALSE;
    }
  return sr_packer_add_pack (self, &id, entries, pack->entries->len, error);
}

/* Goes on taking pieces after a failure, so that nobody waits for ever: only the pack that failed
 * is lost, others may still become whole. */
static gboolean
run_writer (gpointer data,
            guint    member,
            GError **error)
{
  SrPacker            *self = data;
  g_autoptr (SrSealer) sealer = sr_sealer_copy (sr_repo_get_sealer (self->repo));
  Piece               *piece;

  while ((piece = sr_queue_pop (self->queues[member])) != NULL)
    {
      g_autoptr (GError) failure = NULL;
      Pack              *pack = piece->pack;
      gboolean           last = piece->last;
      gboolean           discard = piece->discard;

      if (!pack->broken && !discard && !write_piece (self, piece, &failure))
        pack->broken = TRUE;
      sr_queue_push (self->free_pieces, piece);
      if (last && !discard && !pack->broken)
        close_pack (self, pack, sealer, &failure);
      if (failure != NULL)
        take_error (self, g_steal_pointer (&failure));
      if (last)
        pack_free (pack);
      else if (pack->broken)
        g_clear_pointer (&pack->writer, sr_pack_writer_free);
    }
  return TRUE;
}

/* -- adding -- */

static gboolean
pieces_alloc (SrPacker *self)
{
  for (guint i = 0; i < N_PIECES; i++)
    {
      void *memory = NULL;

      if (posix_memalign (&memory, PIECE_ALIGNMENT, PIECE_SIZE) != 0)
        return FALSE;
      self->pieces[i].data = memory;
      sr_queue_push (self->free_pieces, &self->pieces[i]);
    }
  return TRUE;
}

SrPacker *
sr_packer_new (SrRepo       *repo,
               gboolean      write_index,
               gboolean      dry_run,
               GCancellable *cancellable)
{
  SrPacker *self = g_new0 (SrPacker, 1);

  self->repo = g_object_ref (repo);
  g_set_object (&self->cancellable, cancellable);
  self->write_index = write_index;
  self->dry_run = dry_run;
  g_mutex_init (&self->lock);
  self->index = sr_index_writer_new ();
  self->finished = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_packed_pack_free);
  self->pack_ids = g_array_new (FALSE, FALSE, sizeof (SrId));
  for (guint i = 0; i < N_SLOTS; i++)
    g_mutex_init (&self->slots[i].lock);
  if (dry_run)
    return self;
  self->free_pieces = sr_queue_new (N_PIECES);
  for (guint i = 0; i < N_WRITERS; i++)
    self->queues[i] = sr_queue_new (N_PIECES);
  if (!pieces_alloc (self))
    g_error ("There is no memory for %u MiB of packs", (guint) (N_PIECES * PIECE_SIZE >> 20));
  self->team = sr_team_start ("sr-packer", N_WRITERS, run_writer, self);
  return self;
}

static Pack *
pack_new (SrPacker *self)
{
  Pack *pack = g_new0 (Pack, 1);

  pack->entries = g_array_new (FALSE, FALSE, sizeof (SrPackEntry));
  pack->writer_number = (guint) g_atomic_int_add (&self->next_writer, 1) % N_WRITERS;
  return pack;
}

static Piece *
take_free_piece (SrPacker *self,
                 Pack     *pack)
{
  Piece *piece = sr_queue_pop (self->free_pieces);

  piece->pack = pack;
  piece->size = 0;
  piece->last = FALSE;
  piece->discard = FALSE;
  return piece;
}

static void
send_piece (SrPacker *self,
            Pack     *pack)
{
  Piece *piece = g_steal_pointer (&pack->piece);

  pack->streaming = TRUE;
  sr_queue_push (self->queues[pack->writer_number], piece);
}

static void
append_bytes (SrPacker     *self,
              Pack         *pack,
              const guint8 *data,
              gsize         size)
{
  while (size > 0)
    {
      gsize n;

      if (pack->piece != NULL && pack->piece->size == PIECE_SIZE)
        send_piece (self, pack);
      if (pack->piece == NULL)
        pack->piece = take_free_piece (self, pack);
      n = MIN (size, PIECE_SIZE - pack->piece->size);
      memcpy (pack->piece->data + pack->piece->size, data, n);
      pack->piece->size += n;
      data += n;
      size -= n;
    }
}

/* From here on the pack is the writing thread's. */
static void
hand_pack_on (SrPacker *self,
              Slot     *slot,
              gboolean  discard)
{
  Pack *pack = g_steal_pointer (&slot->pack);

  if (pack == NULL)
    return;
  if (pack->piece == NULL)
    pack->piece = take_free_piece (self, pack);
  pack->piece->last = TRUE;
  pack->piece->discard = discard;
  send_piece (self, pack);
}

/* Which of the open data packs takes a blob is left to chance; but nobody waits for one while the
 * other is free. */
static Slot *
lock_slot (SrPacker  *self,
           SrBlobType type)
{
  Slot  *slot = &self->slots[TREE_SLOT];
  guint8 chance;

  if (type == SR_BLOB_DATA)
    {
      sr_random_bytes (&chance, sizeof chance);
      slot = &self->slots[chance % N_DATA_SLOTS];
      for (guint i = 0; i < N_DATA_SLOTS; i++)
        {
          Slot *other = &self->slots[(chance + i) % N_DATA_SLOTS];

          if (g_mutex_trylock (&other->lock))
            return other;
        }
    }
  g_mutex_lock (&slot->lock);
  return slot;
}

static void
count_bytes (SrPacker          *self,
             const SrPackEntry *entry)
{
  guint64 bytes = sr_pack_size (entry, 1) - sr_pack_size (NULL, 0);

  g_mutex_lock (&self->lock);
  self->bytes += bytes;
  g_mutex_unlock (&self->lock);
}

gboolean
sr_packer_add (SrPacker     *self,
               SrBlobType    type,
               const SrId   *id,
               gconstpointer sealed,
               guint32       length,
               guint32       plain_length,
               GError      **error)
{
  SrPackEntry entry = { *id, type, 0, length, plain_length };
  Slot       *slot;

  if (!check_failed (self, error))
    return FALSE;
  count_bytes (self, &entry);
  if (self->dry_run)
    return TRUE;
  slot = lock_slot (self, type);
  if (slot->pack == NULL)
    slot->pack = pack_new (self);
  entry.offset = (guint32) slot->pack->size;
  g_array_append_val (slot->pack->entries, entry);
  slot->pack->size += length;
  append_bytes (self, slot->pack, sealed, length);
  if (slot->pack->size >= SR_PACK_TARGET_SIZE || slot->pack->entries->len >= MAX_PACK_ENTRIES)
    hand_pack_on (self, slot, FALSE);
  g_mutex_unlock (&slot->lock);
  return check_failed (self, error);
}

/* -- the end -- */

/* Two small rests become one pack as long as one of them has not begun to be written. */
static void
merge_rests (SrPacker *self)
{
  Slot *from = &self->slots[0];
  Slot *to = &self->slots[1];

  if (from->pack == NULL || to->pack == NULL || (from->pack->streaming && to->pack->streaming))
    return;
  if (from->pack->streaming)
    {
      Slot *other = from;

      from = to;
      to = other;
    }
  for (guint i = 0; i < from->pack->entries->len; i++)
    {
      SrPackEntry *entry = &g_array_index (from->pack->entries, SrPackEntry, i);

      entry->offset += (guint32) to->pack->size;
      g_array_append_val (to->pack->entries, *entry);
    }
  to->pack->size += from->pack->size;
  append_bytes (self, to->pack, from->pack->piece->data, from->pack->piece->size);
  sr_queue_push (self->free_pieces, from->pack->piece);
  g_clear_pointer (&from->pack, pack_free);
}

static void
stop_writers (SrPacker *self,
              gboolean  discard)
{
  if (self->team == NULL)
    return;
  if (!discard)
    merge_rests (self);
  for (guint i = 0; i < N_SLOTS; i++)
    hand_pack_on (self, &self->slots[i], discard);
  for (guint i = 0; i < N_WRITERS; i++)
    sr_queue_close (self->queues[i]);
  sr_team_join (g_steal_pointer (&self->team), NULL);
}

static gboolean
write_rest_of_index (SrPacker *self,
                     GError  **error)
{
  if (sr_index_writer_get_n_blobs (self->index) == 0)
    return TRUE;
  return save_index (self, sr_index_writer_take_json (self->index), error);
}

gboolean
sr_packer_finish (SrPacker *self,
                  gboolean  give_up,
                  GError  **error)
{
  stop_writers (self, give_up);
  if (!give_up && !check_failed (self, error))
    return FALSE;
  return write_rest_of_index (self, error);
}

void
sr_packer_free (SrPacker *self)
{
  if (self == NULL)
    return;
  stop_writers (self, TRUE);
  for (guint i = 0; i < N_SLOTS; i++)
    g_mutex_clear (&self->slots[i].lock);
  for (guint i = 0; i < N_PIECES; i++)
    free (self->pieces[i].data);
  sr_queue_free (self->free_pieces);
  for (guint i = 0; i < N_WRITERS; i++)
    sr_queue_free (self->queues[i]);
  g_clear_error (&self->error);
  sr_index_writer_free (self->index);
  g_ptr_array_unref (self->finished);
  g_array_unref (self->pack_ids);
  g_mutex_clear (&self->lock);
  g_clear_object (&self->cancellable);
  g_object_unref (self->repo);
  g_free (self);
}

/* -- questions -- */

guint64
sr_packer_get_n_packs (SrPacker *self)
{
  guint64 n;

  g_mutex_lock (&self->lock);
  n = self->pack_ids->len;
  g_mutex_unlock (&self->lock);
  return n;
}

guint64
sr_packer_get_bytes (SrPacker *self)
{
  guint64 bytes;

  g_mutex_lock (&self->lock);
  bytes = self->bytes;
  g_mutex_unlock (&self->lock);
  return bytes;
}

GPtrArray *
sr_packer_take_packs (SrPacker *self)
{
  GPtrArray *packs;

  g_mutex_lock (&self->lock);
  packs = self->finished;
  self->finished = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_packed_pack_free);
  g_mutex_unlock (&self->lock);
  return packs;
}

static gboolean
set_gone (const SrId *id,
          GError    **error)
{
  char hex[SR_ID_HEX_SIZE];

  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
               "Pack %s, which was just written, is no longer in the vault: another program has "
               "removed it. Run the backup again",
               sr_id_to_hex (id, hex));
  return FALSE;
}

static gboolean
check_one_by_one (SrPacker     *self,
                  GCancellable *cancellable,
                  GError      **error)
{
  for (guint i = 0; i < self->pack_ids->len; i++)
    {
      const SrId        *id = &g_array_index (self->pack_ids, SrId, i);
      g_autoptr (GError) reason = NULL;
      guint64            size;

      if (sr_storage_get_size (sr_repo_get_storage (self->repo), SR_FILE_PACK, id, &size,
                               cancellable, &reason))
        continue;
      if (sr_error_is (reason, SR_ERROR_NOT_FOUND))
        return set_gone (id, error);
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  return TRUE;
}

static gboolean
strike_off (const SrId *id,
            guint64     size,
            gpointer    user_data,
            GError    **error)
{
  g_hash_table_remove (user_data, id);
  return TRUE;
}

gboolean
sr_packer_check_packs (SrPacker     *self,
                       GCancellable *cancellable,
                       GError      **error)
{
  g_autoptr (GHashTable) missing = NULL;
  GHashTableIter         iter;
  gpointer               id;

  if (self->pack_ids->len <= FEW_PACKS)
    return check_one_by_one (self, cancellable, error);
  missing = g_hash_table_new (sr_id_hash, sr_id_equal_func);
  for (guint i = 0; i < self->pack_ids->len; i++)
    g_hash_table_add (missing, &g_array_index (self->pack_ids, SrId, i));
  if (!sr_storage_list (sr_repo_get_storage (self->repo), SR_FILE_PACK, strike_off, missing,
                        cancellable, error))
    return FALSE;
  g_hash_table_iter_init (&iter, missing);
  return !g_hash_table_iter_next (&iter, &id, NULL) || set_gone (id, error);
}
