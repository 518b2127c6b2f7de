/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "gtk/restore/sr-restore-where-page.h"

#include "gtk/restore/sr-rows.h"
#include "gtk/sr-compat.h"
#include "gtk/sr-window.h"

struct _SrRestoreWherePage
{
  SrRestorePage parent_instance;

  GtkWidget *rows[SR_N_RESTORE_WHERE];

  /* From the template. */
  AdwPreferencesGroup *options;
  GtkWidget           *path_group;
  GtkWidget           *path;
  AdwComboRow         *format;
  GtkWidget           *server_group;
  GtkWidget           *host;
  GtkWidget           *port;
  GtkWidget           *database;
  GtkWidget           *user;
  GtkWidget           *password;
  GtkWidget           *keep;
  GtkWidget           *socket;
  GtkWidget           *schema;
  AdwComboRow         *tls;
  GtkWidget           *host_error;
  GtkWidget           *password_error;
};

G_DEFINE_FINAL_TYPE (SrRestoreWherePage, sr_restore_where_page, SR_TYPE_RESTORE_PAGE)

static const SrRestoreOption options[SR_N_RESTORE_WHERE] = {
  [SR_RESTORE_TO_FOLDER] = { N_ ("A Folder"), N_ ("The files of the backup, unpacked") },
  [SR_RESTORE_TO_SQLITE] = { N_ ("A SQLite File"), N_ ("A new one, or tables of one") },
  [SR_RESTORE_TO_MARIADB] = { N_ ("MariaDB or MySQL"), N_ ("Tables of a database") },
  [SR_RESTORE_TO_POSTGRES] = { N_ ("PostgreSQL"), N_ ("Tables of a database") },
  [SR_RESTORE_TO_FILE] = { N_ ("A File in Another Format"), N_ ("Nothing that exists is touched") },
};

/* In the order of SrConvertFormat. */
static const char *const formats[] = {
  N_ ("RayERP backup (ZIP)"),
  N_ ("POS backup"),
  N_ ("LPG Nexus backup (JSON)"),
  N_ ("SQL for MariaDB and MySQL"),
  N_ ("SQL for PostgreSQL"),
  N_ ("SQL for SQLite"),
  N_ ("SQLite file"),
  N_ ("CSV, a folder of tables"),
  N_ ("JSON, a folder of collections"),
  N_ ("ZIP of the files as they are"),
};

static const struct
{
  const char *value;
  const char *title;
} tls_ways[] = {
  { "", N_ ("As the client does by itself") },
  { "require", N_ ("Required") },
  { "verify-ca", N_ ("Certificate checked") },
  { "verify-full", N_ ("Certificate and name checked") },
};

static SrRestoreModel *
get_model (SrRestoreWherePage *self)
{
  return sr_restore_page_get_model (SR_RESTORE_PAGE (self));
}

static void
follow_errors (SrRestoreWherePage *self)
{
  g_autofree char *host = NULL;
  g_autofree char *password = NULL;

  g_object_get (get_model (self), "host-error", &host, "password-error", &password, NULL);
  gtk_widget_set_visible (self->host_error, host[0] != '\0');
  gtk_widget_set_visible (self->password_error, password[0] != '\0');
  (host[0] != '\0' ? gtk_widget_add_css_class : gtk_widget_remove_css_class) (self->host, "error");
  (password[0] != '\0' ? gtk_widget_add_css_class : gtk_widget_remove_css_class) (self->password,
                                                                                  "error");
}

static void
follow_where (SrRestoreWherePage *self)
{
  static const char *const paths[SR_N_RESTORE_WHERE] = {
    [SR_RESTORE_TO_FOLDER] = N_ ("Folder, new or existing"),
    [SR_RESTORE_TO_SQLITE] = N_ ("SQLite file, new or existing"),
    [SR_RESTORE_TO_FILE] = N_ ("New file or folder"),
  };
  SrRestoreWhere where = sr_restore_model_get_where (get_model (self));
  gboolean       is_server = where == SR_RESTORE_TO_MARIADB || where == SR_RESTORE_TO_POSTGRES;

  sr_restore_page_choose (self->rows[where]);
  gtk_widget_set_visible (self->path_group, !is_server);
  gtk_widget_set_visible (GTK_WIDGET (self->format), where == SR_RESTORE_TO_FILE);
  gtk_widget_set_visible (self->server_group, is_server);
  gtk_widget_set_visible (self->schema, where == SR_RESTORE_TO_POSTGRES);
  if (paths[where] != NULL)
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->path), _ (paths[where]));
}

static void
on_option_toggled (SrRestoreWherePage *self)
{
  for (guint where = 0; where < SR_N_RESTORE_WHERE; where++)
    if (sr_restore_page_is_chosen (self->rows[where]))
      g_object_set (get_model (self), "where", where, NULL);
}

static void
on_password_changed (SrRestoreWherePage *self)
{
  const char          *text = gtk_editable_get_text (GTK_EDITABLE (self->password));
  g_autoptr (SrSecret) secret = text[0] != '\0' ? sr_secret_new_from (text, strlen (text)) : NULL;

  sr_restore_model_set_password (get_model (self), secret);
}

static void
on_tls_selected (SrRestoreWherePage *self)
{
  guint selected = adw_combo_row_get_selected (self->tls);

  if (selected < G_N_ELEMENTS (tls_ways))
    g_object_set (get_model (self), "tls", tls_ways[selected].value, NULL);
}

/* --- choosing a path
 * ------------------------------------------------------------------------- */

