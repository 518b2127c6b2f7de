/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#include "config.h"

#include "gtk/sr-compat.h"
#include "sr-ui-pages.h"
#include "sr-ui-test.h"

/* The first start is there by itself. */
void
sr_ui_page_first_start (SrWindow   *window,
                        const char *scratch)
{
}

static void
add_sites (SrWindow *window)
{
  GListStore *sites =
      sr_application_get_sites (SR_APPLICATION (gtk_window_get_application (GTK_WINDOW (window))));
  g_autoptr (SrSiteItem) shop = sr_ui_test_site ("shop", "Corner Shop", "Production",
                                                 "Backed up 3 hours ago, proven 6 days ago",
                                                 "strongroom-site-ok-symbolic", "success");
  g_autoptr (SrSiteItem) depot = sr_ui_test_site ("depot", "Gas Depot North", "Production",
                                                  "Last good backup 9 days ago",
                                                  "strongroom-site-late-symbolic", "warning");
  g_autoptr (SrSiteItem) test = sr_ui_test_site ("test", "A Test Installation With a Long Name",
                                                 "Test", "Never backed up",
                                                 "strongroom-site-never-symbolic", "error");

  g_list_store_append (sites, shop);
  g_list_store_append (sites, depot);
  g_list_store_append (sites, test);
}

void
sr_ui_page_sites (SrWindow   *window,
                  const char *scratch)
{
  add_sites (window);
  g_assert_nonnull (sr_window_show_site (window, "shop"));
}

void
sr_ui_page_side_bar (SrWindow   *window,
                     const char *scratch)
{
  add_sites (window);
  sr_ui_test_settle (GTK_WIDGET (window));
  sr_window_back (window);
}

void
sr_ui_page_wizard (SrWindow   *window,
                   const char *scratch)
{
  SrWizard  *wizard = SR_WIZARD (sr_wizard_new ("Protect an ERP"));
  GtkWidget *label = gtk_label_new ("One question is asked here, and all that is needed to answer "
                                    "it stands on this page.");

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  sr_window_open_wizard (window, wizard);
  sr_wizard_push (wizard, g_object_new (SR_TYPE_WIZARD_PAGE, "title", "First Question",
                                        "next-label", "_Next", NULL));
  sr_wizard_push (wizard, g_object_new (SR_TYPE_WIZARD_PAGE, "title", "What Shall Be Protected?",
                                        "next-label", "_Next", "child", label, NULL));
}

static void
on_confirmed (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  sr_compat_confirm_finish (result);
}

void
sr_ui_page_confirm (SrWindow   *window,
                    const char *scratch)
{
  SrConfirm question = {
    .heading = "Restore Over “Corner Shop”?",
    .body = "Everything after 20 Aug 21:05 will be lost: 13 h 17 min, 42 invoices.",
    .accept = "_Restore",
    .destructive = TRUE,
    .typed = "Corner Shop",
  };

  add_sites (window);
  sr_compat_confirm (GTK_WIDGET (window), &question, on_confirmed, NULL);
}

static void
act (SrWindow *window, const char *action, const char *parameter)
{
  g_action_group_activate_action (
      G_ACTION_GROUP (gtk_window_get_application (GTK_WINDOW (window))), action,
      parameter != NULL ? g_variant_new_string (parameter) : NULL);
}

void
sr_ui_page_help_erp_gone (SrWindow *window, const char *scratch)
{
  act (window, "help", "erp-gone");
}

void
sr_ui_page_help_lost_password (SrWindow *window, const char *scratch)
{
  act (window, "help", "lost-password");
}

void
sr_ui_page_help_without_strongroom (SrWindow *window, const char *scratch)
{
  act (window, "help", "without-strongroom");
}

void
sr_ui_page_preferences (SrWindow *window, const char *scratch)
{
  act (window, "preferences", NULL);
}

void
sr_ui_page_about (SrWindow *window, const char *scratch)
{
  act (window, "about", NULL);
}
