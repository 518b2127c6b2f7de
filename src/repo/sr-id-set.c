/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include "repo/sr-id-set.h"

/* Ids lie in segments that never move, so that pointers to them stay valid and growing copies only
 * the table. */
#define SEGMENT_BITS 12
#define SEGMENT_SIZE (1u << SEGMENT_BITS)
#define FIRST_TABLE  1024u
#define MAX_IDS      (G_MAXUINT32 / 6 * 5)

struct _SrIdSet
{
  GMutex     lock;
  GPtrArray *segments; /* of SrId[SEGMENT_SIZE]; under lock */
  guint32    size;     /* under lock */
  guint32   *table;    /* number of the id + 1, or 0; open addressing; under lock */
  guint32    n_slots;  /* under lock */
};

SrIdSet *
sr_id_set_new (void)
{
  SrIdSet *self = g_new0 (SrIdSet, 1);

  g_mutex_init (&self->lock);
  self->segments = g_ptr_array_new_with_free_func (g_free);
  self->n_slots = FIRST_TABLE;
  self->table = g_new0 (guint32, self->n_slots);
  return self;
}

void
sr_id_set_free (SrIdSet *self)
{
  if (self == NULL)
    return;
  g_mutex_clear (&self->lock);
  g_ptr_array_unref (self->segments);
  g_free (self->table);
  g_free (self);
}

static SrId *
get_id (SrIdSet *self,
        guint32  number)
{
  SrId *segment = g_ptr_array_index (self->segments, number >> SEGMENT_BITS);

  return segment + (number & (SEGMENT_SIZE - 1));
}

/* Returns: the slot where @id is or belongs */
static gsize
find_slot (SrIdSet    *self,
           const SrId *id)
{
  gsize slot = (sr_id_hash64 (id) >> 32) * self->n_slots >> 32;

  while (self->table[slot] != 0 && !sr_id_equal (get_id (self, self->table[slot] - 1), id))
    slot = slot + 1 == self->n_slots ? 0 : slot + 1;
  return slot;
}

/* By half each time, and so that five of six slots are used at most: 5 to 7 bytes an id. */
static void
grow (SrIdSet *self)
{
  g_free (self->table);
  self->n_slots = (guint32) MIN (self->n_slots + (guint64) self->n_slots / 2, G_MAXUINT32);
  self->table = g_new0 (guint32, self->n_slots);
  for (guint32 i = 0; i < self->size; i++)
    self->table[find_slot (self, get_id (self, i))] = i + 1;
}

gboolean
sr_id_set_add (SrIdSet    *self,
               const SrId *id,
               guint32    *number)
{
  gsize    slot;
  gboolean is_new;

  g_mutex_lock (&self->lock);
  slot = find_slot (self, id);
  is_new = self->table[slot] == 0;
  if (is_new)
    {
      if (self->size == MAX_IDS)
        g_error ("A set of ids cannot hold more than %u", MAX_IDS);
      if (self->size >> SEGMENT_BITS == self->segments->len)
        g_ptr_array_add (self->segments, g_new (SrId, SEGMENT_SIZE));
      *get_id (self, self->size) = *id;
      self->table[slot] = ++self->size;
    }
  if (number != NULL)
    *number = self->table[slot] - 1;
  if (is_new && self->size > self->n_slots / 6 * 5)
    grow (self);
  g_mutex_unlock (&self->lock);
  return is_new;
}

gboolean
sr_id_set_find (SrIdSet    *self,
                const SrId *id,
                guint32    *number)
{
  guint32 found;

  g_mutex_lock (&self->lock);
  found = self->table[find_slot (self, id)];
  g_mutex_unlock (&self->lock);
  if (found == 0)
    return FALSE;
  if (number != NULL)
    *number = found - 1;
  return TRUE;
}

const SrId *
sr_id_set_get (SrIdSet *self,
               guint32  number)
{
  const SrId *id = NULL;

  g_mutex_lock (&self->lock);
  if (number < self->size)
    id = get_id (self, number);
  g_mutex_unlock (&self->lock);
  g_return_val_if_fail (id != NULL, NULL);
  return id;
}

guint32
sr_id_set_get_size (SrIdSet *self)
{
  guint32 size;

  g_mutex_lock (&self->lock);
  size = self->size;
  g_mutex_unlock (&self->lock);
  return size;
}
