/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include "archive/sr-zip-reader-private.h"

#include <libdeflate.h>

#include "archive/sr-zip-format.h"
#include "archive/sr-zip-layout.h"
#include "archive/sr-zip-local.h"
#include "archive/sr-zip-stream.h"
#include "base/sr-error.h"
#include "base/sr-worker.h"

/* What is unfolded whole: at most this a thread, packed and unpacked each, and on many cores less,
 * so that the sum stays bounded. */
#define MAX_WHOLE  ((gsize) 8 << 20)
#define MIN_WHOLE  ((gsize) 512 << 10)
#define ALL_WHOLES ((gsize) 64 << 20)
/* What is dealt out before everything else, the largest first. */
#define LARGE_SIZE ((guint64) 1 << 20)
#define PIECE_SIZE ((gsize) 256 << 10)
/* Small entries that one thread takes at once. */
#define BATCH 16

typedef struct
{
  SrZipReader            *reader;
  const SrZipReaderParts *parts;
  SrZipFindingFunc        func;
  gpointer                user_data;
  GMutex                  lock; /* of @func */
  SrProgress             *progress;
  GCancellable           *cancellable;
  guint                   n_members;
  gboolean                rest; /* only what was not read to its end before */
  gsize                   whole_size;
  gint                    stopped; /* atomic: one member failed */

  /* what is dealt out */
  GArray *large; /* of guint32 */
  gint    next_large;
  gint    next_batch;
} Verify;

/* What one thread has. */
typedef struct
{
  struct libdeflate_decompressor *decompressor;
  guint8                         *packed;
  guint8                         *unfolded;
} Member;

static void
report (SrZipFinding finding,
        guint        index,
        const char  *sentence,
        gpointer     user_data)
{
  Verify *self = user_data;

  g_mutex_lock (&self->lock);
  self->func (finding, index, sentence, self->user_data);
  g_mutex_unlock (&self->lock);
}

static void
report_damage (Verify      *self,
               SrZipFinding finding,
               guint        index,
               const char  *fault)
{
  g_autofree char *shown = sr_guard_show_name (self->parts->directory.entries[index].name);
  g_autofree char *sentence = g_strdup_printf ("“%s” in the ZIP file is damaged: %s", shown, fault);

  report (finding, index, sentence, self);
}

/* Damage is a finding and everything else the end.
 * Returns: whether to go on */
static gboolean
take_fault (Verify      *self,
            SrZipFinding finding,
            guint        index,
            GError      *fault,
            GError     **error)
{
  g_autoptr (GError) owned = fault;

  if (!sr_error_is (owned, SR_ERROR_DAMAGED))
    {
      g_propagate_error (error, g_steal_pointer (&owned));
      return FALSE;
    }
  report (finding, index, owned->message, self);
  return TRUE;
}

static gboolean
verify_stream (Verify  *self,
               Member  *member,
               guint    index,
               GError **error)
{
  const SrZipReaderParts  *parts = self->parts;
  g_autoptr (GInputStream) stream = NULL;
  GError                  *fault = NULL;
  gssize                   n = 1;

  /* where it should lie was looked at with the layout, and said there */
  stream = sr_zip_stream_new (self->reader, &parts->source, &parts->directory, index, parts->guard,
                              &fault);
  if (stream == NULL && sr_error_is (fault, SR_ERROR_DAMAGED))
    {
      g_error_free (fault);
      return TRUE;
    }
  if (stream == NULL)
    {
      g_propagate_error (error, fault);
      return FALSE;
    }
  while (n > 0)
    {
      if (g_atomic_int_get (&self->stopped))
        return TRUE;
      n = g_input_stream_read (stream, member->unfolded, PIECE_SIZE, self->cancellable, &fault);
      if (n > 0)
        sr_progress_add (self->progress, (guint64) n, 0);
    }
  if (n == 0)
    return TRUE;
  return take_fault (
      self, sr_zip_stream_has_wrong_crc (SR_ZIP_STREAM (stream)) ? SR_ZIP_BAD_CRC : SR_ZIP_BAD_DATA,
      index, fault, error);
}

