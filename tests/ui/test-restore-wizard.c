/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
/* Opening and restoring a backup file with nothing set up, page by page. */
#include "config.h"

#include <string.h>

#include "gtk/restore/sr-records-page.h"
#include "gtk/restore/sr-restore-report-page.h"
#include "sr-test-util.h"
#include "sr-ui-restore.h"
#include "sr-ui-test.h"

#define POS_KEY "run-pos-backup-key"

typedef struct
{
  char          *scratch;
  SrApplication *application;
  SrWindow      *window;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->scratch = sr_test_mkdir ();
  fixture->application = sr_ui_test_application ();
  fixture->window = sr_ui_test_open_window (fixture->application, 800, 800);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  sr_ui_test_close (fixture->application);
  sr_test_rmdir (fixture->scratch);
}

static GtkWidget *
root (Fixture *fixture)
{
  return GTK_WIDGET (fixture->window);
}

static void
click (Fixture    *fixture,
       const char *name)
{
  sr_ui_test_click (root (fixture), name);
  sr_ui_test_settle (root (fixture));
}

static gboolean
shows (Fixture    *fixture,
       const char *label)
{
  return sr_ui_test_find (root (fixture), GTK_TYPE_LABEL, label) != NULL;
}

static gboolean
is_there (Fixture    *fixture,
          const char *name)
{
  g_autofree char *path = g_build_filename (fixture->scratch, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* --- the file's page
 * ------------------------------------------------------------------------- */

static void
test_file (Fixture      *fixture,
           gconstpointer data)
{
  GtkWidget *row;

  sr_ui_restore_open_sample (fixture->window, "rayerp-full.zip");
  sr_ui_test_settle (root (fixture));
  g_assert_true (shows (fixture, "Complete"));
  g_assert_true (shows (fixture, "RayERP backup (2.0.0)"));
  g_assert_true (shows (fixture, "employees"));
  g_assert_true (shows (fixture, "40 records"));
  row = sr_ui_test_find (root (fixture), ADW_TYPE_ACTION_ROW, "Restore…");
  g_assert_true (gtk_widget_get_sensitive (row));
  g_signal_emit_by_name (row, "activated");
  sr_ui_test_settle (root (fixture));
  g_assert_nonnull (sr_window_get_wizard (fixture->window));
}

static gboolean
is_at_rest (gpointer data)
{
  const char *state = sr_file_model_get_state (data);

  return strcmp (state, "opening") != 0 && strcmp (state, "judging") != 0;
}

static void
give_key (Fixture    *fixture,
          SrFilePage *page,
          const char *key)
{
  GtkWidget *entry = sr_ui_test_find (root (fixture), ADW_TYPE_PASSWORD_ENTRY_ROW, NULL);

  gtk_editable_set_text (GTK_EDITABLE (entry), key);
  click (fixture, "Open");
  sr_ui_test_wait (is_at_rest, sr_file_page_get_model (page), "the key is tried");
  sr_ui_test_settle (root (fixture));
}

static void
test_key (Fixture      *fixture,
          gconstpointer data)
{
  SrFilePage *page = sr_ui_restore_open_sample (fixture->window, "pos-database-encrypted.backup");

  sr_ui_test_settle (root (fixture));
  g_assert_true (shows (fixture, "The Backup Is Encrypted"));
  give_key (fixture, page, "wrong");
  g_assert_true (shows (fixture, "That key does not open it. Check capital letters and spaces."));
  give_key (fixture, page, POS_KEY);
  g_assert_false (shows (fixture, "The Backup Is Encrypted"));
  g_assert_true (shows (fixture, "POS backup"));
}

static void
test_without_key (Fixture      *fixture,
                  gconstpointer data)
{
  SrFilePage *page = sr_ui_restore_open_sample (fixture->window, "pos-database-encrypted.backup");
  GtkWidget  *row;

  sr_ui_test_settle (root (fixture));
  click (fixture, "Go On Without the Key");
  sr_ui_test_wait (is_at_rest, sr_file_page_get_model (page), "it goes on without a key");
  sr_ui_test_settle (root (fixture));
  g_assert_true (shows (fixture, "Suspicious"));
  row = sr_ui_test_find (root (fixture), ADW_TYPE_ACTION_ROW, "Restore…");
  g_assert_false (gtk_widget_get_sensitive (row));
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==,
                   "It is encrypted: give its key first.");
  row = sr_ui_test_find (root (fixture), ADW_TYPE_ACTION_ROW, "Give Its Key…");
  g_signal_emit_by_name (row, "activated");
  sr_ui_test_wait (is_at_rest, sr_file_page_get_model (page), "the key is asked for");
  sr_ui_test_settle (root (fixture));
  g_assert_true (shows (fixture, "The Backup Is Encrypted"));
}

static void
test_missing (Fixture      *fixture,
              gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->scratch, "none.zip", NULL);
  g_autofree char *sample = sr_ui_restore_find_sample ("rayerp-full.zip");
  g_autofree char *content = NULL;
  gsize            size;
  SrFilePage      *page = sr_ui_restore_open (fixture->window, path);

  sr_ui_test_settle (root (fixture));
  g_assert_true (shows (fixture, "The File Was Not Opened"));
  g_assert_true (g_file_get_contents (sample, &content, &size, NULL));
  sr_test_write_file (fixture->scratch, "none.zip", content, size);
  click (fixture, "Try Again");
  sr_ui_test_wait (is_at_rest, sr_file_page_get_model (page), "it is there now");
  sr_ui_test_settle (root (fixture));
  g_assert_true (shows (fixture, "Complete"));
}

