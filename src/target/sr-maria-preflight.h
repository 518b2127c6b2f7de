/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-maria-objects.h"
#include "target/sr-target.h"

G_BEGIN_DECLS

/* @objects: what comes besides tables. Looks at server, rights and what exists, and adds a row for
 *   each. Changes nothing. */
gboolean sr_maria_preflight (SrMaria            *maria,
                             const SrTargetPlan *plan,
                             SrMariaObjects     *objects,
                             SrPreflight        *result,
                             GCancellable       *cancellable,
                             GError            **error);

G_END_DECLS
