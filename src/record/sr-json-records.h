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
 * Returns: (transfer full)
 */
SrRecordReader *sr_json_records_new (GInputStream *stream,
                                     const char   *name);

/* Scalar members of the root object, seen until now: all of them at the end. Returns: (transfer
 * none) */
JsonObject *sr_json_records_get_header (SrJsonRecords *self);

/**
 * sr_json_unescape_stream_new:
 * @stream: JSON text behind the opening quote of a string
 *
 * Returns: (transfer full): what the string says; ends at the closing quote. For replies that hold
 *   a whole backup as one string.
 */
GInputStream *sr_json_unescape_stream_new (GInputStream *stream);

G_END_DECLS
