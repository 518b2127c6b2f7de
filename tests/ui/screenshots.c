/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
/* Takes pictures of every page: screenshots OUTDIR [NAME…]. Not a test, but it fails where a page
 * does not fit the size asked for. With --hold in place of the folder it takes none: it shows one
 * page after the other, prints "page NAME" and goes on when a line comes in; so another program can
 * look at them. */
#include "config.h"

#include <glib/gstdio.h>

#include "sr-test-util.h"
#include "sr-ui-pages.h"
#include "sr-ui-test.h"

/* One kind of picture. */
typedef struct
{
  const char      *name;
  int              width;
  int              height;
  AdwColorScheme   scheme;
  GtkTextDirection direction;
  int              text_percent;
} SrVariant;

static const SrVariant variants[] = {
  { "wide", 1280, 800, ADW_COLOR_SCHEME_FORCE_LIGHT, GTK_TEXT_DIR_LTR, 100 },
  { "narrow", 360, 640, ADW_COLOR_SCHEME_FORCE_LIGHT, GTK_TEXT_DIR_LTR, 100 },
  { "dark", 1280, 800, ADW_COLOR_SCHEME_FORCE_DARK, GTK_TEXT_DIR_LTR, 100 },
  { "rtl", 1280, 800, ADW_COLOR_SCHEME_FORCE_LIGHT, GTK_TEXT_DIR_RTL, 100 },
  { "text200", 1280, 800, ADW_COLOR_SCHEME_FORCE_LIGHT, GTK_TEXT_DIR_LTR, 200 },
  { "narrow-text200", 360, 640, ADW_COLOR_SCHEME_FORCE_LIGHT, GTK_TEXT_DIR_LTR, 200 },
};

static void
save_picture (GtkWidget  *widget,
              const char *path)
{
  g_autoptr (GdkPaintable)  paintable = gtk_widget_paintable_new (widget);
  g_autoptr (GtkSnapshot)   snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture)    texture = NULL;
  int                       width = gdk_paintable_get_intrinsic_width (paintable);
  int                       height = gdk_paintable_get_intrinsic_height (paintable);

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (widget)), node, NULL);
  if (!gdk_texture_save_to_png (texture, path))
    g_error ("%s cannot be written", path);
}

/* The window in front: a dialog, if the page opened one. */
static GtkWidget *
front_window (SrApplication *application,
              SrWindow      *window)
{
  GListModel *windows = gtk_window_get_toplevels ();
  GtkWidget  *front = GTK_WIDGET (window);

  for (guint n = 0; n < g_list_model_get_n_items (windows); n++)
    {
      g_autoptr (GtkWindow) other = g_list_model_get_item (windows, n);

      if (gtk_window_get_transient_for (other) == GTK_WINDOW (front) &&
          gtk_widget_get_visible (GTK_WIDGET (other)))
        front = GTK_WIDGET (other);
    }
  return front;
}

static gboolean
take (const SrUiPage  *page,
      const SrVariant *variant,
      const char      *folder)
{
  g_autofree char *path = g_strdup_printf ("%s/%s-%s.png", folder, page->name, variant->name);
  g_autofree char *scratch = sr_test_mkdir ();
  SrApplication   *application = sr_ui_test_application ();
  SrWindow        *window;
  GtkWidget       *front;
  gboolean         fits;

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), variant->scheme);
  gtk_widget_set_default_direction (variant->direction);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi",
                96 * 1024 * variant->text_percent / 100, NULL);
  window = sr_ui_test_open_window (application, variant->width, variant->height);
  page->show (window, scratch);
  sr_ui_test_settle (GTK_WIDGET (window));
  front = front_window (application, window);
  sr_ui_test_settle (front);
  save_picture (front, path);
  fits = gtk_widget_get_width (front) <= variant->width;
  if (!fits)
    g_printerr ("%s: %d px wide, more than %d\n", path, gtk_widget_get_width (front),
                variant->width);
  sr_ui_test_close (application);
  sr_test_rmdir (g_steal_pointer (&scratch));
  return fits;
}

static gboolean
on_line (GIOChannel  *channel,
         GIOCondition condition,
         gpointer     data)
{
  g_autofree char *line = NULL;

  g_io_channel_read_line (channel, &line, NULL, NULL, NULL);
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

static void
hold (const SrUiPage *page)
{
  g_autofree char       *scratch = sr_test_mkdir ();
  g_autoptr (GIOChannel) channel = g_io_channel_unix_new (0);
  SrApplication         *application = sr_ui_test_application ();
  SrWindow              *window = sr_ui_test_open_window (application, 1000, 700);
  gboolean               seen = FALSE;

  page->show (window, scratch);
  sr_ui_test_settle (GTK_WIDGET (window));
  sr_ui_test_settle (front_window (application, window));
  g_io_add_watch (channel, G_IO_IN | G_IO_HUP, on_line, &seen);
  g_print ("page %s\n", page->name);
  fflush (stdout);
  sr_ui_test_wait (is_true, &seen, "a line");
  sr_ui_test_close (application);
  sr_test_rmdir (g_steal_pointer (&scratch));
}

int
main (int    argc,
      char **argv)
{
  gboolean fit = TRUE;

  sr_ui_test_init (&argc, &argv);
  if (argc < 2)
    {
      g_printerr ("Usage: screenshots OUTDIR [NAME…]\n");
      return 2;
    }
  if (strcmp (argv[1], "--hold") == 0)
    {
      for (const SrUiPage *page = sr_ui_pages; page->name != NULL; page++)
        hold (page);
      return 0;
    }
  g_mkdir_with_parents (argv[1], 0777);
  for (const SrUiPage *page = sr_ui_pages; page->name != NULL; page++)
    if (argc == 2 || g_strv_contains ((const char *const *) argv + 2, page->name))
      for (guint n = 0; n < G_N_ELEMENTS (variants); n++)
        fit = take (page, &variants[n], argv[1]) && fit;
  return fit ? 0 : 1;
}
