/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <glib/gi18n.h>

#include "gtk/protect/sr-protect-backup-page.h"
#include "gtk/protect/sr-protect-kit-page.h"
#include "gtk/protect/sr-protect-password-page.h"
#include "gtk/protect/sr-protect-what-page.h"
#include "gtk/protect/sr-protect-where-page.h"
#include "gtk/protect/sr-protect-wizard.h"
#include "gtk/sr-application.h"

struct _SrProtectWizard
{
  SrWizard parent_instance;

  SrProtect    *protect; /* owned */
  SrSiteList   *sites;   /* owned */
  SrJobQueue   *queue;   /* owned */
  SrProtectRun *run;     /* (nullable) owned */
};

G_DEFINE_FINAL_TYPE (SrProtectWizard, sr_protect_wizard, SR_TYPE_WIZARD)

static void
push (SrProtectWizard *self,
      GtkWidget       *page,
      void (*on_next) (SrProtectWizard *self))
{
  g_signal_connect_object (page, "next", G_CALLBACK (on_next), self, G_CONNECT_SWAPPED);
  sr_wizard_push (SR_WIZARD (self), SR_WIZARD_PAGE (page));
}

/* --- the backup ------------------------------------------------------------------------------- */

static void
show_site (SrProtectWizard *self)
{
  SrWindow        *window = sr_window_of (GTK_WIDGET (self));
  g_autofree char *id = g_strdup (sr_protect_run_get_site_id (self->run));

  sr_wizard_close (SR_WIZARD (self));
  if (window != NULL && id != NULL)
    sr_window_show_site (window, id);
}

static void
on_backup_next (SrProtectWizard *self)
{
  if (sr_protect_run_get_stage (self->run) == SR_PROTECT_DONE)
    show_site (self);
  else
    sr_protect_run_start (self->run);
}

static void
on_stage (SrProtectWizard *self)
{
  SrProtectStage stage = sr_protect_run_get_stage (self->run);
  const char    *at_stake = _ ("Nothing was set up yet. What you decided here is lost.");

  if (sr_protect_run_get_site_id (self->run) != NULL)
    at_stake = NULL;
  if (stage == SR_PROTECT_PREPARING || stage == SR_PROTECT_RUNNING)
    at_stake = _ ("The first backup stops.");
  sr_wizard_set_at_stake (SR_WIZARD (self), at_stake);
}

static void
after_kit (SrProtectWizard *self)
{
  g_clear_object (&self->run);
  self->run = sr_protect_run_new (self->protect, self->queue, self->sites);
  g_signal_connect_object (self->run, "notify::stage", G_CALLBACK (on_stage), self,
                           G_CONNECT_SWAPPED);
  push (self, sr_protect_backup_page_new (self->protect, self->run), on_backup_next);
  sr_protect_run_start (self->run);
}

/* --- decisions -------------------------------------------------------------------------------- */

static void
show_kit (gpointer data)
{
  SrProtectWizard *self = SR_PROTECT_WIZARD (data);

  push (self, sr_protect_kit_page_new (self->protect), after_kit);
}

static void
after_password (SrProtectWizard *self)
{
  SrWizardPage *page = sr_wizard_get_page (SR_WIZARD (self));

  sr_protect_password_page_check (SR_PROTECT_PASSWORD_PAGE (page), show_kit, G_OBJECT (self));
}

static void
after_where (SrProtectWizard *self)
{
  push (self, sr_protect_password_page_new (self->protect), after_password);
}

static void
after_what (SrProtectWizard *self)
{
  sr_wizard_set_at_stake (SR_WIZARD (self),
                          _ ("Nothing was set up yet. What you decided here is lost."));
  push (self, sr_protect_where_page_new (self->protect), after_where);
}

/* --- object ----------------------------------------------------------------------------------- */

static void
on_closed (SrProtectWizard *self)
{
  if (self->run != NULL)
    sr_protect_run_cancel (self->run);
}

static void
sr_protect_wizard_finalize (GObject *object)
{
  SrProtectWizard *self = SR_PROTECT_WIZARD (object);

  g_clear_object (&self->run);
  g_clear_object (&self->protect);
  g_clear_object (&self->queue);
  g_clear_object (&self->sites);
  G_OBJECT_CLASS (sr_protect_wizard_parent_class)->finalize (object);
}

static void
sr_protect_wizard_class_init (SrProtectWizardClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sr_protect_wizard_finalize;
}

static void
sr_protect_wizard_init (SrProtectWizard *self)
{
  g_signal_connect (self, "closed", G_CALLBACK (on_closed), NULL);
}

GtkWidget *
sr_protect_wizard_new (SrSiteList *sites,
                       SrJobQueue *queue)
{
  SrProtectWizard *self =
      g_object_new (SR_TYPE_PROTECT_WIZARD, "title", _ ("Protect an ERP"), NULL);
  g_autoptr (SrSiteStore) store = sr_site_store_new (sr_site_list_get_folder (sites));

  self->sites = g_object_ref (sites);
  self->queue = g_object_ref (queue);
  self->protect = sr_protect_new (store);
  push (self, sr_protect_what_page_new (self->protect), after_what);
  return GTK_WIDGET (self);
}

SrProtect *
sr_protect_wizard_get_protect (SrProtectWizard *self)
{
  return self->protect;
}

void
sr_protect_wizard_open (SrWindow *window)
{
  SrApplication *application =
      SR_APPLICATION (gtk_window_get_application (GTK_WINDOW (window)));
  GtkWidget *wizard = sr_protect_wizard_new (sr_application_get_site_list (application),
                                             sr_application_get_queue (application));

  sr_window_open_wizard (window, SR_WIZARD (wizard));
}
