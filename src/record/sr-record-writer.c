/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include "record/sr-record-writer.h"

G_DEFINE_ABSTRACT_TYPE (SrRecordWriter, sr_record_writer, G_TYPE_OBJECT)

static void
sr_record_writer_class_init (SrRecordWriterClass *class)
{
}

static void
sr_record_writer_init (SrRecordWriter *self)
{
}

gboolean
sr_record_writer_begin (SrRecordWriter     *self,
                        const SrCollection *collection,
                        GCancellable       *cancellable,
                        GError            **error)
{
  return SR_RECORD_WRITER_GET_CLASS (self)->begin (self, collection, cancellable, error);
}

gboolean
sr_record_writer_put (SrRecordWriter *self,
                      const SrRecord *record,
                      GCancellable   *cancellable,
                      GError        **error)
{
  return SR_RECORD_WRITER_GET_CLASS (self)->put (self, record, cancellable, error);
}

gboolean
sr_record_writer_end (SrRecordWriter *self,
                      GCancellable   *cancellable,
                      GError        **error)
{
  return SR_RECORD_WRITER_GET_CLASS (self)->end (self, cancellable, error);
}

gboolean
sr_record_writer_finish (SrRecordWriter *self,
                         GCancellable   *cancellable,
                         GError        **error)
{
  return SR_RECORD_WRITER_GET_CLASS (self)->finish (self, cancellable, error);
}
