/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include "crypto/sr-random.h"
#include "repo/sr-polynomial.h"

#define TOP_BIT ((SrPolynomial) 1 << SR_POLYNOMIAL_DEGREE)
/* x */
#define MONOMIAL ((guint64) 2)

/* Degree of @value, which is not 0. */
static int
degree (guint64 value)
{
  return 63 - __builtin_clzll (value);
}

guint64
sr_polynomial_mod (SrPolynomial self,
                   guint64      value)
{
  int own;

  g_return_val_if_fail (self != 0, 0);

  own = degree (self);
  while (value != 0 && degree (value) >= own)
    value ^= self << (degree (value) - own);
  return value;
}

/* @a times @b mod @p; both of a smaller degree than @p, whose degree is 53 */
static guint64
multiply (guint64      a,
          guint64      b,
          SrPolynomial p)
{
  guint64 product = 0;

  for (; b != 0; b >>= 1)
    {
      if (b & 1)
        product ^= a;
      a <<= 1;
      if (a & TOP_BIT)
        a ^= p;
    }
  return product;
}

static guint64
greatest_common_divisor (guint64 a,
                         guint64 b)
{
  while (b != 0)
    {
      guint64 rest = sr_polynomial_mod (b, a);

      a = b;
      b = rest;
    }
  return a;
}

gboolean
sr_polynomial_is_valid (SrPolynomial self)
{
  guint64 power = MONOMIAL;

  if (self < TOP_BIT || self >= TOP_BIT << 1)
    return FALSE;
  if (greatest_common_divisor (self, (MONOMIAL << 1) ^ MONOMIAL) != 1)
    return FALSE;
  for (int i = 0; i < SR_POLYNOMIAL_DEGREE; i++)
    power = multiply (power, power, self);
  return power == MONOMIAL;
}

SrPolynomial
sr_polynomial_new_random (void)
{
  SrPolynomial self;

  do
    {
      sr_random_bytes (&self, sizeof self);
      self &= TOP_BIT - 1;
      self |= TOP_BIT | 1;
    }
  while (!sr_polynomial_is_valid (self));
  return self;
}
