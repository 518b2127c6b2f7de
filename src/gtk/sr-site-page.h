/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/sr-page.h"
#include "gtk/sr-window.h"

G_BEGIN_DECLS

#define SR_TYPE_SITE_PAGE (sr_site_page_get_type ())
/* The page of a site: the views of the registry behind one switcher, which is in the header bar
 * where there is room and below the view elsewhere. */
G_DECLARE_FINAL_TYPE (SrSitePage, sr_site_page, SR, SITE_PAGE, SrPage)

GtkWidget *sr_site_page_new (SrWindow   *window,
                             SrSiteItem *site);

SrSiteItem *sr_site_page_get_site (SrSitePage *self);
/* Shows the view called @name ("history"); without one it does nothing. */
void sr_site_page_show_view (SrSitePage *self,
                             const char *name);
/* (transfer none) (nullable): the view called @name. */
GtkWidget *sr_site_page_get_view (SrSitePage *self,
                                  const char *name);

G_END_DECLS
