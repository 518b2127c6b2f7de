/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-import.h"

#include "base/sr-error.h"
#include "crypto/sr-digest.h"
#include "job/sr-snapshot-writer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RECORD_NAME     "strongroom.json"
#define DATABASE_FOLDER "database/"
#define FILES_FOLDER    "files/"
#define FORMAT          1
#define PIECE           ((gsize) 256 * 1024)

/* Shares of the progress. */
#define WEIGHT_JUDGE 40
#define WEIGHT_STORE 60
#define WEIGHT_TOTAL 100

typedef struct
{
  SrBackupFile          *file;
  const SrImportOptions *options;
  SrSnapshotWriter      *writer;
  GHashTable            *databases; /* names of entries that hold records; not owned */
  JsonArray             *lost;      /* names of entries that could not be read whole */
  GCancellable          *cancellable;
} Import;

/* --- the record
 * --------------------------------------------------------------------------------- */

/* Returns: (transfer full) (nullable): of the file, in hexadecimal; %NULL of a folder */
static gboolean
digest_file (const char   *path,
             char        **sha256,
             GCancellable *cancellable,
             GError      **error)
{
  g_autoptr (SrDigest) digest = sr_digest_new ();
  g_autofree guint8   *buffer = g_malloc (1 << 20);
  g_autofree char     *shown = g_filename_display_name (path);
  int                  fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  struct stat          st;
  SrId                 id;
  gssize               n = 0;

  *sha256 = NULL;
  if (fd < 0 || fstat (fd, &st) != 0)
    {
      sr_set_error_errno (error, errno, "Opening “%s”", shown);
      if (fd >= 0)
        close (fd);
      return FALSE;
    }
  while (S_ISREG (st.st_mode) && !sr_check_cancelled (cancellable, error) &&
         ((n = read (fd, buffer, 1 << 20)) > 0 || (n < 0 && errno == EINTR)))
    if (n > 0)
      sr_digest_update (digest, buffer, (gsize) n);
  if (n < 0)
    sr_set_error_errno (error, errno, "Reading “%s”", shown);
  close (fd);
  if (n != 0)
    return FALSE;
  if (S_ISREG (st.st_mode))
    {
      sr_digest_finish (digest, &id);
      *sha256 = g_malloc (SR_ID_HEX_SIZE);
      sr_id_to_hex (&id, *sha256);
    }
  return TRUE;
}

static void
add_string (JsonObject *object,
            const char *member,
            const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, member, value);
}

static JsonObject *
make_counts (SrBackupFile *file)
{
  GPtrArray  *collections = sr_backup_file_get_collections (file);
  JsonObject *counts = json_object_new ();

  for (guint i = 0; i < collections->len; i++)
    {
      const SrBackupCollection *one = g_ptr_array_index (collections, i);

      if (one->count >= 0)
        json_object_set_int_member (counts, one->name, one->count);
    }
  return counts;
}

/* What docs/vault-format.md describes. Returns: (transfer full) */
static char *
make_record (Import     *self,
             SrVerdict  *verdict,
             const char *sha256)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject          *object = json_object_new ();
  g_autofree char     *name = NULL;
  g_autofree char     *shown = NULL;

  if (self->options->path != NULL)
    {
      name = g_path_get_basename (self->options->path);
      shown = g_filename_display_name (name);
    }
  json_object_set_int_member (object, "format", FORMAT);
  add_string (object, "program", "strongroom " SR_VERSION);
  add_string (object, "kind", sr_backup_kind_name (sr_backup_file_get_kind (self->file)));
  add_string (object, "title", sr_backup_file_get_title (self->file));
  add_string (object, "type", sr_backup_file_get_type_name (self->file));
  add_string (object, "created", sr_backup_file_get_created (self->file));
  add_string (object, "name", shown);
  json_object_set_int_member (object, "size", (gint64) sr_backup_file_get_size (self->file));
  add_string (object, "sha256", sha256);
  json_object_set_object_member (object, "collections", make_counts (self->file));
  json_object_set_member (object, "verdict", sr_verdict_to_json (verdict));
  if (json_array_get_length (self->lost) > 0)
    json_object_set_array_member (object, "lost", json_array_ref (self->lost));
  json_node_take_object (node, object);
  return json_to_string (node, TRUE);
}

/* --- storing
 * ------------------------------------------------------------------------------------ */

/* Whether @reason is about an entry, and others may be sound. */
static gboolean
is_of_entry (const GError *reason)
{
  return sr_error_is (reason, SR_ERROR_DAMAGED) || sr_error_is (reason, SR_ERROR_INVALID) ||
         sr_error_is (reason, SR_ERROR_UNSUPPORTED) || sr_error_is (reason, SR_ERROR_EXISTS);
}

