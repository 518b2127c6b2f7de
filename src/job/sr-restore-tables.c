/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-restore-tables.h"

#include "base/sr-error.h"
#include "record/sr-inference.h"
#include "target/sr-lpgnexus-schema.h"
#include "target/sr-postgres-target.h"

#include <string.h>

/* @collection: as the target gets it, with columns; @inference: (nullable): while the records are
 * read */
typedef struct
{
  SrCollection *collection;
  SrInference  *inference;
  guint64       n_records;
} Table;

struct _SrRestoreTables
{
  GPtrArray     *tables; /* in the order in which they first came */
  GHashTable    *by_name;
  SrTargetTable *planned;
};

static void
table_free (gpointer data)
{
  Table *self = data;

  sr_collection_unref (self->collection);
  sr_inference_free (self->inference);
  g_free (self);
}

gboolean
sr_restore_tables_are_wanted (SrBackupFile               *file,
                              SrTarget                   *target,
                              const SrRestoreFileOptions *options)
{
  gboolean chosen = (options->collections != NULL && options->collections[0] != NULL) ||
                    (options->terms != NULL && options->terms[0] != NULL);
  SrBackupKind kind = sr_backup_file_get_kind (file);

  if (!sr_target_takes_records (target))
    return FALSE;
  if (!sr_target_takes_files (target))
    return TRUE;
  /* a SQLite file takes both: a database that is one already goes as it is */
  return chosen || (kind != SR_BACKUP_POS && kind != SR_BACKUP_SQLITE);
}

static gboolean
is_named (const char *const *names,
          const char        *name)
{
  return names == NULL || names[0] == NULL || g_strv_contains (names, name);
}

static Table *
find_table (SrRestoreTables *self,
            SrCollection    *run)
{
  Table *table = g_hash_table_lookup (self->by_name, run->name);

  if (table != NULL)
    return table;
  table = g_new0 (Table, 1);
  table->collection = sr_collection_ref (run);
  if (run->columns == NULL)
    table->inference = sr_inference_new (run->name);
  g_ptr_array_add (self->tables, table);
  g_hash_table_insert (self->by_name, table->collection->name, table);
  return table;
}

static gboolean
read_run (Table          *table,
          SrRecordReader *reader,
          SrProgress     *progress,
          GCancellable   *cancellable,
          GError        **error)
{
  SrRecord record;
  guint64  n;
  int      more;

  if (table->inference == NULL)
    {
      if (!sr_record_reader_skip (reader, &n, cancellable, error))
        return FALSE;
      table->n_records += n;
      sr_progress_add (progress, 0, n);
      return TRUE;
    }
  while ((more = sr_record_reader_next (reader, &record, cancellable, error)) > 0)
    {
      if (!sr_record_reader_get_fields (reader, &record, error))
        return FALSE;
      sr_inference_add (table->inference, &record);
      table->n_records++;
      sr_progress_add (progress, 0, 1);
    }
  return more == 0;
}

static void
finish_inference (SrRestoreTables *self)
{
  for (guint i = 0; i < self->tables->len; i++)
    {
      Table *table = g_ptr_array_index (self->tables, i);

      if (table->inference == NULL)
        continue;
      g_hash_table_remove (self->by_name, table->collection->name);
      sr_collection_unref (table->collection);
      table->collection = sr_inference_finish (table->inference);
      g_clear_pointer (&table->inference, sr_inference_free);
      g_hash_table_insert (self->by_name, table->collection->name, table);
    }
}

static gboolean
check_names (SrRestoreTables   *self,
             const char *const *names,
             GError           **error)
{
  for (; names != NULL && *names != NULL; names++)
    if (!g_hash_table_contains (self->by_name, *names))
      {
        g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND,
                     "There is no collection “%s” in the backup; “records” lists what there is",
                     *names);
        return FALSE;
      }
  if (self->tables->len > 0)
    return TRUE;
  g_set_error_literal (error, SR_ERROR, SR_ERROR_NOT_FOUND,
                       "There are no records in the backup that a database could take");
  return FALSE;
}

SrRestoreTables *
sr_restore_tables_new (SrBackupFile      *file,
                       const char *const *names,
                       SrProgress        *progress,
                       GCancellable      *cancellable,
                       GError           **error)
{
  g_autoptr (SrRestoreTables) self = g_new0 (SrRestoreTables, 1);
  g_autoptr (SrRecordReader)  reader = NULL;
  SrCollection               *run;
  int                         more;

  self->tables = g_ptr_array_new_with_free_func (table_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  reader = sr_backup_file_read (file, NULL, cancellable, error);
  if (reader == NULL)
    return NULL;
  while ((more = sr_record_reader_next_collection (reader, &run, cancellable, error)) > 0)
    if (is_named (names, run->name) &&
        !read_run (find_table (self, run), reader, progress, cancellable, error))
      return NULL;
  if (more < 0)
    return NULL;
  finish_inference (self);
  return check_names (self, names, error) ? g_steal_pointer (&self) : NULL;
}

void
sr_restore_tables_free (SrRestoreTables *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->by_name, g_hash_table_unref);
  g_clear_pointer (&self->tables, g_ptr_array_unref);
  g_free (self->planned);
  g_free (self);
}

guint64
sr_restore_tables_get_n_records (SrRestoreTables *self)
{
  guint64 n = 0;

  for (guint i = 0; i < self->tables->len; i++)
    n += ((const Table *) g_ptr_array_index (self->tables, i))->n_records;
  return n;
}

const SrCollection *
sr_restore_tables_find (SrRestoreTables *self,
                        const char      *name)
{
  const Table *table = g_hash_table_lookup (self->by_name, name);

  return table != NULL ? table->collection : NULL;
}

/* Its backup calls the tables by other names than the database, and tells neither their types nor
 * what refers to what. */
static void
fill_lpgnexus (SrRestoreTables *self,
               SrTargetPlan    *plan)
{
  for (guint i = 0; i < self->tables->len; i++)
    sr_lpgnexus_set_table (&self->planned[i]);
  sr_lpgnexus_sort_tables (self->planned, self->tables->len);
  plan->schema = sr_lpgnexus_get_schema ();
}

void
sr_restore_tables_fill_plan (SrRestoreTables            *self,
                             SrBackupFile               *file,
                             SrTarget                   *target,
                             const SrRestoreFileOptions *options,
                             SrTargetPlan               *plan)
{
  /* how many of them fit nobody has counted */
  gboolean is_chosen = options->terms != NULL && options->terms[0] != NULL;
  guint    n = self->tables->len;

  self->planned = g_new0 (SrTargetTable, n);
  for (guint i = 0; i < n; i++)
    {
      const Table *table = g_ptr_array_index (self->tables, i);

      self->planned[i].collection = table->collection;
      self->planned[i].n_records =
          is_chosen && table->n_records > 0 ? -1 : (gint64) table->n_records;
    }
  if (sr_backup_file_get_kind (file) == SR_BACKUP_LPGNEXUS && SR_IS_POSTGRES_TARGET (target))
    fill_lpgnexus (self, plan);
  plan->tables = self->planned;
  plan->n_tables = n;
  plan->expected_bytes = sr_backup_file_get_size (file);
}
