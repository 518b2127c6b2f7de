/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-restore-file.h"

#include "base/sr-error.h"
#include "base/sr-output-file.h"
#include "job/sr-restore-tables.h"
#include "job/sr-snapshot-writer.h"
#include "record/sr-search.h"

#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

/* The entry of a POS backup that is its database. */
#define POS_DATABASE "database.db"

/* Shares of the progress. */
#define WEIGHT_JUDGE  25
#define WEIGHT_PLAN   15
#define WEIGHT_SAFETY 15
#define WEIGHT_STAGE  40
#define WEIGHT_SWAP   5
#define WEIGHT_TOTAL  100

typedef struct
{
  SrBackupFile               *file;
  SrTarget                   *target;
  const SrRestoreFileOptions *options;
  SrRestoreFileResult        *result;
  SrRestoreTables            *tables; /* (nullable): %NULL when files are restored */
  SrProgress                 *progress;
  GCancellable               *cancellable;
} Restore;

void
sr_restore_file_result_clear (SrRestoreFileResult *self)
{
  g_clear_object (&self->verdict);
  g_clear_pointer (&self->preflight, sr_preflight_free);
  g_clear_pointer (&self->counts, g_ptr_array_unref);
  g_clear_pointer (&self->safety, g_free);
}

static SrProgress *
begin_step (Restore    *self,
            double      weight,
            const char *phase)
{
  return sr_progress_step (self->progress, weight, WEIGHT_TOTAL, phase);
}

/* --- inspect
 * ------------------------------------------------------------------------------------ */

static gboolean
judge (Restore *self,
       GError **error)
{
  g_autoptr (SrProgress) step = begin_step (self, WEIGHT_JUDGE, "Looking at the backup");
  g_autofree char       *sentence = NULL;
  SrJudgeOptions         how = { 0 };

  if (self->options->dry_run && self->options->judged != NULL)
    self->result->verdict = g_object_ref (self->options->judged);
  else
    self->result->verdict = sr_backup_file_judge (self->file, &how, step, self->cancellable, error);
  if (self->result->verdict == NULL)
    return FALSE;
  sr_progress_finish (step);
  if (self->options->accept)
    return TRUE;
  if (sr_backup_file_get_encryption (self->file) == SR_ENCRYPTION_LOCKED)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_WRONG_PASSWORD,
                           "The backup is encrypted and no key that fits was given, so nothing was "
                           "restored");
      return FALSE;
    }
  if (sr_verdict_get_level (self->result->verdict) != SR_VERDICT_BROKEN)
    return TRUE;
  sentence = sr_verdict_get_sentence (self->result->verdict);
  g_set_error (
      error, SR_ERROR, SR_ERROR_DAMAGED,
      "The backup is broken, so nothing was restored: %s What is whole in it can be restored "
      "with --accept-broken",
      sentence);
  return FALSE;
}

/* --- choose
 * ------------------------------------------------------------------------------------- */

static gboolean
is_database (Restore    *self,
             const char *name)
{
  if (sr_backup_file_get_kind (self->file) == SR_BACKUP_POS)
    return strcmp (name, POS_DATABASE) == 0;
  return sr_backup_file_get_kind (self->file) == SR_BACKUP_SQLITE;
}

/* Where a database file goes, only the backup's database may go. */
static gboolean
is_chosen (Restore    *self,
           const char *name)
{
  const char *const *files = self->options->files;

  if (files == NULL || files[0] == NULL)
    return !sr_target_takes_records (self->target) || is_database (self, name);
  for (; *files != NULL; files++)
    {
      gsize length = strlen (*files);

      while (length > 0 && (*files)[length - 1] == '/')
        length--;
      if (strncmp (name, *files, length) == 0 && (name[length] == '\0' || name[length] == '/'))
        return TRUE;
    }
  return FALSE;
}

static guint64
count_bytes (Restore *self)
{
  SrContainer *container = sr_backup_file_get_container (self->file);
  guint64      total = 0;

  for (guint i = 0; i < sr_container_get_n_entries (container); i++)
    {
      const SrContainerEntry *entry = sr_container_get_entry (container, i);

      if (entry->type == SR_ENTRY_FILE && entry->size != SR_SIZE_UNKNOWN &&
          is_chosen (self, entry->name))
        total += entry->size;
    }
  return total;
}

