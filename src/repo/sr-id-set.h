/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-id.h"

G_BEGIN_DECLS

/**
 * SrIdSet:
 *
 * A growing set of ids that numbers them in the order they came: 32 bytes and 5 to 7 of table an
 * id. Growing never copies the ids.
 *
 * Threads: sr_id_set_add() and sr_id_set_find() may be called from any thread.
 */
typedef struct _SrIdSet SrIdSet;

SrIdSet *sr_id_set_new (void);
void     sr_id_set_free (SrIdSet *self);
/* @number: (out): of the id, also when it was there. Returns: whether it is new */
gboolean sr_id_set_add (SrIdSet    *self,
                        const SrId *id,
                        guint32    *number);
gboolean sr_id_set_find (SrIdSet    *self,
                         const SrId *id,
                         guint32    *number);
/* Stays valid as long as @self. */
const SrId *sr_id_set_get (SrIdSet *self,
                           guint32  number);
guint32     sr_id_set_get_size (SrIdSet *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrIdSet, sr_id_set_free)

G_END_DECLS
