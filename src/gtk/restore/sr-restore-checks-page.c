/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <string.h>

#include "gtk/restore/sr-restore-checks-page.h"

#include "gtk/restore/sr-rows.h"

struct _SrRestoreChecksPage
{
  SrRestorePage parent_instance;

  /* From the template. */
  GtkWidget  *sentence;
  GtkListBox *checks;
  GtkWidget  *again;
};

G_DEFINE_FINAL_TYPE (SrRestoreChecksPage, sr_restore_checks_page, SR_TYPE_RESTORE_PAGE)

static SrRestoreModel *
get_model (SrRestoreChecksPage *self)
{
  return sr_restore_page_get_model (SR_RESTORE_PAGE (self));
}

static void
follow_state (SrRestoreChecksPage *self)
{
  const char *state = sr_restore_model_get_checks_state (get_model (self));

  sr_wizard_page_set_can_go_next (SR_WIZARD_PAGE (self), strcmp (state, "passed") == 0);
  gtk_widget_set_visible (self->sentence, strcmp (state, "running") != 0);
  gtk_widget_set_sensitive (self->again, strcmp (state, "running") != 0);
}

static void
on_again_clicked (SrRestoreChecksPage *self)
{
  sr_restore_model_check_again (get_model (self));
}

static void
sr_restore_checks_page_shown (SrWizardPage *page)
{
  sr_restore_model_check (get_model (SR_RESTORE_CHECKS_PAGE (page)));
}

static void
sr_restore_checks_page_hidden (SrWizardPage *page)
{
  sr_restore_model_stop_checking (get_model (SR_RESTORE_CHECKS_PAGE (page)));
}

static void
sr_restore_checks_page_constructed (GObject *object)
{
  SrRestoreChecksPage *self = SR_RESTORE_CHECKS_PAGE (object);

  G_OBJECT_CLASS (sr_restore_checks_page_parent_class)->constructed (object);
  gtk_list_box_bind_model (self->checks, sr_restore_model_get_checks (get_model (self)),
                           sr_rows_make_result, NULL, NULL);
  g_signal_connect_object (get_model (self), "notify::checks-state", G_CALLBACK (follow_state),
                           self, G_CONNECT_SWAPPED);
  follow_state (self);
}

static void
sr_restore_checks_page_class_init (SrRestoreChecksPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->constructed = sr_restore_checks_page_constructed;
  SR_WIZARD_PAGE_CLASS (class)->shown = sr_restore_checks_page_shown;
  SR_WIZARD_PAGE_CLASS (class)->hidden = sr_restore_checks_page_hidden;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/strongroom/Strongroom/restore/sr-restore-checks-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrRestoreChecksPage, sentence);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreChecksPage, checks);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreChecksPage, again);
  gtk_widget_class_bind_template_callback (widget_class, on_again_clicked);
}

static void
sr_restore_checks_page_init (SrRestoreChecksPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sr_restore_checks_page_new (SrRestoreModel *model)
{
  return g_object_new (SR_TYPE_RESTORE_CHECKS_PAGE, "model", model, NULL);
}
