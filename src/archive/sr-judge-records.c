/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-backup-file-private.h"
#include "archive/sr-key-set.h"
#include "base/sr-error.h"

#define MAX_NAMED   3
#define BCRYPT_SIZE 7 /* "$2b$10$" */
#define CHECK_EVERY 1024

/* Of one collection. */
typedef struct
{
  char   *name;
  guint64 count;
  guint64 duplicates;
  char   *first_duplicate;
  gint64  announced; /* -1: not */
} Tally;

typedef struct
{
  SrJudge    *judge;
  GPtrArray  *tallies; /* Tally, in the order they came */
  GHashTable *by_name; /* to the same */
  SrKeySet   *keys;    /* of the collection that is being read */
  Tally      *current;
  GByteArray *key;
  gboolean    too_many_keys;
  guint64     n_hashes; /* of passwords */
  guint64     notes[SR_N_NOTES];
  GPtrArray  *errors; /* sentences */
  GPtrArray  *locked; /* likewise, of what could not be looked at */
  char       *none;   /* why there are no records */
} Count;

static void
tally_free (gpointer data)
{
  Tally *tally = data;

  g_free (tally->name);
  g_free (tally->first_duplicate);
  g_free (tally);
}

static void
enter_collection (Count              *self,
                  const SrCollection *collection)
{
  const SrBackupCollection *known;
  Tally                    *tally = g_hash_table_lookup (self->by_name, collection->name);

  if (tally == NULL)
    {
      tally = g_new0 (Tally, 1);
      tally->name = g_strdup (collection->name);
      known = sr_backup_file_find_collection (self->judge->file, tally->name);
      tally->announced = known != NULL ? known->count : -1;
      g_ptr_array_add (self->tallies, tally);
      g_hash_table_insert (self->by_name, tally->name, tally);
    }
  if (tally == self->current)
    return;
  self->current = tally;
  g_clear_pointer (&self->keys, sr_key_set_free);
  self->keys = sr_key_set_new ();
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
find_key (Count              *self,
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
count_key (Count              *self,
           const SrCollection *collection,
           SrRecordReader     *reader,
           SrRecord           *record,
           GError            **error)
{
  Tally      *tally = self->current;
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
look_for_secrets (Count          *self,
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

static gboolean
count_record (Count          *self,
              SrCollection   *collection,
              SrRecordReader *reader,
              SrRecord       *record,
              GError        **error)
{
  SrJudge *judge = self->judge;

  self->current->count++;
  judge->n_records++;
  if (judge->n_records % CHECK_EVERY == 0)
    sr_progress_add (judge->progress, 0, CHECK_EVERY);
  if (!count_key (self, collection, reader, record, error))
    return FALSE;
  if (record->raw == NULL && record->fields == NULL &&
      !sr_record_reader_get_fields (reader, record, error))
    return FALSE;
  look_for_secrets (self, record);
  return judge->file->kind->judge_record == NULL ||
         judge->file->kind->judge_record (judge, collection, reader, record, error);
}

static gboolean
read_all (Count          *self,
          SrRecordReader *reader,
          GError        **error)
{
  GCancellable *cancellable = self->judge->cancellable;
  SrCollection *collection;
  SrRecord      record;
  int           more;

  while ((more = sr_record_reader_next_collection (reader, &collection, cancellable, error)) > 0)
    {
      enter_collection (self, collection);
      if (self->judge->file->kind->judge_collection != NULL)
        self->judge->file->kind->judge_collection (self->judge, collection);
      sr_progress_set_current (self->judge->progress, collection->name);
      while ((more = sr_record_reader_next (reader, &record, cancellable, error)) > 0)
        if (!count_record (self, collection, reader, &record, error))
          return FALSE;
      if (more < 0)
        return FALSE;
    }
  return more == 0;
}

static gboolean
is_fatal (const GError *reason)
{
  return sr_error_is (reason, SR_ERROR_CANCELLED) || sr_error_is (reason, SR_ERROR_REFUSED) ||
         sr_error_is (reason, SR_ERROR_NO_SPACE);
}

/* Keeps the reason for a verdict. Returns: %FALSE if it is one to stop for */
static gboolean
take_reason (Count      *self,
             const char *collection,
             GError     *reason,
             GError    **error)
{
  g_autoptr (GError) owned = reason;
  char              *text;

  if (is_fatal (owned))
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

static gboolean
read_one (Count      *self,
          const char *collection,
          GError    **error)
{
  SrBackupFile              *file = self->judge->file;
  GError                    *reason = NULL;
  g_autoptr (SrRecordReader) reader = NULL;
  gboolean                   ok = FALSE;

  reader = sr_backup_file_read (file, collection, self->judge->cancellable, &reason);
  if (reader != NULL)
    {
      const guint64 *notes = sr_record_reader_get_notes (reader);

      ok = read_all (self, reader, &reason);
      for (guint i = 0; i < SR_N_NOTES; i++)
        self->notes[i] += notes[i];
    }
  if (!ok)
    return take_reason (self, collection, reason, error);
  if (collection == NULL && file->kind->judge_end != NULL)
    file->kind->judge_end (self->judge, reader);
  return TRUE;
}

/* Where each collection has an entry of its own, damage in one does not hide the others. */
static gboolean
read_each (Count   *self,
           GError **error)
{
  SrBackupFile         *file = self->judge->file;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < file->collections->len; i++)
    {
      const SrBackupCollection *collection = g_ptr_array_index (file->collections, i);

      if (collection->entry != NULL)
        g_ptr_array_add (names, g_strdup (collection->name));
    }
  for (guint i = 0; i < names->len; i++)
    if (!read_one (self, g_ptr_array_index (names, i), error))
      return FALSE;
  if (self->errors->len + self->locked->len == 0 && file->kind->judge_end != NULL)
    file->kind->judge_end (self->judge, NULL);
  return TRUE;
}

/* --- telling ---------------------------------------------------------------------------------- */

static void
tell_reading (Count *self)
{
  SrVerdict       *verdict = self->judge->verdict;
  const char      *id = "records.read";
  const char      *title = "Records can be read";
  g_autofree char *locked =
      sr_verdict_counted (self->locked->len, "collection is", "collections are");
  g_autofree char *records = sr_verdict_counted (self->judge->n_records, "record", "records");
  g_autofree char *collections =
      sr_verdict_counted (self->tallies->len, "collection", "collections");

  for (guint i = 0; i < self->errors->len; i++)
    sr_verdict_add (verdict, id, title, SR_ASPECT_INTACT, SR_CHECK_FAILED, "%s.",
                    (const char *) g_ptr_array_index (self->errors, i));
  if (self->locked->len > 0)
    sr_verdict_add (verdict, id, title, SR_ASPECT_INTACT, SR_CHECK_NOT_MADE,
                    "%s encrypted and could not be looked at.", locked);
  if (self->none != NULL)
    sr_verdict_add (verdict, id, title, SR_ASPECT_COMPLETE, SR_CHECK_NOTICE, "%s.", self->none);
  else if (self->errors->len + self->locked->len == 0)
    sr_verdict_add (verdict, id, title, SR_ASPECT_INTACT, SR_CHECK_PASSED,
                    "%s in %s can be read to the end.", records, collections);
}

static void
tell_announced (Count *self)
{
  g_autoptr (GString) differing = g_string_new (NULL);
  SrVerdict          *verdict = self->judge->verdict;
  GPtrArray          *collections = self->judge->file->collections;
  guint               n_announced = 0;
  guint               n_differing = 0;

  for (guint i = 0; i < collections->len; i++)
    {
      const SrBackupCollection *known = g_ptr_array_index (collections, i);
      const Tally              *tally = g_hash_table_lookup (self->by_name, known->name);
      gint64                    found = tally != NULL ? (gint64) tally->count : 0;

      if (known->count < 0)
        continue;
      n_announced++;
      if (found == known->count || n_differing++ >= MAX_NAMED)
        continue;
      g_string_append_printf (differing, "%s%s has %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT,
                              n_differing > 1 ? ", " : "", known->name, found, known->count);
    }
  if (n_announced == 0)
    return;
  if (self->errors->len + self->locked->len > 0)
    sr_verdict_add (verdict, "records.announced", "Announced records", SR_ASPECT_COMPLETE,
                    SR_CHECK_NOT_MADE, "Not all records could be counted.");
  else if (n_differing > 0)
    sr_verdict_add (verdict, "records.announced", "Announced records", SR_ASPECT_COMPLETE,
                    SR_CHECK_FAILED,
                    "Not every collection holds what is announced, %u of %u: %s%s.", n_differing,
                    n_announced, differing->str, n_differing > MAX_NAMED ? " and others" : "");
  else
    sr_verdict_add (
        verdict, "records.announced", "Announced records", SR_ASPECT_COMPLETE, SR_CHECK_PASSED,
        "Every collection holds as many records as announced, %u of %u.", n_announced, n_announced);
}

static void
tell_duplicates (Count *self)
{
  g_autoptr (GString) named = g_string_new (NULL);
  SrVerdict          *verdict = self->judge->verdict;
  guint               n = 0;

  for (guint i = 0; i < self->tallies->len; i++)
    {
      const Tally *tally = g_ptr_array_index (self->tallies, i);

      if (tally->duplicates == 0 || n++ >= MAX_NAMED)
        continue;
      g_string_append_printf (named, "%s%" G_GUINT64_FORMAT " in %s%s%s", n > 1 ? ", " : "",
                              tally->duplicates, tally->name,
                              tally->first_duplicate != NULL ? ", the first: " : "",
                              tally->first_duplicate != NULL ? tally->first_duplicate : "");
    }
  if (n > 0)
    sr_verdict_add (verdict, "records.duplicates", "Keys twice", SR_ASPECT_COMPLETE,
                    SR_CHECK_WARNING, "Keys stand more than once: %s.", named->str);
  else if (self->too_many_keys)
    sr_verdict_add (verdict, "records.duplicates", "Keys twice", SR_ASPECT_COMPLETE,
                    SR_CHECK_NOTICE,
                    "No key stands twice among the first %u of each collection; the rest was not "
                    "compared.",
                    SR_KEY_SET_MAX);
}

typedef struct
{
  SrCheckResult result;
  const char   *id;
  const char   *title;
  const char   *one; /* follows the number */
  const char   *many;
} NoteCheck;

static const NoteCheck note_checks[SR_N_NOTES] = {
  [SR_NOTE_LOST_BYTES] = { SR_CHECK_WARNING, "records.lost-bytes", "Binary content",
                           "binary value was destroyed when the backup was made",
                           "binary values were destroyed when the backup was made" },
  [SR_NOTE_LOST_DATE] = { SR_CHECK_WARNING, "records.lost-dates", "Dates",
                          "date was lost when the backup was made (“Invalid Date”)",
                          "dates were lost when the backup was made (“Invalid Date”)" },
  [SR_NOTE_LOST_FRACTION] = { SR_CHECK_NOTICE, "records.lost-fractions", "Fractions of seconds",
                              "time lost its fraction of a second",
                              "times lost their fraction of a second" },
  [SR_NOTE_ROUNDED] = { SR_CHECK_WARNING, "records.rounded", "Large numbers",
                        "whole number is so large that the server rounded it",
                        "whole numbers are so large that the server rounded them" },
  [SR_NOTE_INVALID_UTF8] = { SR_CHECK_WARNING, "records.utf8", "Text",
                             "text is not valid UTF-8",
                             "texts are not valid UTF-8" },
  [SR_NOTE_NUL] = { SR_CHECK_NOTICE, "records.nul", "NUL bytes", "text holds NUL bytes",
                    "texts hold NUL bytes" },
  [SR_NOTE_GUESSED] = { SR_CHECK_NOTICE, "records.guessed", "Borders of values",
                        "record could only be read by guessing where values end",
                        "records could only be read by guessing where values end" },
  [SR_NOTE_DUPLICATE_FIELD] = { SR_CHECK_WARNING, "records.duplicate-fields", "Fields twice",
                                "record names a field twice",
                                "records name a field twice" },
  [SR_NOTE_VIEW] = { SR_CHECK_NOTICE, "records.views", "Views",
                     "record is of a view, stored as if it were a table",
                     "records are of views, stored as if they were tables" },
};

static void
tell_notes (Count *self)
{
  for (guint i = 0; i < SR_N_NOTES; i++)
    {
      g_autofree char *text =
          sr_verdict_counted (self->notes[i], note_checks[i].one, note_checks[i].many);

      if (self->notes[i] > 0)
        sr_verdict_add (self->judge->verdict, note_checks[i].id, note_checks[i].title,
                        SR_ASPECT_COMPLETE, note_checks[i].result, "%s.", text);
    }
}

static void
tell_secrets (Count *self)
{
  static const char *const otps[] = { "otps", "otp", "Otp", NULL };
  SrVerdict               *verdict = self->judge->verdict;
  g_autofree char         *hashes =
      sr_verdict_counted (self->n_hashes, "password hash is", "password hashes are");

  if (self->n_hashes > 0)
    sr_verdict_add (verdict, "privacy.password-hashes", "Password hashes", SR_ASPECT_PRIVACY,
                    SR_CHECK_WARNING,
                    "%s in it; whoever has the file can try to guess the passwords.", hashes);
  for (guint i = 0; otps[i] != NULL; i++)
    {
      const Tally *tally = g_hash_table_lookup (self->by_name, otps[i]);

      g_autofree char *codes = NULL;

      if (tally == NULL || tally->count == 0)
        continue;
      codes = sr_verdict_counted (tally->count, "one-time code is", "one-time codes are");
      sr_verdict_add (verdict, "privacy.otps", "One-time codes", SR_ASPECT_PRIVACY,
                      SR_CHECK_WARNING, "%s in clear in it.", codes);
    }
}

static void
keep_counts (Count *self)
{
  for (guint i = 0; i < self->tallies->len; i++)
    {
      const Tally        *tally = g_ptr_array_index (self->tallies, i);
      SrBackupCollection *known = sr_backup_file_find_collection (self->judge->file, tally->name);

      if (known == NULL)
        known = sr_backup_file_add_collection (self->judge->file, tally->name, 0, NULL);
      known->count = (gint64) tally->count;
    }
}

/* Where nothing tells how much there should be, nobody can say that all of it is there. */
static void
tell_unknown (SrJudge *judge)
{
  for (guint i = 0; i < sr_verdict_get_n_checks (judge->verdict); i++)
    if (sr_verdict_get_check (judge->verdict, i)->aspect == SR_ASPECT_COMPLETE)
      {
        SrCheckResult result = sr_verdict_get_check (judge->verdict, i)->result;

        if (result == SR_CHECK_PASSED || result == SR_CHECK_FAILED || result == SR_CHECK_WARNING ||
            result == SR_CHECK_NOT_MADE)
          return;
      }
  sr_verdict_add (judge->verdict, "completeness", "Completeness", SR_ASPECT_COMPLETE,
                  SR_CHECK_NOT_MADE,
                  "Nothing in it tells how many records or files there should be.");
}

static void
tell_all (Count *self)
{
  tell_reading (self);
  tell_announced (self);
  tell_duplicates (self);
  tell_notes (self);
  tell_secrets (self);
  keep_counts (self);
}

static gboolean
has_entries (SrBackupFile *file)
{
  for (guint i = 0; i < file->collections->len; i++)
    if (((const SrBackupCollection *) g_ptr_array_index (file->collections, i))->entry != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
count_all (SrJudge *judge,
           GError **error)
{
  Count count = {
    .judge = judge,
    .tallies = g_ptr_array_new_with_free_func (tally_free),
    .by_name = g_hash_table_new (g_str_hash, g_str_equal),
    .key = g_byte_array_new (),
    .errors = g_ptr_array_new_with_free_func (g_free),
    .locked = g_ptr_array_new_with_free_func (g_free),
  };
  gboolean each = judge->file->kind->per_entry && has_entries (judge->file);
  gboolean ok = each ? read_each (&count, error) : read_one (&count, NULL, error);

  if (ok)
    tell_all (&count);
  g_clear_pointer (&count.keys, sr_key_set_free);
  g_hash_table_unref (count.by_name);
  g_ptr_array_unref (count.tallies);
  g_byte_array_unref (count.key);
  g_ptr_array_unref (count.errors);
  g_ptr_array_unref (count.locked);
  g_free (count.none);
  return ok;
}

gboolean
sr_judge_records (SrJudge *judge,
                  GError **error)
{
  SrBackupFile *file = judge->file;
  gboolean      locked = file->encryption == SR_ENCRYPTION_LOCKED;

  if (file->kind->read != NULL && !file->kind->unread && !sr_backup_file_is_closed (file))
    {
      if (judge->options->quick)
        sr_verdict_add (judge->verdict, "records.read", "Records can be read", SR_ASPECT_COMPLETE,
                        SR_CHECK_NOT_MADE, "The records were not read, as asked for.");
      else if (locked && file->kind->kind != SR_BACKUP_RAYERP)
        sr_verdict_add (judge->verdict, "records.read", "Records can be read", SR_ASPECT_COMPLETE,
                        SR_CHECK_NOT_MADE, "The backup is encrypted and was not looked into.");
      else if (!count_all (judge, error))
        return FALSE;
    }
  tell_unknown (judge);
  return TRUE;
}
