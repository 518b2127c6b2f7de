/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#include "config.h"

#include <string.h>

#include "gtk/restore/sr-records-page.h"
#include "gtk/restore/sr-restore-progress-page.h"
#include "gtk/restore/sr-restore-report-page.h"
#include "sr-test-util.h"
#include "sr-ui-pages.h"
#include "sr-ui-restore.h"
#include "sr-ui-test.h"

#define POS_KEY "run-pos-backup-key"

static gboolean
is_at_rest (gpointer data)
{
  const char *state = sr_file_model_get_state (data);

  return strcmp (state, "opening") != 0 && strcmp (state, "judging") != 0;
}

SrFilePage *
sr_ui_restore_open (SrWindow   *window,
                    const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  SrFilePage       *page;

  sr_file_page_open (window, file);
  page = SR_FILE_PAGE (sr_window_get_page (window));
  sr_ui_test_wait (is_at_rest, sr_file_page_get_model (page), "the backup file is judged");
  return page;
}

SrFilePage *
sr_ui_restore_open_sample (SrWindow   *window,
                           const char *name)
{
  g_autofree char *path = sr_ui_restore_find_sample (name);

  return sr_ui_restore_open (window, path);
}

/* The folder of samples, also where no test harness tells it. */
char *
sr_ui_restore_find_sample (const char *name)
{
  return g_build_filename (SR_TEST_DATA, "samples", name, NULL);
}

void
sr_ui_page_file_complete (SrWindow   *window,
                          const char *scratch)
{
  sr_ui_restore_open_sample (window, "rayerp-full.zip");
}

void
sr_ui_page_file_broken (SrWindow   *window,
                        const char *scratch)
{
  sr_ui_restore_open_sample (window, "webeenthere-full.tar.gz");
}

void
sr_ui_page_file_key (SrWindow   *window,
                     const char *scratch)
{
  SrFilePage          *page = sr_ui_restore_open_sample (window, "pos-database-encrypted.backup");
  g_autoptr (SrSecret) wrong = sr_secret_new_from ("wrong", 5);

  sr_file_model_give_key (sr_file_page_get_model (page), wrong);
  sr_ui_test_wait (is_at_rest, sr_file_page_get_model (page), "the key is refused");
}

void
sr_ui_page_file_failed (SrWindow   *window,
                        const char *scratch)
{
  g_autofree char *path = g_build_filename (scratch, "no-such-backup.zip", NULL);

  sr_ui_restore_open (window, path);
}

/* --- wizard
 * ---------------------------------------------------------------------------------- */

SrRestoreWizard *
sr_ui_restore_begin (SrWindow   *window,
                     const char *sample)
{
  SrFilePage *page = sr_ui_restore_open_sample (window, sample);
  GtkWidget  *wizard = sr_restore_wizard_new (sr_file_page_get_model (page));

  sr_window_open_wizard (window, SR_WIZARD (wizard));
  sr_ui_test_settle (GTK_WIDGET (window));
  return SR_RESTORE_WIZARD (wizard);
}

SrRestoreWizard *
sr_ui_restore_begin_into (SrWindow      *window,
                          const char    *sample,
                          SrRestoreWhere where,
                          const char    *scratch,
                          const char    *name)
{
  SrRestoreWizard *wizard = sr_ui_restore_begin (window, sample);
  g_autofree char *path = g_build_filename (scratch, name, NULL);

  sr_ui_test_click (GTK_WIDGET (window), "Next");
  sr_ui_test_settle (GTK_WIDGET (window));
  g_object_set (sr_restore_wizard_get_model (wizard), "where", (guint) where, "path", path, NULL);
  return wizard;
}

static gboolean
is_checked (gpointer data)
{
  const char *state = sr_restore_model_get_checks_state (data);

  return strcmp (state, "passed") == 0 || strcmp (state, "failed") == 0;
}

void
sr_ui_restore_check (SrWindow        *window,
                     SrRestoreWizard *wizard)
{
  sr_ui_test_click (GTK_WIDGET (window), "Check");
  sr_ui_test_wait (is_checked, sr_restore_wizard_get_model (wizard), "the target is checked");
  sr_ui_test_settle (GTK_WIDGET (window));
}

static gboolean
is_reported (gpointer data)
{
  return SR_IS_RESTORE_REPORT_PAGE (sr_wizard_get_page (data));
}

void
sr_ui_restore_finish (SrWindow        *window,
                      SrRestoreWizard *wizard,
                      const char      *button)
{
  sr_ui_test_click (GTK_WIDGET (window), button);
  sr_ui_test_wait (is_reported, wizard, "the restore ends");
  sr_ui_test_settle (GTK_WIDGET (window));
}

void
sr_ui_page_restore_what (SrWindow   *window,
                         const char *scratch)
{
  SrRestoreWizard *wizard = sr_ui_restore_begin (window, "rayerp-full.zip");

  g_object_set (sr_restore_wizard_get_model (wizard), "what", (guint) SR_RESTORE_FILES, NULL);
}

