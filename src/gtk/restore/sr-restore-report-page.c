/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "gtk/restore/sr-restore-report-page.h"

#include "gtk/restore/sr-rows.h"
#include "gtk/sr-compat.h"
#include "gtk/sr-window.h"

struct _SrRestoreReportPage
{
  SrRestorePage parent_instance;

  const char *css_class; /* of the icon now; static */

  /* From the template. */
  GtkWidget  *icon;
  GtkWidget  *undo_error;
  GtkWidget  *undo;
  GtkWidget  *save;
  GtkBox     *buttons;
  GtkWidget  *counts_group;
  GtkListBox *counts;
};

G_DEFINE_FINAL_TYPE (SrRestoreReportPage, sr_restore_report_page, SR_TYPE_RESTORE_PAGE)

static SrRestoreRun *
get_run (SrRestoreReportPage *self)
{
  return sr_restore_page_get_run (SR_RESTORE_PAGE (self));
}

static void
follow_state (SrRestoreReportPage *self)
{
  SrRestoreRun    *run = get_run (self);
  g_autofree char *css_class = NULL;
  g_autofree char *undo_error = NULL;

  g_object_get (run, "css-class", &css_class, "undo-error", &undo_error, NULL);
  if (self->css_class != NULL)
    gtk_widget_remove_css_class (self->icon, self->css_class);
  self->css_class = css_class[0] != '\0' ? g_intern_string (css_class) : NULL;
  if (self->css_class != NULL)
    gtk_widget_add_css_class (self->icon, self->css_class);
  gtk_widget_set_visible (self->undo_error, undo_error[0] != '\0');
  gtk_widget_set_visible (self->counts_group,
                          g_list_model_get_n_items (sr_restore_run_get_counts (run)) > 0);
  sr_wizard_page_set_can_go_next (SR_WIZARD_PAGE (self), sr_restore_run_has_ended (run));
}

static void
on_undo_clicked (SrRestoreReportPage *self)
{
  sr_restore_run_undo (get_run (self));
}

static char *
get_command (gpointer data)
{
  return sr_restore_choice_to_command (sr_restore_job_get_choice (sr_restore_run_get_job (data)));
}

/* --- saving the report
 * ----------------------------------------------------------------------- */

static void
on_saved (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (SrRestoreReportPage) self = user_data;
  g_autoptr (GError)              error = NULL;
  gboolean                        saved = sr_restore_run_save_finish (result, &error);
  SrWindow                       *window = sr_window_of (GTK_WIDGET (self));

  if (window != NULL)
    sr_window_toast (window, saved ? _ ("The report was saved") : error->message);
}

static void
on_chosen (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (SrRestoreReportPage) self = user_data;
  g_autoptr (GError)              error = NULL;
  g_autoptr (GFile)               file = sr_compat_choose_file_finish (result, &error);
  g_autofree char                *path = file != NULL ? g_file_get_path (file) : NULL;
  SrWindow                       *window = sr_window_of (GTK_WIDGET (self));

  if (error != NULL && window != NULL)
    sr_window_toast (window, error->message);
  if (path != NULL)
    sr_restore_run_save (get_run (self), path, on_saved, g_object_ref (self));
}

static void
on_save_clicked (SrRestoreReportPage *self)
{
  sr_compat_choose_file (GTK_WIDGET (self), SR_CHOOSE_SAVE,
                         _ ("Save Report (.json for programs, else text)"),
                         _ ("restore-report.txt"), NULL, on_chosen, g_object_ref (self));
}

/* --- object
 * ---------------------------------------------------------------------------------- */

static void
sr_restore_report_page_constructed (GObject *object)
{
  SrRestoreReportPage *self = SR_RESTORE_REPORT_PAGE (object);

  G_OBJECT_CLASS (sr_restore_report_page_parent_class)->constructed (object);
  gtk_list_box_bind_model (self->counts, sr_restore_run_get_counts (get_run (self)),
                           sr_rows_make_result, NULL, NULL);
  gtk_box_append (self->buttons, sr_rows_make_copy_text_button (get_command, get_run (self)));
  g_signal_connect_object (get_run (self), "notify::state", G_CALLBACK (follow_state), self,
                           G_CONNECT_SWAPPED);
  follow_state (self);
}

static void
sr_restore_report_page_class_init (SrRestoreReportPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->constructed = sr_restore_report_page_constructed;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/strongroom/Strongroom/restore/sr-restore-report-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrRestoreReportPage, icon);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreReportPage, undo_error);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreReportPage, buttons);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreReportPage, counts_group);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreReportPage, counts);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreReportPage, undo);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreReportPage, save);
  gtk_widget_class_bind_template_callback (widget_class, on_undo_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_save_clicked);
}

static void
sr_restore_report_page_init (SrRestoreReportPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sr_rows_wrap_button (self->undo);
  sr_rows_wrap_button (self->save);
}

GtkWidget *
sr_restore_report_page_new (SrRestoreModel *model,
                            SrRestoreRun   *run)
{
  return g_object_new (SR_TYPE_RESTORE_REPORT_PAGE, "model", model, "run", run, NULL);
}
