/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/model/sr-site-item.h"
#include "site/sr-site-store.h"

G_BEGIN_DECLS

#define SR_TYPE_SITE_LIST (sr_site_list_get_type ())
/**
 * SrSiteList:
 *
 * Keeps the side bar's list as the sites' folder has it: read on a worker, again whenever a file
 * there changes, and now and then because ages grow. How a site stands comes from the history.
 *
 * Threads: the main one.
 */
G_DECLARE_FINAL_TYPE (SrSiteList, sr_site_list, SR, SITE_LIST, GObject)

/* @items: of #SrSiteItem; what others put there is left alone
 * @folder: (nullable), @history: (nullable): %NULL: where they always are */
SrSiteList *sr_site_list_new (GListStore *items,
                              const char *folder,
                              const char *history);
const char *sr_site_list_get_folder (SrSiteList *self);
/* Shows a site at once that was just saved. */
void sr_site_list_add (SrSiteList *self,
                       SrSite     *site);
/* Reads the folder and the history; does nothing else than that soon. */
void sr_site_list_reload (SrSiteList *self);
/* Whether that is under way. */
gboolean sr_site_list_is_busy (SrSiteList *self);

/* "Production", "Test" …: of a site's environment, as a person reads it; what is not known comes
 * back as it is */
const char *sr_environment_title (const char *environment);

G_END_DECLS
