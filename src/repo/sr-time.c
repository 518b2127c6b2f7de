/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <string.h>

#include "repo/sr-time.h"

#include "base/sr-civil.h"

#define MAX_YEAR 9999

static char *
put_digits (char *out,
            guint value,
            int   n_digits)
{
  for (int i = n_digits - 1; i >= 0; i--, value /= 10)
    out[i] = (char) ('0' + value % 10);
  return out + n_digits;
}

static char *
put_fraction (char *out,
              guint nanoseconds)
{
  if (nanoseconds == 0)
    return out;
  *out++ = '.';
  out = put_digits (out, nanoseconds, 9);
  while (out[-1] == '0')
    out--;
  return out;
}

static char *
put_zone (char *out,
          int   minutes)
{
  if (minutes == 0)
    {
      *out++ = 'Z';
      return out;
    }
  *out++ = minutes < 0 ? '-' : '+';
  out = put_digits (out, (guint) ABS (minutes) / 60, 2);
  *out++ = ':';
  return put_digits (out, (guint) ABS (minutes) % 60, 2);
}

/* As restic's fixTime: nothing but the year changes, and where that year has no 29 February it is 1
 * March. */
static void
clamp_year (SrCivil *date)
{
  date->year = CLAMP (date->year, 0, MAX_YEAR);
  if (date->day > sr_civil_days_of_month (date->year, date->month))
    {
      date->month++;
      date->day = 1;
    }
}

void
sr_time_append (GString      *out,
                const SrTime *time)
{
  char  text[48];
  char *end = text;
  /* The text has whole minutes only. The rest of an old zone's offset (local mean time) is left out
   * of the clock time too, so that the instant stays the same. */
  int     zone = time->offset / 60;
  int     second;
  gint64  seconds;
  SrCivil date;

  if (__builtin_add_overflow ((gint64) time->ts.tv_sec, (gint64) zone * 60, &seconds))
    seconds = time->ts.tv_sec;
  date = sr_civil_from_days (sr_civil_split_seconds (seconds, &second));
  clamp_year (&date);
  end = put_digits (end, (guint) date.year, 4);
  *end++ = '-';
  end = put_digits (end, (guint) date.month, 2);
  *end++ = '-';
  end = put_digits (end, (guint) date.day, 2);
  *end++ = 'T';
  end = put_digits (end, (guint) second / 3600, 2);
  *end++ = ':';
  end = put_digits (end, (guint) second / 60 % 60, 2);
  *end++ = ':';
  end = put_digits (end, (guint) second % 60, 2);
  end = put_fraction (end, (guint) CLAMP (time->ts.tv_nsec, 0, 999999999));
  end = put_zone (end, zone);
  g_string_append_len (out, text, end - text);
}

static int
ask_system (gint64 seconds)
{
  time_t    t = (time_t) seconds;
  struct tm tm;

  return localtime_r (&t, &tm) != NULL ? (int) tm.tm_gmtoff : 0;
}

/* Offsets by slots of six hours. A slot is kept only if the offset is the same at both of its ends:
 * no zone ever changed twice within so short a time. */
#define SLOT_SECONDS 21600
#define N_SLOTS      64

typedef struct
{
  gint64   slot;
  int      offset;
  gboolean known;
} OffsetSlot;

int
sr_time_local_offset (gint64 seconds)
{
  static _Thread_local OffsetSlot slots[N_SLOTS];
  gint64                          slot = seconds / SLOT_SECONDS - (seconds < 0 ? 1 : 0);
  OffsetSlot                     *cached = &slots[(guint64) slot % N_SLOTS];
  gint64                          first;
  gint64                          last;
  int                             offset;

  if (cached->known && cached->slot == slot)
    return cached->offset;
  offset = ask_system (seconds);
  if (__builtin_mul_overflow (slot, (gint64) SLOT_SECONDS, &first) ||
      __builtin_add_overflow (first, (gint64) SLOT_SECONDS, &last))
    return offset;
  if (ask_system (first) == offset && ask_system (last) == offset)
    *cached = (OffsetSlot){ .slot = slot, .offset = offset, .known = TRUE };
  return offset;
}

