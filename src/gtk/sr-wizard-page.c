/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/sr-wizard-page.h"

typedef struct
{
  char *title;
  char *next_label;

  gboolean can_go_next;
  gboolean can_go_back;
  gboolean destructive;
  gboolean fill;
} SrWizardPagePrivate;

enum
{
  PROP_TITLE = 1,
  PROP_NEXT_LABEL,
  PROP_CAN_GO_NEXT,
  PROP_CAN_GO_BACK,
  PROP_DESTRUCTIVE,
  PROP_FILL,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint       next_signal;

G_DEFINE_TYPE_WITH_PRIVATE (SrWizardPage, sr_wizard_page, ADW_TYPE_BIN)

#define PRIVATE(self) ((SrWizardPagePrivate *) sr_wizard_page_get_instance_private (self))

static void
set_text (SrWizardPage *self,
          char        **place,
          guint         id,
          const char   *text)
{
  if (g_strcmp0 (*place, text) == 0)
    return;
  g_free (*place);
  *place = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
}

static void
set_flag (SrWizardPage *self,
          gboolean     *place,
          guint         id,
          gboolean      value)
{
  if (*place == !!value)
    return;
  *place = !!value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
}

static void
sr_wizard_page_finalize (GObject *object)
{
  SrWizardPagePrivate *priv = PRIVATE (SR_WIZARD_PAGE (object));

  g_free (priv->title);
  g_free (priv->next_label);
  G_OBJECT_CLASS (sr_wizard_page_parent_class)->finalize (object);
}

static void
sr_wizard_page_get_property (GObject    *object,
                             guint       id,
                             GValue     *value,
                             GParamSpec *spec)
{
  SrWizardPage *self = SR_WIZARD_PAGE (object);

  switch (id)
    {
    case PROP_TITLE:
      g_value_set_string (value, sr_wizard_page_get_title (self));
      break;
    case PROP_NEXT_LABEL:
      g_value_set_string (value, sr_wizard_page_get_next_label (self));
      break;
    case PROP_CAN_GO_NEXT:
      g_value_set_boolean (value, sr_wizard_page_get_can_go_next (self));
      break;
    case PROP_CAN_GO_BACK:
      g_value_set_boolean (value, sr_wizard_page_get_can_go_back (self));
      break;
    case PROP_DESTRUCTIVE:
      g_value_set_boolean (value, sr_wizard_page_get_destructive (self));
      break;
    case PROP_FILL:
      g_value_set_boolean (value, sr_wizard_page_get_fill (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
sr_wizard_page_set_property (GObject      *object,
                             guint         id,
                             const GValue *value,
                             GParamSpec   *spec)
{
  SrWizardPage *self = SR_WIZARD_PAGE (object);

  switch (id)
    {
    case PROP_TITLE:
      sr_wizard_page_set_title (self, g_value_get_string (value));
      break;
    case PROP_NEXT_LABEL:
      sr_wizard_page_set_next_label (self, g_value_get_string (value));
      break;
    case PROP_CAN_GO_NEXT:
      sr_wizard_page_set_can_go_next (self, g_value_get_boolean (value));
      break;
    case PROP_CAN_GO_BACK:
      sr_wizard_page_set_can_go_back (self, g_value_get_boolean (value));
      break;
    case PROP_DESTRUCTIVE:
      sr_wizard_page_set_destructive (self, g_value_get_boolean (value));
      break;
    case PROP_FILL:
      set_flag (self, &PRIVATE (self)->fill, PROP_FILL, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
sr_wizard_page_class_init (SrWizardPageClass *class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass     *object_class = G_OBJECT_CLASS (class);

  object_class->finalize = sr_wizard_page_finalize;
  object_class->get_property = sr_wizard_page_get_property;
  object_class->set_property = sr_wizard_page_set_property;
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "", flags);
  properties[PROP_NEXT_LABEL] = g_param_spec_string ("next-label", NULL, NULL, "", flags);
  properties[PROP_CAN_GO_NEXT] = g_param_spec_boolean ("can-go-next", NULL, NULL, TRUE, flags);
  properties[PROP_CAN_GO_BACK] = g_param_spec_boolean ("can-go-back", NULL, NULL, TRUE, flags);
  properties[PROP_DESTRUCTIVE] = g_param_spec_boolean ("destructive", NULL, NULL, FALSE, flags);
  properties[PROP_FILL] = g_param_spec_boolean ("fill", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  next_signal = g_signal_new ("next", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_FIRST,
                              G_STRUCT_OFFSET (SrWizardPageClass, next), NULL, NULL, NULL,
                              G_TYPE_NONE, 0);
}

static void
sr_wizard_page_init (SrWizardPage *self)
{
  PRIVATE (self)->can_go_next = TRUE;
  PRIVATE (self)->can_go_back = TRUE;
}

const char *
sr_wizard_page_get_title (SrWizardPage *self)
{
  const char *title = PRIVATE (self)->title;

  return title != NULL ? title : "";
}

void
sr_wizard_page_set_title (SrWizardPage *self,
                          const char   *title)
{
  set_text (self, &PRIVATE (self)->title, PROP_TITLE, title);
}

const char *
sr_wizard_page_get_next_label (SrWizardPage *self)
{
  const char *label = PRIVATE (self)->next_label;

  return label != NULL ? label : "";
}

void
sr_wizard_page_set_next_label (SrWizardPage *self,
                               const char   *label)
{
  set_text (self, &PRIVATE (self)->next_label, PROP_NEXT_LABEL, label);
}

gboolean
sr_wizard_page_get_can_go_next (SrWizardPage *self)
{
  return PRIVATE (self)->can_go_next;
}

void
sr_wizard_page_set_can_go_next (SrWizardPage *self,
                                gboolean      can)
{
  set_flag (self, &PRIVATE (self)->can_go_next, PROP_CAN_GO_NEXT, can);
}

gboolean
sr_wizard_page_get_can_go_back (SrWizardPage *self)
{
  return PRIVATE (self)->can_go_back;
}

void
sr_wizard_page_set_can_go_back (SrWizardPage *self,
                                gboolean      can)
{
  set_flag (self, &PRIVATE (self)->can_go_back, PROP_CAN_GO_BACK, can);
}

gboolean
sr_wizard_page_get_destructive (SrWizardPage *self)
{
  return PRIVATE (self)->destructive;
}

void
sr_wizard_page_set_destructive (SrWizardPage *self,
                                gboolean      destructive)
{
  set_flag (self, &PRIVATE (self)->destructive, PROP_DESTRUCTIVE, destructive);
}

gboolean
sr_wizard_page_get_fill (SrWizardPage *self)
{
  return PRIVATE (self)->fill;
}

/** Goes on as the button does; see the header for when it does not. */
void
sr_wizard_page_next (SrWizardPage *self)
{
  SrWizardPagePrivate *priv = PRIVATE (self);

  if (priv->can_go_next && !priv->destructive && *sr_wizard_page_get_next_label (self) != '\0')
    g_signal_emit (self, next_signal, 0);
}
