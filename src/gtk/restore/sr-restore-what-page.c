/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <glib/gi18n.h>

#include "gtk/restore/sr-restore-what-page.h"

#include "gtk/restore/sr-rows.h"

struct _SrRestoreWhatPage
{
  SrRestorePage parent_instance;

  GtkWidget       *rows[SR_N_RESTORE_WHAT];
  GtkStringFilter *string_filter; /* owned by the list's model */

  /* From the template. */
  AdwPreferencesGroup *options;
  GtkWidget           *search_group;
  GtkWidget           *terms;
  GtkWidget           *collections_group;
  GtkListBox          *collections;
  GtkWidget           *entries_group;
  GtkEditable         *filter;
  GtkListView         *entries;
};

G_DEFINE_FINAL_TYPE (SrRestoreWhatPage, sr_restore_what_page, SR_TYPE_RESTORE_PAGE)

static const SrRestoreOption options[SR_N_RESTORE_WHAT] = {
  [SR_RESTORE_ALL] = { N_ ("Everything"), N_ ("All records and files the backup holds") },
  [SR_RESTORE_COLLECTIONS] = { N_ ("Some Collections"), N_ ("Whole tables or collections") },
  [SR_RESTORE_RECORDS] = { N_ ("Some Records"), N_ ("What a search finds: one customer, a day") },
  [SR_RESTORE_FILES] = { N_ ("Some Files"), N_ ("Single files out of the backup") },
};

static SrRestoreModel *
get_model (SrRestoreWhatPage *self)
{
  return sr_restore_page_get_model (SR_RESTORE_PAGE (self));
}

static void
follow_what (SrRestoreWhatPage *self)
{
  SrRestoreWhat what = sr_restore_model_get_what (get_model (self));

  sr_restore_page_choose (self->rows[what]);
  gtk_widget_set_visible (self->search_group, what == SR_RESTORE_RECORDS);
  gtk_widget_set_visible (self->collections_group,
                          what == SR_RESTORE_COLLECTIONS || what == SR_RESTORE_RECORDS);
  gtk_widget_set_visible (self->entries_group, what == SR_RESTORE_FILES);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->collections_group),
                                         what == SR_RESTORE_RECORDS
                                             ? _ ("Where to search; none chosen: in all of them")
                                             : NULL);
}

static void
on_option_toggled (SrRestoreWhatPage *self)
{
  for (guint what = 0; what < SR_N_RESTORE_WHAT; what++)
    if (sr_restore_page_is_chosen (self->rows[what]))
      g_object_set (get_model (self), "what", what, NULL);
}

static void
on_filter_changed (SrRestoreWhatPage *self)
{
  gtk_string_filter_set_search (self->string_filter, gtk_editable_get_text (self->filter));
}

/* --- files
 * ----------------------------------------------------------------------------------- */

static void
on_set_up (GtkSignalListItemFactory *factory,
           GtkListItem              *item,
           gpointer                  unused)
{
  GtkWidget *check = gtk_check_button_new ();

  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_child (item, check);
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         gpointer                  unused)
{
  SrChoiceItem    *choice = gtk_list_item_get_item (item);
  GtkWidget       *check = gtk_list_item_get_child (item);
  g_autofree char *label =
      sr_choice_item_get_amount (choice)[0] != '\0'
          /* TRANSLATORS: name and size of a file */
          ? g_strdup_printf (C_ ("file", "%s (%s)"), sr_choice_item_get_name (choice),
                             sr_choice_item_get_amount (choice))
          : g_strdup (sr_choice_item_get_name (choice));
  GtkWidget *text;

  gtk_check_button_set_label (GTK_CHECK_BUTTON (check), label);
  text = gtk_widget_get_last_child (check);
  if (GTK_IS_LABEL (text))
    gtk_label_set_ellipsize (GTK_LABEL (text), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_tooltip_text (check, sr_choice_item_get_name (choice));
  g_object_set_data (G_OBJECT (item), "binding",
                     g_object_bind_property (choice, "chosen", check, "active",
                                             G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL));
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem              *item,
           gpointer                  unused)
{
  g_binding_unbind (g_object_steal_data (G_OBJECT (item), "binding"));
}

static void
show_entries (SrRestoreWhatPage *self)
{
  GtkExpression      *name = gtk_property_expression_new (SR_TYPE_CHOICE_ITEM, NULL, "name");
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkFilterListModel *filtered;

  self->string_filter = gtk_string_filter_new (name);
  filtered = gtk_filter_list_model_new (
      g_object_ref (sr_restore_model_get_entries (get_model (self))),
      GTK_FILTER (self->string_filter));
  gtk_filter_list_model_set_incremental (filtered, TRUE);
  g_signal_connect (factory, "setup", G_CALLBACK (on_set_up), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  gtk_list_view_set_factory (self->entries, factory);
  g_object_unref (factory);
  {
    g_autoptr (GtkNoSelection) model = gtk_no_selection_new (G_LIST_MODEL (filtered));

    gtk_list_view_set_model (self->entries, GTK_SELECTION_MODEL (model));
  }
}

static void
sr_restore_what_page_constructed (GObject *object)
{
  SrRestoreWhatPage *self = SR_RESTORE_WHAT_PAGE (object);
  SrRestorePage     *page = SR_RESTORE_PAGE (object);

  G_OBJECT_CLASS (sr_restore_what_page_parent_class)->constructed (object);
  for (guint what = 0; what < SR_N_RESTORE_WHAT; what++)
    {
      self->rows[what] = sr_restore_page_add_option (self->options, &options[what],
                                                     what > 0 ? self->rows[0] : NULL);
      sr_restore_page_set_problem (self->rows[what], &options[what],
                                   sr_restore_model_get_what_problem (get_model (self), what));
    }
  follow_what (self);
  for (guint what = 0; what < SR_N_RESTORE_WHAT; what++)
    g_signal_connect_object (
        adw_action_row_get_activatable_widget (ADW_ACTION_ROW (self->rows[what])), "toggled",
        G_CALLBACK (on_option_toggled), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (get_model (self), "notify::what", G_CALLBACK (follow_what), self,
                           G_CONNECT_SWAPPED);
  sr_restore_page_bind (page, self->terms, "text", "terms");
  gtk_list_box_bind_model (self->collections, sr_restore_model_get_collections (get_model (self)),
                           sr_rows_make_choice, NULL, NULL);
  show_entries (self);
  sr_restore_page_wait_for (page, "what-reason");
}

static void
sr_restore_what_page_class_init (SrRestoreWhatPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->constructed = sr_restore_what_page_constructed;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/strongroom/Strongroom/restore/sr-restore-what-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWhatPage, options);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWhatPage, search_group);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWhatPage, terms);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWhatPage, collections_group);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWhatPage, collections);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWhatPage, entries_group);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWhatPage, filter);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWhatPage, entries);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_changed);
  gtk_widget_class_bind_template_callback (widget_class, sr_wizard_page_next);
}

static void
sr_restore_what_page_init (SrRestoreWhatPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sr_restore_what_page_new (SrRestoreModel *model)
{
  return g_object_new (SR_TYPE_RESTORE_WHAT_PAGE, "model", model, NULL);
}
