/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record.h"

G_BEGIN_DECLS

/* Conversions between what systems write for the same value. Pure; %FALSE if the text is no such
 * value. Nothing is rounded: what does not fit is refused. */

/**
 * SrMoment:
 * @nanoseconds: of the fraction
 * @has_offset: whether @offset (minutes east of UTC) was written
 *
 * A date with or without time, as it was written; never shifted between zones.
 */
typedef struct
{
  int      year;
  int      month;
  int      day;
  int      hour;
  int      minute;
  int      second;
  guint32  nanoseconds;
  gboolean has_time;
  gboolean has_offset;
  int      offset;
} SrMoment;

/* ISO 8601, SQL's form with a space, and JavaScript's `Fri Nov 20 2026 05:13:38 GMT+0800 (…)`,
 * whose wall-clock fields are taken and whose offset is kept. */
gboolean sr_moment_parse (SrMoment   *self,
                          const char *text,
                          gsize       size);
/* "2026-11-20 05:13:38.25", with "+08:00" if it has an offset and @with_offset. Returns: (transfer
 * full) */
char *sr_moment_to_sql (const SrMoment *self,
                        gboolean        with_offset);
/* By the time they are; what has no offset is taken as UTC, what has no time as midnight. Returns:
 * less than, equal to or greater than 0 */
int sr_moment_compare (const SrMoment *a,
                       const SrMoment *b);
/* Milliseconds since 1970; one without offset is taken as UTC. %FALSE if the fraction is finer. */
gboolean sr_moment_to_unix_ms (const SrMoment *self,
                               gint64         *ms);
void     sr_moment_from_unix_ms (SrMoment *self,
                                 gint64    ms);

/* "true", "t", "1", 1 and so on. */
gboolean sr_value_get_bool (const SrValue *self,
                            gboolean      *value);
/* A whole number within 64 bits, as number or as text. */
gboolean sr_value_get_int64 (const SrValue *self,
                             gint64        *value);
/**
 * sr_value_get_moment:
 *
 * What a column of dates holds: text, or, as JavaScript and Prisma write into SQLite, a whole
 * number since 1970: milliseconds from 10^11 on (March 1973), seconds below.
 *
 * Returns: %FALSE if it is neither, or not within the years 1 to 9999
 */
gboolean sr_value_get_moment (const SrValue *self,
                              SrMoment      *moment);
/* Whether @text is a number as JSON writes it. */
gboolean sr_text_is_number (const char *text,
                            gsize       size);
/**
 * sr_number_normalize:
 * @text: a number as JSON writes it
 *
 * Returns: (transfer full) (nullable): the one way to write that value: without exponent, without
 *   zeros that say nothing ("-12.5", "0", "1000"); %NULL if it is no number or has more than 1,000
 *   digits
 */
char *sr_number_normalize (const char *text,
                           gsize       size);
/* MongoDB's encodings of the same in JSON: {"$numberDecimal":"…"}, {"low":…,"high":…,"unsigned":…}.
 * Returns: (transfer full) (nullable): the number */
char *sr_value_get_mongo_number (const SrValue *self);
/* Appends JSON without the white space between its parts, so that it is one line; all that says
 * something stays byte for byte. It may stop once @limit bytes are there. */
void sr_json_append_compact (GString    *out,
                             const char *text,
                             gsize       size,
                             gsize       limit);
/* For a person: at most @max_chars, JSON in one line, valid UTF-8, control characters made visible.
 * Returns: (transfer full) */
char *sr_value_to_display (const SrValue *self,
                           guint          max_chars);

G_END_DECLS
