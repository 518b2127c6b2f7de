/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/protect/sr-protect-page.h"

G_BEGIN_DECLS

#define SR_TYPE_PROTECT_BACKUP_PAGE (sr_protect_backup_page_get_type ())
/* The first backup: how far it is, and what came of it. */
G_DECLARE_FINAL_TYPE (SrProtectBackupPage,
                      sr_protect_backup_page,
                      SR,
                      PROTECT_BACKUP_PAGE,
                      SrProtectPage)

GtkWidget *sr_protect_backup_page_new (SrProtect    *protect,
                                       SrProtectRun *run);

G_END_DECLS
