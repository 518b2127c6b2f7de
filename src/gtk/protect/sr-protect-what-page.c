/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <glib/gi18n.h>

#include "gtk/protect/sr-protect-what-page.h"
#include "gtk/sr-compat.h"

struct _SrProtectWhatPage
{
  SrProtectPage parent_instance;

  /* From the template. */
  GtkWidget *problem;
  GtkWidget *found;
  GtkWidget *sources;
  GtkWidget *notes;
  GtkWidget *site;
  GtkWidget *name;
  GtkWidget *environment;
};

G_DEFINE_FINAL_TYPE (SrProtectWhatPage, sr_protect_what_page, SR_TYPE_PROTECT_PAGE)

static const char *const environments[] = { "production", "staging", "test", "development", NULL };

static SrProtect *
get_protect (SrProtectWhatPage *self)
{
  return sr_protect_page_get_protect (SR_PROTECT_PAGE (self));
}

/* --- rows ------------------------------------------------------------------------------------- */

static char *
describe_source (SrProtectSource *source)
{
  const char      *reason = sr_protect_source_get_reason (source);
  const char      *location = sr_protect_source_get_location (source);
  g_autofree char *where = NULL;

  g_object_get (source, "where", &where, NULL);
  if (*reason != '\0')
    return g_strdup_printf (_ ("%s\nNot yet protected: %s"), location, reason);
  if (*where != '\0')
    /* TRANSLATORS: a place, and how it was found: "DATABASE_URL in .env, line 3" */
    return g_strdup_printf (_ ("%s\nFound by: %s"), location, where);
  return g_strdup (location);
}

static GtkWidget *
make_row (gpointer item,
          gpointer unused)
{
  SrProtectSource *source = SR_PROTECT_SOURCE (item);
  GtkWidget       *row = adw_action_row_new ();
  g_autofree char *subtitle = describe_source (source);
  GtkWidget       *end;

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  g_object_bind_property (source, "title", row, "title", G_BINDING_SYNC_CREATE);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  if (*sr_protect_source_get_reason (source) != '\0')
    {
      end = gtk_image_new_from_icon_name ("strongroom-suspicious-symbolic");
      gtk_widget_add_css_class (end, "warning");
    }
  else
    {
      end = gtk_switch_new ();
      g_object_bind_property (source, "chosen", end, "active",
                              G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
      gtk_accessible_update_property (GTK_ACCESSIBLE (end), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      subtitle, -1);
      adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), end);
    }
  gtk_widget_set_valign (end, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), end);
  return row;
}

/* --- looking ---------------------------------------------------------------------------------- */

static void
show_problem (SrProtectWhatPage *self,
              const char        *text)
{
  gtk_label_set_label (GTK_LABEL (self->problem), text);
  gtk_widget_set_visible (self->problem, *text != '\0');
}

static void
follow (gpointer data)
{
  SrProtectWhatPage  *self = SR_PROTECT_WHAT_PAGE (data);
  SrProtect          *protect = get_protect (self);
  GPtrArray          *notes = sr_protect_get_notes (protect);
  gboolean            any = g_list_model_get_n_items (sr_protect_get_sources (protect)) > 0;
  g_autofree char    *name = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean            is_busy;
  guint               n_chosen;

  g_object_get (protect, "busy", &is_busy, "n-chosen", &n_chosen, "name", &name, NULL);
  gtk_widget_set_visible (self->found, any);
  gtk_widget_set_visible (self->site, any);
  for (guint i = 0; i < notes->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "",
                            (const char *) g_ptr_array_index (notes, i));
  gtk_label_set_label (GTK_LABEL (self->notes), text->str);
  gtk_widget_set_visible (self->notes, text->len > 0);
  sr_wizard_page_set_can_go_next (SR_WIZARD_PAGE (self),
                                  !is_busy && n_chosen > 0 && name != NULL && *name != '\0');
}

static void
on_looked (GObject      *object,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (SrProtectWhatPage) self = SR_PROTECT_WHAT_PAGE (data);
  g_autoptr (GError)            error = NULL;

  if (!sr_protect_look_finish (SR_PROTECT (object), result, &error))
    show_problem (self, error->message);
  follow (self);
}

void
sr_protect_what_page_look (SrProtectWhatPage *self,
                           const char        *path)
{
  show_problem (self, "");
  sr_protect_look_async (get_protect (self), path, NULL, on_looked, g_object_ref (self));
}

