/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "base/sr-json.h"
#include "record/sr-json-cursor.h"
#include "record/sr-json-fields.h"
#include "record/sr-json-records.h"
#include "record/sr-json-scanner.h"

/* Objects inside each other whose arrays are collections. */
#define MAX_LEVELS 2
/* What of the root object is kept as its header: members, and bytes. */
#define MAX_HEADER_MEMBERS 1000
#define MAX_HEADER_SIZE    ((gsize) 1024 * 1024)

struct _SrJsonRecords
{
  SrRecordReader parent_instance;

  SrJsonScanner *scanner;
  SrJsonFields  *fields;
  char          *name;
  JsonObject    *header;
  gsize          header_size;

  /* Where it stands: objects entered, whether a comma is due, and of the array it is in the
   * collection and its records until now. */
  SrCollection *collection;
  guint64       n_records;
  guint         level;
  gboolean      begun;
  gboolean      needs_comma;
  gboolean      in_run;
};

G_DEFINE_FINAL_TYPE (SrJsonRecords, sr_json_records, SR_TYPE_RECORD_READER)

/* Goes on behind the comma, if one is due, to the next element or member. Returns: its first byte;
 * the closing bracket if there is none; or %SR_JSON_FAILED */
static int
go_to_next (SrJsonRecords *self,
            char           closer,
            GCancellable  *cancellable,
            GError       **error)
{
  int c = sr_json_scanner_peek (self->scanner, cancellable, error);

  if (c == SR_JSON_FAILED || c == closer || !self->needs_comma)
    return c;
  if (c != ',')
    {
      sr_json_scanner_fail (self->scanner, "a comma or a closing bracket was expected", error);
      return SR_JSON_FAILED;
    }
  sr_json_scanner_take (self->scanner);
  c = sr_json_scanner_peek (self->scanner, cancellable, error);
  if (c != closer)
    return c;
  sr_json_scanner_fail (self->scanner, "a comma with nothing behind it", error);
  return SR_JSON_FAILED;
}

/* Returns: 1, 0 at the end of the array, whose bracket is taken, or -1 */
static int
pass_element (SrJsonRecords *self,
              SrJsonPass     pass,
              const char   **text,
              gsize         *size,
              GCancellable  *cancellable,
              GError       **error)
{
  int c = go_to_next (self, ']', cancellable, error);

  if (c == SR_JSON_FAILED)
    return -1;
  if (c == ']')
    {
      self->in_run = FALSE;
      self->needs_comma = TRUE;
      return sr_json_scanner_leave (self->scanner, error) ? 0 : -1;
    }
  self->needs_comma = TRUE;
  return sr_json_scanner_pass (self->scanner, pass, text, size, cancellable, error) ? 1 : -1;
}

static int
next (SrRecordReader *reader,
      SrRecord       *record,
      GCancellable   *cancellable,
      GError        **error)
{
  SrJsonRecords *self = SR_JSON_RECORDS (reader);
  int            more;

  if (!self->in_run)
    return 0;
  if (sr_check_cancelled (cancellable, error))
    return -1;
  more = pass_element (self, SR_JSON_KEEP, &record->raw, &record->raw_size, cancellable, error);
  if (more <= 0)
    return more;
  record->is_json = TRUE;
  record->number = self->n_records++;
  record->offset = sr_json_scanner_get_offset (self->scanner) - record->raw_size;
  return 1;
}

static gboolean
get_fields (SrRecordReader *reader,
            SrRecord       *record,
            GError        **error)
{
  SrJsonRecords *self = SR_JSON_RECORDS (reader);

  return sr_json_fields_parse (self->fields, record->raw, record->raw_size, record->offset, reader,
                               &record->fields, &record->n_fields, error);
}

