/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include "archive/sr-entry-list.h"

static void
clear_entry (gpointer data)
{
  sr_container_entry_clear (data);
}

GArray *
sr_entry_list_new (void)
{
  GArray *self = g_array_new (FALSE, FALSE, sizeof (SrContainerEntry));

  g_array_set_clear_func (self, clear_entry);
  return self;
}

SrContainerEntry *
sr_entry_list_add (GArray     *self,
                   char       *name,
                   SrEntryType type)
{
  SrContainerEntry entry = {
    .name = name,
    .type = type,
    .size = type == SR_ENTRY_FILE ? SR_SIZE_UNKNOWN : 0,
    .mtime = G_MININT64,
  };

  g_array_append_val (self, entry);
  return &g_array_index (self, SrContainerEntry, self->len - 1);
}

SrContainerEntry *
sr_entry_list_add_copy (GArray                 *self,
                        char                   *name,
                        const SrContainerEntry *entry)
{
  SrContainerEntry *copy = sr_entry_list_add (self, name, entry->type);

  copy->size = entry->size;
  copy->mtime = entry->mtime;
  copy->mode = entry->mode;
  copy->link_target = g_strdup (entry->link_target);
  return copy;
}
