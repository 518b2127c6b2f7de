/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-maria-object.h"

G_BEGIN_DECLS

/**
 * SrMariaExisting:
 * @definer: (nullable): "user@host"
 * @create: (nullable): makes it as it is; %NULL: it was not asked for, or needs none (sequences)
 * @stand_in: (nullable): of a view: makes one with the same columns and nothing in them
 *
 * A view, routine, event or sequence that the database has.
 */
typedef struct
{
  SrMariaObjectKind kind;
  char             *name;
  char             *definer;
  char             *charset;
  SrMariaStatement *create;
  SrMariaStatement *stand_in;
} SrMariaExisting;

/* Returns: (transfer full) (element-type SrMariaExisting): all there are of the connection's
 * database, triggers excepted */
GPtrArray *sr_maria_existing_list (SrMaria      *maria,
                                   GCancellable *cancellable,
                                   GError      **error);
/**
 * sr_maria_existing_read:
 *
 * Reads what makes it as it is, so that it can be replaced and put back. Both statements of a view
 * replace what is there, and only if that differs.
 *
 * Returns: %FALSE with %SR_ERROR_REFUSED and a reason, "it …", if it could not be put back
 */
gboolean sr_maria_existing_read (SrMariaExisting *self,
                                 SrMaria         *maria,
                                 GError         **error);
void     sr_maria_existing_free (SrMariaExisting *self);

G_END_DECLS
