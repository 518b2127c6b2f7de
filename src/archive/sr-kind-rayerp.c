/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-backup-file-private.h"
#include "archive/sr-judge-references.h"
#include "archive/sr-rayerp-collections.h"
#include "base/sr-error.h"
#include "base/sr-json.h"
#include "crypto/sr-legacy-cipher.h"

#define INFO        "backup-info.json"
#define DEFAULT_KEY "default-key"
#define KEY_HINT    "the RayERP server's BACKUP_ENCRYPTION_KEY"
/* One block of cipher text in hexadecimal. */
#define HEX_BLOCK (2 * SR_LEGACY_BLOCK)

/* An encrypted collection and its first block. */
typedef struct
{
  guint  index;
  guint8 block[SR_LEGACY_BLOCK];
} Sealed;

typedef struct
{
  char      *version;
  GPtrArray *modules; /* as they were asked for */
  gboolean   claimed; /* to be encrypted */
  gboolean   first_generation;
  GArray    *sealed; /* Sealed */
  guint      n_clear;
  char      *description_error;
} Rayerp;

static Rayerp *
get_data (SrBackupFile *file)
{
  return file->data;
}

static void
data_free (gpointer data)
{
  Rayerp *self = data;

  g_ptr_array_unref (self->modules);
  g_array_unref (self->sealed);
  g_free (self->version);
  g_free (self->description_error);
  g_free (self);
}

/* The name of the collection that an entry holds. Returns: (transfer full) (nullable) */
static char *
collection_of (const char *entry)
{
  if (strchr (entry, '/') != NULL || !g_str_has_suffix (entry, ".json") ||
      strcmp (entry, INFO) == 0)
    return NULL;
  /* the first generation counts it under another name than its entry has */
  if (strcmp (entry, "activity-logs.json") == 0)
    return g_strdup ("activityLogs");
  return g_strndup (entry, strlen (entry) - strlen (".json"));
}

