/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "gtk/protect/sr-kit-print.h"
#include "job/sr-recovery-kit.h"

/* In points. */
#define MARGIN 56.0
#define SPACE  8.0

typedef struct
{
  GPtrArray *kit;
  GPtrArray *layouts; /* of PangoLayout, one a line */
  GArray    *starts;  /* of guint: first line of each page */
} Sheet;

static const char *
font_of (SrKitStyle style)
{
  switch (style)
    {
    case SR_KIT_TITLE:
      return "Sans Bold 20";
    case SR_KIT_HEADING:
      return "Sans Bold 13";
    case SR_KIT_FIXED:
      return "Monospace 10";
    case SR_KIT_SECRET:
      return "Monospace Bold 14";
    case SR_KIT_TEXT:
    case SR_KIT_FACT:
      break;
    }
  return "Sans 11";
}

static double
height_of (PangoLayout *layout)
{
  int height;

  pango_layout_get_size (layout, NULL, &height);
  return (double) height / PANGO_SCALE + SPACE;
}

static void
on_begin (GtkPrintOperation *operation,
          GtkPrintContext   *context,
          gpointer           data)
{
  Sheet *sheet = data;
  double width = gtk_print_context_get_width (context);
  double room = gtk_print_context_get_height (context);
  double y = 0;
  guint  first = 0;

  g_ptr_array_set_size (sheet->layouts, 0);
  g_array_set_size (sheet->starts, 0);
  g_array_append_val (sheet->starts, first);
  for (guint i = 0; i < sheet->kit->len; i++)
    {
      const SrKitLine                 *line = g_ptr_array_index (sheet->kit, i);
      PangoLayout                     *layout = gtk_print_context_create_pango_layout (context);
      g_autoptr (PangoFontDescription) font =
          pango_font_description_from_string (font_of (line->style));

      g_ptr_array_add (sheet->layouts, layout);
      pango_layout_set_font_description (layout, font);
      pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
      pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
      pango_layout_set_text (layout, line->text, -1);
      if (y > 0 && y + height_of (layout) > room)
        {
          g_array_append_val (sheet->starts, i);
          y = 0;
        }
      y += height_of (layout);
    }
  gtk_print_operation_set_n_pages (operation, (int) sheet->starts->len);
}

static void
on_draw (GtkPrintOperation *operation,
         GtkPrintContext   *context,
         int                page,
         gpointer           data)
{
  Sheet   *sheet = data;
  cairo_t *cairo = gtk_print_context_get_cairo_context (context);
  guint    next = (guint) page + 1;
  guint    end = next < sheet->starts->len ? g_array_index (sheet->starts, guint, next)
                                           : sheet->layouts->len;
  double   y = 0;

  for (guint i = g_array_index (sheet->starts, guint, page); i < end; i++)
    {
      PangoLayout *layout = g_ptr_array_index (sheet->layouts, i);

      cairo_move_to (cairo, 0, y);
      pango_cairo_show_layout (cairo, layout);
      y += height_of (layout);
    }
}

static gboolean
run (GPtrArray              *kit,
     GtkPrintOperationAction action,
     const char             *path,
     GtkWindow              *parent,
     GError                **error)
{
  g_autoptr (GtkPrintOperation) operation = gtk_print_operation_new ();
  g_autoptr (GtkPageSetup)      setup = gtk_page_setup_new ();
  g_autoptr (GPtrArray)         layouts = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GArray)            starts = g_array_new (FALSE, FALSE, sizeof (guint));
  Sheet                         sheet = { kit, layouts, starts };
  GtkPrintOperationResult       result;

  gtk_page_setup_set_top_margin (setup, MARGIN, GTK_UNIT_POINTS);
  gtk_page_setup_set_bottom_margin (setup, MARGIN, GTK_UNIT_POINTS);
  gtk_page_setup_set_left_margin (setup, MARGIN, GTK_UNIT_POINTS);
  gtk_page_setup_set_right_margin (setup, MARGIN, GTK_UNIT_POINTS);
  gtk_print_operation_set_default_page_setup (operation, setup);
  gtk_print_operation_set_unit (operation, GTK_UNIT_POINTS);
  gtk_print_operation_set_job_name (operation, _ ("Strongroom recovery kit"));
  if (path != NULL)
    gtk_print_operation_set_export_filename (operation, path);
  g_signal_connect (operation, "begin-print", G_CALLBACK (on_begin), &sheet);
  g_signal_connect (operation, "draw-page", G_CALLBACK (on_draw), &sheet);
  result = gtk_print_operation_run (operation, action, parent, error);
  return result == GTK_PRINT_OPERATION_RESULT_APPLY ||
         result == GTK_PRINT_OPERATION_RESULT_IN_PROGRESS;
}

gboolean
sr_kit_print (GPtrArray *kit,
              GtkWidget *parent,
              GError   **error)
{
  GtkRoot *root = gtk_widget_get_root (parent);

  return run (kit, GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG, NULL,
              GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, error);
}

/* What writes PDF keeps the mode of a file that is there, and tells little of why it cannot. */
static gboolean
prepare_file (const char *path,
              GError    **error)
{
  int fd = g_open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  int saved = errno;

  if (fd >= 0 && fchmod (fd, 0600) == 0)
    return g_close (fd, error);
  if (fd >= 0)
    {
      saved = errno;
      g_close (fd, NULL);
    }
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved),
               _ ("It cannot be saved there: %s. Choose another folder."), g_strerror (saved));
  return FALSE;
}

gboolean
sr_kit_export (GPtrArray  *kit,
               const char *path,
               GError    **error)
{
  return prepare_file (path, error) &&
         run (kit, GTK_PRINT_OPERATION_ACTION_EXPORT, path, NULL, error);
}
