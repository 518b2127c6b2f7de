/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-record-window.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/sr-atomic-file.h"
#include "base/sr-error.h"
#include "base/sr-temp-file.h"
#include "record/sr-search.h"
#include "record/sr-value.h"

#define STRIDE        64 /* records from one known place to the next */
#define MAX_VALUE     ((gsize) 4 * 1024)
#define MAX_RECORD    ((gsize) 64 * 1024)
#define MAX_FIELDS    4096
#define BUFFER_SIZE   ((gsize) 256 * 1024)
#define PUBLISH_EVERY 4096 /* records, so that a slow backup shows something too */

/* A record in the file: its length, then Head, then for each value Value and its bytes. Of this
 * process alone, so in the machine's byte order. */
typedef struct
{
  guint64 number;
  guint16 n_values;
  guint16 is_cut;
  guint32 unused;
} Head;

typedef struct
{
  guint16 field;
  guint8  type;
  guint8  is_cut;
  guint32 size;
} Value;

struct _SrRecordWindow
{
  GObject parent_instance;

  int fd; /* owned; -1 before it is filled */

  /* the filling thread's */
  GByteArray *buffer; /* owned: not in the file yet */
  guint64     written;
  guint64     n_seen;
  GHashTable *numbers; /* owned: name of a field to its number; names are of @fields */

  GMutex     lock;
  GPtrArray *fields;    /* (element-type utf8) owned; under @lock */
  GArray    *places;    /* (element-type guint64) owned: of every STRIDE-th record; under @lock */
  guint64    n_records; /* in the file; under @lock */
};

G_DEFINE_FINAL_TYPE (SrRecordWindow, sr_record_window, G_TYPE_OBJECT)

/* --- filling
 * ------------------------------------------------------------------------------------ */

/* What is in the file may be read from now on. */
static gboolean
publish (SrRecordWindow *self,
         GError        **error)
{
  if (self->buffer->len > 0 &&
      !sr_write_all (self->fd, self->buffer->data, self->buffer->len, error))
    {
      g_prefix_error (error, "Keeping records for the table: ");
      return FALSE;
    }
  self->written += self->buffer->len;
  g_byte_array_set_size (self->buffer, 0);
  g_mutex_lock (&self->lock);
  self->n_records = self->n_seen;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

/* Returns: number of the field, -1 if there are too many */
static int
find_field (SrRecordWindow *self,
            const char     *name)
{
  gpointer number;
  char    *copy;

  if (g_hash_table_lookup_extended (self->numbers, name, NULL, &number))
    return GPOINTER_TO_INT (number);
  if (self->fields->len >= MAX_FIELDS)
    return -1;
  copy = g_strdup (name);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->fields, copy);
  g_mutex_unlock (&self->lock);
  g_hash_table_insert (self->numbers, copy, GINT_TO_POINTER ((int) self->fields->len - 1));
  return (int) self->fields->len - 1;
}

static void
append (SrRecordWindow *self,
        gconstpointer   data,
        gsize           size)
{
  g_byte_array_append (self->buffer, data, (guint) size);
}

static void
keep_record (SrRecordWindow *self,
             const SrRecord *record)
{
  const guint start = self->buffer->len;
  guint32     length = 0;
  Head        head = { .number = record->number };

  if (self->n_seen % STRIDE == 0)
    {
      guint64 place = self->written + start;

      g_mutex_lock (&self->lock);
      g_array_append_val (self->places, place);
      g_mutex_unlock (&self->lock);
    }
  append (self, &length, sizeof length);
  append (self, &head, sizeof head);
  for (guint i = 0; i < record->n_fields; i++)
    {
      const SrField *field = &record->fields[i];
      const gsize    size = MIN (field->value.size, MAX_VALUE);
      const int      number = find_field (self, field->name);
      Value          value = { .type = (guint8) field->value.type, .size = (guint32) size };

      if (number < 0 || self->buffer->len - start + sizeof value + size > MAX_RECORD)
        {
          head.is_cut = TRUE;
          continue;
        }
      value.field = (guint16) number;
      value.is_cut = field->value.size > size;
      append (self, &value, sizeof value);
      append (self, field->value.data, size);
      head.n_values++;
    }
  length = self->buffer->len - start - (guint32) sizeof length;
  memcpy (self->buffer->data + start, &length, sizeof length);
  memcpy (self->buffer->data + start + sizeof length, &head, sizeof head);
  self->n_seen++;
}

