/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <adwaita.h>

#include "gtk/model/sr-site-item.h"
#include "gtk/sr-page.h"
#include "gtk/sr-wizard.h"

G_BEGIN_DECLS

#define SR_TYPE_WINDOW (sr_window_get_type ())
/* The window: a side bar of sites and, beside it or instead of it, a page. On top of a site's page
 * others may be pushed (details of a backup …); a wizard fills the whole window. Without a site
 * there is no side bar and the first page is the first start. */
G_DECLARE_FINAL_TYPE (SrWindow, sr_window, SR, WINDOW, AdwApplicationWindow)

/* @sites is a GListModel of SrSiteItem; the window follows it. */
GtkWidget *sr_window_new (GtkApplication *application,
                          GListModel     *sites);

/* Shows a site's own page; pages pushed onto another are dropped. Returns: (transfer none)
 * (nullable): the page, an SrSitePage; NULL if there is no such site. */
GtkWidget *sr_window_show_site (SrWindow   *self,
                                const char *site_id);
/* (transfer none) (nullable): the site whose page, or pages on it, are in sight. */
SrSiteItem *sr_window_get_site (SrWindow *self);

/* Shows a page (transfer floating) on top of the one in sight; Back leads to that again. */
void sr_window_push_page (SrWindow *self,
                          SrPage   *page);
/* Goes back one page, or to the side bar where it is hidden. Returns: FALSE if there is nothing to
 * go back to. */
gboolean sr_window_back (SrWindow *self);
/* (transfer none): the page in sight. */
SrPage *sr_window_get_page (SrWindow *self);

/* Fills the window with a wizard (transfer floating) until it closes. One that is open is asked to
 * close first; if it does not, @wizard is dropped and FALSE is returned. */
gboolean sr_window_open_wizard (SrWindow *self,
                                SrWizard *wizard);
/* (transfer none) (nullable) */
SrWizard *sr_window_get_wizard (SrWindow *self);

/* A line at the lower edge that goes away by itself. */
void sr_window_toast (SrWindow   *self,
                      const char *text);
/* The same with a button, or anything else a toast can do (transfer full). */
void sr_window_add_toast (SrWindow *self,
                          AdwToast *toast);

/* The place at the end of the header bar where running jobs are shown, whatever page is in sight
 * (transfer floating) (nullable). */
void sr_window_set_jobs_widget (SrWindow  *self,
                                GtkWidget *widget);

/* (transfer none) (nullable): the window a widget lies in. */
SrWindow *sr_window_of (GtkWidget *widget);

G_END_DECLS
