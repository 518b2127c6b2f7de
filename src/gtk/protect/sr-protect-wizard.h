/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/model/sr-protect-run.h"
#include "gtk/sr-window.h"

G_BEGIN_DECLS

#define SR_TYPE_PROTECT_WIZARD (sr_protect_wizard_get_type ())
/* Sets up a site, one question a page: what, where, password, recovery kit, first backup. */
G_DECLARE_FINAL_TYPE (SrProtectWizard, sr_protect_wizard, SR, PROTECT_WIZARD, SrWizard)

/* @sites: where the new one is shown; @queue: where its first backup runs */
GtkWidget *sr_protect_wizard_new (SrSiteList *sites,
                                  SrJobQueue *queue);
/* (transfer none): what is decided; may be set before the wizard is shown */
SrProtect *sr_protect_wizard_get_protect (SrProtectWizard *self);

/* Opens it in a window of the application. */
void sr_protect_wizard_open (SrWindow *window);

G_END_DECLS
