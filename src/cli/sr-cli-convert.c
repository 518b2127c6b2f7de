/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-convert.h"

#include "cli/sr-cli-file.h"
#include "cli/sr-cli-json.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"
#include "job/sr-convert.h"

static char    *format_name;
static char    *output;
static gboolean overwrite;

const GOptionEntry sr_cli_convert_entries[] = {
  { "as", 0, 0, G_OPTION_ARG_STRING, &format_name, "The format to write", "FORMAT" },
  { "output", 0, 0, G_OPTION_ARG_FILENAME, &output, "The file, or for csv and json the folder",
    "FILE" },
  { "overwrite", 0, 0, G_OPTION_ARG_NONE, &overwrite, "Replace what is there", NULL },
  G_OPTION_ENTRY_NULL
};

static gboolean
check_options (SrConvertFormat *format,
               GError         **error)
{
  g_autofree char *list = sr_convert_format_list ();

  if (format_name == NULL)
    g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "--as tells the format: %s", list);
  else if (!sr_convert_format_from_name (format_name, format))
    g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "“%s” is no format to write: it is %s",
                 format_name, list);
  else if (output == NULL || output[0] == '\0')
    g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID, "--output tells where to");
  else
    return TRUE;
  return FALSE;
}

static void
print_json (SrCli                 *cli,
            SrBackupFile          *file,
            const SrConvertResult *result)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  sr_cli_json_add_name (builder, "output", output);
  sr_cli_json_add_string (builder, "format", format_name);
  sr_cli_json_add_int (builder, "collections", result->collections);
  sr_cli_json_add_int (builder, "records", result->records);
  sr_cli_json_add_int (builder, "files", result->files);
  sr_cli_json_add_int (builder, "lost", result->lost);
  json_builder_set_member_name (builder, "warnings");
  json_builder_begin_array (builder);
  for (guint i = 0; i < result->warnings->len; i++)
    json_builder_add_string_value (builder, g_ptr_array_index (result->warnings, i));
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "file");
  json_builder_begin_object (builder);
  sr_cli_json_add_file (builder, file);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  sr_cli_json_print (cli, builder);
}

static void
print_result (SrCli                 *cli,
              const SrConvertResult *result)
{
  g_autofree char *records = sr_text_counted (result->records, "record", "records");
  g_autofree char *collections = sr_text_counted (result->collections, "collection",
                                                  "collections");
  g_autofree char *files = sr_text_counted (result->files, "file", "files");
  g_autofree char *shown = sr_text_name (output);

  for (guint i = 0; i < result->warnings->len; i++)
    sr_cli_warn (cli, "%s", (const char *) g_ptr_array_index (result->warnings, i));
  if (result->collections == 0)
    sr_cli_say (cli, "Wrote %s to “%s” and read them back", files, shown);
  else if (result->files == 0)
    sr_cli_say (cli, "Wrote %s of %s to “%s” and read them back", records, collections, shown);
  else
    sr_cli_say (cli, "Wrote %s of %s and %s to “%s” and read them back", records, collections,
                files, shown);
}

gboolean
sr_cli_convert (SrCli             *cli,
                const char        *argument,
                const char *const *collections,
                GError           **error)
{
  g_autoptr (SrBackupFile) file = NULL;
  SrConvertOptions         options = {
            .collections = collections[0] != NULL ? collections : NULL,
            .overwrite = overwrite,
  };
  SrConvertResult result = { 0 };
  SrConvertFormat format;
  gboolean        done;

  if (!check_options (&format, error))
    return FALSE;
  file = sr_cli_open_file (cli, argument, error);
  if (file == NULL)
    return FALSE;
  done = sr_convert_run (file, format, output, &options, &result, cli->progress, cli->cancellable,
                         error);
  if (done && cli->json)
    print_json (cli, file, &result);
  else if (done)
    print_result (cli, &result);
  if (done)
    sr_cli_note_damage (cli, file);
  sr_convert_result_clear (&result);
  return done;
}
