/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-site-status.h"

G_BEGIN_DECLS

/* What `status` prints for programs that watch. @statuses: (element-type SrSiteStatus) */

/* The worst of all; unknown if there is no site. */
SrHealth sr_status_get_health (GPtrArray *statuses);
/* What a Nagios or Icinga plugin prints: one line with performance data, then a line a site.
 * Returns: (transfer full) */
char *sr_status_to_nagios (GPtrArray *statuses,
                           gint64     warn_ns,
                           gint64     critical_ns);
/* The same where nothing could be looked at. Returns: (transfer full) */
char *sr_status_to_nagios_unknown (const char *why);
/* The text format of Prometheus, for its collector of text files. Returns: (transfer full) */
char *sr_status_to_prometheus (GPtrArray *statuses);
/* Returns: (transfer full) */
JsonNode *sr_status_to_json (GPtrArray *statuses);

G_END_DECLS
