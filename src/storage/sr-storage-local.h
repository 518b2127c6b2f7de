/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "storage/sr-storage.h"

G_BEGIN_DECLS

#define SR_TYPE_STORAGE_LOCAL (sr_storage_local_get_type ())
G_DECLARE_FINAL_TYPE (SrStorageLocal, sr_storage_local, SR, STORAGE_LOCAL, SrStorage)

/**
 * sr_storage_local_new:
 * @path: folder of the vault; need not exist before sr_storage_prepare()
 *
 * A vault in a local folder in restic's "local" layout: folders 0700, files 0400, packs in data/xx.
 * New files are written past the page cache where the file system can do that (O_DIRECT), fsynced,
 * renamed into place, and their folder is fsynced.
 */
SrStorage *sr_storage_local_new (const char *path);

G_END_DECLS