static void
test_copy_command (Fixture      *fixture,
                   gconstpointer data)
{
  sr_ui_restore_open_sample (fixture->window, "rayerp-full.zip");
  sr_ui_test_settle (root (fixture));
  click (fixture, "Copy as Command");
}

static gboolean
is_read (gpointer data)
{
  return strcmp (sr_record_list_get_state (data), "ready") == 0;
}

static gboolean
shows_record (gpointer data)
{
  return sr_ui_test_find (data, GTK_TYPE_LABEL, "EMP004") != NULL;
}

static void
test_records_page (Fixture      *fixture,
                   gconstpointer data)
{
  SrRecordList *list;
  GtkWidget    *search;
  GtkWidget    *table;

  sr_ui_restore_open_sample (fixture->window, "rayerp-full.zip");
  sr_ui_test_settle (root (fixture));
  g_signal_emit_by_name (sr_ui_test_find (root (fixture), ADW_TYPE_ACTION_ROW, "Look at Records…"),
                         "activated");
  list = sr_records_page_get_list (SR_RECORDS_PAGE (sr_window_get_page (fixture->window)));
  sr_ui_test_wait (is_read, list, "the records are read");
  sr_ui_test_wait (shows_record, root (fixture), "the table shows a record");
  g_assert_true (shows (fixture, "40 records"));
  search = sr_ui_test_find (root (fixture), GTK_TYPE_SEARCH_ENTRY, NULL);
  gtk_editable_set_text (GTK_EDITABLE (search), "employeeId=EMP004");
  g_signal_emit_by_name (search, "search-changed");
  sr_ui_test_wait (is_read, list, "the search is done");
  sr_ui_test_wait (shows_record, root (fixture), "the table shows what was found");
  g_assert_true (shows (fixture, "1 record"));
  table = sr_ui_test_find (root (fixture), GTK_TYPE_COLUMN_VIEW, NULL);
  g_signal_emit_by_name (table, "activate", 0u);
  sr_ui_test_settle (root (fixture));
}

/* --- the wizard
 * ------------------------------------------------------------------------------ */

