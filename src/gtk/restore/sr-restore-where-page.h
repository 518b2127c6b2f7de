/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/restore/sr-restore-page.h"

G_BEGIN_DECLS

#define SR_TYPE_RESTORE_WHERE_PAGE (sr_restore_where_page_get_type ())
/* A folder, a SQLite file, a database server, or a new file in another format. */
G_DECLARE_FINAL_TYPE (SrRestoreWherePage,
                      sr_restore_where_page,
                      SR,
                      RESTORE_WHERE_PAGE,
                      SrRestorePage)

GtkWidget *sr_restore_where_page_new (SrRestoreModel *model);

G_END_DECLS
