/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "job/sr-backup-private.h"
#include "record/sr-sqlite-count.h"
#include "source/sr-command.h"
#include "source/sr-sqlite.h"

#define COMMAND_NAME "stdin"

static const char *
get_command_name (const SrBackupOptions *options)
{
  return options->command_name != NULL ? options->command_name : COMMAND_NAME;
}

/* Databases of one name get a number from the second on, in the order they were given. */
static char *
make_database_name (const char *const *paths,
                    guint              i)
{
  g_autofree char *name = g_path_get_basename (paths[i]);
  guint            same = 1;

  for (guint k = 0; k < i; k++)
    {
      g_autofree char *other = g_path_get_basename (paths[k]);

      if (strcmp (other, name) == 0)
        same++;
    }
  return same == 1 ? g_steal_pointer (&name) : g_strdup_printf ("%s-%u", name, same);
}

void
sr_backup_append_named_paths (const SrBackupOptions *options,
                              GPtrArray             *paths)
{
  for (guint i = 0; options->sqlite != NULL && options->sqlite[i] != NULL; i++)
    {
      g_autofree char *name = make_database_name (options->sqlite, i);

      g_ptr_array_add (paths, g_strconcat ("/" SR_BACKUP_DATABASE_FOLDER "/", name, NULL));
    }
  if (options->command != NULL)
    g_ptr_array_add (paths, g_strconcat ("/", get_command_name (options), NULL));
}

/* -- storing -- */

static struct timespec
get_now (SrBackup *self)
{
  gint64 ns = sr_clock_now_ns (sr_repo_get_clock (self->repo));

  return (struct timespec){ ns / 1000000000, (long) (ns % 1000000000) };
}

static SrEntry *
new_entry (SrBackup   *self,
           const char *name,
           SrEntryType type,
           guint32     mode)
{
  SrEntry *entry = sr_entry_new (name, type);

  entry->mode = mode;
  entry->uid = getuid ();
  entry->gid = getgid ();
  entry->links = 1;
  entry->mtime = get_now (self);
  entry->ctime = entry->mtime;
  return entry;
}

static void
take_virtual (GPtrArray   *list,
              SrEntry     *entry,
              SrSavedFile *file)
{
  SrVirtualFile *virtual = g_new0 (SrVirtualFile, 1);

  virtual->entry = entry;
  virtual->file = file;
  g_ptr_array_add (list, virtual);
}

/* What the original has of owner, mode and times; the copy has none of it. */
static void
set_metadata (SrEntry    *entry,
              const char *path)
{
  struct stat info;

  if (stat (path, &info) != 0)
    return;
  entry->mode = info.st_mode & 07777;
  entry->uid = info.st_uid;
  entry->gid = info.st_gid;
  entry->mtime = info.st_mtim;
  entry->ctime = info.st_ctim;
  entry->inode = info.st_ino;
}

static gboolean
save_copy (SrBackup     *self,
           SrSqliteCopy *copy,
           SrSavedFile **file,
           guint64      *size,
           GError      **error)
{
  const SrChunkSizes *sizes = &sr_repo_get_config (self->repo)->database_chunks;

  return sr_backup_read_fd (self, sr_sqlite_copy_get_fd (copy), sizes,
                            sr_sqlite_copy_get_size (copy), file, size,
                            error) == SR_BACKUP_READ_DONE;
}

/* -- the description -- */

static void
database_free (gpointer data)
{
  SrBackupDatabase *self = data;

  g_free (self->path);
  g_free (self->name);
  g_ptr_array_unref (self->tables);
  g_array_unref (self->counts);
  g_free (self);
}

static void
note_count (const char *table,
            guint64     n_records,
            gpointer    user_data)
{
  SrBackupDatabase *database = user_data;

  g_ptr_array_add (database->tables, g_strdup (table));
  g_array_append_val (database->counts, n_records);
}

