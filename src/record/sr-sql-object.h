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
  SR_N_SQL_OBJECTS,
} SrSqlObjectKind;

/* "views", "triggers", … */
const char *sr_sql_object_kind_title (SrSqlObjectKind kind);

/**
 * sr_sql_object_parse:
 * @text: one statement of a dump, without its semicolon
 * @name: (out) (transfer full): of what it makes, without its schema; valid UTF-8
 *
 * What a statement of a dump makes besides tables, their primary keys and records.
 *
 * Returns: %FALSE if nothing: a setting, a lock, what is removed beforehand
 */
gboolean sr_sql_object_parse (SrSqlDialect     dialect,
                              const char      *text,
                              gsize            size,
                              SrSqlObjectKind *kind,
                              char           **name);

G_END_DECLS
