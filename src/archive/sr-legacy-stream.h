/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-secret.h"
#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * sr_legacy_stream_new:
 * @base: what is encrypted (see #SrLegacyCipher)
 * @name: for errors
 * @password: a reference is not kept
 * @hex: it is written as hexadecimal text
 *
 * Returns: (transfer full): it in clear; an end that is no end is %SR_ERROR_DAMAGED when it is
 *   reached, text that is not hexadecimal likewise
 */
GInputStream *sr_legacy_stream_new (GInputStream   *base,
                                    const char     *name,
                                    const SrSecret *password,
                                    gboolean        hex);

G_END_DECLS
