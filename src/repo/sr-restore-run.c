/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <unistd.h>

#include "base/sr-error.h"
#include "repo/sr-restore-run.h"

void
sr_restore_report (SrRestoreRun *run,
                   guint32       folder,
                   const char   *name,
                   const char   *action,
                   guint64       size,
                   const GError *error)
{
  const SrRestorerOptions *options = run->options;
  g_autoptr (GString)      path = NULL;

  if (options->report == NULL)
    return;
  path = g_string_new (NULL);
  sr_restore_plan_append_path (run->plan, folder, path);
  g_string_append (path, name);
  g_mutex_lock (&run->lock);
  options->report (path->str, action, size, error, options->user_data);
  g_mutex_unlock (&run->lock);
}

void
sr_restore_count (SrRestoreRun *run,
                  guint64      *counter,
                  guint64       n)
{
  g_mutex_lock (&run->lock);
  *counter += n;
  g_mutex_unlock (&run->lock);
}

void
sr_restore_report_failed (SrRestoreRun *run,
                          guint32       folder,
                          const char   *name,
                          GError       *error)
{
  sr_restore_count (run, &run->stats->failed, 1);
  sr_restore_report (run, folder, name, "failed", 0, error);
  g_clear_error (&error);
}

void
sr_restore_report_meta (SrRestoreRun *run,
                        guint32       folder,
                        const char   *name,
                        GError       *error)
{
  if (error == NULL)
    return;
  g_mutex_lock (&run->lock);
  run->stats->metadata_failed++;
  if (!sr_error_is (error, SR_ERROR_UNSUPPORTED) &&
      (geteuid () == 0 || !sr_error_is (error, SR_ERROR_PERMISSION)))
    run->lacks_metadata = TRUE;
  g_mutex_unlock (&run->lock);
  sr_restore_report (run, folder, name, "metadata", 0, error);
  g_error_free (error);
}

void
sr_restore_file_failed (SrRestoreRun *run,
                        guint32       file,
                        GError       *error)
{
  gpointer key = GUINT_TO_POINTER (file);

  g_atomic_int_or (&sr_restore_plan_file (run->plan, file)->flags, SR_RESTORE_FAILED);
  g_mutex_lock (&run->lock);
  if (!g_hash_table_contains (run->errors, key))
    g_hash_table_insert (run->errors, key, g_steal_pointer (&error));
  g_mutex_unlock (&run->lock);
  g_clear_error (&error);
}

GError *
sr_restore_take_error (SrRestoreRun *run,
                       guint32       file)
{
  gpointer error = NULL;

  g_mutex_lock (&run->lock);
  g_hash_table_steal_extended (run->errors, GUINT_TO_POINTER (file), NULL, &error);
  g_mutex_unlock (&run->lock);
  return error;
}

gboolean
sr_restore_is_fatal (const GError *error)
{
  return sr_error_is (error, SR_ERROR_NO_SPACE) || sr_error_is (error, SR_ERROR_CANCELLED);
}
