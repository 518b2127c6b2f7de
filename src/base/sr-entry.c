/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-base"

#include "config.h"

#include "base/sr-entry.h"

#include <string.h>

static const char *const type_names[] = {
  [SR_ENTRY_FILE] = "file",
  [SR_ENTRY_DIR] = "dir",
  [SR_ENTRY_SYMLINK] = "symlink",
  [SR_ENTRY_BLOCK_DEVICE] = "dev",
  [SR_ENTRY_CHAR_DEVICE] = "chardev",
  [SR_ENTRY_FIFO] = "fifo",
  [SR_ENTRY_SOCKET] = "socket",
};

SrEntry *
sr_entry_new (const char *name,
              SrEntryType type)
{
  SrEntry *self = g_new0 (SrEntry, 1);

  self->name = g_strdup (name);
  self->type = type;
  return self;
}

SrEntry *
sr_entry_copy (const SrEntry *self)
{
  SrEntry *copy = g_memdup2 (self, sizeof *self);

  copy->name = g_strdup (self->name);
  copy->link_target = g_strdup (self->link_target);
  copy->xattrs = NULL;
  copy->n_xattrs = 0;
  for (guint i = 0; i < self->n_xattrs; i++)
    sr_entry_add_xattr (copy, self->xattrs[i].name, self->xattrs[i].value,
                        self->xattrs[i].value_size);
  return copy;
}

void
sr_entry_clear_xattrs (SrEntry *self)
{
  for (guint i = 0; i < self->n_xattrs; i++)
    {
      g_free (self->xattrs[i].name);
      g_free (self->xattrs[i].value);
    }
  g_clear_pointer (&self->xattrs, g_free);
  self->n_xattrs = 0;
}

void
sr_entry_clear (SrEntry *self)
{
  sr_entry_clear_xattrs (self);
  g_free (self->link_target);
  g_free (self->name);
  memset (self, 0, sizeof *self);
}

void
sr_entry_free (SrEntry *self)
{
  if (self == NULL)
    return;
  sr_entry_clear (self);
  g_free (self);
}

void
sr_entry_add_xattr (SrEntry      *self,
                    const char   *name,
                    gconstpointer value,
                    gsize         size)
{
  SrXattr *xattr;

  self->xattrs = g_renew (SrXattr, self->xattrs, self->n_xattrs + 1);
  xattr = &self->xattrs[self->n_xattrs++];
  xattr->name = g_strdup (name);
  xattr->value = g_memdup2 (value, size);
  xattr->value_size = size;
}

const char *
sr_entry_type_name (SrEntryType type)
{
  g_return_val_if_fail ((guint) type < G_N_ELEMENTS (type_names), NULL);
  return type_names[type];
}

gboolean
sr_entry_type_from_name (const char  *name,
                         SrEntryType *type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (type_names); i++)
    if (g_strcmp0 (name, type_names[i]) == 0)
      {
        *type = (SrEntryType) i;
        return TRUE;
      }
  return FALSE;
}

gboolean
sr_entry_name_is_safe (const char *name)
{
  if (name == NULL || name[0] == '\0' || strcmp (name, ".") == 0 || strcmp (name, "..") == 0)
    return FALSE;
  return strlen (name) < 256 && strchr (name, '/') == NULL;
}
