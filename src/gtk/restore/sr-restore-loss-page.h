/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/restore/sr-restore-page.h"

G_BEGIN_DECLS

#define SR_TYPE_RESTORE_LOSS_PAGE (sr_restore_loss_page_get_type ())
/* What will be lost, in words; the last page before anything changes. */
G_DECLARE_FINAL_TYPE (SrRestoreLossPage,
                      sr_restore_loss_page,
                      SR,
                      RESTORE_LOSS_PAGE,
                      SrRestorePage)

GtkWidget *sr_restore_loss_page_new (SrRestoreModel *model);

G_END_DECLS
