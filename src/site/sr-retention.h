/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SrRetentionSpan:
 *
 * A length of time in the units of the calendar, as people mean it: "1y5m7d2h". All zero is none.
 */
typedef struct
{
  int years;
  int months;
  int days;
  int hours;
} SrRetentionSpan;

/**
 * SrRetentionPolicy:
 * @last: how many of the newest are kept; 0 for none, -1 for all, here and in the five below
 * @hourly: of how many hours the newest snapshot is kept, counting hours that have one
 * @within: all that are younger than this, measured from the newest snapshot
 * @within_hourly: one an hour of those that are younger than this
 * @tags: (array zero-terminated=1) (nullable): comma separated lists; kept is what has all tags of
 *   one of them
 *
 * Which snapshots of one group are kept: restic's rules, to the letter.
 */
typedef struct
{
  int                last;
  int                hourly;
  int                daily;
  int                weekly;
  int                monthly;
  int                yearly;
  SrRetentionSpan    within;
  SrRetentionSpan    within_hourly;
  SrRetentionSpan    within_daily;
  SrRetentionSpan    within_weekly;
  SrRetentionSpan    within_monthly;
  SrRetentionSpan    within_yearly;
  const char *const *tags;
} SrRetentionPolicy;

/**
 * SrRetentionItem:
 * @seconds: since 1970 UTC
 * @offset: what the snapshot's own zone adds to UTC, in seconds; its days and weeks are counted
 *   there
 * @tags: (array zero-terminated=1) (nullable)
 */
typedef struct
{
  gint64             seconds;
  int                nanoseconds;
  int                offset;
  const char *const *tags;
} SrRetentionItem;

/**
 * SrRetentionDecision:
 * @reasons: (array zero-terminated=1): in restic's words ("daily snapshot"); empty if not kept
 */
typedef struct
{
  gboolean keep;
  char   **reasons;
} SrRetentionDecision;

/* Whether nothing is asked for: everything is kept then. */
gboolean sr_retention_policy_is_empty (const SrRetentionPolicy *policy);

/**
 * sr_retention_apply:
 * @items: (array length=n_items): of one group, newest first
 * @now: seconds since 1970 UTC: a snapshot of the future is not the newest one that the spans are
 *   measured from
 * @decisions: (array length=n_items): filled; clear each with sr_retention_decision_clear()
 *
 * A rule that has counts left keeps the oldest snapshot of all as well, even where its day (or hour
 * …) has one already, so that history reaches back as far as it can. Stock restic does so since
 * 0.17; older ones decide alike but for that one snapshot.
 */
void sr_retention_apply (const SrRetentionPolicy *policy,
                         const SrRetentionItem   *items,
                         gsize                    n_items,
                         gint64                   now,
                         SrRetentionDecision     *decisions);
void sr_retention_decision_clear (SrRetentionDecision *self);

/**
 * sr_retention_span_parse:
 *
 * Returns: whether @text is a span like "2y5m7d3h": numbers from 0, each with one of the units y, m
 *   (months), d, h
 */
gboolean sr_retention_span_parse (const char      *text,
                                  SrRetentionSpan *span);
/* Returns: (transfer full): "2y5m7d3h"; empty for none */
char *sr_retention_span_format (const SrRetentionSpan *span);
/* A count of a policy: a number from 0, or "unlimited" or "-1" for all. */
gboolean sr_retention_count_parse (const char *text,
                                   int        *count);

G_END_DECLS
