/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#include "config.h"

#include "gtk/model/sr-site-item.h"

static void
count (GObject    *object,
       GParamSpec *spec,
       guint      *times)
{
  (*times)++;
}

static void
test_texts (void)
{
  g_autoptr (SrSiteItem) item = sr_site_item_new ("shop", "Corner Shop");
  guint                  times = 0;

  g_assert_cmpstr (sr_site_item_get_id (item), ==, "shop");
  g_assert_cmpstr (sr_site_item_get_name (item), ==, "Corner Shop");
  g_assert_cmpstr (sr_site_item_get_environment (item), ==, "");
  g_assert_cmpstr (sr_site_item_get_state (item), ==, "");
  g_assert_cmpstr (sr_site_item_get_icon_name (item), ==, "");
  g_assert_cmpstr (sr_site_item_get_css_class (item), ==, "");

  g_signal_connect (item, "notify", G_CALLBACK (count), &times);
  sr_site_item_set_name (item, "Corner Shop");
  sr_site_item_set_environment (item, NULL);
  g_assert_cmpuint (times, ==, 0);
  sr_site_item_set_name (item, "Shop");
  sr_site_item_set_environment (item, "Test");
  g_assert_cmpuint (times, ==, 2);
  sr_site_item_set_state (item, "Backed up", "ok", "success");
  g_assert_cmpuint (times, ==, 5);
  sr_site_item_set_state (item, "Backed up now", "ok", "success");
  g_assert_cmpuint (times, ==, 6);
  g_assert_cmpstr (sr_site_item_get_name (item), ==, "Shop");
  g_assert_cmpstr (sr_site_item_get_state (item), ==, "Backed up now");
  g_assert_cmpstr (sr_site_item_get_icon_name (item), ==, "ok");
  g_assert_cmpstr (sr_site_item_get_css_class (item), ==, "success");
}

static void
test_properties (void)
{
  static const char *const names[] = { "id", "name", "environment",
                                       "state", "icon-name", "css-class" };
  g_autoptr (SrSiteItem)   item = sr_site_item_new ("shop", "Corner Shop");

  for (guint n = 0; n < G_N_ELEMENTS (names); n++)
    {
      g_autofree char *text = NULL;

      if (n > 0)
        g_object_set (item, names[n], names[n], NULL);
      g_object_get (item, names[n], &text, NULL);
      g_assert_cmpstr (text, ==, n > 0 ? names[n] : "shop");
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/site-item/texts", test_texts);
  g_test_add_func ("/site-item/properties", test_properties);
  return g_test_run ();
}
