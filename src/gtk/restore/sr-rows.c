/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <glib/gi18n.h>

#include "gtk/restore/sr-rows.h"
#include "gtk/sr-window.h"

static GtkWidget *
make_row (const char *title,
          const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  return row;
}

GtkWidget *
sr_rows_make_result (gpointer item,
                     gpointer unused)
{
  SrRowItem       *result = item;
  const char      *css_class = sr_row_item_get_css_class (result);
  GtkWidget       *icon = gtk_image_new_from_icon_name (sr_row_item_get_icon_name (result));
  g_autofree char *text =
      /* TRANSLATORS: the result of a check and what was found: Passed: all of it can be read */
      g_strdup_printf (C_ ("result", "%s: %s"), sr_row_item_get_word (result),
                       sr_row_item_get_sentence (result));
  GtkWidget *row = make_row (sr_row_item_get_title (result), text);

  if (css_class[0] != '\0')
    gtk_widget_add_css_class (icon, css_class);
  gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  sr_row_item_get_word (result), -1);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  return row;
}

static GtkWidget *
make_label (const char *text,
            const char *css_class,
            gboolean    wraps)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_wrap (GTK_LABEL (label), wraps);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
make_box_row (GtkWidget *box)
{
  GtkWidget *row = gtk_list_box_row_new ();

  gtk_widget_set_margin_top (box, 8);
  gtk_widget_set_margin_bottom (box, 8);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  return row;
}

GtkWidget *
sr_rows_make_fact (gpointer item,
                   gpointer unused)
{
  SrRowItem *fact = item;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *name = make_label (sr_row_item_get_title (fact), "caption", TRUE);
  GtkWidget *text = make_label (sr_row_item_get_sentence (fact), NULL, TRUE);

  gtk_widget_add_css_class (name, "dim-label");
  gtk_label_set_selectable (GTK_LABEL (text), TRUE);
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), text);
  return make_box_row (box);
}

GtkWidget *
sr_rows_make_bar (gpointer item,
                  gpointer unused)
{
  SrChoiceItem    *collection = item;
  GtkWidget       *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget       *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget       *name = make_label (sr_choice_item_get_name (collection), NULL, TRUE);
  GtkWidget       *amount = make_label (sr_choice_item_get_amount (collection), "dim-label", FALSE);
  GtkWidget       *bar = gtk_level_bar_new ();
  GtkWidget       *row;
  g_autofree char *spoken = g_strdup_printf (C_ ("collection", "%s, %s"),
                                             sr_choice_item_get_name (collection),
                                             sr_choice_item_get_amount (collection));

  gtk_widget_set_hexpand (name, TRUE);
  gtk_widget_add_css_class (amount, "numeric");
  gtk_level_bar_set_value (GTK_LEVEL_BAR (bar), sr_choice_item_get_fraction (collection));
  /* one colour for all: a small collection is no warning */
  gtk_level_bar_remove_offset_value (GTK_LEVEL_BAR (bar), GTK_LEVEL_BAR_OFFSET_LOW);
  gtk_level_bar_remove_offset_value (GTK_LEVEL_BAR (bar), GTK_LEVEL_BAR_OFFSET_HIGH);
  gtk_level_bar_remove_offset_value (GTK_LEVEL_BAR (bar), GTK_LEVEL_BAR_OFFSET_FULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  gtk_box_append (GTK_BOX (line), name);
  gtk_box_append (GTK_BOX (line), amount);
  gtk_box_append (GTK_BOX (box), line);
  gtk_box_append (GTK_BOX (box), bar);
  row = make_box_row (box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  return row;
}

GtkWidget *
sr_rows_make_choice (gpointer item,
                     gpointer unused)
{
  SrChoiceItem *choice = item;
  GtkWidget    *row =
      make_row (sr_choice_item_get_name (choice), sr_choice_item_get_amount (choice));
  GtkWidget *check = gtk_check_button_new ();

  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  g_object_bind_property (choice, "chosen", check, "active",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  sr_choice_item_get_name (choice), -1);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  return row;
}

/* --- copy as command
 * ---------------------------------------------------------------------------- */

typedef struct
{
  SrRowsLineFunc get_line;
  gpointer       data;
} Line;

void
sr_rows_copy_line (GtkWidget  *widget,
                   const char *line)
{
  SrWindow *window = sr_window_of (widget);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), line);
  if (window != NULL)
    sr_window_toast (window, _ ("The command was copied"));
}

static void
on_copy_clicked (GtkButton *button,
                 gpointer   user_data)
{
  Line            *self = user_data;
  g_autofree char *line = self->get_line (self->data);

  sr_rows_copy_line (GTK_WIDGET (button), line);
}

static void
line_free (gpointer  data,
           GClosure *closure)
{
  g_free (data);
}

void
sr_rows_wrap_button (GtkWidget *button)
{
  GtkWidget *label = gtk_widget_get_first_child (button);

  if (!GTK_IS_LABEL (label))
    return;
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
}

static void
connect (GtkWidget     *button,
         SrRowsLineFunc get_line,
         gpointer       data)
{
  Line *self = g_new0 (Line, 1);

  self->get_line = get_line;
  self->data = data;
  g_signal_connect_data (button, "clicked", G_CALLBACK (on_copy_clicked), self, line_free, 0);
}

GtkWidget *
sr_rows_make_copy_button (SrRowsLineFunc get_line,
                          gpointer       data)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _ ("Copy as Command"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Copy as Command"), -1);
  connect (button, get_line, data);
  return button;
}

GtkWidget *
sr_rows_make_copy_text_button (SrRowsLineFunc get_line,
                               gpointer       data)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("Copy as C_ommand"));

  sr_rows_wrap_button (button);
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "pill");
  connect (button, get_line, data);
  return button;
}