static void
test_sqlite (Fixture      *fixture,
             gconstpointer data)
{
  SrRestoreWizard *wizard = sr_ui_restore_begin_into (
      fixture->window, "rayerp-full.zip", SR_RESTORE_TO_SQLITE, fixture->scratch, "shop.db");

  sr_ui_restore_check (fixture->window, wizard);
  g_assert_true (shows (fixture, "Nothing is in the way."));
  click (fixture, "Next");
  g_assert_false (is_there (fixture, "shop.db"));
  sr_ui_restore_finish (fixture->window, wizard, "Restore");
  g_assert_true (shows (fixture, "Restored"));
  g_assert_true (shows (fixture, "employees"));
  g_assert_true (is_there (fixture, "shop.db"));
  sr_ui_test_click (root (fixture), "Undo the Restore");
  while (is_there (fixture, "shop.db") || !shows (fixture, "Undone"))
    g_main_context_iteration (NULL, TRUE);
  click (fixture, "Close");
  g_assert_null (sr_window_get_wizard (fixture->window));
}

static void
test_replace (Fixture      *fixture,
              gconstpointer data)
{
  SrRestoreWizard *wizard;
  GtkWidget       *button;

  sr_test_write_file (fixture->scratch, "shop/old.txt", "old", 3);
  wizard = sr_ui_restore_begin_into (fixture->window, "rayerp-full.zip", SR_RESTORE_TO_FOLDER,
                                     fixture->scratch, "shop");
  sr_ui_restore_check (fixture->window, wizard);
  click (fixture, "Next");
  button = sr_ui_test_find (root (fixture), GTK_TYPE_BUTTON, "Replace");
  g_assert_false (gtk_widget_get_sensitive (button));
  g_assert_true (gtk_widget_has_css_class (button, "destructive-action"));
  g_object_set (sr_restore_wizard_get_model (wizard), "typed-name", "shop", NULL);
  g_assert_true (gtk_widget_get_sensitive (button));
  /* as Return in an entry would do */
  sr_wizard_page_next (sr_wizard_get_page (SR_WIZARD (wizard)));
  sr_ui_test_settle (root (fixture));
  g_assert_true (is_there (fixture, "shop/old.txt"));
  sr_ui_restore_finish (fixture->window, wizard, "Replace");
  g_assert_true (shows (fixture, "Restored"));
  g_assert_false (is_there (fixture, "shop/old.txt"));
  g_assert_true (is_there (fixture, "shop/backup-info.json"));
}

static void
test_in_the_way (Fixture      *fixture,
                 gconstpointer data)
{
  SrRestoreWizard *wizard = sr_ui_restore_begin_into (
      fixture->window, "rayerp-full.zip", SR_RESTORE_TO_SQLITE, fixture->scratch, "no/shop.db");
  g_autofree char *path = g_build_filename (fixture->scratch, "shop.db", NULL);

  sr_ui_restore_check (fixture->window, wizard);
  g_assert_true (shows (fixture, "Something is in the way. Nothing was changed."));
  g_assert_false (
      gtk_widget_get_sensitive (sr_ui_test_find (root (fixture), GTK_TYPE_BUTTON, "Next")));
  /* Back is free, and what was decided is still there */
  click (fixture, "Back");
  g_object_set (sr_restore_wizard_get_model (wizard), "path", path, NULL);
  sr_ui_restore_check (fixture->window, wizard);
  g_assert_true (shows (fixture, "Nothing is in the way."));
}

/* The target changes between the checks and the restore. */
static void
test_failure (Fixture      *fixture,
              gconstpointer data)
{
  SrRestoreWizard *wizard = sr_ui_restore_begin_into (
      fixture->window, "rayerp-full.zip", SR_RESTORE_TO_FOLDER, fixture->scratch, "shop");

  sr_ui_restore_check (fixture->window, wizard);
  click (fixture, "Next");
  sr_test_write_file (fixture->scratch, "shop/theirs.txt", "x", 1);
  sr_ui_restore_finish (fixture->window, wizard, "Restore");
  g_assert_true (shows (fixture, "Not Restored"));
  g_assert_true (is_there (fixture, "shop/theirs.txt"));
  g_assert_false (is_there (fixture, "shop/backup-info.json"));
  g_assert_null (sr_ui_test_find (root (fixture), GTK_TYPE_BUTTON, "Undo the Restore"));
}

