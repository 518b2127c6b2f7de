/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/protect/sr-protect-wizard.h"

G_BEGIN_DECLS

/* Steps of setting up a site, for pictures and for tests. */

/* A project in @scratch: folder "corner-shop" with uploads, a SQLite database of two customers, and
 * a .env file that names a PostgreSQL database. Returns: (transfer full): its path */
char *sr_ui_protect_make_project (const char *scratch);
/* Opens the wizard; all that it writes goes to @scratch, the keyring is left alone. Returns:
 * (transfer none) */
SrProtectWizard *sr_ui_protect_begin (SrWindow   *window,
                                      const char *scratch);
/* The same with such a project looked at. */
SrProtectWizard *sr_ui_protect_begin_found (SrWindow   *window,
                                            const char *scratch);
/* From there on to the page that asks where, with the vault at @name in @scratch. */
void sr_ui_protect_choose_place (SrWindow        *window,
                                 SrProtectWizard *wizard,
                                 const char      *scratch,
                                 const char      *name);
/* From the recovery kit on until the backup ended, or failed. */
void sr_ui_protect_back_up (SrWindow        *window,
                            SrProtectWizard *wizard);
/* Until nothing is looked at or checked any more, and the page of that title is in sight if @title
 * is not NULL. */
void sr_ui_protect_wait (SrWindow        *window,
                         SrProtectWizard *wizard,
                         const char      *title);

G_END_DECLS
