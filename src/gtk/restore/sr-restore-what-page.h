/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/restore/sr-restore-page.h"

G_BEGIN_DECLS

#define SR_TYPE_RESTORE_WHAT_PAGE (sr_restore_what_page_get_type ())
/* All of a backup, collections, records that a search finds, or files. */
G_DECLARE_FINAL_TYPE (SrRestoreWhatPage, sr_restore_what_page, SR, RESTORE_WHAT_PAGE, SrRestorePage)

GtkWidget *sr_restore_what_page_new (SrRestoreModel *model);

G_END_DECLS
