/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-storage"

#include "config.h"

#include <sys/stat.h>
#include <unistd.h>

#include "storage/sr-fd-cache.h"

struct _SrFdCache
{
  guint       max_open;
  GMutex      lock;
  GHashTable *files; /* SrId inside the file -> SrOpenFile, one reference each; under lock */
  GQueue      order; /* used last first; links inside the files; under lock */
};

SrOpenFile *
sr_open_file_new (int fd)
{
  SrOpenFile *file = g_new0 (SrOpenFile, 1);

  file->fd = fd;
  g_atomic_ref_count_init (&file->references);
  return file;
}

void
sr_open_file_unref (SrOpenFile *file)
{
  if (file == NULL || !g_atomic_ref_count_dec (&file->references))
    return;
  close (file->fd);
  g_free (file);
}

SrFdCache *
sr_fd_cache_new (guint max_open)
{
  SrFdCache *self = g_new0 (SrFdCache, 1);

  self->max_open = max_open;
  g_mutex_init (&self->lock);
  self->files = g_hash_table_new (sr_id_hash, sr_id_equal_func);
  g_queue_init (&self->order);
  return self;
}

static void
forget_file (SrFdCache  *self,
             SrOpenFile *file)
{
  g_hash_table_remove (self->files, &file->id);
  g_queue_unlink (&self->order, &file->link);
  sr_open_file_unref (file);
}

void
sr_fd_cache_free (SrFdCache *self)
{
  if (self == NULL)
    return;
  while (self->order.head != NULL)
    forget_file (self, self->order.head->data);
  g_hash_table_unref (self->files);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static gboolean
still_in_folder (int fd)
{
  struct stat st;

  return fstat (fd, &st) == 0 && st.st_nlink > 0;
}

SrOpenFile *
sr_fd_cache_get (SrFdCache  *self,
                 const SrId *id)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);
  SrOpenFile                     *file = g_hash_table_lookup (self->files, id);

  if (file == NULL)
    return NULL;
  if (!still_in_folder (file->fd))
    {
      forget_file (self, file);
      return NULL;
    }
  g_queue_unlink (&self->order, &file->link);
  g_queue_push_head_link (&self->order, &file->link);
  g_atomic_ref_count_inc (&file->references);
  return file;
}

SrOpenFile *
sr_fd_cache_add (SrFdCache  *self,
                 const SrId *id,
                 int         fd)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);
  SrOpenFile                     *file = sr_open_file_new (fd);
  SrOpenFile                     *other = g_hash_table_lookup (self->files, id);

  /* another thread may have opened it meanwhile */
  if (other != NULL)
    forget_file (self, other);
  while (self->order.length >= self->max_open)
    forget_file (self, self->order.tail->data);
  file->id = *id;
  file->link.data = file;
  g_hash_table_insert (self->files, &file->id, file);
  g_queue_push_head_link (&self->order, &file->link);
  g_atomic_ref_count_inc (&file->references);
  return file;
}

void
sr_fd_cache_forget (SrFdCache  *self,
                    const SrId *id)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);
  SrOpenFile                     *file = g_hash_table_lookup (self->files, id);

  if (file != NULL)
    forget_file (self, file);
}
