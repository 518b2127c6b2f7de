/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-snapshot-writer.h"

#include "base/sr-error.h"
#include "base/sr-user.h"
#include "repo/sr-lock.h"
#include "repo/sr-saver.h"
#include "repo/sr-tree-builder.h"

#include <string.h>
#include <unistd.h>

#define FOLDER_MODE 0700
#define FILE_MODE   0600
#define INCOMPLETE  ".incomplete"
/* Deeper is nobody's backup. */
#define MAX_DEPTH 200

/* A file, link or folder of the snapshot until its tree is written. */
typedef struct
{
  SrEntry     *entry;
  SrSavedFile *file;     /* of a file */
  GPtrArray   *children; /* of a folder: Place */
  GHashTable  *by_name;  /* of a folder: names owned by the children's entries */
} Place;

struct _SrSnapshotWriter
{
  SrRepo           *repo;
  SrLock           *lock;
  SrSaver          *saver;
  SrSnapshot       *snapshot;
  SrSnapshotSummary summary;
  SrProgress       *progress;
  GCancellable     *cancellable;
  gboolean          dry_run;
  gboolean          finished;
  Place            *root;
  Place            *open;    /* the file that is being written */
  Place            *open_in; /* the folder it lies in */
};

static void
place_free (gpointer data)
{
  Place *self = data;

  sr_entry_free (self->entry);
  sr_saved_file_unref (self->file);
  g_clear_pointer (&self->by_name, g_hash_table_unref);
  g_clear_pointer (&self->children, g_ptr_array_unref);
  g_free (self);
}

static SrTime
get_now (SrRepo *repo)
{
  gint64 ns = sr_clock_now_ns (sr_repo_get_clock (repo));
  SrTime time = { { ns / 1000000000, (long) (ns % 1000000000) }, 0 };

  time.offset = sr_time_local_offset (time.ts.tv_sec);
  return time;
}

static SrEntry *
new_entry (SrSnapshotWriter *self,
           const char       *name,
           SrEntryType       type,
           gint64            mtime,
           guint32           mode)
{
  SrEntry *entry = sr_entry_new (name, type);

  entry->mode = mode & 0777;
  entry->uid = getuid ();
  entry->gid = getgid ();
  entry->links = 1;
  entry->mtime = self->summary.backup_start.ts;
  if (mtime != G_MININT64)
    entry->mtime = (struct timespec){ mtime, 0 };
  entry->ctime = entry->mtime;
  entry->atime = entry->mtime;
  return entry;
}

static Place *
new_folder (SrEntry *entry)
{
  Place *self = g_new0 (Place, 1);

  self->entry = entry;
  self->children = g_ptr_array_new_with_free_func (place_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

static void
add_child (Place *folder,
           Place *child)
{
  g_ptr_array_add (folder->children, child);
  g_hash_table_insert (folder->by_name, child->entry->name, child);
}

static gboolean
set_bad_path (const char *path,
              const char *why,
              GError    **error)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "“%s” cannot be stored: %s", shown, why);
  return FALSE;
}

static gboolean
set_taken (const char *path,
           GError    **error)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, SR_ERROR, SR_ERROR_EXISTS, "“%s” stands there twice", shown);
  return FALSE;
}

/* The folder that @path lies in, made as needed. @name: (out): the last component of @path */
static Place *
find_folder (SrSnapshotWriter *self,
             const char       *path,
             char            **name,
             GError          **error)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  guint          n = g_strv_length (parts);
  Place         *folder = self->root;

  /* a folder's own name may end with a slash */
  if (n > 1 && parts[n - 1][0] == '\0')
    n--;
  if (n == 0 || n > MAX_DEPTH)
    {
      set_bad_path (path, n == 0 ? "it has no name" : "its folders are nested too deep", error);
      return NULL;
    }
  for (guint i = 0; i < n; i++)
    {
      Place *next;

      if (!sr_entry_name_is_safe (parts[i]))
        {
          set_bad_path (path, "a part of it is no name", error);
          return NULL;
        }
      if (i == n - 1)
        break;
      next = g_hash_table_lookup (folder->by_name, parts[i]);
      if (next != NULL && next->children == NULL)
        {
          set_taken (path, error);
          return NULL;
        }
      if (next == NULL)
        {
          next = new_folder (new_entry (self, parts[i], SR_ENTRY_DIR, G_MININT64, FOLDER_MODE));
          add_child (folder, next);
        }
      folder = next;
    }
  *name = g_strdup (parts[n - 1]);
  return folder;
}

