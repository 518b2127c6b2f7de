/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Working below an open folder by one name at a time, so that no link that stands there, or is put
 * there meanwhile, leads out of it. */

/**
 * sr_beneath_open_folder:
 * @path: names with "/" between them, none of them empty, "." or ".."; "" for @root_fd itself
 *
 * Opens folder by folder, no link followed; the way may be longer than a path may be.
 *
 * Returns: a descriptor, or -1 with @error set
 */
int sr_beneath_open_folder (int         root_fd,
                            const char *path,
                            GError    **error);
/* The same for a file to be read: %SR_ERROR_INVALID if something else stands there. */
int sr_beneath_open_file (int         root_fd,
                          const char *path,
                          GError    **error);

/**
 * sr_beneath_make_folder:
 * @parent_fd: held folder
 * @replace: whether something else of that name gives way; else %SR_ERROR_EXISTS
 * @fresh: (out): whether it was made
 *
 * Makes a private folder (0700) or takes the one that is there; never follows a link. A folder of
 * the caller's own that its owner may not use is made usable.
 */
gboolean sr_beneath_make_folder (int         parent_fd,
                                 const char *name,
                                 gboolean    replace,
                                 gboolean   *fresh,
                                 GError    **error);
#define SR_BENEATH_TEMP_SIZE 96

/* A name for an unfinished file that no one else has. */
const char *sr_beneath_temp_name (char buffer[SR_BENEATH_TEMP_SIZE]);
/* Removes files of such names that killed processes left in a folder, and tells of others.
 * @shown: the folder, for that */
void sr_beneath_clean (int         folder_fd,
                       const char *shown);
/* Gives @temp the name @name in the same folder. @replace: what stands there gives way, but a
 * folder only if it is empty; without it, %SR_ERROR_EXISTS. */
gboolean sr_beneath_put_name (int         parent_fd,
                              const char *temp,
                              const char *name,
                              gboolean    replace,
                              GError    **error);

G_END_DECLS
