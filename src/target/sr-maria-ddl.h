/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record.h"

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
 */
typedef struct
{
  const char          *name;
  const char          *constraint_suffix;
  SrMariaReferenceFunc reference;
  gpointer             user_data;
} SrMariaDdlOptions;

/* Whether @ddl is a table's as MariaDB and MySQL write it, not another system's. */
gboolean sr_maria_ddl_is_native (const char *ddl);

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
/* For a collection of another system, by what its columns hold. @name: quoted. Returns: (transfer
 * full): %SR_ERROR_UNSUPPORTED if it has no columns */
char *sr_maria_ddl_from_columns (const SrCollection *collection,
                                 const char         *name,
                                 GError            **error);

G_END_DECLS
