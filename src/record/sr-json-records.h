/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record-reader.h"
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define SR_TYPE_JSON_RECORDS (sr_json_records_get_type ())
G_DECLARE_FINAL_TYPE (SrJsonRecords, sr_json_records, SR, JSON_RECORDS, SrRecordReader)

/**
 * sr_json_records_new:
 * @stream: UTF-8 text, read once from front to end
 * @name: of the collection, where the text is one array
 *
 * Records in JSON. A root array is one collection. Of a root object every member that is an array
 * is a collection; a member that is an object is looked into in the same way, one level deep
 * (`{"version": …, "data": {"customers": […], …}}`); all other members are its header. An array's
 * elements are its records, whatever they are; fields of one that is no object: a single one named
 * "value". Memory does not grow with the text: an element of more than 64 MiB and a depth of more
 * than 512 are %SR_ERROR_INVALID with their offset.
 *
 * Passing over and counting looks at brackets, strings, the commas between records and NUL bytes;
 * whether a record is JSON within only sr_record_reader_get_fields() tells, which is as strict as
 * RFC 8259 but for what can be told exactly: numbers of any size, NUL in texts (%SR_NOTE_NUL),
 * bytes that are no UTF-8 (kept in texts) and halves of surrogate pairs (U+FFFD; both
 * %SR_NOTE_INVALID_UTF8, once a record). A text that ends too soon or holds NUL bytes is
 * %SR_ERROR_DAMAGED, all else that is wrong %SR_ERROR_INVALID.
 *
 * Returns: (transfer full)
 */
SrRecordReader *sr_json_records_new (GInputStream *stream,
                                     const char   *name);

/* Scalar members of the root object, seen until now: all of them at the end, but for texts of more
 * than 64 KiB, and no more than 1,000 and 1 MiB. Numbers that json-glib does not hold are texts.
 * Returns: (transfer none) */
JsonObject *sr_json_records_get_header (SrJsonRecords *self);

/**
 * sr_json_unescape_stream_new:
 * @stream: JSON text behind the opening quote of a string
 *
 * For replies that hold a whole backup as one string. It reads ahead: what @stream gives afterwards
 * is of no use. A string that does not end is %SR_ERROR_DAMAGED, a broken escape or a control byte
 * %SR_ERROR_INVALID, with the offset from the opening quote. Halves of surrogate pairs are U+FFFD.
 *
 * Returns: (transfer full): what the string says; ends at the closing quote
 */
GInputStream *sr_json_unescape_stream_new (GInputStream *stream);

G_END_DECLS
