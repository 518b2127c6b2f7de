/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* Opens a backup file and prints what it is and how it is judged, for test-backup-files.sh:
 *
 *   backup-probe [--key KEY]… [--quick] [--small] [--extract FOLDER] [--records COLLECTION] FILE
 */

#include "config.h"

#include <locale.h>
#include <string.h>

#include "archive/sr-backup-file.h"
#include "archive/sr-containers.h"

static char   **keys;
static char    *extract_to;
static char    *records_of;
static gboolean quick;
static gboolean small;

static const GOptionEntry entries[] = {
  { "key", 0, 0, G_OPTION_ARG_STRING_ARRAY, &keys, NULL, NULL },
  { "quick", 0, 0, G_OPTION_ARG_NONE, &quick, NULL, NULL },
  { "small", 0, 0, G_OPTION_ARG_NONE, &small, NULL, NULL },
  { "extract", 0, 0, G_OPTION_ARG_FILENAME, &extract_to, NULL, NULL },
  { "records", 0, 0, G_OPTION_ARG_STRING, &records_of, NULL, NULL },
  { NULL }
};

static SrSecret *
ask_key (const char *hint,
         guint       attempt,
         gpointer    user_data,
         GError    **error)
{
  if (keys == NULL || attempt >= g_strv_length (keys))
    return NULL;
  return sr_secret_new_from (keys[attempt], strlen (keys[attempt]));
}

static void
print_file (SrBackupFile *file)
{
  static const char *const encryptions[] = { "none", "claimed", "default", "key", "locked" };
  GPtrArray               *facts = sr_backup_file_get_facts (file);
  GPtrArray               *collections = sr_backup_file_get_collections (file);

  g_print ("kind %s\ntitle %s\ntype %s\nencryption %s\n",
           sr_backup_kind_name (sr_backup_file_get_kind (file)), sr_backup_file_get_title (file),
           sr_backup_file_get_type_name (file) != NULL ? sr_backup_file_get_type_name (file) : "-",
           encryptions[sr_backup_file_get_encryption (file)]);
  if (sr_backup_file_get_error (file) != NULL)
    g_print ("error %s\n", sr_backup_file_get_error (file)->message);
  for (guint i = 0; i < facts->len; i += 2)
    g_print ("fact %s: %s\n", (char *) g_ptr_array_index (facts, i),
             (char *) g_ptr_array_index (facts, i + 1));
  for (guint i = 0; i < collections->len; i++)
    {
      const SrBackupCollection *collection = g_ptr_array_index (collections, i);

      g_print ("collection %s %" G_GINT64_FORMAT "\n", collection->name, collection->count);
    }
}

static void
on_extracted (const char   *name,
              guint64       size,
              const GError *error,
              gpointer      user_data)
{
  if (error != NULL)
    g_print ("left out %s\n", error->message);
}

static gboolean
print_records (SrBackupFile *file,
               GError      **error)
{
  g_autoptr (SrRecordReader) reader = sr_backup_file_read (file, records_of, NULL, error);
  SrCollection              *collection;
  SrRecord                   record;
  int                        more = reader != NULL ? 1 : -1;

  while (more > 0 &&
         (more = sr_record_reader_next_collection (reader, &collection, NULL, error)) > 0)
    while ((more = sr_record_reader_next (reader, &record, NULL, error)) > 0)
      {
        if (record.raw != NULL)
          g_print ("%.*s\n", (int) record.raw_size, record.raw);
        more = sr_record_reader_get_fields (reader, &record, error) ? 1 : -1;
        for (guint i = 0; more > 0 && record.raw == NULL && i < record.n_fields; i++)
          g_print ("%s=%.*s\n", record.fields[i].name, (int) record.fields[i].value.size,
                   record.fields[i].value.data);
        if (more < 0)
          return FALSE;
      }
  return more == 0;
}

static gboolean
run (const char *path,
     GError    **error)
{
  static const SrGuardLimits small_limits = {
    .max_entries = 1000,
    .max_entry_size = 8 << 20,
    .max_total = 64 << 20,
    .max_ratio = 200,
    .max_depth = 2,
  };
  SrBackupFileOptions      options = { .limits = small ? &small_limits : NULL,
                                       .ask_key = ask_key };
  SrJudgeOptions           judge_options = { .quick = quick };
  g_autoptr (SrBackupFile) file = sr_backup_file_open (path, &options, NULL, error);
  g_autoptr (SrVerdict)    verdict = NULL;
  g_autofree char         *text = NULL;

  if (file == NULL)
    return FALSE;
  if (records_of != NULL)
    return print_records (file, error);
  if (extract_to != NULL)
    return sr_container_extract (sr_backup_file_get_container (file), extract_to, NULL, FALSE,
                                 on_extracted, NULL, NULL, NULL, error);
  verdict = sr_backup_file_judge (file, &judge_options, NULL, NULL, error);
  if (verdict == NULL)
    return FALSE;
  print_file (file);
  for (guint i = 0; i < sr_verdict_get_n_checks (verdict); i++)
    {
      const SrCheck *check = sr_verdict_get_check (verdict, i);

      g_print ("check %s %s %s: %s\n", check->id, sr_check_aspect_name (check->aspect),
               sr_check_result_name (check->result), check->sentence);
    }
  text = sr_verdict_get_sentence (verdict);
  g_print ("verdict %s: %s\n", sr_verdict_level_name (sr_verdict_get_level (verdict)), text);
  return TRUE;
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (GOptionContext) context = g_option_context_new ("FILE");
  g_autoptr (GError)         error = NULL;

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2 ||
      !run (argv[1], &error))
    {
      g_printerr ("%s\n", error != NULL ? error->message : "one file, please");
      return 1;
    }
  return 0;
}
