/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "record/sr-decimal.h"
#include "record/sr-value.h"

#define MAX_DIGITS 1000
#define LIMB       1000000000u
#define LIMB_WIDTH 9
/* Before and behind the point. Before it are two more than the digits need: 10^18 numbers of the
 * largest kind fit. */
#define WHOLE_LIMBS    (MAX_DIGITS / LIMB_WIDTH + 3)
#define FRACTION_LIMBS (MAX_DIGITS / LIMB_WIDTH + 1)
#define N_LIMBS        (WHOLE_LIMBS + FRACTION_LIMBS)

/* Nine digits each, the least first. */
typedef struct
{
  guint32 limbs[N_LIMBS];
} Sum;

struct _SrDecimal
{
  Sum   positive;
  Sum   negative;
  guint places;
};

SrDecimal *
sr_decimal_new (void)
{
  return g_new0 (SrDecimal, 1);
}

void
sr_decimal_free (SrDecimal *self)
{
  g_free (self);
}

/* What a number's text says: @digits with the point @n_whole digits from their left, which may lie
 * outside of them. */
typedef struct
{
  char     digits[MAX_DIGITS];
  gint     n_digits;
  gint     n_whole;
  gboolean negative;
} Parts;

static gint
read_exponent (const char *text,
               const char *end)
{
  const gboolean negative = *text == '-';
  gint           value = 0;

  if (*text == '-' || *text == '+')
    text++;
  for (; text < end && value < 1000000; text++)
    value = value * 10 + (*text - '0');
  return negative ? -value : value;
}

static gboolean
split (Parts      *parts,
       const char *text,
       gsize       size)
{
  const char *end = text + size;
  const char *c = text;
  gboolean    behind_point = FALSE;

  if (!sr_text_is_number (text, size))
    return FALSE;
  parts->n_digits = 0;
  parts->n_whole = 0;
  parts->negative = *c == '-';
  for (c += parts->negative ? 1 : 0; c < end && *c != 'e' && *c != 'E'; c++)
    {
      if (*c == '.')
        {
          behind_point = TRUE;
          continue;
        }
      /* the zero before a point is no digit */
      if (*c == '0' && !behind_point && parts->n_digits == 0)
        continue;
      if (parts->n_digits == MAX_DIGITS)
        return FALSE;
      parts->digits[parts->n_digits++] = *c;
      parts->n_whole += behind_point ? 0 : 1;
    }
  if (c < end && parts->n_digits > 0)
    parts->n_whole += read_exponent (c + 1, end);
  return parts->n_whole <= MAX_DIGITS && parts->n_digits - parts->n_whole <= MAX_DIGITS;
}

static void
add_to (Sum         *sum,
        const Parts *parts)
{
  static const guint32 powers[LIMB_WIDTH] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000,
                                              100000000 };

  for (gint i = 0; i < parts->n_digits; i++)
    {
      const guint place = (guint) (FRACTION_LIMBS * LIMB_WIDTH + parts->n_whole - 1 - i);
      guint       limb = place / LIMB_WIDTH;

      sum->limbs[limb] += (guint32) (parts->digits[i] - '0') * powers[place % LIMB_WIDTH];
      for (; sum->limbs[limb] >= LIMB && limb + 1 < N_LIMBS; limb++)
        {
          sum->limbs[limb] -= LIMB;
          sum->limbs[limb + 1]++;
        }
    }
}

static gboolean
add (SrDecimal  *self,
     const char *text,
     gsize       size,
     gboolean    negate)
{
  Parts parts;

  if (!split (&parts, text, size))
    return FALSE;
  self->places = (guint) MAX ((gint) self->places, parts.n_digits - parts.n_whole);
  add_to (parts.negative != negate ? &self->negative : &self->positive, &parts);
  return TRUE;
}

gboolean
sr_decimal_add (SrDecimal  *self,
                const char *text,
                gsize       size)
{
  return add (self, text, size, FALSE);
}

gboolean
sr_decimal_subtract (SrDecimal  *self,
                     const char *text,
                     gsize       size)
{
  return add (self, text, size, TRUE);
}

int
sr_decimal_get_sign (const SrDecimal *self)
{
  for (guint i = N_LIMBS; i-- > 0;)
    if (self->positive.limbs[i] != self->negative.limbs[i])
      return self->positive.limbs[i] > self->negative.limbs[i] ? 1 : -1;
  return 0;
}

/* @larger - @smaller */
static void
subtract (const Sum *larger,
          const Sum *smaller,
          Sum       *result)
{
  guint32 borrowed = 0;

  for (guint i = 0; i < N_LIMBS; i++)
    {
      const guint32 taken = smaller->limbs[i] + borrowed;

      borrowed = larger->limbs[i] < taken ? 1 : 0;
      result->limbs[i] = larger->limbs[i] + borrowed * LIMB - taken;
    }
}

char *
sr_decimal_to_text (const SrDecimal *self)
{
  const int  sign = sr_decimal_get_sign (self);
  GString   *out = g_string_new (sign < 0 ? "-" : "");
  const Sum *larger = sign < 0 ? &self->negative : &self->positive;
  guint      first = N_LIMBS - 1;
  gsize      point;
  Sum        sum;

  subtract (larger, sign < 0 ? &self->positive : &self->negative, &sum);
  while (first > FRACTION_LIMBS && sum.limbs[first] == 0)
    first--;
  g_string_append_printf (out, "%u", sum.limbs[first]);
  for (guint i = first; i-- > FRACTION_LIMBS;)
    g_string_append_printf (out, "%09u", sum.limbs[i]);
  if (self->places == 0)
    return g_string_free (out, FALSE);
  g_string_append_c (out, '.');
  point = out->len;
  for (guint i = FRACTION_LIMBS; i-- > 0 && out->len < point + self->places;)
    g_string_append_printf (out, "%09u", sum.limbs[i]);
  g_string_truncate (out, point + self->places);
  return g_string_free (out, FALSE);
}
