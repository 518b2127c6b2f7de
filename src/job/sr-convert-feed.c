/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "job/sr-convert-private.h"
#include "job/sr-convert-shape.h"

/* Records between two looks at the progress. */
#define REPORT_EVERY 1000

/* The second pass. */
typedef struct
{
  SrConvert           *convert;
  const SrConvertSink *sink;
  gpointer             user_data;
  SrProgress          *step;
} Feed;

static SrConvertShapeKind
shape_kind (SrConvertFormat format)
{
  switch (format)
    {
    case SR_CONVERT_RAYERP:
    case SR_CONVERT_JSON:
      return SR_SHAPE_JSON;
    case SR_CONVERT_LPGNEXUS:
      return SR_SHAPE_LPGNEXUS;
    case SR_CONVERT_CSV:
      return SR_SHAPE_AS_IT_IS;
    case SR_CONVERT_MYSQL:
    case SR_CONVERT_POSTGRES:
      return SR_SHAPE_SERVER;
    default:
      return SR_SHAPE_TABLE;
    }
}

/* Notes of a reader go on counting; what came since @before is of this item. */
static void
add_notes (SrConvert     *self,
           const guint64 *now,
           const guint64 *before)
{
  for (guint i = 0; i < SR_N_NOTES; i++)
    self->notes[i] += now[i] - before[i];
}

static void
add_shape_notes (SrConvert            *self,
                 const SrConvertShape *shape)
{
  const SrConvertShapeNotes *notes = sr_convert_shape_get_notes (shape);

  self->n_bytes_values += notes->bytes;
  self->n_bad_json += notes->bad_json;
  self->n_moments += notes->moments;
  self->n_odd_dates += notes->odd_dates;
  self->n_unknown_fields += notes->unknown;
}

static gboolean
feed_record (const Feed     *feed,
             SrRecordReader *reader,
             SrConvertItem  *item,
             SrConvertShape *shape,
             SrRecord       *record,
             GError        **error)
{
  g_autofree char *key = NULL;

  if (sr_record_reader_get_fields (reader, record, error) &&
      feed->sink->put (feed->convert, item, sr_convert_shape_apply (shape, record),
                       feed->user_data, error))
    return TRUE;
  /* some writers tell it themselves */
  if (error != NULL && strstr ((*error)->message, "Record ") != NULL)
    return FALSE;
  key = record->fields != NULL ? sr_record_get_key_text (record, item->collection) : NULL;
  if (key != NULL)
    g_prefix_error (error, "Record %s of “%s”: ", key, item->collection->name);
  else
    g_prefix_error (error, "Record %" G_GUINT64_FORMAT " of “%s”: ", record->number + 1,
                    item->collection->name);
  return FALSE;
}

static gboolean
feed_records (const Feed     *feed,
              SrRecordReader *reader,
              SrConvertItem  *item,
              GError        **error)
{
  SrConvert                 *self = feed->convert;
  g_autoptr (SrConvertShape) shape = NULL;
  guint64                    before[SR_N_NOTES];
  SrRecord                   record;
  int                        more;

  memcpy (before, sr_record_reader_get_notes (reader), sizeof before);
  shape = sr_convert_shape_new (shape_kind (self->format), item->collection, item->written);
  sr_progress_set_current (feed->step, item->collection->name);
  while ((more = sr_record_reader_next (reader, &record, self->cancellable, error)) > 0)
    {
      if (!feed_record (feed, reader, item, shape, &record, error))
        return FALSE;
      item->put++;
      if (item->put % REPORT_EVERY == 0)
        sr_progress_add (feed->step, 0, REPORT_EVERY);
    }
  if (more < 0)
    {
      g_prefix_error (error, "Reading “%s” behind record %" G_GUINT64_FORMAT ": ",
                      item->collection->name, item->put);
      return FALSE;
    }
  sr_progress_add (feed->step, 0, item->put % REPORT_EVERY);
  add_notes (self, sr_record_reader_get_notes (reader), before);
  add_shape_notes (self, shape);
  return TRUE;
}

static gboolean
begin_item (const Feed    *feed,
            SrConvertItem *item,
            GError       **error)
{
  item->put = 0;
  return feed->sink->begin == NULL ||
         feed->sink->begin (feed->convert, item, feed->user_data, error);
}

static gboolean
end_item (const Feed    *feed,
          SrConvertItem *item,
          GError       **error)
{
  if (item->put != item->records)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                   "“%s” gave %" G_GUINT64_FORMAT
                   " records when it was read first, and %" G_GUINT64_FORMAT
                   " now; the backup was changed meanwhile",
                   item->collection->name, item->records, item->put);
      return FALSE;
    }
  return feed->sink->end == NULL || feed->sink->end (feed->convert, item, feed->user_data, error);
}

