/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include "archive/sr-judge-count.h"

#define MAX_NAMED 3

/* --- telling ---------------------------------------------------------------------------------- */

static void
tell_reading (SrCount *self,
              SrJudge *judge)
{
  SrVerdict       *verdict = judge->verdict;
  const char      *id = "records.read";
  const char      *title = "Records can be read";
  g_autofree char *locked =
      sr_verdict_counted (self->locked->len, "collection is", "collections are");
  g_autofree char *records = sr_verdict_counted (self->n_records, "record", "records");
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
tell_announced (SrCount *self,
                SrJudge *judge)
{
  g_autoptr (GString) differing = g_string_new (NULL);
  SrVerdict          *verdict = judge->verdict;
  GPtrArray          *collections = judge->file->collections;
  guint               n_announced = 0;
  guint               n_differing = 0;
  guint               n_silent = 0;

  for (guint i = 0; i < collections->len; i++)
    {
      const SrBackupCollection *known = g_ptr_array_index (collections, i);
      const SrTally            *tally = g_hash_table_lookup (self->by_name, known->name);
      gint64                    found = tally != NULL ? (gint64) tally->count : 0;

      n_silent += known->count < 0;
      if (known->count < 0)
        continue;
      n_announced++;
      if (found == known->count || n_differing++ >= MAX_NAMED)
        continue;
      g_string_append_printf (differing, "%s%s has %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT,
                              n_differing > 1 ? ", " : "", known->name, found, known->count);
    }
  if (judge->file->kind->announces && n_silent > 0)
    sr_verdict_add (verdict, "records.unannounced", "Unannounced records", SR_ASPECT_COMPLETE,
                    SR_CHECK_NOT_MADE,
                    "Nothing tells how many records there should be in %u of %u collections.",
                    n_silent, n_silent + n_announced);
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
tell_duplicates (SrCount *self,
                 SrJudge *judge)
{
  g_autoptr (GString) named = g_string_new (NULL);
  SrVerdict          *verdict = judge->verdict;
  guint               n = 0;

  for (guint i = 0; i < self->tallies->len; i++)
    {
      const SrTally *tally = g_ptr_array_index (self->tallies, i);

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
                    "There are too many keys to compare them all; none stands twice among those "
                    "that were.");
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
tell_notes (SrCount *self,
            SrJudge *judge)
{
  for (guint i = 0; i < SR_N_NOTES; i++)
    {
      g_autofree char *text =
          sr_verdict_counted (self->notes[i], note_checks[i].one, note_checks[i].many);

      if (self->notes[i] > 0)
        sr_verdict_add (judge->verdict, note_checks[i].id, note_checks[i].title,
                        SR_ASPECT_COMPLETE, note_checks[i].result, "%s.", text);
    }
}

static void
tell_left_out (SrJudge *judge)
{
  g_autoptr (GPtrArray) sentences = sr_backup_file_get_left_out (judge->file);
  guint                 n = MIN (sentences->len, MAX_NAMED);
  g_autofree char      *more = sentences->len > n
                                   ? g_strdup_printf ("%u more were left out.", sentences->len - n)
                                   : NULL;

  for (guint i = 0; i < n + (more != NULL); i++)
    sr_verdict_add (judge->verdict, "records.left-out", "Left out", SR_ASPECT_COMPLETE,
                    SR_CHECK_NOTICE, "%s",
                    i < n ? (const char *) g_ptr_array_index (sentences, i) : more);
}

/* Records that a restore into their own server could not find again. */
static void
tell_keyless (SrCount *self,
              SrJudge *judge)
{
  g_autoptr (GString) named = g_string_new (NULL);
  guint               n = 0;

  for (guint i = 0; i < self->tallies->len; i++)
    {
      const SrTally *tally = g_ptr_array_index (self->tallies, i);

      if (tally->keyless == 0 || n++ >= MAX_NAMED)
        continue;
      g_string_append_printf (named, "%s%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " in %s",
                              n > 1 ? ", " : "", tally->keyless, tally->count, tally->name);
    }
  if (n > 0)
    sr_verdict_add (judge->verdict, "records.keyless", "Records without a key",
                    SR_ASPECT_COMPLETE, SR_CHECK_WARNING,
                    "Records have no “%s” or are no objects at all: %s%s.", judge->file->kind->key,
                    named->str, n > MAX_NAMED ? " and others" : "");
}

static void
tell_secrets (SrCount *self,
              SrJudge *judge)
{
  static const char *const otps[] = { "otps", "otp", "Otp", NULL };
  SrVerdict               *verdict = judge->verdict;
  g_autofree char         *hashes =
      sr_verdict_counted (self->n_hashes, "password hash is", "password hashes are");

  if (self->n_hashes > 0)
    sr_verdict_add (verdict, "privacy.password-hashes", "Password hashes", SR_ASPECT_PRIVACY,
                    SR_CHECK_WARNING,
                    "%s in it; whoever has the file can try to guess the passwords.", hashes);
  for (guint i = 0; otps[i] != NULL; i++)
    {
      const SrTally *tally = g_hash_table_lookup (self->by_name, otps[i]);

      g_autofree char *codes = NULL;

      if (tally == NULL || tally->count == 0)
        continue;
      codes = sr_verdict_counted (tally->count, "one-time code is", "one-time codes are");
      sr_verdict_add (verdict, "privacy.otps", "One-time codes", SR_ASPECT_PRIVACY,
                      SR_CHECK_WARNING, "%s in clear in it.", codes);
    }
}

static void
keep_counts (SrCount *self,
             SrJudge *judge)
{
  for (guint i = 0; i < self->tallies->len; i++)
    {
      const SrTally      *tally = g_ptr_array_index (self->tallies, i);
      SrBackupCollection *known = sr_backup_file_find_collection (judge->file, tally->name);

      if (known == NULL)
        known = sr_backup_file_add_collection (judge->file, tally->name, 0, NULL);
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
tell_all (SrCount *self,
          SrJudge *judge)
{
  tell_reading (self, judge);
  tell_announced (self, judge);
  tell_duplicates (self, judge);
  tell_keyless (self, judge);
  tell_left_out (judge);
  tell_notes (self, judge);
  tell_secrets (self, judge);
  keep_counts (self, judge);
}

/* --- reading ---------------------------------------------------------------------------------- */

/* Why the records are not to be read. Returns: (nullable): nothing keeps from it */
static const char *
why_not (SrJudge *judge)
{
  SrBackupFile *file = judge->file;

  if (judge->options->quick)
    return "The records were not read, as asked for.";
  if (file->encryption == SR_ENCRYPTION_LOCKED && file->kind->kind != SR_BACKUP_RAYERP)
    return "The backup is encrypted and was not looked into.";
  return NULL;
}

static gboolean
are_readable (SrBackupFile *file)
{
  return file->kind->read != NULL && !file->kind->unread && !sr_backup_file_is_closed (file);
}

static double
get_size (SrContainer *container,
          guint        index)
{
  guint64 size = sr_container_get_entry (container, index)->size;

  return size != SR_SIZE_UNKNOWN ? (double) size : 0;
}

double
sr_judge_get_share_of_parts (SrJudge *judge)
{
  SrBackupFile *file = judge->file;
  gboolean      found = FALSE;
  double        parts = 1;
  double        all = 1;
  guint         index;

  if (!are_readable (file) || why_not (judge) != NULL || !file->kind->per_entry)
    return 0;
  for (guint i = 0; i < file->collections->len; i++)
    {
      const SrBackupCollection *collection = g_ptr_array_index (file->collections, i);

      found |= collection->entry != NULL;
      if (collection->entry != NULL && sr_backup_file_find (file, collection->entry, &index))
        parts += get_size (file->container, index);
    }
  for (guint i = 0; i < sr_container_get_n_entries (file->container); i++)
    all += get_size (file->container, i);
  return found ? CLAMP (parts / all, 0.1, 0.9) : 0;
}

gboolean
sr_judge_parts (SrJudge *judge,
                GError **error)
{
  g_autoptr (SrCount) count = sr_count_new (&judge->key_pool);

  if (!sr_count_read_parts (count, judge, error))
    return FALSE;
  judge->count = g_steal_pointer (&count);
  return TRUE;
}

static gboolean
read_whole (SrJudge *judge,
            GError **error)
{
  g_autoptr (SrRecordReader) reader = NULL;
  GError                    *reason = NULL;

  judge->count = sr_count_new (&judge->key_pool);
  reader = sr_backup_file_read (judge->file, NULL, judge->cancellable, &reason);
  if (reader == NULL || !sr_count_read (judge->count, judge, reader, &reason))
    return sr_count_take_reason (judge->count, NULL, reason, error);
  if (judge->file->kind->judge_end != NULL)
    judge->file->kind->judge_end (judge, reader);
  return TRUE;
}

gboolean
sr_judge_records (SrJudge *judge,
                  GError **error)
{
  SrBackupFile *file = judge->file;

  if (are_readable (file) && why_not (judge) != NULL)
    sr_verdict_add (judge->verdict, "records.read", "Records can be read", SR_ASPECT_COMPLETE,
                    SR_CHECK_NOT_MADE, "%s", why_not (judge));
  else if (judge->count != NULL)
    {
      if (judge->count->errors->len + judge->count->locked->len == 0 &&
          file->kind->judge_end != NULL)
        file->kind->judge_end (judge, NULL);
    }
  else if (are_readable (file) && !read_whole (judge, error))
    return FALSE;
  if (judge->count != NULL)
    tell_all (judge->count, judge);
  tell_unknown (judge);
  return TRUE;
}
