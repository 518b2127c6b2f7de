/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include "archive/sr-zip-writer-private.h"

#include "base/sr-error.h"

struct _SrZipEntryStream
{
  GOutputStream parent_instance;

  SrZipWriter *writer; /* (nullable): not owned */
};

G_DEFINE_FINAL_TYPE (SrZipEntryStream, sr_zip_entry_stream, G_TYPE_OUTPUT_STREAM)

static gssize
sr_zip_entry_stream_write (GOutputStream *stream,
                           const void    *buffer,
                           gsize          count,
                           GCancellable  *cancellable,
                           GError       **error)
{
  SrZipEntryStream *self = SR_ZIP_ENTRY_STREAM (stream);
  gsize             size = MIN (count, (gsize) G_MAXSSIZE);

  if (self->writer == NULL)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                           "The ZIP file went on to another entry; this one takes no more content");
      return -1;
    }
  if (!sr_zip_writer_feed (self->writer, buffer, size, cancellable, error))
    return -1;
  return (gssize) size;
}

static gboolean
sr_zip_entry_stream_close (GOutputStream *stream,
                           GCancellable  *cancellable,
                           GError       **error)
{
  SrZipEntryStream *self = SR_ZIP_ENTRY_STREAM (stream);

  return self->writer == NULL || sr_zip_writer_end_entry (self->writer, cancellable, error);
}

static void
sr_zip_entry_stream_class_init (SrZipEntryStreamClass *klass)
{
  G_OUTPUT_STREAM_CLASS (klass)->write_fn = sr_zip_entry_stream_write;
  G_OUTPUT_STREAM_CLASS (klass)->close_fn = sr_zip_entry_stream_close;
}

static void
sr_zip_entry_stream_init (SrZipEntryStream *self)
{
}

SrZipEntryStream *
sr_zip_entry_stream_new (SrZipWriter *writer)
{
  SrZipEntryStream *self = g_object_new (SR_TYPE_ZIP_ENTRY_STREAM, NULL);

  self->writer = writer;
  return self;
}

void
sr_zip_entry_stream_detach (SrZipEntryStream *self)
{
  self->writer = NULL;
}
