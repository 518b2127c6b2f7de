/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/restore/sr-restore-page.h"

G_BEGIN_DECLS

#define SR_TYPE_RESTORE_PROGRESS_PAGE (sr_restore_progress_page_get_type ())
/* A restore under way. */
G_DECLARE_FINAL_TYPE (SrRestoreProgressPage,
                      sr_restore_progress_page,
                      SR,
                      RESTORE_PROGRESS_PAGE,
                      SrRestorePage)

GtkWidget *sr_restore_progress_page_new (SrRestoreModel *model, SrRestoreRun *run);

G_END_DECLS
