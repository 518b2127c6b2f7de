/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-sql-ddl.h"
#include "record/sr-sql-values.h"

G_BEGIN_DECLS

typedef enum
{
  SR_SQL_HEADER_MORE,  /* the text is too short to tell */
  SR_SQL_HEADER_NONE,  /* it is a statement without rows of records */
  SR_SQL_HEADER_ROWS,  /* rows in brackets follow */
  SR_SQL_HEADER_SET,   /* one row follows as MySQL's SET has it: name = value, … */
  SR_SQL_HEADER_LINES, /* COPY: lines follow the statement */
} SrSqlHeaderType;

/**
 * SrSqlHeader:
 * @name: (transfer full): of the collection
 * @names: (transfer full) (nullable) (element-type utf8): as the statement lists them
 * @behind: where the first row begins; for lines, the delimiter of the statement
 */
typedef struct
{
  SrSqlHeaderType type;
  char           *name;
  GPtrArray      *names;
  const char     *behind;
} SrSqlHeader;

void sr_sql_header_clear (SrSqlHeader *self);

/* Reads the beginning of INSERT … VALUES, INSERT … SET, the same of REPLACE, or COPY … FROM stdin.
 * @p: at the first word of a statement */
void sr_sql_header_read (SrSqlHeader       *self,
                         SrSqlSchema       *schema,
                         const SrSqlSyntax *syntax,
                         const char        *p,
                         SrSqlSpan          span);

/* Decodes a row from its opening bracket to its closing one. Returns: %FALSE with
 * %SR_ERROR_INVALID if that is no list of values */
gboolean sr_sql_insert_decode (SrSqlValues       *values,
                               const SrSqlSyntax *syntax,
                               SrSqlTarget       *target,
                               const char        *row,
                               gsize              size,
                               GError           **error);

/* Decodes what stands behind SET up to the statement's end; its names are those of @target. */
gboolean sr_sql_set_decode (SrSqlValues       *values,
                            const SrSqlSyntax *syntax,
                            SrSqlTarget       *target,
                            const char        *row,
                            gsize              size,
                            GError           **error);

/* Decodes a line of COPY, without its end. */
gboolean sr_sql_copy_decode (SrSqlValues *values,
                             SrSqlTarget *target,
                             const char  *line,
                             gsize        size,
                             GError     **error);

G_END_DECLS
