/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/model/sr-record-item.h"

struct _SrRecordItem
{
  GObject parent_instance;

  gboolean   loaded;
  gboolean   is_cut;
  guint64    number;
  GPtrArray *texts; /* (element-type utf8) (nullable) owned: by field; NULL where there is none */
};

enum
{
  PROP_LOADED = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (SrRecordItem, sr_record_item, G_TYPE_OBJECT)

static void
sr_record_item_finalize (GObject *object)
{
  g_clear_pointer (&SR_RECORD_ITEM (object)->texts, g_ptr_array_unref);
  G_OBJECT_CLASS (sr_record_item_parent_class)->finalize (object);
}

static void
sr_record_item_get_property (GObject    *object,
                             guint       id,
                             GValue     *value,
                             GParamSpec *spec)
{
  if (id == PROP_LOADED)
    g_value_set_boolean (value, SR_RECORD_ITEM (object)->loaded);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
sr_record_item_class_init (SrRecordItemClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->finalize = sr_record_item_finalize;
  object_class->get_property = sr_record_item_get_property;
  properties[PROP_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sr_record_item_init (SrRecordItem *self)
{
}

SrRecordItem *
sr_record_item_new (void)
{
  return g_object_new (SR_TYPE_RECORD_ITEM, NULL);
}

gboolean
sr_record_item_is_loaded (SrRecordItem *self)
{
  return self->loaded;
}

void
sr_record_item_load (SrRecordItem         *self,
                     const SrWindowRecord *record)
{
  if (self->loaded)
    return;
  self->loaded = TRUE;
  self->number = record->number;
  self->is_cut = record->is_cut;
  self->texts = g_ptr_array_new_full (record->n_values, g_free);
  for (guint i = 0; i < record->n_values; i++)
    {
      g_ptr_array_add (self->texts, g_strdup (record->values[i].text));
      self->is_cut |= record->values[i].is_cut;
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADED]);
}

guint64
sr_record_item_get_number (SrRecordItem *self)
{
  return self->number;
}

const char *
sr_record_item_get_text (SrRecordItem *self,
                         guint         field)
{
  return self->texts != NULL && field < self->texts->len ? g_ptr_array_index (self->texts, field)
                                                         : NULL;
}

gboolean
sr_record_item_is_cut (SrRecordItem *self)
{
  return self->is_cut;
}
