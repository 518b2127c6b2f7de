/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-backup-file-private.h"

G_BEGIN_DECLS

/**
 * SrReferences:
 *
 * Paths of uploaded files that records name: texts that begin with "/uploads/", "uploads/" or a web
 * address with that path. A bounded number is kept.
 */
SrReferences *sr_references_new (void);
void          sr_references_free (SrReferences *self);
/* Finds them in a record; its fields are only read if its source is no JSON. */
gboolean sr_references_collect (SrReferences   *self,
                                SrRecordReader *reader,
                                SrRecord       *record,
                                GError        **error);
/* Takes what @other has found; it is to be freed then. */
void sr_references_merge (SrReferences *self,
                          SrReferences *other);
/* @places: (array zero-terminated=1): where in the container uploaded files lie: "uploads/" */
void sr_references_judge (SrReferences      *self,
                          SrJudge           *judge,
                          const char *const *places);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrReferences, sr_references_free)

G_END_DECLS
