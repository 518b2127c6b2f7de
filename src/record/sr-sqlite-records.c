/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <unistd.h>

#include <math.h>
#include <string.h>

#include "base/sr-error.h"
#include "record/sr-sqlite-check.h"
#include "record/sr-sqlite-error.h"
#include "record/sr-sqlite-schema.h"
#include "record/sr-table-records.h"

/* Instructions of SQLite's machine between two looks at the cancellable, and how many such spans
 * all views of a file may take together: about a minute; those made to never end are stopped. */
#define INSTRUCTIONS 20000
#define MAX_SPANS    100000

/* Enough for "-1.7976931348623157e+308" and ".0". */
#define NUMBER_SIZE 40

/* The form of infinity that JSON can write and SQLite reads back as such. */
#define INFINITE "1e999"

struct _SrSqliteRecords
{
  SrRecordReader parent_instance;

  sqlite3   *db;
  GPtrArray *tables;   /* (element-type SrSqliteTable) owned */
  GPtrArray *problems; /* (element-type utf8) owned */
  int        fd;       /* of the database, if it is owned; -1 */
  gboolean   is_utf8;

  /* the run; @table is one more than its place in @tables */
  guint         next_table;
  sqlite3_stmt *statement;
  guint64       n_read;

  /* the record */
  GArray  *fields; /* (element-type SrField) owned */
  GString *text;   /* owned: what SQLite does not keep for us */
  GArray  *places; /* (element-type gsize) owned: of each field's value in @text, or G_MAXSIZE */

  /* for the progress handler, while a call runs */
  GCancellable *cancellable;
  guint64       n_spans;
  guint64       max_spans;
};

#define SR_TYPE_SQLITE_RECORDS (sr_sqlite_records_get_type ())
G_DECLARE_FINAL_TYPE (SrSqliteRecords, sr_sqlite_records, SR, SQLITE_RECORDS, SrRecordReader)
G_DEFINE_FINAL_TYPE (SrSqliteRecords, sr_sqlite_records, SR_TYPE_RECORD_READER)

static const SrSqliteTable *
get_table (SrSqliteRecords *self)
{
  return g_ptr_array_index (self->tables, self->next_table - 1);
}

static int
is_to_stop (gpointer data)
{
  SrSqliteRecords *self = data;

  if (self->next_table > 0 && get_table (self)->is_view)
    {
      self->n_spans++;
      /* half of what is left, so that something is left for the views that follow */
      if (self->n_spans > self->max_spans / 2)
        return 1;
    }
  return g_cancellable_is_cancelled (self->cancellable);
}

static gboolean
is_about_the_file (int code)
{
  switch (code & 0xff)
    {
    case SQLITE_CORRUPT:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_NOTADB:
      return TRUE;
    default:
      return FALSE;
    }
}

static void
set_error (SrSqliteRecords *self,
           int              code,
           GError         **error)
{
  if (sr_check_cancelled (self->cancellable, error))
    return;
  if ((code & 0xff) == SQLITE_TOOBIG)
    g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "a row of more than %d MiB",
                 SR_SQLITE_MAX_ROW / 1024 / 1024);
  else
    sr_sqlite_set_error (error, code, self->db, NULL);
  g_prefix_error (error, "table “%s”, behind %" G_GUINT64_FORMAT " records: ",
                  get_table (self)->collection->name, self->n_read);
}

/* What a view computes can fail though all data is well: that is told, and the rest read on. */
static gboolean
note_view (SrSqliteRecords *self,
           int              code)
{
  const SrSqliteTable *table = get_table (self);
  g_autofree char     *words = NULL;

  if (!table->is_view || is_about_the_file (code) ||
      g_cancellable_is_cancelled (self->cancellable))
    return FALSE;
  words = g_utf8_make_valid ((code & 0xff) == SQLITE_INTERRUPT ? "it takes too long"
                                                               : sqlite3_errmsg (self->db),
                             -1);
  g_ptr_array_add (self->problems,
                   g_strdup_printf ("The view “%s” was left behind %" G_GUINT64_FORMAT
                                    " records: %s.",
                                    table->collection->name, self->n_read, words));
  return TRUE;
}

