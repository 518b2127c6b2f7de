/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#include "config.h"

#include "gtk/sr-compat.h"
#include "gtk/sr-help.h"
#include "gtk/sr-site-page.h"
#include "sr-ui-test.h"

typedef struct
{
  SrApplication *application;
  SrWindow      *window;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->application = sr_ui_test_application ();
  fixture->window = sr_ui_test_open_window (fixture->application, 1000, 700);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  sr_ui_test_close (fixture->application);
}

static void
add_site (Fixture    *fixture,
          const char *id,
          const char *name)
{
  g_autoptr (SrSiteItem) site = sr_ui_test_site (id, name, "Production", "Backed up 1 hour ago",
                                                 "strongroom-site-ok-symbolic", "success");

  g_list_store_append (sr_application_get_sites (fixture->application), site);
}

static void
test_first_start (Fixture      *fixture,
                  gconstpointer data)
{
  GtkWidget *root = GTK_WIDGET (fixture->window);

  g_assert_nonnull (sr_ui_test_find (root, GTK_TYPE_BUTTON, "Protect an ERP"));
  g_assert_nonnull (sr_ui_test_find (root, GTK_TYPE_BUTTON, "Restore From a Backup File"));
  /* Two big buttons and, small, where to find help; nothing else but the header bar's. */
  g_assert_nonnull (sr_ui_test_find (root, GTK_TYPE_BUTTON, "The ERP is gone. What now?"));
  g_assert_cmpuint (sr_ui_test_count (GTK_WIDGET (sr_window_get_page (fixture->window)),
                                      GTK_TYPE_BUTTON, NULL),
                    ==, 3);
  g_assert_cmpuint (sr_ui_test_count (root, GTK_TYPE_LIST_BOX, NULL), ==, 0);
  g_assert_false (sr_window_back (fixture->window));
}

static void
test_sites (Fixture      *fixture,
            gconstpointer data)
{
  GtkWidget *root = GTK_WIDGET (fixture->window);
  GtkWidget *second;

  add_site (fixture, "one", "Corner Shop");
  add_site (fixture, "two", "Gas Depot");
  sr_ui_test_settle (root);
  g_assert_true (SR_IS_SITE_PAGE (sr_window_get_page (fixture->window)));
  g_assert_cmpstr (sr_site_item_get_id (sr_window_get_site (fixture->window)), ==, "one");
  g_assert_nonnull (sr_ui_test_find (root, GTK_TYPE_LABEL, "Gas Depot"));

  g_assert_null (sr_window_show_site (fixture->window, "no such site"));
  second = sr_window_show_site (fixture->window, "two");
  g_assert_nonnull (second);
  g_assert_cmpstr (sr_page_get_title (SR_PAGE (second)), ==, "Gas Depot");

  g_list_store_remove (sr_application_get_sites (fixture->application), 1);
  g_assert_cmpstr (sr_site_item_get_id (sr_window_get_site (fixture->window)), ==, "one");
  g_list_store_remove_all (sr_application_get_sites (fixture->application));
  g_assert_null (sr_window_get_site (fixture->window));
  sr_ui_test_settle (root);
  g_assert_nonnull (sr_ui_test_find (root, GTK_TYPE_BUTTON, "Protect an ERP"));
}

static void
test_push_and_back (Fixture      *fixture,
                    gconstpointer data)
{
  GtkWidget *root = GTK_WIDGET (fixture->window);
  SrPage    *bottom, *top = g_object_new (SR_TYPE_PAGE, "title", "Details", NULL);

  add_site (fixture, "one", "Corner Shop");
  bottom = sr_window_get_page (fixture->window);
  sr_window_push_page (fixture->window, top);
  sr_ui_test_settle (root);
  g_assert_true (sr_window_get_page (fixture->window) == top);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (root)), ==, "Details");
  sr_ui_test_click (root, "Back");
  g_assert_true (sr_window_get_page (fixture->window) == bottom);
  g_assert_false (sr_window_back (fixture->window));
}

static void
test_narrow (Fixture      *fixture,
             gconstpointer data)
{
  GtkWidget *root = GTK_WIDGET (fixture->window);
  int        minimum;

  add_site (fixture, "one", "Corner Shop");
  gtk_window_set_default_size (GTK_WINDOW (root), 360, 640);
  sr_ui_test_settle (root);
  gtk_widget_measure (root, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);

  sr_window_show_site (fixture->window, "one");
  sr_ui_test_settle (root);
  g_assert_cmpuint (sr_ui_test_count (root, GTK_TYPE_LIST_BOX, NULL), ==, 0);
  sr_ui_test_click (root, "Back");
  sr_ui_test_settle (root);
  g_assert_cmpuint (sr_ui_test_count (root, GTK_TYPE_LIST_BOX, NULL), ==, 1);
}

static void
on_closed (SrWizard *wizard,
           guint    *times)
{
  (*times)++;
}

static SrWizard *
open_wizard (Fixture *fixture,
             guint   *closed)
{
  SrWizard *wizard = SR_WIZARD (sr_wizard_new ("Test"));

  g_signal_connect (wizard, "closed", G_CALLBACK (on_closed), closed);
  g_assert_true (sr_window_open_wizard (fixture->window, wizard));
  sr_wizard_push (wizard,
                  g_object_new (SR_TYPE_WIZARD_PAGE, "title", "One", "next-label", "_Next", NULL));
  return wizard;
}