/* Takes @reason. Returns: %FALSE with @error if it is one to stop for */
static gboolean
note_lost (Import     *self,
           const char *name,
           GError     *reason,
           GError    **error)
{
  g_autoptr (GError) owned = reason;
  g_autofree char   *valid = g_utf8_make_valid (name, -1);

  if (!is_of_entry (owned))
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&owned), "Storing “%s”: ", valid);
      return FALSE;
    }
  json_array_add_string_element (self->lost, valid);
  if (self->options->report != NULL)
    self->options->report (name, "failed", 0, owned, self->options->user_data);
  return TRUE;
}

/* What was broken before stays so; all that can be read is stored. */
static gboolean
store_readable (Import                 *self,
                const char             *path,
                const SrContainerEntry *entry,
                gboolean                database,
                GInputStream           *stream,
                GError                **error)
{
  g_autofree guint8 *piece = NULL;
  GError            *reason = NULL;
  gssize             n;

  if (!sr_snapshot_writer_begin (self->writer, path, entry->mtime, entry->mode, database, &reason))
    return note_lost (self, entry->name, reason, error);
  piece = g_malloc (PIECE);
  while ((n = g_input_stream_read (stream, piece, PIECE, self->cancellable, &reason)) > 0)
    if (!sr_snapshot_writer_write (self->writer, piece, (gsize) n, error))
      return FALSE;
  if (n == 0)
    return sr_snapshot_writer_end (self->writer, NULL, error);
  return note_lost (self, entry->name, reason, error) &&
         sr_snapshot_writer_end_incomplete (self->writer, error);
}

static gboolean
store_entry (SrContainer            *container,
             guint                   index,
             const SrContainerEntry *entry,
             GInputStream           *stream,
             gpointer                user_data,
             GError                **error)
{
  Import          *self = user_data;
  gboolean         database = g_hash_table_contains (self->databases, entry->name);
  g_autofree char *path =
      g_strconcat (database ? DATABASE_FOLDER : FILES_FOLDER, entry->name, NULL);
  gboolean ok = TRUE;

  if (entry->type == SR_ENTRY_FILE && self->options->accept)
    return store_readable (self, path, entry, database, stream, error);
  if (entry->type == SR_ENTRY_FILE)
    ok = sr_snapshot_writer_add_stream (self->writer, path, entry->mtime, entry->mode, database,
                                        stream, error);
  else if (entry->type == SR_ENTRY_DIR)
    ok = sr_snapshot_writer_add_folder (self->writer, path, entry->mtime, entry->mode, error);
  else if (entry->type == SR_ENTRY_SYMLINK)
    ok = sr_snapshot_writer_add_link (self->writer, path, entry->mtime, entry->link_target, error);
  else
    return TRUE;
  if (!ok)
    {
      g_prefix_error (error, "Storing “%s”: ", entry->name);
      return FALSE;
    }
  if (self->options->report != NULL)
    self->options->report (path, "new", entry->size != SR_SIZE_UNKNOWN ? entry->size : 0, NULL,
                           self->options->user_data);
  return TRUE;
}

/* Entry by entry, so that one that cannot be opened does not stop the others. Of an archive that is
 * read from its beginning nothing is to be had behind the damage. */
