/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/sr-first-start.h"

struct _SrFirstStart
{
  SrPage parent_instance;
};

G_DEFINE_FINAL_TYPE (SrFirstStart, sr_first_start, SR_TYPE_PAGE)

static void
sr_first_start_class_init (SrFirstStartClass *class)
{
  gtk_widget_class_set_template_from_resource (
      GTK_WIDGET_CLASS (class), "/io/github/strongroom/Strongroom/sr-first-start.ui");
}

static void
sr_first_start_init (SrFirstStart *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sr_first_start_new (void)
{
  return g_object_new (SR_TYPE_FIRST_START, NULL);
}
