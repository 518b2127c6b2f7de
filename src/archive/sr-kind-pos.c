/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-chain-records.h"
#include "archive/sr-inner-zips.h"
#include "archive/sr-json-head.h"
#include "archive/sr-judge-references.h"
#include "archive/sr-kind-pos.h"
#include "archive/sr-kind-sqlite.h"
#include "base/sr-error.h"
#include "base/sr-json.h"
#include "crypto/sr-digest.h"

#define METADATA "metadata.json"
#define DATABASE "database.db"
#define FILES    "files.zip"
#define PIECE    ((gsize) 256 * 1024)

static const char *const inner_names[] = { "cache.zip", "config.zip", FILES, NULL };

typedef struct
{
  char  *name;
  gint64 size;     /* -1: not told */
  char  *checksum; /* (nullable) */
} Component;

typedef struct
{
  GPtrArray *components; /* Component; NULL: the description does not tell */
  GPtrArray *zips;       /* SrInnerZip */
  char      *description_error;
  gboolean   claimed; /* to be encrypted */
} Pos;

static void
component_free (gpointer data)
{
  Component *component = data;

  g_free (component->name);
  g_free (component->checksum);
  g_free (component);
}

static void
pos_free (gpointer data)
{
  Pos *self = data;

  g_clear_pointer (&self->components, g_ptr_array_unref);
  g_clear_pointer (&self->zips, g_ptr_array_unref);
  g_free (self->description_error);
  g_free (self);
}

static gboolean
has_component (SrBackupFile *file)
{
  guint index;

  for (guint i = 0; inner_names[i] != NULL; i++)
    if (sr_backup_file_find (file, inner_names[i], &index))
      return TRUE;
  return sr_backup_file_find (file, DATABASE, &index);
}

/* A backup of no component is nothing but its description. */
static gboolean
describes_components (SrBackupFile *file)
{
  g_autoptr (GPtrArray) members = NULL;

  if (file->type != SR_HEAD_JSON_OBJECT)
    return FALSE;
  members = sr_json_head_scan ((const char *) file->head, file->n_head);
  return sr_json_head_find (members, "components") != NULL &&
         sr_json_head_find (members, "retention") != NULL;
}

static gboolean
pos_matches (SrBackupFile *file)
{
  g_autofree char *first = NULL;
  guint            index;

  if (sr_backup_file_is_broken_zip (file))
    {
      first = sr_zip_local_name (file->head, file->n_head);
      return first != NULL && (g_strv_contains (inner_names, first) ||
                               strcmp (first, DATABASE) == 0 || strcmp (first, METADATA) == 0);
    }
  return sr_backup_file_find (file, METADATA, &index) &&
         (has_component (file) || describes_components (file));
}

static void
read_components (Pos        *self,
                 JsonObject *metadata)
{
  JsonArray *array = sr_json_array_or_null (metadata, "components");

  if (array == NULL)
    return;
  self->components = g_ptr_array_new_with_free_func (component_free);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode   *node = json_array_get_element (array, i);
      JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *name = object != NULL ? sr_json_string_or (object, "name", NULL) : NULL;
      Component  *component;

      if (name == NULL)
        continue;
      component = g_new0 (Component, 1);
      component->name = g_strdup (name);
      component->size = sr_json_int64_or (object, "size", -1);
      component->checksum = g_strdup (sr_json_string_or (object, "checksum", NULL));
      g_ptr_array_add (self->components, component);
    }
}

static gboolean
is_true (JsonObject *object,
         const char *member)
{
  return sr_json_bool_or (object, member, FALSE) ||
         g_strcmp0 (sr_json_string_or (object, member, NULL), "true") == 0;
}

static gboolean
read_metadata (SrBackupFile *file,
               GCancellable *cancellable,
               GError      **error)
{
  Pos                   *self = file->data;
  g_autoptr (GError)     reason = NULL;
  g_autoptr (JsonObject) metadata = NULL;

  metadata = sr_backup_file_read_object (file, METADATA, cancellable, &reason);
  if (sr_error_is (reason, SR_ERROR_CANCELLED) || sr_error_is (reason, SR_ERROR_REFUSED))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  if (metadata == NULL)
    {
      self->description_error = g_strdup (reason->message);
      return TRUE;
    }
  self->claimed = is_true (metadata, "encrypted") && !file->imported;
  file->type_name = g_strdup (sr_json_string_or (metadata, "type", NULL));
  file->created = g_strdup (sr_json_string_or (metadata, "createdAt", NULL));
  sr_backup_file_add_fact (file, "name", sr_json_string_or (metadata, "name", NULL));
  sr_backup_file_add_fact (file, "backup id", sr_json_string_or (metadata, "id", NULL));
  sr_backup_file_add_fact (file, "created by", sr_json_string_or (metadata, "createdBy", NULL));
  read_components (self, metadata);
  return TRUE;
}

