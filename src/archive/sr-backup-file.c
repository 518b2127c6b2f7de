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
#include "archive/sr-imported-view.h"
#include "base/sr-error.h"
#include "base/sr-json.h"

#define MAX_LOST_NAMES 3

G_DEFINE_FINAL_TYPE (SrBackupFile, sr_backup_file, G_TYPE_OBJECT)

/* In the order they are asked; what is told by names of entries comes before what is told by first
 * bytes, and the last one takes all. */
static const SrKind *const kinds[] = {
  &sr_kind_strongroom,
  &sr_kind_rayerp,
  &sr_kind_pos,
  &sr_kind_webeenthere_tar,
  &sr_kind_lpgnexus,
  &sr_kind_webeenthere,
  &sr_kind_sql,
  &sr_kind_sqlite,
  &sr_kind_mongodump,
  &sr_kind_pos_encrypted,
  &sr_kind_json,
  &sr_kind_csv,
  &sr_kind_collection,
  &sr_kind_archive,
  &sr_kind_unknown,
};

const char *
sr_backup_kind_name (SrBackupKind kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (kinds[i]->kind == kind)
      return kinds[i]->name;
  return "unknown";
}

static void
collection_free (gpointer data)
{
  SrBackupCollection *collection = data;

  g_free (collection->name);
  g_free (collection->entry);
  g_free (collection);
}

/* --- what kinds are made with ----------------------------------------------------------------- */

void
sr_backup_file_fail (SrBackupFile *self,
                     GError       *reason)
{
  if (self->error == NULL)
    self->error = reason;
  else
    g_error_free (reason);
}

void
sr_backup_file_set_title (SrBackupFile *self,
                          const char   *format,
                          ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_free (self->title);
  self->title = g_strdup_vprintf (format, arguments);
  va_end (arguments);
}

void
sr_backup_file_add_fact (SrBackupFile *self,
                         const char   *name,
                         const char   *text)
{
  if (text == NULL)
    return;
  /* what a reader finds later may have stood in the head of the file */
  for (guint i = 0; i + 1 < self->facts->len; i += 2)
    if (strcmp (g_ptr_array_index (self->facts, i), name) == 0)
      {
        g_free (g_ptr_array_index (self->facts, i + 1));
        g_ptr_array_index (self->facts, i + 1) = g_utf8_make_valid (text, -1);
        return;
      }
  g_ptr_array_add (self->facts, g_strdup (name));
  g_ptr_array_add (self->facts, g_utf8_make_valid (text, -1));
}

SrBackupCollection *
sr_backup_file_add_collection (SrBackupFile *self,
                               const char   *name,
                               gint64        count,
                               const char   *entry)
{
  SrBackupCollection *collection = g_new0 (SrBackupCollection, 1);

  collection->name = g_utf8_make_valid (name, -1);
  collection->count = count;
  collection->entry = g_strdup (entry);
  g_ptr_array_add (self->collections, collection);
  return collection;
}

SrBackupCollection *
sr_backup_file_find_collection (SrBackupFile *self,
                                const char   *name)
{
  for (guint i = 0; i < self->collections->len; i++)
    {
      SrBackupCollection *collection = g_ptr_array_index (self->collections, i);

      if (strcmp (collection->name, name) == 0)
        return collection;
    }
  return NULL;
}

static const char *
name_of (gconstpointer container,
         guint         index)
{
  return sr_container_get_entry ((SrContainer *) container, index)->name;
}

static void
index_names (SrBackupFile *self,
             SrContainer  *container)
{
  guint n = sr_container_get_n_entries (container);

  self->names = sr_name_table_new (n, name_of, container);
  for (guint i = 0; i < n; i++)
    if (sr_container_get_entry (container, i)->type == SR_ENTRY_FILE)
      sr_name_table_add (self->names, i);
}

gboolean
sr_backup_file_find (SrBackupFile *self,
                     const char   *name,
                     guint        *index)
{
  if (self->names == NULL)
    index_names (self, self->container != NULL ? self->container : self->outer);
  return sr_name_table_find (self->names, name, index);
}

void
sr_backup_file_set_container (SrBackupFile *self,
                              SrContainer  *container)
{
  g_clear_pointer (&self->names, sr_name_table_free);
  g_set_object (&self->container, container);
}

/* --- opening ---------------------------------------------------------------------------------- */

