/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "sr-test-records.h"

#define SR_TYPE_TEST_PIECES (sr_test_pieces_get_type ())
G_DECLARE_FINAL_TYPE (SrTestPieces, sr_test_pieces, SR, TEST_PIECES, GInputStream)

struct _SrTestPieces
{
  GInputStream parent_instance;

  guint8 *data;
  gsize   size;
  gsize   at;
  gsize   step;
};

G_DEFINE_FINAL_TYPE (SrTestPieces, sr_test_pieces, G_TYPE_INPUT_STREAM)

static gssize
sr_test_pieces_read (GInputStream *stream,
                     void         *buffer,
                     gsize         count,
                     GCancellable *cancellable,
                     GError      **error)
{
  SrTestPieces *self = SR_TEST_PIECES (stream);
  gsize         n = MIN (MIN (count, self->step), self->size - self->at);

  if (n > 0)
    memcpy (buffer, self->data + self->at, n);
  self->at += n;
  return (gssize) n;
}

static void
sr_test_pieces_finalize (GObject *object)
{
  g_free (SR_TEST_PIECES (object)->data);
  G_OBJECT_CLASS (sr_test_pieces_parent_class)->finalize (object);
}

static void
sr_test_pieces_class_init (SrTestPiecesClass *class)
{
  G_INPUT_STREAM_CLASS (class)->read_fn = sr_test_pieces_read;
  G_OBJECT_CLASS (class)->finalize = sr_test_pieces_finalize;
}

static void
sr_test_pieces_init (SrTestPieces *self)
{
}

GInputStream *
sr_test_pieces_new (gconstpointer data,
                    gsize         size,
                    gsize         step)
{
  SrTestPieces *self = g_object_new (SR_TYPE_TEST_PIECES, NULL);

  self->data = g_memdup2 (data, size);
  self->size = size;
  self->step = step;
  return G_INPUT_STREAM (self);
}

static void
append_value (GString       *text,
              const SrValue *value)
{
  static const char kinds[] = "0bntxjl";

  g_assert_cmpint (value->data[value->size], ==, '\0');
  g_string_append_c (text, kinds[value->type]);
  for (gsize i = 0; i < value->size; i++)
    if (value->type == SR_VALUE_BYTES)
      g_string_append_printf (text, "%02x", (guchar) value->data[i]);
    else if ((guchar) value->data[i] < ' ')
      g_string_append_printf (text, "\\%03o", (guchar) value->data[i]);
    else
      g_string_append_c (text, value->data[i]);
}

static gboolean
append_records (GString        *text,
                SrRecordReader *reader,
                GError        **error)
{
  SrRecord record;
  int      more;

  while ((more = sr_record_reader_next (reader, &record, NULL, error)) > 0)
    {
      if (!sr_record_reader_get_fields (reader, &record, error))
        return FALSE;
      for (guint i = 0; i < record.n_fields; i++)
        {
          g_string_append_printf (text, "%s%s=", i > 0 ? "|" : "", record.fields[i].name);
          append_value (text, &record.fields[i].value);
        }
      g_string_append_c (text, '\n');
    }
  return more == 0;
}

char *
sr_test_records_to_text (SrRecordReader *reader,
                         GError        **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  SrCollection       *collection;
  int                 more;

  while ((more = sr_record_reader_next_collection (reader, &collection, NULL, error)) > 0)
    {
      g_string_append_printf (text, "[%s", collection->name);
      for (guint i = 0; i < collection->key->len; i++)
        g_string_append_printf (
            text, "%c%s", i > 0 ? ',' : ' ',
            sr_collection_get_column (collection, g_array_index (collection->key, guint, i))->name);
      g_string_append (text, "]\n");
      if (!append_records (text, reader, error))
        return NULL;
    }
  return more == 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}
