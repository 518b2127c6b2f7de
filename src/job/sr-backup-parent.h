/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-repo.h"

G_BEGIN_DECLS

/**
 * SrBackupParent:
 *
 * The tree of the snapshot that a backup is compared with, read as a stream beside the walk, since
 * both are sorted the same way. What cannot be read of it counts as not there: files are then read
 * again.
 *
 * Threads: one thread at a time.
 */
typedef struct _SrBackupParent SrBackupParent;

/* @tree: (nullable): root of the parent snapshot */
SrBackupParent *sr_backup_parent_new (SrRepo       *repo,
                                      const SrId   *tree,
                                      GCancellable *cancellable);
void            sr_backup_parent_free (SrBackupParent *self);
/* The entry @name of the folder we are in; names must be asked for in ascending order. Returns:
 * (nullable) (transfer none): valid until the next call */
const SrNode *sr_backup_parent_lookup (SrBackupParent *self,
                                       const char     *name);
/* Into the folder that was looked up last; @node is what that gave. */
void sr_backup_parent_enter (SrBackupParent *self,
                             const SrNode   *node);
void sr_backup_parent_leave (SrBackupParent *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrBackupParent, sr_backup_parent_free)

G_END_DECLS
