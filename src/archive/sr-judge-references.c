/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-judge-references.h"

#define MAX_KEPT  200000
#define MAX_PATH  1024
#define MAX_NAMED 3
#define NEEDLE    "uploads/"

struct _SrReferences
{
  GHashTable *paths; /* behind "uploads/" */
  gboolean    full;
};

SrReferences *
sr_references_new (void)
{
  SrReferences *self = g_new0 (SrReferences, 1);

  self->paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
sr_references_free (SrReferences *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->paths);
  g_free (self);
}

/* Whether what stands before "uploads/" in a text makes the text a reference: nothing, a slash, or
 * the host of a web address. */
static gboolean
is_prefix (const char *begin,
           const char *end)
{
  gsize size = (gsize) (end - begin);

  if (size == 0 || (size == 1 && *begin == '/'))
    return TRUE;
  return size < 256 && end[-1] == '/' &&
         (g_str_has_prefix (begin, "http://") || g_str_has_prefix (begin, "https://"));
}

/* Without query and fragment, percent signs and JSON's escapes resolved. */
static void
keep (SrReferences *self,
      const char   *path,
      gsize         size)
{
  g_autofree char *raw = g_strndup (path, size);
  g_autofree char *plain = NULL;

  raw[strcspn (raw, "?#")] = '\0';
  if (*raw == '\0' || g_str_has_suffix (raw, "/"))
    return;
  plain = strchr (raw, '%') != NULL ? g_uri_unescape_string (raw, NULL) : NULL;
  if (g_hash_table_size (self->paths) < MAX_KEPT)
    g_hash_table_add (self->paths, plain != NULL ? g_steal_pointer (&plain)
                                                 : g_steal_pointer (&raw));
  else
    self->full = TRUE;
}

static void
collect_in_text (SrReferences *self,
                 const char   *text,
                 gsize         size)
{
  const char *found = size > 0 ? memmem (text, size, NEEDLE, strlen (NEEDLE)) : NULL;
  gsize       rest;

  if (found == NULL || !is_prefix (text, found))
    return;
  found += strlen (NEEDLE);
  rest = (gsize) (text + size - found);
  if (rest <= MAX_PATH && memchr (found, '\n', rest) == NULL)
    keep (self, found, rest);
}

/* Texts are found by the needle and then by their quotes, without parsing the record. */
static void
collect_in_json (SrReferences *self,
                 const char   *json,
                 gsize         size)
{
  const char *end = json + size;
  const char *at = json;

  while (at < end && (at = memmem (at, (gsize) (end - at), NEEDLE, strlen (NEEDLE))) != NULL)
    {
      const char *begin = memrchr (json, '"', (gsize) (at - json));
      const char *path = at + strlen (NEEDLE);
      const char *close = memchr (path, '"', (gsize) (end - path));

      at = path;
      if (begin == NULL || close == NULL || close - path > MAX_PATH ||
          !is_prefix (begin + 1, path - strlen (NEEDLE)))
        continue;
      if (memchr (path, '\\', (gsize) (close - path)) == NULL)
        keep (self, path, (gsize) (close - path));
      at = close;
    }
}

gboolean
sr_references_collect (SrReferences   *self,
                       SrRecordReader *reader,
                       SrRecord       *record,
                       GError        **error)
{
  if (record->raw != NULL && record->raw_size > 0 && *record->raw == '{')
    {
      collect_in_json (self, record->raw, record->raw_size);
      return TRUE;
    }
  if (record->fields == NULL && !sr_record_reader_get_fields (reader, record, error))
    return FALSE;
  for (guint i = 0; i < record->n_fields; i++)
    {
      const SrValue *value = &record->fields[i].value;

      if (value->type == SR_VALUE_TEXT)
        collect_in_text (self, value->data, value->size);
      else if (value->type == SR_VALUE_JSON)
        collect_in_json (self, value->data, value->size);
    }
  return TRUE;
}

void
sr_references_merge (SrReferences *self,
                     SrReferences *other)
{
  GHashTableIter iter;
  gpointer       path;

  self->full = self->full || other->full;
  g_hash_table_iter_init (&iter, other->paths);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    {
      g_hash_table_iter_steal (&iter);
      if (g_hash_table_contains (self->paths, path))
        g_free (path);
      else if (g_hash_table_size (self->paths) < MAX_KEPT)
        g_hash_table_add (self->paths, path);
      else
        {
          self->full = TRUE;
          g_free (path);
        }
    }
}

static gboolean
is_there (SrBackupFile      *file,
          const char        *path,
          const char *const *places)
{
  for (guint i = 0; places[i] != NULL; i++)
    {
      g_autofree char *name = g_strconcat (places[i], path, NULL);
      guint            index;

      if (sr_backup_file_find (file, name, &index))
        return TRUE;
    }
  return FALSE;
}

void
sr_references_judge (SrReferences      *self,
                     SrJudge           *judge,
                     const char *const *places)
{
  const char         *id = "records.references";
  const char         *title = "Files that records refer to";
  g_autoptr (GString) named = g_string_new (NULL);
  guint               n = g_hash_table_size (self->paths);
  guint               n_missing = 0;
  GHashTableIter      iter;
  gpointer            path;

  g_hash_table_iter_init (&iter, self->paths);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    {
      g_autofree char *shown = NULL;

      if (is_there (judge->file, path, places) || n_missing++ >= MAX_NAMED)
        continue;
      shown = sr_guard_show_name (path);
      g_string_append_printf (named, "%s“uploads/%s”", named->len > 0 ? ", " : "", shown);
    }
  if (self->full)
    sr_verdict_add (judge->verdict, id, title, SR_ASPECT_COMPLETE, SR_CHECK_NOT_MADE,
                    "Records refer to more than %d files, too many to look for each.", MAX_KEPT);
  else if (n_missing > 0)
    sr_verdict_add (judge->verdict, id, title, SR_ASPECT_COMPLETE, SR_CHECK_WARNING,
                    "Of the uploaded files that records refer to, %u of %u cannot be found: %s%s.",
                    n_missing, n, named->str, n_missing > MAX_NAMED ? " and others" : "");
  else if (n > 0)
    sr_verdict_add (judge->verdict, id, title, SR_ASPECT_COMPLETE, SR_CHECK_PASSED,
                    "Every uploaded file that a record refers to is there, %u of %u.", n, n);
  else
    sr_verdict_add (judge->verdict, id, title, SR_ASPECT_COMPLETE, SR_CHECK_PASSED,
                    "No record refers to an uploaded file.");
}
