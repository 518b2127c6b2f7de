/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "record/sr-table-records.h"
#include "record/sr-value.h"

#define READ_SIZE   ((gsize) 256 * 1024)
#define MAX_RECORD  ((gsize) 64 * 1024 * 1024)
#define MAX_COLUMNS 100000

#define SR_TYPE_CSV_RECORDS (sr_csv_records_get_type ())
G_DECLARE_FINAL_TYPE (SrCsvRecords, sr_csv_records, SR, CSV_RECORDS, SrRecordReader)

/* Where in a line the search for its end stands. */
typedef enum
{
  AT_FIELD,
  IN_PLAIN,
  IN_QUOTES,
  AT_QUOTE, /* one inside quotes: the end of the field, or the first of two */
} Place;

struct _SrCsvRecords
{
  SrRecordReader parent_instance;

  GInputStream *stream;
  SrCollection *collection;
  char         *name;
  char          separator;

  /* Text from @at to @end is still to come; @before: bytes that left the buffer */
  char    *buffer;
  gsize    capacity;
  gsize    at;
  gsize    end;
  guint64  before;
  gboolean at_end;

  /* Of the record read last */
  GArray *fields; /* of SrField */
  char   *values;
  gsize   n_values;
  gsize   values_size;

  guint64  n_records;
  gboolean begun;
};

G_DEFINE_FINAL_TYPE (SrCsvRecords, sr_csv_records, SR_TYPE_RECORD_READER)

static gboolean
fail_at (SrErrorCode code,
         const char *what,
         guint64     offset,
         GError    **error)
{
  g_set_error (error, SR_ERROR, code, "This is no valid CSV: %s at byte %" G_GUINT64_FORMAT, what,
               offset);
  return FALSE;
}

/* Keeps what begins at @at. */
static gboolean
fill (SrCsvRecords *self,
      GCancellable *cancellable,
      GError      **error)
{
  gssize n;

  memmove (self->buffer, self->buffer + self->at, self->end - self->at);
  self->before += self->at;
  self->end -= self->at;
  self->at = 0;
  if (self->end > MAX_RECORD)
    return fail_at (SR_ERROR_INVALID, "a record of more than 64 MiB", self->before, error);
  if (self->end > self->capacity / 2)
    {
      self->capacity *= 2;
      self->buffer = g_realloc (self->buffer, self->capacity);
    }
  n = g_input_stream_read (self->stream, self->buffer + self->end, self->capacity - self->end,
                           cancellable, error);
  if (n < 0)
    return FALSE;
  self->end += (gsize) n;
  self->at_end = n == 0;
  return TRUE;
}

static Place
go_on (Place place,
       char  c,
       char  separator)
{
  if (place == IN_QUOTES)
    return c == '"' ? AT_QUOTE : IN_QUOTES;
  if (c == '"' && place != IN_PLAIN)
    return IN_QUOTES;
  return c == separator ? AT_FIELD : IN_PLAIN;
}

/* Whether a separator is one is not known yet: all of them are. */
static char
as_separator (SrCsvRecords *self,
              char          c)
{
  return self->separator != '\0' ? self->separator : strchr (",;\t", c) != NULL ? c
                                                                                : ',';
}

/* Finds the end of the line that begins at @at. @size: without its line feed; @next: with it.
 * Returns: 1, 0 at the end of the text, -1 */
static int
find_line (SrCsvRecords *self,
           gsize        *size,
           gsize        *next,
           GCancellable *cancellable,
           GError      **error)
{
  Place place = AT_FIELD;
  gsize n = 0;

  for (;;)
    {
      for (; self->at + n < self->end; n++)
        {
          const char c = self->buffer[self->at + n];

          if (c == '\n' && place != IN_QUOTES)
            {
              *size = n > 0 && self->buffer[self->at + n - 1] == '\r' ? n - 1 : n;
              *next = n + 1;
              return 1;
            }
          place = go_on (place, c, as_separator (self, c));
        }
      if (self->at_end)
        break;
      if (!fill (self, cancellable, error))
        return -1;
    }
  if (place == IN_QUOTES)
    {
      fail_at (SR_ERROR_DAMAGED, "a quote that is not closed, in the record",
               self->before + self->at, error);
      return -1;
    }
  *size = n;
  *next = n;
  return n > 0 ? 1 : 0;
}