static gboolean
skip (SrRecordReader *reader,
      guint64        *count,
      GCancellable   *cancellable,
      GError        **error)
{
  SrJsonRecords *self = SR_JSON_RECORDS (reader);
  const char    *text;
  gsize          size;
  int            more = 0;

  while (self->in_run &&
         (more = pass_element (self, SR_JSON_COUNT, &text, &size, cancellable, error)) > 0)
    (*count)++;
  self->n_records += *count;
  return more == 0;
}

static gboolean
enter (SrJsonRecords *self,
       GError       **error)
{
  self->needs_comma = FALSE;
  return sr_json_scanner_enter (self->scanner, error);
}

static gboolean
begin_run (SrJsonRecords *self,
           const char    *name,
           GError       **error)
{
  g_clear_pointer (&self->collection, sr_collection_unref);
  self->collection = sr_collection_new (name);
  self->n_records = 0;
  self->in_run = TRUE;
  return enter (self, error);
}

/* Returns: (transfer full): the next member's name, its colon taken */
static char *
take_name (SrJsonRecords *self,
           GCancellable  *cancellable,
           GError       **error)
{
  const char      *text;
  gsize            size;
  const SrField   *fields;
  guint            n_fields;
  const guint64    offset = sr_json_scanner_get_offset (self->scanner);
  g_autofree char *name = NULL;
  int              c;

  if (!sr_json_scanner_pass (self->scanner, SR_JSON_KEEP_SHORT, &text, &size, cancellable, error))
    return NULL;
  if (text == NULL || text[0] != '"')
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "This is no valid JSON: a name was expected at byte %" G_GUINT64_FORMAT, offset);
      return NULL;
    }
  if (!sr_json_fields_parse (self->fields, text, size, offset, NULL, &fields, &n_fields, error))
    return NULL;
  name = g_utf8_make_valid (fields[0].value.data, (gssize) strlen (fields[0].value.data));
  c = sr_json_scanner_peek (self->scanner, cancellable, error);
  if (c == SR_JSON_FAILED)
    return NULL;
  if (c != ':')
    {
      sr_json_scanner_fail (self->scanner, "a colon was expected", error);
      return NULL;
    }
  sr_json_scanner_take (self->scanner);
  return g_steal_pointer (&name);
}

/* Numbers that json-glib cannot hold, and texts that are no UTF-8, are kept as text. */
static void
keep_header (SrJsonRecords *self,
             const char    *name,
             const SrValue *value,
             const char    *text,
             gsize          size)
{
  g_autoptr (JsonNode) node = NULL;

  self->header_size += strlen (name) + size;
  if (self->header_size > MAX_HEADER_SIZE ||
      json_object_get_size (self->header) >= MAX_HEADER_MEMBERS)
    return;
  node = sr_json_parse (text, size, SR_JSON_MAX_SHORT, 1, NULL);
  if (node == NULL)
    {
      g_autofree char *valid = g_utf8_make_valid (value->data, (gssize) value->size);

      node = json_node_init_string (json_node_alloc (), valid);
    }
  json_object_set_member (self->header, name, g_steal_pointer (&node));
}

