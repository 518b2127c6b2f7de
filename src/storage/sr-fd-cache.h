/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-id.h"

G_BEGIN_DECLS

/**
 * SrFdCache:
 *
 * The files read from last, kept open: many small ranges are read from the same pack.
 *
 * Threads: all functions may be called from any thread.
 */
typedef struct _SrFdCache SrFdCache;

/**
 * SrOpenFile:
 * @fd: for pread() only
 *
 * A file that stays open until the last holder lets go, in the cache or not.
 */
typedef struct
{
  int fd;
  /*< private >*/
  gatomicrefcount references;
  SrId            id;
  GList           link; /* in the cache's order of use */
} SrOpenFile;

/* @max_open: how many files are kept open at most */
SrFdCache *sr_fd_cache_new (guint max_open);
void       sr_fd_cache_free (SrFdCache *self);
/* Returns: (transfer full) (nullable): the open file of that name; a file that was removed from its
 *   folder since is forgotten */
SrOpenFile *sr_fd_cache_get (SrFdCache  *self,
                             const SrId *id);
/* Takes @fd over. Returns: (transfer full) */
SrOpenFile *sr_fd_cache_add (SrFdCache  *self,
                             const SrId *id,
                             int         fd);
void        sr_fd_cache_forget (SrFdCache  *self,
                                const SrId *id);
/* A file outside of any cache; takes @fd over. */
SrOpenFile *sr_open_file_new (int fd);
void        sr_open_file_unref (SrOpenFile *file);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrOpenFile, sr_open_file_unref)

G_END_DECLS
