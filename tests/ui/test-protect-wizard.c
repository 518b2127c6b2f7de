/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
/* Setting up a site: what a person presses, and what comes of it on the disk. */
#include "config.h"

#include <string.h>

#include "gtk/protect/sr-protect-kit-page.h"
#include "gtk/protect/sr-protect-what-page.h"
#include "gtk/sr-application.h"
#include "job/sr-vault.h"
#include "sr-test-util.h"
#include "sr-ui-protect.h"
#include "sr-ui-test.h"

typedef struct
{
  SrApplication *application;
  SrWindow      *window;
  GtkWidget     *root;
  char          *scratch;
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->application = sr_ui_test_application ();
  f->window = sr_ui_test_open_window (f->application, 800, 900);
  f->root = GTK_WIDGET (f->window);
  f->scratch = sr_test_mkdir ();
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  sr_ui_test_close (f->application);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  sr_test_rmdir (f->scratch);
}

static gboolean
shows (Fixture    *f,
       const char *text)
{
  return sr_ui_test_find (f->root, GTK_TYPE_LABEL, text) != NULL;
}

/* Whether a label in sight has @part in it. */
static gboolean
says (GtkWidget  *widget,
      const char *part)
{
  if (!gtk_widget_get_mapped (widget))
    return FALSE;
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), part) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (says (child, part))
      return TRUE;
  return FALSE;
}

static gboolean
can_go_next (SrProtectWizard *wizard)
{
  return sr_wizard_page_get_can_go_next (sr_wizard_get_page (SR_WIZARD (wizard)));
}

static void
type (Fixture    *f,
      const char *row,
      const char *text)
{
  GtkWidget *entry = sr_ui_test_find (f->root, ADW_TYPE_PASSWORD_ENTRY_ROW, row);

  g_assert_nonnull (entry);
  gtk_editable_set_text (GTK_EDITABLE (entry), text);
}

static GPtrArray *
list_sites (Fixture *f)
{
  g_autofree char        *folder = g_build_filename (f->scratch, "sites", NULL);
  g_autoptr (SrSiteStore) store = sr_site_store_new (folder);

  return sr_site_store_list (store, NULL, NULL, NULL);
}

static void
make_vault (Fixture *f)
{
  g_autofree char     *path = g_build_filename (f->scratch, "vault", NULL);
  g_autoptr (SrSecret) password = sr_secret_new_from ("right", 5);
  g_autoptr (GError)   error = NULL;
  g_autoptr (SrRepo)   repo = sr_vault_create (path, password, NULL, NULL, &error);

  g_assert_no_error (error);
}

static SrProtectWizard *
go_to_password (Fixture *f)
{
  SrProtectWizard *wizard = sr_ui_protect_begin_found (f->window, f->scratch);

  sr_ui_protect_choose_place (f->window, wizard, f->scratch, "vault");
  sr_ui_test_click (f->root, "Next");
  sr_ui_protect_wait (f->window, wizard, "Which Password Opens the Vault?");
  return wizard;
}

static SrProtectWizard *
go_to_kit (Fixture *f)
{
  SrProtectWizard *wizard = go_to_password (f);

  sr_ui_test_click (f->root, "Next");
  sr_ui_protect_wait (f->window, wizard, "Keep the Recovery Kit");
  return wizard;
}

/* From the first start to a site in the side bar with a backup in the vault. */
static void
test_whole (Fixture      *f,
            gconstpointer data)
{
  SrProtectWizard      *wizard = go_to_kit (f);
  g_autoptr (GPtrArray) sites = NULL;

  sr_ui_protect_back_up (f->window, wizard);
  g_assert_true (shows (f, "Your ERP Is Backed Up"));
  g_assert_true (says (f->root, "What Was Protected"));
  sites = list_sites (f);
  g_assert_cmpuint (sites->len, ==, 1);
  g_assert_cmpuint (sr_site_get_sources (g_ptr_array_index (sites, 0))->len, ==, 3);
  g_assert_cmpstr (sr_wizard_get_at_stake (SR_WIZARD (wizard)), ==, "");
  sr_ui_test_click (f->root, "Show Site");
  g_assert_null (sr_window_get_wizard (f->window));
  g_assert_cmpstr (sr_site_item_get_name (sr_window_get_site (f->window)), ==, "corner-shop");
}