static void
on_chosen (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (SrRestoreWherePage) self = user_data;
  g_autoptr (GError)             error = NULL;
  g_autoptr (GFile)              file = sr_compat_choose_file_finish (result, &error);
  g_autofree char               *path = file != NULL ? g_file_get_path (file) : NULL;
  SrWindow                      *window = sr_window_of (GTK_WIDGET (self));

  if (error != NULL && window != NULL)
    sr_window_toast (window, error->message);
  if (path != NULL)
    g_object_set (get_model (self), "path", path, NULL);
}

static void
on_choose_clicked (SrRestoreWherePage *self)
{
  SrRestoreWhere where = sr_restore_model_get_where (get_model (self));

  if (where == SR_RESTORE_TO_FOLDER)
    sr_compat_choose_file (GTK_WIDGET (self), SR_CHOOSE_FOLDER, _ ("Restore Into a Folder"), NULL,
                           NULL, on_chosen, g_object_ref (self));
  else
    sr_compat_choose_file (GTK_WIDGET (self), SR_CHOOSE_SAVE, _ ("Restore Into a File"),
                           where == SR_RESTORE_TO_SQLITE ? "restored.db" : _ ("restored"), NULL,
                           on_chosen, g_object_ref (self));
}

/* --- object
 * ---------------------------------------------------------------------------------- */

static GListModel *
make_list (const char *const *titles,
           guint              n)
{
  GtkStringList *list = gtk_string_list_new (NULL);

  for (guint i = 0; i < n; i++)
    gtk_string_list_append (list, _ (titles[i]));
  return G_LIST_MODEL (list);
}

static void
fill_lists (SrRestoreWherePage *self)
{
  const char            *titles[G_N_ELEMENTS (tls_ways)];
  g_autofree char       *tls = NULL;
  g_autoptr (GListModel) known = make_list (formats, G_N_ELEMENTS (formats));
  g_autoptr (GListModel) ways = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (tls_ways); i++)
    titles[i] = tls_ways[i].title;
  ways = make_list (titles, G_N_ELEMENTS (titles));
  adw_combo_row_set_model (self->format, known);
  sr_restore_page_bind (SR_RESTORE_PAGE (self), self->format, "selected", "format");
  adw_combo_row_set_model (self->tls, ways);
  g_object_get (get_model (self), "tls", &tls, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tls_ways); i++)
    if (strcmp (tls_ways[i].value, tls) == 0)
      adw_combo_row_set_selected (self->tls, i);
  g_signal_connect_object (self->tls, "notify::selected", G_CALLBACK (on_tls_selected), self,
                           G_CONNECT_SWAPPED);
}

static void
add_options (SrRestoreWherePage *self)
{
  for (guint where = 0; where < SR_N_RESTORE_WHERE; where++)
    {
      self->rows[where] = sr_restore_page_add_option (self->options, &options[where],
                                                      where > 0 ? self->rows[0] : NULL);
      sr_restore_page_set_problem (self->rows[where], &options[where],
                                   sr_restore_model_get_where_problem (get_model (self), where));
    }
  follow_where (self);
  for (guint where = 0; where < SR_N_RESTORE_WHERE; where++)
    g_signal_connect_object (
        adw_action_row_get_activatable_widget (ADW_ACTION_ROW (self->rows[where])), "toggled",
        G_CALLBACK (on_option_toggled), self, G_CONNECT_SWAPPED);
}

static void
sr_restore_where_page_constructed (GObject *object)
{
  SrRestoreWherePage *self = SR_RESTORE_WHERE_PAGE (object);
  SrRestorePage      *page = SR_RESTORE_PAGE (object);

  G_OBJECT_CLASS (sr_restore_where_page_parent_class)->constructed (object);
  sr_restore_model_leave_impossible (get_model (self));
  add_options (self);
  fill_lists (self);
  sr_restore_page_bind (page, self->path, "text", "path");
  sr_restore_page_bind (page, self->host, "text", "host");
  sr_restore_page_bind (page, self->port, "text", "port");
  sr_restore_page_bind (page, self->database, "text", "database");
  sr_restore_page_bind (page, self->user, "text", "user");
  sr_restore_page_bind (page, self->socket, "text", "socket");
  sr_restore_page_bind (page, self->schema, "text", "schema");
  sr_restore_page_bind (page, self->keep, "active", "keep-password");
  g_signal_connect_object (self->password, "changed", G_CALLBACK (on_password_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (get_model (self), "notify::where", G_CALLBACK (follow_where), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (get_model (self), "notify::host-error", G_CALLBACK (follow_errors), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (get_model (self), "notify::password-error", G_CALLBACK (follow_errors),
                           self, G_CONNECT_SWAPPED);
  follow_errors (self);
  sr_restore_page_wait_for (page, "where-reason");
}

static void
sr_restore_where_page_class_init (SrRestoreWherePageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->constructed = sr_restore_where_page_constructed;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/strongroom/Strongroom/restore/sr-restore-where-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWherePage, options);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWherePage, path_group);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWherePage, path);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWherePage, format);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWherePage, server_group);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWherePage, host);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWherePage, port);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWherePage, database);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWherePage, user);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWherePage, password);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWherePage, keep);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWherePage, socket);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWherePage, schema);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWherePage, tls);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWherePage, host_error);
  gtk_widget_class_bind_template_child (widget_class, SrRestoreWherePage, password_error);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_clicked);
  gtk_widget_class_bind_template_callback (widget_class, sr_wizard_page_next);
}

static void
sr_restore_where_page_init (SrRestoreWherePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sr_restore_where_page_new (SrRestoreModel *model)
{
  return g_object_new (SR_TYPE_RESTORE_WHERE_PAGE, "model", model, NULL);
}
