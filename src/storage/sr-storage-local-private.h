/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "storage/sr-storage-local.h"

/* What the parts of the local driver share. */

G_BEGIN_DECLS

#define SR_LOCAL_TEMP_PREFIX    "tmp-"
#define SR_LOCAL_BUFFER_SIZE    (1024 * 1024)
#define SR_LOCAL_N_PACK_FOLDERS 256

/* Path of a file below the vault's folder, and of the folder it lies in. */
typedef struct
{
  char file[88];
  char folder[16];
} SrLocalPath;

/* @id is ignored for %SR_FILE_CONFIG. */
void sr_local_path_init (SrLocalPath *path,
                         SrFileType   type,
                         const SrId  *id);
/* The folder where files of @type, or for packs the folders of them, lie: "." for the config. */
const char *sr_local_path_type_folder (SrFileType type);

/* Whether the folder @root is empty, or holds nothing but empty folders of a vault. @has_keys:
 * (out): if not, whether there is nothing but keys, as after an init that was cut off. */
gboolean sr_local_layout_is_unused (int       root,
                                    gboolean *has_keys);
/* Makes the folders of a new vault. */
gboolean sr_local_layout_make (SrStorageLocal *self,
                               int             root,
                               GError        **error);

/* Makes the file @fd occupy @bytes. Returns: 0 or the value of errno; it then has its old size */
int sr_local_reserve_resize (int     fd,
                             guint64 bytes);

/* Returns: the descriptor of the vault's folder, owned by @self; -1 with @error set */
int sr_storage_local_get_root (SrStorageLocal *self,
                               GError        **error);
/* Sets @error for a failed system call on @path below the vault's folder: "Cannot @what
 * LOCATION/PATH: …". */
void sr_storage_local_set_error (SrStorageLocal *self,
                                 int             errnum,
                                 const char     *what,
                                 const char     *path,
                                 GError        **error);
/* Whether a call that failed with @errnum is worth another try, since the reserve was given up for
 * it, or for another thread that met the full disk first. @retried: (inout): begins as %FALSE for
 * what belongs together (a file that is written), which tries again once. */
gboolean sr_storage_local_free_reserve (SrStorageLocal *self,
                                        int             errnum,
                                        gboolean       *retried);
/* Makes the folder @path, which may exist, and syncs the one it lies in. */
gboolean sr_storage_local_make_folder (SrStorageLocal *self,
                                       const char     *path,
                                       GError        **error);
/* Syncs the entries of the folder @path. */
gboolean sr_storage_local_sync_folder (SrStorageLocal *self,
                                       const char     *path,
                                       GError        **error);
/* Returns: (transfer full) (nullable): %SR_LOCAL_BUFFER_SIZE bytes aligned for direct writing */
guint8 *sr_storage_local_take_buffer (SrStorageLocal *self);
void    sr_storage_local_return_buffer (SrStorageLocal *self,
                                        guint8         *buffer);

G_END_DECLS
