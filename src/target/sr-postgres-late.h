/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-pg-exchange.h"

G_BEGIN_DECLS

/* What the backup's objects change on what exists: within the swap, and taken back by undo. */

/* Tries the replacements in a transaction that is rolled back: what the database does not let
 * happen stays, and what is the same already is left alone. */
gboolean sr_postgres_late_try (SrPostgresTarget *target,
                               GCancellable     *cancellable,
                               GError          **error);
/* Behind the exchange of rows, when everything new is in its place. */
gboolean sr_postgres_late_run (SrPgExchange *swap,
                               GError      **error);
/* Before what was made is removed and the rows come back. */
gboolean sr_postgres_late_take_back (SrPgExchange *undo,
                                     GError      **error);
/* Materialized views; @new_too: also those that the backup brought. */
gboolean sr_postgres_late_refresh (SrPgExchange *exchange,
                                   gboolean      new_too,
                                   GError      **error);

G_END_DECLS
