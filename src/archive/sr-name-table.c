/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-name-table.h"

#define NOBODY G_MAXUINT32

struct _SrNameTable
{
  SrNameFunc    name_of;
  gconstpointer list;
  guint64       secret;
  gsize         n_slots; /* a power of two, and more than are added */
  guint32      *slots;
};

SrNameTable *
sr_name_table_new (guint         n,
                   SrNameFunc    name_of,
                   gconstpointer list)
{
  SrNameTable *self = g_new0 (SrNameTable, 1);

  self->name_of = name_of;
  self->list = list;
  self->secret = (guint64) g_random_int () << 32 | g_random_int () | 1;
  self->n_slots = 16;
  while (self->n_slots < (gsize) n + n / 2)
    self->n_slots *= 2;
  self->slots = g_new (guint32, self->n_slots);
  memset (self->slots, 0xff, self->n_slots * sizeof *self->slots);
  return self;
}

void
sr_name_table_free (SrNameTable *self)
{
  if (self == NULL)
    return;
  g_free (self->slots);
  g_free (self);
}

static guint64
hash_name (const char *name,
           guint64     secret)
{
  guint64 hash = secret;

  for (; *name != '\0'; name++)
    {
      hash = (hash ^ (guint8) *name) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
      hash ^= hash >> 29;
      hash += secret;
    }
  return hash ^ hash >> 32;
}

/* Where @name is, or would be. */
static guint32 *
find_slot (SrNameTable *self,
           const char  *name)
{
  gsize at = hash_name (name, self->secret) & (self->n_slots - 1);

  while (self->slots[at] != NOBODY &&
         strcmp (self->name_of (self->list, self->slots[at]), name) != 0)
    at = (at + 1) & (self->n_slots - 1);
  return &self->slots[at];
}

gboolean
sr_name_table_add (SrNameTable *self,
                   guint        index)
{
  guint32 *slot = find_slot (self, self->name_of (self->list, index));
  gboolean was_there = *slot != NOBODY;

  *slot = index;
  return was_there;
}

gboolean
sr_name_table_find (SrNameTable *self,
                    const char  *name,
                    guint       *index)
{
  const guint32 *slot = find_slot (self, name);

  if (*slot == NOBODY)
    return FALSE;
  *index = *slot;
  return TRUE;
}