static void
look_at_file (SrProtectWhatPage *self,
              GFile             *file)
{
  const char *path = g_file_peek_path (file);

  if (path != NULL)
    sr_protect_what_page_look (self, path);
  else
    show_problem (self, _ ("Only folders and files on this computer can be protected."));
}

static void
on_chosen (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (SrProtectWhatPage) self = SR_PROTECT_WHAT_PAGE (data);
  g_autoptr (GError)            error = NULL;
  g_autoptr (GFile)             file = sr_compat_choose_file_finish (result, &error);

  if (error != NULL)
    show_problem (self, error->message);
  if (file != NULL)
    look_at_file (self, file);
}

static void
on_choose_folder (SrProtectWhatPage *self)
{
  sr_compat_choose_file (GTK_WIDGET (self), SR_CHOOSE_FOLDER, _ ("Choose the Folder of the ERP"),
                         NULL, NULL, on_chosen, g_object_ref (self));
}

static void
on_choose_file (SrProtectWhatPage *self)
{
  sr_compat_choose_file (GTK_WIDGET (self), SR_CHOOSE_OPEN, _ ("Choose a Database or .env File"),
                         NULL, NULL, on_chosen, g_object_ref (self));
}

static gboolean
on_drop (GtkDropTarget *target,
         const GValue  *value,
         double         x,
         double         y,
         gpointer       data)
{
  GSList *files = g_value_get_boxed (value);

  for (GSList *link = files; link != NULL; link = link->next)
    look_at_file (SR_PROTECT_WHAT_PAGE (data), link->data);
  return files != NULL;
}

/* --- the site --------------------------------------------------------------------------------- */

static gboolean
to_index (GBinding     *binding,
          const GValue *from,
          GValue       *to,
          gpointer      unused)
{
  const char *name = g_value_get_string (from);
  guint       index = 0;

  for (guint i = 0; environments[i] != NULL; i++)
    if (g_strcmp0 (environments[i], name) == 0)
      index = i;
  g_value_set_uint (to, index);
  return TRUE;
}

static gboolean
to_name (GBinding     *binding,
         const GValue *from,
         GValue       *to,
         gpointer      unused)
{
  guint index = g_value_get_uint (from);

  if (index >= G_N_ELEMENTS (environments) - 1)
    return FALSE;
  g_value_set_string (to, environments[index]);
  return TRUE;
}

static void
fill_environments (SrProtectWhatPage *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  for (guint i = 0; environments[i] != NULL; i++)
    gtk_string_list_append (titles, sr_environment_title (environments[i]));
  adw_combo_row_set_model (ADW_COMBO_ROW (self->environment), G_LIST_MODEL (titles));
  g_object_bind_property_full (get_protect (self), "environment", self->environment, "selected",
                               G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL, to_index, to_name,
                               NULL, NULL);
}

/* --- class ------------------------------------------------------------------------------------ */

static void
sr_protect_what_page_constructed (GObject *object)
{
  static const char *const watched[] = { "busy", "n-chosen", "name", NULL };
  SrProtectWhatPage       *self = SR_PROTECT_WHAT_PAGE (object);

  G_OBJECT_CLASS (sr_protect_what_page_parent_class)->constructed (object);
  gtk_list_box_bind_model (GTK_LIST_BOX (self->sources),
                           sr_protect_get_sources (get_protect (self)), make_row, NULL, NULL);
  g_object_bind_property (get_protect (self), "name", self->name, "text",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  fill_environments (self);
  sr_protect_page_watch (SR_PROTECT_PAGE (self), watched, follow);
}

static void
sr_protect_what_page_class_init (SrProtectWhatPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->constructed = sr_protect_what_page_constructed;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/strongroom/Strongroom/protect/sr-protect-what-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrProtectWhatPage, problem);
  gtk_widget_class_bind_template_child (widget_class, SrProtectWhatPage, found);
  gtk_widget_class_bind_template_child (widget_class, SrProtectWhatPage, sources);
  gtk_widget_class_bind_template_child (widget_class, SrProtectWhatPage, notes);
  gtk_widget_class_bind_template_child (widget_class, SrProtectWhatPage, site);
  gtk_widget_class_bind_template_child (widget_class, SrProtectWhatPage, name);
  gtk_widget_class_bind_template_child (widget_class, SrProtectWhatPage, environment);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_folder);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_file);
  gtk_widget_class_bind_template_callback (widget_class, sr_wizard_page_next);
}

static void
sr_protect_what_page_init (SrProtectWhatPage *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

GtkWidget *
sr_protect_what_page_new (SrProtect *protect)
{
  return g_object_new (SR_TYPE_PROTECT_WHAT_PAGE, "protect", protect, NULL);
}
