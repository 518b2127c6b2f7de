/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "gtk/restore/sr-file-page.h"

#include "gtk/restore/sr-records-page.h"
#include "gtk/restore/sr-restore-wizard.h"
#include "gtk/restore/sr-rows.h"
#include "gtk/sr-compat.h"
#include "gtk/sr-window.h"

/* Rows of a list that is no table; what goes beyond is seen among the records. */
#define MAX_ROWS 300

struct _SrFilePage
{
  SrPage parent_instance;

  SrFileModel *model; /* owned */
  GtkWidget   *rows[SR_N_FILE_ACTIONS];
  GtkWidget   *key_row;
  const char  *css_class; /* of the icon now; static */

  /* From the template. */
  GtkWidget           *verdict_icon;
  GtkWidget           *key_entry;
  GtkWidget           *key_skip;
  GtkWidget           *key_open;
  AdwPreferencesGroup *actions;
  GtkWidget           *collections_group;
  GtkWidget           *checks_group;
  GtkListBox          *collections;
  GtkListBox          *checks;
  GtkListBox          *facts;
  AdwBin              *spinner_place;
};

enum
{
  PROP_MODEL = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (SrFilePage, sr_file_page, SR_TYPE_PAGE)

/* --- what can be done
 * ------------------------------------------------------------------------ */

typedef struct
{
  SrFilePage  *page;
  SrFileAction action;
} ActionLine;

static const struct
{
  SrFileAction action;
  const char  *title;
  const char  *subtitle;
} action_rows[] = {
  { SR_FILE_RESTORE, N_ ("Restore…"), N_ ("Into a folder, a database, or another format") },
  { SR_FILE_RECORDS, N_ ("Look at Records…"), N_ ("As tables, with a search") },
  { SR_FILE_EXTRACT, N_ ("Extract Files…"), N_ ("Into a folder of their own") },
  { SR_FILE_CONVERT, N_ ("Convert…"), N_ ("Into the format of another program or database") },
  { SR_FILE_VERIFY, N_ ("Check Again"), N_ ("Look at every byte once more") },
};

static char *
get_action_line (gpointer data)
{
  ActionLine *line = data;

  return sr_file_model_get_command (line->page->model, line->action);
}

/* @at_where: what is known already, and the place is proposed */
static void
open_wizard (SrFilePage    *self,
             SrRestoreWhere where,
             gboolean       at_where)
{
  SrRestoreWizard *wizard = SR_RESTORE_WIZARD (sr_restore_wizard_new (self->model));

  g_object_set (sr_restore_wizard_get_model (wizard), "where", (guint) where, NULL);
  if (at_where)
    sr_restore_wizard_start_at_where (wizard);
  sr_window_open_wizard (sr_window_of (GTK_WIDGET (self)), SR_WIZARD (wizard));
}

static void
on_row_activated (SrFilePage   *self,
                  AdwActionRow *row)
{
  if (GTK_WIDGET (row) == self->rows[SR_FILE_RESTORE])
    open_wizard (self, SR_RESTORE_TO_FOLDER, FALSE);
  else if (GTK_WIDGET (row) == self->rows[SR_FILE_RECORDS])
    sr_window_push_page (sr_window_of (GTK_WIDGET (self)),
                         SR_PAGE (sr_records_page_new (self->model)));
  else if (GTK_WIDGET (row) == self->rows[SR_FILE_EXTRACT])
    open_wizard (self, SR_RESTORE_TO_FOLDER, TRUE);
  else if (GTK_WIDGET (row) == self->rows[SR_FILE_CONVERT])
    open_wizard (self, SR_RESTORE_TO_FILE, TRUE);
  else if (GTK_WIDGET (row) == self->rows[SR_FILE_VERIFY] || GTK_WIDGET (row) == self->key_row)
    sr_file_model_open (self->model, sr_file_model_get_path (self->model));
}

static GtkWidget *
add_row (SrFilePage *self,
         const char *title,
         const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_signal_connect_object (row, "activated", G_CALLBACK (on_row_activated), self,
                           G_CONNECT_SWAPPED);
  adw_preferences_group_add (self->actions, row);
  return row;
}

static void
add_action (SrFilePage  *self,
            SrFileAction action,
            const char  *title,
            const char  *subtitle)
{
  GtkWidget  *row = add_row (self, title, subtitle);
  ActionLine *line = g_new0 (ActionLine, 1);

  line->page = self;
  line->action = action;
  g_object_set_data_full (G_OBJECT (row), "line", line, g_free);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             sr_rows_make_copy_button (get_action_line, line));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name ("go-next-symbolic"));
  self->rows[action] = row;
}