/* What is stored is what is counted: the copy. */
static gboolean
describe_database (SrBackup     *self,
                   const char   *path,
                   const char   *name,
                   SrSqliteCopy *copy,
                   GError      **error)
{
  SrBackupDatabase *database;

  if (self->options->describe == NULL)
    return TRUE;
  if (self->described == NULL)
    self->described = g_ptr_array_new_with_free_func (database_free);
  database = g_new0 (SrBackupDatabase, 1);
  database->path = g_strdup (path);
  database->name = g_strdup (name);
  database->size = sr_sqlite_copy_get_size (copy);
  database->tables = g_ptr_array_new_with_free_func (g_free);
  database->counts = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_ptr_array_add (self->described, database);
  return sr_sqlite_count_tables (sr_sqlite_copy_get_fd (copy), note_count, database,
                                 self->cancellable, error);
}

static gboolean
save_text (SrBackup     *self,
           const char   *text,
           SrSavedFile **file,
           GError      **error)
{
  gsize left = strlen (text);

  *file =
      sr_saver_begin_file (self->saver, &sr_repo_get_config (self->repo)->database_chunks, left);
  while (left > 0)
    {
      gsize    room;
      gpointer buffer = sr_saver_get_buffer (self->saver, &room, error);

      if (buffer == NULL)
        return FALSE;
      room = MIN (room, left);
      memcpy (buffer, text, room);
      if (!sr_saver_commit_buffer (self->saver, room, error))
        return FALSE;
      text += room;
      left -= room;
    }
  return TRUE;
}

static gboolean
save_description (SrBackup *self,
                  GError  **error)
{
  g_autoptr (SrEntry)     entry = NULL;
  g_autoptr (SrSavedFile) file = NULL;
  g_autofree char        *text = NULL;

  if (self->options->describe == NULL)
    return TRUE;
  if (self->described == NULL)
    self->described = g_ptr_array_new_with_free_func (database_free);
  text = self->options->describe (self->described, self->options->describe_data, error);
  if (text == NULL)
    return FALSE;
  entry = new_entry (self, SR_BACKUP_DESCRIPTION, SR_ENTRY_FILE, 0600);
  if (!save_text (self, text, &file, error) ||
      !sr_saver_end_file (self->saver, &entry->size, error))
    return FALSE;
  take_virtual (self->at_root, g_steal_pointer (&entry), g_steal_pointer (&file));
  return TRUE;
}

static gboolean
save_named_database (SrBackup   *self,
                     const char *path,
                     const char *name,
                     GError    **error)
{
  g_autoptr (SrEntry)      entry = new_entry (self, name, SR_ENTRY_FILE, 0600);
  g_autoptr (SrSqliteCopy) copy = NULL;
  g_autoptr (SrSavedFile)  file = NULL;

  sr_progress_set_current (self->progress, path);
  set_metadata (entry, path);
  copy = sr_sqlite_copy_new (path, self->options->temp_dir, self->cancellable, error);
  if (copy == NULL || !save_copy (self, copy, &file, &entry->size, error) ||
      !sr_sqlite_copy_finish (copy, error) ||
      !describe_database (self, path, name, copy, error))
    {
      g_prefix_error (error, "The database %s cannot be backed up: ", path);
      return FALSE;
    }
  self->result->databases++;
  take_virtual (self->databases, g_steal_pointer (&entry), g_steal_pointer (&file));
  return TRUE;
}

static gboolean
read_command (SrBackup  *self,
              SrCommand *command,
              GError   **error)
{
  while (TRUE)
    {
      gsize    room;
      gssize   n;
      gpointer buffer = sr_saver_get_buffer (self->saver, &room, error);

      if (buffer == NULL)
        return FALSE;
      n = sr_command_read (command, buffer, room, self->cancellable, error);
      if (n <= 0)
        return n == 0;
      if (!sr_saver_commit_buffer (self->saver, (gsize) n, error))
        return FALSE;
      sr_progress_add (self->progress, (guint64) n, 0);
    }
}

static gboolean
save_command (SrBackup *self,
              GError  **error)
{
  const SrChunkSizes     *sizes = &sr_repo_get_config (self->repo)->database_chunks;
  g_autoptr (SrEntry)     entry = NULL;
  g_autoptr (SrSavedFile) file = NULL;
  g_autoptr (SrCommand)   command = NULL;

  entry = new_entry (self, get_command_name (self->options), SR_ENTRY_FILE, 0600);
  sr_progress_set_current (self->progress, entry->name);
  command = sr_command_new (self->options->command, error);
  if (command == NULL)
    return FALSE;
  file = sr_saver_begin_file (self->saver, sizes, 0);
  if (!read_command (self, command, error) ||
      !sr_command_finish (command, self->cancellable, error))
    {
      sr_saver_drop_file (self->saver);
      return FALSE;
    }
  if (!sr_saver_end_file (self->saver, &entry->size, error))
    return FALSE;
  sr_progress_add (self->progress, 0, 1);
  take_virtual (self->at_root, g_steal_pointer (&entry), g_steal_pointer (&file));
  return TRUE;
}

