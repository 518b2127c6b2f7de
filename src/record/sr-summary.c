/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "record/sr-summary.h"
#include "record/sr-value.h"

/* Of one collection; records that name their own fields may name any number. */
#define MAX_FIELDS 10000
/* Records between two reports of progress. */
#define REPORT_RECORDS 1000

/* What is found out about a field while it is read. @wants_sum: it was named */
typedef struct
{
  char      *name;
  gboolean   wants_sum;
  SrDecimal *sum;
  guint64    n_numbers;
  guint64    n_dates;
  SrMoment   first;
  SrMoment   last;
  char      *min_date;
  char      *max_date;
} Field;

/* Of one collection. @by_name: of Field, owned by @fields */
typedef struct
{
  SrCollectionSummary *summary;
  GPtrArray           *fields;
  GHashTable          *by_name;
} Tally;

typedef struct
{
  SrRecordReader         *reader;
  const SrSummaryOptions *options;
  gboolean                all_sums;
  SrProgress             *progress;
  GPtrArray              *summaries;
  GHashTable             *tallies; /* by the collection's name */
} Run;

static void
free_field (gpointer data)
{
  Field *field = data;

  g_free (field->name);
  sr_decimal_free (field->sum);
  g_free (field->min_date);
  g_free (field->max_date);
  g_free (field);
}

static void
free_tally (gpointer data)
{
  Tally *tally = data;

  g_hash_table_unref (tally->by_name);
  g_ptr_array_unref (tally->fields);
  g_free (tally);
}

static void
clear_field_summary (gpointer data)
{
  SrFieldSummary *field = data;

  g_free (field->name);
  g_free (field->sum);
  g_free (field->min_date);
  g_free (field->max_date);
}

void
sr_collection_summary_free (SrCollectionSummary *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_array_unref (self->fields);
  g_free (self);
}

static void
free_summary (gpointer data)
{
  sr_collection_summary_free (data);
}

static Tally *
get_tally (Run                *run,
           const SrCollection *collection)
{
  Tally *tally = g_hash_table_lookup (run->tallies, collection->name);

  if (tally != NULL)
    return tally;
  tally = g_new0 (Tally, 1);
  tally->summary = g_new0 (SrCollectionSummary, 1);
  tally->summary->name = g_strdup (collection->name);
  tally->summary->fields = g_array_new (FALSE, TRUE, sizeof (SrFieldSummary));
  g_array_set_clear_func (tally->summary->fields, clear_field_summary);
  tally->fields = g_ptr_array_new_with_free_func (free_field);
  tally->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  g_ptr_array_add (run->summaries, tally->summary);
  g_hash_table_insert (run->tallies, tally->summary->name, tally);
  return tally;
}

/* "total" or "invoices.total" */
static gboolean
is_asked_for (const Run  *run,
              const char *collection,
              const char *field)
{
  const gsize n = strlen (collection);

  for (const char *const *sum = run->options->sums; sum != NULL && *sum != NULL; sum++)
    if (strcmp (*sum, field) == 0 || (strncmp (*sum, collection, n) == 0 && (*sum)[n] == '.' &&
                                      strcmp (*sum + n + 1, field) == 0))
      return TRUE;
  return FALSE;
}

/* @place: of the field in its record, where it mostly is the same in each. Returns: (nullable) */
static Field *
get_field (Run        *run,
           Tally      *tally,
           guint       place,
           const char *name)
{
  Field *field;

  if (place < tally->fields->len)
    {
      field = g_ptr_array_index (tally->fields, place);
      if (strcmp (field->name, name) == 0)
        return field;
    }
  field = g_hash_table_lookup (tally->by_name, name);
  if (field != NULL || tally->fields->len >= MAX_FIELDS)
    return field;
  field = g_new0 (Field, 1);
  field->name = g_strdup (name);
  field->wants_sum = is_asked_for (run, tally->summary->name, name);
  g_ptr_array_add (tally->fields, field);
  g_hash_table_insert (tally->by_name, field->name, field);
  return field;
}

static gboolean
holds_numbers (const SrCollection *collection,
               guint               column)
{
  SrColumnType type;

  if (column >= sr_collection_get_n_columns (collection))
    return FALSE;
  type = sr_collection_get_column (collection, column)->type;
  return type == SR_COLUMN_INTEGER || type == SR_COLUMN_DECIMAL || type == SR_COLUMN_REAL;
}

static void
count_number (Field      *field,
              const char *text,
              gsize       size)
{
  if (field->sum == NULL)
    field->sum = sr_decimal_new ();
  if (sr_decimal_add (field->sum, text, size))
    field->n_numbers++;
}

/* Texts count as numbers where the field was named, or its column says so: some dumps quote
 * them. */
