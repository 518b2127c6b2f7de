/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-file.h"
#include "cli/sr-cli-json.h"
#include "cli/sr-cli-records.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"
#include "record/sr-search.h"
#include "record/sr-summary.h"
#include "record/sr-value.h"

/* How much of a value a line for people shows. */
#define SHOWN_CHARS 40

static char   **terms;
static char   **sums;
static char    *format;
static char    *output;
static gboolean dates;
static gboolean overwrite;
static gint64   limit = -1;

static const GOptionEntry entries[] = {
  { "where", 0, 0, G_OPTION_ARG_STRING_ARRAY, &terms,
    "Only records that fit: TEXT, FIELD=VALUE, FIELD!=VALUE, FIELD~TEXT, FIELD<VALUE, FIELD>VALUE",
    "TERM" },
  { "limit", 0, 0, G_OPTION_ARG_INT64, &limit, "Stop after so many records", "NUMBER" },
  { "sum", 0, 0, G_OPTION_ARG_STRING_ARRAY, &sums,
    "Add up a field: FIELD, COLLECTION.FIELD, or * for all numbers", "FIELD" },
  { "dates", 0, 0, G_OPTION_ARG_NONE, &dates, "Also the first and last date of each field", NULL },
  { "format", 0, 0, G_OPTION_ARG_STRING, &format, "How records are written", "lines|json|csv" },
  { "output", 0, 0, G_OPTION_ARG_FILENAME, &output, "Write them to a file", "FILE" },
  { "overwrite", 0, 0, G_OPTION_ARG_NONE, &overwrite, "Replace that file if it exists", NULL },
  G_OPTION_ENTRY_NULL
};

/* --- counts ---------------------------------------------------------------------------------- */

typedef enum
{
  FIELD_SUM,
  FIELD_DATES,
} FieldValue;

/* Returns: of how many fields there was something to tell */
static guint
add_fields (SrTable                   *table,
            const SrCollectionSummary *one,
            FieldValue                 value)
{
  guint n = 0;

  for (guint i = 0; i < one->fields->len; i++)
    {
      const SrFieldSummary *field = &g_array_index (one->fields, SrFieldSummary, i);
      const char           *first = value == FIELD_SUM ? field->sum : field->min_date;

      if (first == NULL)
        continue;
      sr_table_add (table, sr_text_name (one->name), sr_text_name (field->name), g_strdup (first),
                    value == FIELD_SUM ? sr_text_count (field->n_numbers)
                                       : g_strdup (field->max_date));
      n++;
    }
  return n;
}

/* @nothing: (nullable): what to say if there is nothing to tell. Takes @table */
static void
print_fields (SrCli      *cli,
              GPtrArray  *summary,
              FieldValue  value,
              SrTable    *table,
              const char *nothing)
{
  g_autoptr (SrTable) owned = table;
  g_autofree char    *text = NULL;
  guint               n = 0;

  for (guint i = 0; i < summary->len; i++)
    n += add_fields (table, g_ptr_array_index (summary, i), value);
  text = sr_table_format (table, TRUE);
  if (n > 0)
    sr_cli_say (cli, "\n%.*s", (int) strlen (text) - 1, text);
  else if (nothing != NULL)
    sr_cli_say (cli, "\n%s", nothing);
}

static void
print_summary (SrCli     *cli,
               GPtrArray *summary)
{
  g_autoptr (SrTable) table = sr_table_new ("collection", ">records", NULL);
  g_autofree char    *text = NULL;

  for (guint i = 0; i < summary->len; i++)
    {
      const SrCollectionSummary *one = g_ptr_array_index (summary, i);

      sr_table_add (table, sr_text_name (one->name), sr_text_count (one->count));
    }
  text = sr_table_format (table, TRUE);
  sr_cli_print_text (cli, text);
  print_fields (cli, summary, FIELD_SUM,
                sr_table_new ("collection", "field", ">sum", ">numbers", NULL),
                sums != NULL ? "No number stands in the fields to be added up." : NULL);
  print_fields (cli, summary, FIELD_DATES,
                sr_table_new ("collection", "field", "first", "last", NULL),
                dates ? "No dates are in the records." : NULL);
}

