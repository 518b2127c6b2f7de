/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-progress.h"
#include "gtk/model/sr-restore-choice.h"
#include "gtk/model/sr-row-item.h"

G_BEGIN_DECLS

typedef void (*SrRestoreCheckRowFunc) (SrRowItem *row,
                                       gpointer   user_data);
/* @error: (nullable): why it could not be looked at; @preflight is what was found else */
typedef void (*SrRestoreCheckDoneFunc) (const SrPreflight *preflight,
                                        const GError      *error,
                                        gpointer           user_data);

/**
 * sr_restore_check_run:
 * @verdict: (nullable): of the backup, judged already
 * @on_row: called for each row that was found, in their order
 * @on_done: called once at the end, unless @cancellable was cancelled
 * @owner: given to both; kept until the end
 *
 * Looks at the target of a restore on a thread of its own, without changing anything: what is there
 * may be replaced, and what that loses is told. A password that was not given is looked for in the
 * keyring; nobody is asked to unlock it.
 *
 * Threads: the callbacks run in the thread-default main context of the caller.
 */
void sr_restore_check_run (SrRestoreChoice       *choice,
                           SrVerdict             *verdict,
                           SrProgress            *progress,
                           GCancellable          *cancellable,
                           SrRestoreCheckRowFunc  on_row,
                           SrRestoreCheckDoneFunc on_done,
                           GObject               *owner);

G_END_DECLS
