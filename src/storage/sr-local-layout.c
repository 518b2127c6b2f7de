/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-storage"

#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* Whether @fd is an empty folder, or one that holds nothing but empty folders of a vault. */
static gboolean
is_unused (int      folder,
           gboolean top)
{
  DIR           *dir;
  struct dirent *entry;
  gboolean       unused = TRUE;

  dir = folder >= 0 ? fdopendir (folder) : NULL;
  if (dir == NULL)
    {
      if (folder >= 0)
        close (folder);
      return FALSE;
    }
  while (unused && (entry = readdir (dir)) != NULL)
    {
      if (g_str_equal (entry->d_name, ".") || g_str_equal (entry->d_name, ".."))
        continue;
      if (top && g_str_equal (entry->d_name, "lost+found"))
        continue;
      unused = FALSE;
      for (guint type = SR_FILE_KEY; top && type < SR_N_FILE_TYPES; type++)
        if (g_str_equal (entry->d_name, sr_local_path_type_folder (type)))
          unused = is_unused (
              openat (dirfd (dir), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
              FALSE);
      if (!top && strlen (entry->d_name) == 2)
        unused = unlinkat (dirfd (dir), entry->d_name, AT_REMOVEDIR) == 0;
    }
  closedir (dir);
  return unused;
}

gboolean
sr_local_layout_make (SrStorageLocal *self,
                      int             root,
                      GError        **error)
{
  for (guint type = SR_FILE_KEY; type < SR_N_FILE_TYPES; type++)
    if (!sr_storage_local_make_folder (self, sr_local_path_type_folder (type), error))
      return FALSE;
  for (guint i = 0; i < SR_LOCAL_N_PACK_FOLDERS; i++)
    {
      char path[16];

      g_snprintf (path, sizeof path, "data/%02x", i);
      if (mkdirat (root, path, 0700) != 0 && errno != EEXIST)
        {
          sr_storage_local_set_error (self, errno, "make", path, error);
          return FALSE;
        }
    }
  return sr_storage_local_sync_folder (self, "data", error);
}

gboolean
sr_local_layout_is_unused (int root)
{
  return is_unused (openat (root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), TRUE);
}
