/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/sr-error.h"
#include "sr-storage-memory.h"

struct _SrStorageMemory
{
  SrStorage parent_instance;

  GMutex      lock;
  GHashTable *files[SR_N_FILE_TYPES]; /* SrId -> GBytes; under lock */
};

G_DEFINE_FINAL_TYPE (SrStorageMemory, sr_storage_memory, SR_TYPE_STORAGE)

static const SrId config_id;

static const SrId *
key_of (SrFileType  type,
        const SrId *id)
{
  return type == SR_FILE_CONFIG ? &config_id : id;
}

static void
set_not_found (SrFileType  type,
               const SrId *id,
               GError    **error)
{
  char hex[SR_ID_HEX_SIZE];

  g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, "There is no %s file %s in memory",
               sr_file_type_name (type), sr_id_to_hex (key_of (type, id), hex));
}

GBytes *
sr_storage_memory_peek (SrStorageMemory *self,
                        SrFileType       type,
                        const SrId      *id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GBytes                  *content = g_hash_table_lookup (self->files[type], key_of (type, id));

  return content != NULL ? g_bytes_ref (content) : NULL;
}

void
sr_storage_memory_replace (SrStorageMemory *self,
                           SrFileType       type,
                           const SrId      *id,
                           GBytes          *content)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (content != NULL)
    g_hash_table_replace (self->files[type], g_memdup2 (key_of (type, id), sizeof *id),
                          g_bytes_ref (content));
  else
    g_hash_table_remove (self->files[type], key_of (type, id));
}

guint
sr_storage_memory_get_n_files (SrStorageMemory *self,
                               SrFileType       type)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_hash_table_size (self->files[type]);
}

guint64
sr_storage_memory_get_n_bytes (SrStorageMemory *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  guint64                  n = 0;

  for (guint type = 0; type < SR_N_FILE_TYPES; type++)
    {
      GHashTableIter iter;
      gpointer       content;

      g_hash_table_iter_init (&iter, self->files[type]);
      while (g_hash_table_iter_next (&iter, NULL, &content))
        n += g_bytes_get_size (content);
    }
  return n;
}

SrStorage *
sr_storage_memory_clone (SrStorageMemory *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  SrStorage               *clone = sr_storage_memory_new ();

  for (guint type = 0; type < SR_N_FILE_TYPES; type++)
    {
      GHashTableIter iter;
      gpointer       id, content;

      g_hash_table_iter_init (&iter, self->files[type]);
      while (g_hash_table_iter_next (&iter, &id, &content))
        sr_storage_memory_replace (SR_STORAGE_MEMORY (clone), type, id, content);
    }
  return clone;
}

void
sr_storage_memory_restore (SrStorageMemory *self,
                           SrStorageMemory *from)
{
  g_autoptr (SrStorage)    copy = sr_storage_memory_clone (from);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  for (guint type = 0; type < SR_FILE_LOCK; type++)
    {
      GHashTable *files = self->files[type];

      self->files[type] = SR_STORAGE_MEMORY (copy)->files[type];
      SR_STORAGE_MEMORY (copy)->files[type] = files;
    }
}

static gboolean
save_one (const char *folder,
          SrFileType  type,
          const SrId *id,
          GBytes     *content,
          GError    **error)
{
  char             hex[SR_ID_HEX_SIZE];
  char             sub[3] = "";
  g_autofree char *path = NULL;

  sr_id_to_hex (id, hex);
  if (type == SR_FILE_PACK)
    memcpy (sub, hex, 2);
  path = g_build_filename (folder, sub, type == SR_FILE_CONFIG ? "config" : hex, NULL);
  return g_file_set_contents_full (path, g_bytes_get_data (content, NULL),
                                   (gssize) g_bytes_get_size (content), G_FILE_SET_CONTENTS_NONE,
                                   0600, error);
}