static gboolean
take_record (SrRecordWindow *self,
             SrRecordReader *reader,
             SrRecord       *record,
             SrSearch       *search,
             SrProgress     *progress,
             GError        **error)
{
  int fits = search != NULL ? sr_search_match (search, reader, record, error) : 1;

  sr_progress_add (progress, 0, 1);
  if (fits <= 0)
    return fits == 0;
  if (record->fields == NULL && !sr_record_reader_get_fields (reader, record, error))
    return FALSE;
  keep_record (self, record);
  if (self->buffer->len < BUFFER_SIZE && self->n_seen % PUBLISH_EVERY != 0)
    return TRUE;
  return publish (self, error);
}

static gboolean
read_all (SrRecordWindow *self,
          SrRecordReader *reader,
          const char     *collection,
          SrSearch       *search,
          SrProgress     *progress,
          GCancellable   *cancellable,
          GError        **error)
{
  SrCollection *run;
  SrRecord      record;
  int           more;

  while ((more = sr_record_reader_next_collection (reader, &run, cancellable, error)) > 0)
    {
      if (strcmp (run->name, collection) != 0)
        continue;
      while ((more = sr_record_reader_next (reader, &record, cancellable, error)) > 0)
        if (sr_check_cancelled (cancellable, error) ||
            !take_record (self, reader, &record, search, progress, error))
          return FALSE;
      if (more < 0)
        break;
    }
  return more == 0;
}

static gboolean
open_spool (SrRecordWindow *self,
            const char     *temp_dir,
            GError        **error)
{
  const char       *variable = g_getenv ("TMPDIR");
  const char *const given[] = { temp_dir, NULL };
  const char *const usual[] = { variable != NULL ? variable : "/var/tmp", "/var/tmp", "/tmp",
                                NULL };
  const char       *dir = sr_temp_file_choose_dir (temp_dir != NULL ? given : usual, 0, error);

  self->fd = dir != NULL ? sr_temp_file_open (dir, error) : -1;
  return self->fd >= 0;
}

static guint64
find_expected (SrBackupFile *file,
               const char   *collection)
{
  GPtrArray *collections = sr_backup_file_get_collections (file);

  for (guint i = 0; i < collections->len; i++)
    {
      const SrBackupCollection *one = g_ptr_array_index (collections, i);

      if (strcmp (one->name, collection) == 0 && one->count > 0)
        return (guint64) one->count;
    }
  return 0;
}

gboolean
sr_record_window_fill (SrRecordWindow    *self,
                       SrBackupFile      *file,
                       const char        *collection,
                       const char *const *terms,
                       const char        *temp_dir,
                       SrProgress        *progress,
                       GCancellable      *cancellable,
                       GError           **error)
{
  g_autoptr (SrSearch)       search = NULL;
  g_autoptr (SrRecordReader) reader = NULL;
  gboolean                   ok;

  g_return_val_if_fail (self->fd < 0, FALSE);
  if (terms != NULL && terms[0] != NULL)
    {
      search = sr_search_new (terms, error);
      if (search == NULL)
        return FALSE;
    }
  if (!open_spool (self, temp_dir, error))
    return FALSE;
  reader = sr_backup_file_read (file, collection, cancellable, error);
  if (reader == NULL)
    return FALSE;
  sr_progress_set_totals (progress, 0, find_expected (file, collection), FALSE);
  ok = read_all (self, reader, collection, search, progress, cancellable, error);
  /* what was read before it broke off can be looked at */
  if (!publish (self, ok ? error : NULL))
    return FALSE;
  if (ok)
    sr_progress_finish (progress);
  return ok;
}

/* --- reading
 * ------------------------------------------------------------------------------------ */

static void
record_free (gpointer data)
{
  SrWindowRecord *record = data;

  for (guint i = 0; i < record->n_values; i++)
    g_free (record->values[i].text);
  g_free (record->values);
  g_free (record);
}

static gboolean
read_at (SrRecordWindow *self,
         guint64         place,
         gpointer        buffer,
         gsize           size,
         GError        **error)
{
  gsize done = 0;

  while (done < size)
    {
      gssize n = pread (self->fd, (guint8 *) buffer + done, size - done, (off_t) (place + done));

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          sr_set_error_errno (error, n < 0 ? errno : EIO, "Reading records for the table");
          return FALSE;
        }
      done += (gsize) n;
    }
  return TRUE;
}

