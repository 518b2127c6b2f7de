/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-file.h"
#include "cli/sr-cli-json.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"

static gboolean list_entries;

static const GOptionEntry entries[] = {
  { "entries", 0, 0, G_OPTION_ARG_NONE, &list_entries, "Also every entry of the container", NULL },
  G_OPTION_ENTRY_NULL
};

static void
print_collections (SrCli        *cli,
                   SrBackupFile *file)
{
  GPtrArray          *collections = sr_backup_file_get_collections (file);
  g_autoptr (SrTable) table = sr_table_new ("collection", ">records announced", NULL);
  g_autofree char    *text = NULL;

  if (collections->len == 0)
    return;
  for (guint i = 0; i < collections->len; i++)
    {
      const SrBackupCollection *one = g_ptr_array_index (collections, i);

      sr_table_add (table, sr_text_name (one->name),
                    one->count >= 0 ? sr_text_count ((guint64) one->count) : g_strdup ("-"));
    }
  text = sr_table_format (table, TRUE);
  sr_cli_print_text (cli, text);
}

static void
print_entries (SrCli       *cli,
               SrContainer *container)
{
  guint n = sr_container_get_n_entries (container);

  for (guint i = 0; i < n; i++)
    {
      const SrContainerEntry *entry = sr_container_get_entry (container, i);
      g_autofree char        *name = sr_text_name (entry->name);
      g_autofree char        *line = NULL;

      if (entry->size == SR_SIZE_UNKNOWN)
        line = g_strdup_printf ("%-8s %14s  %s\n", sr_entry_type_name (entry->type), "-", name);
      else
        line = g_strdup_printf ("%-8s %14" G_GUINT64_FORMAT "  %s\n",
                                sr_entry_type_name (entry->type), entry->size, name);
      sr_cli_print_text (cli, line);
    }
}

static void
add_json_collections (JsonBuilder  *builder,
                      SrBackupFile *file)
{
  GPtrArray *collections = sr_backup_file_get_collections (file);

  json_builder_set_member_name (builder, "collections");
  json_builder_begin_array (builder);
  for (guint i = 0; i < collections->len; i++)
    {
      const SrBackupCollection *one = g_ptr_array_index (collections, i);

      json_builder_begin_object (builder);
      sr_cli_json_add_string (builder, "name", one->name);
      if (one->count >= 0)
        sr_cli_json_add_int (builder, "announced", (guint64) one->count);
      if (one->entry != NULL)
        sr_cli_json_add_name (builder, "entry", one->entry);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
print_json (SrCli        *cli,
            SrBackupFile *file)
{
  SrContainer            *container = sr_backup_file_get_container (file);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  SrCliJsonList           list = { 0 };
  g_autofree char        *text = NULL;
  g_autofree char        *head = NULL;

  json_builder_begin_object (builder);
  sr_cli_json_add_file (builder, file);
  add_json_collections (builder, file);
  json_builder_end_object (builder);
  if (!list_entries || container == NULL)
    {
      sr_cli_json_print (cli, builder);
      return;
    }
  text = sr_cli_json_to_text (builder);
  json_builder_reset (builder);
  head = g_strdup_printf ("{\"file\":%s,\n\"entries\":[", text);
  sr_cli_json_list_begin (&list, cli, head);
  for (guint i = 0; i < sr_container_get_n_entries (container); i++)
    {
      const SrContainerEntry *entry = sr_container_get_entry (container, i);

      json_builder_begin_object (builder);
      sr_cli_json_add_name (builder, "name", entry->name);
      sr_cli_json_add_string (builder, "type", sr_entry_type_name (entry->type));
      if (entry->size != SR_SIZE_UNKNOWN)
        sr_cli_json_add_int (builder, "size", entry->size);
      json_builder_end_object (builder);
      sr_cli_json_list_add (&list, builder);
    }
  sr_cli_json_list_end (&list, "]}");
}

static gboolean
run_inspect (SrCli             *cli,
             const char *const *arguments,
             GError           **error)
{
  g_autoptr (SrBackupFile) file = NULL;

  if (!sr_cli_check_arguments (arguments, 1, 1, error))
    return FALSE;
  file = sr_cli_open_file (cli, arguments[0], error);
  if (file == NULL)
    return FALSE;
  if (cli->json)
    {
      print_json (cli, file);
      return TRUE;
    }
  sr_cli_say_file (cli, file);
  if (sr_backup_file_get_error (file) != NULL)
    sr_cli_warn (cli, "%s", sr_backup_file_get_error (file)->message);
  print_collections (cli, file);
  if (list_entries && sr_backup_file_get_container (file) != NULL)
    print_entries (cli, sr_backup_file_get_container (file));
  return TRUE;
}

const SrCliVerb sr_verb_inspect = {
  .name = "inspect",
  .arguments = "FILE",
  .summary = "Tell what a backup file is and what it says of itself",
  .examples = "  strongroomctl inspect full-backup-2026-11-20.zip\n"
              "  strongroomctl inspect pos-nightly.backup --entries --key-file key.txt\n"
              "  strongroomctl inspect snapshot:latest --vault /media/disk/vault\n",
  .entries = entries,
  .opens_files = TRUE,
  .run = run_inspect,
};