/* Returns: (transfer none): the new place of a file or link */
static Place *
add_place (SrSnapshotWriter *self,
           const char       *path,
           SrEntryType       type,
           gint64            mtime,
           guint32           mode,
           GError          **error)
{
  g_autofree char *name = NULL;
  Place           *folder = find_folder (self, path, &name, error);
  Place           *place;

  if (folder == NULL)
    return NULL;
  if (g_hash_table_contains (folder->by_name, name))
    {
      set_taken (path, error);
      return NULL;
    }
  place = g_new0 (Place, 1);
  place->entry = new_entry (self, name, type, mtime, mode);
  add_child (folder, place);
  self->open_in = folder;
  return place;
}

/* --- making one
 * --------------------------------------------------------------------------------- */

static SrSnapshot *
make_snapshot (SrSnapshotWriter              *self,
               const SrSnapshotWriterOptions *options)
{
  SrSnapshot *snapshot = sr_snapshot_new ();

  snapshot->time = options->time != NULL ? *options->time : self->summary.backup_start;
  g_strfreev (snapshot->paths);
  snapshot->paths = g_strdupv ((char **) options->paths);
  snapshot->hostname = g_strdup (options->host != NULL ? options->host : g_get_host_name ());
  snapshot->username = g_strdup (sr_get_user_name ());
  snapshot->uid = getuid ();
  snapshot->gid = getgid ();
  if (options->tags != NULL)
    {
      g_strfreev (snapshot->tags);
      snapshot->tags = g_strdupv ((char **) options->tags);
    }
  snapshot->program_version = g_strdup ("strongroom " SR_VERSION);
  return snapshot;
}

SrSnapshotWriter *
sr_snapshot_writer_new (SrRepo                        *repo,
                        const SrSnapshotWriterOptions *options,
                        SrProgress                    *progress,
                        GCancellable                  *cancellable,
                        GError                       **error)
{
  g_autoptr (SrSnapshotWriter) self = g_new0 (SrSnapshotWriter, 1);

  self->repo = g_object_ref (repo);
  self->dry_run = options->dry_run;
  self->progress = progress != NULL ? g_object_ref (progress) : NULL;
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->summary.backup_start = get_now (repo);
  self->root = new_folder (NULL);
  self->snapshot = make_snapshot (self, options);
  if (!sr_repo_check_writable (repo, error))
    return NULL;
  self->lock = sr_lock_acquire (repo, FALSE, 0, cancellable, error);
  if (self->lock == NULL || !sr_repo_load_index (repo, NULL, NULL, NULL, cancellable, error))
    return NULL;
  self->saver = sr_saver_new (repo, options->compression, options->dry_run, cancellable, error);
  return self->saver != NULL ? g_steal_pointer (&self) : NULL;
}

void
sr_snapshot_writer_free (SrSnapshotWriter *self)
{
  if (self == NULL)
    return;
  /* whole packs are indexed, so that the next try need not store them again */
  if (self->saver != NULL && !self->finished)
    sr_saver_finish (self->saver, TRUE, NULL);
  place_free (self->root);
  g_clear_pointer (&self->saver, sr_saver_free);
  g_clear_pointer (&self->snapshot, sr_snapshot_free);
  g_clear_pointer (&self->lock, sr_lock_release);
  g_clear_object (&self->progress);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->repo);
  g_free (self);
}

/* --- entries
 * ------------------------------------------------------------------------------------ */

gboolean
sr_snapshot_writer_begin (SrSnapshotWriter *self,
                          const char       *path,
                          gint64            mtime,
                          guint32           mode,
                          gboolean          database,
                          GError          **error)
{
  const SrConfig *config = sr_repo_get_config (self->repo);

  self->open = add_place (self, path, SR_ENTRY_FILE, mtime, mode != 0 ? mode : FILE_MODE, error);
  if (self->open == NULL)
    return FALSE;
  sr_progress_set_current (self->progress, path);
  self->open->file = sr_saver_begin_file (
      self->saver, database ? &config->database_chunks : &sr_chunk_sizes_files, 0);
  return TRUE;
}

