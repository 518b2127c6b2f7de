/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <glib/gi18n.h>

#include "gtk/restore/sr-restore-wizard.h"

#include "gtk/model/sr-restore-run.h"
#include "gtk/restore/sr-restore-checks-page.h"
#include "gtk/restore/sr-restore-loss-page.h"
#include "gtk/restore/sr-restore-progress-page.h"
#include "gtk/restore/sr-restore-report-page.h"
#include "gtk/restore/sr-restore-what-page.h"
#include "gtk/restore/sr-restore-where-page.h"
#include "gtk/sr-application.h"

struct _SrRestoreWizard
{
  SrWizard parent_instance;

  SrRestoreModel *model; /* owned */
  SrRestoreRun   *run;   /* (nullable) owned */
};

G_DEFINE_FINAL_TYPE (SrRestoreWizard, sr_restore_wizard, SR_TYPE_WIZARD)

static void
push (SrRestoreWizard *self,
      GtkWidget       *page,
      void (*on_next) (SrRestoreWizard *self))
{
  g_signal_connect_object (page, "next", G_CALLBACK (on_next), self, G_CONNECT_SWAPPED);
  sr_wizard_push (SR_WIZARD (self), SR_WIZARD_PAGE (page));
}

/* --- after the decision
 * ---------------------------------------------------------------------- */

static void
on_closed (SrRestoreWizard *self)
{
  sr_restore_model_stop_checking (self->model);
  if (self->run == NULL)
    return;
  if (!sr_restore_run_has_ended (self->run))
    sr_restore_run_cancel (self->run);
  sr_restore_run_close (self->run);
}

static void
show_report (SrRestoreWizard *self)
{
  GtkWidget *page = sr_restore_report_page_new (self->model, self->run);

  sr_wizard_set_at_stake (SR_WIZARD (self), NULL);
  g_signal_connect_object (page, "next", G_CALLBACK (sr_wizard_close), self, G_CONNECT_SWAPPED);
  sr_wizard_replace (SR_WIZARD (self), SR_WIZARD_PAGE (page));
}

static void
on_run_state (SrRestoreWizard *self)
{
  if (!sr_restore_run_has_ended (self->run))
    return;
  g_signal_handlers_disconnect_by_func (self->run, on_run_state, self);
  show_report (self);
}

static void
begin (SrRestoreWizard *self)
{
  GtkWindow     *window = GTK_WINDOW (sr_window_of (GTK_WIDGET (self)));
  SrApplication *application =
      SR_APPLICATION (gtk_window_get_application (window));
  g_autoptr (SrRestoreChoice) choice = sr_restore_model_get_choice (self->model);
  g_autofree char            *target = sr_restore_model_describe_target (self->model);
  g_autofree char            *title = NULL;
  g_autoptr (SrRestoreJob)    job = NULL;

  /* TRANSLATORS: title of a job: Restore “backup.zip” into database shop */
  title =
      g_strdup_printf (_ ("Restore “%s” into %s"),
                       sr_file_model_get_name (sr_restore_model_get_file (self->model)), target);
  job = sr_restore_job_new (choice, title);
  g_clear_object (&self->run);
  self->run = sr_restore_run_new (job, target);
  g_signal_connect_object (self->run, "notify::state", G_CALLBACK (on_run_state), self,
                           G_CONNECT_SWAPPED);
  sr_wizard_set_at_stake (SR_WIZARD (self),
                          _ ("The restore stops. What exists stays as it was."));
  sr_wizard_replace (SR_WIZARD (self), SR_WIZARD_PAGE (
                                           sr_restore_progress_page_new (self->model, self->run)));
  sr_job_queue_add (sr_application_get_queue (application), SR_JOB (job));
}

/* --- decisions
 * ------------------------------------------------------------------------------- */

static void
after_checks (SrRestoreWizard *self)
{
  push (self, sr_restore_loss_page_new (self->model), begin);
}

static void
after_where (SrRestoreWizard *self)
{
  push (self, sr_restore_checks_page_new (self->model), after_checks);
}

static void
after_what (SrRestoreWizard *self)
{
  push (self, sr_restore_where_page_new (self->model), after_where);
}

/* --- object
 * ---------------------------------------------------------------------------------- */

static void
sr_restore_wizard_dispose (GObject *object)
{
  SrRestoreWizard *self = SR_RESTORE_WIZARD (object);

  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  G_OBJECT_CLASS (sr_restore_wizard_parent_class)->dispose (object);
}

static void
sr_restore_wizard_finalize (GObject *object)
{
  SrRestoreWizard *self = SR_RESTORE_WIZARD (object);

  g_clear_object (&self->model);
  g_clear_object (&self->run);
  G_OBJECT_CLASS (sr_restore_wizard_parent_class)->finalize (object);
}

static void
sr_restore_wizard_class_init (SrRestoreWizardClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sr_restore_wizard_dispose;
  G_OBJECT_CLASS (class)->finalize = sr_restore_wizard_finalize;
}

static void
sr_restore_wizard_init (SrRestoreWizard *self)
{
  g_signal_connect (self, "closed", G_CALLBACK (on_closed), NULL);
}

GtkWidget *
sr_restore_wizard_new (SrFileModel *file)
{
  SrRestoreWizard *self =
      g_object_new (SR_TYPE_RESTORE_WIZARD, "title", sr_file_model_get_name (file), NULL);

  self->model = sr_restore_model_new (file);
  push (self, sr_restore_what_page_new (self->model), after_what);
  return GTK_WIDGET (self);
}

SrRestoreModel *
sr_restore_wizard_get_model (SrRestoreWizard *self)
{
  return self->model;
}

void
sr_restore_wizard_start_at_where (SrRestoreWizard *self)
{
  GtkWidget *page = sr_restore_where_page_new (self->model);

  g_signal_connect_object (page, "next", G_CALLBACK (after_where), self, G_CONNECT_SWAPPED);
  sr_wizard_replace (SR_WIZARD (self), SR_WIZARD_PAGE (page));
}
