/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

#include "target/sr-pg-token.h"

G_BEGIN_DECLS

/**
 * SrPgStatementKind:
 * @SR_PG_STATEMENT_COLUMN: ALTER TABLE … ALTER COLUMN: a default, an identity
 * @SR_PG_STATEMENT_OWNED: ALTER SEQUENCE … OWNED BY
 * @SR_PG_STATEMENT_VALUE: SELECT setval
 * @SR_PG_STATEMENT_REFRESH: a materialized view gets its rows
 * @SR_PG_STATEMENT_TRIGGER_STATE: ALTER TABLE … DISABLE TRIGGER and the like
 * @SR_PG_STATEMENT_OWNER: owners, rights and roles
 * @SR_PG_STATEMENT_NOTHING: changes nothing of what is restored
 * @SR_PG_STATEMENT_OTHER: anything else; it is never run
 */
typedef enum
{
  SR_PG_STATEMENT_TYPE,
  SR_PG_STATEMENT_SEQUENCE,
  SR_PG_STATEMENT_TABLE,
  SR_PG_STATEMENT_COLUMN,
  SR_PG_STATEMENT_OWNED,
  SR_PG_STATEMENT_VALUE,
  SR_PG_STATEMENT_CONSTRAINT,
  SR_PG_STATEMENT_REFERENCE, /* a foreign key */
  SR_PG_STATEMENT_INDEX,
  SR_PG_STATEMENT_VIEW,
  SR_PG_STATEMENT_MATERIALIZED,
  SR_PG_STATEMENT_REFRESH,
  SR_PG_STATEMENT_ROUTINE,
  SR_PG_STATEMENT_TRIGGER,
  SR_PG_STATEMENT_TRIGGER_STATE,
  SR_PG_STATEMENT_COMMENT,
  SR_PG_STATEMENT_EXTENSION,
  SR_PG_STATEMENT_OWNER,
  SR_PG_STATEMENT_SCHEMA,
  SR_PG_STATEMENT_NOTHING,
  SR_PG_STATEMENT_OTHER,
} SrPgStatementKind;

/* @schema: (nullable): where none is written; @place: of the token that is the name itself */
typedef struct
{
  char *schema;
  char *name;
  guint place;
} SrPgName;

/**
 * SrPgStatement:
 * @refused: (nullable): why it is never run
 * @what: what it makes, for a person: "view", "foreign key"
 * @name: of what it makes or changes; of a comment what it is on
 * @table: the table that @name is a part of
 * @to: the table a foreign key refers to; the routine a trigger calls; the column's table that owns
 *   a sequence
 * @comment_on: (nullable): key word of what a comment is on
 * @value, @is_called: of a sequence, as setval() takes them
 * @has_body: a routine has its text
 * @is_primary: a primary key
 * @is_definer: a routine that runs with the rights of its owner
 * @with_data: a materialized view is filled
 * @end: place behind the last token that counts
 *
 * One statement of a dump of PostgreSQL, taken apart. Only forms that are known are accepted, only
 * what is in them is ever run, and nothing in them reaches outside of one schema by itself.
 */
typedef struct
{
  SrPgStatementKind kind;
  const char       *refused;
  const char       *what;
  SrPgName          name;
  SrPgName          table;
  SrPgName          to;
  char             *comment_on;
  gint64            value;
  gboolean          is_called;
  gboolean          has_body;
  gboolean          is_primary;
  gboolean          is_definer;
  gboolean          is_procedure;
  gboolean          with_data;
  char             *text;
  GArray           *tokens; /* (element-type SrPgToken) */
  guint             end;
} SrPgStatement;

/* Takes a statement apart, whatever it is. Returns: (transfer full) */
SrPgStatement *sr_pg_statement_parse (const char *text);
void           sr_pg_statement_free (SrPgStatement *self);
/* Whether @name stands in it as a name of its own, or anywhere in a string. */
gboolean sr_pg_statement_mentions (const SrPgStatement *self,
                                   const char          *name);

/**
 * sr_pg_statement_write:
 * @home: quoted: the schema of what is made, if its name is written without one
 *
 * The statement anew, out of what was looked at. Returns: (transfer full)
 */
char *sr_pg_statement_write (const SrPgStatement *self,
                             const char          *home,
                             SrPgMapFunc          map,
                             gpointer             user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPgStatement, sr_pg_statement_free)

G_END_DECLS
