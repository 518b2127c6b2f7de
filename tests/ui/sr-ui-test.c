/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#include "config.h"

#include "sr-ui-test.h"

#ifdef __SANITIZE_ADDRESS__
#include <link.h>
#include <string.h>
#endif

/* Generous: machines that build something else meanwhile are slow. */
#define PATIENCE_SECONDS 60

#ifdef __SANITIZE_ADDRESS__
/* GLib's table of quarks, of 2,048 pointers when a program begins, is dropped on purpose when it
 * has to grow, and an application with so many classes comes to that. The search for leaks finds
 * nothing amiss in it as long as somebody knows the old one. */
extern int    __sanitizer_get_ownership (const volatile void *p);
extern size_t __sanitizer_get_allocated_size (const volatile void *p);

#define FIRST_QUARKS (2048 * sizeof (char *))

static gconstpointer known[16];

static int
find_quarks (struct dl_phdr_info *library,
             size_t               size,
             void                *data)
{
  guint n = 0;

  if (strstr (library->dlpi_name, "libglib-2.0.so") == NULL)
    return 0;
  for (guint i = 0; i < library->dlpi_phnum; i++)
    {
      const ElfW (Phdr) *segment = &library->dlpi_phdr[i];
      gconstpointer *at = (gconstpointer *) (library->dlpi_addr + segment->p_vaddr);
      gconstpointer *end = at + segment->p_memsz / sizeof *at;

      if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W) == 0)
        continue;
      for (; at < end && n < G_N_ELEMENTS (known); at++)
        if (__sanitizer_get_ownership (*at) &&
            __sanitizer_get_allocated_size (*at) == FIRST_QUARKS)
          known[n++] = *at;
    }
  return 1;
}
#endif

void
sr_ui_test_init (int    *argc,
                 char ***argv)
{
#ifdef __SANITIZE_ADDRESS__
  dl_iterate_phdr (find_quarks, NULL);
#endif
  g_test_init (argc, argv, NULL);
  g_setenv ("GTK_A11Y", "test", FALSE);
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP there is no display; run it under tests/support/with-display\n");
      exit (0);
    }
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  sr_application_init_resources ();
}

SrApplication *
sr_ui_test_application (void)
{
  static SrApplication *application;
  g_autoptr (GError)    error = NULL;

  if (application == NULL)
    {
      application = sr_application_new (G_APPLICATION_NON_UNIQUE);
      g_application_register (G_APPLICATION (application), NULL, &error);
      g_assert_no_error (error);
    }
  return application;
}

SrWindow *
sr_ui_test_open_window (SrApplication *application,
                        int            width,
                        int            height)
{
  SrWindow *window = sr_application_ensure_window (application);

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_present (GTK_WINDOW (window));
  sr_ui_test_settle (GTK_WIDGET (window));
  return window;
}

static gboolean
is_null (gpointer data)
{
  return *(gpointer *) data == NULL;
}

void
sr_ui_test_close (SrApplication *application)
{
  GList *windows;

  /* A dialog goes with its window, so the list is asked for each time. */
  while ((windows = gtk_application_get_windows (GTK_APPLICATION (application))) != NULL)
    {
      gpointer window = windows->data, freed = SR_IS_WINDOW (window) ? window : NULL;

      if (freed != NULL)
        g_object_add_weak_pointer (freed, &freed);
      gtk_window_destroy (window);
      sr_ui_test_wait (is_null, &freed, "the window to be freed");
    }
  g_list_store_remove_all (sr_application_get_sites (application));
}

static gboolean
on_patience_lost (gpointer data)
{
  g_error ("waited too long for %s", (const char *) data);
  return G_SOURCE_REMOVE;
}

void
sr_ui_test_wait (gboolean (*condition) (gpointer data),
                 gpointer    data,
                 const char *what)
{
  guint patience = g_timeout_add_seconds (PATIENCE_SECONDS, on_patience_lost, (gpointer) what);

  while (!condition (data))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (patience);
}

typedef struct
{
  GtkWidget *widget;
  guint      frames;
} SrFrames;

