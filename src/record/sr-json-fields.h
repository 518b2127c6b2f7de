/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record-reader.h"

G_BEGIN_DECLS

/* Of one record. */
#define SR_JSON_MAX_FIELDS 1000000

/**
 * SrJsonFields:
 *
 * Reads what is in one JSON value, strictly: RFC 8259, and nothing else. Beyond it only what real
 * backups hold and can be told exactly: numbers of any size (they stay text), bytes that are no
 * UTF-8 and halves of surrogate pairs (U+FFFD) in texts (%SR_NOTE_INVALID_UTF8, once a record), and
 * NUL in texts (%SR_NOTE_NUL). Memory is reused from one to the next.
 */
typedef struct _SrJsonFields SrJsonFields;

SrJsonFields *sr_json_fields_new (void);
void          sr_json_fields_free (SrJsonFields *self);
/**
 * sr_json_fields_parse:
 * @raw: one value, with nothing before or behind it
 * @offset: of @raw in its source, for errors
 * @reader: (nullable): whose notes are counted
 * @fields: (out) (array length=n_fields) (transfer none): until the next call; of a value that is
 *   no object one, named "value"
 */
gboolean sr_json_fields_parse (SrJsonFields   *self,
                               const char     *raw,
                               gsize           size,
                               guint64         offset,
                               SrRecordReader *reader,
                               const SrField **fields,
                               guint          *n_fields,
                               GError        **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrJsonFields, sr_json_fields_free)

G_END_DECLS
