/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-sql-values.h"

G_BEGIN_DECLS

/**
 * SrSqlBareRow:
 * @fields: where the values of the row scanned last stand
 * @searches: (element-type gsize): for each value, from where on no end of it was found
 *
 * Finds the bounds of rows in webeenthere's dialect. Where raw bytes stand, without quotes and with
 * whatever in them, their end is the first place from which on everything that follows in the row
 * is what the types of its columns say. Each place is looked at once for each such column, so the
 * time grows with the row's size and not faster. Room is kept from row to row.
 */
typedef struct
{
  GArray *fields;
  GArray *searches;
} SrSqlBareRow;

void sr_sql_bare_row_init (SrSqlBareRow *self);
void sr_sql_bare_row_clear (SrSqlBareRow *self);

/**
 * sr_sql_bare_row_scan:
 * @p: the row's opening bracket
 * @failed: set if no end fits
 *
 * Returns: behind the row's closing bracket; %NULL if it is not within the text, or there is none
 */
const char *sr_sql_bare_row_scan (SrSqlBareRow      *self,
                                  const SrSqlTarget *target,
                                  const char        *p,
                                  SrSqlSpan          span,
                                  gboolean          *failed);

/* Counts what the row just scanned has lost in the export. @row: where it began */
void sr_sql_bare_row_add_notes (const SrSqlBareRow *self,
                                const SrSqlTarget  *target,
                                const char         *row,
                                SrRecordReader     *reader);

/* Decodes the row just scanned. */
void sr_sql_bare_row_decode (const SrSqlBareRow *self,
                             const SrSqlTarget  *target,
                             const char         *row,
                             SrSqlValues        *values);

G_END_DECLS
