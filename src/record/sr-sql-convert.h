/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record.h"
#include "record/sr-sql-dialect.h"

G_BEGIN_DECLS

/**
 * sr_sql_append_value:
 * @sql: appended to: a literal, for PostgreSQL a field of a line of COPY
 * @column: that it goes to, as the source declares it
 * @value: (nullable): %NULL is null
 *
 * What an export destroyed becomes null where the column may be that, MySQL's zero date where it
 * held a date, and what is left of it where it held bytes.
 *
 * Returns: %FALSE with %SR_ERROR_UNSUPPORTED if the dialect's column cannot hold it
 */
gboolean sr_sql_append_value (GString        *sql,
                              SrSqlDialect    dialect,
                              const SrColumn *column,
                              const SrValue  *value,
                              GError        **error);

G_END_DECLS