static void
test_what (Fixture      *f,
           gconstpointer data)
{
  SrProtectWizard *wizard = sr_ui_protect_begin (f->window, f->scratch);
  SrProtect       *protect = sr_protect_wizard_get_protect (wizard);
  SrWizardPage    *page = sr_wizard_get_page (SR_WIZARD (wizard));
  g_autofree char *nowhere = g_build_filename (f->scratch, "nowhere", NULL);
  g_autofree char *project = NULL;

  g_assert_false (can_go_next (wizard));
  sr_protect_what_page_look (SR_PROTECT_WHAT_PAGE (page), nowhere);
  sr_ui_protect_wait (f->window, wizard, NULL);
  g_assert_true (says (f->root, "nowhere"));
  g_assert_false (can_go_next (wizard));

  project = sr_ui_protect_make_project (f->scratch);
  sr_protect_what_page_look (SR_PROTECT_WHAT_PAGE (page), project);
  sr_ui_protect_wait (f->window, wizard, NULL);
  g_assert_true (can_go_next (wizard));
  g_assert_true (says (f->root, "Not yet protected:"));
  g_assert_false (says (f->root, "hush"));
  g_assert_cmpuint (sr_ui_test_count (f->root, GTK_TYPE_SWITCH, NULL), ==, 3);
  for (guint i = 0; i < g_list_model_get_n_items (sr_protect_get_sources (protect)); i++)
    {
      g_autoptr (SrProtectSource) source =
          g_list_model_get_item (sr_protect_get_sources (protect), i);

      sr_protect_source_set_chosen (source, FALSE);
    }
  g_assert_false (can_go_next (wizard));
  sr_wizard_close (SR_WIZARD (wizard));
}

static void
test_occupied (Fixture      *f,
               gconstpointer data)
{
  SrProtectWizard *wizard = sr_ui_protect_begin_found (f->window, f->scratch);
  g_autofree char *button = g_strdup_printf ("Use “%s/drive/strongroom-vault”", f->scratch);

  sr_test_write_file (f->scratch, "drive/holiday.jpg", "x", 1);
  sr_ui_protect_choose_place (f->window, wizard, f->scratch, "drive");
  g_assert_false (can_go_next (wizard));
  sr_ui_test_click (f->root, button);
  sr_ui_protect_wait (f->window, wizard, NULL);
  g_assert_true (can_go_next (wizard));
  g_assert_true (says (f->root, "same disk"));
  g_assert_true (says (f->root, "free"));
}

/* Below a file no folder can be made. */
static void
test_unusable (Fixture      *f,
               gconstpointer data)
{
  SrProtectWizard *wizard = sr_ui_protect_begin_found (f->window, f->scratch);
  g_autofree char *inside =
      g_build_filename (f->scratch, "corner-shop", "public", "uploads", "vault", NULL);

  sr_test_write_file (f->scratch, "file", "x", 1);
  sr_ui_protect_choose_place (f->window, wizard, f->scratch, "file/vault");
  g_assert_false (can_go_next (wizard));
  /* Nor may the vault back itself up. */
  sr_protect_set_place (sr_protect_wizard_get_protect (wizard), inside);
  sr_ui_protect_wait (f->window, wizard, NULL);
  g_assert_false (can_go_next (wizard));
  g_assert_true (says (f->root, "uploads"));
}

static void
test_own_password (Fixture      *f,
                   gconstpointer data)
{
  SrProtectWizard *wizard = go_to_password (f);
  GtkWidget       *row = sr_ui_test_find (f->root, ADW_TYPE_ACTION_ROW, "A Password of Your Own");

  gtk_widget_activate (adw_action_row_get_activatable_widget (ADW_ACTION_ROW (row)));
  sr_ui_test_settle (f->root);
  g_assert_false (can_go_next (wizard));
  type (f, "Password", "correct horse battery staple");
  g_assert_false (can_go_next (wizard));
  type (f, "The Same Again", "correct horse");
  g_assert_false (can_go_next (wizard));
  sr_ui_test_settle (f->root);
  g_assert_true (shows (f, "The two are not the same."));
  type (f, "The Same Again", "correct horse battery staple");
  g_assert_true (can_go_next (wizard));
  type (f, "Password", "abc");
  type (f, "The Same Again", "abc");
  g_assert_false (can_go_next (wizard));
}

/* The phrase that may have been printed is still the one after Back. */
static void
test_phrase_stays (Fixture      *f,
                   gconstpointer data)
{
  SrProtectWizard     *wizard = go_to_kit (f);
  SrProtect           *protect = sr_protect_wizard_get_protect (wizard);
  g_autoptr (SrSecret) first = sr_secret_ref (sr_protect_get_password (protect));

  sr_wizard_back (SR_WIZARD (wizard));
  sr_ui_protect_wait (f->window, wizard, NULL);
  sr_wizard_back (SR_WIZARD (wizard));
  sr_ui_protect_wait (f->window, wizard, NULL);
  sr_ui_test_click (f->root, "Next");
  sr_ui_protect_wait (f->window, wizard, "Which Password Opens the Vault?");
  g_assert_true (sr_secret_equal (first, sr_protect_get_password (protect)));
  g_assert_true (can_go_next (wizard));
  sr_ui_test_click (f->root, "Another Phrase");
  g_assert_false (sr_secret_equal (first, sr_protect_get_password (protect)));
}

static gboolean
has_answer (gpointer data)
{
  return can_go_next (data);
}

