/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-target.h"

G_BEGIN_DECLS

#define SR_TYPE_SQLITE_TARGET (sr_sqlite_target_get_type ())
G_DECLARE_FINAL_TYPE (SrSqliteTarget, sr_sqlite_target, SR, SQLITE_TARGET, SrTarget)

/**
 * sr_sqlite_target_new:
 * @path: of a database file that exists or will be made
 *
 * Either one whole database is put as a file (its -wal or -journal may come with it), or, if the
 * plan names tables, records go into a copy of what is there. The file beside @path is checked and
 * then takes its name in one step. What is there is locked from the safety backup on, and refused
 * while another process has it open. What it left in its -wal and -journal is brought into it
 * first, so that no moment leaves a new database beside an old journal.
 *
 * Returns: (transfer full)
 */
SrTarget *sr_sqlite_target_new (const char *path);

G_END_DECLS