/* The only file of a container, or G_MAXUINT. */
static guint
find_single (SrContainer *container)
{
  guint n = sr_container_get_n_entries (container);
  guint found = G_MAXUINT;

  for (guint i = 0; i < n; i++)
    {
      if (sr_container_get_entry (container, i)->type != SR_ENTRY_FILE)
        continue;
      if (found != G_MAXUINT)
        return G_MAXUINT;
      found = i;
    }
  return found;
}

static guint64
size_of_all (SrContainer *container)
{
  guint   n = sr_container_get_n_entries (container);
  guint64 sum = 0;

  for (guint i = 0; i < n; i++)
    {
      guint64 size = sr_container_get_entry (container, i)->size;

      if (size != SR_SIZE_UNKNOWN)
        sum += size;
    }
  return sum;
}

static gboolean
stops (const GError *reason)
{
  return !sr_error_is (reason, SR_ERROR_DAMAGED) && !sr_error_is (reason, SR_ERROR_INVALID) &&
         !sr_error_is (reason, SR_ERROR_UNSUPPORTED);
}

static gboolean
look_at_single (SrBackupFile *self,
                GCancellable *cancellable,
                GError      **error)
{
  g_autoptr (GError) reason = NULL;

  self->single = find_single (self->outer);
  if (self->single == G_MAXUINT)
    return TRUE;
  self->head = g_malloc (SR_HEAD_SIZE);
  self->n_head = SR_HEAD_SIZE;
  sr_container_read_head (self->outer, self->single, self->head, &self->n_head, cancellable,
                          &reason);
  self->type = sr_head_guess (self->head, self->n_head);
  if (reason == NULL)
    return TRUE;
  if (!stops (reason))
    {
      sr_backup_file_fail (self, g_steal_pointer (&reason));
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

static gboolean
find_kind (SrBackupFile *self,
           GCancellable *cancellable,
           GError      **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds) && self->kind == NULL; i++)
    if (kinds[i]->matches (self))
      self->kind = kinds[i];
  self->title = g_strdup (self->kind->title);
  if (self->outer != NULL && sr_archive_container_get_damage (self->outer) != NULL)
    sr_backup_file_fail (self, g_error_copy (sr_archive_container_get_damage (self->outer)));
  if (self->kind->open != NULL && !self->kind->open (self, cancellable, error))
    return FALSE;
  if (self->container == NULL && self->outer != NULL)
    sr_backup_file_set_container (self, self->outer);
  return TRUE;
}

static SrBackupFile *
new_file (const SrBackupFileOptions *options)
{
  SrBackupFile *self = g_object_new (SR_TYPE_BACKUP_FILE, NULL);

  self->guard = sr_guard_new (options != NULL ? options->limits : NULL);
  if (options == NULL)
    return self;
  self->temp_dir = g_strdup (options->temp_dir);
  self->ask_key = options->ask_key;
  self->user_data = options->user_data;
  return self;
}

/* A file that cannot be opened as what its first bytes say is kept as a file, with the reason. */
static gboolean
open_file (SrBackupFile *self,
           const char   *path,
           GCancellable *cancellable,
           GError      **error)
{
  g_autoptr (GError) reason = NULL;

  self->outer = sr_backup_open_container (fcntl (self->fd, F_DUPFD_CLOEXEC, 3), path, self->guard,
                                          cancellable, &reason);
  if (self->outer != NULL && sr_container_get_n_entries (self->outer) == 0 &&
      !SR_IS_ZIP_READER (self->outer))
    g_clear_object (&self->outer);
  if (self->outer != NULL)
    return TRUE;
  if (reason != NULL && stops (reason))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  if (reason != NULL)
    sr_backup_file_fail (self, g_steal_pointer (&reason));
  self->outer = sr_file_container_new (fcntl (self->fd, F_DUPFD_CLOEXEC, 3), path, error);
  return self->outer != NULL;
}

static gboolean
open_path (SrBackupFile *self,
           const char   *path,
           GCancellable *cancellable,
           GError      **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  struct stat      st;

  self->fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (self->fd < 0 || fstat (self->fd, &st) != 0)
    {
      sr_set_error_errno (error, errno, "Opening “%s”", shown);
      return FALSE;
    }
  if (S_ISDIR (st.st_mode))
    {
      close (self->fd);
      self->fd = -1;
      self->outer = sr_folder_container_new (path, self->guard, cancellable, error);
      if (self->outer != NULL)
        self->size = size_of_all (self->outer);
      return self->outer != NULL;
    }
  if (!S_ISREG (st.st_mode))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "“%s” is neither a file nor a folder", shown);
      return FALSE;
    }
  self->size = (guint64) st.st_size;
  self->opened = st;
  if (!open_file (self, path, cancellable, error))
    {
      g_prefix_error (error, "“%s”: ", shown);
      return FALSE;
    }
  return TRUE;
}

