/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <glib/gi18n.h>

#include "gtk/sr-application.h"
#include "gtk/sr-compat.h"
#include "gtk/sr-help.h"
#include "gtk/sr-preferences.h"
#include "gtk/sr-registry.h"
#include "gtk/sr-site-page.h"
#include "gtk/sr-split.h"
#include "gtk/sr-squeezer.h"
#include "gtk/sr-resources.h"

struct _SrApplication
{
  AdwApplication parent_instance;

  GListStore *sites;     /* of SrSiteItem; owned */
  SrSiteList *site_list; /* owned; NULL before it was started */
  SrJobQueue *queue;     /* owned; NULL until it is needed */
  GSettings  *settings;  /* owned; NULL if the schema is not installed */
};

G_DEFINE_FINAL_TYPE (SrApplication, sr_application, ADW_TYPE_APPLICATION)

/* --- actions ---------------------------------------------------------------------------------- */

static void
on_protect (GSimpleAction *action,
            GVariant      *parameter,
            gpointer       data)
{
  sr_registry.protect (sr_application_ensure_window (data));
}

static void
on_file_chosen (GObject      *source,
                GAsyncResult *result,
                gpointer      data)
{
  g_autoptr (SrApplication) self = SR_APPLICATION (data);
  g_autoptr (GError)        error = NULL;
  g_autoptr (GFile)         file = sr_compat_choose_file_finish (result, &error);
  SrWindow                 *window = SR_WINDOW (source);

  if (error != NULL)
    sr_window_toast (window, error->message);
  if (file != NULL)
    sr_application_open_file (self, window, file);
}

static void
on_restore_file (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       data)
{
  SrApplication *self = SR_APPLICATION (data);
  SrWindow      *window = sr_application_ensure_window (self);

  sr_compat_choose_file (GTK_WIDGET (window), SR_CHOOSE_OPEN, _ ("Choose a Backup File"), NULL,
                         NULL, on_file_chosen, g_object_ref (self));
}

static void
on_open_file (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       data)
{
  g_autoptr (GFile) file = g_file_new_for_uri (g_variant_get_string (parameter, NULL));
  SrWindow         *window = sr_application_ensure_window (data);

  gtk_window_present (GTK_WINDOW (window));
  sr_application_open_file (data, window, file);
}

static void
on_show_site (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       data)
{
  SrWindow *window = sr_application_ensure_window (data);

  gtk_window_present (GTK_WINDOW (window));
  if (sr_window_show_site (window, g_variant_get_string (parameter, NULL)) == NULL)
    sr_window_toast (window, _ ("This site is no longer set up here."));
}

static void
on_help (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       data)
{
  SrWindow  *window = sr_application_ensure_window (data);
  GtkWidget *help = sr_help_new (g_variant_get_string (parameter, NULL));

  if (help == NULL)
    return;
  gtk_window_present (GTK_WINDOW (window));
  /* Over a wizard it would not be seen. */
  if (sr_window_get_wizard (window) != NULL)
    sr_compat_present_dialog (GTK_WIDGET (window), sr_page_get_title (SR_PAGE (help)), help, 640,
                              600);
  else
    sr_window_push_page (window, SR_PAGE (help));
}

static void
on_preferences (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       data)
{
  SrWindow *window = sr_application_ensure_window (data);

  sr_compat_present_preferences (GTK_WIDGET (window), sr_preferences_new ());
}

static void
on_about (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       data)
{
  sr_compat_present_about (GTK_WIDGET (sr_application_ensure_window (data)));
}

static void
on_quit (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       data)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (data));

  /* The window knows what would be lost, and asks. */
  if (window != NULL)
    gtk_window_close (window);
  else
    g_application_quit (G_APPLICATION (data));
}

static void
add_actions (SrApplication *self)
{
  static const GActionEntry actions[] = {
    { .name = "protect", .activate = on_protect },
    { .name = "restore-file", .activate = on_restore_file },
    { .name = "open-file", .activate = on_open_file, .parameter_type = "s" },
    { .name = "show-site", .activate = on_show_site, .parameter_type = "s" },
    { .name = "help", .activate = on_help, .parameter_type = "s" },
    { .name = "preferences", .activate = on_preferences },
    { .name = "about", .activate = on_about },
    { .name = "quit", .activate = on_quit },
  };
  static const struct
  {
    const char *action;
    const char *keys[3];
  } shortcuts[] = {
    { "app.protect", { "<Control>n" } },
    { "app.restore-file", { "<Control>o" } },
    { "app.help::erp-gone", { "F1" } },
    { "app.preferences", { "<Control>comma" } },
    { "app.quit", { "<Control>q" } },
    { "win.back", { "<Alt>Left", "Back" } },
    { "win.menu", { "F10" } },
    { "window.close", { "<Control>w" } },
  };
  GActionMap *map = G_ACTION_MAP (self);

  g_action_map_add_action_entries (map, actions, G_N_ELEMENTS (actions), self);
  if (sr_registry.protect == NULL)
    g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (map, "protect")),
                                 FALSE);
  if (sr_registry.open_file == NULL)
    {
      g_simple_action_set_enabled (
          G_SIMPLE_ACTION (g_action_map_lookup_action (map, "restore-file")), FALSE);
      g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (map, "open-file")),
                                   FALSE);
    }
  for (guint n = 0; n < G_N_ELEMENTS (shortcuts); n++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), shortcuts[n].action,
                                           shortcuts[n].keys);
}

