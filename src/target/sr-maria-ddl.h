/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record.h"
#include "target/sr-maria-text.h"

G_BEGIN_DECLS

/* @table: as the definition writes it. Returns: (transfer full) (nullable): what is written for a
 * reference to it; %NULL: it stays as it is */
typedef char *(*SrMariaReferenceFunc) (const char *table,
                                       gpointer    user_data);

/**
 * SrMariaDdlOptions:
 * @name: quoted: what the table is called
 * @constraint_suffix: (nullable): appended to the names of foreign keys, for these are one a
 *   database; names that the server makes by itself are left out
 * @reference: for each table that a foreign key refers to without naming a database
 * @sequence: (nullable): the same for sequences that defaults take numbers from; %NULL: these stay
 *   as they are
 * @syntax: of the server
 * @databases: (nullable) (array zero-terminated=1): names that mean the database itself; what names
 *   another is refused. %NULL: the definition is the server's own, and leads wherever it does
 */
typedef struct
{
  const char          *name;
  const char          *constraint_suffix;
  SrMariaReferenceFunc reference;
  SrMariaReferenceFunc sequence;
  gpointer             user_data;
  SrMariaSyntax        syntax;
  const char *const   *databases;
} SrMariaDdlOptions;

/* Whether @ddl is a table's as MariaDB and MySQL write it, not another system's. @is_mysql: it is
 * from a dump of one of them; else only an engine behind the columns shows it, which dumps with few
 * options leave out. */
gboolean sr_maria_ddl_is_native (const char *ddl,
                                 gboolean    is_mysql);

/**
 * sr_maria_ddl_rewrite:
 * @ddl: one CREATE TABLE statement as SHOW CREATE TABLE writes it, from the server or from a file
 *   that nobody trusts
 *
 * The statement for another name. Refused is what does more than make a table of columns, keys and
 * partitions: another statement behind it, AS SELECT, files and servers elsewhere, and engines that
 * do not keep rows themselves.
 *
 * Returns: (transfer full): %SR_ERROR_REFUSED, %SR_ERROR_INVALID
 */
char *sr_maria_ddl_rewrite (const char              *ddl,
                            const SrMariaDdlOptions *options,
                            GError                 **error);
/**
 * sr_maria_ddl_rewrite_change:
 * @sql: ALTER TABLE … ADD, MODIFY, AUTO_INCREMENT or CREATE INDEX, from a file that nobody trusts
 * @table: what the table is called in the end
 *
 * The statement for another name. Refused is what does more than add keys and constraints, and say
 * more of columns.
 *
 * Returns: (transfer full): %SR_ERROR_REFUSED
 */
char *sr_maria_ddl_rewrite_change (const char              *sql,
                                   const char              *table,
                                   const SrMariaDdlOptions *options,
                                   GError                 **error);
/* For a collection of another system, by what its columns hold. @name: quoted. Returns: (transfer
 * full): %SR_ERROR_UNSUPPORTED if it has no columns */
char *sr_maria_ddl_from_columns (const SrCollection *collection,
                                 const char         *name,
                                 GError            **error);

G_END_DECLS