static gboolean
is_reported (gpointer data)
{
  return SR_IS_RESTORE_REPORT_PAGE (sr_wizard_get_page (data));
}

static void
test_cancelled (Fixture      *fixture,
                gconstpointer data)
{
  SrRestoreWizard *wizard = sr_ui_restore_begin_into (
      fixture->window, "rayerp-full.zip", SR_RESTORE_TO_SQLITE, fixture->scratch, "shop.db");

  sr_ui_restore_check (fixture->window, wizard);
  click (fixture, "Next");
  sr_ui_test_click (root (fixture), "Restore");
  sr_restore_run_cancel (sr_restore_page_get_run (
      SR_RESTORE_PAGE (sr_wizard_get_page (SR_WIZARD (wizard)))));
  sr_ui_test_wait (is_reported, wizard, "it stops");
  sr_ui_test_settle (root (fixture));
  g_assert_true (shows (fixture, "Stopped"));
  g_assert_false (is_there (fixture, "shop.db"));
}

static void
test_records (Fixture      *fixture,
              gconstpointer data)
{
  SrRestoreWizard *wizard = sr_ui_restore_begin (fixture->window, "rayerp-full.zip");
  SrRestoreModel  *model = sr_restore_wizard_get_model (wizard);
  g_autofree char *path = g_build_filename (fixture->scratch, "some.db", NULL);

  g_object_set (model, "what", (guint) SR_RESTORE_RECORDS, NULL);
  sr_ui_test_settle (root (fixture));
  g_assert_false (
      gtk_widget_get_sensitive (sr_ui_test_find (root (fixture), GTK_TYPE_BUTTON, "Next")));
  g_object_set (model, "terms", "salary>1", NULL);
  click (fixture, "Next");
  /* a folder takes no records, so that a database is proposed */
  g_assert_cmpint (sr_restore_model_get_where (model), ==, SR_RESTORE_TO_SQLITE);
  g_object_set (model, "path", path, NULL);
  sr_ui_restore_check (fixture->window, wizard);
  click (fixture, "Next");
  sr_ui_restore_finish (fixture->window, wizard, "Restore");
  g_assert_true (shows (fixture, "Restored"));
}

static void
test_convert (Fixture      *fixture,
              gconstpointer data)
{
  SrRestoreWizard *wizard = sr_ui_restore_begin_into (
      fixture->window, "rayerp-full.zip", SR_RESTORE_TO_FILE, fixture->scratch, "tables");

  sr_ui_restore_check (fixture->window, wizard);
  click (fixture, "Next");
  sr_ui_restore_finish (fixture->window, wizard, "Write");
  g_assert_true (shows (fixture, "Written"));
  g_assert_true (is_there (fixture, "tables"));
}

static void
test_close (Fixture      *fixture,
            gconstpointer data)
{
  SrRestoreWizard *wizard = sr_ui_restore_begin_into (
      fixture->window, "rayerp-full.zip", SR_RESTORE_TO_SQLITE, fixture->scratch, "shop.db");

  /* nothing is at stake while it is only decided */
  sr_ui_test_click (root (fixture), "Check");
  sr_wizard_ask_to_close (SR_WIZARD (wizard));
  sr_ui_test_settle (root (fixture));
  g_assert_null (sr_window_get_wizard (fixture->window));
  g_assert_false (is_there (fixture, "shop.db"));
}

int
main (int    argc,
      char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/restore/file", test_file },
    { "/restore/key", test_key },
    { "/restore/without-key", test_without_key },
    { "/restore/missing", test_missing },
    { "/restore/copy-command", test_copy_command },
    { "/restore/records-page", test_records_page },
    { "/restore/sqlite", test_sqlite },
    { "/restore/replace", test_replace },
    { "/restore/in-the-way", test_in_the_way },
    { "/restore/failure", test_failure },
    { "/restore/cancelled", test_cancelled },
    { "/restore/records", test_records },
    { "/restore/convert", test_convert },
    { "/restore/close", test_close },
  };

  sr_ui_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
