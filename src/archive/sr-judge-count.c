/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-judge-count.h"
#include "base/sr-error.h"

#define BCRYPT_SIZE 7 /* "$2b$10$" */
#define CHECK_EVERY 1024

void
sr_tally_free (SrTally *self)
{
  g_free (self->name);
  g_free (self->first_duplicate);
  g_free (self);
}

SrCount *
sr_count_new (gssize *pool)
{
  SrCount *self = g_new0 (SrCount, 1);

  self->tallies = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_tally_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->errors = g_ptr_array_new_with_free_func (g_free);
  self->locked = g_ptr_array_new_with_free_func (g_free);
  self->key = g_byte_array_new ();
  self->pool = pool;
  return self;
}

void
sr_count_free (SrCount *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->keys, sr_key_set_free);
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->tallies);
  g_ptr_array_unref (self->errors);
  g_ptr_array_unref (self->locked);
  g_byte_array_unref (self->key);
  g_free (self->none);
  g_free (self);
}

static void
add_tally (SrCount *self,
           SrTally *tally)
{
  g_ptr_array_add (self->tallies, tally);
  g_hash_table_insert (self->by_name, tally->name, tally);
}

void
sr_count_take_tally (SrCount *self,
                     SrTally *tally)
{
  SrTally *found = g_hash_table_lookup (self->by_name, tally->name);

  if (found == NULL)
    {
      add_tally (self, tally);
      return;
    }
  found->count += tally->count;
  found->duplicates += tally->duplicates;
  found->keyless += tally->keyless;
  if (found->first_duplicate == NULL)
    found->first_duplicate = g_steal_pointer (&tally->first_duplicate);
  sr_tally_free (tally);
}

void
sr_count_add_sums (SrCount       *self,
                   const SrCount *other)
{
  self->n_records += other->n_records;
  self->n_hashes += other->n_hashes;
  self->too_many_keys |= other->too_many_keys;
  for (guint i = 0; i < SR_N_NOTES; i++)
    self->notes[i] += other->notes[i];
}

static void
enter_collection (SrCount            *self,
                  const SrCollection *collection)
{
  SrTally *tally = g_hash_table_lookup (self->by_name, collection->name);

  if (tally == NULL)
    {
      tally = g_new0 (SrTally, 1);
      tally->name = g_strdup (collection->name);
      add_tally (self, tally);
    }
  if (tally == self->current)
    return;
  self->current = tally;
  g_clear_pointer (&self->keys, sr_key_set_free);
  self->keys = sr_key_set_new (self->pool);
}

/* --- keys ------------------------------------------------------------------------------------- */

static const char *
skip_space (const char *at,
            const char *end)
{
  while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
    at++;
  return at;
}

/* A record that begins with `"_id": "…"` or `"id": "…"` has its key there; it is found without
 * parsing the rest. */
static const char *
quick_key (const SrRecord *record,
           gsize          *size)
{
  const char *at = record->raw;
  const char *end;
  const char *close;

  if (record->raw == NULL || record->raw_size < 2 || *at != '{')
    return NULL;
  end = at + record->raw_size;
  at = skip_space (at + 1, end);
  if (end - at > 5 && memcmp (at, "\"_id\"", 5) == 0)
    at += 5;
  else if (end - at > 4 && memcmp (at, "\"id\"", 4) == 0)
    at += 4;
  else
    return NULL;
  at = skip_space (at, end);
  if (at == end || *at != ':')
    return NULL;
  at = skip_space (at + 1, end);
  if (at == end || *at != '"')
    return NULL;
  close = memchr (at + 1, '"', (gsize) (end - at - 1));
  if (close == NULL || memchr (at, '\\', (gsize) (close - at)) != NULL)
    return NULL;
  *size = (gsize) (close - at - 1);
  return at + 1;
}

/* Whether every record can be given with its key for little, or the fields must be read. */
static gboolean
find_key (SrCount            *self,
          const SrCollection *collection,
          SrRecordReader     *reader,
          SrRecord           *record,
          const char        **key,
          gsize              *size,
          GError            **error)
{
  *key = quick_key (record, size);
  if (*key != NULL)
    return TRUE;
  if (record->fields == NULL && !sr_record_reader_get_fields (reader, record, error))
    return FALSE;
  if (sr_record_get_key (record, collection, self->key))
    {
      *key = (const char *) self->key->data;
      *size = self->key->len;
    }
  return TRUE;
}

static gboolean
count_key (SrCount            *self,
           const SrCollection *collection,
           SrRecordReader     *reader,
           SrRecord           *record,
           GError            **error)
{
  SrTally    *tally = self->current;
  const char *key = NULL;
  gsize       size = 0;

  if (!find_key (self, collection, reader, record, &key, &size, error))
    return FALSE;
  if (key == NULL)
    return TRUE;
  if (!sr_key_set_add (self->keys, key, size) && tally->duplicates++ == 0 &&
      (record->fields != NULL || sr_record_reader_get_fields (reader, record, NULL)))
    tally->first_duplicate = sr_record_get_key_text (record, collection);
  self->too_many_keys |= sr_key_set_is_full (self->keys);
  return TRUE;
}

/* Whether the record is an object with the member @name. That it is the first one is seen without
 * parsing it. */
