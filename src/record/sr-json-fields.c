/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "record/sr-json-cursor.h"
#include "record/sr-json-fields.h"

/* More fields than this are looked for doubles by a table, fewer one by one. */
#define FEW_FIELDS 12
/* Kept from one record to the next. */
#define KEEP_SIZE ((gsize) 1024 * 1024)

struct _SrJsonFields
{
  GArray *fields; /* of SrField */

  /* Names and values: what a record says is never longer than its text. */
  char *strings;
  gsize n_strings;
  gsize capacity;

  GHashTable *names;   /* of those seen, while one is looked for doubles */
  GPtrArray  *mended;  /* names that were no UTF-8 */
  gboolean    has_bad; /* the record is no UTF-8 */
};

SrJsonFields *
sr_json_fields_new (void)
{
  SrJsonFields *self = g_new0 (SrJsonFields, 1);

  self->fields = g_array_new (FALSE, FALSE, sizeof (SrField));
  self->mended = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
sr_json_fields_free (SrJsonFields *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->fields);
  g_ptr_array_unref (self->mended);
  g_clear_pointer (&self->names, g_hash_table_unref);
  g_free (self->strings);
  g_free (self);
}

static void
reset (SrJsonFields *self,
       gsize         size)
{
  const gsize needed = size + 1;

  if (self->fields->len * sizeof (SrField) > KEEP_SIZE)
    {
      g_array_unref (self->fields);
      self->fields = g_array_new (FALSE, FALSE, sizeof (SrField));
    }
  g_array_set_size (self->fields, 0);
  g_ptr_array_set_size (self->mended, 0);
  self->n_strings = 0;
  if (self->capacity >= needed && (self->capacity <= KEEP_SIZE || needed > KEEP_SIZE))
    return;
  g_free (self->strings);
  self->capacity = MAX (needed, 4096);
  self->strings = g_malloc (self->capacity);
}

/* Puts a NUL behind @size bytes that were written there. Returns: where they begin */
static const char *
finish_string (SrJsonFields *self,
               gsize         size)
{
  const char *begin = self->strings + self->n_strings;

  self->strings[self->n_strings + size] = '\0';
  self->n_strings += size + 1;
  return begin;
}

static const char *
copy_string (SrJsonFields *self,
             const char   *text,
             gsize         size)
{
  memcpy (self->strings + self->n_strings, text, size);
  return finish_string (self, size);
}

/* @text: with its quotes */
static const char *
read_string (SrJsonFields *self,
             const char   *text,
             gsize         size,
             gboolean      plain,
             gsize        *length)
{
  *length = size - 2;
  if (plain)
    return copy_string (self, text + 1, size - 2);
  *length = sr_json_decode_string (text + 1, size - 2, self->strings + self->n_strings);
  return finish_string (self, *length);
}

/* What JavaScript leaves of a value it cannot write. @has_half: U+FFFD in it may be ours */
static SrValueType
judge_text (const char     *text,
            gsize           size,
            gboolean        has_half,
            SrRecordReader *reader)
{
  SrRecordNote note = SR_N_NOTES;
  gboolean     whole = TRUE;

  if (size == strlen ("Invalid Date") && memcmp (text, "Invalid Date", size) == 0)
    note = SR_NOTE_LOST_DATE;
  else if (size == strlen ("[object Object]") && memcmp (text, "[object Object]", size) == 0)
    note = SR_NOTE_LOST_BYTES;
  else if (!has_half && size >= 3 && memmem (text, size, "\xef\xbf\xbd", 3) != NULL)
    {
      note = SR_NOTE_LOST_BYTES;
      whole = FALSE;
      for (gsize i = 0; i < size && !whole; i++)
        whole = (guint8) text[i] < ' ' && strchr ("\t\n\r", text[i]) == NULL;
    }
  if (note != SR_N_NOTES && reader != NULL)
    sr_record_reader_add_note (reader, note);
  return note != SR_N_NOTES && whole ? SR_VALUE_LOST : SR_VALUE_TEXT;
}

static gboolean
read_value (SrJsonFields   *self,
            SrJsonCursor   *cursor,
            SrRecordReader *reader,
            SrValue        *value,
            GError        **error)
{
  int         c = sr_json_cursor_peek (cursor);
  const char *text = cursor->text + cursor->at;
  gsize       start = cursor->at;
  const guint n_halves = cursor->n_halves;
  gboolean    plain;

  if (c == '"')
    {
      if (!sr_json_cursor_pass_string (cursor, &plain, error))
        return FALSE;
      value->data = read_string (self, text, cursor->at - start, plain, &value->size);
      value->type = judge_text (value->data, value->size, cursor->n_halves > n_halves,
                                reader);
      return TRUE;
    }
  if (!sr_json_cursor_pass_value (cursor, error))
    return FALSE;
  value->type = c == '{' || c == '['   ? SR_VALUE_JSON
                : c == 'n'             ? SR_VALUE_NULL
                : c == 't' || c == 'f' ? SR_VALUE_BOOL
                                       : SR_VALUE_NUMBER;
  value->size = c == 'n' ? 0 : cursor->at - start;
  value->data = copy_string (self, text, value->size);
  return TRUE;
}

