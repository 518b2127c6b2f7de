/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/sr-backup-file-private.h"
#include "archive/sr-chain-records.h"
#include "base/sr-error.h"
#include "base/sr-json.h"
#include "record/sr-json-records.h"
#include "record/sr-sql-records.h"
#include "record/sr-table-records.h"

#define MAX_ATTEMPTS 5

/* Fills @buffer as far as the stream goes. */
static gboolean
read_head (GInputStream *stream,
           gpointer      buffer,
           gsize        *size,
           GCancellable *cancellable,
           GError      **error)
{
  gsize wanted = *size;

  return g_input_stream_read_all (stream, buffer, wanted, size, cancellable, error);
}

gboolean
sr_container_read_head (SrContainer  *container,
                        guint         index,
                        gpointer      buffer,
                        gsize        *size,
                        GCancellable *cancellable,
                        GError      **error)
{
  g_autoptr (GInputStream) stream = NULL;

  stream = sr_container_open_entry (container, index, cancellable, error);
  if (stream == NULL)
    {
      *size = 0;
      return FALSE;
    }
  return read_head (stream, buffer, size, cancellable, error);
}

gboolean
sr_backup_file_is_broken_zip (SrBackupFile *self)
{
  return self->type == SR_HEAD_ZIP && self->error != NULL &&
         sr_file_container_get_fd (self->outer) >= 0;
}

gboolean
sr_backup_file_is_closed (SrBackupFile *self)
{
  return self->error != NULL && sr_file_container_get_fd (self->outer) >= 0 &&
         (self->type == SR_HEAD_ZIP || self->type == SR_HEAD_ARCHIVE ||
          self->type == SR_HEAD_RANDOM);
}

/* APPNOTE 4.3.7 */
char *
sr_zip_local_name (gconstpointer head,
                   gsize         size)
{
  const guint8 *bytes = head;
  gsize         length;

  if (size < 30 || memcmp (bytes, "PK\003\004", 4) != 0)
    return NULL;
  length = bytes[26] | (gsize) bytes[27] << 8;
  if (length == 0 || length > size - 30 || memchr (bytes + 30, '\0', length) != NULL)
    return NULL;
  return g_strndup ((const char *) bytes + 30, length);
}

SrContainer *
sr_backup_open_container (int           fd,
                          const char   *name,
                          SrGuard      *guard,
                          GCancellable *cancellable,
                          GError      **error)
{
  g_autoptr (GError)      reason = NULL;
  g_autofree guint8      *head = g_malloc (SR_HEAD_SIZE);
  g_autoptr (SrContainer) container = NULL;
  struct stat             st;
  gssize                  n = pread (fd, head, SR_HEAD_SIZE, 0);
  SrHeadType              type;

  if (n < 0 || fstat (fd, &st) != 0)
    {
      sr_set_error_errno (error, errno, "Reading “%s”", name);
      close (fd);
      return NULL;
    }
  type = sr_head_guess (head, (gsize) n);
  if (type == SR_HEAD_ZIP)
    return (SrContainer *) sr_zip_reader_new (fd, 0, (guint64) st.st_size, guard, error);
  if (type != SR_HEAD_ARCHIVE)
    return sr_file_container_new (fd, name, error);
  container = sr_archive_container_new (dup (fd), name, guard, cancellable, &reason);
  if (container == NULL && sr_error_is (reason, SR_ERROR_UNSUPPORTED))
    return sr_file_container_new (fd, name, error);
  close (fd);
  if (container == NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return g_steal_pointer (&container);
}

JsonObject *
sr_backup_file_read_object (SrBackupFile *self,
                            const char   *name,
                            GCancellable *cancellable,
                            GError      **error)
{
  SrContainer             *container = self->container != NULL ? self->container : self->outer;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GBytes)       bytes = NULL;
  JsonObject              *object = NULL;
  guint                    index;

  if (!sr_backup_file_find (self, name, &index))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, "“%s” is missing", name);
      return NULL;
    }
  stream = sr_container_open_entry (container, index, cancellable, error);
  if (stream != NULL)
    bytes = sr_stream_read_all (stream, SR_DESCRIPTION_SIZE, cancellable, error);
  if (bytes != NULL)
    object = sr_json_parse_object (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                   SR_DESCRIPTION_SIZE, SR_DESCRIPTION_DEPTH, error);
  if (object == NULL)
    g_prefix_error (error, "“%s”: ", name);
  return object;
}

int
sr_backup_file_find_key (SrBackupFile *self,
                         const char   *default_key,
                         const char   *hint,
                         gboolean (*fits) (SrBackupFile   *self,
                                           const SrSecret *key),
                         SrSecret **key,
                         GError   **error)
{
  g_autoptr (SrSecret) usual = sr_secret_new_from (default_key, strlen (default_key));

  self->encryption = SR_ENCRYPTION_LOCKED;
  if (fits (self, usual))
    {
      self->encryption = SR_ENCRYPTION_DEFAULT;
      *key = g_steal_pointer (&usual);
      return 1;
    }
  for (guint attempt = 0; self->ask_key != NULL && attempt < MAX_ATTEMPTS; attempt++)
    {
      g_autoptr (GError)   reason = NULL;
      g_autoptr (SrSecret) given = self->ask_key (hint, attempt, self->user_data, &reason);

      if (reason != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&reason));
          return -1;
        }
      if (given == NULL)
        return 0;
      if (!fits (self, given))
        continue;
      self->encryption = SR_ENCRYPTION_KEY;
      *key = g_steal_pointer (&given);
      return 1;
    }
  return 0;
}

