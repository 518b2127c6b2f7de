/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <glib/gi18n.h>

#include "gtk/sr-application.h"
#include "gtk/sr-preferences.h"
#include "gtk/sr-registry.h"

/* The values in the order of the rows. */
static const char *const appearances[] = { "system", "light", "dark" };

static AdwColorScheme
scheme_of (const char *appearance)
{
  if (strcmp (appearance, "light") == 0)
    return ADW_COLOR_SCHEME_FORCE_LIGHT;
  if (strcmp (appearance, "dark") == 0)
    return ADW_COLOR_SCHEME_FORCE_DARK;
  return ADW_COLOR_SCHEME_DEFAULT;
}

static gboolean
appearance_to_row (GValue   *value,
                   GVariant *variant,
                   gpointer  data)
{
  const char *appearance = g_variant_get_string (variant, NULL);

  for (guint n = 0; n < G_N_ELEMENTS (appearances); n++)
    if (strcmp (appearances[n], appearance) == 0)
      g_value_set_uint (value, n);
  return TRUE;
}

static GVariant *
appearance_from_row (const GValue       *value,
                     const GVariantType *type,
                     gpointer            data)
{
  guint selected = g_value_get_uint (value);

  return selected < G_N_ELEMENTS (appearances) ? g_variant_new_string (appearances[selected])
                                               : NULL;
}

static GtkWidget *
make_appearance_row (GSettings *settings)
{
  const char *const         labels[] = { _ ("As the System"), _ ("Light"), _ ("Dark"), NULL };
  g_autoptr (GtkStringList) list = gtk_string_list_new (labels);
  GtkWidget                *row = adw_combo_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("_Appearance"));
  adw_preferences_row_set_use_underline (ADW_PREFERENCES_ROW (row), TRUE);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (list));
  /* The binding keeps the settings. */
  g_settings_bind_with_mapping (settings, "appearance", row, "selected", G_SETTINGS_BIND_DEFAULT,
                                appearance_to_row, appearance_from_row, NULL, NULL);
  return row;
}

GtkWidget *
sr_preferences_new (void)
{
  g_autoptr (GSettings) settings = sr_application_dup_settings ();
  GtkWidget            *page = adw_preferences_page_new ();
  GtkWidget            *group = adw_preferences_group_new ();

  if (settings != NULL)
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), make_appearance_row (settings));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
  if (sr_registry.preferences != NULL)
    adw_preferences_page_add (ADW_PREFERENCES_PAGE (page),
                              ADW_PREFERENCES_GROUP (sr_registry.preferences ()));
  return page;
}

void
sr_preferences_apply (GSettings *settings)
{
  g_autofree char *appearance = g_settings_get_string (settings, "appearance");

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), scheme_of (appearance));
}