void
sr_ui_page_restore_records (SrWindow   *window,
                            const char *scratch)
{
  SrRestoreWizard *wizard = sr_ui_restore_begin (window, "rayerp-full.zip");

  g_object_set (sr_restore_wizard_get_model (wizard), "what", (guint) SR_RESTORE_RECORDS, NULL);
}

void
sr_ui_page_restore_where (SrWindow   *window,
                          const char *scratch)
{
  sr_ui_restore_begin_into (window, "rayerp-full.zip", SR_RESTORE_TO_FILE, "/srv", "tables");
}

void
sr_ui_page_restore_server (SrWindow   *window,
                           const char *scratch)
{
  SrRestoreWizard *wizard = sr_ui_restore_begin_into (window, "rayerp-full.zip",
                                                      SR_RESTORE_TO_POSTGRES, "/srv", "tables");

  g_object_set (sr_restore_wizard_get_model (wizard), "host", "db.example", "database", "shop",
                "user", "erp", NULL);
}

void
sr_ui_page_restore_checks (SrWindow   *window,
                           const char *scratch)
{
  SrRestoreWizard *wizard = sr_ui_restore_begin_into (window, "rayerp-full.zip",
                                                      SR_RESTORE_TO_SQLITE, scratch, "shop.db");

  sr_ui_restore_check (window, wizard);
}

void
sr_ui_page_restore_in_the_way (SrWindow   *window,
                               const char *scratch)
{
  SrRestoreWizard *wizard = sr_ui_restore_begin_into (window, "rayerp-full.zip",
                                                      SR_RESTORE_TO_SQLITE, scratch, "no/shop.db");

  sr_ui_restore_check (window, wizard);
}

void
sr_ui_page_restore_nothing_lost (SrWindow   *window,
                                 const char *scratch)
{
  sr_ui_page_restore_checks (window, scratch);
  sr_ui_test_click (GTK_WIDGET (window), "Next");
}

void
sr_ui_page_restore_loss (SrWindow   *window,
                         const char *scratch)
{
  SrRestoreWizard *wizard;

  sr_test_write_file (scratch, "shop/uploads/invoice-1.pdf", "an old invoice", 14);
  wizard = sr_ui_restore_begin_into (window, "rayerp-full.zip", SR_RESTORE_TO_FOLDER, scratch,
                                     "shop");
  sr_ui_restore_check (window, wizard);
  sr_ui_test_click (GTK_WIDGET (window), "Next");
}

/* A run that never begins: a picture needs it to be at rest. */
void
sr_ui_page_restore_progress (SrWindow   *window,
                             const char *scratch)
{
  SrRestoreWizard            *wizard = sr_ui_restore_begin (window, "rayerp-full.zip");
  SrRestoreModel             *model = sr_restore_wizard_get_model (wizard);
  g_autoptr (SrRestoreChoice) choice = sr_restore_model_get_choice (model);
  g_autoptr (SrRestoreJob)    job = sr_restore_job_new (choice, "Restore");
  g_autoptr (SrRestoreRun)    run = sr_restore_run_new (job, "database shop");

  sr_wizard_replace (SR_WIZARD (wizard),
                     SR_WIZARD_PAGE (sr_restore_progress_page_new (model, run)));
}

void
sr_ui_page_restore_report (SrWindow   *window,
                           const char *scratch)
{
  SrRestoreWizard *wizard = sr_ui_restore_begin_into (window, "rayerp-full.zip",
                                                      SR_RESTORE_TO_SQLITE, scratch, "shop.db");

  sr_ui_restore_check (window, wizard);
  sr_ui_test_click (GTK_WIDGET (window), "Next");
  sr_ui_test_settle (GTK_WIDGET (window));
  sr_ui_restore_finish (window, wizard, "Restore");
}

/* What was checked is another thing when it is used. */
void
sr_ui_page_restore_failed (SrWindow   *window,
                           const char *scratch)
{
  SrRestoreWizard *wizard = sr_ui_restore_begin_into (window, "rayerp-full.zip",
                                                      SR_RESTORE_TO_SQLITE, scratch, "shop.db");

  sr_ui_restore_check (window, wizard);
  sr_ui_test_click (GTK_WIDGET (window), "Next");
  sr_ui_test_settle (GTK_WIDGET (window));
  sr_test_write_file (scratch, "shop.db", "somebody else's file", 20);
  sr_ui_restore_finish (window, wizard, "Restore");
}

static gboolean
is_read (gpointer data)
{
  GListModel              *list = data;
  g_autoptr (SrRecordItem) first = g_list_model_get_item (list, 0);

  return strcmp (sr_record_list_get_state (data), "ready") == 0 && first != NULL &&
         sr_record_item_is_loaded (first);
}

void
sr_ui_page_records (SrWindow   *window,
                    const char *scratch)
{
  SrFilePage *page = sr_ui_restore_open_sample (window, "rayerp-full.zip");
  GtkWidget  *records = sr_records_page_new (sr_file_page_get_model (page));

  sr_window_push_page (window, SR_PAGE (records));
  sr_ui_test_wait (is_read, sr_records_page_get_list (SR_RECORDS_PAGE (records)),
                   "the records are read");
}