void
sr_time_append_local (GString               *out,
                      const struct timespec *ts)
{
  SrTime time = { .ts = *ts, .offset = sr_time_local_offset (ts->tv_sec) };

  sr_time_append (out, &time);
}

/* Reads @n_digits digits, then the character @follow unless that is 0, and moves on. */
static gboolean
take_number (const char **text,
             const char  *end,
             int          n_digits,
             char         follow,
             int         *value)
{
  const char *in = *text;

  if (end - in < n_digits + (follow != 0 ? 1 : 0))
    return FALSE;
  *value = 0;
  for (int i = 0; i < n_digits; i++, in++)
    {
      if (!g_ascii_isdigit (*in))
        return FALSE;
      *value = *value * 10 + (*in - '0');
    }
  if (follow != 0 && *in++ != follow)
    return FALSE;
  *text = in;
  return TRUE;
}

static gboolean
take_fraction (const char **text,
               const char  *end,
               long        *nanoseconds)
{
  const char *in = *text;
  long        unit = 100000000;

  *nanoseconds = 0;
  if (in == end || *in != '.')
    return TRUE;
  in++;
  if (in == end || !g_ascii_isdigit (*in))
    return FALSE;
  for (; in < end && g_ascii_isdigit (*in); in++, unit /= 10)
    *nanoseconds += unit * (*in - '0');
  *text = in;
  return TRUE;
}

/* Must be all that is left. */
static gboolean
take_zone (const char *in,
           const char *end,
           int        *offset)
{
  int      hours;
  int      minutes;
  gboolean negative;

  *offset = 0;
  if (end - in == 1)
    return *in == 'Z' || *in == 'z';
  if (end - in != 6 || (*in != '+' && *in != '-'))
    return FALSE;
  negative = *in++ == '-';
  if (!take_number (&in, end, 2, ':', &hours) || !take_number (&in, end, 2, 0, &minutes) ||
      hours > 23 || minutes > 59)
    return FALSE;
  *offset = (hours * 60 + minutes) * 60;
  if (negative)
    *offset = -*offset;
  return TRUE;
}

static gboolean
take_date (const char **text,
           const char  *end,
           SrCivil     *date)
{
  int year;

  if (!take_number (text, end, 4, '-', &year) || !take_number (text, end, 2, '-', &date->month) ||
      !take_number (text, end, 2, 0, &date->day))
    return FALSE;
  date->year = year;
  return date->month >= 1 && date->month <= 12 && date->day >= 1 &&
         date->day <= sr_civil_days_of_month (date->year, date->month);
}

gboolean
sr_time_parse (const char *text,
               gsize       length,
               SrTime     *time)
{
  const char *end = text + length;
  SrCivil     date;
  gint64      days;
  int         hours;
  int         minutes;
  int         seconds;
  long        nanoseconds;
  int         offset;

  if (!take_date (&text, end, &date) || text == end || (*text != 'T' && *text != 't'))
    return FALSE;
  text++;
  if (!take_number (&text, end, 2, ':', &hours) || !take_number (&text, end, 2, ':', &minutes) ||
      !take_number (&text, end, 2, 0, &seconds) || hours > 23 || minutes > 59 || seconds > 59)
    return FALSE;
  if (!take_fraction (&text, end, &nanoseconds) || !take_zone (text, end, &offset))
    return FALSE;
  days = sr_civil_to_days (date.year, date.month, date.day);
  time->ts.tv_sec = (time_t) (days * SR_SECONDS_A_DAY + hours * 3600 + minutes * 60 + seconds -
                              offset);
  time->ts.tv_nsec = nanoseconds;
  time->offset = offset;
  return TRUE;
}
