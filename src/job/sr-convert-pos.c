/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <string.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "base/sr-json.h"
#include "base/sr-output-file.h"
#include "base/sr-temp-file.h"
#include "crypto/sr-digest.h"
#include "job/sr-convert-private.h"
#include "job/sr-convert-stage.h"
#include "job/sr-convert-text.h"

#define LEVEL          6
#define FILE_MODE      0644
#define DATABASE       "database.db"
#define PIECE          ((gsize) 256 * 1024)
#define RETENTION_DAYS 30

/* @entry: in the backup; @folder: of the source that is packed into it */
typedef struct
{
  const char *name;
  const char *entry;
  const char *folder;

  gboolean is_there;
  guint64  size;
  char     checksum[SR_ID_HEX_SIZE];
} Component;

/* In the order of the description; the entries come by name. */
enum
{
  COMPONENT_DATABASE,
  COMPONENT_CONFIG,
  COMPONENT_CACHE,
  COMPONENT_FILES,
  N_COMPONENTS,
};

typedef struct
{
  SrConvert      *convert;
  SrConvertStage *stage;
  SrZipWriter    *zip;
  int             database; /* descriptor, -1: there is none */
  gint64          now;
  guint64         n_entries;
  guint64         n_files;
  Component       components[N_COMPONENTS];
} Target;

/* --- files ------------------------------------------------------------------------------------ */

/* Where a file of the source lies in the inner archives: "files.zip/uploads/…". Returns: (transfer
 * full) (nullable) */
static char *
inner_name (SrConvert  *self,
            const char *name)
{
  static const char public_uploads[] = "public-uploads/";
  g_autofree char  *upload = NULL;

  if (sr_backup_file_get_kind (self->file) == SR_BACKUP_POS)
    return strchr (name, '/') != NULL ? g_strdup (name) : NULL;
  upload = sr_convert_upload_name (self, name);
  if (upload == NULL)
    return NULL;
  if (g_str_has_prefix (upload, public_uploads))
    return g_strconcat ("files.zip/public/uploads/", upload + strlen (public_uploads), NULL);
  return g_strconcat ("files.zip/", upload, NULL);
}

static char *
place_in_component (SrConvert              *self,
                    const SrContainerEntry *entry,
                    gpointer                user_data)
{
  const Component *component = user_data;
  g_autofree char *name = inner_name (self, entry->name);

  /* the server's inner archives have no entries for folders */
  if (name == NULL || entry->type == SR_ENTRY_DIR || !g_str_has_prefix (name, component->folder))
    return NULL;
  return g_strdup (name + strlen (component->folder));
}

/* An inner archive without entries shows as a folder alone. */
static gboolean
has_component (SrConvert       *self,
               const Component *component)
{
  SrContainer *container = sr_backup_file_get_container (self->file);

  if (container == NULL || self->options->collections != NULL)
    return FALSE;
  for (guint i = 0; i < sr_container_get_n_entries (container); i++)
    {
      const SrContainerEntry *entry = sr_container_get_entry (container, i);
      g_autofree char        *name = inner_name (self, entry->name);

      if (name != NULL && g_str_has_prefix (name, component->folder))
        return TRUE;
      if (sr_backup_file_get_kind (self->file) == SR_BACKUP_POS && entry->type == SR_ENTRY_DIR &&
          g_str_has_prefix (entry->name, component->entry))
        return TRUE;
    }
  return FALSE;
}

/* --- components ------------------------------------------------------------------------------- */

static gboolean
digest_file (int        fd,
             Component *component,
             SrConvert *self,
             GError   **error)
{
  g_autoptr (SrDigest) digest = sr_digest_new ();
  g_autofree guint8   *piece = g_malloc (PIECE);
  SrId                 id;

  component->size = 0;
  for (;;)
    {
      ssize_t n = pread (fd, piece, PIECE, (off_t) component->size);

      if (n < 0)
        {
          sr_set_error_errno (error, errno, "Reading “%s”", component->entry);
          return FALSE;
        }
      if (n == 0)
        break;
      if (sr_check_cancelled (self->cancellable, error))
        return FALSE;
      sr_digest_update (digest, piece, (gsize) n);
      component->size += (guint64) n;
    }
  sr_digest_finish (digest, &id);
  sr_id_to_hex (&id, component->checksum);
  return TRUE;
}

