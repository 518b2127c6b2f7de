/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/restore/sr-file-page.h"
#include "gtk/restore/sr-restore-wizard.h"

G_BEGIN_DECLS

/* Steps of opening and restoring a backup file, for pictures and for tests. */

/* Returns: (transfer full): path of a file of tests/data/samples */
char *sr_ui_restore_find_sample (const char *name);
/* Opens it and waits until it is judged or a key is asked for. Returns: (transfer none) */
SrFilePage *sr_ui_restore_open (SrWindow   *window,
                                const char *path);
SrFilePage *sr_ui_restore_open_sample (SrWindow   *window,
                                       const char *name);

/* Opens a sample and the wizard over it. Returns: (transfer none) */
SrRestoreWizard *sr_ui_restore_begin (SrWindow   *window,
                                      const char *sample);
/* The same with where it goes: @name in @scratch; at the page that asks where. */
SrRestoreWizard *sr_ui_restore_begin_into (SrWindow      *window,
                                           const char    *sample,
                                           SrRestoreWhere where,
                                           const char    *scratch,
                                           const char    *name);
/* From there to the checks, until they are done. */
void sr_ui_restore_check (SrWindow        *window,
                          SrRestoreWizard *wizard);
/* From the page of what will be lost to the report. @button: "Restore", "Replace" */
void sr_ui_restore_finish (SrWindow        *window,
                           SrRestoreWizard *wizard,
                           const char      *button);

G_END_DECLS
