/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record.h"

G_BEGIN_DECLS

/**
 * SrPgKind:
 * @SR_PG_OTHER: PostgreSQL's own text form goes through as it is
 *
 * How values of a column's type are written.
 */
typedef enum
{
  SR_PG_OTHER,
  SR_PG_BOOL,
  SR_PG_INT,
  SR_PG_NUMERIC,
  SR_PG_FLOAT,
  SR_PG_TEXT,
  SR_PG_BYTEA,
  SR_PG_DATE,
  SR_PG_TIMESTAMP,
  SR_PG_TIMESTAMPTZ,
  SR_PG_JSON,
  SR_PG_ENUM,
  SR_PG_ARRAY,
  SR_PG_BITS,
} SrPgKind;

/**
 * SrPgColumn:
 * @type: as PostgreSQL writes it, "numeric(10,2)"
 * @kind: of its type; a domain's is that of what it is made of
 * @element: of an array's elements
 * @bits: of a whole number: 16, 32 or 64; of a bit field: 0 if there may be any
 * @places: decimal places that a numeric or a time keeps; -1: all
 * @labels: (nullable) (array zero-terminated=1): of an enum, or of an array of them
 * @generated: the database computes it
 *
 * A column of a table as the catalogue tells it.
 */
typedef struct
{
  char    *name;
  char    *type;
  SrPgKind kind;
  SrPgKind element;
  guint    bits;
  int      places;
  char   **labels;
  gboolean not_null;
  gboolean has_default;
  gboolean generated;
} SrPgColumn;

void sr_pg_column_free (SrPgColumn *self);
/* Fills in what @oid, a number of pg_type, and its modifier mean. */
void sr_pg_column_set_type (SrPgColumn *self,
                            guint32     oid,
                            gint32      modifier,
                            char        type_class,
                            guint32     element_oid,
                            char        element_class);

/**
 * sr_pg_column_append:
 * @line: of `COPY … FROM STDIN` in its text format
 * @from_json: the record comes from JSON: text in a json column is a JSON string, not JSON text
 *
 * Appends the value as it is written for that column. Nothing is rounded or cut: what the column
 * cannot hold is %SR_ERROR_INVALID with the value. A moment without offset counts as UTC; one with
 * an offset keeps its clock in a column without zone. What the export destroyed becomes null where
 * the column allows that.
 */
gboolean sr_pg_column_append (const SrPgColumn *self,
                              const SrValue    *value,
                              gboolean          from_json,
                              GString          *line,
                              GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPgColumn, sr_pg_column_free)

G_END_DECLS
