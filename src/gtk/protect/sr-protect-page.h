/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/model/sr-protect-run.h"
#include "gtk/sr-wizard-page.h"

G_BEGIN_DECLS

#define SR_TYPE_PROTECT_PAGE (sr_protect_page_get_type ())
/* A page of the wizard that sets up a site: knows the view-models. Properties, given when it is
 * made:
 *   protect   #SrProtect
 *   run       #SrProtectRun of the last page; else NULL
 * Templates of its subclasses bind to them; they are let go of in time for that. */
G_DECLARE_DERIVABLE_TYPE (SrProtectPage, sr_protect_page, SR, PROTECT_PAGE, SrWizardPage)

struct _SrProtectPageClass
{
  SrWizardPageClass parent_class;
};

SrProtect    *sr_protect_page_get_protect (SrProtectPage *self);
SrProtectRun *sr_protect_page_get_run (SrProtectPage *self);

/* Calls @follow now and whenever one of @properties (ends with NULL) of the view-model changes. */
void sr_protect_page_watch (SrProtectPage     *self,
                            const char *const *properties,
                            void (*follow) (gpointer self));

G_END_DECLS