/* A row that can do nothing now says why. */
static void
follow_reasons (SrFilePage *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (action_rows); i++)
    {
      GtkWidget  *row = self->rows[action_rows[i].action];
      const char *reason = sr_file_model_get_reason (self->model, action_rows[i].action);

      adw_action_row_set_subtitle (ADW_ACTION_ROW (row),
                                   reason != NULL ? reason : _ (action_rows[i].subtitle));
      gtk_widget_set_sensitive (row, reason == NULL);
    }
}

/* --- following the model
 * --------------------------------------------------------------------- */

static void
follow_verdict (SrFilePage *self)
{
  g_autofree char *css_class = NULL;

  g_object_get (self->model, "verdict-css-class", &css_class, NULL);
  if (self->css_class != NULL)
    gtk_widget_remove_css_class (self->verdict_icon, self->css_class);
  self->css_class = css_class[0] != '\0' ? g_intern_string (css_class) : NULL;
  if (self->css_class != NULL)
    gtk_widget_add_css_class (self->verdict_icon, self->css_class);
}

static void
follow_state (SrFilePage *self)
{
  gboolean    asks = strcmp (sr_file_model_get_state (self->model), "key") == 0;
  GListModel *collections = sr_file_model_get_collections (self->model);
  GListModel *checks = sr_file_model_get_checks (self->model);

  follow_verdict (self);
  follow_reasons (self);
  gtk_widget_set_visible (self->key_row, sr_file_model_is_locked (self->model));
  gtk_widget_set_visible (self->collections_group, g_list_model_get_n_items (collections) > 0);
  gtk_widget_set_visible (self->checks_group, g_list_model_get_n_items (checks) > 0);
  if (asks)
    gtk_widget_grab_focus (self->key_entry);
}

static void
on_cancel_clicked (SrFilePage *self)
{
  sr_file_model_cancel (self->model);
}

static void
on_again_clicked (SrFilePage *self)
{
  sr_file_model_open (self->model, sr_file_model_get_path (self->model));
}

static void
on_key_given (SrFilePage *self)
{
  const char          *text = gtk_editable_get_text (GTK_EDITABLE (self->key_entry));
  g_autoptr (SrSecret) key = NULL;

  if (text[0] == '\0')
    return;
  key = sr_secret_new_from (text, strlen (text));
  gtk_editable_set_text (GTK_EDITABLE (self->key_entry), "");
  sr_file_model_give_key (self->model, key);
}

static void
on_key_skipped (SrFilePage *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->key_entry), "");
  sr_file_model_give_key (self->model, NULL);
}

/* --- object
 * ---------------------------------------------------------------------------------- */

static void
bind_list (GtkListBox                *list,
           GListModel                *model,
           GtkListBoxCreateWidgetFunc make)
{
  g_autoptr (GtkSliceListModel) slice =
      gtk_slice_list_model_new (g_object_ref (model), 0, MAX_ROWS);

  gtk_list_box_bind_model (list, G_LIST_MODEL (slice), make, NULL, NULL);
}

static void
sr_file_page_constructed (GObject *object)
{
  SrFilePage *self = SR_FILE_PAGE (object);

  G_OBJECT_CLASS (sr_file_page_parent_class)->constructed (object);
  self->key_row = add_row (self, _ ("Give Its Key…"),
                           _ ("What is encrypted can be judged and restored then"));
  for (guint i = 0; i < G_N_ELEMENTS (action_rows); i++)
    add_action (self, action_rows[i].action, _ (action_rows[i].title),
                _ (action_rows[i].subtitle));
  bind_list (self->collections, sr_file_model_get_collections (self->model), sr_rows_make_bar);
  bind_list (self->checks, sr_file_model_get_checks (self->model), sr_rows_make_result);
  bind_list (self->facts, sr_file_model_get_facts (self->model), sr_rows_make_fact);
  adw_bin_set_child (self->spinner_place, sr_compat_spinner_new ());
  g_object_bind_property (self->model, "name", self, "subtitle", G_BINDING_SYNC_CREATE);
  g_signal_connect_object (self->model, "notify::state", G_CALLBACK (follow_state), self,
                           G_CONNECT_SWAPPED);
  follow_state (self);
}

