/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/sr-split.h"

/* How the side bar's width follows the window's. */
#define SIDEBAR_SHARE 0.28
#define SIDEBAR_MIN   240
#define SIDEBAR_MAX   320

struct _SrSplit
{
  GtkWidget parent_instance;

  /* Children of this widget, owned by it. */
  GtkWidget *sidebar;
  GtkWidget *line;
  GtkWidget *content;

  gboolean collapsed;
  gboolean show_content;
  gboolean is_narrow;
  gboolean told_narrow; /* what the property said last */
  guint    tell_source;
};

enum
{
  PROP_SIDEBAR = 1,
  PROP_CONTENT,
  PROP_COLLAPSED,
  PROP_SHOW_CONTENT,
  PROP_NARROW,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (SrSplit, sr_split, GTK_TYPE_WIDGET)

static gboolean
tell_narrow (gpointer data)
{
  SrSplit *self = SR_SPLIT (data);

  self->tell_source = 0;
  if (self->told_narrow != self->is_narrow)
    {
      self->told_narrow = self->is_narrow;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NARROW]);
    }
  return G_SOURCE_REMOVE;
}

static void
sr_split_measure (GtkWidget     *widget,
                  GtkOrientation orientation,
                  int            for_size,
                  int           *minimum,
                  int           *natural,
                  int           *minimum_baseline,
                  int           *natural_baseline)
{
  SrSplit *self = SR_SPLIT (widget);
  int      sidebar[2] = { 0, 0 }, content[2] = { 0, 0 };

  if (self->sidebar != NULL)
    gtk_widget_measure (self->sidebar, orientation, -1, &sidebar[0], &sidebar[1], NULL, NULL);
  if (self->content != NULL)
    gtk_widget_measure (self->content, orientation, -1, &content[0], &content[1], NULL, NULL);
  *minimum = MAX (sidebar[0], content[0]);
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? sidebar[1] + content[1]
                                                       : MAX (sidebar[1], content[1]);
  *natural = MAX (*natural, *minimum);
  *minimum_baseline = *natural_baseline = -1;
}

/* A child that gets less than its minimum would complain, so it gets none at all. */
static void
place (GtkWidget *child,
       gboolean   shown,
       int        x,
       int        width,
       int        height)
{
  GtkAllocation area = { x, 0, width, height };

  if (child == NULL)
    return;
  gtk_widget_set_child_visible (child, shown);
  if (shown)
    gtk_widget_size_allocate (child, &area, -1);
}

static int
minimum_width (GtkWidget *child)
{
  int minimum = 0;

  if (child != NULL)
    gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  return minimum;
}

static void
sr_split_size_allocate (GtkWidget *widget,
                        int        width,
                        int        height,
                        int        baseline)
{
  SrSplit *self = SR_SPLIT (widget);
  int      sidebar = CLAMP ((int) (width * SIDEBAR_SHARE), SIDEBAR_MIN, SIDEBAR_MAX);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  gboolean alone;

  sidebar = MAX (sidebar, minimum_width (self->sidebar));
  self->is_narrow =
      width < SR_SPLIT_NARROW_WIDTH || width < sidebar + 1 + minimum_width (self->content);
  alone = self->collapsed || self->is_narrow;
  if (alone)
    {
      place (self->sidebar, !self->show_content, 0, width, height);
      place (self->content, self->show_content, 0, width, height);
      place (self->line, FALSE, 0, 0, 0);
    }
  else
    {
      int rest = width - sidebar - 1;

      place (self->sidebar, TRUE, rtl ? rest + 1 : 0, sidebar, height);
      place (self->line, TRUE, rtl ? rest : sidebar, 1, height);
      place (self->content, TRUE, rtl ? 0 : sidebar + 1, rest, height);
    }
  if (self->is_narrow != self->told_narrow && self->tell_source == 0)
    self->tell_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, tell_narrow, self, NULL);
}

static void
set_child (SrSplit    *self,
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
sr_split_dispose (GObject *object)
{
  SrSplit *self = SR_SPLIT (object);

  g_clear_handle_id (&self->tell_source, g_source_remove);
  set_child (self, &self->sidebar, NULL);
  set_child (self, &self->content, NULL);
  set_child (self, &self->line, NULL);
  G_OBJECT_CLASS (sr_split_parent_class)->dispose (object);
}

static void
sr_split_get_property (GObject    *object,
                       guint       id,
                       GValue     *value,
                       GParamSpec *spec)
{
  SrSplit *self = SR_SPLIT (object);

  switch (id)
    {
    case PROP_SIDEBAR:
      g_value_set_object (value, self->sidebar);
      break;
    case PROP_CONTENT:
      g_value_set_object (value, self->content);
      break;
    case PROP_COLLAPSED:
      g_value_set_boolean (value, self->collapsed);
      break;
    case PROP_SHOW_CONTENT:
      g_value_set_boolean (value, self->show_content);
      break;
    case PROP_NARROW:
      g_value_set_boolean (value, self->told_narrow);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
sr_split_set_property (GObject      *object,
                       guint         id,
                       const GValue *value,
                       GParamSpec   *spec)
{
  SrSplit *self = SR_SPLIT (object);

  switch (id)
    {
    case PROP_SIDEBAR:
      set_child (self, &self->sidebar, g_value_get_object (value));
      break;
    case PROP_CONTENT:
      set_child (self, &self->content, g_value_get_object (value));
      break;
    case PROP_COLLAPSED:
      sr_split_set_collapsed (self, g_value_get_boolean (value));
      break;
    case PROP_SHOW_CONTENT:
      sr_split_set_show_content (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
sr_split_class_init (SrSplitClass *class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass     *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass   *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = sr_split_dispose;
  object_class->get_property = sr_split_get_property;
  object_class->set_property = sr_split_set_property;
  widget_class->measure = sr_split_measure;
  widget_class->size_allocate = sr_split_size_allocate;
  properties[PROP_SIDEBAR] = g_param_spec_object ("sidebar", NULL, NULL, GTK_TYPE_WIDGET, flags);
  properties[PROP_CONTENT] = g_param_spec_object ("content", NULL, NULL, GTK_TYPE_WIDGET, flags);
  properties[PROP_COLLAPSED] = g_param_spec_boolean ("collapsed", NULL, NULL, FALSE, flags);
  properties[PROP_SHOW_CONTENT] = g_param_spec_boolean ("show-content", NULL, NULL, FALSE, flags);
  properties[PROP_NARROW] = g_param_spec_boolean ("narrow", NULL, NULL, FALSE,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_css_name (widget_class, "split");
}

static void
sr_split_init (SrSplit *self)
{
  set_child (self, &self->line, gtk_separator_new (GTK_ORIENTATION_VERTICAL));
}

/** Shows one of the two alone, or both where there is room. */
void
sr_split_set_collapsed (SrSplit *self,
                        gboolean collapsed)
{
  if (self->collapsed == !!collapsed)
    return;
  self->collapsed = !!collapsed;
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COLLAPSED]);
}

gboolean
sr_split_get_show_content (SrSplit *self)
{
  return self->show_content;
}

/** Tells which of the two is shown where only one is. */
void
sr_split_set_show_content (SrSplit *self,
                           gboolean show_content)
{
  if (self->show_content == !!show_content)
    return;
  self->show_content = !!show_content;
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHOW_CONTENT]);
}

/** Whether there is no room for both, as of the last layout. */
gboolean
sr_split_get_narrow (SrSplit *self)
{
  return self->told_narrow;
}