/* All in one reading, as they come. */
static gboolean
feed_as_they_come (const Feed *feed,
                   GError    **error)
{
  SrConvert                 *self = feed->convert;
  g_autoptr (SrRecordReader) reader = NULL;
  SrCollection              *collection;
  guint                      n_fed = 0;
  int                        more;

  reader = sr_backup_file_read (self->file, NULL, self->cancellable, error);
  if (reader == NULL)
    return FALSE;
  while ((more = sr_record_reader_next_collection (reader, &collection, self->cancellable,
                                                   error)) > 0)
    {
      SrConvertItem *item = sr_convert_find_item (self, collection->name);

      if (item == NULL)
        continue;
      if (!begin_item (feed, item, error) || !feed_records (feed, reader, item, error) ||
          !end_item (feed, item, error))
        return FALSE;
      n_fed++;
    }
  if (more < 0)
    return FALSE;
  if (n_fed == self->items->len)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
               "The backup held %u collections when it was read first, and %u now; it was changed "
               "meanwhile",
               self->items->len, n_fed);
  return FALSE;
}

/* Each in a reading of its own. */
static gboolean
feed_one (const Feed    *feed,
          SrConvertItem *item,
          GError       **error)
{
  SrConvert                 *self = feed->convert;
  g_autoptr (SrRecordReader) reader = NULL;
  SrCollection              *collection;
  int                        more;

  reader = sr_backup_file_read (self->file, item->collection->name, self->cancellable, error);
  if (reader == NULL || !begin_item (feed, item, error))
    return FALSE;
  while ((more = sr_record_reader_next_collection (reader, &collection, self->cancellable,
                                                   error)) > 0)
    if (!feed_records (feed, reader, item, error))
      return FALSE;
  return more == 0 && end_item (feed, item, error);
}

gboolean
sr_convert_feed (SrConvert           *self,
                 const SrConvertSink *sink,
                 gpointer             user_data,
                 GError             **error)
{
  g_autoptr (SrProgress) step = sr_progress_step (self->progress, 2, 4, "Writing the records");
  Feed                   feed = { self, sink, user_data, step };
  guint64                total = 0;

  for (guint i = 0; i < self->items->len; i++)
    total += ((const SrConvertItem *) g_ptr_array_index (self->items, i))->records;
  sr_progress_set_totals (step, 0, total, FALSE);
  /* files alone, which no reader gives */
  if (self->items->len == 0)
    return TRUE;
  if (!self->in_order)
    {
      if (!feed_as_they_come (&feed, error))
        return FALSE;
    }
  else
    for (guint i = 0; i < self->items->len; i++)
      if (!feed_one (&feed, g_ptr_array_index (self->items, i), error))
        return FALSE;
  self->result->collections = self->items->len;
  self->result->records = total;
  sr_progress_finish (step);
  return TRUE;
}

/* --- sentences -------------------------------------------------------------------------------- */

static void
tell_count (SrConvert  *self,
            guint64     count,
            const char *one,
            const char *many)
{
  if (count > 0)
    sr_convert_warn (self, "%" G_GUINT64_FORMAT " %s", count, count == 1 ? one : many);
}

static void
tell_lost (SrConvert *self)
{
  static const struct
  {
    SrRecordNote note;
    const char  *one;
    const char  *many;
  } lost[] = {
    { SR_NOTE_LOST_BYTES, "binary value was destroyed by the server's export already.",
      "binary values were destroyed by the server's export already." },
    { SR_NOTE_LOST_DATE, "date was destroyed by the server's export already.",
      "dates were destroyed by the server's export already." },
    { SR_NOTE_ROUNDED, "large number was probably rounded by the server's export already.",
      "large numbers were probably rounded by the server's export already." },
    { SR_NOTE_LOST_FRACTION, "time has no fraction of a second, which the server's export drops.",
      "times have no fraction of a second, which the server's export drops." },
    { SR_NOTE_INVALID_UTF8, "text is no valid UTF-8.", "texts are no valid UTF-8." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lost); i++)
    {
      tell_count (self, self->notes[lost[i].note], lost[i].one, lost[i].many);
      self->result->lost += self->notes[lost[i].note];
    }
  tell_count (self, self->notes[SR_NOTE_GUESSED],
              "record had to be told apart by its columns' types.",
              "records had to be told apart by their columns' types.");
  tell_count (self, self->notes[SR_NOTE_DUPLICATE_FIELD], "field stands twice in its record.",
              "fields stand twice in their records.");
}

void
sr_convert_tell (SrConvert *self)
{
  tell_lost (self);
  tell_count (self, self->n_bytes_values, "binary value is written as base64 text.",
              "binary values are written as base64 text.");
  tell_count (self, self->n_bad_json, "text in a column of JSON or arrays is none; it stays text.",
              "texts in columns of JSON or arrays are none; they stay texts.");
  tell_count (self, self->n_odd_dates,
              "moment cannot be told in the server's way; it stays as it is.",
              "moments cannot be told in the server's way; they stay as they are.");
  tell_count (self, self->n_unknown_fields,
              "field is none that the server knows; it stands behind the others.",
              "fields are none that the server knows; they stand behind the others.");
  tell_count (self, self->n_other_files, "file of the backup has no place in this format.",
              "files of the backup have no place in this format.");
}
