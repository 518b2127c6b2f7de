/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-storage"

#include "config.h"

#include <stdio.h>
#include <string.h>

#include "storage/sr-storage-local-private.h"

const char *
sr_local_path_type_folder (SrFileType type)
{
  static const char *const folders[SR_N_FILE_TYPES] = { ".", "keys", "data",
                                                        "index", "snapshots", "locks" };

  return folders[type];
}

void
sr_local_path_init (SrLocalPath *path,
                    SrFileType   type,
                    const SrId  *id)
{
  const char *folder = sr_local_path_type_folder (type);
  char        hex[SR_ID_HEX_SIZE];

  if (type == SR_FILE_CONFIG)
    {
      g_strlcpy (path->folder, folder, sizeof path->folder);
      g_strlcpy (path->file, "config", sizeof path->file);
      return;
    }
  sr_id_to_hex (id, hex);
  if (type == SR_FILE_PACK)
    g_snprintf (path->folder, sizeof path->folder, "%s/%.2s", folder, hex);
  else
    g_strlcpy (path->folder, folder, sizeof path->folder);
  g_snprintf (path->file, sizeof path->file, "%s/%s", path->folder, hex);
}
