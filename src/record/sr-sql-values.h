/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record-reader.h"
#include "record/sr-sql-lexer.h"

G_BEGIN_DECLS

/**
 * SrSqlTarget:
 * @collection: whose records the values are
 * @names: (element-type utf8): of the values, in their order
 * @columns: (element-type int): places in the collection's columns, -1 where it has none of that
 *   name
 *
 * Where the values of a statement go.
 */
typedef struct
{
  SrCollection *collection;
  GPtrArray    *names;
  GArray       *columns;
} SrSqlTarget;

void sr_sql_target_clear (SrSqlTarget *self);
/* @names: (transfer full) (nullable): as the statement lists them; without them those of the
 * collection, in order */
void sr_sql_target_set (SrSqlTarget  *self,
                        SrCollection *collection,
                        GPtrArray    *names);

/**
 * sr_sql_target_fit:
 *
 * A row of @n_values has come. A table without columns gets names "column1"…; one whose generated
 * columns the statement leaves out without saying so loses them.
 *
 * Returns: %FALSE if the number does not fit
 */
gboolean sr_sql_target_fit (SrSqlTarget *self,
                            guint        n_values);
/* Returns: (nullable): the column the value goes to */
const SrColumn *sr_sql_target_get_column (const SrSqlTarget *self,
                                          guint              value);

/**
 * SrSqlValues:
 *
 * The decoded values of one record. Room is kept from record to record.
 */
typedef struct
{
  GArray         *fields;
  GByteArray     *bytes;
  SrRecordReader *reader;
} SrSqlValues;

void sr_sql_values_init (SrSqlValues    *self,
                         SrRecordReader *reader);
void sr_sql_values_clear (SrSqlValues *self);
void sr_sql_values_reset (SrSqlValues *self);
/* Bytes appended to self->bytes from here on are the next value's. */
gsize sr_sql_values_begin (SrSqlValues *self);
/* Ends the value that began at @begin: what its column says of a text in quotes or in COPY is
 * applied (numbers, booleans, bytes, bits), and what must be told of it is counted. */
void sr_sql_values_end (SrSqlValues       *self,
                        const SrSqlTarget *target,
                        SrSqlDialect       dialect,
                        SrValueType        type,
                        gsize              begin);
/* All values are there: @record gets them. */
void sr_sql_values_finish (SrSqlValues       *self,
                           const SrSqlTarget *target,
                           SrRecord          *record);

G_END_DECLS