static int
compare_virtual (gconstpointer a,
                 gconstpointer b)
{
  const SrVirtualFile *const *first = a;
  const SrVirtualFile *const *second = b;

  return strcmp ((*first)->entry->name, (*second)->entry->name);
}

static gboolean
check_names (SrBackup *self,
             GError  **error)
{
  const char *name = get_command_name (self->options);
  gboolean    clash = self->options->sqlite != NULL && self->options->sqlite[0] != NULL &&
                   strcmp (name, SR_BACKUP_DATABASE_FOLDER) == 0;

  if (self->options->command == NULL || (sr_entry_name_is_safe (name) && !clash))
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
               "The command's output cannot be stored under the name “%s”; choose another", name);
  return FALSE;
}

gboolean
sr_backup_save_named (SrBackup *self,
                      GError  **error)
{
  const char *const *sqlite = self->options->sqlite;

  if (!check_names (self, error))
    return FALSE;
  for (guint i = 0; sqlite != NULL && sqlite[i] != NULL; i++)
    {
      g_autofree char *name = make_database_name (sqlite, i);

      if (!save_named_database (self, sqlite[i], name, error))
        return FALSE;
    }
  if (self->options->command != NULL && !save_command (self, error))
    return FALSE;
  if (!save_description (self, error))
    return FALSE;
  if (self->databases->len > 0)
    take_virtual (self->at_root, new_entry (self, SR_BACKUP_DATABASE_FOLDER, SR_ENTRY_DIR, 0700),
                  NULL);
  g_ptr_array_sort (self->databases, compare_virtual);
  g_ptr_array_sort (self->at_root, compare_virtual);
  return TRUE;
}

SrBackupRead
sr_backup_save_met_database (SrBackup     *self,
                             const char   *path,
                             SrSavedFile **file,
                             guint64      *size,
                             GError      **error)
{
  g_autoptr (SrSqliteCopy) copy = NULL;
  const SrChunkSizes      *sizes = &sr_repo_get_config (self->repo)->database_chunks;
  GError                  *reason = NULL;
  gboolean                 cancelled;

  g_mutex_lock (&self->database_open);
  copy = sr_sqlite_copy_new (path, self->options->temp_dir, self->cancellable, &reason);
  g_mutex_unlock (&self->database_open);
  if (copy != NULL)
    {
      SrBackupRead read = sr_backup_read_fd (self, sr_sqlite_copy_get_fd (copy), sizes,
                                             sr_sqlite_copy_get_size (copy), file, size, error);

      if (read != SR_BACKUP_READ_DONE || sr_sqlite_copy_finish (copy, &reason))
        return read;
      g_clear_pointer (file, sr_saved_file_unref);
    }
  cancelled = sr_error_is (reason, SR_ERROR_CANCELLED);
  g_propagate_error (error, reason);
  return cancelled ? SR_BACKUP_READ_ERROR : SR_BACKUP_READ_FAILED;
}

SrBackupRead
sr_backup_save_damaged_database (SrBackup     *self,
                                 const char   *path,
                                 SrSavedFile **file,
                                 guint64      *size,
                                 GError      **error)
{
  int          fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
  struct stat  info;
  SrBackupRead read = SR_BACKUP_READ_FAILED;

  if (fd < 0 || fstat (fd, &info) != 0)
    sr_set_error_errno (error, errno, "The database cannot be opened");
  else if (!S_ISREG (info.st_mode))
    g_set_error_literal (error, SR_ERROR, SR_ERROR_FAILED, "The database is no file any more");
  else
    read = sr_backup_read_fd (self, fd, &sr_repo_get_config (self->repo)->database_chunks,
                              (guint64) info.st_size, file, size, error);
  if (fd >= 0)
    close (fd);
  return read;
}
