/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "site/sr-site.h"

G_BEGIN_DECLS

#define SR_TYPE_SITE_STORE (sr_site_store_get_type ())
G_DECLARE_FINAL_TYPE (SrSiteStore, sr_site_store, SR, SITE_STORE, GObject)

/**
 * sr_site_store_new:
 * @folder: (nullable): %NULL: $XDG_CONFIG_HOME/strongroom/sites
 *
 * The sites' files, one JSON file each ("ID.json", mode 0600, folder 0700), written atomically. Two
 * programs at once are safe: writing takes a lock on the folder, and a site that somebody else
 * changed since it was read is not overwritten.
 *
 * Threads: one at a time; blocks on disk only.
 */
SrSiteStore *sr_site_store_new (const char *folder);
const char  *sr_site_store_get_folder (SrSiteStore *self);

/**
 * sr_site_store_list:
 * @damaged: (nullable): told of files that cannot be read as a site; they are left alone
 *
 * Returns: (transfer full) (element-type SrSite): sorted by name; empty if there is no folder yet
 */
typedef void (*SrSiteDamageFunc) (const char   *path,
                                  const GError *why,
                                  gpointer      user_data);
GPtrArray *sr_site_store_list (SrSiteStore     *self,
                               SrSiteDamageFunc damaged,
                               gpointer         user_data,
                               GError         **error);
/* @name_or_id: id, or name if only one site has it; in whatever case if no site has it in this one.
 * %SR_ERROR_NOT_FOUND, or %SR_ERROR_INVALID if several have the name. Returns: (transfer full) */
SrSite *sr_site_store_find (SrSiteStore *self,
                            const char  *name_or_id,
                            GError     **error);
/* %SR_ERROR_LOCKED if the file was changed since @site was read: read it again and repeat. */
gboolean sr_site_store_save (SrSiteStore *self,
                             SrSite      *site,
                             GError     **error);
/* Removes the file only; vaults, passwords and history stay. */
gboolean sr_site_store_remove (SrSiteStore *self,
                               SrSite      *site,
                               GError     **error);

G_END_DECLS
