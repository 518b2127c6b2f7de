/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#include "config.h"

#include <string.h>

#include "gtk/protect/sr-protect-kit-page.h"
#include "gtk/protect/sr-protect-what-page.h"
#include "gtk/sr-application.h"
#include "job/sr-vault.h"
#include "sr-test-sqlite.h"
#include "sr-test-util.h"
#include "sr-ui-pages.h"
#include "sr-ui-protect.h"
#include "sr-ui-test.h"

/* Of the wizard that was opened last; a weak pointer. */
static SrSiteList *site_list;

typedef struct
{
  SrProtectWizard *wizard;
  const char      *title; /* (nullable) */
} Waiting;

static gboolean
is_idle (gpointer data)
{
  Waiting      *waiting = data;
  SrWizardPage *page = sr_wizard_get_page (SR_WIZARD (waiting->wizard));
  gboolean      is_busy;

  g_object_get (sr_protect_wizard_get_protect (waiting->wizard), "busy", &is_busy, NULL);
  if (is_busy || (site_list != NULL && sr_site_list_is_busy (site_list)))
    return FALSE;
  return waiting->title == NULL || g_str_equal (sr_wizard_page_get_title (page), waiting->title);
}

void
sr_ui_protect_wait (SrWindow        *window,
                    SrProtectWizard *wizard,
                    const char      *title)
{
  Waiting waiting = { wizard, title };

  sr_ui_test_wait (is_idle, &waiting, title != NULL ? title : "the wizard to be at rest");
  sr_ui_test_settle (GTK_WIDGET (window));
}

char *
sr_ui_protect_make_project (const char *scratch)
{
  static const char settings[] = "DATABASE_URL=postgresql://shop:hush@localhost/shop\n";
  char             *project = g_build_filename (scratch, "corner-shop", NULL);
  g_autofree char  *database = g_build_filename (project, "data", "shop.db", NULL);

  sr_test_write_file (project, ".env", settings, strlen (settings));
  sr_test_write_file (project, "public/uploads/a.png", "picture", 7);
  sr_test_write_file (project, "data/readme.txt", "x", 1);
  sr_test_sqlite_run (database, "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT);"
                                "INSERT INTO customers (name) VALUES ('Ada'), ('Grace');");
  return project;
}

SrProtectWizard *
sr_ui_protect_begin (SrWindow   *window,
                     const char *scratch)
{
  SrApplication *application =
      SR_APPLICATION (gtk_window_get_application (GTK_WINDOW (window)));
  g_autofree char       *folder = g_build_filename (scratch, "sites", NULL);
  g_autofree char       *path = g_build_filename (scratch, "history.db", NULL);
  g_autoptr (SrHistory)  history = sr_history_open (path, NULL, NULL);
  g_autoptr (SrJobQueue) queue = sr_job_queue_new (history);
  g_autoptr (SrSiteList) list =
      sr_site_list_new (sr_application_get_sites (application), folder, path);
  GtkWidget *wizard = sr_protect_wizard_new (list, queue);

  g_set_weak_pointer (&site_list, list);
  g_object_set (sr_protect_wizard_get_protect (SR_PROTECT_WIZARD (wizard)), "keep-password", FALSE,
                NULL);
  g_assert_true (sr_window_open_wizard (window, SR_WIZARD (wizard)));
  sr_ui_test_settle (GTK_WIDGET (window));
  return SR_PROTECT_WIZARD (wizard);
}

SrProtectWizard *
sr_ui_protect_begin_found (SrWindow   *window,
                           const char *scratch)
{
  g_autofree char *project = sr_ui_protect_make_project (scratch);
  SrProtectWizard *wizard = sr_ui_protect_begin (window, scratch);

  sr_protect_what_page_look (SR_PROTECT_WHAT_PAGE (sr_wizard_get_page (SR_WIZARD (wizard))),
                             project);
  sr_ui_protect_wait (window, wizard, NULL);
  return wizard;
}

void
sr_ui_protect_choose_place (SrWindow        *window,
                            SrProtectWizard *wizard,
                            const char      *scratch,
                            const char      *name)
{
  g_autofree char *path = g_build_filename (scratch, name, NULL);

  sr_ui_test_click (GTK_WIDGET (window), "Next");
  sr_protect_set_place (sr_protect_wizard_get_protect (wizard), path);
  sr_ui_protect_wait (window, wizard, "Where Shall the Backups Be Kept?");
}

static gboolean
has_ended (gpointer data)
{
  SrWizardPage *page = sr_wizard_get_page (SR_WIZARD (data));

  return *sr_wizard_page_get_next_label (page) != '\0';
}

