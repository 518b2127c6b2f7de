/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-target.h"

G_BEGIN_DECLS

#define SR_TYPE_FOLDER_TARGET (sr_folder_target_get_type ())
G_DECLARE_FINAL_TYPE (SrFolderTarget, sr_folder_target, SR, FOLDER_TARGET, SrTarget)

/**
 * sr_folder_target_new:
 * @path: of a folder that exists or will be made; the one it lies in exists
 *
 * Files are written into a folder beside @path, which then takes its name in one step; what stood
 * there is kept under the other name until it is discarded. The whole folder is replaced, nothing
 * is merged. Names that are not safe are refused, links and devices too.
 *
 * Returns: (transfer full)
 */
SrTarget *sr_folder_target_new (const char *path);

G_END_DECLS
