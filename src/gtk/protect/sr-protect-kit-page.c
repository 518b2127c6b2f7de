/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <glib/gi18n.h>

#include "gtk/model/sr-protect-check.h"
#include "gtk/protect/sr-kit-print.h"
#include "gtk/protect/sr-protect-kit-page.h"
#include "gtk/sr-compat.h"

struct _SrProtectKitPage
{
  SrProtectPage parent_instance;

  GPtrArray *lines; /* of SrKitLine */

  /* From the template. */
  GtkWidget *advice;
  GtkWidget *problem;
  GtkWidget *kit;
};

G_DEFINE_FINAL_TYPE (SrProtectKitPage, sr_protect_kit_page, SR_TYPE_PROTECT_PAGE)

static const char *
css_class_of (SrKitStyle style)
{
  switch (style)
    {
    case SR_KIT_TITLE:
      return "title-3";
    case SR_KIT_HEADING:
      return "heading";
    case SR_KIT_FIXED:
    case SR_KIT_SECRET:
      return "monospace";
    case SR_KIT_TEXT:
    case SR_KIT_FACT:
      break;
    }
  return NULL;
}

static GtkWidget *
make_label (const SrKitLine *line)
{
  GtkWidget  *label = gtk_label_new (line->text);
  const char *css_class = css_class_of (line->style);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  if (line->style == SR_KIT_SECRET)
    gtk_widget_add_css_class (label, "heading");
  return label;
}

static void
show_problem (SrProtectKitPage *self,
              const char       *text)
{
  gtk_label_set_label (GTK_LABEL (self->problem), text);
  gtk_widget_set_visible (self->problem, *text != '\0');
}

static void
on_kept (SrProtectKitPage *self,
         const char       *text)
{
  show_problem (self, "");
  gtk_label_set_label (GTK_LABEL (self->advice), text);
}

static void
on_print (SrProtectKitPage *self)
{
  g_autoptr (GError) error = NULL;

  if (sr_kit_print (self->lines, GTK_WIDGET (self), &error))
    on_kept (self, _ ("Sent to the printer. Keep the sheet where you keep contracts, apart from "
                      "the computer and from the backups."));
  else if (error != NULL)
    show_problem (self, error->message);
}

void
sr_protect_kit_page_save (SrProtectKitPage *self,
                          const char       *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *shown = g_filename_display_name (path);
  g_autofree char   *text = NULL;

  if (!sr_kit_export (self->lines, path, &error))
    {
      show_problem (self, error->message);
      return;
    }
  text = g_strdup_printf (_ ("Saved as “%s”. The password stands in it: move it to a place apart "
                             "from the computer and from the backups."),
                          shown);
  on_kept (self, text);
}

static void
on_chosen (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (SrProtectKitPage) self = SR_PROTECT_KIT_PAGE (data);
  g_autoptr (GError)           error = NULL;
  g_autoptr (GFile)            file = sr_compat_choose_file_finish (result, &error);

  if (error != NULL)
    show_problem (self, error->message);
  else if (file != NULL && g_file_peek_path (file) == NULL)
    show_problem (self, _ ("It can be saved on this computer only."));
  else if (file != NULL)
    sr_protect_kit_page_save (self, g_file_peek_path (file));
}

static void
on_save (SrProtectKitPage *self)
{
  sr_compat_choose_file (GTK_WIDGET (self), SR_CHOOSE_SAVE, _ ("Save the Recovery Kit"),
                         _ ("Recovery Kit.pdf"), NULL, on_chosen, g_object_ref (self));
}

static void
sr_protect_kit_page_constructed (GObject *object)
{
  SrProtectKitPage *self = SR_PROTECT_KIT_PAGE (object);

  G_OBJECT_CLASS (sr_protect_kit_page_parent_class)->constructed (object);
  self->lines = sr_protect_make_kit (sr_protect_page_get_protect (SR_PROTECT_PAGE (self)));
  for (guint i = 0; i < self->lines->len; i++)
    gtk_box_append (GTK_BOX (self->kit), make_label (g_ptr_array_index (self->lines, i)));
  gtk_label_set_label (
      GTK_LABEL (self->advice),
      _ ("With this sheet the backups open when this computer is gone. You may go on without it; "
         "then everything depends on the password being remembered: if it is lost, so are the "
         "backups."));
}

static void
sr_protect_kit_page_finalize (GObject *object)
{
  g_clear_pointer (&SR_PROTECT_KIT_PAGE (object)->lines, g_ptr_array_unref);
  G_OBJECT_CLASS (sr_protect_kit_page_parent_class)->finalize (object);
}

static void
sr_protect_kit_page_class_init (SrProtectKitPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->constructed = sr_protect_kit_page_constructed;
  G_OBJECT_CLASS (class)->finalize = sr_protect_kit_page_finalize;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/strongroom/Strongroom/protect/sr-protect-kit-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrProtectKitPage, advice);
  gtk_widget_class_bind_template_child (widget_class, SrProtectKitPage, problem);
  gtk_widget_class_bind_template_child (widget_class, SrProtectKitPage, kit);
  gtk_widget_class_bind_template_callback (widget_class, on_print);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
}

static void
sr_protect_kit_page_init (SrProtectKitPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sr_protect_kit_page_new (SrProtect *protect)
{
  return g_object_new (SR_TYPE_PROTECT_KIT_PAGE, "protect", protect, NULL);
}
