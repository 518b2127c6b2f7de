/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/restore/sr-restore-progress-page.h"

struct _SrRestoreProgressPage
{
  SrRestorePage parent_instance;

  /* From the template. */
  GtkWidget *cancel;
};

G_DEFINE_FINAL_TYPE (SrRestoreProgressPage, sr_restore_progress_page, SR_TYPE_RESTORE_PAGE)

static void
on_cancel_clicked (SrRestoreProgressPage *self)
{
  gtk_widget_set_sensitive (self->cancel, FALSE);
  sr_restore_run_cancel (sr_restore_page_get_run (SR_RESTORE_PAGE (self)));
}

static void
sr_restore_progress_page_class_init (SrRestoreProgressPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/strongroom/Strongroom/restore/sr-restore-progress-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrRestoreProgressPage, cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel_clicked);
}

static void
sr_restore_progress_page_init (SrRestoreProgressPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sr_restore_progress_page_new (SrRestoreModel *model,
                              SrRestoreRun   *run)
{
  return g_object_new (SR_TYPE_RESTORE_PROGRESS_PAGE, "model", model, "run", run, NULL);
}
