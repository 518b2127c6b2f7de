/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-target-location.h"
#include "target/sr-target.h"

G_BEGIN_DECLS

#define SR_TYPE_MARIADB_TARGET (sr_mariadb_target_get_type ())
G_DECLARE_FINAL_TYPE (SrMariadbTarget, sr_mariadb_target, SR, MARIADB_TARGET, SrTarget)

/**
 * sr_mariadb_target_new:
 * @password: (nullable)
 *
 * Tables of a database of MariaDB (10.4 on) or MySQL (5.7 on). New ones are filled beside it, see
 * #SrMariaStage, then one RENAME TABLE takes them into place. Tables that the plan does not name
 * stay as they are. A table is made as the backup defines it, if it comes from such a server, else
 * as it is, else by what its columns hold.
 *
 * What a run that was killed left behind is undone and removed by the next restore into the same
 * database; two at a time are refused with %SR_ERROR_LOCKED.
 *
 * Returns: (transfer full)
 */
SrTarget *sr_mariadb_target_new (const SrTargetLocation *location,
                                 SrSecret               *password);

G_END_DECLS