/* A scalar member, or one too deep to be looked into. */
static gboolean
pass_member (SrJsonRecords *self,
             const char    *name,
             int            first,
             GCancellable  *cancellable,
             GError       **error)
{
  const gboolean scalar = first != '{' && first != '[';
  const guint64  offset = sr_json_scanner_get_offset (self->scanner);
  const SrField *fields;
  guint          n_fields;
  const char    *text;
  gsize          size;

  self->needs_comma = TRUE;
  if (!sr_json_scanner_pass (self->scanner, scalar ? SR_JSON_KEEP_SHORT : SR_JSON_PASS_OVER, &text,
                             &size, cancellable, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (!sr_json_fields_parse (self->fields, text, size, offset, NULL, &fields, &n_fields, error))
    return FALSE;
  if (self->level == 1)
    keep_header (self, name, &fields[0].value, text, size);
  return TRUE;
}

/* Goes through the members of objects up to one that is an array. Returns: as next_collection() */
static int
find_array (SrJsonRecords *self,
            GCancellable  *cancellable,
            GError       **error)
{
  while (self->level > 0)
    {
      int              c = go_to_next (self, '}', cancellable, error);
      g_autofree char *name = NULL;

      if (c == SR_JSON_FAILED)
        return -1;
      if (c == '}')
        {
          if (!sr_json_scanner_leave (self->scanner, error))
            return -1;
          self->level--;
          self->needs_comma = TRUE;
          continue;
        }
      name = take_name (self, cancellable, error);
      if (name == NULL)
        return -1;
      c = sr_json_scanner_peek (self->scanner, cancellable, error);
      if (c == SR_JSON_FAILED)
        return -1;
      if (c == '[')
        return begin_run (self, name, error) ? 1 : -1;
      if (c == '{' && self->level < MAX_LEVELS)
        {
          if (!enter (self, error))
            return -1;
          self->level++;
        }
      else if (!pass_member (self, name, c, cancellable, error))
        return -1;
    }
  return 0;
}

/* Returns: as next_collection() */
static int
begin (SrJsonRecords *self,
       GCancellable  *cancellable,
       GError       **error)
{
  int c = sr_json_scanner_peek (self->scanner, cancellable, error);

  if (c == SR_JSON_FAILED)
    return -1;
  self->begun = TRUE;
  if (c == '[')
    return begin_run (self, self->name, error) ? 1 : -1;
  if (c == '{')
    {
      self->level = 1;
      return enter (self, error) ? 0 : -1;
    }
  if (c == SR_JSON_END)
    g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED, "This JSON is empty");
  else
    sr_json_scanner_fail (self->scanner, "an array or an object was expected", error);
  return -1;
}

static int
next_collection (SrRecordReader *reader,
                 SrCollection  **collection,
                 GCancellable   *cancellable,
                 GError        **error)
{
  SrJsonRecords *self = SR_JSON_RECORDS (reader);
  guint64        passed = 0;
  int            found = 0;
  int            c;

  if (!skip (reader, &passed, cancellable, error))
    return -1;
  if (!self->begun)
    found = begin (self, cancellable, error);
  if (found == 0)
    found = find_array (self, cancellable, error);
  if (found != 0)
    {
      *collection = self->collection;
      return found;
    }
  c = sr_json_scanner_peek (self->scanner, cancellable, error);
  if (c == SR_JSON_END)
    return 0;
  if (c != SR_JSON_FAILED)
    sr_json_scanner_fail (self->scanner, "something behind the end", error);
  return -1;
}

static void
sr_json_records_finalize (GObject *object)
{
  SrJsonRecords *self = SR_JSON_RECORDS (object);

  sr_json_scanner_free (self->scanner);
  sr_json_fields_free (self->fields);
  sr_collection_unref (self->collection);
  json_object_unref (self->header);
  g_free (self->name);
  G_OBJECT_CLASS (sr_json_records_parent_class)->finalize (object);
}

static void
sr_json_records_class_init (SrJsonRecordsClass *class)
{
  SrRecordReaderClass *reader_class = SR_RECORD_READER_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sr_json_records_finalize;
  reader_class->next_collection = next_collection;
  reader_class->next = next;
  reader_class->get_fields = get_fields;
  reader_class->skip = skip;
}

static void
sr_json_records_init (SrJsonRecords *self)
{
  self->fields = sr_json_fields_new ();
  self->header = json_object_new ();
}

SrRecordReader *
sr_json_records_new (GInputStream *stream,
                     const char   *name)
{
  SrJsonRecords *self = g_object_new (SR_TYPE_JSON_RECORDS, NULL);

  self->scanner = sr_json_scanner_new (stream);
  self->name = g_strdup (name);
  return SR_RECORD_READER (self);
}

JsonObject *
sr_json_records_get_header (SrJsonRecords *self)
{
  return self->header;
}
