/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include <string.h>

#include "archive/sr-guard.h"
#include "base/sr-error.h"
#include "base/sr-json.h"
#include "job/sr-convert-private.h"

#define DESCRIPTION_SIZE  ((gsize) 4 * 1024 * 1024)
#define DESCRIPTION_DEPTH 64

/* Copying entries. @chosen: place of the entry that counts, by name */
typedef struct
{
  SrConvert         *convert;
  SrZipWriter       *zip;
  SrProgress        *step;
  SrConvertPlaceFunc place;
  gpointer           user_data;
  GHashTable        *chosen;
  gint64             now;
  guint64            n_files;
  guint64            n_links;
  guint64            n_twice;
} Copy;

/* Of several of one name the last counts, as it would after unpacking. */
static GHashTable *
choose_entries (SrContainer *container)
{
  GHashTable *chosen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < sr_container_get_n_entries (container); i++)
    g_hash_table_replace (chosen, sr_container_get_entry (container, i)->name,
                          GUINT_TO_POINTER (i));
  return chosen;
}

static gboolean
add_folder (Copy                   *copy,
            const SrContainerEntry *entry,
            const char             *name,
            GError                **error)
{
  g_autofree char *full = g_str_has_suffix (name, "/") ? g_strdup (name)
                                                       : g_strconcat (name, "/", NULL);

  return sr_zip_writer_add (copy->zip, full, entry->mtime != G_MININT64 ? entry->mtime : copy->now,
                            0755, NULL, NULL, copy->convert->cancellable, error);
}

static gboolean
is_usable (Copy                   *copy,
           const SrContainerEntry *entry,
           guint                   index)
{
  g_autoptr (GError) reason = NULL;

  if (g_hash_table_lookup (copy->chosen, entry->name) != GUINT_TO_POINTER (index))
    {
      copy->n_twice++;
      return FALSE;
    }
  if (entry->type != SR_ENTRY_FILE && entry->type != SR_ENTRY_DIR)
    {
      copy->n_links++;
      return FALSE;
    }
  if (sr_guard_check_name (entry->name, &reason))
    return TRUE;
  sr_convert_warn (copy->convert, "An entry is left out: %s.", reason->message);
  return FALSE;
}

static gboolean
copy_entry (SrContainer            *container,
            guint                   index,
            const SrContainerEntry *entry,
            GInputStream           *stream,
            gpointer                user_data,
            GError                **error)
{
  Copy            *copy = user_data;
  g_autofree char *name = copy->place (copy->convert, entry, copy->user_data);
  gint64           mtime = entry->mtime != G_MININT64 ? entry->mtime : copy->now;
  guint32          mode = entry->mode != 0 ? entry->mode & 0777 : 0644;

  if (name == NULL || !is_usable (copy, entry, index))
    return TRUE;
  if (entry->type == SR_ENTRY_DIR)
    return add_folder (copy, entry, name, error);
  sr_progress_set_current (copy->step, entry->name);
  if (!sr_zip_writer_add (copy->zip, name, mtime, mode, stream, copy->step,
                          copy->convert->cancellable, error))
    {
      g_autofree char *shown = sr_guard_show_name (entry->name);

      g_prefix_error (error, "Entry “%s”: ", shown);
      return FALSE;
    }
  copy->n_files++;
  return TRUE;
}

gboolean
sr_convert_put_files (SrConvert         *self,
                      SrZipWriter       *zip,
                      SrConvertPlaceFunc place,
                      gpointer           user_data,
                      guint64           *n_files,
                      GError           **error)
{
  SrContainer           *container = sr_backup_file_get_container (self->file);
  g_autoptr (SrProgress) step = sr_progress_step (self->progress, 1, 4, "Copying files");
  g_autoptr (GHashTable) chosen = NULL;
  Copy                   copy = { self, zip, step, place, user_data, NULL, 0, 0, 0, 0 };
  gboolean               ok;

  *n_files = 0;
  if (container == NULL)
    return TRUE;
  chosen = choose_entries (container);
  copy.chosen = chosen;
  copy.now = g_get_real_time () / G_USEC_PER_SEC;
  ok = sr_container_visit (container, copy_entry, &copy, self->cancellable, error);
  *n_files = copy.n_files;
  if (copy.n_links > 0)
    sr_convert_warn (self,
                     "%" G_GUINT64_FORMAT " links and special files are left out; the format holds "
                     "ordinary files.",
                     copy.n_links);
  if (copy.n_twice > 0)
    sr_convert_warn (
        self, "%" G_GUINT64_FORMAT " entries have the name of a later one, and are left out.",
        copy.n_twice);
  sr_progress_finish (step);
  return ok;
}

/* --- where files lie -------------------------------------------------------------------------- */

char *
sr_convert_upload_name (SrConvert  *self,
                        const char *name)
{
  static const struct
  {
    SrBackupKind kind;
    const char  *from;
    const char  *to;
  } places[] = {
    { SR_BACKUP_RAYERP, "uploads/", "uploads/" },
    { SR_BACKUP_RAYERP, "public-uploads/", "public-uploads/" },
    { SR_BACKUP_POS, "files.zip/uploads/", "uploads/" },
    { SR_BACKUP_POS, "files.zip/public/uploads/", "public-uploads/" },
    { SR_BACKUP_WEBEENTHERE_TAR, "uploads/", "uploads/" },
  };
  SrBackupKind kind = sr_backup_file_get_kind (self->file);

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (places[i].kind == kind && g_str_has_prefix (name, places[i].from) &&
        name[strlen (places[i].from)] != '\0')
      return g_strconcat (places[i].to, name + strlen (places[i].from), NULL);
  return NULL;
}

static gboolean
holds_records (SrConvert  *self,
               const char *name)
{
  static const char *const descriptions[] = { "backup-info.json", "metadata.json", "database.db",
                                              "strongroom.json", NULL };
  GPtrArray               *collections = sr_backup_file_get_collections (self->file);

  if (g_strv_contains (descriptions, name))
    return TRUE;
  for (guint i = 0; i < collections->len; i++)
    {
      const SrBackupCollection *collection = g_ptr_array_index (collections, i);

      if (g_strcmp0 (collection->entry, name) == 0)
        return TRUE;
    }
  return FALSE;
}

guint64
sr_convert_count_files (SrConvert *self)
{
  SrContainer *container = sr_backup_file_get_container (self->file);
  guint        n = container != NULL ? sr_container_get_n_entries (container) : 0;
  guint64      count = 0;

  /* a single file is its records */
  if (n <= 1)
    return 0;
  for (guint i = 0; i < n; i++)
    {
      const SrContainerEntry *entry = sr_container_get_entry (container, i);

      if (entry->type == SR_ENTRY_FILE && !holds_records (self, entry->name))
        count++;
    }
  return count;
}

JsonObject *
sr_convert_read_description (SrConvert  *self,
                             const char *name)
{
  SrContainer             *container = sr_backup_file_get_container (self->file);
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GBytes)       text = NULL;
  guint                    index;

  if (container == NULL || !sr_container_find (container, name, &index))
    return NULL;
  stream = sr_container_open_entry (container, index, self->cancellable, NULL);
  if (stream != NULL)
    text = sr_stream_read_all (stream, DESCRIPTION_SIZE, self->cancellable, NULL);
  if (text == NULL)
    return NULL;
  return sr_json_parse_object (g_bytes_get_data (text, NULL), g_bytes_get_size (text),
                               DESCRIPTION_SIZE, DESCRIPTION_DEPTH, NULL);
}
