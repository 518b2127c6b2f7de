/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-sql-dialect.h"

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SR_SQL_OBJECT_VIEW,
  SR_SQL_OBJECT_TRIGGER,
  SR_SQL_OBJECT_ROUTINE, /* functions, procedures and what consists of them */
  SR_SQL_OBJECT_EVENT,
  SR_SQL_OBJECT_INDEX,
  SR_SQL_OBJECT_CONSTRAINT, /* that a statement of its own adds to a table */
  SR_SQL_OBJECT_TYPE,
  SR_SQL_OBJECT_SEQUENCE,
  SR_SQL_OBJECT_RIGHT,
  SR_SQL_OBJECT_COMMENT,
  SR_SQL_OBJECT_OTHER,
  /* what a reader of records takes up itself, and what is a part of others */
  SR_SQL_OBJECT_TABLE,
  SR_SQL_OBJECT_KEY,   /* a primary key that a statement of its own adds */
  SR_SQL_OBJECT_VALUE, /* where a sequence goes on, and whose it is */
  SR_SQL_OBJECT_OWNER,
  SR_SQL_OBJECT_REFRESH, /* a materialized view gets its rows */
  SR_N_SQL_OBJECTS,
} SrSqlObjectKind;

/* The last kind that is an object beside tables, their keys and records. */
#define SR_SQL_OBJECT_LAST_BESIDE SR_SQL_OBJECT_OTHER

/**
 * SrSqlObject:
 * @name: of what is made, without its schema; valid UTF-8; "" where there is none
 * @table: (nullable): the table that it is a part of, without its schema
 */
typedef struct
{
  SrSqlObjectKind kind;
  char           *name;
  char           *table;
} SrSqlObject;

void sr_sql_object_clear (SrSqlObject *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SrSqlObject, sr_sql_object_clear)

/* "views", "triggers", … */
const char *sr_sql_object_kind_title (SrSqlObjectKind kind);

/**
 * sr_sql_object_parse:
 * @text: one statement of a dump, without its semicolon
 * @object: (out): to be cleared whether it is found or not
 *
 * What a statement of a dump makes besides records.
 *
 * Returns: %FALSE if nothing: a setting, a lock, what is removed beforehand
 */
gboolean sr_sql_object_parse (SrSqlDialect dialect,
                              const char  *text,
                              gsize        size,
                              SrSqlObject *object);

G_END_DECLS
