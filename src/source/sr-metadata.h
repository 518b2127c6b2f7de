/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-entry.h"

#include <gio/gio.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/**
 * SrMetadata:
 *
 * Reads what the system knows of a file into an #SrEntry. Remembers names of users and groups.
 *
 * Threads: one thread at a time.
 */
typedef struct _SrMetadata SrMetadata;

SrMetadata *sr_metadata_new (void);
void        sr_metadata_free (SrMetadata *self);

/**
 * sr_metadata_stat:
 * @dir_fd: folder
 * @name: name in it, not followed if it is a symbolic link; "" for @dir_fd itself
 *
 * Returns: 0, or a value of errno
 */
int sr_metadata_stat (int           dir_fd,
                      const char   *name,
                      struct statx *status);
/* Number of the device as st_dev has it. */
guint64 sr_metadata_get_device (const struct statx *status);

/**
 * sr_metadata_new_entry:
 *
 * The time of last access is set to that of last change, as restic does: it changes by every backup
 * and would make each folder new.
 *
 * Returns: (transfer full) (nullable): metadata without link target and extended attributes; %NULL
 *   if it is of no type we know
 */
SrEntry *sr_metadata_new_entry (SrMetadata         *self,
                                const char         *name,
                                const struct statx *status);
/* Overwrites all of @entry but its name, link target and extended attributes. Returns: %FALSE if it
 * is of no type we know */
gboolean sr_metadata_fill (SrMetadata         *self,
                           SrEntry            *entry,
                           const struct statx *status);
/* Sets @entry's link target. Returns: 0, or a value of errno */
int sr_metadata_read_link (SrMetadata *self,
                           SrEntry    *entry,
                           int         dir_fd);

/**
 * sr_metadata_load_xattrs:
 * @fd: the file itself, or its folder
 * @name: (nullable): its name in @fd, not followed if it is a symbolic link; %NULL for @fd itself
 *
 * Replaces @entry's extended attributes. A file system without any, and attributes that vanish
 * meanwhile, are no error.
 *
 * Returns: 0, or a value of errno
 */
int sr_metadata_load_xattrs (SrMetadata *self,
                             SrEntry    *entry,
                             int         fd,
                             const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrMetadata, sr_metadata_free)

G_END_DECLS
