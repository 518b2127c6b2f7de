/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-site"

#include "config.h"

#include "site/sr-retention.h"

#include <string.h>

#include "base/sr-civil.h"

#define N_RULES    6
#define MAX_NUMBER 1000000

typedef struct
{
  SrCivil date;
  int     hour;
  gint64  days; /* since 1970 */
} Civil;

typedef enum
{
  EACH,
  HOUR,
  DAY,
  WEEK,
  MONTH,
  YEAR
} Period;

/* One of the "newest of each …" rules while the list is gone through. */
typedef struct
{
  Period      period;
  int         count;
  gint64      threshold_seconds; /* only what is younger */
  int         threshold_nanoseconds;
  gint64      last; /* period of the snapshot kept last */
  const char *reason;
  char       *span; /* (nullable): of a "within" rule */
} Rule;

static gint64
floor_divide (gint64 a,
              gint64 b)
{
  return a / b - (a % b < 0 ? 1 : 0);
}

static Civil
civil_from_item (const SrRetentionItem *item)
{
  Civil civil;
  int   second;

  civil.days = sr_civil_split_seconds (item->seconds + item->offset, &second);
  civil.hour = second / 3600;
  civil.date = sr_civil_from_days (civil.days);
  return civil;
}

/* A number that is the same for two times exactly if they lie in the same period. */
static gint64
period_number (Period       period,
               const Civil *civil,
               gsize        position)
{
  switch (period)
    {
    case EACH:
      return (gint64) position;
    case HOUR:
      return civil->days * 24 + civil->hour;
    case DAY:
      return civil->days;
    case WEEK:
      /* An ISO week is the one from a Monday to a Sunday, also over the turn of a year. */
      return floor_divide (civil->days + 3, 7);
    case MONTH:
      return civil->date.year * 12 + civil->date.month;
    case YEAR:
    default:
      return civil->date.year;
    }
}

static gboolean
span_is_zero (const SrRetentionSpan *span)
{
  return span->years == 0 && span->months == 0 && span->days == 0 && span->hours == 0;
}

gboolean
sr_retention_policy_is_empty (const SrRetentionPolicy *policy)
{
  return policy->last == 0 && policy->hourly == 0 && policy->daily == 0 && policy->weekly == 0 &&
         policy->monthly == 0 && policy->yearly == 0 && span_is_zero (&policy->within) &&
         span_is_zero (&policy->within_hourly) && span_is_zero (&policy->within_daily) &&
         span_is_zero (&policy->within_weekly) && span_is_zero (&policy->within_monthly) &&
         span_is_zero (&policy->within_yearly) &&
         (policy->tags == NULL || policy->tags[0] == NULL);
}

/* The newest snapshot that is not of the future. */
static const SrRetentionItem *
find_latest (const SrRetentionItem *items,
             gsize                  n_items,
             gint64                 now)
{
  const SrRetentionItem *latest = NULL;

  for (gsize i = 0; i < n_items; i++)
    if (items[i].seconds < now &&
        (latest == NULL || items[i].seconds > latest->seconds ||
         (items[i].seconds == latest->seconds && items[i].nanoseconds > latest->nanoseconds)))
      latest = &items[i];
  return latest;
}

/* @latest minus the span: years, months and days in its own calendar, then the hours. */
static gint64
subtract_span (const SrRetentionItem *latest,
               const SrRetentionSpan *span)
{
  Civil  civil;
  gint64 days;

  /* All of them are of the future: nothing is old. */
  if (latest == NULL)
    return G_MININT64;
  civil = civil_from_item (latest);
  days = sr_civil_to_days (civil.date.year - span->years, civil.date.month - span->months,
                           civil.date.day - span->days);
  return latest->seconds + (days - civil.days) * SR_SECONDS_A_DAY - (gint64) span->hours * 3600;
}

static gboolean
is_younger (const SrRetentionItem *item,
            gint64                 seconds,
            int                    nanoseconds)
{
  return item->seconds > seconds ||
         (item->seconds == seconds && item->nanoseconds > nanoseconds);
}

