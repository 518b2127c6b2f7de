/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-progress.h"
#include "record/sr-decimal.h"
#include "record/sr-record-reader.h"
#include "record/sr-search.h"

G_BEGIN_DECLS

/**
 * SrFieldSummary:
 * @sum: (nullable): of all numbers, as asked for
 * @min_date, @max_date: (nullable): of values that are dates ("2026-11-20" with or without time)
 */
typedef struct
{
  char   *name;
  char   *sum;
  guint64 n_numbers;
  char   *min_date;
  char   *max_date;
  guint64 n_dates;
} SrFieldSummary;

/* @fields: (element-type SrFieldSummary) */
typedef struct
{
  char   *name;
  guint64 count;
  GArray *fields;
} SrCollectionSummary;

/**
 * SrSummaryOptions:
 * @sums: (array zero-terminated=1) (nullable): fields to add up, "total" or "invoices.total";
 *   "*": all numeric ones
 * @dates: look at dates too
 *
 * With neither, records are only counted, which is many times faster. Numbers that stand as text
 * count where the field is named or its column is of numbers; MongoDB's encodings always. Of one
 * collection 10,000 fields are looked at.
 */
typedef struct
{
  const char *const *sums;
  gboolean           dates;
} SrSummaryOptions;

/* Returns: (transfer full) (element-type SrCollectionSummary): in the order they came, runs of one
 * name added up */
GPtrArray *sr_summarize (SrRecordReader         *reader,
                         const SrSummaryOptions *options,
                         SrProgress             *progress,
                         GCancellable           *cancellable,
                         GError                **error);
void       sr_collection_summary_free (SrCollectionSummary *self);

G_END_DECLS