static void
take_value (SrWindowRecord *record,
            const Value    *value,
            const char     *data,
            guint           max_chars)
{
  SrValue        shown = { .type = value->type, .data = data, .size = value->size };
  SrWindowValue *place = &record->values[value->field];

  g_free (place->text);
  place->present = TRUE;
  place->type = value->type;
  place->is_cut = value->is_cut;
  place->text = sr_value_to_display (&shown, max_chars);
}

/* @data: a record as it stands in the file, after its length */
static SrWindowRecord *
decode (const char *data,
        gsize       size,
        guint       n_fields,
        guint       max_chars)
{
  SrWindowRecord *record = g_new0 (SrWindowRecord, 1);
  const char     *end = data + size;
  Head            head;

  memcpy (&head, data, sizeof head);
  data += sizeof head;
  record->number = head.number;
  record->is_cut = head.is_cut;
  record->n_values = n_fields;
  record->values = g_new0 (SrWindowValue, n_fields);
  for (guint i = 0; i < head.n_values && (gsize) (end - data) >= sizeof (Value); i++)
    {
      Value value;

      memcpy (&value, data, sizeof value);
      data += sizeof value;
      if (value.size > (gsize) (end - data))
        break;
      if (value.field < n_fields)
        {
          g_autofree char *text = g_strndup (data, value.size);

          memcpy (text, data, value.size); /* also behind a NUL */
          take_value (record, &value, text, max_chars);
        }
      data += value.size;
    }
  return record;
}

GPtrArray *
sr_record_window_read (SrRecordWindow *self,
                       guint64         first,
                       guint           count,
                       guint           max_chars,
                       GError        **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (record_free);
  g_autofree char      *buffer = g_malloc (MAX_RECORD + sizeof (Head));
  guint64               place;
  guint64               n_records;
  guint                 n_fields;

  g_mutex_lock (&self->lock);
  n_records = self->n_records;
  n_fields = self->fields->len;
  place = first < n_records ? g_array_index (self->places, guint64, first / STRIDE) : 0;
  g_mutex_unlock (&self->lock);
  for (guint64 i = first - first % STRIDE; i < n_records && i < first + count; i++)
    {
      guint32 length;

      if (!read_at (self, place, &length, sizeof length, error))
        return NULL;
      place += sizeof length;
      if (length < sizeof (Head) || length > MAX_RECORD + sizeof (Head))
        {
          g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED,
                               "The private file of the table was changed by somebody else");
          return NULL;
        }
      if (i >= first)
        {
          if (!read_at (self, place, buffer, length, error))
            return NULL;
          g_ptr_array_add (records, decode (buffer, length, n_fields, max_chars));
        }
      place += length;
    }
  return g_steal_pointer (&records);
}

guint64
sr_record_window_get_n_records (SrRecordWindow *self)
{
  guint64 n;

  g_mutex_lock (&self->lock);
  n = self->n_records;
  g_mutex_unlock (&self->lock);
  return n;
}

guint
sr_record_window_get_n_fields (SrRecordWindow *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->fields->len;
  g_mutex_unlock (&self->lock);
  return n;
}

char *
sr_record_window_get_field (SrRecordWindow *self,
                            guint           field)
{
  char *name;

  g_mutex_lock (&self->lock);
  name = field < self->fields->len ? g_strdup (g_ptr_array_index (self->fields, field)) : NULL;
  g_mutex_unlock (&self->lock);
  return name;
}

/* --- object
 * ------------------------------------------------------------------------------------- */

static void
sr_record_window_finalize (GObject *object)
{
  SrRecordWindow *self = SR_RECORD_WINDOW (object);

  if (self->fd >= 0)
    close (self->fd);
  g_byte_array_unref (self->buffer);
  g_hash_table_unref (self->numbers);
  g_ptr_array_unref (self->fields);
  g_array_unref (self->places);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (sr_record_window_parent_class)->finalize (object);
}

static void
sr_record_window_class_init (SrRecordWindowClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sr_record_window_finalize;
}

static void
sr_record_window_init (SrRecordWindow *self)
{
  self->fd = -1;
  self->buffer = g_byte_array_new ();
  self->numbers = g_hash_table_new (g_str_hash, g_str_equal);
  self->fields = g_ptr_array_new_with_free_func (g_free);
  self->places = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_mutex_init (&self->lock);
}

SrRecordWindow *
sr_record_window_new (void)
{
  return g_object_new (SR_TYPE_RECORD_WINDOW, NULL);
}