static gboolean
has_member (const char     *name,
            SrRecordReader *reader,
            SrRecord       *record,
            gboolean       *has,
            GError        **error)
{
  const char *end = record->raw != NULL ? record->raw + record->raw_size : NULL;
  const char *at = record->raw != NULL ? skip_space (record->raw, end) : NULL;
  gsize       size = strlen (name);

  *has = FALSE;
  if (at != NULL && (at == end || *at != '{'))
    return TRUE;
  if (at != NULL)
    {
      at = skip_space (at + 1, end);
      *has = (gsize) (end - at) > size + 1 && *at == '"' && memcmp (at + 1, name, size) == 0 &&
             at[size + 1] == '"';
    }
  if (*has)
    return TRUE;
  if (record->fields == NULL && !sr_record_reader_get_fields (reader, record, error))
    return FALSE;
  for (guint i = 0; i < record->n_fields && !*has; i++)
    *has = strcmp (record->fields[i].name, name) == 0;
  return TRUE;
}

/* --- secrets ---------------------------------------------------------------------------------- */

/* How many bcrypt hashes ("$2b$10$…") stand in a text. */
static guint64
count_hashes (const char *text,
              gsize       size)
{
  const char *end = text + size;
  guint64     n = 0;

  while (end - text >= BCRYPT_SIZE &&
         (text = memchr (text, '$', (gsize) (end - text))) != NULL)
    {
      if (end - text >= BCRYPT_SIZE && text[1] == '2' && strchr ("aby", text[2]) != NULL &&
          text[2] != '\0' && text[3] == '$' && g_ascii_isdigit (text[4]) &&
          g_ascii_isdigit (text[5]) && text[6] == '$')
        n++;
      text++;
    }
  return n;
}

static void
look_for_secrets (SrCount        *self,
                  const SrRecord *record)
{
  if (record->raw != NULL)
    {
      self->n_hashes += count_hashes (record->raw, record->raw_size) > 0;
      return;
    }
  for (guint i = 0; i < record->n_fields; i++)
    if (record->fields[i].value.type == SR_VALUE_TEXT)
      self->n_hashes += count_hashes (record->fields[i].value.data, record->fields[i].value.size);
}

/* --- reading ---------------------------------------------------------------------------------- */

static void
tell_progress (SrCount *self,
               SrJudge *judge,
               guint64  n_records)
{
  sr_progress_add (judge->progress, self->n_bytes - self->n_told, n_records);
  self->n_told = self->n_bytes;
}

static gboolean
count_record (SrCount        *self,
              SrJudge        *judge,
              SrCollection   *collection,
              SrRecordReader *reader,
              SrRecord       *record,
              GError        **error)
{
  self->current->count++;
  self->n_bytes += record->raw_size;
  if (++self->n_records % CHECK_EVERY == 0)
    tell_progress (self, judge, CHECK_EVERY);
  if (!count_key (self, collection, reader, record, error))
    return FALSE;
  if (record->raw == NULL && record->fields == NULL &&
      !sr_record_reader_get_fields (reader, record, error))
    return FALSE;
  look_for_secrets (self, record);
  if (judge->file->kind->key != NULL)
    {
      gboolean has_key = FALSE;

      if (!has_member (judge->file->kind->key, reader, record, &has_key, error))
        return FALSE;
      self->current->keyless += !has_key;
    }
  return judge->file->kind->judge_record == NULL ||
         judge->file->kind->judge_record (judge, collection, reader, record, error);
}

static gboolean
read_all (SrCount        *self,
          SrJudge        *judge,
          SrRecordReader *reader,
          GError        **error)
{
  GCancellable *cancellable = judge->cancellable;
  SrCollection *collection;
  SrRecord      record;
  int           more;

  while ((more = sr_record_reader_next_collection (reader, &collection, cancellable, error)) > 0)
    {
      enter_collection (self, collection);
      if (judge->file->kind->judge_collection != NULL)
        judge->file->kind->judge_collection (judge, collection);
      sr_progress_set_current (judge->progress, collection->name);
      while ((more = sr_record_reader_next (reader, &record, cancellable, error)) > 0)
        if (!count_record (self, judge, collection, reader, &record, error))
          return FALSE;
      if (more < 0)
        return FALSE;
    }
  return more == 0;
}

gboolean
sr_count_read (SrCount        *self,
               SrJudge        *judge,
               SrRecordReader *reader,
               GError        **error)
{
  const guint64 *notes = sr_record_reader_get_notes (reader);
  gboolean       ok;

  self->n_bytes = 0;
  self->n_told = 0;
  ok = read_all (self, judge, reader, error);
  for (guint i = 0; i < SR_N_NOTES; i++)
    self->notes[i] += notes[i];
  self->current = NULL;
  g_clear_pointer (&self->keys, sr_key_set_free);
  return ok;
}

gboolean
sr_count_is_fatal (const GError *reason)
{
  return sr_error_is (reason, SR_ERROR_CANCELLED) || sr_error_is (reason, SR_ERROR_REFUSED) ||
         sr_error_is (reason, SR_ERROR_NO_SPACE);
}

gboolean
sr_count_take_reason (SrCount    *self,
                      const char *collection,
                      GError     *reason,
                      GError    **error)
{
  g_autoptr (GError) owned = reason;
  char              *text;

  if (sr_count_is_fatal (owned))
    {
      g_propagate_error (error, g_steal_pointer (&owned));
      return FALSE;
    }
  if (collection == NULL || strstr (owned->message, collection) != NULL)
    text = g_strdup (owned->message);
  else
    text = g_strdup_printf ("“%s”: %s", collection, owned->message);
  if (sr_error_is (owned, SR_ERROR_UNSUPPORTED) && collection == NULL)
    self->none = text;
  else if (sr_error_is (owned, SR_ERROR_WRONG_PASSWORD))
    g_ptr_array_add (self->locked, text);
  else
    g_ptr_array_add (self->errors, text);
  return TRUE;
}
