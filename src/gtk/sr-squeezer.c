/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/sr-squeezer.h"

struct _SrSqueezer
{
  GtkWidget parent_instance;

  /* Children of this widget, owned by it. */
  GtkWidget *wide;
  GtkWidget *narrow;

  gboolean is_narrow;
  gboolean told_narrow; /* what the property said last */
  guint    tell_source;
};

enum
{
  PROP_WIDE = 1,
  PROP_NARROW,
  PROP_IS_NARROW,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (SrSqueezer, sr_squeezer, GTK_TYPE_WIDGET)

static gboolean
tell_narrow (gpointer data)
{
  SrSqueezer *self = SR_SQUEEZER (data);

  self->tell_source = 0;
  if (self->told_narrow != self->is_narrow)
    {
      self->told_narrow = self->is_narrow;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_NARROW]);
    }
  return G_SOURCE_REMOVE;
}

static void
sr_squeezer_measure (GtkWidget     *widget,
                     GtkOrientation orientation,
                     int            for_size,
                     int           *minimum,
                     int           *natural,
                     int           *minimum_baseline,
                     int           *natural_baseline)
{
  SrSqueezer *self = SR_SQUEEZER (widget);
  int         wide[2] = { 0, 0 }, narrow[2] = { 0, 0 };

  if (self->wide != NULL)
    gtk_widget_measure (self->wide, orientation, -1, &wide[0], &wide[1], NULL, NULL);
  if (self->narrow != NULL)
    gtk_widget_measure (self->narrow, orientation, -1, &narrow[0], &narrow[1], NULL, NULL);
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? narrow[0] : MAX (wide[0], narrow[0]);
  *natural = MAX (wide[1], narrow[1]);
  *minimum_baseline = *natural_baseline = -1;
}

/* A child that gets less than its minimum would complain, so it gets none at all. */
static void
place (GtkWidget *child,
       gboolean   shown,
       int        width,
       int        height,
       int        baseline)
{
  if (child == NULL)
    return;
  gtk_widget_set_child_visible (child, shown);
  if (shown)
    gtk_widget_allocate (child, width, height, baseline, NULL);
}

static void
sr_squeezer_size_allocate (GtkWidget *widget,
                           int        width,
                           int        height,
                           int        baseline)
{
  SrSqueezer *self = SR_SQUEEZER (widget);
  int         minimum = 0, natural = 0;

  if (self->wide != NULL)
    gtk_widget_measure (self->wide, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  self->is_narrow = self->wide == NULL || width < natural;
  place (self->wide, !self->is_narrow, width, height, baseline);
  place (self->narrow, self->is_narrow, width, height, baseline);
  if (self->is_narrow != self->told_narrow && self->tell_source == 0)
    self->tell_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, tell_narrow, self, NULL);
}

static void
set_child (SrSqueezer *self,
           GtkWidget **place_of_child,
           GtkWidget  *child)
{
  if (*place_of_child == child)
    return;
  g_clear_pointer (place_of_child, gtk_widget_unparent);
  *place_of_child = child;
  if (child != NULL)
    gtk_widget_set_parent (child, GTK_WIDGET (self));
}

static void
sr_squeezer_dispose (GObject *object)
{
  SrSqueezer *self = SR_SQUEEZER (object);

  g_clear_handle_id (&self->tell_source, g_source_remove);
  set_child (self, &self->wide, NULL);
  set_child (self, &self->narrow, NULL);
  G_OBJECT_CLASS (sr_squeezer_parent_class)->dispose (object);
}

static void
sr_squeezer_get_property (GObject    *object,
                          guint       id,
                          GValue     *value,
                          GParamSpec *spec)
{
  SrSqueezer *self = SR_SQUEEZER (object);

  switch (id)
    {
    case PROP_WIDE:
      g_value_set_object (value, self->wide);
      break;
    case PROP_NARROW:
      g_value_set_object (value, self->narrow);
      break;
    case PROP_IS_NARROW:
      g_value_set_boolean (value, self->told_narrow);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
sr_squeezer_set_property (GObject      *object,
                          guint         id,
                          const GValue *value,
                          GParamSpec   *spec)
{
  SrSqueezer *self = SR_SQUEEZER (object);

  switch (id)
    {
    case PROP_WIDE:
      set_child (self, &self->wide, g_value_get_object (value));
      break;
    case PROP_NARROW:
      set_child (self, &self->narrow, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
sr_squeezer_class_init (SrSqueezerClass *class)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = sr_squeezer_dispose;
  object_class->get_property = sr_squeezer_get_property;
  object_class->set_property = sr_squeezer_set_property;
  widget_class->measure = sr_squeezer_measure;
  widget_class->size_allocate = sr_squeezer_size_allocate;
  properties[PROP_WIDE] = g_param_spec_object ("wide", NULL, NULL, GTK_TYPE_WIDGET,
                                               G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_NARROW] = g_param_spec_object ("narrow", NULL, NULL, GTK_TYPE_WIDGET,
                                                 G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_IS_NARROW] = g_param_spec_boolean ("is-narrow", NULL, NULL, FALSE,
                                                     G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_css_name (widget_class, "squeezer");
}

static void
sr_squeezer_init (SrSqueezer *self)
{
}

/** Whether the narrow child is shown, as of the last layout. */
gboolean
sr_squeezer_get_is_narrow (SrSqueezer *self)
{
  return self->told_narrow;
}
