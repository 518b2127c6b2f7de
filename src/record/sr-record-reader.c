/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include "record/sr-record-reader.h"

typedef struct
{
  guint64 notes[SR_N_NOTES];
} SrRecordReaderPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SrRecordReader, sr_record_reader, G_TYPE_OBJECT)

static void
sr_record_reader_class_init (SrRecordReaderClass *class)
{
}

static void
sr_record_reader_init (SrRecordReader *self)
{
}

int
sr_record_reader_next_collection (SrRecordReader *self,
                                  SrCollection  **collection,
                                  GCancellable   *cancellable,
                                  GError        **error)
{
  return SR_RECORD_READER_GET_CLASS (self)->next_collection (self, collection, cancellable, error);
}

int
sr_record_reader_next (SrRecordReader *self,
                       SrRecord       *record,
                       GCancellable   *cancellable,
                       GError        **error)
{
  *record = (SrRecord){ 0 };
  return SR_RECORD_READER_GET_CLASS (self)->next (self, record, cancellable, error);
}

gboolean
sr_record_reader_get_fields (SrRecordReader *self,
                             SrRecord       *record,
                             GError        **error)
{
  return SR_RECORD_READER_GET_CLASS (self)->get_fields (self, record, error);
}

gboolean
sr_record_reader_skip (SrRecordReader *self,
                       guint64        *count,
                       GCancellable   *cancellable,
                       GError        **error)
{
  SrRecordReaderClass *class = SR_RECORD_READER_GET_CLASS (self);
  SrRecord record;
  int      more;

  *count = 0;
  if (class->skip != NULL)
    return class->skip (self, count, cancellable, error);
  while ((more = sr_record_reader_next (self, &record, cancellable, error)) > 0)
    (*count)++;
  return more == 0;
}

const guint64 *
sr_record_reader_get_notes (SrRecordReader *self)
{
  SrRecordReaderPrivate *priv = sr_record_reader_get_instance_private (self);

  return priv->notes;
}

void
sr_record_reader_add_note (SrRecordReader *self,
                           SrRecordNote    note)
{
  SrRecordReaderPrivate *priv = sr_record_reader_get_instance_private (self);

  priv->notes[note]++;
}