/* @fd: of the whole component */
static gboolean
add_component (Target    *target,
               Component *component,
               int        fd,
               GError   **error)
{
  g_autoptr (GInputStream) stream = NULL;

  if (!digest_file (fd, component, target->convert, error))
    return FALSE;
  if (lseek (fd, 0, SEEK_SET) < 0)
    {
      sr_set_error_errno (error, errno, "Reading “%s”", component->entry);
      return FALSE;
    }
  stream = g_unix_input_stream_new (fd, FALSE);
  component->is_there = TRUE;
  target->n_entries++;
  return sr_zip_writer_add (target->zip, component->entry, target->now, FILE_MODE, stream, NULL,
                            target->convert->cancellable, error);
}

static gboolean
write_inner_zip (Target    *target,
                 Component *component,
                 int        fd,
                 GError   **error)
{
  SrConvert                *self = target->convert;
  g_autoptr (GOutputStream) stream = g_unix_output_stream_new (fd, FALSE);
  g_autoptr (SrZipWriter)   zip = sr_zip_writer_new (stream, LEVEL);
  guint64                   n_files = 0;

  if (!sr_convert_put_files (self, zip, place_in_component, component, &n_files, error) ||
      !sr_zip_writer_finish (zip, self->cancellable, error) ||
      !sr_convert_check_zip (self, fd, n_files, error))
    return FALSE;
  target->n_files += n_files;
  return TRUE;
}

static gboolean
add_inner_zip (Target    *target,
               Component *component,
               GError   **error)
{
  g_autofree char *folder = sr_convert_stage_get_path (target->stage, NULL);
  int              fd;
  gboolean         ok;

  if (!has_component (target->convert, component))
    return TRUE;
  fd = sr_temp_file_open (folder, error);
  if (fd < 0)
    return FALSE;
  ok = write_inner_zip (target, component, fd, error) &&
       add_component (target, component, fd, error);
  if (!ok)
    g_prefix_error (error, "“%s”: ", component->entry);
  close (fd);
  return ok;
}

/* --- description ------------------------------------------------------------------------------ */

static char *
name_of_output (SrConvert *self)
{
  g_autofree char *base = g_path_get_basename (self->output);
  char            *dot = strrchr (base, '.');

  if (dot != NULL && dot != base)
    *dot = '\0';
  return g_utf8_make_valid (base, -1);
}

static void
add_components (const Target  *target,
                SrConvertText *text)
{
  sr_convert_text_open (text, "components", '[');
  for (guint i = 0; i < N_COMPONENTS; i++)
    {
      const Component *component = &target->components[i];

      if (!component->is_there)
        continue;
      sr_convert_text_open (text, NULL, '{');
      sr_convert_text_add_string (text, "name", component->name);
      sr_convert_text_add_string (text, "type", component->name);
      sr_convert_text_add_number (text, "size", component->size);
      sr_convert_text_add_string (text, "checksum", component->checksum);
      sr_convert_text_close (text, '}');
    }
  sr_convert_text_close (text, ']');
}

static void
add_retention (SrConvertText *text,
               JsonObject    *old,
               const char    *fallback)
{
  JsonObject *retention = sr_json_object_or_null (old, "retention");

  sr_convert_text_open (text, "retention", '{');
  sr_convert_text_add_string (text, "keepUntil",
                              retention != NULL
                                  ? sr_json_string_or (retention, "keepUntil", fallback)
                                  : fallback);
  sr_convert_text_add_bool (text, "autoDelete",
                            retention != NULL && sr_json_bool_or (retention, "autoDelete", FALSE));
  sr_convert_text_close (text, '}');
}

