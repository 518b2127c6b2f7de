/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/model/sr-site-item.h"

struct _SrSiteItem
{
  GObject parent_instance;

  char *texts[7]; /* by property; owned, never NULL once made */
};

enum
{
  PROP_ID = 1,
  PROP_NAME,
  PROP_ENVIRONMENT,
  PROP_STATE,
  PROP_ICON_NAME,
  PROP_CSS_CLASS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (SrSiteItem, sr_site_item, G_TYPE_OBJECT)

G_STATIC_ASSERT (N_PROPS == G_N_ELEMENTS (((SrSiteItem *) NULL)->texts));

static void
set_text (SrSiteItem *self,
          guint       id,
          const char *text)
{
  if (text == NULL)
    text = "";
  if (self->texts[id] != NULL && strcmp (self->texts[id], text) == 0)
    return;
  if (self->texts[id] == NULL && *text == '\0')
    return;
  g_free (self->texts[id]);
  self->texts[id] = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
}

static const char *
get_text (SrSiteItem *self,
          guint       id)
{
  return self->texts[id] != NULL ? self->texts[id] : "";
}

static void
sr_site_item_finalize (GObject *object)
{
  SrSiteItem *self = SR_SITE_ITEM (object);

  for (guint id = 1; id < N_PROPS; id++)
    g_free (self->texts[id]);
  G_OBJECT_CLASS (sr_site_item_parent_class)->finalize (object);
}

static void
sr_site_item_get_property (GObject    *object,
                           guint       id,
                           GValue     *value,
                           GParamSpec *spec)
{
  SrSiteItem *self = SR_SITE_ITEM (object);

  if (id < PROP_ID || id >= N_PROPS)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
      return;
    }
  g_value_set_string (value, get_text (self, id));
}

static void
sr_site_item_set_property (GObject      *object,
                           guint         id,
                           const GValue *value,
                           GParamSpec   *spec)
{
  SrSiteItem *self = SR_SITE_ITEM (object);

  if (id < PROP_ID || id >= N_PROPS)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
      return;
    }
  set_text (self, id, g_value_get_string (value));
}

static void
sr_site_item_class_init (SrSiteItemClass *class)
{
  static const char *const names[N_PROPS] = {
    NULL, "id", "name", "environment", "state", "icon-name", "css-class"
  };
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->finalize = sr_site_item_finalize;
  object_class->get_property = sr_site_item_get_property;
  object_class->set_property = sr_site_item_set_property;
  for (guint id = 1; id < N_PROPS; id++)
    properties[id] = g_param_spec_string (
        names[id], NULL, NULL, "",
        G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY |
            (id == PROP_ID ? G_PARAM_CONSTRUCT_ONLY : 0));
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sr_site_item_init (SrSiteItem *self)
{
}

/** Makes the view of a site that has no state yet. */
SrSiteItem *
sr_site_item_new (const char *id,
                  const char *name)
{
  return g_object_new (SR_TYPE_SITE_ITEM, "id", id, "name", name, NULL);
}

const char *
sr_site_item_get_id (SrSiteItem *self)
{
  return get_text (self, PROP_ID);
}

const char *
sr_site_item_get_name (SrSiteItem *self)
{
  return get_text (self, PROP_NAME);
}

const char *
sr_site_item_get_environment (SrSiteItem *self)
{
  return get_text (self, PROP_ENVIRONMENT);
}

const char *
sr_site_item_get_state (SrSiteItem *self)
{
  return get_text (self, PROP_STATE);
}

const char *
sr_site_item_get_icon_name (SrSiteItem *self)
{
  return get_text (self, PROP_ICON_NAME);
}

const char *
sr_site_item_get_css_class (SrSiteItem *self)
{
  return get_text (self, PROP_CSS_CLASS);
}

void
sr_site_item_set_name (SrSiteItem *self,
                       const char *name)
{
  set_text (self, PROP_NAME, name);
}

void
sr_site_item_set_environment (SrSiteItem *self,
                              const char *environment)
{
  set_text (self, PROP_ENVIRONMENT, environment);
}

void
sr_site_item_set_state (SrSiteItem *self,
                        const char *state,
                        const char *icon_name,
                        const char *css_class)
{
  g_object_freeze_notify (G_OBJECT (self));
  set_text (self, PROP_STATE, state);
  set_text (self, PROP_ICON_NAME, icon_name);
  set_text (self, PROP_CSS_CLASS, css_class);
  g_object_thaw_notify (G_OBJECT (self));
}
