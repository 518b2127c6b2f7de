/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <glib/gi18n.h>

#include "gtk/restore/sr-records-page.h"

#include "gtk/model/sr-choice-item.h"
#include "gtk/model/sr-say.h"
#include "gtk/restore/sr-rows.h"
#include "gtk/sr-compat.h"

/* Further fields are seen among the details of a record. */
#define MAX_COLUMNS 24
#define CELL_CHARS  40
#define LEAST_CHARS 9

struct _SrRecordsPage
{
  SrPage parent_instance;

  SrFileModel  *file; /* owned */
  SrRecordList *list; /* owned */
  guint         n_columns;

  /* From the template. */
  GtkDropDown   *collections;
  GtkEditable   *search;
  GtkLabel      *error;
  GtkColumnView *table;
  GtkLabel      *count;
};

G_DEFINE_FINAL_TYPE (SrRecordsPage, sr_records_page, SR_TYPE_PAGE)

/* --- cells
 * ----------------------------------------------------------------------------------- */

static void
show_text (SrRecordItem *item,
           GParamSpec   *spec,
           GtkLabel     *label)
{
  guint       field = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (label), "field"));
  const char *text = sr_record_item_get_text (item, field);

  gtk_label_set_text (label, text != NULL ? text : "");
}

static void
on_set_up (GtkSignalListItemFactory *factory,
           GtkListItem              *item,
           gpointer                  field)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (label), LEAST_CHARS);
  gtk_label_set_max_width_chars (GTK_LABEL (label), CELL_CHARS);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  g_object_set_data (G_OBJECT (label), "field", field);
  gtk_list_item_set_child (item, label);
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         gpointer                  field)
{
  SrRecordItem *record = gtk_list_item_get_item (item);
  GtkWidget    *label = gtk_list_item_get_child (item);

  g_signal_connect_object (record, "notify::loaded", G_CALLBACK (show_text), label, 0);
  show_text (record, NULL, GTK_LABEL (label));
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem              *item,
           gpointer                  field)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (item), show_text,
                                        gtk_list_item_get_child (item));
}

static void
add_column (SrRecordsPage *self,
            guint          field)
{
  g_autofree char                *name = sr_record_list_get_field (self->list, field);
  g_autofree char                *shown = sr_say_name (name != NULL ? name : "");
  GtkListItemFactory             *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) column = NULL;

  g_signal_connect (factory, "setup", G_CALLBACK (on_set_up), GUINT_TO_POINTER (field));
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), GUINT_TO_POINTER (field));
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), GUINT_TO_POINTER (field));
  column = gtk_column_view_column_new (shown, factory);
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_append_column (self->table, column);
}

static void
follow_fields (SrRecordsPage *self)
{
  guint       wanted = MIN (sr_record_list_get_n_fields (self->list), MAX_COLUMNS);
  GListModel *columns = gtk_column_view_get_columns (self->table);

  for (; self->n_columns > wanted; self->n_columns--)
    {
      g_autoptr (GtkColumnViewColumn) last = g_list_model_get_item (columns, self->n_columns - 1);

      gtk_column_view_remove_column (self->table, last);
    }
  for (; self->n_columns < wanted; self->n_columns++)
    add_column (self, self->n_columns);
}

/* --- details
 * --------------------------------------------------------------------------------- */

static GtkWidget *
make_details (SrRecordsPage *self,
              SrRecordItem  *record)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *list = gtk_list_box_new ();

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_widget_set_margin_top (list, 12);
  gtk_widget_set_margin_bottom (list, 12);
  gtk_widget_set_margin_start (list, 12);
  gtk_widget_set_margin_end (list, 12);
  gtk_widget_set_valign (list, GTK_ALIGN_START);
  for (guint i = 0; i < sr_record_list_get_n_fields (self->list); i++)
    {
      g_autofree char      *name = sr_record_list_get_field (self->list, i);
      const char           *text = sr_record_item_get_text (record, i);
      g_autoptr (SrRowItem) fact = NULL;

      if (text == NULL || name == NULL)
        continue;
      fact = sr_row_item_new (name, text, NULL, NULL, NULL);
      gtk_list_box_append (GTK_LIST_BOX (list), sr_rows_make_fact (fact, NULL));
    }
  if (sr_record_item_is_cut (record))
    {
      g_autoptr (SrRowItem) note =
          sr_row_item_new (_ ("Not all of it"),
                           _ ("Long values are cut here; strongroomctl records shows all of them."),
                           NULL, NULL, NULL);

      gtk_list_box_append (GTK_LIST_BOX (list), sr_rows_make_fact (note, NULL));
    }
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), list);
  gtk_widget_set_vexpand (scrolled, TRUE);
  return scrolled;
}

