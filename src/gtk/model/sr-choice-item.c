/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/model/sr-choice-item.h"

struct _SrChoiceItem
{
  GObject parent_instance;

  char    *raw;    /* owned */
  char    *name;   /* owned */
  char    *amount; /* owned */
  gint64   number;
  double   fraction;
  gboolean chosen;
};

enum
{
  PROP_NAME = 1,
  PROP_AMOUNT,
  PROP_FRACTION,
  PROP_CHOSEN,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (SrChoiceItem, sr_choice_item, G_TYPE_OBJECT)

static void
sr_choice_item_finalize (GObject *object)
{
  SrChoiceItem *self = SR_CHOICE_ITEM (object);

  g_free (self->raw);
  g_free (self->name);
  g_free (self->amount);
  G_OBJECT_CLASS (sr_choice_item_parent_class)->finalize (object);
}

static void
sr_choice_item_get_property (GObject    *object,
                             guint       id,
                             GValue     *value,
                             GParamSpec *spec)
{
  SrChoiceItem *self = SR_CHOICE_ITEM (object);

  switch (id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_AMOUNT:
      g_value_set_string (value, self->amount);
      break;
    case PROP_FRACTION:
      g_value_set_double (value, self->fraction);
      break;
    case PROP_CHOSEN:
      g_value_set_boolean (value, self->chosen);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
sr_choice_item_set_property (GObject      *object,
                             guint         id,
                             const GValue *value,
                             GParamSpec   *spec)
{
  if (id == PROP_CHOSEN)
    sr_choice_item_set_chosen (SR_CHOICE_ITEM (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
sr_choice_item_class_init (SrChoiceItemClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GParamFlags   readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = sr_choice_item_finalize;
  object_class->get_property = sr_choice_item_get_property;
  object_class->set_property = sr_choice_item_set_property;
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, "", readable);
  properties[PROP_AMOUNT] = g_param_spec_string ("amount", NULL, NULL, "", readable);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0.0, 1.0, 0.0, readable);
  properties[PROP_CHOSEN] =
      g_param_spec_boolean ("chosen", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sr_choice_item_init (SrChoiceItem *self)
{
}

/** Copies. */
SrChoiceItem *
sr_choice_item_new (const char *raw,
                    const char *name,
                    const char *amount,
                    gint64      number,
                    double      fraction)
{
  SrChoiceItem *self = g_object_new (SR_TYPE_CHOICE_ITEM, NULL);

  self->raw = g_strdup (raw);
  self->name = g_strdup (name);
  self->amount = g_strdup (amount != NULL ? amount : "");
  self->number = number;
  self->fraction = CLAMP (fraction, 0.0, 1.0);
  return self;
}

const char *
sr_choice_item_get_raw (SrChoiceItem *self)
{
  return self->raw;
}

const char *
sr_choice_item_get_name (SrChoiceItem *self)
{
  return self->name;
}

const char *
sr_choice_item_get_amount (SrChoiceItem *self)
{
  return self->amount;
}

gint64
sr_choice_item_get_number (SrChoiceItem *self)
{
  return self->number;
}

double
sr_choice_item_get_fraction (SrChoiceItem *self)
{
  return self->fraction;
}

gboolean
sr_choice_item_get_chosen (SrChoiceItem *self)
{
  return self->chosen;
}

void
sr_choice_item_set_chosen (SrChoiceItem *self,
                           gboolean      chosen)
{
  if (self->chosen == !!chosen)
    return;
  self->chosen = !!chosen;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHOSEN]);
}

char **
sr_choice_list_get_chosen (GListModel *list)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (SrChoiceItem) item = g_list_model_get_item (list, i);

      if (item->chosen)
        g_ptr_array_add (names, g_strdup (item->raw));
    }
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

guint
sr_choice_list_count_chosen (GListModel *list)
{
  guint count = 0;

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (SrChoiceItem) item = g_list_model_get_item (list, i);

      count += item->chosen;
    }
  return count;
}