static const char *
unfold_whole (Member                 *member,
              const SrContainerEntry *entry,
              const SrZipItem        *item)
{
  gsize in = 0;
  gsize out = 0;

  switch (libdeflate_deflate_decompress_ex (member->decompressor, member->packed,
                                            (gsize) item->packed, member->unfolded,
                                            (gsize) entry->size, &in, &out))
    {
    case LIBDEFLATE_SUCCESS:
      break;
    case LIBDEFLATE_INSUFFICIENT_SPACE:
      return "it unfolds to more than announced";
    default:
      return "its packed bytes are cut off or no deflate stream";
    }
  if (in != item->packed)
    return "its content ends before its packed bytes do";
  if (out != entry->size)
    return "it unfolds to another length than announced";
  return NULL;
}

static gboolean
verify_whole (Verify  *self,
              Member  *member,
              guint    index,
              GError **error)
{
  const SrZipDirectory   *directory = &self->parts->directory;
  const SrContainerEntry *entry = &directory->entries[index];
  const SrZipItem        *item = &directory->items[index];
  const guint8           *content = member->unfolded;
  const char             *fault = NULL;
  guint64                 position;

  if (!sr_guard_add (self->parts->guard, entry->name, entry->size, entry->size, item->packed,
                     error))
    return FALSE;
  if (!sr_zip_local_find_data (&self->parts->source, directory, index, &position, NULL))
    return TRUE;
  if (!sr_zip_source_read (&self->parts->source, position, member->packed, (gsize) item->packed,
                           error))
    return FALSE;
  if (item->method == SR_ZIP_METHOD_DEFLATE)
    fault = unfold_whole (member, entry, item);
  else if (item->packed != entry->size)
    fault = "its length is not the one announced";
  else
    content = member->packed;
  if (fault != NULL)
    report_damage (self, SR_ZIP_BAD_DATA, index, fault);
  else if (libdeflate_crc32 (0, content, (gsize) entry->size) != item->crc)
    report_damage (self, SR_ZIP_BAD_CRC, index, "its CRC-32 is wrong");
  sr_progress_add (self->progress, entry->size, 0);
  return TRUE;
}

static gboolean
is_done (const Verify *self,
         guint         index)
{
  return self->rest && __atomic_load_n (&self->parts->directory.good[index], __ATOMIC_RELAXED);
}

static gboolean
verify_entry (Verify  *self,
              Member  *member,
              guint    index,
              GError **error)
{
  const SrContainerEntry *entry = &self->parts->directory.entries[index];
  const SrZipItem        *item = &self->parts->directory.items[index];
  g_autofree char        *why = NULL;
  gboolean                ok = TRUE;

  if (sr_check_cancelled (self->cancellable, error))
    return FALSE;
  if (is_done (self, index))
    return TRUE;
  why = sr_zip_item_why_unreadable (item);
  if (why == NULL)
    {
      sr_progress_set_current (self->progress, entry->name);
      ok = entry->size <= self->whole_size && item->packed <= self->whole_size
               ? verify_whole (self, member, index, error)
               : verify_stream (self, member, index, error);
    }
  sr_progress_add (self->progress, 0, 1);
  return ok;
}

static gboolean
is_large (const SrZipDirectory *directory,
          guint                 index)
{
  return directory->entries[index].size >= LARGE_SIZE ||
         directory->items[index].packed >= LARGE_SIZE;
}

static gboolean
verify_batch (Verify  *self,
              Member  *member,
              guint    begin,
              GError **error)
{
  const SrZipDirectory *directory = &self->parts->directory;

  for (guint i = begin; i < directory->n_entries && i - begin < BATCH; i++)
    if (!is_large (directory, i) && !verify_entry (self, member, i, error))
      return FALSE;
  return TRUE;
}

