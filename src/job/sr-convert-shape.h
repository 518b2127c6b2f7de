/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record.h"

G_BEGIN_DECLS

/**
 * SrConvertShapeKind:
 * @SR_SHAPE_AS_IT_IS: nothing is changed
 * @SR_SHAPE_TABLE: every record has all columns, in their order; what is JSON is text
 * @SR_SHAPE_SERVER: the same; moments that SQLite holds as numbers become dates
 * @SR_SHAPE_JSON: what is JSON text or an array of PostgreSQL becomes a part of the record
 * @SR_SHAPE_LPGNEXUS: the same, fields in the order of that server's columns, moments as it writes
 *   them
 *
 * How records are made fit for a format.
 */
typedef enum
{
  SR_SHAPE_AS_IT_IS,
  SR_SHAPE_TABLE,
  SR_SHAPE_SERVER,
  SR_SHAPE_JSON,
  SR_SHAPE_LPGNEXUS,
} SrConvertShapeKind;

/**
 * SrConvertShapeNotes:
 * @bytes: binary values, which JSON does not know
 * @bad_json: texts in columns of JSON that are none, kept as texts
 * @moments: numbers that were taken for milliseconds since 1970
 * @odd_dates: moments that could not be read, kept as they are
 * @unknown: fields that the format does not know, kept behind the others
 *
 * What was met while shaping.
 */
typedef struct
{
  guint64 bytes;
  guint64 bad_json;
  guint64 moments;
  guint64 odd_dates;
  guint64 unknown;
} SrConvertShapeNotes;

/* Records of one collection; memory is reused from one to the next. */
typedef struct _SrConvertShape SrConvertShape;

/* @source: as the records come; @written: as they go */
SrConvertShape *sr_convert_shape_new (SrConvertShapeKind  kind,
                                      const SrCollection *source,
                                      const SrCollection *written);
void            sr_convert_shape_free (SrConvertShape *self);
/* @record: with its fields. Returns: (transfer none): it, or what became of it, until the next
 * call */
const SrRecord            *sr_convert_shape_apply (SrConvertShape *self,
                                                   const SrRecord *record);
const SrConvertShapeNotes *sr_convert_shape_get_notes (const SrConvertShape *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrConvertShape, sr_convert_shape_free)

G_END_DECLS