gboolean
sr_pos_open (SrBackupFile *file,
             GCancellable *cancellable,
             GError      **error)
{
  Pos *self = g_new0 (Pos, 1);

  file->data = self;
  file->free_data = pos_free;
  if (sr_backup_file_is_broken_zip (file))
    return TRUE;
  if (!read_metadata (file, cancellable, error))
    return FALSE;
  if (self->claimed && file->encryption == SR_ENCRYPTION_NONE)
    file->encryption = SR_ENCRYPTION_CLAIMED;
  self->zips = sr_backup_file_show_inner_zips (file, inner_names, cancellable, error);
  return self->zips != NULL;
}

static SrRecordReader *
pos_read (SrBackupFile *file,
          const char   *collection,
          GCancellable *cancellable,
          GError      **error)
{
  SrRecordReader *reader;
  guint           index;

  if (!sr_backup_file_find (file, DATABASE, &index))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                   "The backup holds no database, so there are no records to read");
      return NULL;
    }
  reader = sr_backup_file_read_entry (file, index, "database", cancellable, error);
  return reader != NULL ? sr_chain_records_filter (reader, collection) : NULL;
}

/* --- judging ---------------------------------------------------------------------------------- */

/* The entry that a component is stored as. Returns: (nullable) */
static const char *
entry_of (const char *component)
{
  static const char *const pairs[][2] = {
    { "database", DATABASE },
    { "config", "config.zip" },
    { "cache", "cache.zip" },
    { "files", FILES },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    if (strcmp (pairs[i][0], component) == 0)
      return pairs[i][1];
  return NULL;
}

static gboolean
find_outer (SrBackupFile *file,
            const char   *name,
            guint        *index)
{
  return sr_container_find (file->outer, name, index);
}

static gboolean
digest_entry (SrJudge *judge,
              guint    index,
              char     hex[SR_ID_HEX_SIZE],
              guint64 *size,
              GError **error)
{
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (SrDigest)     digest = sr_digest_new ();
  g_autofree guint8       *piece = g_malloc (PIECE);
  gssize                   n = -1;
  SrId                     id;

  *size = 0;
  stream = sr_container_open_entry (judge->file->outer, index, judge->cancellable, error);
  while (stream != NULL &&
         (n = g_input_stream_read (stream, piece, PIECE, judge->cancellable, error)) > 0)
    {
      sr_digest_update (digest, piece, (gsize) n);
      *size += (guint64) n;
    }
  sr_digest_finish (digest, &id);
  sr_id_to_hex (&id, hex);
  return n == 0;
}

/* Returns: 1 if it is as announced, 0 if not (told), -1 to stop */
static int
judge_component (SrJudge         *judge,
                 const Component *component,
                 GError         **error)
{
  g_autoptr (GError) reason = NULL;
  const char        *entry = entry_of (component->name);
  char               hex[SR_ID_HEX_SIZE];
  guint64            size = 0;
  guint              index;

  if (entry == NULL || !find_outer (judge->file, entry, &index))
    {
      sr_verdict_add (judge->verdict, "pos.components", "Components", SR_ASPECT_COMPLETE,
                      SR_CHECK_FAILED, "The component “%s” is announced and missing.",
                      component->name);
      return 0;
    }
  if (judge->options->quick)
    return 1;
  if (!digest_entry (judge, index, hex, &size, &reason))
    {
      if (!sr_error_is (reason, SR_ERROR_DAMAGED))
        {
          g_propagate_error (error, g_steal_pointer (&reason));
          return -1;
        }
      sr_verdict_add (judge->verdict, "pos.digest", "Digests of components", SR_ASPECT_INTACT,
                      SR_CHECK_FAILED, "“%s” cannot be read to its end: %s.", entry,
                      reason->message);
      return 0;
    }
  if (component->size >= 0 && (guint64) component->size != size)
    sr_verdict_add (judge->verdict, "pos.digest", "Digests of components", SR_ASPECT_INTACT,
                    SR_CHECK_FAILED,
                    "“%s” has %" G_GUINT64_FORMAT " bytes, not the %" G_GINT64_FORMAT " announced.",
                    entry, size, component->size);
  else if (component->checksum != NULL && *component->checksum != '\0' &&
           g_ascii_strcasecmp (component->checksum, hex) != 0)
    sr_verdict_add (judge->verdict, "pos.digest", "Digests of components", SR_ASPECT_INTACT,
                    SR_CHECK_FAILED, "“%s” is not what it was: its SHA-256 differs.", entry);
  else
    return 1;
  return 0;
}

static gboolean
judge_components (SrJudge *judge,
                  Pos     *self,
                  GError **error)
{
  guint n = self->components != NULL ? self->components->len : 0;
  guint n_good = 0;

  for (guint i = 0; i < n; i++)
    {
      int good = judge_component (judge, g_ptr_array_index (self->components, i), error);

      if (good < 0)
        return FALSE;
      n_good += good > 0;
    }
  if (n == 0 && !has_component (judge->file))
    sr_verdict_add (judge->verdict, "pos.components", "Components", SR_ASPECT_COMPLETE,
                    SR_CHECK_FAILED, "The backup holds no component at all, only its description.");
  else if (n == 0)
    sr_verdict_add (judge->verdict, "pos.components", "Components", SR_ASPECT_COMPLETE,
                    SR_CHECK_WARNING, "The description names no component.");
  else if (n_good == n)
    {
      sr_verdict_add (judge->verdict, "pos.components", "Components", SR_ASPECT_COMPLETE,
                      SR_CHECK_PASSED, "Every announced component is there, %u of %u.", n, n);
      sr_verdict_add (judge->verdict, "pos.digest", "Digests of components", SR_ASPECT_INTACT,
                      judge->options->quick ? SR_CHECK_NOT_MADE : SR_CHECK_PASSED,
                      judge->options->quick
                          ? "The components were not read, as asked for."
                          : "Sizes and SHA-256 of all components are as announced.");
    }
  return TRUE;
}

static void
judge_files (SrJudge *judge,
             Pos     *self)
{
  const SrInnerZip *files = sr_inner_zips_find (self->zips, FILES);
  guint             index;

  if (files != NULL && files->zip != NULL &&
      sr_container_get_n_entries (SR_CONTAINER (files->zip)) == 0)
    sr_verdict_add (judge->verdict, "pos.files", "Uploaded files", SR_ASPECT_COMPLETE,
                    SR_CHECK_WARNING,
                    "“%s” is empty. One broken link among the uploads makes this server leave all "
                    "of them out without a word; look whether there should be any.",
                    FILES);
  if (sr_backup_file_find (judge->file, "config.zip/.env", &index))
    sr_verdict_add (judge->verdict, "privacy.env", "Server secrets", SR_ASPECT_PRIVACY,
                    SR_CHECK_WARNING,
                    "The server's .env is in it, with its session secret, mail password and the "
                    "key of its backups in clear.");
  if (!sr_backup_file_find (judge->file, DATABASE, &index))
    sr_verdict_add (judge->verdict, "pos.database", "Database", SR_ASPECT_COMPLETE,
                    SR_CHECK_NOTICE, "The backup holds no database.");
}

static gboolean
pos_judge (SrJudge *judge,
           GError **error)
{
  Pos  *self = judge->file->data;
  guint index;

  if (sr_backup_file_is_closed (judge->file))
    return TRUE;
  if (judge->file->encryption == SR_ENCRYPTION_CLAIMED)
    sr_verdict_add (judge->verdict, "encryption.claim", "Encryption as announced",
                    SR_ASPECT_PRIVACY, SR_CHECK_WARNING,
                    "The backup says that it is encrypted; this file is not.");
  if (self->description_error != NULL)
    sr_verdict_add (judge->verdict, "pos.description", "Description", SR_ASPECT_INTACT,
                    SR_CHECK_FAILED, "%s.", self->description_error);
  else if (!judge_components (judge, self, error))
    return FALSE;
  if (!sr_judge_inner_zips (judge, self->zips, error))
    return FALSE;
  judge_files (judge, self);
  if (!sr_backup_file_find (judge->file, DATABASE, &index))
    return TRUE;
  if (sr_inner_zips_find (self->zips, FILES) != NULL)
    judge->references = sr_references_new ();
  return sr_judge_sqlite (judge, index, error);
}

static gboolean
pos_judge_record (SrJudge            *judge,
                  const SrCollection *collection,
                  SrRecordReader     *reader,
                  SrRecord           *record,
                  GError            **error)
{
  return judge->references == NULL ||
         sr_references_collect (judge->references, reader, record, error);
}

static void
pos_judge_end (SrJudge        *judge,
               SrRecordReader *reader)
{
  static const char *const places[] = { FILES "/uploads/", FILES "/public/uploads/", NULL };

  if (judge->references != NULL)
    sr_references_judge (judge->references, judge, places);
}

const SrKind sr_kind_pos = {
  .kind = SR_BACKUP_POS,
  .name = "pos",
  .title = "POS backup",
  .matches = pos_matches,
  .open = sr_pos_open,
  .read = pos_read,
  .judge = pos_judge,
  .judge_record = pos_judge_record,
  .judge_end = pos_judge_end,
};
