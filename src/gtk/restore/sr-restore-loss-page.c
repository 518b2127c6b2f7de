/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <glib/gi18n.h>

#include "gtk/restore/sr-restore-loss-page.h"

#include "gtk/restore/sr-rows.h"
#include "gtk/sr-compat.h"
#include "gtk/sr-window.h"

struct _SrRestoreLossPage
{
  SrRestorePage parent_instance;

  /* From the template. */
  GtkWidget  *icon;
  GtkWidget  *losses_group;
  GtkListBox *losses;
  GtkWidget  *safety_group;
  GtkWidget  *safety;
  GtkWidget  *accept_group;
  GtkWidget  *accept;
  GtkWidget  *name_group;
  GtkWidget  *name;
  GtkBox     *command;
};

G_DEFINE_FINAL_TYPE (SrRestoreLossPage, sr_restore_loss_page, SR_TYPE_RESTORE_PAGE)

static SrRestoreModel *
get_model (SrRestoreLossPage *self)
{
  return sr_restore_page_get_model (SR_RESTORE_PAGE (self));
}

static void
on_chosen (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (SrRestoreLossPage) self = user_data;
  g_autoptr (GError)            error = NULL;
  g_autoptr (GFile)             file = sr_compat_choose_file_finish (result, &error);
  g_autofree char              *path = file != NULL ? g_file_get_path (file) : NULL;
  SrWindow                     *window = sr_window_of (GTK_WIDGET (self));

  if (error != NULL && window != NULL)
    sr_window_toast (window, error->message);
  if (path != NULL)
    g_object_set (get_model (self), "safety", path, NULL);
}

static void
on_choose_clicked (SrRestoreLossPage *self)
{
  g_autofree char *safety = NULL;
  g_autofree char *name = NULL;

  g_object_get (get_model (self), "safety", &safety, NULL);
  name = g_path_get_basename (safety);
  sr_compat_choose_file (GTK_WIDGET (self), SR_CHOOSE_SAVE, _ ("Save What Is There"), name, NULL,
                         on_chosen, g_object_ref (self));
}

static char *
get_command (gpointer data)
{
  return sr_restore_model_get_command (data);
}

static void
show_loss (SrRestoreLossPage *self)
{
  gboolean         loses = sr_restore_model_loses (get_model (self));
  gboolean         needs_accept = FALSE;
  g_autofree char *expected = NULL;
  g_autofree char *title = NULL;

  g_object_get (get_model (self), "needs-accept", &needs_accept, "expected-name", &expected, NULL);
  title = g_strdup_printf (_ ("Type “%s” to confirm"), expected);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self->name), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->name), title);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon),
                                loses ? "dialog-warning-symbolic" : "emblem-ok-symbolic");
  gtk_widget_add_css_class (self->icon, loses ? "warning" : "success");
  gtk_widget_set_visible (self->losses_group, loses);
  gtk_widget_set_visible (self->safety_group, loses);
  gtk_widget_set_visible (self->name_group, loses);
  gtk_widget_set_visible (self->accept_group, needs_accept);
  sr_wizard_page_set_destructive (SR_WIZARD_PAGE (self), loses);
  if (loses)
    sr_wizard_page_set_next_label (SR_WIZARD_PAGE (self), _ ("_Replace"));
  else if (sr_restore_model_get_where (get_model (self)) == SR_RESTORE_TO_FILE)
    sr_wizard_page_set_next_label (SR_WIZARD_PAGE (self), _ ("_Write"));
}

static void
sr_restore_loss_page_constructed (GObject *object)
{
  SrRestoreLossPage *self = SR_RESTORE_LOSS_PAGE (object);
  SrRestorePage     *page = SR_RESTORE_PAGE (object);

  G_OBJECT_CLASS (sr_restore_loss_page_parent_class)->constructed (object);
  gtk_list_box_bind_model (self->losses, sr_restore_model_get_losses (get_model (self)),
                           sr_rows_make_result, NULL, NULL);
  sr_restore_page_bind (page, self->safety, "text", "safety");
  sr_restore_page_bind (page, self->name, "text", "typed-name");
  sr_restore_page_bind (page, self->accept, "active", "accept");
  gtk_box_append (self->command,
                  sr_rows_make_copy_text_button (get_command, get_model (self)));
  show_loss (self);
  sr_restore_page_wait_for (page, "loss-reason");
}

static void
sr_restore_loss_page_class_init (SrRestoreLossPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->constructed = sr_restore_loss_page_constructed;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/strongroom/Strongroom/restore/sr-restore-loss-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrRestoreLossPage, icon);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreLossPage, losses_group);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreLossPage, losses);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreLossPage, safety_group);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreLossPage, safety);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreLossPage, accept_group);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreLossPage, accept);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreLossPage, name_group);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreLossPage, name);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreLossPage, command);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_clicked);
}

static void
sr_restore_loss_page_init (SrRestoreLossPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sr_restore_loss_page_new (SrRestoreModel *model)
{
  return g_object_new (SR_TYPE_RESTORE_LOSS_PAGE, "model", model, NULL);
}
