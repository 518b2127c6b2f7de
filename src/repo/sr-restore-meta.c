/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "repo/sr-restore-target.h"

/* Keeps the first failure. */
static void
keep (GError    **first,
      int         errnum,
      const char *what)
{
  if (*first == NULL)
    sr_set_error_errno (first, errnum, "%s cannot be set", what);
}

static void
keep_xattr (GError    **first,
            int         errnum,
            const char *name)
{
  g_autofree char *text = NULL;

  if (*first != NULL)
    return;
  text = g_strdup_printf ("The extended attribute %s", name);
  keep (first, errnum, text);
}

static gboolean
answer (GError  *first,
        GError **error)
{
  if (first == NULL)
    return TRUE;
  g_propagate_error (error, first);
  return FALSE;
}

/* A setuid program whose owner could not be set would run as somebody else. */
static mode_t
safe_mode (const SrRestoreMeta *meta,
           gboolean             owner_is_right)
{
  return owner_is_right ? (mode_t) meta->mode : (mode_t) meta->mode & ~(mode_t) (S_ISUID | S_ISGID);
}

gboolean
sr_restore_set_meta (int                  fd,
                     const SrRestoreMeta *meta,
                     gboolean             owner,
                     GError             **error)
{
  const struct timespec times[2] = { meta->atime, meta->mtime };
  struct stat           st = { 0 };
  gboolean              right = FALSE;
  gboolean              changed = meta->n_xattrs > 0;
  mode_t                mode;
  GError               *first = NULL;

  if (fstat (fd, &st) != 0)
    keep (&first, errno, "The metadata");
  else
    right = st.st_uid == meta->uid && st.st_gid == meta->gid;
  if (first == NULL && !right && owner)
    {
      changed = TRUE;
      right = fchown (fd, meta->uid, meta->gid) == 0;
      if (!right)
        keep (&first, errno, "The owner");
    }
  for (guint i = 0; i < meta->n_xattrs; i++)
    if (fsetxattr (fd, meta->xattrs[i].name, meta->xattrs[i].value, meta->xattrs[i].value_size,
                   0) != 0)
      keep_xattr (&first, errno, meta->xattrs[i].name);
  /* After the owner and the attributes, for both change modes; what was made with the right one and
   * kept it needs no call. */
  mode = safe_mode (meta, right || S_ISDIR (st.st_mode));
  if ((changed || mode != (st.st_mode & 07777)) && fchmod (fd, mode) != 0)
    keep (&first, errno, "The mode");
  if (futimens (fd, times) != 0)
    keep (&first, errno, "The time");
  return answer (first, error);
}

/* There is no call that sets an attribute by folder and name; the way through /proc does not leave
 * the held folder, for the name is one component and the call does not follow it. */
static void
set_xattrs_at (int                  parent_fd,
               const char          *name,
               const SrRestoreMeta *meta,
               GError             **first)
{
  g_autofree char *path = NULL;

  if (meta->n_xattrs == 0)
    return;
  path = g_strdup_printf ("/proc/self/fd/%d/%s", parent_fd, name);
  for (guint i = 0; i < meta->n_xattrs; i++)
    if (lsetxattr (path, meta->xattrs[i].name, meta->xattrs[i].value, meta->xattrs[i].value_size,
                   0) != 0)
      keep_xattr (first, errno, meta->xattrs[i].name);
}

gboolean
sr_restore_set_meta_at (int                  parent_fd,
                        const char          *name,
                        SrEntryType          type,
                        const SrRestoreMeta *meta,
                        gboolean             owner,
                        GError             **error)
{
  const struct timespec times[2] = { meta->atime, meta->mtime };
  struct stat           st = { 0 };
  gboolean              right = FALSE;
  GError               *first = NULL;

  if (fstatat (parent_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
    keep (&first, errno, "The metadata");
  else
    right = st.st_uid == meta->uid && st.st_gid == meta->gid;
  if (first == NULL && !right && owner)
    {
      right = fchownat (parent_fd, name, meta->uid, meta->gid, AT_SYMLINK_NOFOLLOW) == 0;
      if (!right)
        keep (&first, errno, "The owner");
    }
  set_xattrs_at (parent_fd, name, meta, &first);
  if (type != SR_ENTRY_SYMLINK &&
      fchmodat (parent_fd, name, safe_mode (meta, right), AT_SYMLINK_NOFOLLOW) != 0)
    keep (&first, errno, "The mode");
  if (utimensat (parent_fd, name, times, AT_SYMLINK_NOFOLLOW) != 0)
    keep (&first, errno, "The time");
  return answer (first, error);
}
