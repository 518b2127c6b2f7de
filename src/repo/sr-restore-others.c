/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <errno.h>
#include <unistd.h>

#include "base/sr-beneath.h"
#include "base/sr-error.h"
#include "repo/sr-restore-run.h"

static mode_t
node_type (SrEntryType type)
{
  switch (type)
    {
    case SR_ENTRY_BLOCK_DEVICE:
      return S_IFBLK;
    case SR_ENTRY_CHAR_DEVICE:
      return S_IFCHR;
    case SR_ENTRY_SOCKET:
      return S_IFSOCK;
    default:
      return S_IFIFO;
    }
}

/* Makes it under @name, which nothing has. */
static gboolean
make_node (int                   folder_fd,
           const char           *name,
           const SrRestoreOther *other,
           GError              **error)
{
  int result;

  if (other->type == SR_ENTRY_SYMLINK)
    result = symlinkat (other->link_target != NULL ? other->link_target : "", folder_fd, name);
  else
    result = mknodat (folder_fd, name, node_type (other->type) | 0600, (dev_t) other->device);
  if (result == 0)
    return TRUE;
  sr_set_error_errno (error, errno, "The %s cannot be made", sr_entry_type_name (other->type));
  return FALSE;
}

static gboolean
make_hard_link (SrRestoreRun         *run,
                int                   folder_fd,
                const char           *name,
                const SrRestoreOther *other,
                GError              **error)
{
  const SrRestoreFile *file = sr_restore_plan_file (run->plan, (guint32) other->link_to);
  int                  from_fd;
  gboolean             ok;

  if ((file->flags & SR_RESTORE_DONE) == 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INCOMPLETE,
                   "It is another name of the file %s, which was not restored", file->name);
      return FALSE;
    }
  from_fd = sr_restore_target_hold (run->target, file->folder, error);
  if (from_fd < 0)
    return FALSE;
  ok = linkat (from_fd, file->name, folder_fd, name, 0) == 0;
  if (!ok)
    sr_set_error_errno (error, errno, "The hard link to %s cannot be made", file->name);
  sr_restore_target_release (run->target, file->folder);
  return ok;
}

static gboolean
make_under (SrRestoreRun         *run,
            int                   folder_fd,
            const char           *name,
            const SrRestoreOther *other,
            GError              **error)
{
  GError *meta_error = NULL;

  if (other->link_to >= 0)
    return make_hard_link (run, folder_fd, name, other, error);
  if (!make_node (folder_fd, name, other, error))
    return FALSE;
  sr_restore_set_meta_at (folder_fd, name, other->type, other->meta, run->owner, &meta_error);
  sr_restore_report_meta (run, other->folder, other->name, meta_error);
  return TRUE;
}

static gboolean
make_other (SrRestoreRun         *run,
            const SrRestoreOther *other,
            GError              **error)
{
  int      folder_fd = sr_restore_target_hold (run->target, other->folder, error);
  char     temp[SR_BENEATH_TEMP_SIZE];
  gboolean ok;

  if (folder_fd < 0)
    return FALSE;
  if (!other->replaces)
    ok = make_under (run, folder_fd, other->name, other, error);
  else
    {
      sr_beneath_temp_name (temp);
      ok = make_under (run, folder_fd, temp, other, error);
      if (ok && !sr_restore_put_in_place (run, other->folder, folder_fd, temp, other->name, TRUE,
                                          error))
        {
          unlinkat (folder_fd, temp, 0);
          ok = FALSE;
        }
    }
  sr_restore_target_release (run->target, other->folder);
  return ok;
}

gboolean
sr_restore_make_others (SrRestoreRun *run,
                        GError      **error)
{
  for (guint i = 0; i < run->plan->others->len; i++)
    {
      const SrRestoreOther *other = &g_array_index (run->plan->others, SrRestoreOther, i);
      GError               *reason = NULL;

      if (sr_check_cancelled (run->cancellable, error))
        return FALSE;
      if (make_other (run, other, &reason))
        {
          run->stats->others++;
          sr_restore_report (run, other->folder, other->name,
                             other->replaces ? "updated" : "restored", 0, NULL);
        }
      else if (sr_restore_is_fatal (reason))
        {
          g_propagate_error (error, reason);
          return FALSE;
        }
      else
        sr_restore_report_failed (run, other->folder, other->name, reason);
    }
  return TRUE;
}
