/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <glib/gi18n.h>

#include "gtk/protect/sr-protect-backup-page.h"
#include "gtk/sr-wizard.h"

struct _SrProtectBackupPage
{
  SrProtectPage parent_instance;

  char *css_class; /* of the icon */

  /* From the template. */
  GtkWidget *running;
  GtkWidget *stop;
  GtkWidget *ended;
  GtkWidget *icon;
  GtkWidget *next_step;
  GtkWidget *facts;
  GtkWidget *files;
  GtkWidget *records;
  GtkWidget *size;
  GtkWidget *stored;
  GtkWidget *keyring_box;
  GtkWidget *keyring;
  GtkWidget *later;
};

G_DEFINE_FINAL_TYPE (SrProtectBackupPage, sr_protect_backup_page, SR_TYPE_PROTECT_PAGE)

static SrProtectRun *
get_run (SrProtectBackupPage *self)
{
  return sr_protect_page_get_run (SR_PROTECT_PAGE (self));
}

static void
on_stop (SrProtectBackupPage *self)
{
  gtk_widget_set_sensitive (self->stop, FALSE);
  sr_protect_run_cancel (get_run (self));
}

static void
on_later (SrProtectBackupPage *self)
{
  GtkWidget *wizard = gtk_widget_get_ancestor (GTK_WIDGET (self), SR_TYPE_WIZARD);

  if (wizard != NULL)
    sr_wizard_close (SR_WIZARD (wizard));
}

static void
follow_icon (SrProtectBackupPage *self,
             const char          *css_class)
{
  if (self->css_class != NULL)
    gtk_widget_remove_css_class (self->icon, self->css_class);
  g_free (self->css_class);
  self->css_class = *css_class != '\0' ? g_strdup (css_class) : NULL;
  if (self->css_class != NULL)
    gtk_widget_add_css_class (self->icon, self->css_class);
}

static void
follow_facts (SrProtectBackupPage *self,
              gboolean             is_done)
{
  GtkWidget *rows[] = { self->files, self->records, self->size, self->stored };

  gtk_widget_set_visible (self->facts, is_done);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *text = adw_action_row_get_subtitle (ADW_ACTION_ROW (rows[i]));

      gtk_widget_set_visible (rows[i], text != NULL && *text != '\0');
    }
}

static const char *
button_for (SrProtectStage stage)
{
  if (stage == SR_PROTECT_DONE)
    return _ ("_Show Site");
  return stage == SR_PROTECT_FAILED ? _ ("_Try Again") : "";
}

static void
follow (SrProtectBackupPage *self)
{
  SrProtectRun    *run = get_run (self);
  SrProtectStage   stage = sr_protect_run_get_stage (run);
  gboolean         is_failed = stage == SR_PROTECT_FAILED;
  gboolean         has_ended = is_failed || stage == SR_PROTECT_DONE;
  gboolean         is_saved = sr_protect_run_get_site_id (run) != NULL;
  g_autofree char *problem = NULL, *text = NULL, *css_class = NULL, *next_step = NULL;

  g_object_get (run, "keyring-problem", &problem, "css-class", &css_class, "next-step",
                &next_step, NULL);
  gtk_widget_set_visible (self->running, !has_ended);
  gtk_widget_set_sensitive (self->stop, TRUE);
  gtk_widget_set_visible (self->ended, has_ended);
  gtk_widget_set_visible (self->next_step, *next_step != '\0');
  gtk_widget_set_visible (self->later, is_failed && is_saved);
  gtk_widget_set_visible (self->keyring_box, *problem != '\0');
  text = g_strdup_printf (_ ("The password could not be kept in the keyring, so that it is asked "
                             "for each time: %s"),
                          problem);
  gtk_label_set_label (GTK_LABEL (self->keyring), text);
  follow_icon (self, css_class);
  follow_facts (self, stage == SR_PROTECT_DONE);
  sr_wizard_page_set_next_label (SR_WIZARD_PAGE (self), button_for (stage));
  /* Once the site is saved its decisions stand. */
  sr_wizard_page_set_can_go_back (SR_WIZARD_PAGE (self), is_failed && !is_saved);
}

static void
sr_protect_backup_page_constructed (GObject *object)
{
  SrProtectBackupPage *self = SR_PROTECT_BACKUP_PAGE (object);

  G_OBJECT_CLASS (sr_protect_backup_page_parent_class)->constructed (object);
  g_signal_connect_object (get_run (self), "notify::stage", G_CALLBACK (follow), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  follow (self);
}

static void
sr_protect_backup_page_finalize (GObject *object)
{
  g_free (SR_PROTECT_BACKUP_PAGE (object)->css_class);
  G_OBJECT_CLASS (sr_protect_backup_page_parent_class)->finalize (object);
}

static void
sr_protect_backup_page_class_init (SrProtectBackupPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->constructed = sr_protect_backup_page_constructed;
  G_OBJECT_CLASS (class)->finalize = sr_protect_backup_page_finalize;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/strongroom/Strongroom/protect/sr-protect-backup-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrProtectBackupPage, running);
  gtk_widget_class_bind_template_child (widget_class, SrProtectBackupPage, stop);
  gtk_widget_class_bind_template_child (widget_class, SrProtectBackupPage, ended);
  gtk_widget_class_bind_template_child (widget_class, SrProtectBackupPage, icon);
  gtk_widget_class_bind_template_child (widget_class, SrProtectBackupPage, next_step);
  gtk_widget_class_bind_template_child (widget_class, SrProtectBackupPage, facts);
  gtk_widget_class_bind_template_child (widget_class, SrProtectBackupPage, files);
  gtk_widget_class_bind_template_child (widget_class, SrProtectBackupPage, records);
  gtk_widget_class_bind_template_child (widget_class, SrProtectBackupPage, size);
  gtk_widget_class_bind_template_child (widget_class, SrProtectBackupPage, stored);
  gtk_widget_class_bind_template_child (widget_class, SrProtectBackupPage, keyring_box);
  gtk_widget_class_bind_template_child (widget_class, SrProtectBackupPage, keyring);
  gtk_widget_class_bind_template_child (widget_class, SrProtectBackupPage, later);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_later);
}

static void
sr_protect_backup_page_init (SrProtectBackupPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sr_protect_backup_page_new (SrProtect    *protect,
                            SrProtectRun *run)
{
  return g_object_new (SR_TYPE_PROTECT_BACKUP_PAGE, "protect", protect, "run", run, NULL);
}
