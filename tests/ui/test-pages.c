/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
/* What holds for every page: it can be made without a warning, and fits a narrow window, from right
 * to left and with large text too. */
#include "config.h"

#include "sr-test-util.h"
#include "sr-ui-pages.h"
#include "sr-ui-test.h"

typedef struct
{
  const SrUiPage  *page;
  GtkTextDirection direction;
  int              text_percent;
} Case;

static void
test_page (gconstpointer data)
{
  const Case      *tested = data;
  g_autofree char *scratch = sr_test_mkdir ();
  SrApplication   *application = sr_ui_test_application ();
  SrWindow        *window;
  int              minimum;

  gtk_widget_set_default_direction (tested->direction);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi",
                96 * 1024 * tested->text_percent / 100, NULL);
  window = sr_ui_test_open_window (application, 360, 640);
  tested->page->show (window, scratch);
  sr_ui_test_settle (GTK_WIDGET (window));
  gtk_widget_measure (GTK_WIDGET (window), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL,
                      NULL);
  g_assert_cmpint (minimum, <=, 360);
  sr_ui_test_close (application);
  sr_test_rmdir (g_steal_pointer (&scratch));
}

int
main (int    argc,
      char **argv)
{
  sr_ui_test_init (&argc, &argv);
  for (const SrUiPage *page = sr_ui_pages; page->name != NULL; page++)
    for (guint n = 0; n < 4; n++)
      {
        g_autofree char *path = g_strdup_printf ("/pages/%s/%s%s", page->name,
                                                 n & 1 ? "rtl" : "ltr", n & 2 ? "-text200" : "");
        Case            *tested = g_new (Case, 1);

        tested->page = page;
        tested->direction = n & 1 ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR;
        tested->text_percent = n & 2 ? 200 : 100;
        g_test_add_data_func_full (path, tested, test_page, g_free);
      }
  return g_test_run ();
}