static gboolean
need_container (Restore *self,
                GError **error)
{
  const GError *reason = sr_backup_file_get_error (self->file);

  if (sr_backup_file_get_container (self->file) != NULL)
    return TRUE;
  g_set_error (error, SR_ERROR,
               sr_error_is (reason, SR_ERROR_WRONG_PASSWORD) ? SR_ERROR_WRONG_PASSWORD
                                                             : SR_ERROR_DAMAGED,
               "Nothing of the backup can be restored: %s",
               reason != NULL ? reason->message : "nothing in it can be opened");
  return FALSE;
}

static gboolean
is_there (SrContainer *container,
          const char  *chosen)
{
  gsize length = strlen (chosen);

  while (length > 0 && chosen[length - 1] == '/')
    length--;
  for (guint i = 0; i < sr_container_get_n_entries (container); i++)
    {
      const char *name = sr_container_get_entry (container, i)->name;

      if (strncmp (name, chosen, length) == 0 && (name[length] == '\0' || name[length] == '/'))
        return TRUE;
    }
  return FALSE;
}

/* A choice that means nothing here must not restore all, or nothing, in silence. */
static gboolean
check_choice (Restore *self,
              GError **error)
{
  const SrRestoreFileOptions *options = self->options;
  SrContainer                *container = sr_backup_file_get_container (self->file);

  if ((options->collections != NULL && options->collections[0] != NULL) ||
      (options->terms != NULL && options->terms[0] != NULL))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_REFUSED,
                           "Nothing was changed: files are restored here, not records; name "
                           "entries of the backup instead of collections");
      return FALSE;
    }
  for (const char *const *files = options->files; files != NULL && *files != NULL; files++)
    if (!is_there (container, *files))
      {
        g_autofree char *shown = sr_guard_show_name (*files);

        g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND,
                     "Nothing was changed: there is no “%s” in the backup", shown);
        return FALSE;
      }
  return TRUE;
}

/* --- preflight
 * ---------------------------------------------------------------------------------- */

static gboolean
set_preflight_failed (const SrPreflight *preflight,
                      GError           **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < preflight->rows->len; i++)
    {
      const SrPreflightRow *row = g_ptr_array_index (preflight->rows, i);

      if (!row->ok)
        g_string_append_printf (text, "%s%s: %s", text->len > 0 ? "; " : "", row->title,
                                row->sentence);
    }
  g_set_error (error, SR_ERROR, SR_ERROR_REFUSED, "Nothing was changed. %s", text->str);
  return FALSE;
}

static guint64
count_existing (const SrPreflight *preflight)
{
  guint64 existing = 0;

  for (guint i = 0; i < preflight->losses->len; i++)
    existing += ((const SrTargetLoss *) g_ptr_array_index (preflight->losses, i))->existing;
  return existing;
}

/* Whether something would be lost that has to be saved first. */
static gboolean
replaces_something (const SrPreflight *preflight)
{
  return count_existing (preflight) > 0 || preflight->replaces_objects;
}

static gboolean
has_safety (Restore *self)
{
  return self->options->safety_file != NULL || self->options->safety_vault != NULL;
}

/* Whoever restores chosen collections has asked for nothing else. */
static void
tell_others (Restore *self)
{
  const char *const *chosen = self->options->collections;
  g_autofree char   *others = NULL;
  guint64            lost;

  if (self->tables == NULL)
    return;
  lost = sr_restore_tables_get_n_lost (self->tables);
  if (lost > 0)
    sr_preflight_add (self->result->preflight, "Not restored", TRUE, TRUE,
                      "The backup has more views, indexes, constraints and the like than are "
                      "taken: the last %" G_GUINT64_FORMAT " of them are not restored",
                      lost);
  if (chosen != NULL && chosen[0] != NULL)
    return;
  others = sr_restore_tables_describe_others (self->tables);
  if (others != NULL)
    sr_preflight_add (self->result->preflight, "Not restored", TRUE, TRUE,
                      "Only tables, their keys and records come. The backup also has, and this is "
                      "not restored: %s. What of it the database has already stays",
                      others);
}

/* The verdict says it too, but whoever restores looks here. */
static void
tell_changes (Restore *self)
{
  const SrCheck *check = sr_verdict_find (self->result->verdict, SR_CHECK_SQL_CHANGES);

  if (check != NULL)
    sr_preflight_add (self->result->preflight, check->title, TRUE, TRUE, "%s", check->sentence);
}

