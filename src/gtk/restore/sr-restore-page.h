/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/model/sr-restore-model.h"
#include "gtk/model/sr-restore-run.h"
#include "gtk/sr-wizard-page.h"

G_BEGIN_DECLS

#define SR_TYPE_RESTORE_PAGE (sr_restore_page_get_type ())
/* A page of the restore wizard: knows the view-models. Properties, given when it is made:
 *   model   #SrRestoreModel
 *   run     #SrRestoreRun of the pages after the decision; else NULL
 * Templates of its subclasses bind to them; they are let go of in time for that. */
G_DECLARE_DERIVABLE_TYPE (SrRestorePage, sr_restore_page, SR, RESTORE_PAGE, SrWizardPage)

struct _SrRestorePageClass
{
  SrWizardPageClass parent_class;
};

SrRestoreModel *sr_restore_page_get_model (SrRestorePage *self);
SrRestoreRun   *sr_restore_page_get_run (SrRestorePage *self);

/* A widget's property and the model's follow each other. */
void sr_restore_page_bind (SrRestorePage *self,
                           gpointer       widget,
                           const char    *property,
                           const char    *of_model);
/* The button may be pressed while @reason of the model is empty. */
void sr_restore_page_wait_for (SrRestorePage *self,
                               const char    *reason);

/**
 * SrRestoreOption:
 *
 * One of several answers, as a row with a radio button.
 */
typedef struct
{
  const char *title;    /* marked with N_() */
  const char *subtitle; /* likewise */
} SrRestoreOption;

/* Returns: (transfer none): the row, whose check button is its activatable widget. @group:
 * (nullable): a row made before */
GtkWidget *sr_restore_page_add_option (AdwPreferencesGroup   *place,
                                       const SrRestoreOption *option,
                                       GtkWidget             *group);
gboolean   sr_restore_page_is_chosen (GtkWidget *row);
void       sr_restore_page_choose (GtkWidget *row);
/* @problem: (nullable): why it cannot be chosen, shown in the row */
void sr_restore_page_set_problem (GtkWidget             *row,
                                  const SrRestoreOption *option,
                                  const char            *problem);

G_END_DECLS
