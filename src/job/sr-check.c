/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-check.h"

#include <string.h>

#include "repo/sr-lock.h"

gboolean
sr_check_run (SrRepo               *repo,
              const SrCheckOptions *options,
              SrCheckerStats       *stats,
              GPtrArray           **findings,
              SrProgress           *progress,
              GCancellable         *cancellable,
              GError              **error)
{
  g_autoptr (SrLock) lock = NULL;

  memset (stats, 0, sizeof *stats);
  *findings = NULL;
  if (!options->no_lock)
    {
      lock = sr_lock_acquire (repo, TRUE, 0, cancellable, error);
      if (lock == NULL)
        {
          *findings = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_finding_free);
          return FALSE;
        }
    }
  return sr_checker_run (repo, &options->checker, stats, findings, progress, cancellable, error);
}
