/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/sr-page.h"

typedef struct
{
  char *title;
  char *subtitle;

  /* Owned here; the window borrows them while the page is in sight. */
  GtkWidget *title_widget;
  GtkWidget *action_widget;
} SrPagePrivate;

enum
{
  PROP_TITLE = 1,
  PROP_SUBTITLE,
  PROP_TITLE_WIDGET,
  PROP_ACTION_WIDGET,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_TYPE_WITH_PRIVATE (SrPage, sr_page, ADW_TYPE_BIN)

#define PRIVATE(self) ((SrPagePrivate *) sr_page_get_instance_private (self))

static void
set_text (SrPage     *self,
          char      **place,
          guint       id,
          const char *text)
{
  if (g_strcmp0 (*place, text) == 0)
    return;
  g_free (*place);
  *place = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
}

static void
set_widget (SrPage     *self,
            GtkWidget **place,
            guint       id,
            GtkWidget  *widget)
{
  if (*place == widget)
    return;
  if (widget != NULL)
    g_object_ref_sink (widget);
  g_clear_object (place);
  *place = widget;
  g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
}

static void
sr_page_dispose (GObject *object)
{
  SrPagePrivate *priv = PRIVATE (SR_PAGE (object));

  g_clear_object (&priv->title_widget);
  g_clear_object (&priv->action_widget);
  G_OBJECT_CLASS (sr_page_parent_class)->dispose (object);
}

static void
sr_page_finalize (GObject *object)
{
  SrPagePrivate *priv = PRIVATE (SR_PAGE (object));

  g_free (priv->title);
  g_free (priv->subtitle);
  G_OBJECT_CLASS (sr_page_parent_class)->finalize (object);
}

static void
sr_page_get_property (GObject    *object,
                      guint       id,
                      GValue     *value,
                      GParamSpec *spec)
{
  SrPage *self = SR_PAGE (object);

  switch (id)
    {
    case PROP_TITLE:
      g_value_set_string (value, sr_page_get_title (self));
      break;
    case PROP_SUBTITLE:
      g_value_set_string (value, sr_page_get_subtitle (self));
      break;
    case PROP_TITLE_WIDGET:
      g_value_set_object (value, sr_page_get_title_widget (self));
      break;
    case PROP_ACTION_WIDGET:
      g_value_set_object (value, sr_page_get_action_widget (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
sr_page_set_property (GObject      *object,
                      guint         id,
                      const GValue *value,
                      GParamSpec   *spec)
{
  SrPage *self = SR_PAGE (object);

  switch (id)
    {
    case PROP_TITLE:
      sr_page_set_title (self, g_value_get_string (value));
      break;
    case PROP_SUBTITLE:
      sr_page_set_subtitle (self, g_value_get_string (value));
      break;
    case PROP_TITLE_WIDGET:
      sr_page_set_title_widget (self, g_value_get_object (value));
      break;
    case PROP_ACTION_WIDGET:
      sr_page_set_action_widget (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
sr_page_class_init (SrPageClass *class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass     *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = sr_page_dispose;
  object_class->finalize = sr_page_finalize;
  object_class->get_property = sr_page_get_property;
  object_class->set_property = sr_page_set_property;
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "", flags);
  properties[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, "", flags);
  properties[PROP_TITLE_WIDGET] =
      g_param_spec_object ("title-widget", NULL, NULL, GTK_TYPE_WIDGET, flags);
  properties[PROP_ACTION_WIDGET] =
      g_param_spec_object ("action-widget", NULL, NULL, GTK_TYPE_WIDGET, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sr_page_init (SrPage *self)
{
}

const char *
sr_page_get_title (SrPage *self)
{
  const char *title = PRIVATE (self)->title;

  return title != NULL ? title : "";
}

void
sr_page_set_title (SrPage     *self,
                   const char *title)
{
  set_text (self, &PRIVATE (self)->title, PROP_TITLE, title);
}

const char *
sr_page_get_subtitle (SrPage *self)
{
  const char *subtitle = PRIVATE (self)->subtitle;

  return subtitle != NULL ? subtitle : "";
}

void
sr_page_set_subtitle (SrPage     *self,
                      const char *subtitle)
{
  set_text (self, &PRIVATE (self)->subtitle, PROP_SUBTITLE, subtitle);
}

GtkWidget *
sr_page_get_title_widget (SrPage *self)
{
  return PRIVATE (self)->title_widget;
}

void
sr_page_set_title_widget (SrPage    *self,
                          GtkWidget *widget)
{
  set_widget (self, &PRIVATE (self)->title_widget, PROP_TITLE_WIDGET, widget);
}

GtkWidget *
sr_page_get_action_widget (SrPage *self)
{
  return PRIVATE (self)->action_widget;
}

void
sr_page_set_action_widget (SrPage    *self,
                           GtkWidget *widget)
{
  set_widget (self, &PRIVATE (self)->action_widget, PROP_ACTION_WIDGET, widget);
}

/** Calls the page's `shown` or `hidden`. */
void
sr_page_tell_shown (SrPage  *self,
                    gboolean shown)
{
  SrPageClass *class = SR_PAGE_GET_CLASS (self);

  if (shown && class->shown != NULL)
    class->shown (self);
  else if (!shown && class->hidden != NULL)
    class->hidden (self);
}