static int
prepare_table (SrSqliteRecords *self,
               GError         **error)
{
  const SrSqliteTable *table = get_table (self);
  g_autofree char     *question = g_strdup_printf ("SELECT * FROM %s", table->quoted);
  int                  code;

  self->max_spans -= MIN (self->n_spans, self->max_spans);
  self->n_spans = 0;
  self->n_read = 0;
  code = sqlite3_prepare_v2 (self->db, question, -1, &self->statement, NULL);
  if (code == SQLITE_OK && sqlite3_column_count (self->statement) !=
                               (int) sr_collection_get_n_columns (table->collection))
    code = SQLITE_CORRUPT;
  if (code == SQLITE_OK)
    return 1;
  g_clear_pointer (&self->statement, sqlite3_finalize);
  if (note_view (self, code))
    return 0;
  set_error (self, code, error);
  return -1;
}

static int
sr_sqlite_records_next_collection (SrRecordReader *reader,
                                   SrCollection  **collection,
                                   GCancellable   *cancellable,
                                   GError        **error)
{
  SrSqliteRecords *self = SR_SQLITE_RECORDS (reader);
  int              found = 0;

  if (sr_check_cancelled (cancellable, error))
    return -1;
  self->cancellable = cancellable;
  g_clear_pointer (&self->statement, sqlite3_finalize);
  while (found == 0 && self->next_table < self->tables->len)
    {
      self->next_table++;
      found = prepare_table (self, error);
    }
  if (found > 0)
    *collection = get_table (self)->collection;
  self->cancellable = NULL;
  return found;
}

/* Returns: as sr_record_reader_next() */
static int
step (SrSqliteRecords *self,
      GError         **error)
{
  int code;

  if (self->statement == NULL)
    return 0;
  code = sqlite3_step (self->statement);
  if (code == SQLITE_ROW)
    return 1;
  if (code != SQLITE_DONE && !note_view (self, code))
    {
      set_error (self, code, error);
      return -1;
    }
  g_clear_pointer (&self->statement, sqlite3_finalize);
  return 0;
}

static int
sr_sqlite_records_next (SrRecordReader *reader,
                        SrRecord       *record,
                        GCancellable   *cancellable,
                        GError        **error)
{
  SrSqliteRecords *self = SR_SQLITE_RECORDS (reader);
  int              more;

  self->cancellable = cancellable;
  more = step (self, error);
  self->cancellable = NULL;
  if (more > 0)
    *record = (SrRecord){ .number = self->n_read++ };
  return more;
}

/* The shortest text that reads back as the same number, as SQLite itself would show it. */
static void
append_real (GString *text,
             double   value)
{
  char number[NUMBER_SIZE];

  if (isinf (value))
    {
      g_string_append (text, value < 0 ? "-" INFINITE : INFINITE);
      return;
    }
  g_ascii_formatd (number, sizeof number, "%.15g", value);
  if (g_ascii_strtod (number, NULL) != value)
    g_ascii_formatd (number, sizeof number, "%.16g", value);
  if (g_ascii_strtod (number, NULL) != value)
    g_ascii_formatd (number, sizeof number, "%.17g", value);
  g_string_append (text, number);
  if (strpbrk (number, ".e") == NULL)
    g_string_append (text, ".0");
}

/* Binary content is given a NUL where it lies, unless SQLite would take it for UTF-16 then. */
static gboolean
read_bytes (SrSqliteRecords *self,
            int              column,
            SrValue         *value)
{
  value->type = SR_VALUE_BYTES;
  if (self->is_utf8)
    {
      value->data = (const char *) sqlite3_column_text (self->statement, column);
      value->size = (gsize) sqlite3_column_bytes (self->statement, column);
      return value->data != NULL;
    }
  value->size = (gsize) sqlite3_column_bytes (self->statement, column);
  g_string_append_len (self->text, sqlite3_column_blob (self->statement, column),
                       (gssize) value->size);
  return TRUE;
}

