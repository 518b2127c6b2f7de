/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-restore-tables.h"

#include <string.h>

#include "base/sr-error.h"
#include "record/sr-inference.h"
#include "record/sr-sql-object.h"
#include "record/sr-sql-records.h"
#include "record/sr-sql-session.h"
#include "target/sr-lpgnexus-schema.h"
#include "target/sr-postgres-target.h"

/* Names of each kind of other things that are remembered. */
#define MAX_OTHERS   1000
#define SHOWN_OTHERS 20

/* What is remembered of other things whole. */
#define MAX_OBJECTS     10000
#define MAX_OBJECT_TEXT (64 * 1024 * 1024)

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

  SrTarget    *target; /* unowned */
  SrSqlDialect dialect;
  GPtrArray   *others[SR_N_SQL_OBJECTS]; /* (element-type utf8): names of what is no table */

  SrSqlSession  session;  /* of the statements that pass */
  const char   *database; /* (nullable): in texts; as the backup calls it */
  GStringChunk *texts;    /* of the objects */
  GArray       *objects;  /* (element-type SrTargetObject) */
  gsize         object_size;
  guint64       n_objects_lost; /* beyond the limits */
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
    table->inference = sr_inference_new ();
  g_ptr_array_add (self->tables, table);
  g_hash_table_insert (self->by_name, table->collection->name, table);
  return table;
}