static gboolean
store_what_is_left (Import  *self,
                    GError **error)
{
  SrContainer *container = sr_backup_file_get_container (self->file);
  guint        n = sr_container_get_n_entries (container);
  GError      *reason = NULL;

  if (SR_CONTAINER_GET_IFACE (container)->visit != NULL)
    return sr_container_visit (container, store_entry, self, self->cancellable, &reason) ||
           note_lost (self, "what follows", reason, error);
  for (guint i = 0; i < n; i++)
    {
      const SrContainerEntry  *entry = sr_container_get_entry (container, i);
      g_autoptr (GInputStream) stream = NULL;

      if (entry->type == SR_ENTRY_FILE)
        stream = sr_container_open_entry (container, i, self->cancellable, &reason);
      if (reason == NULL)
        store_entry (container, i, entry, stream, self, &reason);
      if (reason != NULL && !note_lost (self, entry->name, g_steal_pointer (&reason), error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_record (Import     *self,
            const char *record,
            GError    **error)
{
  return sr_snapshot_writer_begin (self->writer, RECORD_NAME, G_MININT64, 0, FALSE, error) &&
         sr_snapshot_writer_write (self->writer, record, strlen (record), error) &&
         sr_snapshot_writer_end (self->writer, NULL, error);
}

/* Entries that the records lie in are cut finely; so are those that only describe the backup, which
 * are kept with them. */
static void
find_databases (Import *self)
{
  GPtrArray *collections = sr_backup_file_get_collections (self->file);

  for (guint i = 0; i < collections->len; i++)
    {
      const SrBackupCollection *one = g_ptr_array_index (collections, i);

      if (one->entry != NULL)
        g_hash_table_add (self->databases, one->entry);
    }
  g_hash_table_add (self->databases, (gpointer) "backup-info.json");
  g_hash_table_add (self->databases, (gpointer) "metadata.json");
}

static gboolean
store (Import         *self,
       SrRepo         *repo,
       SrVerdict      *verdict,
       const char     *sha256,
       SrBackupResult *result,
       SrProgress     *progress,
       GCancellable   *cancellable,
       GError        **error)
{
  const SrImportOptions  *options = self->options;
  g_autofree char        *record = NULL;
  g_autofree char        *path = NULL;
  gboolean                ok;
  const char             *paths[] = { NULL, NULL };
  SrSnapshotWriterOptions how = {
    .paths = paths,
    .tags = options->tags,
    .host = options->host,
    .time = options->time,
    .compression = options->compression,
    .dry_run = options->dry_run,
  };

  /* snapshots of one kind of backup belong together, whatever each day's file is called */
  path = g_strconcat ("/", sr_backup_kind_name (sr_backup_file_get_kind (self->file)), NULL);
  paths[0] = path;
  self->writer = sr_snapshot_writer_new (repo, &how, progress, cancellable, error);
  if (self->writer == NULL)
    return FALSE;
  find_databases (self);
  self->cancellable = cancellable;
  if (options->accept)
    ok = store_what_is_left (self, error);
  else
    ok = sr_container_visit (sr_backup_file_get_container (self->file), store_entry, self,
                             cancellable, error);
  if (!ok)
    return FALSE;
  record = make_record (self, verdict, sha256);
  return add_record (self, record, error) &&
         sr_backup_file_check_unchanged (self->file, error) &&
         sr_snapshot_writer_commit (self->writer, result, error);
}

/* --- the whole
 * ---------------------------------------------------------------------------------- */

static gboolean
check_verdict (Import    *self,
               SrVerdict *verdict,
               GError   **error)
{
  g_autofree char *sentence = NULL;

  if (sr_backup_file_get_container (self->file) == NULL)
    {
      const GError *reason = sr_backup_file_get_error (self->file);

      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "Nothing of it can be stored: %s",
                   reason != NULL ? reason->message : "nothing in it can be opened");
      return FALSE;
    }
  if (sr_backup_file_get_encryption (self->file) == SR_ENCRYPTION_LOCKED)
    {
      g_set_error_literal (
          error, SR_ERROR, SR_ERROR_WRONG_PASSWORD,
          "The backup is encrypted, and what is stored in a vault must be readable: "
          "give the key that fits");
      return FALSE;
    }
  if (self->options->accept || sr_verdict_get_level (verdict) != SR_VERDICT_BROKEN)
    return TRUE;
  sentence = sr_verdict_get_sentence (verdict);
  g_set_error (
      error, SR_ERROR, SR_ERROR_DAMAGED,
      "Not stored, because it is broken: %s If it is all there is, --accept-broken stores what "
      "can be read of it",
      sentence);
  return FALSE;
}

gboolean
sr_import_run (SrRepo                *repo,
               SrBackupFile          *file,
               const SrImportOptions *options,
               SrBackupResult        *result,
               SrVerdict            **verdict,
               SrProgress            *progress,
               GCancellable          *cancellable,
               GError               **error)
{
  Import                 self = { .file = file, .options = options };
  SrJudgeOptions         how = { 0 };
  g_autoptr (SrProgress) judging = NULL;
  g_autoptr (SrProgress) storing = NULL;
  g_autofree char       *sha256 = NULL;
  gboolean               ok;

  *result = (SrBackupResult){ 0 };
  judging = sr_progress_step (progress, WEIGHT_JUDGE, WEIGHT_TOTAL, "Looking at the backup");
  *verdict = sr_backup_file_judge (file, &how, judging, cancellable, error);
  if (*verdict == NULL || !check_verdict (&self, *verdict, error))
    return FALSE;
  sr_progress_finish (judging);
  if (options->path != NULL && !digest_file (options->path, &sha256, cancellable, error))
    return FALSE;
  storing = sr_progress_step (progress, WEIGHT_STORE, WEIGHT_TOTAL, "Storing");
  self.databases = g_hash_table_new (g_str_hash, g_str_equal);
  self.lost = json_array_new ();
  ok = store (&self, repo, *verdict, sha256, result, storing, cancellable, error);
  g_hash_table_unref (self.databases);
  json_array_unref (self.lost);
  g_clear_pointer (&self.writer, sr_snapshot_writer_free);
  if (ok)
    sr_progress_finish (storing);
  return ok;
}
