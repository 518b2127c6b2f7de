/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/model/sr-restore-model.h"
#include "gtk/sr-window.h"

G_BEGIN_DECLS

#define SR_TYPE_RESTORE_WIZARD (sr_restore_wizard_get_type ())
/* Restores a backup file, one decision a page: what, where, checks, what will be lost, progress,
 * report. */
G_DECLARE_FINAL_TYPE (SrRestoreWizard, sr_restore_wizard, SR, RESTORE_WIZARD, SrWizard)

/* @file is open and judged. */
GtkWidget *sr_restore_wizard_new (SrFileModel *file);
/* (transfer none): what is decided; may be set before the wizard is shown */
SrRestoreModel *sr_restore_wizard_get_model (SrRestoreWizard *self);
/* Leaves out the first question: it is answered. */
void sr_restore_wizard_start_at_where (SrRestoreWizard *self);

G_END_DECLS