static void
note_other (SrRestoreTables *self,
            SrSqlObjectKind  kind,
            const char      *name)
{
  GPtrArray *names = self->others[kind];

  if (!g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
    g_ptr_array_add (names, g_strdup (name));
}

static SrTargetObjectKind
to_target_kind (SrSqlObjectKind kind)
{
  static const SrTargetObjectKind kinds[] = {
    [SR_SQL_OBJECT_VIEW] = SR_TARGET_OBJECT_VIEW,
    [SR_SQL_OBJECT_TRIGGER] = SR_TARGET_OBJECT_TRIGGER,
    [SR_SQL_OBJECT_ROUTINE] = SR_TARGET_OBJECT_ROUTINE,
    [SR_SQL_OBJECT_EVENT] = SR_TARGET_OBJECT_EVENT,
    [SR_SQL_OBJECT_INDEX] = SR_TARGET_OBJECT_INDEX,
    [SR_SQL_OBJECT_CONSTRAINT] = SR_TARGET_OBJECT_CONSTRAINT,
    [SR_SQL_OBJECT_TYPE] = SR_TARGET_OBJECT_TYPE,
    [SR_SQL_OBJECT_SEQUENCE] = SR_TARGET_OBJECT_SEQUENCE,
    [SR_SQL_OBJECT_RIGHT] = SR_TARGET_OBJECT_RIGHT,
    [SR_SQL_OBJECT_COMMENT] = SR_TARGET_OBJECT_COMMENT,
    [SR_SQL_OBJECT_OTHER] = SR_TARGET_OBJECT_OTHER,
    [SR_SQL_OBJECT_TABLE] = SR_TARGET_OBJECT_TABLE,
    [SR_SQL_OBJECT_KEY] = SR_TARGET_OBJECT_CONSTRAINT,
    [SR_SQL_OBJECT_VALUE] = SR_TARGET_OBJECT_SEQUENCE,
    [SR_SQL_OBJECT_OWNER] = SR_TARGET_OBJECT_OWNER,
    [SR_SQL_OBJECT_REFRESH] = SR_TARGET_OBJECT_VIEW,
  };

  return kinds[kind];
}

static const char *
keep_text (SrRestoreTables *self,
           const char      *text)
{
  return text != NULL ? g_string_chunk_insert_const (self->texts, text) : NULL;
}

/* Remembers a statement for the target. */
static void
keep_object (SrRestoreTables   *self,
             const SrSqlObject *object,
             const char        *text,
             gsize              size)
{
  g_autofree char *statement = NULL;
  SrTargetObject   kept = { to_target_kind (object->kind) };

  if (self->objects->len >= MAX_OBJECTS || size > MAX_OBJECT_TEXT - self->object_size)
    {
      self->n_objects_lost++;
      return;
    }
  self->object_size += size;
  statement = g_utf8_make_valid (text, (gssize) size);
  kept.name = keep_text (self, object->name);
  kept.table = keep_text (self, object->table);
  kept.statement = g_string_chunk_insert (self->texts, statement);
  kept.is_changed = strlen (statement) != size || memcmp (statement, text, size) != 0;
  kept.database = keep_text (self, self->session.database);
  kept.mode = keep_text (self, self->session.mode);
  kept.charset = keep_text (self, self->session.charset);
  kept.collation = keep_text (self, self->session.collation);
  kept.time_zone = keep_text (self, self->session.time_zone);
  g_array_append_val (self->objects, kept);
}

static gboolean
note_statement (const char *text,
                gsize       size,
                gpointer    user_data,
                GError    **error)
{
  SrRestoreTables     *self = user_data;
  g_auto (SrSqlObject) object;

  if (self->dialect == SR_SQL_MYSQL)
    sr_sql_session_read (&self->session, text, size);
  if (self->database == NULL)
    self->database = keep_text (self, self->session.database);
  if (!sr_sql_object_parse (self->dialect, text, size, &object))
    return TRUE;
  if (object.kind <= SR_SQL_OBJECT_LAST_BESIDE && self->others[object.kind]->len < MAX_OTHERS)
    note_other (self, object.kind, object.name);
  if (sr_target_takes_objects (self->target, self->dialect))
    keep_object (self, &object, text, size);
  return TRUE;
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
      if (!sr_record_reader_get_fields (reader, &record, error) ||
          !sr_inference_add (table->inference, &record, error))
        return FALSE;
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
      Table        *table = g_ptr_array_index (self->tables, i);
      SrCollection *described;

      if (table->inference == NULL)
        continue;
      g_hash_table_remove (self->by_name, table->collection->name);
      described = sr_inference_finish (table->inference, table->collection->name, TRUE);
      sr_collection_unref (table->collection);
      table->collection = described;
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
        if (g_ptr_array_find_with_equal_func (self->others[SR_SQL_OBJECT_VIEW], *names,
                                              g_str_equal, NULL))
          {
            g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                         "“%s” is a view; restore the tables its rows come from", *names);
            return FALSE;
          }
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
                       SrTarget          *target,
                       const char *const *names,
                       SrProgress        *progress,
                       GCancellable      *cancellable,
                       GError           **error)
{
  g_autoptr (SrRestoreTables) self = g_new0 (SrRestoreTables, 1);
  g_autoptr (SrRecordReader)  reader = NULL;
  SrCollection               *run;
  int                         more;

  self->target = target;
  self->tables = g_ptr_array_new_with_free_func (table_free);
  self->texts = g_string_chunk_new (64 * 1024);
  sr_sql_session_init (&self->session);
  self->objects = g_array_new (FALSE, FALSE, sizeof (SrTargetObject));
  for (guint i = 0; i < SR_N_SQL_OBJECTS; i++)
    self->others[i] = g_ptr_array_new_with_free_func (g_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  reader = sr_backup_file_read (file, NULL, cancellable, error);
  if (reader == NULL)
    return NULL;
  if (SR_IS_SQL_RECORDS (reader))
    {
      self->dialect = sr_sql_records_get_dialect (SR_SQL_RECORDS (reader));
      sr_sql_records_set_statement_func (SR_SQL_RECORDS (reader), note_statement, self);
    }
  while ((more = sr_record_reader_next_collection (reader, &run, cancellable, error)) > 0)
    if (run->is_view)
      note_other (self, SR_SQL_OBJECT_VIEW, run->name);
    else if (is_named (names, run->name) &&
             !read_run (find_table (self, run), reader, progress, cancellable, error))
      return NULL;
  if (more < 0)
    return NULL;
  if (SR_IS_SQL_RECORDS (reader) && self->database == NULL)
    self->database =
        keep_text (self, sr_sql_records_get_facts (SR_SQL_RECORDS (reader))->database);
  finish_inference (self);
  return check_names (self, names, error) ? g_steal_pointer (&self) : NULL;
}

void
sr_restore_tables_free (SrRestoreTables *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < SR_N_SQL_OBJECTS; i++)
    g_clear_pointer (&self->others[i], g_ptr_array_unref);
  g_clear_pointer (&self->by_name, g_hash_table_unref);
  g_clear_pointer (&self->tables, g_ptr_array_unref);
  g_clear_pointer (&self->objects, g_array_unref);
  g_clear_pointer (&self->texts, g_string_chunk_free);
  sr_sql_session_clear (&self->session);
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
  plan->objects = (const SrTargetObject *) (const void *) self->objects->data;
  plan->n_objects = self->objects->len;
  plan->dialect = self->dialect;
  plan->database = self->database;
  plan->some_tables = options->collections != NULL && options->collections[0] != NULL;
  plan->some_records = is_chosen;
}

guint64
sr_restore_tables_get_n_lost (SrRestoreTables *self)
{
  return self->n_objects_lost;
}

/* "views a, b; rights" */
char *
sr_restore_tables_describe_others (SrRestoreTables *self)
{
  GString *text = g_string_new (NULL);

  if (sr_target_takes_objects (self->target, self->dialect))
    return g_string_free (text, TRUE);
  for (guint i = 0; i <= SR_SQL_OBJECT_LAST_BESIDE; i++)
    {
      GPtrArray *names = self->others[i];

      if (names->len == 0)
        continue;
      g_string_append_printf (text, "%s%s", text->len > 0 ? "; " : "",
                              sr_sql_object_kind_title (i));
      for (guint k = 0; k < MIN (names->len, SHOWN_OTHERS); k++)
        {
          const char *name = g_ptr_array_index (names, k);

          if (*name != '\0')
            g_string_append_printf (text, "%s%.100s", k > 0 ? ", " : " ", name);
        }
      if (names->len > SHOWN_OTHERS)
        g_string_append_printf (text, " and %u more", names->len - SHOWN_OTHERS);
    }
  return g_string_free (text, text->len == 0);
}