static void
add_json_field (JsonBuilder          *builder,
                const SrFieldSummary *field)
{
  json_builder_begin_object (builder);
  sr_cli_json_add_string (builder, "field", field->name);
  if (field->sum != NULL)
    {
      sr_cli_json_add_string (builder, "sum", field->sum);
      sr_cli_json_add_int (builder, "numbers", field->n_numbers);
    }
  if (field->min_date != NULL)
    {
      sr_cli_json_add_string (builder, "first", field->min_date);
      sr_cli_json_add_string (builder, "last", field->max_date);
      sr_cli_json_add_int (builder, "dates", field->n_dates);
    }
  json_builder_end_object (builder);
}

static void
print_summary_json (SrCli     *cli,
                    GPtrArray *summary)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "collections");
  json_builder_begin_array (builder);
  for (guint i = 0; i < summary->len; i++)
    {
      const SrCollectionSummary *one = g_ptr_array_index (summary, i);

      json_builder_begin_object (builder);
      sr_cli_json_add_string (builder, "name", one->name);
      sr_cli_json_add_int (builder, "records", one->count);
      json_builder_set_member_name (builder, "fields");
      json_builder_begin_array (builder);
      for (guint j = 0; j < one->fields->len; j++)
        add_json_field (builder, &g_array_index (one->fields, SrFieldSummary, j));
      json_builder_end_array (builder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  sr_cli_json_print (cli, builder);
}

static gboolean
count (SrCli        *cli,
       SrBackupFile *file,
       const char   *collection,
       GError      **error)
{
  SrSummaryOptions           options = { .sums = (const char *const *) sums, .dates = dates };
  g_autoptr (SrRecordReader) reader = NULL;
  g_autoptr (GPtrArray)      summary = NULL;

  reader = sr_backup_file_read (file, collection, cli->cancellable, error);
  if (reader == NULL)
    return FALSE;
  summary = sr_summarize (reader, &options, cli->progress, cli->cancellable, error);
  if (summary == NULL)
    return FALSE;
  if (cli->json)
    print_summary_json (cli, summary);
  else
    print_summary (cli, summary);
  return TRUE;
}

/* --- records --------------------------------------------------------------------------------- */

static void
print_line (SrCli              *cli,
            const SrCollection *collection,
            const SrRecord     *record,
            gboolean            with_collection)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char    *key = sr_record_get_key_text (record, collection);
  g_autofree char    *shown = NULL;

  if (with_collection)
    g_string_append_printf (line, "%s  ", collection->name);
  g_string_append (line, key != NULL ? key : "-");
  for (guint i = 0; i < record->n_fields; i++)
    {
      g_autofree char *value = sr_value_to_display (&record->fields[i].value, SHOWN_CHARS);

      g_string_append_printf (line, "  %s=%s", record->fields[i].name, value);
    }
  shown = sr_text_name (line->str);
  g_string_assign (line, shown);
  g_string_append_c (line, '\n');
  sr_cli_print_text (cli, line->str);
}

