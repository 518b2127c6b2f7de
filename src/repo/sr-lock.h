/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-repo.h"

G_BEGIN_DECLS

/**
 * SrLock:
 *
 * A lock on a vault by restic's protocol (format notes 1.9), which keeps itself fresh on a thread
 * of its own: a new lock file every five minutes, then the old one is deleted.
 */
typedef struct _SrLock SrLock;

/**
 * SrLockInfo:
 *
 * Who holds a lock.
 */
typedef struct
{
  SrId     id;
  SrTime   time;
  gboolean exclusive;
  char    *hostname;
  char    *username;
  gint64   pid;
  gboolean readable;   /* %FALSE: the file could not be read; the rest is then empty */
  gboolean owner_dead; /* proven: of this host, and the process is gone or younger than the lock */
  gboolean stale;      /* dead, or not refreshed for 30 minutes */
} SrLockInfo;

void sr_lock_info_free (SrLockInfo *self);

/**
 * sr_lock_acquire:
 * @exclusive: nobody else may hold any lock
 * @wait_us: how long to go on trying while another holds it, 0 to fail at once
 *
 * Locks of owners proven dead are removed without asking; any other that conflicts gives
 * %SR_ERROR_LOCKED with who, since when, and what to do. Writes ours, waits 200 ms, and reads all
 * again.
 */
SrLock *sr_lock_acquire (SrRepo       *repo,
                         gboolean      exclusive,
                         gint64        wait_us,
                         GCancellable *cancellable,
                         GError      **error);
/* Removes the lock file and frees @self. Works also when the operation was cancelled. %NULL is
 * ignored. */
void sr_lock_release (SrLock *self);

/**
 * sr_lock_check:
 *
 * Whether we still hold it: refreshed within the last 22.5 minutes of wall clock (or refreshed
 * now), and its file still there. To be called before every step that another's prune would make
 * fatal: writing a snapshot, deleting.
 */
gboolean sr_lock_check (SrLock       *self,
                        GCancellable *cancellable,
                        GError      **error);

/* What the thread does every few seconds: a new lock file if the last is five minutes old. */
gboolean sr_lock_refresh (SrLock  *self,
                          GError **error);

/* Returns: (transfer full) (element-type SrLockInfo): all locks of the vault; zero-size files are
 *   left out */
GPtrArray *sr_lock_list (SrRepo       *repo,
                         GCancellable *cancellable,
                         GError      **error);
/* Removes stale locks, or with @all every lock. @n_removed: (out) */
gboolean sr_lock_remove_stale (SrRepo       *repo,
                               gboolean      all,
                               guint        *n_removed,
                               GCancellable *cancellable,
                               GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrLock, sr_lock_release)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrLockInfo, sr_lock_info_free)

G_END_DECLS
