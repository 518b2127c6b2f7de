/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-backup-file-private.h"

G_BEGIN_DECLS

/**
 * SrLpgRows:
 *
 * Checks the rows of an LPG Nexus backup as its database would when it takes them: fields that must
 * be there, values of enumerations, keys of other tables, combinations that must be unique. The
 * server itself does so only in the middle of a restore, when all old data is gone.
 */
typedef struct _SrLpgRows SrLpgRows;

SrLpgRows *sr_lpg_rows_new (void);
void       sr_lpg_rows_free (SrLpgRows *self);
/* @record: with its fields */
void sr_lpg_rows_add (SrLpgRows      *self,
                      const char     *collection,
                      const SrRecord *record);
void sr_lpg_rows_judge (SrLpgRows *self,
                        SrJudge   *judge);
/* (array zero-terminated=1): the collections in the order the server writes them */
extern const char *const sr_lpg_collections[];

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrLpgRows, sr_lpg_rows_free)

G_END_DECLS
