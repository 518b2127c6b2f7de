/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-container.h"

G_BEGIN_DECLS

/**
 * SrFolderStage:
 *
 * Files written into a fresh folder that nobody else may enter, each with its size and digest
 * remembered, so that what is read back can be judged.
 *
 * Threads: one at a time.
 */
typedef struct _SrFolderStage SrFolderStage;

/* @fd: of the empty folder; stays the caller's */
SrFolderStage *sr_folder_stage_new (int fd);
void           sr_folder_stage_free (SrFolderStage *self);
/* A file with the folders above it, or a folder. Of several of one name the last stays. */
gboolean sr_folder_stage_put (SrFolderStage          *self,
                              const SrContainerEntry *entry,
                              GInputStream           *content,
                              GCancellable           *cancellable,
                              GError                **error);
/* Different names put until now. */
guint sr_folder_stage_get_n_files (SrFolderStage *self);
/* Has everything written to the disk, and reads it again. %SR_ERROR_DAMAGED names the first file
 * that is not what was written. */
gboolean sr_folder_stage_verify (SrFolderStage *self,
                                 GCancellable  *cancellable,
                                 GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrFolderStage, sr_folder_stage_free)

G_END_DECLS
