/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <glib/gi18n.h>

#include "gtk/sr-help-topics.h"
#include "gtk/sr-help.h"
#include "gtk/sr-window.h"

struct _SrHelp
{
  SrPage parent_instance;

  /* From the template. */
  GtkBox *blocks;
};

G_DEFINE_FINAL_TYPE (SrHelp, sr_help, SR_TYPE_PAGE)

static GtkWidget *
make_label (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  /* Selectable, but no stop on the way of the Tab key. */
  gtk_widget_set_focusable (label, FALSE);
  return label;
}

static GtkWidget *
make_step (const char *text,
           guint       number)
{
  g_autofree char *digits = g_strdup_printf ("%u", number);
  GtkWidget       *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget       *label = gtk_label_new (digits);

  gtk_widget_set_valign (label, GTK_ALIGN_START);
  gtk_widget_add_css_class (label, "step-number");
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), make_label (text));
  return box;
}

static void
on_copy_clicked (GtkWidget  *button,
                 const char *command)
{
  SrWindow *window = sr_window_of (button);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (button), command);
  if (window != NULL)
    sr_window_toast (window, _ ("Copied"));
}

static GtkWidget *
make_command (const char *command)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = make_label (command);
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");

  gtk_widget_set_tooltip_text (button, _ ("Copy This Command"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Copy This Command"), -1);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  /* The texts are constant. */
  g_signal_connect (button, "clicked", G_CALLBACK (on_copy_clicked), (gpointer) command);
  gtk_widget_add_css_class (label, "monospace");
  gtk_widget_set_direction (label, GTK_TEXT_DIR_LTR);
  gtk_widget_add_css_class (box, "card");
  gtk_widget_add_css_class (box, "command");
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), button);
  return box;
}

static void
add_block (SrHelp            *self,
           const SrHelpBlock *block,
           guint             *step)
{
  GtkWidget *widget = NULL;

  switch (block->kind)
    {
    case SR_HELP_TEXT:
      widget = make_label (_ (block->text));
      break;
    case SR_HELP_HEADING:
      widget = make_label (_ (block->text));
      gtk_widget_add_css_class (widget, "heading");
      gtk_widget_set_margin_top (widget, 12);
      *step = 0;
      break;
    case SR_HELP_STEP:
      widget = make_step (_ (block->text), ++*step);
      break;
    case SR_HELP_COMMAND:
      widget = make_command (block->text);
      break;
    }
  gtk_box_append (self->blocks, widget);
}

static void
sr_help_class_init (SrHelpClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/strongroom/Strongroom/sr-help.ui");
  gtk_widget_class_bind_template_child (widget_class, SrHelp, blocks);
}

static void
sr_help_init (SrHelp *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sr_help_new (const char *topic)
{
  const SrHelpTopic *found = sr_help_topic (topic);
  SrHelp            *self;
  guint              step = 0;

  if (found == NULL)
    return NULL;
  self = g_object_new (SR_TYPE_HELP, "title", _ (found->title), NULL);
  for (const SrHelpBlock *block = found->blocks; block->text != NULL; block++)
    add_block (self, block, &step);
  return GTK_WIDGET (self);
}