static gboolean
is_known_collection (const char *name)
{
  for (guint i = 0; name != NULL && i < SR_RAYERP_N_COLLECTIONS; i++)
    if (strcmp (sr_rayerp_collections[i].name, name) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
rayerp_matches (SrBackupFile *file)
{
  g_autofree char *first = NULL;
  g_autofree char *collection = NULL;
  guint            index;

  if (sr_backup_file_find (file, INFO, &index))
    return TRUE;
  /* a ZIP without its directory, since it was cut off: known by its first entry */
  first = sr_backup_file_is_broken_zip (file) ? sr_zip_local_name (file->head, file->n_head) : NULL;
  collection = first != NULL ? collection_of (first) : NULL;
  return g_strcmp0 (first, INFO) == 0 || is_known_collection (collection);
}

/* --- description ------------------------------------------------------------------------------ */

static void
read_modules (Rayerp     *self,
              JsonObject *info)
{
  JsonArray *modules = sr_json_array_or_null (info, "modules");

  for (guint i = 0; modules != NULL && i < json_array_get_length (modules); i++)
    {
      JsonNode *node = json_array_get_element (modules, i);

      if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
        g_ptr_array_add (self->modules, json_node_dup_string (node));
    }
}

static void
read_totals (SrBackupFile *file,
             JsonObject   *info)
{
  JsonObject       *totals = sr_json_object_or_null (info, "totalRecords");
  g_autoptr (GList) names = totals != NULL ? json_object_get_members (totals) : NULL;

  for (GList *l = names; l != NULL; l = l->next)
    {
      const char         *name = l->data;
      gint64              count = sr_json_int64_or (totals, name, -1);
      SrBackupCollection *collection = sr_backup_file_find_collection (file, name);

      if (collection == NULL)
        sr_backup_file_add_collection (file, name, count, NULL);
      else
        collection->count = count;
    }
}

static void
read_description (SrBackupFile *file,
                  JsonObject   *info)
{
  Rayerp          *self = get_data (file);
  g_autofree char *modules = NULL;

  self->version = g_strdup (sr_json_string_or (info, "version", NULL));
  self->claimed = sr_json_bool_or (info, "isEncrypted", FALSE) && !file->imported;
  read_modules (self, info);
  read_totals (file, info);
  file->created = g_strdup (sr_json_string_or (info, "backupDate", NULL));
  file->type_name = g_strdup (sr_json_string_or (info, "backupType", NULL));
  sr_backup_file_add_fact (file, "version", self->version);
  sr_backup_file_add_fact (file, "backup id", sr_json_string_or (info, "backupId", NULL));
  sr_backup_file_add_fact (file, "created by", sr_json_string_or (info, "createdBy", NULL));
  g_ptr_array_add (self->modules, NULL);
  modules = g_strjoinv (", ", (char **) self->modules->pdata);
  g_ptr_array_remove_index (self->modules, self->modules->len - 1);
  if (*modules != '\0')
    sr_backup_file_add_fact (file, "modules", modules);
  if (self->version != NULL)
    sr_backup_file_set_title (file, "RayERP backup (%s)", self->version);
  self->first_generation = self->version != NULL && g_str_has_prefix (self->version, "1.");
  if (file->type_name == NULL && self->first_generation)
    file->type_name = g_strdup ("full");
}

static void
list_collections (SrBackupFile *file)
{
  guint n = sr_container_get_n_entries (file->outer);

  for (guint i = 0; i < n; i++)
    {
      const SrContainerEntry *entry = sr_container_get_entry (file->outer, i);
      g_autofree char        *name = collection_of (entry->name);

      if (name != NULL && entry->type == SR_ENTRY_FILE &&
          sr_backup_file_find_collection (file, name) == NULL)
        sr_backup_file_add_collection (file, name, -1, entry->name);
    }
}

/* --- encryption ------------------------------------------------------------------------------- */

static gboolean
is_hex (const char *head,
        gsize       size)
{
  for (gsize i = 0; i < size; i++)
    if (!g_ascii_isxdigit (head[i]))
      return FALSE;
  return size == HEX_BLOCK;
}

/* Reads the first cipher block of each collection: what begins like one is encrypted, whatever the
 * description says. */
static gboolean
find_sealed (SrBackupFile *file,
             GCancellable *cancellable,
             GError      **error)
{
  Rayerp *self = get_data (file);

  for (guint i = 0; i < file->collections->len; i++)
    {
      const SrBackupCollection *collection = g_ptr_array_index (file->collections, i);
      g_autoptr (GError)        reason = NULL;
      Sealed                    sealed = { 0 };
      char                      head[HEX_BLOCK];
      gsize                     size = sizeof head;

      if (collection->entry == NULL ||
          !sr_backup_file_find (file, collection->entry, &sealed.index))
        continue;
      if (!sr_container_read_head (file->outer, sealed.index, head, &size, cancellable, &reason))
        {
          if (sr_error_is (reason, SR_ERROR_CANCELLED) || sr_error_is (reason, SR_ERROR_REFUSED))
            {
              g_propagate_error (error, g_steal_pointer (&reason));
              return FALSE;
            }
          continue;
        }
      if (!is_hex (head, size))
        {
          self->n_clear++;
          continue;
        }
      for (guint b = 0; b < SR_LEGACY_BLOCK; b++)
        sealed.block[b] = (guint8) (g_ascii_xdigit_value (head[2 * b]) << 4 |
                                    g_ascii_xdigit_value (head[2 * b + 1]));
      g_array_append_val (self->sealed, sealed);
    }
  return TRUE;
}

/* What the first block of every collection says: an array of documents, or an empty one. */
static gboolean
is_first_block (const guint8 *clear)
{
  static const guint8 empty[SR_LEGACY_BLOCK] = { '[', ']', 14, 14, 14, 14, 14, 14,
                                                 14, 14, 14, 14, 14, 14, 14, 14 };

  return memcmp (clear, "[\n  {\n    \"", 11) == 0 || memcmp (clear, empty, sizeof empty) == 0;
}

static gboolean
key_fits (SrBackupFile   *file,
          const SrSecret *key)
{
  g_autoptr (SrLegacyCipher) cipher = sr_legacy_cipher_new (key, FALSE);
  Rayerp                    *self = get_data (file);

  for (guint i = 0; i < self->sealed->len; i++)
    {
      const Sealed *sealed = &g_array_index (self->sealed, Sealed, i);
      guint8        two[2 * SR_LEGACY_BLOCK];
      guint8        clear[3 * SR_LEGACY_BLOCK];

      /* a second block makes the cipher give the first one out */
      memcpy (two, sealed->block, SR_LEGACY_BLOCK);
      memset (two + SR_LEGACY_BLOCK, 0, SR_LEGACY_BLOCK);
      sr_legacy_cipher_reset (cipher);
      if (sr_legacy_cipher_update (cipher, two, sizeof two, clear) >= SR_LEGACY_BLOCK &&
          is_first_block (clear))
        return TRUE;
    }
  return FALSE;
}

/* All begin with the same text, under the same key and IV: where two first blocks are equal, they
 * are not damaged, and it is the key that does not fit. */
static gboolean
blocks_agree (Rayerp *self)
{
  for (guint i = 1; i < self->sealed->len; i++)
    if (memcmp (g_array_index (self->sealed, Sealed, 0).block,
                g_array_index (self->sealed, Sealed, i).block, SR_LEGACY_BLOCK) == 0)
      return TRUE;
  return FALSE;
}

static void
show_decrypted (SrBackupFile *file,
                SrSecret     *key)
{
  Rayerp                 *self = get_data (file);
  g_autoptr (SrContainer) view = sr_view_container_new (sr_container_get_title (file->outer));
  g_autoptr (GHashTable)  sealed = g_hash_table_new (NULL, NULL);
  guint                   n = sr_container_get_n_entries (file->outer);

  for (guint i = 0; i < self->sealed->len; i++)
    g_hash_table_add (sealed, GUINT_TO_POINTER (g_array_index (self->sealed, Sealed, i).index));
  for (guint i = 0; i < n; i++)
    sr_view_container_add (view, sr_container_get_entry (file->outer, i)->name, file->outer, i,
                           g_hash_table_contains (sealed, GUINT_TO_POINTER (i)) ? key : NULL, TRUE);
  sr_backup_file_set_container (file, view);
}

static gboolean
open_sealed (SrBackupFile *file,
             GError      **error)
{
  Rayerp              *self = get_data (file);
  g_autoptr (SrSecret) key = NULL;
  int                  found;

  if (self->sealed->len == 0)
    {
      file->encryption = self->claimed ? SR_ENCRYPTION_CLAIMED : SR_ENCRYPTION_NONE;
      return TRUE;
    }
  found = sr_backup_file_find_key (file, DEFAULT_KEY, KEY_HINT, key_fits, &key, error);
  if (found < 0)
    return FALSE;
  if (found > 0)
    show_decrypted (file, key);
  else
    sr_backup_file_fail (
        file, g_error_new (SR_ERROR, SR_ERROR_WRONG_PASSWORD,
                           blocks_agree (self)
                               ? "The collections are encrypted, and no key that fits was "
                                 "given; %s is needed"
                               : "The collections are encrypted or damaged: no key fits "
                                 "them; %s is needed",
                           KEY_HINT));
  return TRUE;
}

static gboolean
rayerp_open (SrBackupFile *file,
             GCancellable *cancellable,
             GError      **error)
{
  Rayerp                *self = g_new0 (Rayerp, 1);
  g_autoptr (GError)     reason = NULL;
  g_autoptr (JsonObject) info = NULL;

  self->modules = g_ptr_array_new_with_free_func (g_free);
  self->sealed = g_array_new (FALSE, FALSE, sizeof (Sealed));
  file->data = self;
  file->free_data = data_free;
  if (sr_backup_file_is_broken_zip (file))
    return TRUE;
  list_collections (file);
  info = sr_backup_file_read_object (file, INFO, cancellable, &reason);
  if (sr_error_is (reason, SR_ERROR_CANCELLED) || sr_error_is (reason, SR_ERROR_REFUSED))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  if (info != NULL)
    read_description (file, info);
  else
    self->description_error = g_strdup (reason->message);
  return find_sealed (file, cancellable, error) && open_sealed (file, error);
}

/* --- judging ---------------------------------------------------------------------------------- */

static gboolean
is_type (SrBackupFile *file,
         const char   *type)
{
  return g_strcmp0 (file->type_name, type) == 0;
}

static gboolean
is_module_asked (Rayerp     *self,
                 const char *module)
{
  if (self->first_generation || self->modules->len == 0)
    return TRUE;
  return g_ptr_array_find_with_equal_func (self->modules, module, g_str_equal, NULL);
}

static void
judge_collections (SrJudge *judge,
                   Rayerp  *self)
{
  g_autoptr (GString) missing = g_string_new (NULL);
  guint               n_expected = 0;
  guint               n_missing = 0;

  for (guint i = 0; i < SR_RAYERP_N_COLLECTIONS; i++)
    {
      const SrBackupCollection *found;

      if (!is_module_asked (self, sr_rayerp_collections[i].module))
        continue;
      n_expected++;
      found = sr_backup_file_find_collection (judge->file, sr_rayerp_collections[i].name);
      if (found != NULL && found->entry != NULL)
        continue;
      g_string_append_printf (missing, "%s%s", n_missing > 0 ? ", " : "",
                              sr_rayerp_collections[i].name);
      n_missing++;
    }
  if (n_missing > 0)
    sr_verdict_add (judge->verdict, "rayerp.collections", "Expected collections",
                    SR_ASPECT_COMPLETE, SR_CHECK_WARNING,
                    "Of the %u collections of the chosen modules, these are missing: %s.",
                    n_expected, missing->str);
  else
    sr_verdict_add (judge->verdict, "rayerp.collections", "Expected collections",
                    SR_ASPECT_COMPLETE, SR_CHECK_PASSED,
                    "Every collection of the chosen modules is there, %u of %u.", n_expected,
                    n_expected);
}

static gboolean
has_uploads (SrBackupFile *file)
{
  guint n = sr_container_get_n_entries (file->outer);

  for (guint i = 0; i < n; i++)
    {
      const SrContainerEntry *entry = sr_container_get_entry (file->outer, i);

      if (entry->type == SR_ENTRY_FILE && (g_str_has_prefix (entry->name, "uploads/") ||
                                           g_str_has_prefix (entry->name, "public-uploads/")))
        return TRUE;
    }
  return FALSE;
}

/* Incremental backups of this server hold their own description and nothing else. */
static gboolean
is_shell (SrBackupFile *file)
{
  for (guint i = 0; i < file->collections->len; i++)
    if (((const SrBackupCollection *) g_ptr_array_index (file->collections, i))->entry != NULL)
      return FALSE;
  return !has_uploads (file);
}

static gboolean
judge_shell (SrJudge *judge)
{
  SrBackupFile *file = judge->file;

  if (!is_shell (file))
    return FALSE;
  sr_verdict_add (judge->verdict, "rayerp.shell", "Content", SR_ASPECT_COMPLETE, SR_CHECK_FAILED,
                  "The backup holds no records and no files, only its own description%s.",
                  is_type (file, "incremental")
                      ? "; incremental backups of this server are always empty"
                      : "");
  return TRUE;
}

static void
judge_encryption (SrJudge *judge,
                  Rayerp  *self)
{
  const char *id = "encryption.claim";
  const char *title = "Encryption as announced";

  if (self->sealed->len == 0 && self->claimed)
    sr_verdict_add (judge->verdict, id, title, SR_ASPECT_PRIVACY, SR_CHECK_WARNING,
                    "The backup says that it is encrypted; it is not.");
  else if (self->sealed->len > 0 && !self->claimed)
    sr_verdict_add (judge->verdict, id, title, SR_ASPECT_PRIVACY, SR_CHECK_NOTICE,
                    "Collections are encrypted (%u), although the backup says that it is not.",
                    self->sealed->len);
  else if (self->sealed->len > 0 && self->n_clear > 0)
    sr_verdict_add (judge->verdict, id, title, SR_ASPECT_PRIVACY, SR_CHECK_WARNING,
                    "Not every collection is encrypted: %u of them, and %u in clear.",
                    self->sealed->len, self->n_clear);
  if (self->sealed->len > 0 && has_uploads (judge->file))
    sr_verdict_add (judge->verdict, "encryption.files", "Encryption of files", SR_ASPECT_PRIVACY,
                    SR_CHECK_NOTICE, "Uploaded files are in clear; the server encrypts collections "
                                     "only.");
}

static void
judge_scope (SrJudge *judge,
             Rayerp  *self)
{
  if (sr_backup_file_find_collection (judge->file, "users") != NULL)
    sr_verdict_add (judge->verdict, "rayerp.passwords", "Passwords", SR_ASPECT_COMPLETE,
                    SR_CHECK_NOTICE,
                    "Users come without their passwords; after a restore each needs a new one.");
  sr_verdict_add (judge->verdict, "rayerp.scope", "What is never contained", SR_ASPECT_COMPLETE,
                  SR_CHECK_NOTICE,
                  "The server backs up 18 collections; its others, sessions and backup logs are in "
                  "none of its backups.");
  for (guint i = 0; i < self->modules->len; i++)
    {
      const char *module = g_ptr_array_index (self->modules, i);
      gboolean    known = FALSE;

      for (guint m = 0; m < SR_RAYERP_N_COLLECTIONS && !known; m++)
        known = strcmp (sr_rayerp_collections[m].module, module) == 0;
      if (!known)
        sr_verdict_add (judge->verdict, "rayerp.modules", "Chosen modules", SR_ASPECT_COMPLETE,
                        SR_CHECK_NOTICE,
                        "The module “%s” was asked for, which the server does not know and passes "
                        "over.",
                        module);
    }
}

static void
rayerp_judge_begin (SrJudge *judge)
{
  SrBackupFile *file = judge->file;

  if (!sr_backup_file_is_closed (file) && !is_shell (file) && !is_type (file, "database") &&
      !is_type (file, "files"))
    judge->references = sr_references_new ();
}

static gboolean
rayerp_judge (SrJudge *judge,
              GError **error)
{
  Rayerp *self = get_data (judge->file);

  if (sr_backup_file_is_closed (judge->file))
    return TRUE;
  if (self->description_error != NULL)
    sr_verdict_add (judge->verdict, "rayerp.description", "Description", SR_ASPECT_INTACT,
                    SR_CHECK_FAILED, "The backup's description cannot be read: %s.",
                    self->description_error);
  judge_encryption (judge, self);
  if (judge_shell (judge))
    return TRUE;
  if (!is_type (judge->file, "files"))
    judge_collections (judge, self);
  else
    sr_verdict_add (judge->verdict, "rayerp.collections", "Expected collections",
                    SR_ASPECT_COMPLETE, SR_CHECK_NOTICE,
                    "A backup of this type holds files only, no records.");
  if ((is_type (judge->file, "full") || is_type (judge->file, "files")) &&
      !self->first_generation && !has_uploads (judge->file))
    sr_verdict_add (judge->verdict, "rayerp.files", "Uploaded files", SR_ASPECT_COMPLETE,
                    SR_CHECK_NOTICE, "There are no uploaded files in it.");
  judge_scope (judge, self);
  return TRUE;
}

static gboolean
rayerp_judge_record (SrJudge            *judge,
                     const SrCollection *collection,
                     SrRecordReader     *reader,
                     SrRecord           *record,
                     GError            **error)
{
  return judge->references == NULL ||
         sr_references_collect (judge->references, reader, record, error);
}

static void
rayerp_judge_end (SrJudge        *judge,
                  SrRecordReader *reader)
{
  static const char *const places[] = { "uploads/", "public-uploads/", NULL };

  if (judge->references != NULL)
    sr_references_judge (judge->references, judge, places);
}

const SrKind sr_kind_rayerp = {
  .kind = SR_BACKUP_RAYERP,
  .name = "rayerp",
  .title = "RayERP backup",
  .announces = TRUE,
  .per_entry = TRUE,
  .key = "_id",
  .matches = rayerp_matches,
  .open = rayerp_open,
  .read = sr_backup_file_read_collections,
  .judge_begin = rayerp_judge_begin,
  .judge = rayerp_judge,
  .judge_record = rayerp_judge_record,
  .judge_end = rayerp_judge_end,
};
