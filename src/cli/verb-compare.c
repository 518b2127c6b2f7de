/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-file.h"
#include "cli/sr-cli-json.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"
#include "record/sr-compare.h"

static char    *collection;
static gboolean with_records;
static gboolean with_fields;

static const GOptionEntry entries[] = {
  { "collection", 0, 0, G_OPTION_ARG_STRING, &collection, "Only this collection", "NAME" },
  { "records", 0, 0, G_OPTION_ARG_NONE, &with_records, "Also which records, by key", NULL },
  { "fields", 0, 0, G_OPTION_ARG_NONE, &with_fields, "Also which fields of them differ", NULL },
  G_OPTION_ENTRY_NULL
};

typedef struct
{
  SrCli        *cli;
  JsonBuilder  *builder;
  SrCliJsonList list;
} Report;

static void
add_json_change (JsonBuilder         *builder,
                 const char          *name,
                 const char          *change,
                 const char          *key,
                 const SrFieldChange *fields,
                 guint                n_fields)
{
  json_builder_begin_object (builder);
  sr_cli_json_add_string (builder, "collection", name);
  sr_cli_json_add_string (builder, "change", change);
  if (key != NULL)
    sr_cli_json_add_string (builder, "key", key);
  json_builder_set_member_name (builder, "fields");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_fields; i++)
    {
      json_builder_begin_object (builder);
      sr_cli_json_add_string (builder, "name", fields[i].name);
      if (fields[i].old_text != NULL)
        sr_cli_json_add_string (builder, "old", fields[i].old_text);
      if (fields[i].new_text != NULL)
        sr_cli_json_add_string (builder, "new", fields[i].new_text);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static gboolean
show_change (const char          *name,
             SrRecordChange       change,
             const char          *key,
             const SrFieldChange *fields,
             guint                n_fields,
             gpointer             user_data,
             GError             **error)
{
  static const char *const words[] = {
    [SR_RECORD_ADDED] = "added",
    [SR_RECORD_REMOVED] = "removed",
    [SR_RECORD_CHANGED] = "changed",
  };
  static const char letters[] = {
    [SR_RECORD_ADDED] = '+',
    [SR_RECORD_REMOVED] = '-',
    [SR_RECORD_CHANGED] = 'M',
  };
  Report             *report = user_data;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char    *shown = NULL;

  if (report->cli->json)
    {
      add_json_change (report->builder, name, words[change], key, fields, n_fields);
      sr_cli_json_list_add (&report->list, report->builder);
      return TRUE;
    }
  g_string_append_printf (text, "%c %s %s\n", letters[change], name,
                          key != NULL ? key : "(a record without a key)");
  for (guint i = 0; i < n_fields; i++)
    g_string_append_printf (text, "    %s: %s -> %s\n", fields[i].name,
                            fields[i].old_text != NULL ? fields[i].old_text : "(absent)",
                            fields[i].new_text != NULL ? fields[i].new_text : "(absent)");
  shown = sr_text_message (text->str);
  sr_cli_print_text (report->cli, shown);
  return TRUE;
}

static const char *
remark (const SrCollectionChanges *one)
{
  if (one->only_in_old)
    return "only in the first";
  if (one->only_in_new)
    return "only in the second";
  if (one->by_digest)
    return "records have no key: a changed one counts as removed and added";
  return one->duplicates > 0 ? "some keys stand twice" : "";
}

static void
print_changes (SrCli     *cli,
               GPtrArray *changes)
{
  g_autoptr (SrTable) table =
      sr_table_new ("collection", ">added", ">removed", ">changed", ">same", "remark", NULL);
  g_autofree char *text = NULL;

  for (guint i = 0; i < changes->len; i++)
    {
      const SrCollectionChanges *one = g_ptr_array_index (changes, i);

      sr_table_add (table, sr_text_name (one->name), sr_text_count (one->added),
                    sr_text_count (one->removed), sr_text_count (one->changed),
                    sr_text_count (one->same), g_strdup (remark (one)));
    }
  text = sr_table_format (table, TRUE);
  sr_cli_print_text (cli, text);
}

static void
print_changes_json (Report    *report,
                    GPtrArray *changes)
{
  JsonBuilder     *builder = report->builder;
  g_autofree char *text = NULL;
  g_autofree char *tail = NULL;

  json_builder_begin_array (builder);
  for (guint i = 0; i < changes->len; i++)
    {
      const SrCollectionChanges *one = g_ptr_array_index (changes, i);

      json_builder_begin_object (builder);
      sr_cli_json_add_string (builder, "name", one->name);
      sr_cli_json_add_int (builder, "added", one->added);
      sr_cli_json_add_int (builder, "removed", one->removed);
      sr_cli_json_add_int (builder, "changed", one->changed);
      sr_cli_json_add_int (builder, "same", one->same);
      sr_cli_json_add_int (builder, "duplicates", one->duplicates);
      sr_cli_json_add_bool (builder, "by_digest", one->by_digest);
      sr_cli_json_add_bool (builder, "only_in_old", one->only_in_old);
      sr_cli_json_add_bool (builder, "only_in_new", one->only_in_new);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  text = sr_cli_json_to_text (builder);
  json_builder_reset (builder);
  tail = g_strdup_printf ("],\n\"collections\":%s}", text);
  sr_cli_json_list_end (&report->list, tail);
}

static SrRecordReader *
open_side (SrCli         *cli,
           const char    *argument,
           SrBackupFile **file,
           GError       **error)
{
  *file = sr_cli_open_file (cli, argument, error);
  if (*file == NULL)
    return NULL;
  return sr_backup_file_read (*file, collection, cli->cancellable, error);
}

static gboolean
run_compare (SrCli             *cli,
             const char *const *arguments,
             GError           **error)
{
  g_autoptr (SrBackupFile)   old_file = NULL;
  g_autoptr (SrBackupFile)   new_file = NULL;
  g_autoptr (SrRecordReader) old_reader = NULL;
  g_autoptr (SrRecordReader) new_reader = NULL;
  g_autoptr (JsonBuilder)    builder = json_builder_new ();
  g_autoptr (GPtrArray)      changes = NULL;
  Report                     report = { .cli = cli, .builder = builder };
  SrCompareOptions           options = {
              .with_fields = with_fields,
              .func = with_records || with_fields ? show_change : NULL,
              .user_data = &report,
  };

  if (!sr_cli_check_arguments (arguments, 2, 2, error))
    return FALSE;
  old_reader = open_side (cli, arguments[0], &old_file, error);
  if (old_reader == NULL)
    return FALSE;
  new_reader = open_side (cli, arguments[1], &new_file, error);
  if (new_reader == NULL)
    return FALSE;
  if (cli->json)
    sr_cli_json_list_begin (&report.list, cli, "{\"changes\":[");
  changes = sr_compare_records (old_reader, new_reader, &options, cli->progress, cli->cancellable,
                                error);
  if (changes == NULL)
    {
      /* what was printed stays a document; the error tells that it is not all */
      if (cli->json)
        sr_cli_json_list_end (&report.list, "]}");
      return FALSE;
    }
  if (cli->json)
    print_changes_json (&report, changes);
  else
    print_changes (cli, changes);
  sr_cli_note_damage (cli, old_file);
  sr_cli_note_damage (cli, new_file);
  return TRUE;
}

const SrCliVerb sr_verb_compare = {
  .name = "compare",
  .arguments = "FILE FILE",
  .summary = "Compare the records of two backups by their keys",
  .examples = "  strongroomctl compare monday.zip tuesday.zip\n"
              "  strongroomctl compare snapshot:1a2b3c4d tuesday.zip --collection invoices "
              "--fields\n",
  .entries = entries,
  .opens_files = TRUE,
  .run = run_compare,
};
