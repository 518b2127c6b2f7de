/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrWorkerFunc:
 *
 * Blocking work. Runs on a thread of its own, never on the main loop's.
 *
 * Returns: %FALSE with @error set if it failed
 */
typedef gboolean (*SrWorkerFunc) (gpointer      data,
                                  GCancellable *cancellable,
                                  GError      **error);

/**
 * sr_worker_run_async:
 * @name: thread name, at most 15 bytes are kept by the system
 * @destroy: (nullable): frees @data after @callback ran
 * @callback: runs in the thread-default main context of the caller
 *
 * The border between synchronous engine code and a main loop.
 */
void     sr_worker_run_async (const char         *name,
                              SrWorkerFunc        func,
                              gpointer            data,
                              GDestroyNotify      destroy,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data);
gboolean sr_worker_run_finish (GAsyncResult *result,
                               GError      **error);

/**
 * sr_worker_count:
 *
 * Returns: how many threads compute at once: the cores this process may use (sched_getaffinity), 1
 *   to 64
 */
guint sr_worker_count (void);

/**
 * SrTeam:
 *
 * @count threads that all run one function until it returns; the first error wins and is handed to
 *   the one who waits.
 */
typedef struct _SrTeam SrTeam;

typedef gboolean (*SrTeamFunc) (gpointer data,
                                guint    member,
                                GError **error);

SrTeam *sr_team_start (const char *name,
                       guint       count,
                       SrTeamFunc  func,
                       gpointer    data);
/* Whether some member has failed already: the others and the feeder should stop. */
gboolean sr_team_has_failed (SrTeam *self);
/* Waits for all members and frees @self. */
gboolean sr_team_join (SrTeam  *self,
                       GError **error);

G_END_DECLS
