/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One spelling for what can be written in many ways. Pure. */

/**
 * sr_canonical_number:
 * @number: emptied, then filled: "0", or all significant digits and a power of ten: "-125e-2"
 * @lenient: also what databases write: "+7", "007", ".5", "5."
 *
 * The exact decimal value of a number of any length.
 *
 * Returns: %FALSE if @text is no number, or its exponent has more than 15 digits
 */
gboolean sr_canonical_number (GString    *number,
                              const char *text,
                              gsize       size,
                              gboolean    lenient);

/**
 * sr_canonical_unescape:
 * @text: what stands between the quotes of a JSON string
 *
 * Appends what it says, as UTF-8; half a surrogate pair becomes the three bytes that would be its
 * UTF-8.
 *
 * Returns: %FALSE if an escape is none
 */
gboolean sr_canonical_unescape (GString    *out,
                                const char *text,
                                gsize       size);

G_END_DECLS
