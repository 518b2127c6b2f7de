/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/sr-site-row.h"

struct _SrSiteRow
{
  GtkListBoxRow parent_instance;

  SrSiteItem *item; /* owned */
  GtkWidget  *icon; /* from the template */
  char       *css_class;
};

enum
{
  PROP_ITEM = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (SrSiteRow, sr_site_row, GTK_TYPE_LIST_BOX_ROW)

static gboolean
has_text (GtkWidget  *widget,
          const char *text)
{
  return text != NULL && *text != '\0';
}

static void
follow_css_class (SrSiteRow *self)
{
  if (self->css_class != NULL)
    gtk_widget_remove_css_class (self->icon, self->css_class);
  g_free (self->css_class);
  self->css_class = g_strdup (sr_site_item_get_css_class (self->item));
  if (*self->css_class != '\0')
    gtk_widget_add_css_class (self->icon, self->css_class);
  else
    g_clear_pointer (&self->css_class, g_free);
}

/* What the screen reader says: all that the row shows, in one sentence. */
static void
follow_label (SrSiteRow *self)
{
  const char         *environment = sr_site_item_get_environment (self->item);
  const char         *state = sr_site_item_get_state (self->item);
  g_autoptr (GString) label = g_string_new (sr_site_item_get_name (self->item));

  if (*environment != '\0')
    g_string_append_printf (label, ", %s", environment);
  if (*state != '\0')
    g_string_append_printf (label, ", %s", state);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label->str,
                                  -1);
}

static void
on_item_notify (SrSiteRow *self)
{
  follow_css_class (self);
  follow_label (self);
}

static void
sr_site_row_dispose (GObject *object)
{
  SrSiteRow *self = SR_SITE_ROW (object);

  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), NULL);
  g_clear_object (&self->item);
  g_clear_pointer (&self->css_class, g_free);
  G_OBJECT_CLASS (sr_site_row_parent_class)->dispose (object);
}

static void
sr_site_row_get_property (GObject    *object,
                          guint       id,
                          GValue     *value,
                          GParamSpec *spec)
{
  if (id == PROP_ITEM)
    g_value_set_object (value, SR_SITE_ROW (object)->item);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
sr_site_row_set_property (GObject      *object,
                          guint         id,
                          const GValue *value,
                          GParamSpec   *spec)
{
  SrSiteRow *self = SR_SITE_ROW (object);

  if (id != PROP_ITEM)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
      return;
    }
  self->item = g_value_dup_object (value);
  if (self->item == NULL)
    return;
  g_signal_connect_object (self->item, "notify", G_CALLBACK (on_item_notify), self,
                           G_CONNECT_SWAPPED);
  on_item_notify (self);
}

static void
sr_site_row_class_init (SrSiteRowClass *class)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = sr_site_row_dispose;
  object_class->get_property = sr_site_row_get_property;
  object_class->set_property = sr_site_row_set_property;
  properties[PROP_ITEM] =
      g_param_spec_object ("item", NULL, NULL, SR_TYPE_SITE_ITEM,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/strongroom/Strongroom/sr-site-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SrSiteRow, icon);
  gtk_widget_class_bind_template_callback (widget_class, has_text);
}

static void
sr_site_row_init (SrSiteRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sr_site_row_new (SrSiteItem *item)
{
  return g_object_new (SR_TYPE_SITE_ROW, "item", item, NULL);
}

/** Returns: (transfer none): the site of the row. */
SrSiteItem *
sr_site_row_get_item (SrSiteRow *self)
{
  return self->item;
}