static void
sr_file_page_dispose (GObject *object)
{
  SrFilePage *self = SR_FILE_PAGE (object);

  if (self->model != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->model, self);
      sr_file_model_cancel (self->model);
    }
  /* while what its bindings look at is whole */
  gtk_widget_dispose_template (GTK_WIDGET (self), SR_TYPE_FILE_PAGE);
  G_OBJECT_CLASS (sr_file_page_parent_class)->dispose (object);
}

static void
sr_file_page_finalize (GObject *object)
{
  SrFilePage *self = SR_FILE_PAGE (object);

  g_clear_object (&self->model);
  G_OBJECT_CLASS (sr_file_page_parent_class)->finalize (object);
}

static void
sr_file_page_get_property (GObject    *object,
                           guint       id,
                           GValue     *value,
                           GParamSpec *spec)
{
  if (id == PROP_MODEL)
    g_value_set_object (value, SR_FILE_PAGE (object)->model);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
sr_file_page_set_property (GObject      *object,
                           guint         id,
                           const GValue *value,
                           GParamSpec   *spec)
{
  if (id == PROP_MODEL)
    SR_FILE_PAGE (object)->model = g_value_dup_object (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
sr_file_page_class_init (SrFilePageClass *class)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->constructed = sr_file_page_constructed;
  object_class->dispose = sr_file_page_dispose;
  object_class->finalize = sr_file_page_finalize;
  object_class->get_property = sr_file_page_get_property;
  object_class->set_property = sr_file_page_set_property;
  properties[PROP_MODEL] =
      g_param_spec_object ("model", NULL, NULL, SR_TYPE_FILE_MODEL,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  g_type_ensure (SR_TYPE_PROGRESS_MODEL);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/strongroom/Strongroom/restore/sr-file-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrFilePage, verdict_icon);
  gtk_widget_class_bind_template_child (widget_class, SrFilePage, key_entry);
  gtk_widget_class_bind_template_child (widget_class, SrFilePage, actions);
  gtk_widget_class_bind_template_child (widget_class, SrFilePage, collections_group);
  gtk_widget_class_bind_template_child (widget_class, SrFilePage, checks_group);
  gtk_widget_class_bind_template_child (widget_class, SrFilePage, collections);
  gtk_widget_class_bind_template_child (widget_class, SrFilePage, checks);
  gtk_widget_class_bind_template_child (widget_class, SrFilePage, facts);
  gtk_widget_class_bind_template_child (widget_class, SrFilePage, spinner_place);
  gtk_widget_class_bind_template_child (widget_class, SrFilePage, key_skip);
  gtk_widget_class_bind_template_child (widget_class, SrFilePage, key_open);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_again_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_key_given);
  gtk_widget_class_bind_template_callback (widget_class, on_key_skipped);
}

static void
sr_file_page_init (SrFilePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sr_rows_wrap_button (self->key_skip);
  sr_rows_wrap_button (self->key_open);
}

GtkWidget *
sr_file_page_new (SrFileModel *model)
{
  return g_object_new (SR_TYPE_FILE_PAGE, "model", model, NULL);
}

SrFileModel *
sr_file_page_get_model (SrFilePage *self)
{
  return self->model;
}

void
sr_file_page_open (SrWindow *window,
                   GFile    *file)
{
  g_autoptr (SrFileModel) model = sr_file_model_new ();
  g_autofree char        *path = g_file_get_path (file);

  if (path == NULL)
    {
      sr_window_toast (window, _ ("Only files on this computer can be opened"));
      return;
    }
  sr_file_model_open (model, path);
  sr_window_push_page (window, SR_PAGE (sr_file_page_new (model)));
}
