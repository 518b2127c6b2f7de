/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-target-location.h"
#include "target/sr-target.h"

G_BEGIN_DECLS

#define SR_TYPE_POSTGRES_TARGET (sr_postgres_target_get_type ())
G_DECLARE_FINAL_TYPE (SrPostgresTarget, sr_postgres_target, SR, POSTGRES_TARGET, SrTarget)

/**
 * sr_postgres_target_new:
 * @password: (nullable)
 *
 * Tables are filled in a schema of their own, of the types that the database has already, and then
 * replace its rows in one transaction: rows are exchanged, tables stay, so that views, rights and
 * triggers on them stay too. Foreign keys are checked anew before it is committed. Rows of tables
 * that are not restored but refer to a record that the backup does not hold go the way their
 * foreign key says for a deleted record; they come back with undo.
 *
 * Returns: (transfer full): not connected
 */
SrTarget *sr_postgres_target_new (const SrTargetLocation *location,
                                  SrSecret               *password);

G_END_DECLS
