/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/restore/sr-restore-page.h"

G_BEGIN_DECLS

#define SR_TYPE_RESTORE_CHECKS_PAGE (sr_restore_checks_page_get_type ())
/* What stands in the way of the restore, looked at while the page is shown. */
G_DECLARE_FINAL_TYPE (SrRestoreChecksPage,
                      sr_restore_checks_page,
                      SR,
                      RESTORE_CHECKS_PAGE,
                      SrRestorePage)

GtkWidget *sr_restore_checks_page_new (SrRestoreModel *model);

G_END_DECLS
