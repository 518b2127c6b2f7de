/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "storage/sr-storage.h"

G_BEGIN_DECLS

#define SR_TYPE_STORAGE_MEMORY (sr_storage_memory_get_type ())
G_DECLARE_FINAL_TYPE (SrStorageMemory, sr_storage_memory, SR, STORAGE_MEMORY, SrStorage)

/**
 * sr_storage_memory_new:
 *
 * A vault in memory, for tests. It is a folder that exists and is empty, so it needs no
 * sr_storage_prepare(), which fails once there is a file. The location is "memory".
 */
SrStorage *sr_storage_memory_new (void);

/* Returns: (transfer full): another vault with the same files; their contents are shared */
SrStorage *sr_storage_memory_clone (SrStorageMemory *self);

/* Makes the files those of @from, but for the locks, which stay as they are. */
void sr_storage_memory_restore (SrStorageMemory *self,
                                SrStorageMemory *from);

/* Puts @content under that name whatever is there, for damage; %NULL removes it. @id is ignored for
 * the config. */
void sr_storage_memory_replace (SrStorageMemory *self,
                                SrFileType       type,
                                const SrId      *id,
                                GBytes          *content);

/* Returns: (transfer full) (nullable): the content of a file */
GBytes *sr_storage_memory_peek (SrStorageMemory *self,
                                SrFileType       type,
                                const SrId      *id);

guint   sr_storage_memory_get_n_files (SrStorageMemory *self,
                                       SrFileType       type);
guint64 sr_storage_memory_get_n_bytes (SrStorageMemory *self);

/* Writes all files below the folder @path, which exists, in the layout of a local vault, for stock
 * restic to judge. */
gboolean sr_storage_memory_save (SrStorageMemory *self,
                                 const char      *path,
                                 GError         **error);

G_END_DECLS