void
sr_ui_protect_back_up (SrWindow        *window,
                       SrProtectWizard *wizard)
{
  sr_ui_test_click (GTK_WIDGET (window), "Back Up");
  sr_ui_test_wait (has_ended, wizard, "the backup to end");
  sr_ui_protect_wait (window, wizard, "First Backup");
}

/* --- pages ------------------------------------------------------------------------------------ */

void
sr_ui_page_protect_what (SrWindow   *window,
                         const char *scratch)
{
  sr_ui_protect_begin (window, scratch);
}

void
sr_ui_page_protect_found (SrWindow   *window,
                          const char *scratch)
{
  sr_ui_protect_begin_found (window, scratch);
}

void
sr_ui_page_protect_where (SrWindow   *window,
                          const char *scratch)
{
  sr_ui_protect_choose_place (window, sr_ui_protect_begin_found (window, scratch), scratch,
                              "vault");
}

void
sr_ui_page_protect_occupied (SrWindow   *window,
                             const char *scratch)
{
  sr_test_write_file (scratch, "drive/holiday.jpg", "x", 1);
  sr_ui_protect_choose_place (window, sr_ui_protect_begin_found (window, scratch), scratch,
                              "drive");
}

static SrProtectWizard *
show_password (SrWindow   *window,
               const char *scratch)
{
  SrProtectWizard *wizard = sr_ui_protect_begin_found (window, scratch);

  sr_ui_protect_choose_place (window, wizard, scratch, "vault");
  sr_ui_test_click (GTK_WIDGET (window), "Next");
  sr_ui_protect_wait (window, wizard, "Which Password Opens the Vault?");
  return wizard;
}

void
sr_ui_page_protect_password (SrWindow   *window,
                             const char *scratch)
{
  show_password (window, scratch);
}

void
sr_ui_page_protect_own_password (SrWindow   *window,
                                 const char *scratch)
{
  GtkWidget *row;

  show_password (window, scratch);
  row = sr_ui_test_find (GTK_WIDGET (window), ADW_TYPE_ACTION_ROW, "A Password of Your Own");
  gtk_widget_activate (adw_action_row_get_activatable_widget (ADW_ACTION_ROW (row)));
  sr_ui_test_settle (GTK_WIDGET (window));
  row = sr_ui_test_find (GTK_WIDGET (window), ADW_TYPE_PASSWORD_ENTRY_ROW, "Password");
  gtk_editable_set_text (GTK_EDITABLE (row), "corner shop 7");
}

static gboolean
has_answer (gpointer data)
{
  return sr_wizard_page_get_can_go_next (sr_wizard_get_page (SR_WIZARD (data)));
}

void
sr_ui_page_protect_existing (SrWindow   *window,
                             const char *scratch)
{
  g_autofree char     *path = g_build_filename (scratch, "vault", NULL);
  g_autoptr (SrSecret) password = sr_secret_new_from ("right", 5);
  g_autoptr (SrRepo)   repo = sr_vault_create (path, password, NULL, NULL, NULL);
  SrProtectWizard     *wizard;

  g_assert_nonnull (repo);
  wizard = show_password (window, scratch);
  gtk_editable_set_text (GTK_EDITABLE (sr_ui_test_find (GTK_WIDGET (window),
                                                        ADW_TYPE_PASSWORD_ENTRY_ROW, NULL)),
                         "wrong");
  sr_ui_test_click (GTK_WIDGET (window), "Next");
  sr_ui_test_wait (has_answer, wizard, "the password to be looked at");
  sr_ui_protect_wait (window, wizard, "Which Password Opens the Vault?");
}

static SrProtectWizard *
show_kit (SrWindow   *window,
          const char *scratch)
{
  SrProtectWizard *wizard = show_password (window, scratch);

  sr_ui_test_click (GTK_WIDGET (window), "Next");
  sr_ui_protect_wait (window, wizard, "Keep the Recovery Kit");
  return wizard;
}

void
sr_ui_page_protect_kit (SrWindow   *window,
                        const char *scratch)
{
  show_kit (window, scratch);
}

void
sr_ui_page_protect_done (SrWindow   *window,
                         const char *scratch)
{
  sr_ui_protect_back_up (window, show_kit (window, scratch));
}

void
sr_ui_page_protect_failed (SrWindow   *window,
                           const char *scratch)
{
  SrProtectWizard *wizard = show_kit (window, scratch);

  /* Meanwhile somebody else puts something there. */
  sr_test_write_file (scratch, "vault", "x", 1);
  sr_ui_protect_back_up (window, wizard);
}