/* As the server writes it before it is done: size, digest and status of the whole stay open. */
static GBytes *
make_description (Target *target)
{
  SrConvert             *self = target->convert;
  g_autoptr (JsonObject) old = NULL;
  g_autoptr (GDateTime)  now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime)  until = g_date_time_add_days (now, RETENTION_DAYS);
  g_autofree char       *now_text = sr_convert_time_text (now);
  g_autofree char       *until_text = sr_convert_time_text (until);
  g_autofree char       *id = g_uuid_string_random ();
  g_autofree char       *name = name_of_output (self);
  gboolean               full = TRUE;
  SrConvertText          text;

  if (sr_backup_file_get_kind (self->file) == SR_BACKUP_POS)
    old = sr_convert_read_description (self, "metadata.json");
  if (old == NULL)
    old = json_object_new ();
  for (guint i = 0; i < N_COMPONENTS; i++)
    full = full && target->components[i].is_there;
  sr_convert_text_init (&text);
  sr_convert_text_add_string (&text, "id", sr_json_string_or (old, "id", id));
  sr_convert_text_add_string (&text, "name", sr_json_string_or (old, "name", name));
  sr_convert_text_add_string (&text, "type", full ? "full" : "partial");
  sr_convert_text_add_number (&text, "size", 0);
  sr_convert_text_add_bool (&text, "compressed", TRUE);
  sr_convert_text_add_bool (&text, "encrypted", FALSE);
  sr_convert_text_add_string (&text, "checksum", "");
  sr_convert_text_add_string (&text, "createdAt", sr_json_string_or (old, "createdAt", now_text));
  sr_convert_text_add_string (&text, "createdBy",
                              sr_json_string_or (old, "createdBy", "strongroom"));
  add_components (target, &text);
  add_retention (&text, old, until_text);
  sr_convert_text_add_string (&text, "status", "running");
  return sr_convert_text_finish (&text);
}

static gboolean
add_description (Target  *target,
                 GError **error)
{
  g_autoptr (GBytes)       text = make_description (target);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (text);

  target->n_entries++;
  return sr_zip_writer_add (target->zip, "metadata.json", target->now, FILE_MODE, stream, NULL,
                            target->convert->cancellable, error);
}

/* --- database --------------------------------------------------------------------------------- */

/* The entry that is a database already. Returns: whether there is one */
static gboolean
find_database (SrConvert *self,
               guint     *index)
{
  SrContainer *container = sr_backup_file_get_container (self->file);

  if (container == NULL || self->options->collections != NULL)
    return FALSE;
  if (sr_backup_file_get_kind (self->file) == SR_BACKUP_SQLITE)
    {
      *index = 0;
      return sr_container_get_n_entries (container) == 1;
    }
  return sr_container_find (container, DATABASE, index);
}

static int
copy_database (Target  *target,
               guint    index,
               GError **error)
{
  SrConvert                *self = target->convert;
  SrContainer              *container = sr_backup_file_get_container (self->file);
  g_autoptr (GInputStream)  content = NULL;
  g_autoptr (GOutputStream) stream = NULL;
  int                       fd;

  content = sr_container_open_entry (container, index, self->cancellable, error);
  fd = content != NULL ? sr_convert_stage_create (target->stage, DATABASE, error) : -1;
  if (fd < 0)
    return -1;
  stream = g_unix_output_stream_new (fd, FALSE);
  if (g_output_stream_splice (stream, content, G_OUTPUT_STREAM_SPLICE_NONE, self->cancellable,
                              error) >= 0)
    return fd;
  close (fd);
  return -1;
}

