/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-target.h"

G_BEGIN_DECLS

/**
 * sr_lpgnexus_set_table:
 * @table: with its collection set
 *
 * Fills in which table of LPG Nexus's database a collection of its backup belongs to, what else it
 * may be called, and which tables come before it.
 *
 * Returns: whether the collection is one of LPG Nexus's; @table is left alone if not
 */
gboolean sr_lpgnexus_set_table (SrTargetTable *table);

/* Puts tables into the order in which none refers to a later one; those that are unknown stay
 * behind in the order they have. */
void sr_lpgnexus_sort_tables (SrTargetTable *tables,
                              guint          n_tables);

/* Statements that make types, tables, keys and foreign keys of everything that is in a backup; for
 * PostgreSQL, names without a schema. See docs/lpgnexus-schema.md */
const char *sr_lpgnexus_get_schema (void);

G_END_DECLS