static gboolean
read_text (SrSqliteRecords *self,
           int              column,
           SrValue         *value)
{
  value->type = SR_VALUE_TEXT;
  value->data = (const char *) sqlite3_column_text (self->statement, column);
  value->size = (gsize) sqlite3_column_bytes (self->statement, column);
  if (value->data == NULL)
    return FALSE;
  if (memchr (value->data, '\0', value->size) != NULL)
    sr_record_reader_add_note (SR_RECORD_READER (self), SR_NOTE_NUL);
  else if (!g_utf8_validate_len (value->data, value->size, NULL))
    sr_record_reader_add_note (SR_RECORD_READER (self), SR_NOTE_INVALID_UTF8);
  return TRUE;
}

/* @value: without @data where it stands in @text behind @place */
static gboolean
read_value (SrSqliteRecords *self,
            int              column,
            SrValue         *value,
            gsize           *place)
{
  *value = (SrValue){ SR_VALUE_NULL, "", 0 };
  *place = self->text->len;
  switch (sqlite3_column_type (self->statement, column))
    {
    case SQLITE_INTEGER:
      g_string_append_printf (self->text, "%" G_GINT64_FORMAT,
                              (gint64) sqlite3_column_int64 (self->statement, column));
      break;
    case SQLITE_FLOAT:
      append_real (self->text, sqlite3_column_double (self->statement, column));
      break;
    case SQLITE_TEXT:
      *place = G_MAXSIZE;
      return read_text (self, column, value);
    case SQLITE_BLOB:
      value->data = NULL;
      if (!read_bytes (self, column, value))
        return FALSE;
      if (value->data != NULL)
        *place = G_MAXSIZE;
      else
        g_string_append_c (self->text, '\0');
      return TRUE;
    default:
      *place = G_MAXSIZE;
      return TRUE;
    }
  value->type = SR_VALUE_NUMBER;
  value->size = self->text->len - *place;
  g_string_append_c (self->text, '\0');
  return TRUE;
}

static gboolean
sr_sqlite_records_get_fields (SrRecordReader *reader,
                              SrRecord       *record,
                              GError        **error)
{
  SrSqliteRecords    *self = SR_SQLITE_RECORDS (reader);
  const SrCollection *collection = get_table (self)->collection;
  guint               n_columns = sr_collection_get_n_columns (collection);

  g_array_set_size (self->fields, n_columns);
  g_array_set_size (self->places, n_columns);
  g_string_truncate (self->text, 0);
  for (guint i = 0; i < n_columns; i++)
    {
      SrField *field = &g_array_index (self->fields, SrField, i);

      field->name = sr_collection_get_column (collection, i)->name;
      if (!read_value (self, (int) i, &field->value, &g_array_index (self->places, gsize, i)))
        {
          set_error (self, SQLITE_NOMEM, error);
          return FALSE;
        }
    }
  for (guint i = 0; i < n_columns; i++)
    if (g_array_index (self->places, gsize, i) != G_MAXSIZE)
      g_array_index (self->fields, SrField, i).value.data =
          self->text->str + g_array_index (self->places, gsize, i);
  record->fields = (const SrField *) (gconstpointer) self->fields->data;
  record->n_fields = n_columns;
  return TRUE;
}

static void
interrupt (GCancellable *cancellable,
           gpointer      db)
{
  sqlite3_interrupt (db);
}

/* A table none of whose rows was read yet is counted by its pages. */
static gboolean
count_table (SrSqliteRecords *self,
             guint64         *count,
             GError         **error)
{
  g_autofree char *question = g_strdup_printf ("SELECT count(*) FROM %s NOT INDEXED",
                                               get_table (self)->quoted);
  sqlite3_stmt    *statement = NULL;
  gulong           handler = 0;
  int              code = sqlite3_prepare_v2 (self->db, question, -1, &statement, NULL);

  if (code == SQLITE_OK)
    {
      if (self->cancellable != NULL)
        handler = g_cancellable_connect (self->cancellable, G_CALLBACK (interrupt), self->db,
                                         NULL);
      code = sqlite3_step (statement);
      g_cancellable_disconnect (self->cancellable, handler);
    }
  if (code == SQLITE_ROW)
    *count = (guint64) sqlite3_column_int64 (statement, 0);
  else
    set_error (self, code, error);
  sqlite3_finalize (statement);
  return code == SQLITE_ROW;
}

