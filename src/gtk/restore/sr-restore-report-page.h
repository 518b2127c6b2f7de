/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/restore/sr-restore-page.h"

G_BEGIN_DECLS

#define SR_TYPE_RESTORE_REPORT_PAGE (sr_restore_report_page_get_type ())
/* What came of a restore: counts, undo, report. */
G_DECLARE_FINAL_TYPE (SrRestoreReportPage,
                      sr_restore_report_page,
                      SR,
                      RESTORE_REPORT_PAGE,
                      SrRestorePage)

GtkWidget *sr_restore_report_page_new (SrRestoreModel *model, SrRestoreRun *run);

G_END_DECLS