static gboolean
read_name (SrJsonFields *self,
           SrJsonCursor *cursor,
           const char  **name,
           GError      **error)
{
  gsize        start;
  gsize        size;
  gboolean     plain;
  const guint  n_nul = cursor->n_nul;
  SrJsonCursor before;

  sr_json_cursor_peek (cursor);
  before = *cursor;
  start = cursor->at;
  if (!sr_json_cursor_pass_string (cursor, &plain, error))
    return FALSE;
  if (cursor->n_nul > n_nul)
    return sr_json_cursor_fail (&before, "a NUL in a name", error);
  *name = read_string (self, cursor->text + start, cursor->at - start, plain, &size);
  if (self->has_bad && !g_utf8_validate_len (*name, size, NULL))
    {
      *name = g_utf8_make_valid (*name, (gssize) size);
      g_ptr_array_add (self->mended, (char *) *name);
    }
  return sr_json_cursor_take (cursor, ':', "a colon was expected", error);
}

static gboolean
read_members (SrJsonFields   *self,
              SrJsonCursor   *cursor,
              SrRecordReader *reader,
              GError        **error)
{
  cursor->at++;
  if (sr_json_cursor_peek (cursor) == '}')
    {
      cursor->at++;
      return TRUE;
    }
  for (;;)
    {
      SrField field;
      int     c;

      if (!read_name (self, cursor, &field.name, error) ||
          !read_value (self, cursor, reader, &field.value, error))
        return FALSE;
      if (self->fields->len >= SR_JSON_MAX_FIELDS)
        return sr_json_cursor_fail (cursor, "more than a million fields in one record", error);
      g_array_append_val (self->fields, field);
      c = sr_json_cursor_peek (cursor);
      if (c != ',' && c != '}')
        return sr_json_cursor_fail (cursor, "a comma or a closing bracket was expected", error);
      cursor->at++;
      if (c == '}')
        return TRUE;
    }
}

static gboolean
has_double (SrJsonFields *self)
{
  const SrField *fields = &g_array_index (self->fields, SrField, 0);
  const guint    n = self->fields->len;
  gboolean       found = FALSE;

  if (n <= FEW_FIELDS)
    {
      for (guint i = 1; i < n; i++)
        for (guint k = 0; k < i; k++)
          if (strcmp (fields[i].name, fields[k].name) == 0)
            return TRUE;
      return FALSE;
    }
  if (self->names == NULL)
    self->names = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < n && !found; i++)
    found = !g_hash_table_add (self->names, (gpointer) fields[i].name);
  g_hash_table_remove_all (self->names);
  return found;
}

static void
add_notes (SrJsonFields       *self,
           const SrJsonCursor *cursor,
           SrRecordReader     *reader)
{
  if (self->has_bad || cursor->n_halves > 0)
    sr_record_reader_add_note (reader, SR_NOTE_INVALID_UTF8);
  for (guint i = 0; i < cursor->n_nul; i++)
    sr_record_reader_add_note (reader, SR_NOTE_NUL);
  for (guint i = 0; i < cursor->n_rounded; i++)
    sr_record_reader_add_note (reader, SR_NOTE_ROUNDED);
  if (self->fields->len > 1 && has_double (self))
    sr_record_reader_add_note (reader, SR_NOTE_DUPLICATE_FIELD);
}

gboolean
sr_json_fields_parse (SrJsonFields   *self,
                      const char     *raw,
                      gsize           size,
                      guint64         offset,
                      SrRecordReader *reader,
                      const SrField **fields,
                      guint          *n_fields,
                      GError        **error)
{
  SrJsonCursor cursor = { .text = raw, .size = size, .offset = offset };
  SrField      field = { .name = "value" };

  reset (self, size);
  self->has_bad = !g_utf8_validate_len (raw, size, NULL);
  if (sr_json_cursor_peek (&cursor) == '{')
    {
      if (!read_members (self, &cursor, reader, error))
        return FALSE;
    }
  else
    {
      if (!read_value (self, &cursor, reader, &field.value, error))
        return FALSE;
      g_array_append_val (self->fields, field);
    }
  if (cursor.at != size)
    return sr_json_cursor_fail (&cursor, "something behind the end", error);
  if (reader != NULL)
    add_notes (self, &cursor, reader);
  *fields = (const SrField *) (gconstpointer) self->fields->data;
  *n_fields = self->fields->len;
  return TRUE;
}