static gboolean
step_to_end (SrSqliteRecords *self,
             guint64         *count,
             GError         **error)
{
  int more;

  while ((more = step (self, error)) > 0)
    {
      self->n_read++;
      (*count)++;
    }
  return more == 0;
}

static gboolean
sr_sqlite_records_skip (SrRecordReader *reader,
                        guint64        *count,
                        GCancellable   *cancellable,
                        GError        **error)
{
  SrSqliteRecords *self = SR_SQLITE_RECORDS (reader);
  gboolean         done = TRUE;

  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  if (self->statement == NULL)
    return TRUE;
  self->cancellable = cancellable;
  if (self->n_read > 0 || get_table (self)->is_view)
    done = step_to_end (self, count, error);
  else
    done = count_table (self, count, error);
  self->cancellable = NULL;
  g_clear_pointer (&self->statement, sqlite3_finalize);
  return done;
}

static void
sr_sqlite_records_finalize (GObject *object)
{
  SrSqliteRecords *self = SR_SQLITE_RECORDS (object);

  g_clear_pointer (&self->statement, sqlite3_finalize);
  g_clear_pointer (&self->db, sqlite3_close);
  if (self->fd >= 0)
    close (self->fd);
  g_clear_pointer (&self->tables, g_ptr_array_unref);
  g_ptr_array_unref (self->problems);
  g_array_unref (self->fields);
  g_array_unref (self->places);
  g_string_free (self->text, TRUE);
  G_OBJECT_CLASS (sr_sqlite_records_parent_class)->finalize (object);
}

static void
sr_sqlite_records_class_init (SrSqliteRecordsClass *class)
{
  SrRecordReaderClass *reader_class = SR_RECORD_READER_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sr_sqlite_records_finalize;
  reader_class->next_collection = sr_sqlite_records_next_collection;
  reader_class->next = sr_sqlite_records_next;
  reader_class->get_fields = sr_sqlite_records_get_fields;
  reader_class->skip = sr_sqlite_records_skip;
}

static void
sr_sqlite_records_init (SrSqliteRecords *self)
{
  self->problems = g_ptr_array_new_with_free_func (g_free);
  self->fields = g_array_new (FALSE, FALSE, sizeof (SrField));
  self->places = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->text = g_string_new (NULL);
  self->max_spans = MAX_SPANS;
  self->fd = -1;
}

static int
take_encoding (gpointer data,
               int      n_columns,
               char   **values,
               char   **names)
{
  *(gboolean *) data = g_strcmp0 (values[0], "UTF-8") == 0;
  return 0;
}

SrRecordReader *
sr_sqlite_records_new (int      fd,
                       GError **error)
{
  g_autoptr (SrSqliteRecords) self = g_object_new (SR_TYPE_SQLITE_RECORDS, NULL);
  int                         code;

  self->db = sr_sqlite_open_untrusted (fd, error);
  if (self->db == NULL)
    return NULL;
  code = sqlite3_exec (self->db, "PRAGMA encoding", take_encoding, &self->is_utf8, NULL);
  if (code != SQLITE_OK)
    {
      sr_sqlite_set_error (error, code, self->db, NULL);
      return NULL;
    }
  self->tables = sr_sqlite_read_schema (self->db, self->problems, error);
  if (self->tables == NULL)
    return NULL;
  sqlite3_progress_handler (self->db, INSTRUCTIONS, is_to_stop, self);
  return SR_RECORD_READER (g_steal_pointer (&self));
}

GPtrArray *
sr_sqlite_records_get_problems (SrRecordReader *self)
{
  return SR_SQLITE_RECORDS (self)->problems;
}

void
sr_sqlite_records_own_fd (SrRecordReader *self,
                          int             fd)
{
  SR_SQLITE_RECORDS (self)->fd = fd;
}

void
sr_sqlite_records_set_view_limit (SrRecordReader *self,
                                  guint64         instructions)
{
  SR_SQLITE_RECORDS (self)->max_spans = instructions / INSTRUCTIONS;
}

gboolean
sr_sqlite_records_check (int           fd,
                         GCancellable *cancellable,
                         GError      **error)
{
  return sr_sqlite_check (fd, NULL, cancellable, error);
}