/* Byte for byte, so that nothing of it is lost; counted all the same. */
static gboolean
take_database (Target  *target,
               guint    index,
               GError **error)
{
  SrConvert *self = target->convert;

  if (!sr_convert_plan (self, FALSE, error))
    return FALSE;
  target->database = copy_database (target, index, error);
  if (target->database < 0)
    return FALSE;
  self->result->collections = self->items->len;
  for (guint i = 0; i < self->items->len; i++)
    {
      SrConvertItem *item = g_ptr_array_index (self->items, i);

      item->put = item->records;
      self->result->records += item->records;
    }
  return TRUE;
}

static gboolean
make_database (Target  *target,
               GError **error)
{
  g_autofree char *path = sr_convert_stage_get_path (target->stage, DATABASE);

  if (!sr_convert_plan_tables (target->convert, error) ||
      !sr_convert_make_database (target->convert, path, error))
    return FALSE;
  target->database = open (path, O_RDONLY | O_CLOEXEC);
  if (target->database >= 0)
    return TRUE;
  sr_set_error_errno (error, errno, "Opening the new database");
  return FALSE;
}

/* A backup of files only has no database. */
static gboolean
get_database (Target  *target,
              GError **error)
{
  guint              index;
  g_autoptr (GError) reason = NULL;

  if (find_database (target->convert, &index))
    return take_database (target, index, error);
  if (make_database (target, &reason))
    return TRUE;
  if (sr_error_is (reason, SR_ERROR_UNSUPPORTED) && target->convert->items->len == 0 &&
      has_component (target->convert, &target->components[COMPONENT_FILES]))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

/* --- all of it -------------------------------------------------------------------------------- */

static gboolean
write_entries (Target  *target,
               GError **error)
{
  return add_inner_zip (target, &target->components[COMPONENT_CACHE], error) &&
         add_inner_zip (target, &target->components[COMPONENT_CONFIG], error) &&
         (target->database < 0 || add_component (target, &target->components[COMPONENT_DATABASE],
                                                 target->database, error)) &&
         add_inner_zip (target, &target->components[COMPONENT_FILES], error) &&
         add_description (target, error) &&
         sr_zip_writer_finish (target->zip, target->convert->cancellable, error);
}

static gboolean
write_backup (Target  *target,
              GError **error)
{
  SrConvert               *self = target->convert;
  g_autoptr (SrOutputFile) output = NULL;
  g_autoptr (SrZipWriter)  zip = NULL;
  g_autofree char         *path = NULL;
  guint64                  n_other;

  output = sr_output_file_open (self->output, self->options->overwrite, 0600, error);
  if (output == NULL)
    return FALSE;
  zip = sr_zip_writer_new (sr_output_file_get_stream (output), LEVEL);
  target->zip = zip;
  if (!write_entries (target, error))
    return FALSE;
  self->result->files = target->n_files;
  n_other = sr_convert_count_files (self);
  self->n_other_files = n_other > target->n_files ? n_other - target->n_files : 0;
  path = g_strdup_printf ("/proc/self/fd/%d", sr_output_file_get_fd (output));
  return sr_convert_check_zip (self, sr_output_file_get_fd (output), target->n_entries, error) &&
         (target->database < 0 || sr_convert_check_records (self, path, error)) &&
         sr_output_file_commit (output, error);
}

gboolean
sr_convert_to_pos (SrConvert *self,
                   GError   **error)
{
  g_autoptr (SrConvertStage) stage = sr_convert_stage_new (self->output, error);
  Target                     target = {
                        .convert = self,
                        .stage = stage,
                        .database = -1,
                        .now = g_get_real_time () / G_USEC_PER_SEC,
                        .components = {
                            [COMPONENT_DATABASE] = { "database", DATABASE, NULL },
                            [COMPONENT_CONFIG] = { "config", "config.zip", "config.zip/" },
                            [COMPONENT_CACHE] = { "cache", "cache.zip", "cache.zip/" },
                            [COMPONENT_FILES] = { "files", "files.zip", "files.zip/" },
    },
  };
  gboolean ok;

  if (stage == NULL)
    return FALSE;
  ok = get_database (&target, error) && write_backup (&target, error);
  if (target.database >= 0)
    close (target.database);
  return ok;
}