/* Reads the field at *@at and goes behind it. @quoted: (out): it stood in quotes */
static gboolean
take_field (SrCsvRecords *self,
            const char   *text,
            gsize         size,
            gsize        *at,
            gboolean     *quoted,
            SrValue      *value,
            GError      **error)
{
  char       *to = self->values + self->n_values;
  gsize       n = 0;
  gsize       from = *at;
  const char *end;

  *quoted = from < size && text[from] == '"';
  if (!*quoted)
    {
      end = memchr (text + from, self->separator, size - from);
      n = end != NULL ? (gsize) (end - text) - from : size - from;
      memcpy (to, text + from, n);
      from += n;
    }
  for (from += *quoted ? 1 : 0; *quoted && from < size; from++)
    {
      if (text[from] == '"' && (from + 1 == size || text[from + 1] != '"'))
        break;
      if (text[from] == '"')
        from++;
      to[n++] = text[from];
    }
  from += *quoted ? 1 : 0;
  if (from < size && text[from] != self->separator)
    {
      *at = from;
      return fail_at (SR_ERROR_INVALID, "text behind a closing quote", from, error);
    }
  to[n] = '\0';
  self->n_values += n + 1;
  *at = from;
  *value = (SrValue){ SR_VALUE_TEXT, to, n };
  return TRUE;
}

static SrValueType
judge (const SrValue *value)
{
  if (value->size == 0)
    return SR_VALUE_NULL;
  if ((value->size == 4 && memcmp (value->data, "true", 4) == 0) ||
      (value->size == 5 && memcmp (value->data, "false", 5) == 0))
    return SR_VALUE_BOOL;
  return sr_text_is_number (value->data, value->size) ? SR_VALUE_NUMBER : SR_VALUE_TEXT;
}

/* A line's fields, named by the columns if there are any yet. */
static gboolean
split (SrCsvRecords *self,
       const char   *text,
       gsize         size,
       GError      **error)
{
  const guint n_columns = sr_collection_get_n_columns (self->collection);
  gsize       at = 0;

  g_array_set_size (self->fields, 0);
  self->n_values = 0;
  /* each value gets a NUL, for which the separator makes room */
  if (self->values_size < size + 2)
    {
      g_free (self->values);
      self->values_size = size + 2;
      self->values = g_malloc (self->values_size);
    }
  for (;;)
    {
      const guint i = self->fields->len;
      SrField     field = { .name = "" };
      gboolean    quoted;

      if (!take_field (self, text, size, &at, &quoted, &field.value, error))
        return FALSE;
      if (i < n_columns)
        field.name = sr_collection_get_column (self->collection, i)->name;
      if (!quoted && n_columns > 0)
        field.value.type = judge (&field.value);
      g_array_append_val (self->fields, field);
      if (at >= size)
        return TRUE;
      if (self->fields->len >= MAX_COLUMNS)
        return fail_at (SR_ERROR_INVALID, "more than 100,000 fields", at, error);
      at++;
    }
}

static char
guess_separator (const char *text,
                 gsize       size)
{
  static const char separators[] = ",;\t";
  guint             counts[3] = { 0 };
  gboolean          quoted = FALSE;
  guint             best = 0;

  for (gsize i = 0; i < size; i++)
    {
      const char *found = memchr (separators, text[i], 3);

      if (text[i] == '"')
        quoted = !quoted;
      else if (found != NULL && !quoted)
        counts[found - separators]++;
    }
  for (guint i = 1; i < 3; i++)
    if (counts[i] > counts[best])
      best = i;
  return separators[best];
}

static void
add_columns (SrCsvRecords *self)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < self->fields->len; i++)
    {
      const SrValue *value = &g_array_index (self->fields, SrField, i).value;
      char          *name = g_utf8_make_valid (value->data, (gssize) strlen (value->data));

      while (name[0] == '\0' || g_hash_table_contains (seen, name))
        {
          char *longer = g_strdup_printf ("%s%scolumn %u", name, name[0] != '\0' ? " " : "", i + 1);

          g_free (name);
          name = longer;
        }
      sr_collection_add_column (self->collection, name, SR_COLUMN_UNKNOWN);
      g_hash_table_add (seen, name);
    }
}

/* Returns: as find_line() */
static int
read_heading (SrCsvRecords *self,
              GCancellable *cancellable,
              GError      **error)
{
  gsize size;
  gsize next;
  int   found;

  while (self->end < 3 && !self->at_end)
    if (!fill (self, cancellable, error))
      return -1;
  if (self->end >= 3 && memcmp (self->buffer, "\xef\xbb\xbf", 3) == 0)
    self->at = 3;
  found = find_line (self, &size, &next, cancellable, error);
  if (found == 0)
    g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED, "This CSV is empty");
  if (found <= 0)
    return -1;
  self->separator = guess_separator (self->buffer + self->at, size);
  self->collection = sr_collection_new (self->name);
  if (!split (self, self->buffer + self->at, size, error))
    return -1;
  add_columns (self);
  self->at += next;
  return 1;
}