static void
test_wizard (Fixture      *fixture,
             gconstpointer data)
{
  GtkWidget *root = GTK_WIDGET (fixture->window);
  guint      closed = 0;
  SrWizard  *wizard = open_wizard (fixture, &closed);

  sr_wizard_push (wizard, g_object_new (SR_TYPE_WIZARD_PAGE, "title", "Two", NULL));
  sr_ui_test_settle (root);
  g_assert_cmpstr (sr_wizard_page_get_title (sr_wizard_get_page (wizard)), ==, "Two");
  g_assert_null (sr_ui_test_find (root, GTK_TYPE_BUTTON, "Next"));
  sr_ui_test_click (root, "Back");
  g_assert_cmpstr (sr_wizard_page_get_title (sr_wizard_get_page (wizard)), ==, "One");
  sr_ui_test_settle (root);
  sr_ui_test_click (root, "Cancel");
  g_assert_cmpuint (closed, ==, 1);
  g_assert_null (sr_window_get_wizard (fixture->window));
}

static void
test_wizard_at_stake (Fixture      *fixture,
                      gconstpointer data)
{
  guint     closed = 0;
  SrWizard *wizard = open_wizard (fixture, &closed), *other;

  sr_wizard_set_at_stake (wizard, "The password that was made is lost.");
  sr_wizard_back (wizard);
  g_assert_cmpuint (closed, ==, 0);
  other = SR_WIZARD (sr_wizard_new ("Other"));
  g_assert_false (sr_window_open_wizard (fixture->window, other));
  g_assert_true (sr_window_get_wizard (fixture->window) == wizard);
  sr_wizard_close (wizard);
  g_assert_cmpuint (closed, ==, 1);
}

static void
on_next (SrWizardPage *page,
         guint        *times)
{
  (*times)++;
}

static void
test_wizard_next (Fixture      *fixture,
                  gconstpointer data)
{
  GtkWidget    *root = GTK_WIDGET (fixture->window);
  guint         closed = 0, next = 0;
  SrWizard     *wizard = open_wizard (fixture, &closed);
  SrWizardPage *page = sr_wizard_get_page (wizard);

  g_signal_connect (page, "next", G_CALLBACK (on_next), &next);
  sr_wizard_page_next (page);
  g_assert_cmpuint (next, ==, 1);
  sr_wizard_page_set_can_go_next (page, FALSE);
  sr_wizard_page_next (page);
  g_assert_cmpuint (next, ==, 1);
  /* A destructive button is pressed by hand or not at all. */
  sr_wizard_page_set_can_go_next (page, TRUE);
  sr_wizard_page_set_destructive (page, TRUE);
  sr_wizard_page_next (page);
  g_assert_cmpuint (next, ==, 1);
  sr_ui_test_settle (root);
  sr_ui_test_click (root, "Next");
  g_assert_cmpuint (next, ==, 2);

  sr_wizard_replace (
      wizard, g_object_new (SR_TYPE_WIZARD_PAGE, "title", "Done", "can-go-back", FALSE, NULL));
  sr_wizard_back (wizard);
  g_assert_cmpuint (closed, ==, 0);
  sr_wizard_close (wizard);
}

static void
test_help (Fixture      *fixture,
           gconstpointer data)
{
  GtkWidget *root = GTK_WIDGET (fixture->window);
  SrPage    *first = sr_window_get_page (fixture->window);

  sr_ui_test_click (root, "The ERP is gone. What now?");
  sr_ui_test_settle (root);
  g_assert_cmpstr (sr_page_get_title (sr_window_get_page (fixture->window)), ==, "The ERP Is Gone");
  sr_ui_test_click (root, "Copy This Command");
  sr_ui_test_click (root, "Back");
  g_assert_true (sr_window_get_page (fixture->window) == first);
  g_assert_null (sr_help_new ("no such topic"));
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

static void
on_asked (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_assert_false (sr_compat_confirm_finish (result));
  *(gboolean *) data = TRUE;
}

static void
test_confirm_closed (Fixture      *fixture,
                     gconstpointer data)
{
  SrConfirm question = {
    .heading = "Delete?", .accept = "_Delete", .destructive = TRUE, .typed = "x"
  };
  gboolean answered = FALSE;

  sr_compat_confirm (GTK_WIDGET (fixture->window), &question, on_asked, &answered);
  sr_ui_test_settle (GTK_WIDGET (fixture->window));
  /* A question that goes with its window has the safe answer. */
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  sr_ui_test_wait (is_true, &answered, "an answer");
}

int
main (int    argc,
      char **argv)
{
  sr_ui_test_init (&argc, &argv);
#define ADD(path, function) \
  g_test_add ("/window/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("first-start", test_first_start);
  ADD ("help", test_help);
  ADD ("sites", test_sites);
  ADD ("push-and-back", test_push_and_back);
  ADD ("narrow", test_narrow);
  ADD ("wizard", test_wizard);
  ADD ("wizard-at-stake", test_wizard_at_stake);
  ADD ("wizard-next", test_wizard_next);
  ADD ("confirm-closed", test_confirm_closed);
#undef ADD
  return g_test_run ();
}