static void
on_row_activated (SrRecordsPage *self,
                  guint          position)
{
  g_autoptr (SrRecordItem) record = g_list_model_get_item (G_LIST_MODEL (self->list), position);
  g_autofree char         *number = NULL;
  g_autofree char         *title = NULL;

  if (record == NULL || !sr_record_item_is_loaded (record))
    return;
  number = sr_say_number (sr_record_item_get_number (record) + 1);
  /* TRANSLATORS: %s is the number of a record in its collection */
  title = g_strdup_printf (_ ("Record %s"), number);
  sr_compat_present_dialog (GTK_WIDGET (self), title, make_details (self, record), 480, 560);
}

/* --- choice
 * ---------------------------------------------------------------------------------- */

static void
on_choice_changed (SrRecordsPage *self)
{
  SrChoiceItem *collection = gtk_drop_down_get_selected_item (self->collections);

  if (self->list != NULL && collection != NULL)
    sr_record_list_show (self->list, sr_choice_item_get_raw (collection),
                         gtk_editable_get_text (self->search));
}

static void
follow_error (SrRecordsPage *self)
{
  g_autofree char *error = NULL;

  g_object_get (self->list, "error", &error, NULL);
  gtk_label_set_text (self->error, error);
  gtk_widget_set_visible (GTK_WIDGET (self->error), error[0] != '\0');
}

static void
sr_records_page_dispose (GObject *object)
{
  SrRecordsPage *self = SR_RECORDS_PAGE (object);

  if (self->list != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->list, self);
      sr_record_list_stop (self->list);
    }
  gtk_widget_dispose_template (GTK_WIDGET (self), SR_TYPE_RECORDS_PAGE);
  g_clear_object (&self->list);
  g_clear_object (&self->file);
  G_OBJECT_CLASS (sr_records_page_parent_class)->dispose (object);
}

static void
sr_records_page_class_init (SrRecordsPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sr_records_page_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/strongroom/Strongroom/restore/sr-records-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrRecordsPage, collections);
  gtk_widget_class_bind_template_child (widget_class, SrRecordsPage, search);
  gtk_widget_class_bind_template_child (widget_class, SrRecordsPage, error);
  gtk_widget_class_bind_template_child (widget_class, SrRecordsPage, table);
  gtk_widget_class_bind_template_child (widget_class, SrRecordsPage, count);
  gtk_widget_class_bind_template_callback (widget_class, on_choice_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
sr_records_page_init (SrRecordsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sr_records_page_new (SrFileModel *file)
{
  SrRecordsPage             *self = g_object_new (SR_TYPE_RECORDS_PAGE, NULL);
  g_autoptr (GtkNoSelection) rows = NULL;
  g_autoptr (GtkExpression)  name = NULL;

  self->file = g_object_ref (file);
  self->list = sr_record_list_new (file);
  sr_page_set_subtitle (SR_PAGE (self), sr_file_model_get_name (file));
  rows = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->list)));
  gtk_column_view_set_model (self->table, GTK_SELECTION_MODEL (rows));
  g_object_bind_property (self->list, "count", self->count, "label", G_BINDING_SYNC_CREATE);
  g_signal_connect_object (self->list, "notify::error", G_CALLBACK (follow_error), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "notify::n-fields", G_CALLBACK (follow_fields), self,
                           G_CONNECT_SWAPPED);
  name = gtk_property_expression_new (SR_TYPE_CHOICE_ITEM, NULL, "name");
  gtk_drop_down_set_expression (self->collections, name);
  gtk_drop_down_set_model (self->collections, sr_file_model_get_collections (file));
  on_choice_changed (self);
  return GTK_WIDGET (self);
}

SrRecordList *
sr_records_page_get_list (SrRecordsPage *self)
{
  return self->list;
}
