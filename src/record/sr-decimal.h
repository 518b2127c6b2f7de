/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SrDecimal:
 *
 * An exact sum of decimal numbers.
 */
typedef struct _SrDecimal SrDecimal;

SrDecimal *sr_decimal_new (void);
void       sr_decimal_free (SrDecimal *self);
/* @text: as JSON writes numbers. Returns: %FALSE if it is none, or has more than 1,000 digits */
gboolean sr_decimal_add (SrDecimal  *self,
                         const char *text,
                         gsize       size);
/* Whether the sum is less than, equal to or greater than 0. */
int sr_decimal_get_sign (const SrDecimal *self);
/* As sr_decimal_add(), but takes it off. */
gboolean sr_decimal_subtract (SrDecimal  *self,
                              const char *text,
                              gsize       size);
/* Returns: (transfer full): "-1234.50" with as many places as the numbers added had at most */
char *sr_decimal_to_text (const SrDecimal *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrDecimal, sr_decimal_free)

G_END_DECLS
