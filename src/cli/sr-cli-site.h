/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "cli/sr-cli.h"
#include "job/sr-discover.h"
#include "site/sr-site-store.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What verbs that work on sites have in common, and how sites are printed. */

/* The site that the person named. Returns: (transfer full) */
SrSite *sr_cli_find_site (SrCli       *cli,
                          SrSiteStore *store,
                          const char  *name_or_id,
                          GError     **error);
/* All sites; files that cannot be read are warned of and counted in @n_damaged of @cli. Returns:
 * (transfer full) (element-type SrSite) */
GPtrArray *sr_cli_list_sites (SrCli       *cli,
                              SrSiteStore *store,
                              GError     **error);

/* A site as its file has it, with its id, as the value that is due. */
void sr_cli_json_add_site (JsonBuilder *builder,
                           SrSite      *site);
/* A site with all that is in it. */
void sr_cli_print_site (SrCli  *cli,
                        SrSite *site);
/* A line a site. */
void sr_cli_print_sites (SrCli     *cli,
                         GPtrArray *sites);
/* The members "findings" and "notes". */
void sr_cli_json_add_discovery (JsonBuilder       *builder,
                                const SrDiscovery *discovery);
void sr_cli_print_discovery (SrCli             *cli,
                             const SrDiscovery *discovery);
/* The members "items" and "result", into the object that is open. */
void sr_cli_json_add_site_test (JsonBuilder *builder,
                                GPtrArray   *items);
void sr_cli_print_site_test (SrCli     *cli,
                             SrSite    *site,
                             GPtrArray *items);

G_END_DECLS