/* --- class ------------------------------------------------------------------------------------ */

static void
sr_application_startup (GApplication *application)
{
  SrApplication *self = SR_APPLICATION (application);

  sr_application_init_resources ();
  G_APPLICATION_CLASS (sr_application_parent_class)->startup (application);
  gtk_window_set_default_icon_name (SR_APPLICATION_ID);
  add_actions (self);
  self->site_list = sr_site_list_new (self->sites, NULL, NULL);
  sr_site_list_reload (self->site_list);
  self->settings = sr_application_dup_settings ();
  if (self->settings == NULL)
    return;
  sr_preferences_apply (self->settings);
  g_signal_connect (self->settings, "changed::appearance", G_CALLBACK (sr_preferences_apply), NULL);
}

static void
sr_application_activate (GApplication *application)
{
  gtk_window_present (GTK_WINDOW (sr_application_ensure_window (SR_APPLICATION (application))));
}

static void
sr_application_open (GApplication *application,
                     GFile       **files,
                     int           n_files,
                     const char   *hint)
{
  SrApplication *self = SR_APPLICATION (application);
  SrWindow      *window = sr_application_ensure_window (self);

  gtk_window_present (GTK_WINDOW (window));
  sr_application_open_file (self, window, files[0]);
  if (n_files > 1)
    sr_window_toast (window, _ ("Only the first file was opened."));
}

static void
sr_application_finalize (GObject *object)
{
  SrApplication *self = SR_APPLICATION (object);

  g_clear_object (&self->queue);
  g_clear_object (&self->site_list);
  g_clear_object (&self->sites);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (sr_application_parent_class)->finalize (object);
}

static void
sr_application_class_init (SrApplicationClass *class)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sr_application_finalize;
  application_class->startup = sr_application_startup;
  application_class->activate = sr_application_activate;
  application_class->open = sr_application_open;
}

static void
sr_application_init (SrApplication *self)
{
  self->sites = g_list_store_new (SR_TYPE_SITE_ITEM);
}

/* --- public ----------------------------------------------------------------------------------- */

void
sr_application_init_resources (void)
{
  static gsize done;

  /* Twice registered, the library's list of resources would be a circle. */
  if (!g_once_init_enter (&done))
    return;
  sr_gtk_register_resource ();
  /* Named in templates; only what is used in C besides would be registered by itself. */
  g_type_ensure (SR_TYPE_SITE_ITEM);
  g_type_ensure (SR_TYPE_SPLIT);
  g_type_ensure (SR_TYPE_SQUEEZER);
  g_once_init_leave (&done, 1);
}

SrApplication *
sr_application_new (GApplicationFlags flags)
{
  return g_object_new (SR_TYPE_APPLICATION, "application-id", SR_APPLICATION_ID, "flags",
                       flags | G_APPLICATION_HANDLES_OPEN, NULL);
}

GListStore *
sr_application_get_sites (SrApplication *self)
{
  return self->sites;
}

SrSiteList *
sr_application_get_site_list (SrApplication *self)
{
  return self->site_list;
}

SrJobQueue *
sr_application_get_queue (SrApplication *self)
{
  g_autoptr (SrHistory) history = NULL;
  g_autoptr (GError)    error = NULL;

  if (self->queue != NULL)
    return self->queue;
  history = sr_history_open (NULL, NULL, &error);
  if (history == NULL)
    {
      g_autofree char *text =
          g_strdup_printf (_ ("What runs now is not recorded: %s"), error->message);

      sr_window_toast (sr_application_ensure_window (self), text);
    }
  self->queue = sr_job_queue_new (history);
  g_signal_connect_object (self->queue, "job-ended", G_CALLBACK (sr_site_list_reload),
                           self->site_list, G_CONNECT_SWAPPED);
  return self->queue;
}

SrWindow *
sr_application_ensure_window (SrApplication *self)
{
  for (GList *list = gtk_application_get_windows (GTK_APPLICATION (self)); list != NULL;
       list = list->next)
    if (SR_IS_WINDOW (list->data))
      return SR_WINDOW (list->data);
  return SR_WINDOW (sr_window_new (GTK_APPLICATION (self), G_LIST_MODEL (self->sites)));
}

gboolean
sr_application_open_file (SrApplication *self,
                          SrWindow      *window,
                          GFile         *file)
{
  g_autofree char *path = g_file_get_path (file);

  if (sr_registry.open_file == NULL)
    {
      sr_window_toast (window, _ ("Backup files cannot be opened here yet; use strongroomctl."));
      return FALSE;
    }
  if (path == NULL)
    {
      sr_window_toast (window,
                       _ ("Only files on this computer can be opened; copy it here first."));
      return FALSE;
    }
  sr_registry.open_file (window, file);
  return TRUE;
}

GSettings *
sr_application_dup_settings (void)
{
  GSettingsSchemaSource      *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, SR_APPLICATION_ID, TRUE);
  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}
