/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record-reader.h"

G_BEGIN_DECLS

/* Opens the reader at @index. Returns: (transfer full) */
typedef SrRecordReader *(*SrChainFunc) (guint         index,
                                        gpointer      user_data,
                                        GCancellable *cancellable,
                                        GError      **error);

/**
 * sr_chain_records_new:
 * @n: how many readers there are
 * @func: opens each when its turn comes
 * @only: (nullable): name of the collection to give; all others are passed over, and if it never
 *   came, the end is %SR_ERROR_NOT_FOUND
 *
 * Several readers as one.
 *
 * Returns: (transfer full)
 */
SrRecordReader *sr_chain_records_new (guint          n,
                                      SrChainFunc    func,
                                      gpointer       user_data,
                                      GDestroyNotify destroy,
                                      const char    *only);
/* One reader, of which only one collection is asked for. Takes @reader. @only: (nullable): then it
 * is @reader. */
SrRecordReader *sr_chain_records_filter (SrRecordReader *reader,
                                         const char     *only);

G_END_DECLS
