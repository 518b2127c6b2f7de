/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record.h"

G_BEGIN_DECLS

#define SR_TYPE_RECORD_READER (sr_record_reader_get_type ())
G_DECLARE_DERIVABLE_TYPE (SrRecordReader, sr_record_reader, SR, RECORD_READER, GObject)

/**
 * SrRecordReaderClass:
 * @next_collection: goes to the next run of records, passing over what is left of this one
 * @next: reads the next record's bounds; @record->fields are not filled in yet
 * @get_fields: parses the record that @next gave last
 * @skip: (nullable): passes over all records left of this run, as fast as can be, and counts them
 *
 * How a format is read. All may fail with %SR_ERROR_DAMAGED or %SR_ERROR_INVALID that tells the
 * offset; a reader that failed is not called again.
 */
struct _SrRecordReaderClass
{
  GObjectClass parent_class;

  int (*next_collection) (SrRecordReader *self,
                          SrCollection  **collection,
                          GCancellable   *cancellable,
                          GError        **error);
  int (*next) (SrRecordReader *self,
               SrRecord       *record,
               GCancellable   *cancellable,
               GError        **error);
  gboolean (*get_fields) (SrRecordReader *self,
                          SrRecord       *record,
                          GError        **error);
  gboolean (*skip) (SrRecordReader *self,
                    guint64        *count,
                    GCancellable   *cancellable,
                    GError        **error);
};

/**
 * sr_record_reader_next_collection:
 * @collection: (out) (transfer none): valid until the next call
 *
 * Records come in runs of one collection each. A format may interleave collections, so that one
 * comes again; it is then the same object or an equal one, of the same name. An empty collection
 * that the source names is a run of no records.
 *
 * Returns: 1, 0 at the clean end of the source, -1 with @error set
 */
int sr_record_reader_next_collection (SrRecordReader *self,
                                      SrCollection  **collection,
                                      GCancellable   *cancellable,
                                      GError        **error);
/* Returns: 1, 0 at the end of the run, -1 with @error set */
int sr_record_reader_next (SrRecordReader *self,
                           SrRecord       *record,
                           GCancellable   *cancellable,
                           GError        **error);
/* Fills in fields of the record that sr_record_reader_next() gave last. */
gboolean sr_record_reader_get_fields (SrRecordReader *self,
                                      SrRecord       *record,
                                      GError        **error);
/* Counts what is left of the run without parsing it. */
gboolean sr_record_reader_skip (SrRecordReader *self,
                                guint64        *count,
                                GCancellable   *cancellable,
                                GError        **error);

/**
 * SrRecordNote:
 *
 * What a reader noticed that is no error but that a verdict must tell: a value the export
 * destroyed, a number rounded, a record that had to be guessed.
 */
typedef enum
{
  SR_NOTE_LOST_BYTES,      /* binary content with U+FFFD in it, or an object's name for its value */
  SR_NOTE_LOST_DATE,       /* "Invalid Date" */
  SR_NOTE_LOST_FRACTION,   /* the dialect writes whole seconds only */
  SR_NOTE_ROUNDED,         /* a whole number beyond 2^53 that went through a floating one */
  SR_NOTE_INVALID_UTF8,    /* text that is none */
  SR_NOTE_NUL,             /* NUL bytes in text */
  SR_NOTE_GUESSED,         /* field bounds were found by the columns' types */
  SR_NOTE_DUPLICATE_FIELD, /* one record names a field twice */
  SR_NOTE_VIEW,            /* records of a view stored as if it were a table */
  SR_N_NOTES,
} SrRecordNote;

/* How often each was seen until now, over all collections. */
const guint64 *sr_record_reader_get_notes (SrRecordReader *self);

/* For readers: counts one. */
void sr_record_reader_add_note (SrRecordReader *self,
                                SrRecordNote    note);

/* Threads: a reader is used by one thread at a time. */

G_END_DECLS
