/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record.h"
#include "target/sr-maria.h"

G_BEGIN_DECLS

typedef enum
{
  SR_MARIA_OTHER,
  SR_MARIA_INTEGER,
  SR_MARIA_DECIMAL,
  SR_MARIA_FLOAT,
  SR_MARIA_BIT,
  SR_MARIA_BYTES,
  SR_MARIA_DATE,
  SR_MARIA_DATETIME,
  SR_MARIA_TIMESTAMP,
  SR_MARIA_TIME,
  SR_MARIA_JSON, /* of a table made by what its records hold */
} SrMariaKind;

/**
 * SrMariaColumn:
 * @type: as the server writes it, "decimal(10,2) unsigned"
 * @places: decimal places that a number or a time keeps
 * @generated: the server computes it
 *
 * A column of a table as the catalogue tells it.
 */
typedef struct
{
  char       *name;
  char       *type;
  SrMariaKind kind;
  guint       places;
  gboolean    not_null;
  gboolean    generated;
} SrMariaColumn;

void sr_maria_column_free (SrMariaColumn *self);
/* Returns: (transfer full) (element-type SrMariaColumn): in their order */
GPtrArray *sr_maria_columns_read (SrMaria      *maria,
                                  const char   *database,
                                  const char   *table,
                                  GCancellable *cancellable,
                                  GError      **error);

/**
 * sr_maria_column_append:
 * @sql: a list of values
 * @lost: (inout): counts what the export destroyed and is NULL now
 *
 * Appends the value as it is written for that column. What the server would round or cut without a
 * word is %SR_ERROR_INVALID here; all else is left to it. A moment without offset counts as UTC in
 * a TIMESTAMP, one with an offset is what it says; JavaScript's text, which a server of its own
 * wrote, is the clock of the server, as it is read there. A DATETIME keeps the clock as it is
 * written.
 */
gboolean sr_maria_column_append (const SrMariaColumn *self,
                                 const SrValue       *value,
                                 GString             *sql,
                                 guint64             *lost,
                                 GError             **error);

G_END_DECLS
