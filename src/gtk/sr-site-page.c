/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <glib/gi18n.h>

#include "gtk/sr-registry.h"
#include "gtk/sr-site-page.h"

struct _SrSitePage
{
  SrPage parent_instance;

  SrSiteItem *site; /* owned */

  /* From the template. */
  AdwViewStack *views;
  GtkWidget    *squeezer;
};

G_DEFINE_FINAL_TYPE (SrSitePage, sr_site_page, SR_TYPE_PAGE)

static gboolean
may_reveal (GtkWidget *widget,
            gboolean   is_narrow,
            gpointer   pages)
{
  return is_narrow && pages != NULL && g_list_model_get_n_items (pages) > 1;
}

static void
sr_site_page_dispose (GObject *object)
{
  SrSitePage *self = SR_SITE_PAGE (object);

  adw_bin_set_child (ADW_BIN (self), NULL);
  g_clear_object (&self->site);
  G_OBJECT_CLASS (sr_site_page_parent_class)->dispose (object);
}

static void
sr_site_page_class_init (SrSitePageClass *class)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = sr_site_page_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/strongroom/Strongroom/sr-site-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrSitePage, views);
  gtk_widget_class_bind_template_child (widget_class, SrSitePage, squeezer);
  gtk_widget_class_bind_template_callback (widget_class, may_reveal);
}

static void
sr_site_page_init (SrSitePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sr_site_page_new (SrWindow   *window,
                  SrSiteItem *site)
{
  SrSitePage *self = g_object_new (SR_TYPE_SITE_PAGE, NULL);

  self->site = g_object_ref (site);
  g_object_bind_property (site, "name", self, "title", G_BINDING_SYNC_CREATE);
  for (const SrSiteView *view = sr_site_views; view->name != NULL; view++)
    adw_view_stack_add_titled_with_icon (self->views, view->make (window, site), view->name,
                                         _ (view->title), view->icon_name);
  /* A switcher with nothing to switch would hide the site's name. */
  if (g_list_model_get_n_items (G_LIST_MODEL (adw_view_stack_get_pages (self->views))) > 1)
    sr_page_set_title_widget (SR_PAGE (self), self->squeezer);
  return GTK_WIDGET (self);
}

SrSiteItem *
sr_site_page_get_site (SrSitePage *self)
{
  return self->site;
}

void
sr_site_page_show_view (SrSitePage *self,
                        const char *name)
{
  if (sr_site_page_get_view (self, name) != NULL)
    adw_view_stack_set_visible_child_name (self->views, name);
}

GtkWidget *
sr_site_page_get_view (SrSitePage *self,
                       const char *name)
{
  return adw_view_stack_get_child_by_name (self->views, name);
}
