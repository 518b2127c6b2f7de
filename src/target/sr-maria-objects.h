/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-maria-existing.h"
#include "target/sr-maria-object.h"

G_BEGIN_DECLS

/**
 * SrMariaPlanned:
 * @existing: (nullable) (unowned): what it replaces
 * @replaces: it replaces that, or a trigger of a table that is replaced
 *
 * Something that a restore makes besides tables.
 */
typedef struct
{
  SrMariaObject   *object;
  SrMariaExisting *existing;
  gboolean         replaces;
} SrMariaPlanned;

/**
 * SrMariaObjects:
 * @planned: (element-type SrMariaPlanned): in the order in which they are made, those of a kind as
 *   the backup has them
 * @refused: (element-type utf8): "the view “x”, for it …"
 * @existing: (element-type SrMariaExisting): all that the database has of them
 * @definers: (element-type utf8): "user@host", for whom the backup made what is planned
 *
 * What of a backup's views, triggers, routines, events, sequences, and keys that are added to a
 * table, comes into the database, and what does not.
 */
typedef struct
{
  GPtrArray  *planned;
  GPtrArray  *refused;
  GPtrArray  *existing;
  GHashTable *definers;
} SrMariaObjects;

/* Looks, and changes nothing. */
SrMariaObjects *sr_maria_objects_new (SrMaria            *maria,
                                      const SrTargetPlan *plan,
                                      GCancellable       *cancellable,
                                      GError            **error);
void            sr_maria_objects_free (SrMariaObjects *self);
/* Returns: (nullable) (transfer none) */
const SrMariaPlanned *sr_maria_objects_find (SrMariaObjects   *self,
                                             SrMaria          *maria,
                                             SrMariaObjectKind kind,
                                             const char       *name);
/* Rows that tell what is made, what is replaced, and what is not restored. */
void sr_maria_objects_tell (const SrMariaObjects *self,
                            SrPreflight          *result);
/* Whether something that exists would be replaced. */
gboolean sr_maria_objects_replace (const SrMariaObjects *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrMariaObjects, sr_maria_objects_free)

G_END_DECLS
