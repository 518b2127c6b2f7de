/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <glib/gi18n.h>

#include "gtk/restore/sr-restore-page.h"

typedef struct
{
  SrRestoreModel *model; /* owned */
  SrRestoreRun   *run;   /* (nullable) owned */
} SrRestorePagePrivate;

enum
{
  PROP_MODEL = 1,
  PROP_RUN,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SrRestorePage, sr_restore_page, SR_TYPE_WIZARD_PAGE)

static SrRestorePagePrivate *
get_private (SrRestorePage *self)
{
  return sr_restore_page_get_instance_private (self);
}

static void
sr_restore_page_dispose (GObject *object)
{
  SrRestorePagePrivate *priv = get_private (SR_RESTORE_PAGE (object));

  g_signal_handlers_disconnect_by_data (priv->model, object);
  if (priv->run != NULL)
    g_signal_handlers_disconnect_by_data (priv->run, object);
  /* while what its bindings look at is whole */
  gtk_widget_dispose_template (GTK_WIDGET (object), G_OBJECT_TYPE (object));
  G_OBJECT_CLASS (sr_restore_page_parent_class)->dispose (object);
}

static void
sr_restore_page_finalize (GObject *object)
{
  SrRestorePagePrivate *priv = get_private (SR_RESTORE_PAGE (object));

  g_clear_object (&priv->model);
  g_clear_object (&priv->run);
  G_OBJECT_CLASS (sr_restore_page_parent_class)->finalize (object);
}

static void
sr_restore_page_get_property (GObject    *object,
                              guint       id,
                              GValue     *value,
                              GParamSpec *spec)
{
  SrRestorePagePrivate *priv = get_private (SR_RESTORE_PAGE (object));

  if (id == PROP_MODEL)
    g_value_set_object (value, priv->model);
  else if (id == PROP_RUN)
    g_value_set_object (value, priv->run);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
sr_restore_page_set_property (GObject      *object,
                              guint         id,
                              const GValue *value,
                              GParamSpec   *spec)
{
  SrRestorePagePrivate *priv = get_private (SR_RESTORE_PAGE (object));

  if (id == PROP_MODEL)
    priv->model = g_value_dup_object (value);
  else if (id == PROP_RUN)
    priv->run = g_value_dup_object (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
sr_restore_page_class_init (SrRestorePageClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GParamFlags   flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sr_restore_page_dispose;
  object_class->finalize = sr_restore_page_finalize;
  object_class->get_property = sr_restore_page_get_property;
  object_class->set_property = sr_restore_page_set_property;
  properties[PROP_MODEL] =
      g_param_spec_object ("model", NULL, NULL, SR_TYPE_RESTORE_MODEL, flags);
  properties[PROP_RUN] = g_param_spec_object ("run", NULL, NULL, SR_TYPE_RESTORE_RUN, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  g_type_ensure (SR_TYPE_PROGRESS_MODEL);
}

static void
sr_restore_page_init (SrRestorePage *self)
{
}

SrRestoreModel *
sr_restore_page_get_model (SrRestorePage *self)
{
  return get_private (self)->model;
}

SrRestoreRun *
sr_restore_page_get_run (SrRestorePage *self)
{
  return get_private (self)->run;
}

void
sr_restore_page_bind (SrRestorePage *self,
                      gpointer       widget,
                      const char    *property,
                      const char    *of_model)
{
  g_object_bind_property (get_private (self)->model, of_model, widget, property,
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
}

static gboolean
is_empty (GBinding     *binding,
          const GValue *from,
          GValue       *to,
          gpointer      unused)
{
  const char *text = g_value_get_string (from);

  g_value_set_boolean (to, text == NULL || text[0] == '\0');
  return TRUE;
}

void
sr_restore_page_wait_for (SrRestorePage *self,
                          const char    *reason)
{
  g_object_bind_property_full (get_private (self)->model, reason, self, "can-go-next",
                               G_BINDING_SYNC_CREATE, is_empty, NULL, NULL, NULL);
}

/* --- options
 * --------------------------------------------------------------------------------- */

static GtkCheckButton *
get_check (GtkWidget *row)
{
  return GTK_CHECK_BUTTON (adw_action_row_get_activatable_widget (ADW_ACTION_ROW (row)));
}

GtkWidget *
sr_restore_page_add_option (AdwPreferencesGroup   *place,
                            const SrRestoreOption *option,
                            GtkWidget             *group)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *check = gtk_check_button_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (option->title));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _ (option->subtitle));
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (option->title), -1);
  if (group != NULL)
    gtk_check_button_set_group (GTK_CHECK_BUTTON (check), get_check (group));
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  adw_preferences_group_add (place, row);
  return row;
}

gboolean
sr_restore_page_is_chosen (GtkWidget *row)
{
  return gtk_check_button_get_active (get_check (row));
}

void
sr_restore_page_choose (GtkWidget *row)
{
  gtk_check_button_set_active (get_check (row), TRUE);
}

void
sr_restore_page_set_problem (GtkWidget             *row,
                             const SrRestoreOption *option,
                             const char            *problem)
{
  gtk_widget_set_sensitive (row, problem == NULL);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row),
                               problem != NULL ? problem : _ (option->subtitle));
}
