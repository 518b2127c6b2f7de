/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "base/sr-civil.h"
#include "record/sr-value.h"

#define MAX_FRACTION 9

/* What is left of a text. */
typedef struct
{
  const char *at;
  const char *end;
} Rest;

static gboolean
take (Rest *rest,
      char  c)
{
  if (rest->at == rest->end || *rest->at != c)
    return FALSE;
  rest->at++;
  return TRUE;
}

static gboolean
take_digits (Rest *rest,
             guint n,
             int  *value)
{
  *value = 0;
  if (rest->end - rest->at < (gssize) n)
    return FALSE;
  for (guint i = 0; i < n; i++, rest->at++)
    {
      if (!g_ascii_isdigit (*rest->at))
        return FALSE;
      *value = *value * 10 + (*rest->at - '0');
    }
  return TRUE;
}

/* Digits behind the point; those beyond nanoseconds must be zero. */
static gboolean
take_fraction (Rest    *rest,
               guint32 *nanoseconds)
{
  guint n = 0;

  *nanoseconds = 0;
  for (; rest->at < rest->end && g_ascii_isdigit (*rest->at); rest->at++, n++)
    {
      if (n < MAX_FRACTION)
        *nanoseconds = *nanoseconds * 10 + (guint32) (*rest->at - '0');
      else if (*rest->at != '0')
        return FALSE;
    }
  for (guint i = n; i < MAX_FRACTION; i++)
    *nanoseconds *= 10;
  return n > 0;
}

/* "05:13", "05:13:38", "05:13:38.25" */
static gboolean
take_time (SrMoment *self,
           Rest     *rest)
{
  self->has_time = TRUE;
  if (!take_digits (rest, 2, &self->hour) || !take (rest, ':') ||
      !take_digits (rest, 2, &self->minute))
    return FALSE;
  if (!take (rest, ':'))
    return TRUE;
  return take_digits (rest, 2, &self->second) &&
         (!take (rest, '.') || take_fraction (rest, &self->nanoseconds));
}

/* "Z", "+08", "+0800", "+08:00", or nothing */
static gboolean
take_offset (SrMoment *self,
             Rest     *rest)
{
  gboolean west;
  int      hours;
  int      minutes = 0;

  if (rest->at == rest->end)
    return TRUE;
  self->has_offset = TRUE;
  if (take (rest, 'Z'))
    return TRUE;
  west = take (rest, '-');
  if (!west && !take (rest, '+'))
    return FALSE;
  if (!take_digits (rest, 2, &hours))
    return FALSE;
  if ((take (rest, ':') || (rest->at < rest->end && g_ascii_isdigit (*rest->at))) &&
      !take_digits (rest, 2, &minutes))
    return FALSE;
  self->offset = (hours * 60 + minutes) * (west ? -1 : 1);
  return hours <= 23 && minutes <= 59;
}

static gboolean
parse_iso (SrMoment *self,
           Rest     *rest)
{
  if (!take_digits (rest, 4, &self->year) || !take (rest, '-') ||
      !take_digits (rest, 2, &self->month) || !take (rest, '-') ||
      !take_digits (rest, 2, &self->day))
    return FALSE;
  if (rest->at == rest->end)
    return TRUE;
  return (take (rest, 'T') || take (rest, ' ')) && take_time (self, rest) &&
         take_offset (self, rest) && rest->at == rest->end;
}

/* One of the twelve or seven three-letter names in @names. Returns: from 1; 0 if it is none */
static int
take_name (Rest       *rest,
           const char *names)
{
  if (rest->end - rest->at < 3)
    return 0;
  for (int i = 0; names[i * 3] != '\0'; i++)
    if (memcmp (rest->at, names + i * 3, 3) == 0)
      {
        rest->at += 3;
        return i + 1;
      }
  return 0;
}