static void
on_after_paint (GdkFrameClock *clock,
                gpointer       data)
{
  SrFrames *frames = data;

  frames->frames++;
  if (frames->frames < 3)
    gtk_widget_queue_draw (frames->widget);
}

static gboolean
is_mapped (gpointer data)
{
  return gtk_widget_get_mapped (data) && gtk_widget_get_width (data) > 0;
}

static gboolean
has_painted (gpointer data)
{
  return ((SrFrames *) data)->frames >= 3;
}

void
sr_ui_test_settle (GtkWidget *widget)
{
  GtkWidget     *window = GTK_WIDGET (gtk_widget_get_root (widget));
  SrFrames       frames = { window, 0 };
  GdkFrameClock *clock;
  gulong         handler;

  sr_ui_test_wait (is_mapped, window, "the window to be mapped");
  while (g_main_context_iteration (NULL, FALSE))
    {
    }
  clock = gtk_widget_get_frame_clock (window);
  handler = g_signal_connect (clock, "after-paint", G_CALLBACK (on_after_paint), &frames);
  gtk_widget_queue_draw (window);
  sr_ui_test_wait (has_painted, &frames, "the window to be drawn");
  g_signal_handler_disconnect (clock, handler);
}

static gboolean
says (const char *text,
      const char *name)
{
  g_auto (GStrv)   parts = NULL;
  g_autofree char *plain = NULL;

  if (text == NULL)
    return FALSE;
  parts = g_strsplit (text, "_", -1);
  plain = g_strjoinv ("", parts);
  return strcmp (plain, name) == 0;
}

static gboolean
is_called (GtkWidget  *widget,
           const char *name)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);

  if (name == NULL || says (gtk_widget_get_tooltip_text (widget), name))
    return TRUE;
  if (GTK_IS_BUTTON (widget) && GTK_IS_LABEL (child) &&
      says (gtk_label_get_label (GTK_LABEL (child)), name))
    return TRUE;
  for (guint n = 0; n < 2; n++)
    {
      const char      *property = n == 0 ? "label" : "title";
      GParamSpec      *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (widget), property);
      g_autofree char *text = NULL;

      if (spec == NULL || spec->value_type != G_TYPE_STRING)
        continue;
      g_object_get (widget, property, &text, NULL);
      if (says (text, name))
        return TRUE;
    }
  return FALSE;
}

static void
visit (GtkWidget  *widget,
       GType       type,
       const char *name,
       GtkWidget **first,
       guint      *count)
{
  if (gtk_widget_get_mapped (widget) && g_type_is_a (G_OBJECT_TYPE (widget), type) &&
      is_called (widget, name))
    {
      if (*first == NULL)
        *first = widget;
      (*count)++;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    visit (child, type, name, first, count);
}

GtkWidget *
sr_ui_test_find (GtkWidget  *root,
                 GType       type,
                 const char *name)
{
  GtkWidget *first = NULL;
  guint      count = 0;

  visit (root, type, name, &first, &count);
  return first;
}

guint
sr_ui_test_count (GtkWidget  *root,
                  GType       type,
                  const char *name)
{
  GtkWidget *first = NULL;
  guint      count = 0;

  visit (root, type, name, &first, &count);
  return count;
}

void
sr_ui_test_click (GtkWidget  *root,
                  const char *name)
{
  GtkWidget *button = sr_ui_test_find (root, GTK_TYPE_BUTTON, name);

  if (button == NULL)
    g_error ("there is no button “%s”", name);
  if (!gtk_widget_is_sensitive (button))
    g_error ("the button “%s” cannot be pressed", name);
  g_signal_emit_by_name (button, "clicked");
}

SrSiteItem *
sr_ui_test_site (const char *id,
                 const char *name,
                 const char *environment,
                 const char *state,
                 const char *icon_name,
                 const char *css_class)
{
  SrSiteItem *site = sr_site_item_new (id, name);

  sr_site_item_set_environment (site, environment);
  sr_site_item_set_state (site, state, icon_name, css_class);
  return site;
}
