/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "site/sr-site.h"
#include "state/sr-history.h"

G_BEGIN_DECLS

/* In the order of their weight, with the numbers that monitoring systems use. */
typedef enum
{
  SR_HEALTH_OK = 0,
  SR_HEALTH_WARNING = 1,
  SR_HEALTH_CRITICAL = 2,
  SR_HEALTH_UNKNOWN = 3,
} SrHealth;

/* "ok", "warning", "critical", "unknown" */
const char *sr_health_name (SrHealth health);
/* Critical weighs most, then warning, then unknown. */
SrHealth sr_health_worse (SrHealth a,
                          SrHealth b);

/* Age of the last good backup from which on it is worth a warning, and critical; in nanoseconds. A
 * daily backup that is two hours late is no matter yet; two that are missing are. */
#define SR_STATUS_WARN_AGE_NS     (G_GINT64_CONSTANT (26) * 3600 * 1000000000)
#define SR_STATUS_CRITICAL_AGE_NS (G_GINT64_CONSTANT (50) * 3600 * 1000000000)

/* @why: (nullable): if it is not reachable */
typedef struct
{
  char    *location;
  gboolean reachable;
  char    *why;
} SrVaultPresence;

/**
 * SrSiteStatus:
 * @last_good: (nullable): the newest backup that did all it should and is not broken or suspicious
 * @last_run: (nullable): the newest run of any kind that ended
 * @last_failure: (nullable): the newest backup that failed, or was interrupted, after @last_good
 * @age_ns: of @last_good, from its start: what was written since then is in no backup; -1 if none
 * @vaults: (element-type SrVaultPresence)
 * @reasons: (element-type utf8): one sentence for each thing that is not as it should be, the
 *   weightiest first; empty if all is well
 */
typedef struct
{
  char      *site;
  char      *name;
  SrRun     *last_good;
  SrRun     *last_run;
  SrRun     *last_failure;
  gint64     age_ns;
  GPtrArray *vaults;
  SrHealth   health;
  GPtrArray *reasons;
} SrSiteStatus;

void sr_site_status_free (SrSiteStatus *self);

/**
 * sr_site_status_read:
 * @clock: (nullable)
 * @warn_ns, @critical_ns: ages; see %SR_STATUS_WARN_AGE_NS
 *
 * How a site stands: from the history and from a look at whether its vaults can be reached, which
 * needs no password.
 *
 * Returns: (transfer full)
 */
SrSiteStatus *sr_site_status_read (SrHistory    *history,
                                   SrSite       *site,
                                   SrClock      *clock,
                                   gint64        warn_ns,
                                   gint64        critical_ns,
                                   GCancellable *cancellable,
                                   GError      **error);
/* "3 hours", "2 days": of a span of time. Returns: (transfer full) */
char *sr_status_describe_age (gint64 ns);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrSiteStatus, sr_site_status_free)

G_END_DECLS