static gsize
collect_rules (const SrRetentionPolicy *policy,
               const SrRetentionItem   *latest,
               Rule                     rules[2 * N_RULES])
{
  const Rule counted[] = {
    { .period = EACH, .count = policy->last, .reason = "last snapshot" },
    { .period = HOUR, .count = policy->hourly, .reason = "hourly snapshot" },
    { .period = DAY, .count = policy->daily, .reason = "daily snapshot" },
    { .period = WEEK, .count = policy->weekly, .reason = "weekly snapshot" },
    { .period = MONTH, .count = policy->monthly, .reason = "monthly snapshot" },
    { .period = YEAR, .count = policy->yearly, .reason = "yearly snapshot" },
  };
  const struct
  {
    Period                 period;
    const SrRetentionSpan *span;
    const char            *reason;
  } within[] = {
    { HOUR, &policy->within_hourly, "hourly within" },
    { DAY, &policy->within_daily, "daily within" },
    { WEEK, &policy->within_weekly, "weekly within" },
    { MONTH, &policy->within_monthly, "monthly within" },
    { YEAR, &policy->within_yearly, "yearly within" },
  };
  gsize n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (counted); i++)
    if (counted[i].count != 0)
      {
        rules[n] = counted[i];
        rules[n].threshold_seconds = G_MININT64;
        rules[n++].last = G_MININT64;
      }
  for (gsize i = 0; i < G_N_ELEMENTS (within); i++)
    if (!span_is_zero (within[i].span))
      rules[n++] = (Rule){
        .period = within[i].period,
        .count = -1,
        .threshold_seconds = subtract_span (latest, within[i].span),
        .threshold_nanoseconds = latest != NULL ? latest->nanoseconds : 0,
        .last = G_MININT64,
        .reason = within[i].reason,
        .span = sr_retention_span_format (within[i].span),
      };
  return n;
}

static void
apply_rule (Rule                  *rule,
            const SrRetentionItem *item,
            const Civil           *civil,
            gsize                  position,
            gboolean               is_oldest,
            GPtrArray             *reasons)
{
  gint64   number = period_number (rule->period, civil, position);
  gboolean again = number == rule->last;

  if (rule->count == 0 || (again && !is_oldest) ||
      (rule->span != NULL &&
       !is_younger (item, rule->threshold_seconds, rule->threshold_nanoseconds)))
    return;
  rule->last = number;
  if (rule->count > 0)
    rule->count--;
  g_ptr_array_add (reasons, g_strdup_printf ("%s%s%s%s", again ? "oldest " : "", rule->reason,
                                             rule->span != NULL ? " " : "",
                                             rule->span != NULL ? rule->span : ""));
}

static gboolean
has_tag (const SrRetentionItem *item,
         const char            *tag)
{
  return item->tags != NULL && g_strv_contains (item->tags, tag);
}

/* As restic does it: an empty tag in a list stands for "no tags at all". */
static void
apply_tags (const char            *list,
            const SrRetentionItem *item,
            GPtrArray             *reasons)
{
  g_auto (GStrv)   tags = g_strsplit (list, ",", -1);
  g_autofree char *joined = NULL;
  gboolean         untagged = item->tags == NULL || item->tags[0] == NULL;

  if (tags[0] == NULL && !untagged)
    return;
  for (gsize i = 0; tags[i] != NULL; i++)
    g_strstrip (tags[i]);
  for (gsize i = 0; tags[i] != NULL; i++)
    {
      if (tags[i][0] == '\0' && untagged)
        break;
      if (!has_tag (item, tags[i]))
        return;
    }
  joined = g_strjoinv (", ", tags);
  g_ptr_array_add (reasons, g_strdup_printf ("has tags [%s]", joined));
}

