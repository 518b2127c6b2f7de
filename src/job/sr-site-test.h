/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "site/sr-site.h"

G_BEGIN_DECLS

/**
 * SrSiteTestLevel:
 * @SR_SITE_TEST_OK: as it should be
 * @SR_SITE_TEST_WARNING: a backup is possible, but something should be looked after
 * @SR_SITE_TEST_PROBLEM: a backup would fail, or miss this
 */
typedef enum
{
  SR_SITE_TEST_OK,
  SR_SITE_TEST_WARNING,
  SR_SITE_TEST_PROBLEM,
} SrSiteTestLevel;

/**
 * SrSiteTestItem:
 * @subject: "site", "source", "vault" or "file"
 * @location: (nullable): of that, raw bytes
 * @check: what was looked at: "sources", "vaults", "kind", "readable", "database", "reachable",
 *   "vault", "password", "space"
 * @sentence: what was found, and what to do if it is no good
 */
typedef struct
{
  SrSiteTestLevel level;
  const char     *subject;
  char           *location;
  const char     *check;
  char           *sentence;
} SrSiteTestItem;

/**
 * sr_site_test:
 *
 * Looks whether a backup of @site could be made now: every source is there and can be read (a
 * SQLite database is opened), every vault is there, is one, and its password is in the keyring and
 * opens it, and how much room there is. Nothing is written and nobody is asked.
 *
 * Threads: blocks on disk and keyring; takes about a second for a vault whose password is known.
 *
 * Returns: (transfer full) (element-type SrSiteTestItem): in the order of the site's members; %NULL
 *   only if it was cancelled
 */
GPtrArray *sr_site_test (SrSite       *site,
                         GCancellable *cancellable,
                         GError      **error);
/* "ok", "warning", "problem" */
const char *sr_site_test_level_name (SrSiteTestLevel level);
/* The worst of @items. */
SrSiteTestLevel sr_site_test_get_worst (GPtrArray *items);

G_END_DECLS
