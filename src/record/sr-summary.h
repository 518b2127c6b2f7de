/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-progress.h"
#include "record/sr-record-reader.h"

G_BEGIN_DECLS

/**
 * SrDecimal:
 *
 * An exact sum of decimal numbers of any size. Grows as needed.
 */
typedef struct _SrDecimal SrDecimal;

SrDecimal *sr_decimal_new (void);
void       sr_decimal_free (SrDecimal *self);
/* @text: as JSON writes numbers. Returns: %FALSE if it is none, or has more than 1,000 digits */
gboolean sr_decimal_add (SrDecimal  *self,
                         const char *text,
                         gsize       size);
/* Returns: (transfer full): "-1234.50" with as many places as the numbers added had at most */
char *sr_decimal_to_text (const SrDecimal *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrDecimal, sr_decimal_free)

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
 * With neither, records are only counted, which is many times faster.
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

/**
 * SrSearch:
 *
 * What records are asked for: all terms must fit. "text" anywhere in a record without regard to
 * case; "field=value", "field!=value", "field~text", "field<value", "field>value" (numbers and
 * dates by value).
 */
typedef struct _SrSearch SrSearch;

SrSearch *sr_search_new (const char *const *terms,
                         GError           **error);
void      sr_search_free (SrSearch *self);
/* Reads the record's fields if it has to. Returns: 1 if it fits, 0 if not, -1 with @error set */
int sr_search_match (SrSearch       *self,
                     SrRecordReader *reader,
                     SrRecord       *record,
                     GError        **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrSearch, sr_search_free)

G_END_DECLS
