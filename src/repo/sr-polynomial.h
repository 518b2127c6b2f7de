/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Degree of every chunker polynomial, so bit 53 is its highest. */
#define SR_POLYNOMIAL_DEGREE 53

/**
 * SrPolynomial:
 *
 * A polynomial over GF(2); bit n is the coefficient of x^n.
 */
typedef guint64 SrPolynomial;

/* Returns: a random irreducible polynomial of degree 53 */
SrPolynomial sr_polynomial_new_random (void);
/* Returns: whether @self has degree 53 and is irreducible (Rabin's test: x^(2^53) = x mod P and gcd
 *   (x^2 - x, P) = 1) */
gboolean sr_polynomial_is_valid (SrPolynomial self);
/* Returns: @value mod @self, for a value of up to 64 bits */
guint64 sr_polynomial_mod (SrPolynomial self,
                           guint64      value);

G_END_DECLS
