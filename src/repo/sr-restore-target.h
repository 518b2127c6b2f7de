/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>
#include <sys/stat.h>

#include "repo/sr-restore-plan.h"

G_BEGIN_DECLS

/**
 * SrRestoreTarget:
 *
 * The folders of a restore's plan on the disk. Each is opened below the one above it by one name
 * and without following a link, so that nothing made or swapped on the way leads out of the target.
 * A bounded number stays open.
 *
 * Threads: all functions may be called from any thread, those that get a held folder included.
 */
typedef struct _SrRestoreTarget SrRestoreTarget;

/* How many descriptors each of the restore's two caches keeps open; a quarter of what the process
 * may have, at most 256. */
guint sr_restore_max_open (void);

/**
 * sr_restore_target_new:
 * @plan: outlives the target
 * @path: made if missing, unless @dry_run; links on the way to it are the person's own and followed
 * @missing: (out): with @dry_run: it is not there
 */
SrRestoreTarget *sr_restore_target_new (const SrRestorePlan *plan,
                                        const char          *path,
                                        gboolean             dry_run,
                                        gboolean            *missing,
                                        GError             **error);
void             sr_restore_target_free (SrRestoreTarget *self);

/* Waits until all that was written to the file system of the target is on its disk; not what lies
 * on another one that is mounted below it. */
gboolean sr_restore_target_sync (SrRestoreTarget *self,
                                 GError         **error);

/**
 * sr_restore_target_hold:
 *
 * Returns: a descriptor of @folder that stays open until sr_restore_target_release(), -1 with
 *   @error set
 */
int  sr_restore_target_hold (SrRestoreTarget *self,
                             guint32          folder,
                             GError         **error);
void sr_restore_target_release (SrRestoreTarget *self,
                                guint32          folder);

/* Sets what @meta says on an open file or folder. @owner: also the owner; without it, and if the
 * owner is another, setuid and setgid are not set either. Goes on at failures and returns the first
 * one. */
gboolean sr_restore_set_meta (int                  fd,
                              const SrRestoreMeta *meta,
                              gboolean             owner,
                              GError             **error);
/* Likewise for a link, device, fifo or socket, by its name in a held folder. */
gboolean sr_restore_set_meta_at (int                  parent_fd,
                                 const char          *name,
                                 SrEntryType          type,
                                 const SrRestoreMeta *meta,
                                 gboolean             owner,
                                 GError             **error);

G_END_DECLS