static void
add_number (Run                *run,
            const SrCollection *collection,
            Field              *field,
            guint               place,
            const SrValue      *value)
{
  if (value->type == SR_VALUE_NUMBER)
    count_number (field, value->data, value->size);
  else if (value->type == SR_VALUE_TEXT && (field->wants_sum || holds_numbers (collection, place)))
    count_number (field, value->data, value->size);
  else if (value->type == SR_VALUE_JSON)
    {
      g_autofree char *number = sr_value_get_mongo_number (value);

      if (number != NULL)
        count_number (field, number, strlen (number));
    }
}

static void
add_date (Field         *field,
          const SrValue *value)
{
  SrMoment moment;

  if (value->type != SR_VALUE_TEXT || !sr_moment_parse (&moment, value->data, value->size))
    return;
  if (field->n_dates == 0 || sr_moment_compare (&moment, &field->first) < 0)
    {
      field->first = moment;
      g_free (field->min_date);
      field->min_date = g_strdup (value->data);
    }
  if (field->n_dates == 0 || sr_moment_compare (&moment, &field->last) > 0)
    {
      field->last = moment;
      g_free (field->max_date);
      field->max_date = g_strdup (value->data);
    }
  field->n_dates++;
}

static void
add_record (Run                *run,
            Tally              *tally,
            const SrCollection *collection,
            const SrRecord     *record)
{
  for (guint i = 0; i < record->n_fields; i++)
    {
      Field *field = get_field (run, tally, i, record->fields[i].name);

      if (field == NULL)
        continue;
      if (run->all_sums || field->wants_sum)
        add_number (run, collection, field, i, &record->fields[i].value);
      if (run->options->dates)
        add_date (field, &record->fields[i].value);
    }
}

static gboolean
read_run (Run                *run,
          const SrCollection *collection,
          Tally              *tally,
          GCancellable       *cancellable,
          GError            **error)
{
  SrRecord record;
  guint64  n = 0;
  int      more;

  while ((more = sr_record_reader_next (run->reader, &record, cancellable, error)) > 0)
    {
      if (!sr_record_reader_get_fields (run->reader, &record, error))
        return FALSE;
      add_record (run, tally, collection, &record);
      if (++n % REPORT_RECORDS == 0)
        sr_progress_add (run->progress, 0, REPORT_RECORDS);
    }
  sr_progress_add (run->progress, 0, n % REPORT_RECORDS);
  tally->summary->count += n;
  return more == 0;
}

static gboolean
count_run (Run          *run,
           Tally        *tally,
           GCancellable *cancellable,
           GError      **error)
{
  guint64 n;

  if (!sr_record_reader_skip (run->reader, &n, cancellable, error))
    return FALSE;
  sr_progress_add (run->progress, 0, n);
  tally->summary->count += n;
  return TRUE;
}

/* Fields that hold what was asked for. */
static void
finish (Run *run)
{
  GHashTableIter iter;
  gpointer       value;

  g_hash_table_iter_init (&iter, run->tallies);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Tally *tally = value;

      for (guint i = 0; i < tally->fields->len; i++)
        {
          Field         *field = g_ptr_array_index (tally->fields, i);
          SrFieldSummary summary = { 0 };

          if (field->n_numbers == 0 && field->n_dates == 0 && !field->wants_sum)
            continue;
          summary.name = g_steal_pointer (&field->name);
          summary.sum = field->n_numbers > 0 ? sr_decimal_to_text (field->sum) : NULL;
          summary.n_numbers = field->n_numbers;
          summary.n_dates = field->n_dates;
          summary.min_date = g_steal_pointer (&field->min_date);
          summary.max_date = g_steal_pointer (&field->max_date);
          g_array_append_val (tally->summary->fields, summary);
        }
    }
}

GPtrArray *
sr_summarize (SrRecordReader         *reader,
              const SrSummaryOptions *options,
              SrProgress             *progress,
              GCancellable           *cancellable,
              GError                **error)
{
  g_autoptr (GPtrArray)  summaries = g_ptr_array_new_with_free_func (free_summary);
  g_autoptr (GHashTable) tallies =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_tally);
  Run            run = { .reader = reader, .options = options, .progress = progress };
  const gboolean parse = options->dates || (options->sums != NULL && options->sums[0] != NULL);
  SrCollection  *collection;
  int            more;

  run.summaries = summaries;
  run.tallies = tallies;
  run.all_sums = options->sums != NULL && g_strv_contains (options->sums, "*");
  while ((more = sr_record_reader_next_collection (reader, &collection, cancellable, error)) > 0)
    {
      g_autoptr (SrCollection) held = sr_collection_ref (collection);
      Tally                   *tally = get_tally (&run, held);

      sr_progress_set_current (progress, held->name);
      if (!(parse ? read_run (&run, held, tally, cancellable, error)
                  : count_run (&run, tally, cancellable, error)))
        return NULL;
    }
  if (more < 0)
    return NULL;
  finish (&run);
  return g_steal_pointer (&summaries);
}