static void
decide (const SrRetentionPolicy *policy,
        const SrRetentionItem   *latest,
        Rule                    *rules,
        gsize                    n_rules,
        const SrRetentionItem   *item,
        gsize                    position,
        gboolean                 is_oldest,
        GPtrArray               *reasons)
{
  Civil civil = civil_from_item (item);

  for (gsize i = 0; policy->tags != NULL && policy->tags[i] != NULL; i++)
    apply_tags (policy->tags[i], item, reasons);
  if (!span_is_zero (&policy->within) &&
      is_younger (item, subtract_span (latest, &policy->within),
                  latest != NULL ? latest->nanoseconds : 0))
    {
      g_autofree char *span = sr_retention_span_format (&policy->within);

      g_ptr_array_add (reasons, g_strdup_printf ("within %s", span));
    }
  for (gsize i = 0; i < n_rules; i++)
    apply_rule (&rules[i], item, &civil, position, is_oldest, reasons);
}

void
sr_retention_apply (const SrRetentionPolicy *policy,
                    const SrRetentionItem   *items,
                    gsize                    n_items,
                    gint64                   now,
                    SrRetentionDecision     *decisions)
{
  const SrRetentionItem *latest = find_latest (items, n_items, now);
  gboolean               empty = sr_retention_policy_is_empty (policy);
  Rule                   rules[2 * N_RULES];
  gsize                  n_rules = collect_rules (policy, latest, rules);

  for (gsize i = 0; i < n_items; i++)
    {
      g_autoptr (GPtrArray) reasons = g_ptr_array_new ();

      if (empty)
        g_ptr_array_add (reasons, g_strdup ("policy is empty"));
      else
        decide (policy, latest, rules, n_rules, &items[i], i, i == n_items - 1, reasons);
      decisions[i].keep = reasons->len > 0;
      g_ptr_array_add (reasons, NULL);
      decisions[i].reasons = (char **) g_ptr_array_free (g_steal_pointer (&reasons), FALSE);
    }
  for (gsize i = 0; i < n_rules; i++)
    g_free (rules[i].span);
}

void
sr_retention_decision_clear (SrRetentionDecision *self)
{
  g_clear_pointer (&self->reasons, g_strfreev);
  self->keep = FALSE;
}

/* Digits at @text, which is moved behind them. Returns: -1 if there are none or too many */
static int
parse_number (const char **text)
{
  const char *at = *text;
  int         number = 0;

  if (!g_ascii_isdigit (*at))
    return -1;
  for (; g_ascii_isdigit (*at); at++)
    {
      number = number * 10 + (*at - '0');
      if (number > MAX_NUMBER)
        return -1;
    }
  *text = at;
  return number;
}

gboolean
sr_retention_span_parse (const char      *text,
                         SrRetentionSpan *span)
{
  g_autofree char *copy = g_strstrip (g_strdup (text));
  const char      *at = copy;
  SrRetentionSpan  result = { 0 };

  if (*at == '\0')
    return FALSE;
  while (*at != '\0')
    {
      int number = parse_number (&at);

      if (number < 0)
        return FALSE;
      switch (*at++)
        {
        case 'y':
          result.years = number;
          break;
        case 'm':
          result.months = number;
          break;
        case 'd':
          result.days = number;
          break;
        case 'h':
          result.hours = number;
          break;
        default:
          return FALSE;
        }
    }
  *span = result;
  return TRUE;
}

char *
sr_retention_span_format (const SrRetentionSpan *span)
{
  GString *text = g_string_new (NULL);

  if (span->years != 0)
    g_string_append_printf (text, "%dy", span->years);
  if (span->months != 0)
    g_string_append_printf (text, "%dm", span->months);
  if (span->days != 0)
    g_string_append_printf (text, "%dd", span->days);
  if (span->hours != 0)
    g_string_append_printf (text, "%dh", span->hours);
  return g_string_free (text, FALSE);
}

gboolean
sr_retention_count_parse (const char *text,
                          int        *count)
{
  int number;

  if (strcmp (text, "unlimited") == 0 || strcmp (text, "-1") == 0)
    {
      *count = -1;
      return TRUE;
    }
  number = parse_number (&text);
  if (number < 0 || *text != '\0')
    return FALSE;
  *count = number;
  return TRUE;
}