static gboolean
verify_dealt (Verify  *self,
              Member  *member,
              GError **error)
{
  guint at;

  while ((at = (guint) g_atomic_int_add (&self->next_large, 1)) < self->large->len)
    {
      if (g_atomic_int_get (&self->stopped))
        return TRUE;
      if (!verify_entry (self, member, g_array_index (self->large, guint32, at), error))
        return FALSE;
    }
  while ((guint64) (at = (guint) g_atomic_int_add (&self->next_batch, 1)) * BATCH <
         self->parts->directory.n_entries)
    {
      if (g_atomic_int_get (&self->stopped))
        return TRUE;
      if (!verify_batch (self, member, at * BATCH, error))
        return FALSE;
    }
  return TRUE;
}

/* The layout is looked at by the last one, while the others are at the large entries. */
static gboolean
run_member (gpointer data,
            guint    number,
            GError **error)
{
  Verify  *self = data;
  Member   member = { 0 };
  gboolean ok = TRUE;

  if (number == self->n_members - 1)
    ok = sr_zip_layout_check (self->parts, report, self, self->cancellable, error);
  if (!ok)
    {
      g_atomic_int_set (&self->stopped, 1);
      return FALSE;
    }
  member.decompressor = libdeflate_alloc_decompressor ();
  if (member.decompressor == NULL)
    g_error ("There is no memory to inflate");
  /* not touched, so not taken, before an entry is that large */
  member.packed = g_malloc (self->whole_size);
  member.unfolded = g_malloc (self->whole_size);
  ok = verify_dealt (self, &member, error);
  if (!ok)
    g_atomic_int_set (&self->stopped, 1);
  libdeflate_free_decompressor (member.decompressor);
  g_free (member.packed);
  g_free (member.unfolded);
  return ok;
}

static int
compare_sizes (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  const SrZipDirectory *directory = user_data;
  guint64               first = directory->entries[*(const guint32 *) a].size;
  guint64               second = directory->entries[*(const guint32 *) b].size;

  return first > second ? -1 : first < second;
}

static void
deal (Verify *self)
{
  const SrZipDirectory *directory = &self->parts->directory;
  guint64               bytes = 0;
  guint                 n = 0;

  for (guint32 i = 0; i < directory->n_entries; i++)
    {
      if (is_done (self, i))
        continue;
      n++;
      /* the announced sizes may lie, and their sum overflow */
      if (directory->entries[i].size < G_MAXINT64 - bytes)
        bytes += directory->entries[i].size;
      if (is_large (directory, i))
        g_array_append_val (self->large, i);
    }
  g_array_sort_with_data (self->large, compare_sizes, (gpointer) directory);
  sr_progress_set_totals (self->progress, bytes, n, FALSE);
}

static gboolean
verify (SrZipReader     *reader,
        gboolean         rest,
        SrZipFindingFunc func,
        gpointer         user_data,
        SrProgress      *progress,
        GCancellable    *cancellable,
        GError         **error)
{
  guint    count = sr_worker_count ();
  SrTeam  *team;
  gboolean ok;
  Verify   self = {
      .reader = reader,
      .parts = sr_zip_reader_get_parts (reader),
      .func = func,
      .user_data = user_data,
      .progress = progress,
      .cancellable = cancellable,
      .n_members = count,
      .rest = rest,
      .whole_size = CLAMP (ALL_WHOLES / count / 2, MIN_WHOLE, MAX_WHOLE),
      .large = g_array_new (FALSE, FALSE, sizeof (guint32)),
  };

  g_mutex_init (&self.lock);
  deal (&self);
  team = sr_team_start ("zip-verify", count, run_member, &self);
  ok = sr_team_join (team, error);
  g_array_unref (self.large);
  g_mutex_clear (&self.lock);
  return ok;
}

gboolean
sr_zip_reader_verify (SrZipReader     *reader,
                      SrZipFindingFunc func,
                      gpointer         user_data,
                      SrProgress      *progress,
                      GCancellable    *cancellable,
                      GError         **error)
{
  return verify (reader, FALSE, func, user_data, progress, cancellable, error);
}

gboolean
sr_zip_reader_verify_rest (SrZipReader     *reader,
                           SrZipFindingFunc func,
                           gpointer         user_data,
                           SrProgress      *progress,
                           GCancellable    *cancellable,
                           GError         **error)
{
  return verify (reader, TRUE, func, user_data, progress, cancellable, error);
}