/* All that fit, in one run after the other. */
static gboolean
list_records (SrCli          *cli,
              SrRecordReader *reader,
              SrRecordSink   *sink,
              gboolean        with_collection,
              GError        **error)
{
  g_autoptr (SrSearch) search = NULL;
  SrCollection        *collection;
  SrRecord             record;
  guint64              found = 0;
  int                  more;
  int                  fits = 1;

  if (terms != NULL && (search = sr_search_new ((const char *const *) terms, error)) == NULL)
    return FALSE;
  while ((more = sr_record_reader_next_collection (reader, &collection, cli->cancellable, error)) >
         0)
    {
      if (sink != NULL && !sr_record_sink_enter (sink, collection, cli->cancellable, error))
        return FALSE;
      while (limit < 0 || found < (guint64) limit)
        {
          more = sr_record_reader_next (reader, &record, cli->cancellable, error);
          if (more <= 0)
            break;
          if (search != NULL)
            fits = sr_search_match (search, reader, &record, error);
          if (fits < 0)
            return FALSE;
          if (fits == 0)
            continue;
          found++;
          if (record.fields == NULL && !sr_record_reader_get_fields (reader, &record, error))
            return FALSE;
          if (sink == NULL)
            print_line (cli, collection, &record, with_collection);
          else if (!sr_record_sink_put (sink, collection, &record, cli->cancellable, error))
            return FALSE;
        }
      /* a collection that broke off is an error, whatever comes behind it */
      if (more < 0)
        return FALSE;
    }
  return more >= 0;
}

static gboolean
write_records (SrCli          *cli,
               SrBackupFile   *file,
               SrRecordReader *reader,
               const char     *collection,
               GError        **error)
{
  g_autoptr (SrRecordSink) sink = NULL;

  if (!cli->json && output == NULL && (format == NULL || g_str_equal (format, "lines")))
    return list_records (cli, reader, NULL, collection == NULL, error);
  sink = sr_record_sink_new (cli, file, collection, format != NULL ? format : "json", output,
                             overwrite, error);
  return sink != NULL && list_records (cli, reader, sink, FALSE, error) &&
         sr_record_sink_finish (sink, cli->cancellable, error);
}

/* Whether records are meant, not their numbers. */
static gboolean
lists_records (const char *collection)
{
  return collection != NULL || terms != NULL || format != NULL || output != NULL || limit >= 0;
}

static gboolean
check_options (const char *collection,
               GError    **error)
{
  if (collection == NULL && format != NULL && g_str_equal (format, "csv"))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                           "CSV holds one collection: name it behind the file");
      return FALSE;
    }
  if (format != NULL && !g_str_equal (format, "lines") && !g_str_equal (format, "json") &&
      !g_str_equal (format, "csv"))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "“%s” is no form of records: it is lines, json or csv", format);
      return FALSE;
    }
  if (output != NULL && format != NULL && g_str_equal (format, "lines"))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                           "Lines are for people; a file is written with --format json or csv");
      return FALSE;
    }
  if ((sums == NULL && !dates) || !lists_records (NULL))
    return TRUE;
  g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                       "--sum and --dates are of all records: they do not go with --where, "
                       "--limit, --format or --output");
  return FALSE;
}

static gboolean
run_records (SrCli             *cli,
             const char *const *arguments,
             GError           **error)
{
  g_autoptr (SrBackupFile)   file = NULL;
  g_autoptr (SrRecordReader) reader = NULL;
  gboolean                   done;

  if (!sr_cli_check_arguments (arguments, 1, 2, error) || !check_options (arguments[1], error))
    return FALSE;
  file = sr_cli_open_file (cli, arguments[0], error);
  if (file == NULL)
    return FALSE;
  if (sums != NULL || dates || !lists_records (arguments[1]))
    done = count (cli, file, arguments[1], error);
  else
    {
      reader = sr_backup_file_read (file, arguments[1], cli->cancellable, error);
      done = reader != NULL && write_records (cli, file, reader, arguments[1], error);
    }
  if (done)
    sr_cli_note_damage (cli, file);
  return done;
}

const SrCliVerb sr_verb_records = {
  .name = "records",
  .arguments = "FILE [COLLECTION]",
  .summary = "Count, list, search and extract the records of a backup file",
  .examples = "  strongroomctl records full-backup.zip\n"
              "  strongroomctl records full-backup.zip invoices --sum total --dates\n"
              "  strongroomctl records full-backup.zip invoices --where 'customer~Neil' "
              "--format csv --output neil.csv\n",
  .entries = entries,
  .opens_files = TRUE,
  .run = run_records,
};
