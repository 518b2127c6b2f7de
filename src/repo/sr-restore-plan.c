/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <string.h>

#include "repo/sr-restore-plan.h"

#define BLOCK_SIZE ((gsize) 256 * 1024)
#define ALIGNMENT  ((gsize) 8)

SrRestorePlan *
sr_restore_plan_new (void)
{
  SrRestorePlan *self = g_new0 (SrRestorePlan, 1);

  self->folders = g_array_new (FALSE, FALSE, sizeof (SrRestoreFolder));
  self->files = g_array_new (FALSE, FALSE, sizeof (SrRestoreFile));
  self->refs = g_array_new (FALSE, FALSE, sizeof (SrRestoreRef));
  self->others = g_array_new (FALSE, FALSE, sizeof (SrRestoreOther));
  self->extras = g_array_new (FALSE, FALSE, sizeof (SrRestoreExtra));
  self->blocks = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
sr_restore_plan_free (SrRestorePlan *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->folders);
  g_array_unref (self->files);
  g_array_unref (self->refs);
  g_array_unref (self->others);
  g_array_unref (self->extras);
  g_ptr_array_unref (self->blocks);
  g_free (self->order);
  g_free (self);
}

/* Large pieces get a block of their own, so that little is lost at the end of one. */
static gpointer
take (SrRestorePlan *self,
      gsize          size,
      gsize          alignment)
{
  gsize at = (self->block_used + alignment - 1) / alignment * alignment;

  if (size > BLOCK_SIZE / 8)
    {
      g_ptr_array_insert (self->blocks, 0, g_malloc (size));
      return g_ptr_array_index (self->blocks, 0);
    }
  if (self->block_size == 0 || at + size > self->block_size)
    {
      g_ptr_array_add (self->blocks, g_malloc (BLOCK_SIZE));
      self->block_size = BLOCK_SIZE;
      at = 0;
    }
  self->block_used = at + size;
  return (guint8 *) g_ptr_array_index (self->blocks, self->blocks->len - 1) + at;
}

const char *
sr_restore_plan_text (SrRestorePlan *self,
                      const char    *text)
{
  gsize size = strlen (text) + 1;

  return memcpy (take (self, size, 1), text, size);
}

static const SrXattr *
copy_xattrs (SrRestorePlan *self,
             const SrEntry *entry)
{
  SrXattr *copies = take (self, entry->n_xattrs * sizeof *copies, ALIGNMENT);

  for (guint i = 0; i < entry->n_xattrs; i++)
    {
      const SrXattr *from = &entry->xattrs[i];

      copies[i].name = (char *) sr_restore_plan_text (self, from->name);
      copies[i].value_size = from->value_size;
      copies[i].value = take (self, from->value_size, 1);
      if (from->value_size > 0)
        memcpy (copies[i].value, from->value, from->value_size);
    }
  return copies;
}

const SrRestoreMeta *
sr_restore_plan_meta (SrRestorePlan *self,
                      const SrEntry *entry)
{
  SrRestoreMeta *meta = take (self, sizeof *meta, ALIGNMENT);

  meta->mtime = entry->mtime;
  meta->atime = entry->atime;
  meta->mode = entry->mode & 07777;
  meta->uid = entry->uid;
  meta->gid = entry->gid;
  meta->n_xattrs = entry->n_xattrs;
  meta->xattrs = entry->n_xattrs > 0 ? copy_xattrs (self, entry) : NULL;
  return meta;
}

guint32
sr_restore_plan_add_folder (SrRestorePlan       *self,
                            guint32              parent,
                            const char          *name,
                            const SrRestoreMeta *meta)
{
  SrRestoreFolder folder = { 0 };

  folder.name = sr_restore_plan_text (self, name);
  folder.parent = parent;
  folder.meta = meta;
  g_array_append_val (self->folders, folder);
  return self->folders->len - 1;
}

guint32
sr_restore_plan_add_file (SrRestorePlan *self,
                          guint32        folder,
                          const SrEntry *entry,
                          gint           flags)
{
  SrRestoreFile file = { 0 };

  file.name = sr_restore_plan_text (self, entry->name);
  file.meta = sr_restore_plan_meta (self, entry);
  file.folder = folder;
  file.first_ref = self->refs->len;
  file.flags = flags;
  g_array_append_val (self->files, file);
  return self->files->len - 1;
}

void
sr_restore_plan_add_ref (SrRestorePlan *self,
                         guint32        entry,
                         guint64        offset)
{
  SrRestoreFile *file = sr_restore_plan_file (self, self->files->len - 1);
  SrRestoreRef   ref = { .offset = offset, .entry = entry, .file = self->files->len - 1 };

  file->n_refs++;
  file->pending++;
  g_array_append_val (self->refs, ref);
}

/* One pass of a radix sort over 11 bits of the entry number. Stable, so that the order of the files
 * stays where entries are equal. */
static void
sort_pass (SrRestorePlan *self,
           const guint32 *from,
           guint32       *to,
           guint          shift)
{
  g_autofree gsize *start = g_new0 (gsize, 2049);

  for (gsize i = 0; i < self->n_order; i++)
    start[((sr_restore_plan_ref (self, from[i])->entry >> shift) & 2047) + 1]++;
  for (guint i = 1; i < 2048; i++)
    start[i] += start[i - 1];
  for (gsize i = 0; i < self->n_order; i++)
    to[start[(sr_restore_plan_ref (self, from[i])->entry >> shift) & 2047]++] = from[i];
}

void
sr_restore_plan_sort (SrRestorePlan *self)
{
  g_autofree guint32 *spare = g_new (guint32, self->refs->len);
  guint32            *order = g_new (guint32, self->refs->len);

  self->n_order = 0;
  for (guint32 i = 0; i < self->refs->len; i++)
    {
      const SrRestoreFile *file = sr_restore_plan_file (self, sr_restore_plan_ref (self, i)->file);

      if ((file->flags & SR_RESTORE_SAME) == 0)
        order[self->n_order++] = i;
    }
  sort_pass (self, order, spare, 0);
  sort_pass (self, spare, order, 11);
  sort_pass (self, order, spare, 22);
  g_free (self->order);
  self->order = g_steal_pointer (&spare);
  g_free (order);
}

void
sr_restore_plan_append_path (const SrRestorePlan *self,
                             guint32              folder,
                             GString             *path)
{
  g_autoptr (GArray) chain = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (; folder != 0; folder = sr_restore_plan_folder (self, folder)->parent)
    g_array_append_val (chain, folder);
  g_string_append_c (path, '/');
  for (guint i = chain->len; i > 0; i--)
    {
      guint32 number = g_array_index (chain, guint32, i - 1);

      g_string_append (path, sr_restore_plan_folder (self, number)->name);
      g_string_append_c (path, '/');
    }
}