gboolean
sr_storage_memory_save (SrStorageMemory *self,
                        const char      *path,
                        GError         **error)
{
  static const char *const folders[SR_N_FILE_TYPES] = { "", "keys", "data",
                                                        "index", "snapshots", "locks" };
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  for (guint type = 0; type < SR_N_FILE_TYPES; type++)
    {
      g_autofree char *folder = g_build_filename (path, folders[type], NULL);
      GHashTableIter   iter;
      gpointer         id, content;

      for (guint i = 0; i < (type == SR_FILE_PACK ? 256 : 1); i++)
        {
          g_autofree char *sub =
              type == SR_FILE_PACK ? g_strdup_printf ("%s/%02x", folder, i) : g_strdup (folder);

          if (g_mkdir_with_parents (sub, 0700) != 0)
            {
              sr_set_error_errno (error, errno, "Cannot make %s", sub);
              return FALSE;
            }
        }
      g_hash_table_iter_init (&iter, self->files[type]);
      while (g_hash_table_iter_next (&iter, &id, &content))
        if (!save_one (folder, type, id, content, error))
          return FALSE;
    }
  return TRUE;
}

static gboolean
sr_storage_memory_list (SrStorage        *storage,
                        SrFileType        type,
                        SrStorageListFunc func,
                        gpointer          user_data,
                        GCancellable     *cancellable,
                        GError          **error)
{
  SrStorageMemory   *self = SR_STORAGE_MEMORY (storage);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SrId));
  g_autoptr (GArray) sizes = g_array_new (FALSE, FALSE, sizeof (guint64));
  GHashTableIter     iter;
  gpointer           id, content;

  /* @func may call the storage */
  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->files[type]);
  while (g_hash_table_iter_next (&iter, &id, &content))
    {
      guint64 size = g_bytes_get_size (content);

      g_array_append_vals (ids, id, 1);
      g_array_append_val (sizes, size);
    }
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < ids->len; i++)
    if (sr_check_cancelled (cancellable, error) ||
        !func (&g_array_index (ids, SrId, i), g_array_index (sizes, guint64, i), user_data, error))
      return FALSE;
  return TRUE;
}

static gboolean
sr_storage_memory_get_size (SrStorage    *storage,
                            SrFileType    type,
                            const SrId   *id,
                            guint64      *size,
                            GCancellable *cancellable,
                            GError      **error)
{
  g_autoptr (GBytes) content = NULL;

  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  content = sr_storage_memory_peek (SR_STORAGE_MEMORY (storage), type, id);
  if (content == NULL)
    {
      set_not_found (type, id, error);
      return FALSE;
    }
  *size = g_bytes_get_size (content);
  return TRUE;
}

static gboolean
sr_storage_memory_read (SrStorage    *storage,
                        SrFileType    type,
                        const SrId   *id,
                        guint64       offset,
                        gpointer      buffer,
                        gsize         size,
                        GCancellable *cancellable,
                        GError      **error)
{
  g_autoptr (GBytes) content = NULL;
  const guint8      *bytes;
  gsize              available;

  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  content = sr_storage_memory_peek (SR_STORAGE_MEMORY (storage), type, id);
  if (content == NULL)
    {
      set_not_found (type, id, error);
      return FALSE;
    }
  bytes = g_bytes_get_data (content, &available);
  if (offset > available || size > available - offset)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "A %s file in memory is too short",
                   sr_file_type_name (type));
      return FALSE;
    }
  if (size > 0)
    memcpy (buffer, bytes + offset, size);
  return TRUE;
}

static gboolean
sr_storage_memory_writer_open (SrStorage       *storage,
                               SrStorageWriter *writer,
                               guint64          size_hint,
                               GCancellable    *cancellable,
                               GError         **error)
{
  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  writer->driver = g_byte_array_new ();
  return TRUE;
}

