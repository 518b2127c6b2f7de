/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include "repo/sr-polynomial.h"

/* Of vaults that stock restic made. */
static const SrPolynomial known[] = {
  G_GUINT64_CONSTANT (0x2acc5c9f068d7b),
  G_GUINT64_CONSTANT (0x25b468838dcb75),
  G_GUINT64_CONSTANT (0x3da3358b4dc173), /* the one of the chunker's own tests */
};

static void
test_known (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    g_assert_true (sr_polynomial_is_valid (known[i]));
}

static guint64
multiply_plain (guint64 a,
                guint64 b)
{
  guint64 product = 0;

  for (int bit = 0; bit < 64; bit++)
    if (b >> bit & 1)
      product ^= a << bit;
  return product;
}

static void
test_refuses (void)
{
  static const SrPolynomial bad[] = {
    0,
    1,
    2,
    G_MAXUINT64,
    G_GUINT64_CONSTANT (1) << 53,                   /* x^53 */
    (G_GUINT64_CONSTANT (1) << 53) | 1,             /* x + 1 divides it */
    G_GUINT64_CONSTANT (0x2acc5c9f068d7b) >> 1,     /* degree 52 */
    G_GUINT64_CONSTANT (0x2acc5c9f068d7b) << 1,     /* degree 54 */
    G_GUINT64_CONSTANT (0x2acc5c9f068d7b) ^ 1,      /* x divides it */
    G_GUINT64_CONSTANT (0x2acc5c9f068d7b) ^ 0x8000, /* x + 1 divides it */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (sr_polynomial_is_valid (bad[i]));
}

/* Products of two polynomials of degrees 26 and 27, and 2 and 51: none is irreducible, and those
 * without a linear factor are only found by the power test. */
static void
test_products (void)
{
  for (guint64 i = 1; i < 2000; i += 2)
    {
      guint64 a = (G_GUINT64_CONSTANT (1) << 26) | (i * 7919 % (1 << 26)) | 1;
      guint64 b = (G_GUINT64_CONSTANT (1) << 27) | (i * 104729 % (1 << 27)) | 1;
      guint64 c = (G_GUINT64_CONSTANT (1) << 51) | (i * G_GUINT64_CONSTANT (1299709)) | 1;

      g_assert_false (sr_polynomial_is_valid (multiply_plain (a, b)));
      g_assert_false (sr_polynomial_is_valid (multiply_plain (7, c)));
    }
}

/* One polynomial of degree 53 in 53 is irreducible, so of those that end in 1 about 2 in 53. */
static void
test_density (void)
{
  guint n = 0;

  for (guint64 i = 1; i < 20000; i += 2)
    n += sr_polynomial_is_valid (known[0] ^ (i << 20) ^ (i * i % 1024 & ~1u)) ? 1 : 0;
  g_assert_cmpuint (n, >, 250);
  g_assert_cmpuint (n, <, 550);
}

static void
test_random (void)
{
  SrPolynomial first = sr_polynomial_new_random ();

  g_assert_true (sr_polynomial_is_valid (first));
  g_assert_cmpuint (sr_polynomial_new_random (), !=, first);
}

static void
test_mod (void)
{
  const SrPolynomial p = known[0];

  g_assert_cmpuint (sr_polynomial_mod (p, 0), ==, 0);
  g_assert_cmpuint (sr_polynomial_mod (p, p), ==, 0);
  g_assert_cmpuint (sr_polynomial_mod (p, p - 1), ==, 1); /* it ends in 1 */
  g_assert_cmpuint (sr_polynomial_mod (p, 12345), ==, 12345);
  for (guint64 a = 1; a < 1024; a++)
    g_assert_cmpuint (sr_polynomial_mod (p, multiply_plain (p, a) ^ a), ==, a);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/polynomial/known", test_known);
  g_test_add_func ("/polynomial/refuses", test_refuses);
  g_test_add_func ("/polynomial/products", test_products);
  g_test_add_func ("/polynomial/density", test_density);
  g_test_add_func ("/polynomial/random", test_random);
  g_test_add_func ("/polynomial/mod", test_mod);
  return g_test_run ();
}