/* --- records of entries ----------------------------------------------------------------------- */

/* A SQLite database must be a file of its own; only a plain file is one already. */
int
sr_backup_file_spool_entry (SrBackupFile *self,
                            guint         index,
                            GCancellable *cancellable,
                            GError      **error)
{
  const SrContainerEntry  *entry = sr_container_get_entry (self->container, index);
  int                      fd = sr_file_container_get_fd (self->container);
  g_autoptr (GInputStream) stream = NULL;

  if (fd >= 0)
    {
      fd = fcntl (fd, F_DUPFD_CLOEXEC, 3);
      if (fd < 0)
        sr_set_error_errno (error, errno, "Opening the database");
      return fd;
    }
  stream = sr_container_open_entry (self->container, index, cancellable, error);
  if (stream == NULL)
    return -1;
  return sr_spool_stream (stream, entry->name, self->guard, self->temp_dir, NULL, cancellable,
                          error);
}

static SrRecordReader *
read_sqlite (SrBackupFile *self,
             guint         index,
             GCancellable *cancellable,
             GError      **error)
{
  int             fd = sr_backup_file_spool_entry (self, index, cancellable, error);
  SrRecordReader *reader;

  if (fd < 0)
    return NULL;
  reader = sr_sqlite_records_new (fd, error);
  if (reader == NULL)
    {
      close (fd);
      return NULL;
    }
  sr_sqlite_records_own_fd (reader, fd);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->problems, g_ptr_array_ref (sr_sqlite_records_get_problems (reader)));
  g_mutex_unlock (&self->lock);
  return reader;
}

SrRecordReader *
sr_backup_file_read_entry (SrBackupFile *self,
                           guint         index,
                           const char   *name,
                           GCancellable *cancellable,
                           GError      **error)
{
  const SrContainerEntry  *entry = sr_container_get_entry (self->container, index);
  g_autofree guint8       *head = g_malloc (SR_HEAD_SIZE);
  gsize                    size = SR_HEAD_SIZE;
  g_autoptr (GInputStream) stream = NULL;
  g_autofree char         *shown = sr_guard_show_name (entry->name);
  SrHeadType               type;

  if (!sr_container_read_head (self->container, index, head, &size, cancellable, error))
    return NULL;
  type = sr_head_guess (head, size);
  if (type == SR_HEAD_SQLITE)
    return read_sqlite (self, index, cancellable, error);
  /* told by the names of all files: a heading of one name looks like any text, and a value may hold
   * a NUL byte or a statement */
  if (self->kind->kind == SR_BACKUP_CSV && type != SR_HEAD_HEX && type != SR_HEAD_RANDOM)
    type = SR_HEAD_CSV;
  stream = sr_container_open_entry (self->container, index, cancellable, error);
  if (stream == NULL)
    return NULL;
  switch ((int) type)
    {
    case SR_HEAD_JSON_ARRAY:
    case SR_HEAD_JSON_OBJECT:
      return sr_json_records_new (stream, name);
    case SR_HEAD_SQL:
      return sr_sql_records_new (stream, sr_sql_guess_dialect (head, size));
    case SR_HEAD_CSV:
      return sr_csv_records_new (stream, name);
    case SR_HEAD_HEX:
    case SR_HEAD_RANDOM:
      g_set_error (error, SR_ERROR, SR_ERROR_WRONG_PASSWORD,
                   "“%s” is encrypted, and no key that fits was given", shown);
      return NULL;
    default:
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED, "“%s” is %s, which holds no records",
                   shown, sr_head_type_describe (type));
      return NULL;
    }
}

typedef struct
{
  SrBackupFile *file;
  GPtrArray    *names;   /* of collections */
  GArray       *entries; /* guint */
} Parts;

/* Several collections may lie in one entry, which is read once. */
static void
add_part (Parts      *self,
          const char *name,
          guint       index)
{
  for (guint i = 0; i < self->entries->len; i++)
    if (g_array_index (self->entries, guint, i) == index)
      return;
  g_ptr_array_add (self->names, g_strdup (name));
  g_array_append_val (self->entries, index);
}

static void
parts_free (gpointer data)
{
  Parts *parts = data;

  g_object_unref (parts->file);
  g_ptr_array_unref (parts->names);
  g_array_unref (parts->entries);
  g_free (parts);
}

static SrRecordReader *
open_part (guint         index,
           gpointer      user_data,
           GCancellable *cancellable,
           GError      **error)
{
  Parts          *parts = user_data;
  const char     *name = g_ptr_array_index (parts->names, index);
  SrRecordReader *reader;

  reader = sr_backup_file_read_entry (parts->file, g_array_index (parts->entries, guint, index),
                                      name, cancellable, error);
  if (reader == NULL)
    g_prefix_error (error, "Collection “%s”: ", name);
  return reader;
}

SrRecordReader *
sr_backup_file_read_collections (SrBackupFile *self,
                                 const char   *collection,
                                 GCancellable *cancellable,
                                 GError      **error)
{
  Parts *parts = g_new0 (Parts, 1);

  parts->file = g_object_ref (self);
  parts->names = g_ptr_array_new_with_free_func (g_free);
  parts->entries = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < self->collections->len; i++)
    {
      const SrBackupCollection *found = g_ptr_array_index (self->collections, i);
      guint                     index;

      if ((collection != NULL && strcmp (found->name, collection) != 0) || found->entry == NULL ||
          !sr_backup_file_find (self, found->entry, &index))
        continue;
      add_part (parts, found->name, index);
    }
  return sr_chain_records_new (parts->names->len, open_part, parts, parts_free, collection);
}