gboolean
sr_backup_file_check_unchanged (SrBackupFile *self,
                                GError      **error)
{
  const struct stat *was = &self->opened;
  g_autofree char   *shown = NULL;
  struct stat        now;
  struct stat        named;

  if (self->fd < 0)
    return TRUE;
  if (fstat (self->fd, &now) == 0 && now.st_size == was->st_size &&
      now.st_mtim.tv_sec == was->st_mtim.tv_sec && now.st_mtim.tv_nsec == was->st_mtim.tv_nsec &&
      (stat (self->path, &named) != 0 ||
       (named.st_dev == was->st_dev && named.st_ino == was->st_ino)))
    return TRUE;
  shown = g_filename_display_name (self->path);
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
               "“%s” changed while it was read, so that nothing can be said of it. Begin anew when "
               "whoever writes it has ended",
               shown);
  return FALSE;
}

/* What was lost before it came into a vault is so in the vault, where all that is left is sound. */
static void
note_lost (SrBackupFile *self,
           JsonArray    *lost)
{
  guint               n = lost != NULL ? json_array_get_length (lost) : 0;
  g_autoptr (GString) names = g_string_new (NULL);

  if (n == 0)
    return;
  for (guint i = 0; i < MIN (n, MAX_LOST_NAMES); i++)
    {
      JsonNode        *node = json_array_get_element (lost, i);
      const char      *name = json_node_get_value_type (node) == G_TYPE_STRING
                                  ? json_node_get_string (node)
                                  : "?";
      g_autofree char *shown = sr_guard_show_name (name);

      g_string_append_printf (names, "%s“%s”", i > 0 ? ", " : "", shown);
    }
  sr_backup_file_fail (self, g_error_new (SR_ERROR, SR_ERROR_DAMAGED,
                                          "It was broken when it was imported: %s%s could not be "
                                          "read whole",
                                          names->str, n > MAX_LOST_NAMES ? " and others" : ""));
}

/* What was found then, where nothing of the container is left in which to find it again. */
static void
note_verdict (SrBackupFile *self,
              JsonObject   *verdict)
{
  const char *level = verdict != NULL ? sr_json_string_or (verdict, "verdict", NULL) : NULL;
  const char *sentence = level != NULL ? sr_json_string_or (verdict, "sentence", "") : NULL;
  const char *mark = "Broken: ";

  if (g_strcmp0 (level, sr_verdict_level_name (SR_VERDICT_BROKEN)) != 0)
    return;
  if (g_str_has_prefix (sentence, mark))
    sentence += strlen (mark);
  self->was_broken = sr_guard_show_name (sentence);
}