/* `Fri Nov 20 2026 05:13:38 GMT+0800 (Philippine Standard Time)` */
static gboolean
parse_javascript (SrMoment *self,
                  Rest     *rest)
{
  if (take_name (rest, "MonTueWedThuFriSatSun") == 0 || !take (rest, ' '))
    return FALSE;
  self->month = take_name (rest, "JanFebMarAprMayJunJulAugSepOctNovDec");
  if (!take (rest, ' ') || !take_digits (rest, 2, &self->day) || !take (rest, ' ') ||
      !take_digits (rest, 4, &self->year) || !take (rest, ' ') || !take_time (self, rest) ||
      !take (rest, ' ') || !take (rest, 'G') || !take (rest, 'M') || !take (rest, 'T'))
    return FALSE;
  /* the name of the zone says nothing that the offset does not */
  if (rest->end[-1] == ')')
    {
      const char *open = memmem (rest->at, (gsize) (rest->end - rest->at), " (", 2);

      if (open == NULL)
        return FALSE;
      rest->end = open;
    }
  self->has_offset = TRUE;
  return take_offset (self, rest) && rest->at == rest->end;
}

static gboolean
is_sound (const SrMoment *self)
{
  return self->year >= 1 && self->month >= 1 && self->month <= 12 && self->day >= 1 &&
         self->day <= sr_civil_days_of_month (self->year, self->month) &&
         self->hour <= 23 && self->minute <= 59 && self->second <= 59;
}

gboolean
sr_moment_parse (SrMoment   *self,
                 const char *text,
                 gsize       size)
{
  Rest rest = { text, text + size };

  *self = (SrMoment){ 0 };
  if (size < strlen ("2026-11-20"))
    return FALSE;
  if (g_ascii_isdigit (*text))
    return parse_iso (self, &rest) && is_sound (self);
  return parse_javascript (self, &rest) && is_sound (self);
}

char *
sr_moment_to_sql (const SrMoment *self,
                  gboolean        with_offset)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "%04d-%02d-%02d", self->year, self->month, self->day);
  if (!self->has_time)
    return g_string_free (out, FALSE);
  g_string_append_printf (out, " %02d:%02d:%02d", self->hour, self->minute, self->second);
  if (self->nanoseconds > 0)
    {
      g_string_append_printf (out, ".%09u", self->nanoseconds);
      while (out->str[out->len - 1] == '0')
        g_string_truncate (out, out->len - 1);
    }
  if (with_offset && self->has_offset)
    g_string_append_printf (out, "%c%02d:%02d", self->offset < 0 ? '-' : '+',
                            ABS (self->offset) / 60, ABS (self->offset) % 60);
  return g_string_free (out, FALSE);
}

static gint64
to_seconds (const SrMoment *self)
{
  return sr_civil_to_days (self->year, self->month, self->day) * SR_SECONDS_A_DAY +
         self->hour * 3600 + self->minute * 60 + self->second -
         (self->has_offset ? self->offset * 60 : 0);
}

int
sr_moment_compare (const SrMoment *a,
                   const SrMoment *b)
{
  const gint64 left = to_seconds (a);
  const gint64 right = to_seconds (b);

  if (left != right)
    return left < right ? -1 : 1;
  return a->nanoseconds == b->nanoseconds ? 0 : a->nanoseconds < b->nanoseconds ? -1
                                                                                : 1;
}

gboolean
sr_moment_to_unix_ms (const SrMoment *self,
                      gint64         *ms)
{
  if (self->nanoseconds % 1000000 != 0)
    return FALSE;
  *ms = to_seconds (self) * 1000 + self->nanoseconds / 1000000;
  return TRUE;
}

void
sr_moment_from_unix_ms (SrMoment *self,
                        gint64    ms)
{
  gint64  seconds = ms / 1000 - (ms % 1000 < 0 ? 1 : 0);
  int     second;
  SrCivil date = sr_civil_from_days (sr_civil_split_seconds (seconds, &second));

  *self = (SrMoment){ .has_time = TRUE, .has_offset = TRUE };
  self->year = (int) date.year;
  self->month = date.month;
  self->day = date.day;
  self->hour = second / 3600;
  self->minute = second / 60 % 60;
  self->second = second % 60;
  self->nanoseconds = (guint32) (ms - seconds * 1000) * 1000000;
}