gboolean
sr_snapshot_writer_write (SrSnapshotWriter *self,
                          gconstpointer     data,
                          gsize             size,
                          GError          **error)
{
  if (!sr_saver_write (self->saver, data, size, error))
    return FALSE;
  sr_progress_add (self->progress, size, 0);
  return TRUE;
}

gboolean
sr_snapshot_writer_end (SrSnapshotWriter *self,
                        guint64          *size,
                        GError          **error)
{
  Place *place = g_steal_pointer (&self->open);

  if (!sr_saver_end_file (self->saver, &place->entry->size, error))
    return FALSE;
  self->summary.total_files_processed++;
  self->summary.files_new++;
  self->summary.total_bytes_processed += place->entry->size;
  sr_progress_add (self->progress, 0, 1);
  if (size != NULL)
    *size = place->entry->size;
  return TRUE;
}

gboolean
sr_snapshot_writer_end_incomplete (SrSnapshotWriter *self,
                                   GError          **error)
{
  SrEntry         *entry = self->open->entry;
  g_autofree char *name = g_strdup (entry->name);

  g_hash_table_remove (self->open_in->by_name, entry->name);
  do
    {
      g_autofree char *longer = g_strconcat (name, INCOMPLETE, NULL);

      g_free (name);
      name = g_steal_pointer (&longer);
    }
  while (g_hash_table_contains (self->open_in->by_name, name));
  g_free (entry->name);
  entry->name = g_steal_pointer (&name);
  g_hash_table_insert (self->open_in->by_name, entry->name, self->open);
  return sr_snapshot_writer_end (self, NULL, error);
}

gboolean
sr_snapshot_writer_add_stream (SrSnapshotWriter *self,
                               const char       *path,
                               gint64            mtime,
                               guint32           mode,
                               gboolean          database,
                               GInputStream     *stream,
                               GError          **error)
{
  if (!sr_snapshot_writer_begin (self, path, mtime, mode, database, error))
    return FALSE;
  while (TRUE)
    {
      gsize    room;
      gpointer buffer = sr_saver_get_buffer (self->saver, &room, error);
      gssize   n;

      if (buffer == NULL)
        return FALSE;
      n = g_input_stream_read (stream, buffer, room, self->cancellable, error);
      if (n < 0)
        {
          sr_saver_drop_file (self->saver);
          return FALSE;
        }
      if (n == 0)
        return sr_snapshot_writer_end (self, NULL, error);
      if (!sr_saver_commit_buffer (self->saver, (gsize) n, error))
        return FALSE;
      sr_progress_add (self->progress, (guint64) n, 0);
    }
}

gboolean
sr_snapshot_writer_add_folder (SrSnapshotWriter *self,
                               const char       *path,
                               gint64            mtime,
                               guint32           mode,
                               GError          **error)
{
  g_autofree char *name = NULL;
  Place           *folder = find_folder (self, path, &name, error);
  Place           *place;

  if (folder == NULL)
    return FALSE;
  place = g_hash_table_lookup (folder->by_name, name);
  if (place != NULL && place->children == NULL)
    return set_taken (path, error);
  if (place == NULL)
    {
      place = new_folder (new_entry (self, name, SR_ENTRY_DIR, mtime, FOLDER_MODE));
      add_child (folder, place);
    }
  else if (mtime != G_MININT64)
    place->entry->mtime = (struct timespec){ mtime, 0 };
  if (mode != 0)
    place->entry->mode = mode & 0777;
  return TRUE;
}

gboolean
sr_snapshot_writer_add_link (SrSnapshotWriter *self,
                             const char       *path,
                             gint64            mtime,
                             const char       *target,
                             GError          **error)
{
  Place *place = add_place (self, path, SR_ENTRY_SYMLINK, mtime, 0777, error);

  if (place == NULL)
    return FALSE;
  place->entry->link_target = g_strdup (target);
  return TRUE;
}

/* --- a stream into the open file
 * ---------------------------------------------------------------- */

#define SR_TYPE_WRITER_STREAM (sr_writer_stream_get_type ())
G_DECLARE_FINAL_TYPE (SrWriterStream, sr_writer_stream, SR, WRITER_STREAM, GOutputStream)

