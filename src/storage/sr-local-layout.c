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

typedef enum
{
  LEVEL_TOP,
  LEVEL_TYPE, /* "data", "keys" … */
  LEVEL_PACKS /* "data/xx" */
} Level;

/* Whether an entry of a folder may be a folder that a vault which was not finished left behind. */
static gboolean
is_of_layout (Level       level,
              const char *name)
{
  if (level == LEVEL_TYPE)
    return strlen (name) == 2;
  for (guint type = SR_FILE_KEY; level == LEVEL_TOP && type < SR_N_FILE_TYPES; type++)
    if (g_str_equal (name, sr_local_path_type_folder (type)))
      return TRUE;
  return FALSE;
}

/* Whether @folder is empty, or holds nothing but empty folders of a vault, and keys if
 * @keys_allowed. Takes @folder over. */
static gboolean
is_unused (int      folder,
           Level    level,
           gboolean keys_allowed)
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
      if (level == LEVEL_TOP &&
          (g_str_equal (entry->d_name, "lost+found") ||
           (keys_allowed &&
            g_str_equal (entry->d_name, sr_local_path_type_folder (SR_FILE_KEY)))))
        continue;
      unused = is_of_layout (level, entry->d_name) &&
               is_unused (openat (dirfd (dir), entry->d_name,
                                  O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
                          level + 1, keys_allowed);
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
sr_local_layout_is_unused (int       root,
                           gboolean *has_keys)
{
  const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  gboolean  unused = is_unused (openat (root, ".", flags), LEVEL_TOP, FALSE);

  *has_keys = !unused && is_unused (openat (root, ".", flags), LEVEL_TOP, TRUE);
  return unused;
}
