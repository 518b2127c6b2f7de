/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record.h"
#include "record/sr-sql-dialect.h"

G_BEGIN_DECLS

/* What a column declared as @declared holds. */
SrColumnType sr_sql_type_classify (SrSqlDialect dialect,
                                   const char  *declared);

/* The number in the first brackets of a declaration: 20 of "varchar(20)"; @missing if there is
 * none. */
guint sr_sql_type_get_size (const char *declared,
                            guint       missing);

/**
 * sr_sql_type_map:
 * @target: MySQL, PostgreSQL or SQLite
 * @column: of any source; its kind and, where it is known, its declaration decide
 * @in_key: MySQL cannot have a text of any length in a key
 *
 * Returns: (transfer full): how @target declares a column that holds all that @column can hold
 */
char *sr_sql_type_map (SrSqlDialect    target,
                       const SrColumn *column,
                       gboolean        in_key);

/* The labels of enum('a','b') as they stand, with their brackets. Returns: (transfer
 * none) (nullable): from the opening bracket on */
const char *sr_sql_type_get_labels (const char *declared);

G_END_DECLS
