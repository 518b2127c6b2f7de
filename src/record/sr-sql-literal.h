/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-sql-values.h"

G_BEGIN_DECLS

/* Decodes one value as a statement writes it: numbers, strings with all their prefixes, hexadecimal
 * and binary digits, key words, and the functions that sqlite3's .dump wraps text in. An expression
 * that only a server can compute is %SR_VALUE_LOST with its text; DEFAULT for a generated column is
 * null. */
void sr_sql_literal_decode (SrSqlValues       *values,
                            const SrSqlSyntax *syntax,
                            const SrSqlTarget *target,
                            const char        *start,
                            const char        *end);

G_END_DECLS
