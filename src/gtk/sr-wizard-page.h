/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define SR_TYPE_WIZARD_PAGE (sr_wizard_page_get_type ())
/* One decision of a wizard. Its template's parent is SrWizardPage and its child is what the page
 * asks; the wizard scrolls and clamps it (unless `fill` is set, for lists that scroll by
 * themselves) and draws the header bar with the buttons:
 *   title          the question
 *   next-label     what the button says: a verb; empty: there is no button
 *   can-go-next    whether the button may be pressed
 *   can-go-back    whether Back is offered (it is free; FALSE while something runs, and at the end)
 *   destructive    the button is red, and Return never presses it
 *   fill           the page gets the whole space
 * Pressing the button emits the signal `next`; the wizard's code connects to it and pushes the
 * page that follows. */
G_DECLARE_DERIVABLE_TYPE (SrWizardPage, sr_wizard_page, SR, WIZARD_PAGE, AdwBin)

struct _SrWizardPageClass
{
  AdwBinClass parent_class;

  /* The button was pressed; runs before the signal's handlers. */
  void (*next) (SrWizardPage *self);
  /* The page is in sight (again), or no longer. */
  void (*shown) (SrWizardPage *self);
  void (*hidden) (SrWizardPage *self);

  gpointer padding[4];
};

const char *sr_wizard_page_get_title (SrWizardPage *self);
void        sr_wizard_page_set_title (SrWizardPage *self,
                                      const char   *title);
const char *sr_wizard_page_get_next_label (SrWizardPage *self);
void        sr_wizard_page_set_next_label (SrWizardPage *self,
                                           const char   *label);
gboolean    sr_wizard_page_get_can_go_next (SrWizardPage *self);
void        sr_wizard_page_set_can_go_next (SrWizardPage *self,
                                            gboolean      can);
gboolean    sr_wizard_page_get_can_go_back (SrWizardPage *self);
void        sr_wizard_page_set_can_go_back (SrWizardPage *self,
                                            gboolean      can);
gboolean    sr_wizard_page_get_destructive (SrWizardPage *self);
void        sr_wizard_page_set_destructive (SrWizardPage *self,
                                            gboolean      destructive);
gboolean    sr_wizard_page_get_fill (SrWizardPage *self);

/* As if the button were pressed: for the Return key of an entry. Does nothing where the button
 * would do nothing, and on a destructive page. */
void sr_wizard_page_next (SrWizardPage *self);

G_END_DECLS