static gboolean
sr_storage_memory_writer_append (SrStorage       *storage,
                                 SrStorageWriter *writer,
                                 gconstpointer    data,
                                 gsize            size,
                                 GCancellable    *cancellable,
                                 GError         **error)
{
  GByteArray *bytes = writer->driver;

  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  g_assert_cmpuint (size, <=, G_MAXUINT - bytes->len);
  if (size > 0)
    g_byte_array_append (bytes, data, (guint) size);
  return TRUE;
}

static gboolean
sr_storage_memory_writer_close (SrStorage       *storage,
                                SrStorageWriter *writer,
                                const SrId      *id,
                                GCancellable    *cancellable,
                                GError         **error)
{
  SrStorageMemory   *self = SR_STORAGE_MEMORY (storage);
  g_autoptr (GBytes) content = g_byte_array_free_to_bytes (g_steal_pointer (&writer->driver));
  g_autoptr (GBytes) existing = NULL;

  if (id == NULL)
    return TRUE;
  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  existing = sr_storage_memory_peek (self, writer->type, id);
  if (existing == NULL)
    {
      sr_storage_memory_replace (self, writer->type, id, content);
      return TRUE;
    }
  if (writer->type == SR_FILE_CONFIG)
    g_set_error_literal (error, SR_ERROR, SR_ERROR_EXISTS, "There is a vault in memory already");
  else if (g_bytes_get_size (existing) != g_bytes_get_size (content))
    g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "A %s file in memory is not what belongs there",
                 sr_file_type_name (writer->type));
  else
    return TRUE;
  return FALSE;
}

static gboolean
sr_storage_memory_remove (SrStorage    *storage,
                          SrFileType    type,
                          const SrId   *id,
                          GCancellable *cancellable,
                          GError      **error)
{
  SrStorageMemory         *self = SR_STORAGE_MEMORY (storage);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  if (g_hash_table_remove (self->files[type], key_of (type, id)))
    return TRUE;
  set_not_found (type, id, error);
  return FALSE;
}

static gboolean
sr_storage_memory_prepare (SrStorage    *storage,
                           GCancellable *cancellable,
                           GError      **error)
{
  SrStorageMemory *self = SR_STORAGE_MEMORY (storage);

  for (guint type = 0; type < SR_N_FILE_TYPES; type++)
    if (sr_storage_memory_get_n_files (self, type) > 0)
      {
        g_set_error_literal (error, SR_ERROR, SR_ERROR_EXISTS, "There are files in memory already");
        return FALSE;
      }
  return !sr_check_cancelled (cancellable, error);
}

static void
sr_storage_memory_finalize (GObject *object)
{
  SrStorageMemory *self = SR_STORAGE_MEMORY (object);

  for (guint type = 0; type < SR_N_FILE_TYPES; type++)
    g_hash_table_unref (self->files[type]);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (sr_storage_memory_parent_class)->finalize (object);
}

static void
sr_storage_memory_class_init (SrStorageMemoryClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  SrStorageClass *storage_class = SR_STORAGE_CLASS (klass);

  object_class->finalize = sr_storage_memory_finalize;
  storage_class->list = sr_storage_memory_list;
  storage_class->get_size = sr_storage_memory_get_size;
  storage_class->read = sr_storage_memory_read;
  storage_class->writer_open = sr_storage_memory_writer_open;
  storage_class->writer_append = sr_storage_memory_writer_append;
  storage_class->writer_close = sr_storage_memory_writer_close;
  storage_class->remove = sr_storage_memory_remove;
  storage_class->prepare = sr_storage_memory_prepare;
}

static void
sr_storage_memory_init (SrStorageMemory *self)
{
  g_mutex_init (&self->lock);
  for (guint type = 0; type < SR_N_FILE_TYPES; type++)
    self->files[type] = g_hash_table_new_full (sr_id_hash, sr_id_equal_func, g_free,
                                               (GDestroyNotify) g_bytes_unref);
}

SrStorage *
sr_storage_memory_new (void)
{
  return g_object_new (SR_TYPE_STORAGE_MEMORY, "location", "memory", NULL);
}
