/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/sr-beneath.h"
#include "base/sr-error.h"
#include "repo/sr-restore-run.h"

/* Deeper folders than this are left and reported: each level holds a descriptor. */
#define MAX_DEPTH 100

static gboolean remove_entry (SrRestoreRun *run,
                              int           parent_fd,
                              const char   *name,
                              GString      *path,
                              guint         depth,
                              gboolean     *gone,
                              GError      **error);

static gboolean
is_chosen (SrRestoreRun *run,
           const char   *path,
           SrEntryType   type,
           gboolean     *descend)
{
  const SrRestorerOptions *options = run->options;

  *descend = TRUE;
  return options->filter == NULL || options->filter (path, type, descend, options->user_data);
}

static void
tell_deleted (SrRestoreRun *run,
              const char   *path)
{
  g_mutex_lock (&run->lock);
  run->stats->files_deleted++;
  if (run->options->report != NULL)
    run->options->report (path, "deleted", 0, NULL, run->options->user_data);
  g_mutex_unlock (&run->lock);
}

/* @all: (out): whether nothing was kept. Takes @fd over. */
static gboolean
remove_content (SrRestoreRun *run,
                int           fd,
                GString      *path,
                guint         depth,
                gboolean     *all,
                GError      **error)
{
  DIR           *dir = fdopendir (fd);
  gsize          length = path->len;
  struct dirent *found;
  gboolean       ok = TRUE;

  if (dir == NULL)
    {
      sr_set_error_errno (error, errno, "%s cannot be listed", path->str);
      close (fd);
      return FALSE;
    }
  while (ok && (found = readdir (dir)) != NULL)
    {
      gboolean gone = FALSE;

      if (strcmp (found->d_name, ".") == 0 || strcmp (found->d_name, "..") == 0)
        continue;
      g_string_append_c (path, '/');
      g_string_append (path, found->d_name);
      ok = !sr_check_cancelled (run->cancellable, error) &&
           remove_entry (run, dirfd (dir), found->d_name, path, depth + 1, &gone, error);
      *all = *all && gone;
      g_string_truncate (path, length);
    }
  closedir (dir);
  return ok;
}

static gboolean
remove_folder (SrRestoreRun *run,
               int           parent_fd,
               const char   *name,
               GString      *path,
               guint         depth,
               gboolean     *gone,
               GError      **error)
{
  gboolean descend;
  gboolean chosen = is_chosen (run, path->str, SR_ENTRY_DIR, &descend);
  gboolean all = TRUE;
  int      fd;

  if (!chosen && !descend)
    return TRUE;
  if (depth >= MAX_DEPTH)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED, "%s is nested too deeply; remove it by hand",
                   path->str);
      return FALSE;
    }
  fd = openat (parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    {
      sr_set_error_errno (error, errno, "%s cannot be opened", path->str);
      return FALSE;
    }
  if (!remove_content (run, fd, path, depth, &all, error))
    return FALSE;
  /* What the filter keeps keeps its folder too. */
  if (!chosen || !all)
    return TRUE;
  if (!run->options->dry_run && unlinkat (parent_fd, name, AT_REMOVEDIR) != 0)
    {
      sr_set_error_errno (error, errno, "%s cannot be removed", path->str);
      return FALSE;
    }
  *gone = TRUE;
  tell_deleted (run, path->str);
  return TRUE;
}

static gboolean
remove_entry (SrRestoreRun *run,
              int           parent_fd,
              const char   *name,
              GString      *path,
              guint         depth,
              gboolean     *gone,
              GError      **error)
{
  struct stat st;
  gboolean    descend;

  *gone = FALSE;
  if (fstatat (parent_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
    return TRUE;
  if (S_ISDIR (st.st_mode))
    return remove_folder (run, parent_fd, name, path, depth, gone, error);
  if (!is_chosen (run, path->str, S_ISLNK (st.st_mode) ? SR_ENTRY_SYMLINK : SR_ENTRY_FILE,
                  &descend))
    return TRUE;
  if (!run->options->dry_run && unlinkat (parent_fd, name, 0) != 0)
    {
      sr_set_error_errno (error, errno, "%s cannot be removed", path->str);
      return FALSE;
    }
  *gone = TRUE;
  tell_deleted (run, path->str);
  return TRUE;
}

gboolean
sr_restore_remove_tree (SrRestoreRun *run,
                        guint32       folder,
                        const char   *name,
                        GError      **error)
{
  g_autoptr (GString) path = g_string_new (NULL);
  int                 fd = sr_restore_target_hold (run->target, folder, error);
  gboolean            gone;
  gboolean            ok;

  if (fd < 0)
    return FALSE;
  sr_restore_plan_append_path (run->plan, folder, path);
  g_string_append (path, name);
  ok = remove_entry (run, fd, name, path, 0, &gone, error);
  sr_restore_target_release (run->target, folder);
  return ok;
}

gboolean
sr_restore_put_in_place (SrRestoreRun *run,
                         guint32       folder,
                         int           folder_fd,
                         const char   *temp,
                         const char   *name,
                         gboolean      replace,
                         GError      **error)
{
  g_autoptr (GError) reason = NULL;

  if (sr_beneath_put_name (folder_fd, temp, name, replace, &reason))
    return TRUE;
  if (replace && run->options->delete_extra && sr_error_is (reason, SR_ERROR_EXISTS))
    return sr_restore_remove_tree (run, folder, name, error) &&
           sr_beneath_put_name (folder_fd, temp, name, TRUE, error);
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

gboolean
sr_restore_delete_extras (SrRestoreRun *run,
                          GError      **error)
{
  for (guint i = 0; i < run->plan->extras->len; i++)
    {
      const SrRestoreExtra *extra = &g_array_index (run->plan->extras, SrRestoreExtra, i);
      GError               *reason = NULL;

      if (sr_check_cancelled (run->cancellable, error))
        return FALSE;
      if (sr_restore_remove_tree (run, extra->folder, extra->name, &reason))
        continue;
      if (sr_restore_is_fatal (reason))
        {
          g_propagate_error (error, reason);
          return FALSE;
        }
      sr_restore_report_failed (run, extra->folder, extra->name, reason);
    }
  return TRUE;
}