static gboolean
preflight (Restore            *self,
           const SrTargetPlan *plan,
           GError            **error)
{
  SrPreflight *result = self->result->preflight = sr_preflight_new ();

  if (!sr_target_preflight (self->target, plan, result, self->cancellable, error))
    return FALSE;
  tell_others (self);
  tell_changes (self);
  if (sr_preflight_is_ok (result) && replaces_something (result) && !has_safety (self))
    sr_preflight_add (result, "Safety backup", FALSE, FALSE,
                      "what is there would be lost for good: name a file or a vault to save it in "
                      "first");
  if (!sr_preflight_is_ok (result))
    {
      if (self->options->dry_run)
        return TRUE;
      return set_preflight_failed (result, error);
    }
  return self->options->confirm == NULL || self->options->dry_run ||
         self->options->confirm (result, self->result->verdict, self->options->user_data, error);
}

/* --- safety backup
 * ------------------------------------------------------------------------------ */

static gboolean
save_to_file (Restore *self,
              GError **error)
{
  g_autoptr (SrOutputFile) file = NULL;

  file = sr_output_file_open (self->options->safety_file, FALSE, 0600, error);
  if (file == NULL)
    return FALSE;
  if (!sr_target_back_up (self->target, sr_output_file_get_stream (file),
                          &self->result->safety_size, self->cancellable, error))
    {
      g_autofree char *shown = g_filename_display_name (self->options->safety_file);

      sr_error_take_io (error, "Writing the safety backup “%s”", shown);
      return FALSE;
    }
  if (self->result->safety_size == 0)
    return TRUE;
  if (!sr_output_file_commit (file, error))
    return FALSE;
  self->result->safety = g_strdup (self->options->safety_file);
  return TRUE;
}

static gboolean
save_to_vault (Restore *self,
               GError **error)
{
  static const char *const     paths[] = { "/safety", NULL };
  static const char *const     tags[] = { "safety", NULL };
  SrSnapshotWriterOptions      how = { .paths = paths, .tags = tags };
  g_autoptr (SrSnapshotWriter) writer = NULL;
  g_autoptr (GOutputStream)    stream = NULL;
  g_autofree char             *name = NULL;
  SrBackupResult               stored = { 0 };
  char                         hex[SR_ID_HEX_SIZE];

  writer =
      sr_snapshot_writer_new (self->options->safety_vault, &how, NULL, self->cancellable, error);
  if (writer == NULL)
    return FALSE;
  name = g_strconcat ("database/before", sr_target_get_back_up_suffix (self->target), NULL);
  if (!sr_snapshot_writer_begin (writer, name, G_MININT64, 0, TRUE, error))
    return FALSE;
  stream = sr_snapshot_writer_get_stream (writer);
  if (!sr_target_back_up (self->target, stream, &self->result->safety_size, self->cancellable,
                          error) ||
      !sr_snapshot_writer_end (writer, NULL, error))
    return FALSE;
  if (self->result->safety_size == 0)
    return TRUE;
  if (!sr_snapshot_writer_commit (writer, &stored, error))
    return FALSE;
  self->result->safety_snapshot = stored.snapshot->id;
  self->result->safety = g_strdup_printf ("snapshot:%s", sr_id_to_hex (&stored.snapshot->id, hex));
  sr_backup_result_clear (&stored);
  return TRUE;
}

static gboolean
save_what_exists (Restore *self,
                  GError **error)
{
  g_autoptr (SrProgress) step = begin_step (self, WEIGHT_SAFETY, "Saving what is there");
  gboolean               ok = TRUE;

  if (self->options->safety_file != NULL)
    ok = save_to_file (self, error);
  else if (self->options->safety_vault != NULL)
    ok = save_to_vault (self, error);
  if (!ok)
    {
      g_prefix_error (error, "What is there could not be saved, so nothing was changed: ");
      return FALSE;
    }
  sr_progress_finish (step);
  return TRUE;
}

/* --- stage
 * -------------------------------------------------------------------------------------- */

static gboolean
put_entry (SrContainer            *container,
           guint                   index,
           const SrContainerEntry *entry,
           GInputStream           *stream,
           gpointer                user_data,
           GError                **error)
{
  Restore *self = user_data;

  if (!is_chosen (self, entry->name))
    return TRUE;
  sr_progress_set_current (self->progress, entry->name);
  return sr_target_put_file (self->target, entry, stream, self->cancellable, error);
}

static gboolean
put_run (Restore            *self,
         SrRecordReader     *reader,
         const SrCollection *collection,
         SrSearch           *search,
         SrProgress         *step,
         GError            **error)
{
  SrRecord record;
  int      more;

  if (!sr_target_begin_collection (self->target, collection, self->cancellable, error))
    return FALSE;
  sr_progress_set_current (step, collection->name);
  while ((more = sr_record_reader_next (reader, &record, self->cancellable, error)) > 0)
    {
      int fits = search != NULL ? sr_search_match (search, reader, &record, error) : 1;

      if (fits < 0)
        return FALSE;
      if (fits == 0)
        continue;
      if ((record.fields == NULL && !sr_record_reader_get_fields (reader, &record, error)) ||
          !sr_target_put_record (self->target, &record, self->cancellable, error))
        return FALSE;
      sr_progress_add (step, 0, 1);
    }
  return more == 0;
}

