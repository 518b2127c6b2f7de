/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "record/sr-record.h"

static void
clear_column (gpointer data)
{
  SrColumn *column = data;

  g_free (column->name);
  g_free (column->declared);
}

SrCollection *
sr_collection_new (const char *name)
{
  SrCollection *self = g_new0 (SrCollection, 1);

  self->ref_count = 1;
  self->name = g_strdup (name);
  self->key = g_array_new (FALSE, FALSE, sizeof (guint));
  return self;
}

SrCollection *
sr_collection_ref (SrCollection *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
sr_collection_unref (SrCollection *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_free (self->name);
  g_free (self->ddl);
  g_array_unref (self->key);
  g_clear_pointer (&self->columns, g_array_unref);
  g_free (self);
}

SrColumn *
sr_collection_add_column (SrCollection *self,
                          const char   *name,
                          SrColumnType  type)
{
  SrColumn column = { .name = g_strdup (name), .type = type };

  if (self->columns == NULL)
    {
      self->columns = g_array_new (FALSE, TRUE, sizeof (SrColumn));
      g_array_set_clear_func (self->columns, clear_column);
    }
  g_array_append_val (self->columns, column);
  return &g_array_index (self->columns, SrColumn, self->columns->len - 1);
}

void
sr_collection_add_key (SrCollection *self,
                       guint         column)
{
  g_array_append_val (self->key, column);
}

guint
sr_collection_get_n_columns (const SrCollection *self)
{
  return self->columns != NULL ? self->columns->len : 0;
}

const SrColumn *
sr_collection_get_column (const SrCollection *self,
                          guint               index)
{
  return &g_array_index (self->columns, SrColumn, index);
}

int
sr_collection_find_column (const SrCollection *self,
                           const char         *name)
{
  for (guint i = 0; i < sr_collection_get_n_columns (self); i++)
    if (strcmp (sr_collection_get_column (self, i)->name, name) == 0)
      return (int) i;
  return -1;
}

const SrField *
sr_record_find (const SrRecord *self,
                const char     *name)
{
  for (guint i = self->n_fields; i-- > 0;)
    if (strcmp (self->fields[i].name, name) == 0)
      return &self->fields[i];
  return NULL;
}