struct _SrWriterStream
{
  GOutputStream     parent_instance;
  SrSnapshotWriter *writer;
};

G_DEFINE_FINAL_TYPE (SrWriterStream, sr_writer_stream, G_TYPE_OUTPUT_STREAM)

static gssize
writer_stream_write (GOutputStream *stream,
                     const void    *buffer,
                     gsize          count,
                     GCancellable  *cancellable,
                     GError       **error)
{
  SrWriterStream *self = SR_WRITER_STREAM (stream);

  return sr_snapshot_writer_write (self->writer, buffer, count, error) ? (gssize) count : -1;
}

static void
sr_writer_stream_class_init (SrWriterStreamClass *class)
{
  G_OUTPUT_STREAM_CLASS (class)->write_fn = writer_stream_write;
}

static void
sr_writer_stream_init (SrWriterStream *self)
{
}

GOutputStream *
sr_snapshot_writer_get_stream (SrSnapshotWriter *self)
{
  SrWriterStream *stream = g_object_new (SR_TYPE_WRITER_STREAM, NULL);

  stream->writer = self;
  return G_OUTPUT_STREAM (stream);
}

/* --- the end
 * ------------------------------------------------------------------------------------ */

static int
compare_places (gconstpointer a,
                gconstpointer b)
{
  const Place *const *first = a;
  const Place *const *second = b;

  return strcmp ((*first)->entry->name, (*second)->entry->name);
}

/* Depth is bounded by MAX_DEPTH. */
static gboolean
build_folder (SrTreeBuilder *builder,
              Place         *folder,
              GError       **error)
{
  if (!sr_tree_builder_enter (builder, g_steal_pointer (&folder->entry), NULL, error))
    return FALSE;
  g_ptr_array_sort (folder->children, compare_places);
  for (guint i = 0; i < folder->children->len; i++)
    {
      Place   *place = g_ptr_array_index (folder->children, i);
      gboolean ok;

      if (place->children != NULL)
        ok = build_folder (builder, place, error);
      else
        ok = sr_tree_builder_add (builder, g_steal_pointer (&place->entry),
                                  g_steal_pointer (&place->file), error);
      if (!ok)
        return FALSE;
    }
  return sr_tree_builder_leave (builder, error);
}

static void
fill_summary (SrSnapshotWriter *self,
              SrTreeBuilder    *builder,
              SrBackupResult   *result)
{
  SrTreeBuilderStats folders;
  SrSaverStats       stats;

  sr_tree_builder_get_stats (builder, &folders);
  sr_saver_get_stats (self->saver, &stats);
  self->summary.backup_end = get_now (self->repo);
  self->summary.dirs_new = folders.dirs_new;
  self->summary.data_blobs = stats.data_blobs;
  self->summary.tree_blobs = stats.tree_blobs;
  self->summary.data_added = stats.data_added;
  self->summary.data_added_packed = stats.data_added_packed;
  self->snapshot->has_summary = TRUE;
  self->snapshot->summary = self->summary;
  result->packs = stats.packs;
}

gboolean
sr_snapshot_writer_commit (SrSnapshotWriter *self,
                           SrBackupResult   *result,
                           GError          **error)
{
  g_autoptr (SrTreeBuilder) builder = NULL;

  if (self->open != NULL)
    {
      g_autofree char *shown = g_filename_display_name (self->open->entry->name);

      g_set_error (error, SR_ERROR, SR_ERROR_INCOMPLETE, "“%s” was not written to its end", shown);
      return FALSE;
    }
  builder = sr_tree_builder_new (self->saver);
  if (!build_folder (builder, self->root, error) ||
      !sr_tree_builder_finish (builder, &self->snapshot->tree, error))
    return FALSE;
  self->finished = TRUE;
  if (!sr_saver_finish (self->saver, FALSE, error))
    return FALSE;
  fill_summary (self, builder, result);
  if (!self->dry_run &&
      (!sr_saver_check_packs (self->saver, self->cancellable, error) ||
       !sr_lock_check (self->lock, self->cancellable, error) ||
       !sr_repo_save_snapshot (self->repo, self->snapshot, self->cancellable, error)))
    return FALSE;
  result->snapshot = g_steal_pointer (&self->snapshot);
  return TRUE;
}
