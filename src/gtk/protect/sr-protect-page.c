/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/protect/sr-protect-page.h"

typedef struct
{
  SrProtect    *protect; /* owned */
  SrProtectRun *run;     /* (nullable) owned */
} SrProtectPagePrivate;

enum
{
  PROP_PROTECT = 1,
  PROP_RUN,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SrProtectPage, sr_protect_page, SR_TYPE_WIZARD_PAGE)

#define PRIVATE(self) ((SrProtectPagePrivate *) sr_protect_page_get_instance_private (self))

static void
sr_protect_page_dispose (GObject *object)
{
  SrProtectPagePrivate *priv = PRIVATE (SR_PROTECT_PAGE (object));

  g_signal_handlers_disconnect_by_data (priv->protect, object);
  if (priv->run != NULL)
    g_signal_handlers_disconnect_by_data (priv->run, object);
  /* while what its bindings look at is whole */
  gtk_widget_dispose_template (GTK_WIDGET (object), G_OBJECT_TYPE (object));
  G_OBJECT_CLASS (sr_protect_page_parent_class)->dispose (object);
}

static void
sr_protect_page_finalize (GObject *object)
{
  SrProtectPagePrivate *priv = PRIVATE (SR_PROTECT_PAGE (object));

  g_clear_object (&priv->protect);
  g_clear_object (&priv->run);
  G_OBJECT_CLASS (sr_protect_page_parent_class)->finalize (object);
}

static void
sr_protect_page_get_property (GObject    *object,
                              guint       id,
                              GValue     *value,
                              GParamSpec *spec)
{
  SrProtectPagePrivate *priv = PRIVATE (SR_PROTECT_PAGE (object));

  if (id == PROP_PROTECT)
    g_value_set_object (value, priv->protect);
  else if (id == PROP_RUN)
    g_value_set_object (value, priv->run);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
sr_protect_page_set_property (GObject      *object,
                              guint         id,
                              const GValue *value,
                              GParamSpec   *spec)
{
  SrProtectPagePrivate *priv = PRIVATE (SR_PROTECT_PAGE (object));

  if (id == PROP_PROTECT)
    priv->protect = g_value_dup_object (value);
  else if (id == PROP_RUN)
    priv->run = g_value_dup_object (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
sr_protect_page_class_init (SrProtectPageClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GParamFlags   flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sr_protect_page_dispose;
  object_class->finalize = sr_protect_page_finalize;
  object_class->get_property = sr_protect_page_get_property;
  object_class->set_property = sr_protect_page_set_property;
  properties[PROP_PROTECT] =
      g_param_spec_object ("protect", NULL, NULL, SR_TYPE_PROTECT, flags);
  properties[PROP_RUN] = g_param_spec_object ("run", NULL, NULL, SR_TYPE_PROTECT_RUN, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sr_protect_page_init (SrProtectPage *self)
{
}

SrProtect *
sr_protect_page_get_protect (SrProtectPage *self)
{
  return PRIVATE (self)->protect;
}

SrProtectRun *
sr_protect_page_get_run (SrProtectPage *self)
{
  return PRIVATE (self)->run;
}

void
sr_protect_page_watch (SrProtectPage     *self,
                       const char *const *names,
                       void (*follow) (gpointer self))
{
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *signal = g_strdup_printf ("notify::%s", names[i]);

      g_signal_connect_object (PRIVATE (self)->protect, signal, G_CALLBACK (follow), self,
                               G_CONNECT_SWAPPED);
    }
  follow (self);
}
