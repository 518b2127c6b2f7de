/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/model/sr-file-facts.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gtk/model/sr-choice-item.h"
#include "gtk/model/sr-row-item.h"
#include "gtk/model/sr-say.h"

const char *
sr_file_facts_get_title (SrBackupFile *file)
{
  return sr_backup_file_get_title (file);
}

char *
sr_file_facts_summarize (SrBackupFile *file)
{
  g_autofree char *size = sr_say_size (sr_backup_file_get_size (file));
  g_autofree char *made = NULL;

  if (sr_backup_file_get_created (file) == NULL)
    return g_steal_pointer (&size);
  made = sr_say_moment (sr_backup_file_get_created (file));
  /* TRANSLATORS: size and time of a backup file: 163 kB · made 20 November 2026, 05:18 */
  return g_strdup_printf (_ ("%s · made %s"), size, made);
}

const char *
sr_file_facts_describe_encryption (SrBackupFile *file)
{
  switch (sr_backup_file_get_encryption (file))
    {
    case SR_ENCRYPTION_NONE:
      return _ ("Not encrypted: anyone who has the file can read it.");
    case SR_ENCRYPTION_CLAIMED:
      return _ ("It says that it is encrypted and is not: anyone who has the file can read it.");
    case SR_ENCRYPTION_DEFAULT:
      return _ ("Encrypted with the key that is built into the server: anyone who knows the "
                "product can read it. Set a key of your own there.");
    case SR_ENCRYPTION_KEY:
      return _ ("Encrypted, and opened with the key you gave.");
    case SR_ENCRYPTION_LOCKED:
    default:
      return _ ("Encrypted, and no key that fits was given.");
    }
}

static void
append_row (GListStore *list,
            const char *title,
            const char *text)
{
  g_autoptr (SrRowItem) item = NULL;

  if (text == NULL || text[0] == '\0')
    return;
  item = sr_row_item_new (title, text, NULL, NULL, NULL);
  g_list_store_append (list, item);
}

/* The names of facts are the engine's; those that are known are said in the person's language. */
static char *
name_fact (const char *name)
{
  static const struct
  {
    const char *name;
    const char *title;
  } known[] = {
    { "version", N_ ("Version") },
    { "backup id", N_ ("Backup ID") },
    { "created by", N_ ("Created by") },
    { "made by", N_ ("Made by") },
    { "database", N_ ("Database") },
    { "name", N_ ("Name") },
    { "form", N_ ("Form") },
  };
  char *title;

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (strcmp (known[i].name, name) == 0)
      return g_strdup (_ (known[i].title));
  title = sr_say_name (name);
  title[0] = g_ascii_toupper (title[0]);
  return title;
}

void
sr_file_facts_list (SrBackupFile *file,
                    GListStore   *list)
{
  GPtrArray       *facts = sr_backup_file_get_facts (file);
  g_autofree char *size = sr_say_size (sr_backup_file_get_size (file));
  g_autofree char *made = sr_backup_file_get_created (file) != NULL
                              ? sr_say_moment (sr_backup_file_get_created (file))
                              : NULL;

  g_list_store_remove_all (list);
  append_row (list, _ ("What it is"), sr_backup_file_get_title (file));
  append_row (list, _ ("Size"), size);
  append_row (list, _ ("Type"), sr_backup_file_get_type_name (file));
  append_row (list, _ ("Made"), made);
  append_row (list, _ ("Encryption"), sr_file_facts_describe_encryption (file));
  for (guint i = 0; i + 1 < facts->len; i += 2)
    {
      g_autofree char *title = name_fact (g_ptr_array_index (facts, i));
      g_autofree char *text = sr_say_name (g_ptr_array_index (facts, i + 1));

      append_row (list, title, text);
    }
}

static gboolean
was_chosen (GListStore *list,
            const char *raw)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++)
    {
      g_autoptr (SrChoiceItem) item = g_list_model_get_item (G_LIST_MODEL (list), i);

      if (strcmp (sr_choice_item_get_raw (item), raw) == 0)
        return sr_choice_item_get_chosen (item);
    }
  return FALSE;
}

static void
replace_all (GListStore *list,
             GPtrArray  *items)
{
  g_list_store_splice (list, 0, g_list_model_get_n_items (G_LIST_MODEL (list)), items->pdata,
                       items->len);
}

void
sr_file_facts_list_collections (SrBackupFile *file,
                                GListStore   *list)
{
  GPtrArray            *collections = sr_backup_file_get_collections (file);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  gint64                largest = 1;

  for (guint i = 0; i < collections->len; i++)
    largest = MAX (largest, ((SrBackupCollection *) g_ptr_array_index (collections, i))->count);
  for (guint i = 0; i < collections->len; i++)
    {
      const SrBackupCollection *one = g_ptr_array_index (collections, i);
      g_autofree char          *name = sr_say_name (one->name);
      g_autofree char          *amount =
          one->count >= 0 ? sr_say_records ((guint64) one->count) : g_strdup (_ ("not counted"));
      SrChoiceItem *item = sr_choice_item_new (one->name, name, amount, one->count,
                                               (double) MAX (one->count, 0) / (double) largest);

      sr_choice_item_set_chosen (item, was_chosen (list, one->name));
      g_ptr_array_add (items, item);
    }
  replace_all (list, items);
}

void
sr_file_facts_list_entries (SrBackupFile *file,
                            GListStore   *list)
{
  SrContainer          *container = sr_backup_file_get_container (file);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  guint                 n = container != NULL ? sr_container_get_n_entries (container) : 0;

  for (guint i = 0; i < n; i++)
    {
      const SrContainerEntry *entry = sr_container_get_entry (container, i);
      g_autofree char        *name = NULL;
      g_autofree char        *amount = NULL;

      if (entry->type == SR_ENTRY_DIR)
        continue;
      name = sr_say_name (entry->name);
      if (entry->size != SR_SIZE_UNKNOWN)
        amount = sr_say_size (entry->size);
      g_ptr_array_add (items, sr_choice_item_new (
                                  entry->name, name, amount,
                                  entry->size != SR_SIZE_UNKNOWN ? (gint64) entry->size : -1, 0.0));
    }
  replace_all (list, items);
}

void
sr_file_facts_list_checks (SrVerdict  *verdict,
                           GListStore *list)
{
  static const SrCheckResult order[] = { SR_CHECK_FAILED, SR_CHECK_NOT_MADE, SR_CHECK_WARNING,
                                         SR_CHECK_NOTICE, SR_CHECK_PASSED };
  g_autoptr (GPtrArray)      items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint o = 0; o < G_N_ELEMENTS (order); o++)
    for (guint i = 0; i < sr_verdict_get_n_checks (verdict); i++)
      {
        const SrCheck *check = sr_verdict_get_check (verdict, i);

        if (check->result == order[o])
          g_ptr_array_add (items, sr_row_item_new_for_check (check));
      }
  replace_all (list, items);
}