static void
test_existing (Fixture      *f,
               gconstpointer data)
{
  SrProtectWizard      *wizard;
  g_autoptr (GPtrArray) sites = NULL;

  make_vault (f);
  wizard = go_to_password (f);
  g_assert_false (can_go_next (wizard));
  type (f, "Password of the Vault", "wrong");
  sr_ui_test_click (f->root, "Next");
  g_assert_false (can_go_next (wizard));
  sr_ui_test_wait (has_answer, wizard, "the password to be looked at");
  sr_ui_protect_wait (f->window, wizard, "Which Password Opens the Vault?");
  g_assert_true (says (f->root, "password"));
  g_assert_cmpuint (sr_ui_test_count (f->root, ADW_TYPE_PASSWORD_ENTRY_ROW, NULL), ==, 1);
  sites = list_sites (f);
  g_assert_cmpuint (sites->len, ==, 0);

  type (f, "Password of the Vault", "right");
  sr_ui_test_click (f->root, "Next");
  sr_ui_protect_wait (f->window, wizard, "Keep the Recovery Kit");
  sr_ui_protect_back_up (f->window, wizard);
  g_assert_true (shows (f, "Your ERP Is Backed Up"));
}

static void
test_kit (Fixture      *f,
          gconstpointer data)
{
  SrProtectWizard   *wizard = go_to_kit (f);
  SrProtectKitPage  *page = SR_PROTECT_KIT_PAGE (sr_wizard_get_page (SR_WIZARD (wizard)));
  g_autofree char   *path = g_build_filename (f->scratch, "kit.pdf", NULL);
  g_autofree char   *nowhere = g_build_filename (f->scratch, "no", "kit.pdf", NULL);
  g_autofree char   *content = NULL;
  g_autoptr (GError) error = NULL;

  sr_protect_kit_page_save (page, nowhere);
  sr_ui_test_settle (f->root);
  g_assert_true (says (f->root, "It cannot be saved there"));
  sr_protect_kit_page_save (page, path);
  sr_ui_test_settle (f->root);
  g_assert_true (says (f->root, "kit.pdf"));
  g_assert_true (g_file_get_contents (path, &content, NULL, &error));
  g_assert_true (g_str_has_prefix (content, "%PDF"));
}

/* It fails before anything was set up: Back leads to the decisions, and trying again works. */
static void
test_failure (Fixture      *f,
              gconstpointer data)
{
  SrProtectWizard      *wizard = go_to_kit (f);
  g_autofree char      *path = g_build_filename (f->scratch, "vault", NULL);
  g_autoptr (GFile)     file = g_file_new_for_path (path);
  g_autoptr (GPtrArray) sites = NULL;

  sr_test_write_file (f->scratch, "vault", "x", 1);
  sr_ui_protect_back_up (f->window, wizard);
  g_assert_true (shows (f, "There Is No Backup Yet"));
  g_assert_true (sr_wizard_page_get_can_go_back (sr_wizard_get_page (SR_WIZARD (wizard))));
  sites = list_sites (f);
  g_assert_cmpuint (sites->len, ==, 0);
  g_assert_cmpstr (sr_wizard_get_at_stake (SR_WIZARD (wizard)), !=, "");
  g_assert_true (g_file_delete (file, NULL, NULL));
  sr_wizard_back (SR_WIZARD (wizard));
  sr_ui_protect_wait (f->window, wizard, "Keep the Recovery Kit");
  sr_ui_protect_back_up (f->window, wizard);
  g_assert_true (shows (f, "Your ERP Is Backed Up"));
}

/* There is no keyring on the bus of a test. */
static void
test_keyring (Fixture      *f,
              gconstpointer data)
{
  SrProtectWizard *wizard = go_to_kit (f);

  g_object_set (sr_protect_wizard_get_protect (wizard), "keep-password", TRUE, NULL);
  sr_ui_protect_back_up (f->window, wizard);
  g_assert_true (shows (f, "Your ERP Is Backed Up"));
  g_assert_true (says (f->root, "could not be kept in the keyring"));
}

/* The action that the first start's button has. */
static void
test_action (Fixture      *f,
             gconstpointer data)
{
  g_action_group_activate_action (G_ACTION_GROUP (f->application), "protect", NULL);
  g_assert_true (SR_IS_PROTECT_WIZARD (sr_window_get_wizard (f->window)));
  sr_wizard_close (sr_window_get_wizard (f->window));
}

int
main (int    argc,
      char **argv)
{
  sr_ui_test_init (&argc, &argv);
#define ADD(path, function) \
  g_test_add ("/protect-wizard/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("whole", test_whole);
  ADD ("what", test_what);
  ADD ("occupied", test_occupied);
  ADD ("unusable", test_unusable);
  ADD ("own-password", test_own_password);
  ADD ("phrase-stays", test_phrase_stays);
  ADD ("existing", test_existing);
  ADD ("kit", test_kit);
  ADD ("failure", test_failure);
  ADD ("keyring", test_keyring);
  ADD ("action", test_action);
#undef ADD
  return g_test_run ();
}