/* A backup file that was imported is what it was before. */
static gboolean
look_behind_import (SrBackupFile *self,
                    GCancellable *cancellable,
                    GError      **error)
{
  g_autoptr (GError)     reason = NULL;
  g_autoptr (JsonObject) record = NULL;
  SrContainer           *view;

  view = sr_imported_view_new (self->outer, &record, cancellable, &reason);
  if (reason != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  if (view == NULL)
    return TRUE;
  g_object_unref (self->outer);
  self->outer = view;
  self->imported = TRUE;
  sr_backup_file_add_fact (self, "imported", sr_json_string_or (record, "name", NULL));
  sr_backup_file_add_fact (self, "sha256", sr_json_string_or (record, "sha256", NULL));
  note_lost (self, sr_json_array_or_null (record, "lost"));
  if (self->error == NULL)
    note_verdict (self, sr_json_object_or_null (record, "verdict"));
  return TRUE;
}

static gboolean
find_out (SrBackupFile *self,
          GCancellable *cancellable,
          GError      **error)
{
  return look_behind_import (self, cancellable, error) &&
         look_at_single (self, cancellable, error) && find_kind (self, cancellable, error);
}

SrBackupFile *
sr_backup_file_open (const char                *path,
                     const SrBackupFileOptions *options,
                     GCancellable              *cancellable,
                     GError                   **error)
{
  g_autoptr (SrBackupFile) self = new_file (options);

  self->path = g_strdup (path);
  if (!open_path (self, path, cancellable, error) || !find_out (self, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}

SrBackupFile *
sr_backup_file_open_container (SrContainer               *container,
                               const SrBackupFileOptions *options,
                               GCancellable              *cancellable,
                               GError                   **error)
{
  g_autoptr (SrBackupFile) self = new_file (options);

  self->outer = g_object_ref (container);
  self->size = size_of_all (container);
  if (!find_out (self, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* --- asking ----------------------------------------------------------------------------------- */

SrBackupKind
sr_backup_file_get_kind (SrBackupFile *self)
{
  return self->kind->kind;
}

const char *
sr_backup_file_get_title (SrBackupFile *self)
{
  return self->title;
}

const char *
sr_backup_file_get_type_name (SrBackupFile *self)
{
  return self->type_name;
}

const char *
sr_backup_file_get_created (SrBackupFile *self)
{
  return self->created;
}

const GError *
sr_backup_file_get_error (SrBackupFile *self)
{
  return self->error;
}

GPtrArray *
sr_backup_file_get_left_out (SrBackupFile *self)
{
  GPtrArray             *sentences = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->problems->len; i++)
    {
      GPtrArray *of_one = g_ptr_array_index (self->problems, i);

      for (guint j = 0; j < of_one->len; j++)
        if (g_hash_table_add (seen, g_ptr_array_index (of_one, j)))
          g_ptr_array_add (sentences, g_strdup (g_ptr_array_index (of_one, j)));
    }
  return sentences;
}

guint64
sr_backup_file_get_size (SrBackupFile *self)
{
  return self->size;
}

SrBackupEncryption
sr_backup_file_get_encryption (SrBackupFile *self)
{
  return self->encryption;
}

GPtrArray *
sr_backup_file_get_facts (SrBackupFile *self)
{
  return self->facts;
}

SrContainer *
sr_backup_file_get_container (SrBackupFile *self)
{
  return self->container;
}

GPtrArray *
sr_backup_file_get_collections (SrBackupFile *self)
{
  return self->collections;
}

SrRecordReader *
sr_backup_file_read (SrBackupFile *self,
                     const char   *collection,
                     GCancellable *cancellable,
                     GError      **error)
{
  if (self->kind->read == NULL)
    {
      if (self->error != NULL)
        g_propagate_error (error, g_error_copy (self->error));
      else
        g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                     "Records are not read from this kind of file (%s)", self->title);
      return NULL;
    }
  if (self->container == NULL ||
      (self->encryption == SR_ENCRYPTION_LOCKED && self->kind->kind != SR_BACKUP_RAYERP))
    {
      if (self->error != NULL)
        g_propagate_error (error, g_error_copy (self->error));
      else
        g_set_error (error, SR_ERROR, SR_ERROR_WRONG_PASSWORD,
                     "The backup is encrypted, and no key that fits was given");
      return NULL;
    }
  return self->kind->read (self, collection, cancellable, error);
}

static void
sr_backup_file_finalize (GObject *object)
{
  SrBackupFile *self = SR_BACKUP_FILE (object);

  if (self->free_data != NULL)
    self->free_data (self->data);
  g_clear_object (&self->container);
  g_clear_object (&self->outer);
  g_clear_pointer (&self->names, sr_name_table_free);
  g_clear_pointer (&self->guard, sr_guard_unref);
  g_clear_error (&self->error);
  if (self->fd >= 0)
    close (self->fd);
  g_ptr_array_unref (self->facts);
  g_ptr_array_unref (self->collections);
  g_ptr_array_unref (self->problems);
  g_mutex_clear (&self->lock);
  g_free (self->temp_dir);
  g_free (self->path);
  g_free (self->was_broken);
  g_free (self->head);
  g_free (self->title);
  g_free (self->type_name);
  g_free (self->created);
  G_OBJECT_CLASS (sr_backup_file_parent_class)->finalize (object);
}

static void
sr_backup_file_class_init (SrBackupFileClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sr_backup_file_finalize;
}

static void
sr_backup_file_init (SrBackupFile *self)
{
  self->fd = -1;
  self->single = G_MAXUINT;
  self->facts = g_ptr_array_new_with_free_func (g_free);
  self->problems = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  g_mutex_init (&self->lock);
  self->collections = g_ptr_array_new_with_free_func (collection_free);
}
