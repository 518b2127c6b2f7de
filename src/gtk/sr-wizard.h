/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/sr-wizard-page.h"

G_BEGIN_DECLS

#define SR_TYPE_WIZARD (sr_wizard_get_type ())
/* A wizard: pages that follow each other, one decision each. It fills the window
 * (sr_window_open_wizard()), so that it is the same at 360 px and on a wide screen, and draws its
 * own header bar: Cancel or Back at the start, the wizard's title, the page's button at the end.
 * The page's title stands above the page.
 *   title     what the wizard does
 *   at-stake  what is lost when it is closed now, in a sentence; empty: nothing, and then closing
 *             does not ask
 * The signal `closed` tells that the wizard is over, however it came to that. */
G_DECLARE_DERIVABLE_TYPE (SrWizard, sr_wizard, SR, WIZARD, AdwBin)

struct _SrWizardClass
{
  AdwBinClass parent_class;

  gpointer padding[4];
};

GtkWidget *sr_wizard_new (const char *title);

const char *sr_wizard_get_title (SrWizard *self);
const char *sr_wizard_get_at_stake (SrWizard *self);
void        sr_wizard_set_at_stake (SrWizard   *self,
                                    const char *sentence);

/* Shows a page (transfer floating) after the one in sight. */
void sr_wizard_push (SrWizard     *self,
                     SrWizardPage *page);
/* Shows a page and forgets those before it: from here there is no way back. */
void sr_wizard_replace (SrWizard     *self,
                        SrWizardPage *page);
/* Goes back one page; on the first it asks to close. The page left is dropped: what was decided
 * belongs into the wizard's view-model. */
void sr_wizard_back (SrWizard *self);
/* (transfer none) (nullable): the page in sight. */
SrWizardPage *sr_wizard_get_page (SrWizard *self);

/* Closes, after a question where something is at stake. */
void sr_wizard_ask_to_close (SrWizard *self);
/* Closes without a question. */
void sr_wizard_close (SrWizard *self);

G_END_DECLS
