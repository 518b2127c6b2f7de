/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-judge-count.h"
#include "archive/sr-judge-references.h"
#include "base/sr-error.h"
#include "base/sr-worker.h"

/* An entry, and what was found in it. */
typedef struct
{
  const char *name; /* of the first collection that lies in it */
  guint       index;
  guint64     size;
  GPtrArray  *tallies;  /* (nullable): SrTally, to be taken */
  GError     *reason;   /* (nullable): why it was not read to its end */
  gboolean    has_some; /* collections, whatever they are called */
} Part;

typedef struct
{
  SrJudge *judge;
  SrCount *count;
  GArray  *parts; /* Part */
  GArray  *order; /* guint: places in @parts, the largest first */
  gint     next;  /* atomic: place in @order */
  gint     stopped;
  GMutex   lock; /* of the sums of @count and the references of @judge */
} Parts;

static void
clear_part (gpointer data)
{
  Part *part = data;

  g_clear_pointer (&part->tallies, g_ptr_array_unref);
  g_clear_error (&part->reason);
}

static int
compare_sizes (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  GArray     *parts = user_data;
  const guint first = *(const guint *) a;
  const guint second = *(const guint *) b;
  guint64     first_size = g_array_index (parts, Part, first).size;
  guint64     second_size = g_array_index (parts, Part, second).size;

  if (first_size != second_size)
    return first_size > second_size ? -1 : 1;
  return first < second ? -1 : first > second;
}

static guint64
list_parts (Parts *self)
{
  SrBackupFile          *file = self->judge->file;
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  guint64                bytes = 0;

  for (guint i = 0; i < file->collections->len; i++)
    {
      const SrBackupCollection *collection = g_ptr_array_index (file->collections, i);
      Part                      part = { .name = collection->name };

      if (collection->entry == NULL ||
          !sr_backup_file_find (file, collection->entry, &part.index) ||
          !g_hash_table_add (seen, GUINT_TO_POINTER (part.index)))
        continue;
      part.size = sr_container_get_entry (file->container, part.index)->size;
      if (part.size == SR_SIZE_UNKNOWN)
        part.size = 0;
      if (part.size < G_MAXINT64 - bytes)
        bytes += part.size;
      g_array_append_val (self->order, self->parts->len);
      g_array_append_val (self->parts, part);
    }
  g_array_sort_with_data (self->order, compare_sizes, self->parts);
  return bytes;
}

static gboolean
read_part (SrCount *count,
           SrJudge *judge,
           Part    *part,
           GError **error)
{
  g_autoptr (SrRecordReader) reader = NULL;
  gboolean                   ok;

  reader = sr_backup_file_read_entry (judge->file, part->index, part->name, judge->cancellable,
                                      &part->reason);
  ok = reader != NULL && sr_count_read (count, judge, reader, &part->reason);
  if (part->size > count->n_told)
    sr_progress_add (judge->progress, part->size - count->n_told, 0);
  part->tallies = count->tallies;
  count->tallies = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_tally_free);
  g_hash_table_remove_all (count->by_name);
  count->n_told = 0;
  if (ok || !sr_count_is_fatal (part->reason))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&part->reason));
  return FALSE;
}

/* What one thread found, added to what all did. */
static void
hand_over (Parts   *self,
           SrCount *count,
           SrJudge *judge)
{
  g_mutex_lock (&self->lock);
  sr_count_add_sums (self->count, count);
  if (judge->references != NULL)
    sr_references_merge (self->judge->references, judge->references);
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&judge->references, sr_references_free);
}

static gboolean
run_member (gpointer data,
            guint    number,
            GError **error)
{
  Parts              *self = data;
  SrJudge             judge = *self->judge;
  g_autoptr (SrCount) count = sr_count_new (self->count->pool);
  gboolean            ok = TRUE;
  guint               at;

  if (judge.references != NULL)
    judge.references = sr_references_new ();
  while (ok && !g_atomic_int_get (&self->stopped) &&
         (at = (guint) g_atomic_int_add (&self->next, 1)) < self->order->len)
    ok = read_part (count, &judge,
                    &g_array_index (self->parts, Part, g_array_index (self->order, guint, at)),
                    error);
  if (!ok)
    g_atomic_int_set (&self->stopped, 1);
  hand_over (self, count, &judge);
  return ok;
}

/* Where only the name of an entry tells of a collection, its content may have others instead. */
static gboolean
is_excused (Parts                    *self,
            const SrBackupCollection *known,
            const Part               *part)
{
  return part != NULL && (part->reason != NULL || (part->has_some && known->count < 0 &&
                                                   !self->judge->file->kind->announces));
}

/* Collections that should lie in an entry and do not. */
static gboolean
find_missing (Parts   *self,
              GError **error)
{
  SrBackupFile          *file = self->judge->file;
  g_autoptr (GHashTable) by_index = g_hash_table_new (NULL, NULL);
  guint                  index;

  for (guint i = 0; i < self->parts->len; i++)
    g_hash_table_insert (by_index, GUINT_TO_POINTER (g_array_index (self->parts, Part, i).index),
                         &g_array_index (self->parts, Part, i));
  for (guint i = 0; i < file->collections->len; i++)
    {
      const SrBackupCollection *known = g_ptr_array_index (file->collections, i);

      if (known->entry == NULL || g_hash_table_contains (self->count->by_name, known->name) ||
          (sr_backup_file_find (file, known->entry, &index) &&
           is_excused (self, known, g_hash_table_lookup (by_index, GUINT_TO_POINTER (index)))))
        continue;
      if (!sr_count_take_reason (self->count, known->name,
                                 g_error_new (SR_ERROR, SR_ERROR_NOT_FOUND,
                                              "There is no collection “%s” in the backup",
                                              known->name),
                                 error))
        return FALSE;
    }
  return TRUE;
}

/* In the order in which the collections stand. */
static gboolean
gather (Parts   *self,
        GError **error)
{
  for (guint i = 0; i < self->parts->len; i++)
    {
      Part *part = &g_array_index (self->parts, Part, i);

      part->has_some = part->tallies->len > 0;
      g_ptr_array_set_free_func (part->tallies, NULL);
      for (guint t = 0; t < part->tallies->len; t++)
        sr_count_take_tally (self->count, g_ptr_array_index (part->tallies, t));
      if (part->reason != NULL &&
          !sr_count_take_reason (self->count, part->name, g_error_copy (part->reason), error))
        return FALSE;
    }
  return find_missing (self, error);
}

gboolean
sr_count_read_parts (SrCount *self,
                     SrJudge *judge,
                     GError **error)
{
  gboolean ok;
  guint64  bytes;
  Parts    parts = {
       .judge = judge,
       .count = self,
       .parts = g_array_new (FALSE, FALSE, sizeof (Part)),
       .order = g_array_new (FALSE, FALSE, sizeof (guint)),
  };

  g_array_set_clear_func (parts.parts, clear_part);
  g_mutex_init (&parts.lock);
  bytes = list_parts (&parts);
  sr_progress_set_totals (judge->progress, bytes, 0, FALSE);
  ok = sr_team_join (sr_team_start ("read-records", CLAMP (parts.parts->len, 1, sr_worker_count ()),
                                    run_member, &parts),
                     error) &&
       gather (&parts, error);
  g_mutex_clear (&parts.lock);
  g_array_unref (parts.parts);
  g_array_unref (parts.order);
  return ok;
}