static int
next (SrRecordReader *reader,
      SrRecord       *record,
      GCancellable   *cancellable,
      GError        **error)
{
  SrCsvRecords *self = SR_CSV_RECORDS (reader);
  gsize         after;
  int           found;

  if (sr_check_cancelled (cancellable, error))
    return -1;
  do
    {
      found = find_line (self, &record->raw_size, &after, cancellable, error);
      if (found <= 0)
        return found;
      record->raw = self->buffer + self->at;
      record->offset = self->before + self->at;
      self->at += after;
    }
  /* an empty line is a record only where there is a single column */
  while (record->raw_size == 0 && sr_collection_get_n_columns (self->collection) > 1);
  record->number = self->n_records++;
  return 1;
}

static void
add_notes (SrCsvRecords   *self,
           const SrRecord *record)
{
  SrRecordReader *reader = SR_RECORD_READER (self);
  const char     *text = record->raw;
  const char     *end = record->raw + record->raw_size;

  if (memchr (text, '\0', record->raw_size) != NULL)
    sr_record_reader_add_note (reader, SR_NOTE_NUL);
  while (!g_utf8_validate_len (text, (gsize) (end - text), &text))
    {
      if (*text == '\0')
        {
          text++;
          continue;
        }
      sr_record_reader_add_note (reader, SR_NOTE_INVALID_UTF8);
      return;
    }
}

static gboolean
get_fields (SrRecordReader *reader,
            SrRecord       *record,
            GError        **error)
{
  SrCsvRecords *self = SR_CSV_RECORDS (reader);
  const guint   n_columns = sr_collection_get_n_columns (self->collection);

  if (!split (self, record->raw, record->raw_size, error))
    {
      g_prefix_error (error, "The record at byte %" G_GUINT64_FORMAT ": ", record->offset);
      return FALSE;
    }
  if (self->fields->len != n_columns)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "The CSV record at byte %" G_GUINT64_FORMAT " has %u fields, where the heading "
                   "names %u",
                   record->offset, self->fields->len, n_columns);
      return FALSE;
    }
  add_notes (self, record);
  record->fields = (const SrField *) (gconstpointer) self->fields->data;
  record->n_fields = self->fields->len;
  return TRUE;
}

static int
next_collection (SrRecordReader *reader,
                 SrCollection  **collection,
                 GCancellable   *cancellable,
                 GError        **error)
{
  SrCsvRecords *self = SR_CSV_RECORDS (reader);
  SrRecord      record;
  int           more;

  if (self->begun)
    {
      do
        more = next (reader, &record, cancellable, error);
      while (more > 0);
      return more;
    }
  self->begun = TRUE;
  if (read_heading (self, cancellable, error) < 0)
    return -1;
  *collection = self->collection;
  return 1;
}

static void
sr_csv_records_finalize (GObject *object)
{
  SrCsvRecords *self = SR_CSV_RECORDS (object);

  g_object_unref (self->stream);
  sr_collection_unref (self->collection);
  g_array_unref (self->fields);
  g_free (self->values);
  g_free (self->buffer);
  g_free (self->name);
  G_OBJECT_CLASS (sr_csv_records_parent_class)->finalize (object);
}

static void
sr_csv_records_class_init (SrCsvRecordsClass *class)
{
  SrRecordReaderClass *reader_class = SR_RECORD_READER_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sr_csv_records_finalize;
  reader_class->next_collection = next_collection;
  reader_class->next = next;
  reader_class->get_fields = get_fields;
}

static void
sr_csv_records_init (SrCsvRecords *self)
{
  self->capacity = READ_SIZE;
  self->buffer = g_malloc (self->capacity);
  self->fields = g_array_new (FALSE, FALSE, sizeof (SrField));
}

SrRecordReader *
sr_csv_records_new (GInputStream *stream,
                    const char   *name)
{
  SrCsvRecords *self = g_object_new (SR_TYPE_CSV_RECORDS, NULL);

  self->stream = g_object_ref (stream);
  self->name = g_strdup (name);
  return SR_RECORD_READER (self);
}