static gboolean
put_records (Restore    *self,
             SrProgress *step,
             GError    **error)
{
  g_autoptr (SrRecordReader) reader = NULL;
  g_autoptr (SrSearch)       search = NULL;
  SrCollection              *run;
  int                        more;

  if (self->options->terms != NULL && self->options->terms[0] != NULL)
    {
      search = sr_search_new (self->options->terms, error);
      if (search == NULL)
        return FALSE;
    }
  reader = sr_backup_file_read (self->file, NULL, self->cancellable, error);
  if (reader == NULL)
    return FALSE;
  sr_progress_set_totals (step, 0, sr_restore_tables_get_n_records (self->tables), FALSE);
  while ((more = sr_record_reader_next_collection (reader, &run, self->cancellable, error)) > 0)
    {
      const SrCollection *collection = sr_restore_tables_find (self->tables, run->name);

      if (collection != NULL && !put_run (self, reader, collection, search, step, error))
        return FALSE;
    }
  return more == 0;
}

static gboolean
stage (Restore            *self,
       const SrTargetPlan *plan,
       GError            **error)
{
  g_autoptr (SrProgress) step = begin_step (self, WEIGHT_STAGE, "Restoring beside");
  gboolean               ok;

  if (!sr_target_begin (self->target, plan, self->cancellable, error))
    return FALSE;
  if (self->tables != NULL)
    ok = put_records (self, step, error);
  else
    ok = sr_container_visit (sr_backup_file_get_container (self->file), put_entry, self,
                             self->cancellable, error);
  if (!ok)
    return FALSE;
  self->result->counts = sr_target_verify (self->target, self->cancellable, error);
  if (self->result->counts == NULL)
    return FALSE;
  sr_progress_finish (step);
  return TRUE;
}

/* --- the whole
 * ---------------------------------------------------------------------------------- */

static gboolean
make_plan (Restore      *self,
           SrTargetPlan *plan,
           GError      **error)
{
  g_autoptr (SrProgress) step = begin_step (self, WEIGHT_PLAN, "Counting records");

  plan->replace = self->options->replace;
  if (!sr_restore_tables_are_wanted (self->file, self->target, self->options))
    {
      if (!need_container (self, error) || !check_choice (self, error))
        return FALSE;
      plan->expected_bytes = count_bytes (self);
    }
  else
    {
      self->tables = sr_restore_tables_new (self->file, self->target, self->options->collections,
                                            step, self->cancellable, error);
      if (self->tables == NULL)
        return FALSE;
      sr_restore_tables_fill_plan (self->tables, self->file, self->target, self->options, plan);
    }
  sr_progress_finish (step);
  return TRUE;
}

static gboolean
run (Restore *self,
     GError **error)
{
  SrTargetPlan           plan = { 0 };
  g_autoptr (SrProgress) step = NULL;

  if (!judge (self, error) || !make_plan (self, &plan, error) || !preflight (self, &plan, error))
    return FALSE;
  if (self->options->dry_run)
    return TRUE;
  if (replaces_something (self->result->preflight) && !save_what_exists (self, error))
    return FALSE;
  if (!stage (self, &plan, error) || !sr_backup_file_check_unchanged (self->file, error))
    return FALSE;
  step = begin_step (self, WEIGHT_SWAP, "Putting into place");
  if (!sr_target_swap (self->target, self->cancellable, error))
    return FALSE;
  self->result->swapped = TRUE;
  sr_progress_finish (step);
  return TRUE;
}

gboolean
sr_restore_file_run (SrBackupFile               *file,
                     SrTarget                   *target,
                     const SrRestoreFileOptions *options,
                     SrRestoreFileResult        *result,
                     SrProgress                 *progress,
                     GCancellable               *cancellable,
                     GError                    **error)
{
  Restore            self = { file, target, options, result, NULL, progress, cancellable };
  g_autoptr (GError) left = NULL;
  gboolean           ok;

  *result = (SrRestoreFileResult){ 0 };
  ok = run (&self, error);
  /* the stage goes; what was there before is as it was */
  if (!ok && !sr_target_discard (target, &left))
    g_prefix_error (error, "(the stage could not be removed: %s) ", left->message);
  g_clear_pointer (&self.tables, sr_restore_tables_free);
  return ok;
}
