/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-folder-target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "base/sr-leftover.h"
#include "base/sr-words.h"
#include "target/sr-dump-child.h"
#include "target/sr-folder-stage.h"
#include "target/sr-folder-tree.h"

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
/* Kept free beyond what comes, so that the programs living on that disk go on. */
#define SPARE_BYTES (G_GUINT64_CONSTANT (64) << 20)
/* What is called so never was in use. From just before the exchange on it is called otherwise,
 * since it then may be what stood there. */
#define STAGE_KIND "strongroom-stage"
#define SWAP_KIND  "strongroom-swap"

struct _SrFolderTarget
{
  SrTarget parent_instance;

  char *path;      /* as it was given */
  char *full_path; /* (nullable) without links, once it was looked up */
  char *name;      /* last part of @full_path */
  int   parent_fd; /* folder that it lies in, -1 before the look-up */

  gboolean       had_old; /* a folder stood there at the beginning */
  struct stat    old;
  char          *stage_name; /* (nullable); beside @name. After the swap the old folder's */
  int            stage_fd;
  SrFolderStage *stage;
  guint64        put;
  gboolean       verified;
  gboolean       swapped;
};

G_DEFINE_FINAL_TYPE (SrFolderTarget, sr_folder_target, SR_TYPE_TARGET)

static gboolean
fail_errno (SrFolderTarget *self,
            int             errnum,
            const char     *what,
            GError        **error)
{
  g_autofree char *shown = g_filename_display_name (self->path);

  sr_set_error_errno (error, errnum, "Folder “%s”: %s", shown, what);
  return FALSE;
}

/* @path without links. Returns: (transfer full) (nullable): %NULL with errno set */
static char *
resolve (const char *path)
{
  char *real = realpath (path, NULL);
  char *copy = g_strdup (real);

  free (real);
  return copy;
}

/* Follows links of the path but for a last part that does not exist yet. */
static gboolean
find_place (SrFolderTarget *self,
            GError        **error)
{
  g_autofree char *absolute = g_canonicalize_filename (self->path, NULL);
  g_autofree char *full = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *name = NULL;

  if (self->parent_fd >= 0)
    return TRUE;
  full = resolve (absolute);
  if (full == NULL && errno != ENOENT)
    return fail_errno (self, errno, "it cannot be looked up", error);
  if (full == NULL)
    {
      g_autofree char *above = g_path_get_dirname (absolute);
      g_autofree char *last = g_path_get_basename (absolute);
      g_autofree char *real = resolve (above);

      if (real == NULL)
        return fail_errno (self, errno, "the folder that it is to lie in must be there", error);
      full = g_build_filename (real, last, NULL);
    }
  folder = g_path_get_dirname (full);
  name = g_path_get_basename (full);
  if (!sr_entry_name_is_safe (name) || strlen (name) > 200)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                   "“%s” cannot be replaced by a restored folder; choose a folder of its own",
                   self->path);
      return FALSE;
    }
  self->parent_fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->parent_fd < 0)
    return fail_errno (self, errno, "the folder that it lies in cannot be opened", error);
  self->full_path = g_steal_pointer (&full);
  self->name = g_steal_pointer (&name);
  return TRUE;
}

/* Returns: 1 if a folder stands there, 0 if nothing does, -1 with @error set */
static int
look_at_old (SrFolderTarget *self,
             struct stat    *info,
             GError        **error)
{
  if (fstatat (self->parent_fd, self->name, info, AT_SYMLINK_NOFOLLOW) == 0)
    {
      if (S_ISDIR (info->st_mode))
        return 1;
      fail_errno (self, ENOTDIR, "what stands there is no folder", error);
      return -1;
    }
  if (errno == ENOENT)
    return 0;
  fail_errno (self, errno, "it cannot be looked at", error);
  return -1;
}

static void
check_space (SrFolderTarget     *self,
             const SrTargetPlan *plan,
             SrPreflight        *result)
{
  g_autofree char *needed = sr_size_text (plan->expected_bytes);
  g_autofree char *found = NULL;
  struct statvfs   info;
  guint64          available;

  if (fstatvfs (self->parent_fd, &info) != 0)
    {
      sr_preflight_add (result, "Space", TRUE, TRUE, "The free space cannot be asked for: %s.",
                        g_strerror (errno));
      return;
    }
  available = (guint64) info.f_bavail * info.f_frsize;
  found = sr_size_text (available);
  if (plan->expected_bytes == 0)
    sr_preflight_add (result, "Space", TRUE, FALSE,
                      "%s are free; how much comes is not known yet.", found);
  else
    sr_preflight_add (result, "Space", available >= plan->expected_bytes + SPARE_BYTES, FALSE,
                      "About %s come beside what is there, %s are free.", needed, found);
}

static gboolean
check_old (SrFolderTarget     *self,
           const SrTargetPlan *plan,
           SrPreflight        *result,
           GCancellable       *cancellable,
           GError            **error)
{
  guint64          files = 0;
  guint64          bytes = 0;
  g_autofree char *shown = g_filename_display_name (self->full_path);
  g_autofree char *size = NULL;

  if (!sr_folder_tree_measure (self->parent_fd, self->name, &files, &bytes, cancellable, error))
    return FALSE;
  size = sr_size_text (bytes);
  if (files == 0)
    sr_preflight_add (result, "Existing data", TRUE, FALSE, "The folder “%s” holds no files.",
                      shown);
  else if (plan->replace)
    sr_preflight_add (result, "Existing data", TRUE, TRUE,
                      "The folder “%s” holds %" G_GUINT64_FORMAT
                      " %s (%s); all of it is replaced by what the backup holds.",
                      shown, files, files == 1 ? "file" : "files", size);
  else
    sr_preflight_add (result, "Existing data", FALSE, FALSE,
                      "The folder “%s” holds %" G_GUINT64_FORMAT
                      " %s (%s). Nothing is merged into it: choose an empty folder, or have it "
                      "replaced.",
                      shown, files, files == 1 ? "file" : "files", size);
  if (files > 0 && plan->replace)
    sr_preflight_add_file_loss (result, shown, bytes,
                                plan->expected_bytes > 0 ? (gint64) plan->expected_bytes : -1);
  return TRUE;
}

static gboolean
remove_leftover (int         folder_fd,
                 const char *name)
{
  return sr_folder_tree_remove (folder_fd, name, NULL);
}

/* What restores that broke off left beside it, without what the next one removes. */
static void
check_leftovers (SrFolderTarget *self,
                 SrPreflight    *result)
{
  g_autofree char      *stages = sr_leftover_make_prefix (".", self->name, STAGE_KIND);
  g_autofree char      *swaps = sr_leftover_make_prefix (".", self->name, SWAP_KIND);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  sr_leftover_sweep (self->parent_fd, stages, NULL, names);
  sr_leftover_sweep (self->parent_fd, swaps, sr_leftover_keep, names);
  sr_preflight_add_leftovers (result, names);
}

static gboolean
sr_folder_target_preflight (SrTarget           *target,
                            const SrTargetPlan *plan,
                            SrPreflight        *result,
                            GCancellable       *cancellable,
                            GError            **error)
{
  SrFolderTarget    *self = SR_FOLDER_TARGET (target);
  g_autoptr (GError) problem = NULL;
  g_autofree char   *shown = NULL;
  int                found;

  if (!find_place (self, &problem) || (found = look_at_old (self, &self->old, &problem)) < 0)
    {
      sr_preflight_add (result, "Folder", FALSE, FALSE, "%s.", problem->message);
      return TRUE;
    }
  self->had_old = found == 1;
  shown = g_filename_display_name (self->full_path);
  if (faccessat (self->parent_fd, ".", W_OK | X_OK, AT_EACCESS) == 0)
    sr_preflight_add (result, "Folder", TRUE, FALSE,
                      self->had_old ? "“%s” is there." : "“%s” is not there yet and is made.",
                      shown);
  else
    sr_preflight_add (result, "Folder", FALSE, FALSE,
                      "A folder cannot be made beside “%s”: %s.", shown, g_strerror (errno));
  check_space (self, plan, result);
  check_leftovers (self, result);
  if (!self->had_old)
    {
      sr_preflight_add (result, "Existing data", TRUE, FALSE, "Nothing stands there.");
      return TRUE;
    }
  return check_old (self, plan, result, cancellable, error);
}

static gboolean
sr_folder_target_back_up (SrTarget      *target,
                          GOutputStream *stream,
                          guint64       *written,
                          GCancellable  *cancellable,
                          GError       **error)
{
  SrFolderTarget *self = SR_FOLDER_TARGET (target);
  guint64         files = 0;
  guint64         bytes = 0;
  struct stat     info;
  int             found;

  *written = 0;
  if (!find_place (self, error) || (found = look_at_old (self, &info, error)) < 0)
    return FALSE;
  if (found == 0)
    return TRUE;
  if (!sr_folder_tree_measure (self->parent_fd, self->name, &files, &bytes, cancellable, error))
    return FALSE;
  if (files == 0)
    return TRUE;
  {
    /* what is in the folder, so that it goes back into one of any name */
    const char *argv[] = { "tar", "--create", "--file=-", "--format=posix", "--directory",
                           self->full_path, "--", ".", NULL };

    return sr_dump_child_run (argv, NULL, NULL, stream, written, cancellable, error);
  }
}

static const char *
sr_folder_target_get_back_up_suffix (SrTarget *target)
{
  return ".tar";
}

static gboolean
check_empty (SrFolderTarget *self,
             GCancellable   *cancellable,
             GError        **error)
{
  guint64 files = 0;
  guint64 bytes = 0;

  if (!sr_folder_tree_measure (self->parent_fd, self->name, &files, &bytes, cancellable, error))
    return FALSE;
  if (files == 0)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_EXISTS,
               "The folder “%s” is not empty; choose another, or have it replaced", self->path);
  return FALSE;
}

static gboolean
sr_folder_target_begin (SrTarget           *target,
                        const SrTargetPlan *plan,
                        GCancellable       *cancellable,
                        GError            **error)
{
  SrFolderTarget  *self = SR_FOLDER_TARGET (target);
  g_autofree char *prefix = NULL;
  int              found;

  if (self->stage != NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_EXISTS,
                   "A restore into this folder has begun already");
      return FALSE;
    }
  if (!find_place (self, error) || (found = look_at_old (self, &self->old, error)) < 0 ||
      (found == 1 && !plan->replace && !check_empty (self, cancellable, error)) ||
      !sr_target_step (target, "make-stage", error))
    return FALSE;
  self->had_old = found == 1;
  prefix = sr_leftover_make_prefix (".", self->name, STAGE_KIND);
  sr_leftover_sweep (self->parent_fd, prefix, remove_leftover, NULL);
  self->stage_name = sr_leftover_make_name (prefix);
  if (mkdirat (self->parent_fd, self->stage_name, 0700) != 0)
    {
      fail_errno (self, errno, "the stage beside it cannot be made", error);
      g_clear_pointer (&self->stage_name, g_free);
      return FALSE;
    }
  self->stage_fd = openat (self->parent_fd, self->stage_name, FOLDER_FLAGS);
  if (self->stage_fd < 0)
    return fail_errno (self, errno, "the stage beside it cannot be opened", error);
  self->stage = sr_folder_stage_new (self->stage_fd);
  self->put = 0;
  self->verified = FALSE;
  return TRUE;
}

static gboolean
need_stage (SrFolderTarget *self,
            GError        **error)
{
  if (self->stage != NULL && !self->swapped)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_REFUSED, "The restore into the folder has not begun");
  return FALSE;
}

static gboolean
sr_folder_target_put_file (SrTarget               *target,
                           const SrContainerEntry *entry,
                           GInputStream           *content,
                           GCancellable           *cancellable,
                           GError                **error)
{
  SrFolderTarget *self = SR_FOLDER_TARGET (target);

  if (!need_stage (self, error) || !sr_target_step (target, "write-file", error) ||
      !sr_folder_stage_put (self->stage, entry, content, cancellable, error))
    return FALSE;
  self->verified = FALSE;
  self->put = sr_folder_stage_get_n_files (self->stage);
  return TRUE;
}

/* The new folder looks from outside like the one it replaces. */
static gboolean
take_over_owner (SrFolderTarget *self,
                 GError        **error)
{
  if (!self->had_old)
    return TRUE;
  if (fchown (self->stage_fd, self->old.st_uid, self->old.st_gid) != 0 &&
      (self->old.st_uid != geteuid () || errno != EPERM))
    return fail_errno (self, errno, "the new folder cannot be given the owner of the old one",
                       error);
  return fchmod (self->stage_fd, self->old.st_mode & 07777) == 0 ||
         fail_errno (self, errno, "the permissions cannot be set", error);
}

static GPtrArray *
sr_folder_target_verify (SrTarget     *target,
                         GCancellable *cancellable,
                         GError      **error)
{
  SrFolderTarget       *self = SR_FOLDER_TARGET (target);
  g_autoptr (GPtrArray) counts =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sr_target_count_free);
  guint64 files = 0;
  guint64 bytes = 0;

  if (!need_stage (self, error) || !sr_target_step (target, "sync-stage", error) ||
      !take_over_owner (self, error) ||
      !sr_folder_stage_verify (self->stage, cancellable, error) ||
      !sr_folder_tree_measure (self->parent_fd, self->stage_name, &files, &bytes, cancellable,
                               error))
    return NULL;
  if (files != self->put)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                   "%" G_GUINT64_FORMAT " files were written, but %" G_GUINT64_FORMAT
                   " lie in the stage",
                   self->put, files);
      return NULL;
    }
  self->verified = TRUE;
  g_ptr_array_add (counts, sr_target_count_new ("files", self->put, files, 0));
  return g_steal_pointer (&counts);
}

/* Two names change places in one step, or one takes a place that is free. Where the file system
 * cannot exchange, two renames with the first taken back should the second fail. */
static gboolean
change_places (SrFolderTarget *self,
               gboolean        both,
               const char     *from,
               const char     *to,
               GError        **error)
{
  int              fd = self->parent_fd;
  g_autofree char *aside = NULL;

  if (renameat2 (fd, from, fd, to, both ? RENAME_EXCHANGE : RENAME_NOREPLACE) == 0)
    return TRUE;
  if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP)
    return fail_errno (self, errno, "it cannot be put into place; nothing was changed", error);
  if (!both)
    {
      /* Replaces at most an empty folder. */
      return renameat (fd, from, fd, to) == 0 ||
             fail_errno (self, errno, "it cannot be put into place; nothing was changed", error);
    }
  aside = g_strconcat (self->stage_name, ".old", NULL);
  if (renameat (fd, to, fd, aside) != 0)
    return fail_errno (self, errno, "it cannot be moved aside; nothing was changed", error);
  if (renameat (fd, from, fd, to) != 0)
    {
      int saved = errno;

      if (renameat (fd, aside, fd, to) == 0)
        return fail_errno (self, saved, "it cannot be put into place; nothing was changed", error);
      fail_errno (self, saved, "it cannot be put into place", error);
      g_prefix_error (error, "What stood there now lies beside it as “%s”: ", aside);
      return FALSE;
    }
  return renameat (fd, aside, fd, from) == 0 ||
         fail_errno (self, errno, "the old folder cannot be given its name for undoing", error);
}

/* Exchanges and has that written; a failure takes it back. */
static gboolean
change_and_sync (SrFolderTarget *self,
                 const char     *from,
                 const char     *to,
                 const char     *step,
                 GError        **error)
{
  if (!change_places (self, self->had_old, from, to, error))
    return FALSE;
  if (!sr_target_step (SR_TARGET (self), step, error))
    {
      change_places (self, self->had_old, to, from, NULL);
      return FALSE;
    }
  if (fsync (self->parent_fd) == 0 || errno == EINVAL)
    return TRUE;
  fail_errno (self, errno, "the new name cannot be written to the disk; it was taken back", error);
  change_places (self, self->had_old, to, from, NULL);
  return FALSE;
}

static gboolean
rename_stage (SrFolderTarget *self,
              GError        **error)
{
  g_autofree char *prefix = sr_leftover_make_prefix (".", self->name, SWAP_KIND);
  g_autofree char *name = sr_leftover_make_name (prefix);

  if (!sr_target_step (SR_TARGET (self), "rename-stage", error))
    return FALSE;
  if (renameat (self->parent_fd, self->stage_name, self->parent_fd, name) != 0)
    return fail_errno (self, errno, "the stage beside it cannot be renamed", error);
  g_free (self->stage_name);
  self->stage_name = g_steal_pointer (&name);
  return TRUE;
}

static gboolean
sr_folder_target_swap (SrTarget     *target,
                       GCancellable *cancellable,
                       GError      **error)
{
  SrFolderTarget *self = SR_FOLDER_TARGET (target);
  struct stat     now;
  int             found;

  if (!need_stage (self, error))
    return FALSE;
  if (!self->verified)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                   "What was written has not been verified, so that it is not put into place");
      return FALSE;
    }
  found = look_at_old (self, &now, error);
  if (found < 0 || sr_check_cancelled (cancellable, error))
    return FALSE;
  if ((found == 1) != self->had_old ||
      (found == 1 && (now.st_dev != self->old.st_dev || now.st_ino != self->old.st_ino)))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                   "Another program replaced “%s” while the backup was unpacked; nothing was "
                   "changed. Begin anew",
                   self->path);
      return FALSE;
    }
  if (!rename_stage (self, error) || !sr_target_step (target, "exchange", error) ||
      !change_and_sync (self, self->stage_name, self->name, "sync-exchange", error))
    return FALSE;
  self->swapped = TRUE;
  return TRUE;
}

static gboolean
sr_folder_target_undo (SrTarget *target,
                       GError  **error)
{
  SrFolderTarget *self = SR_FOLDER_TARGET (target);

  if (!self->swapped || self->stage_name == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                   self->swapped ? "What stood in the folder before was discarded"
                                 : "The folder has not been replaced");
      return FALSE;
    }
  if (!sr_target_step (target, "exchange-back", error) ||
      !change_and_sync (self, self->name, self->stage_name, "sync-exchange-back", error))
    return FALSE;
  self->swapped = FALSE;
  self->verified = FALSE;
  return TRUE;
}

static gboolean
sr_folder_target_discard (SrTarget *target,
                          GError  **error)
{
  SrFolderTarget *self = SR_FOLDER_TARGET (target);

  g_clear_pointer (&self->stage, sr_folder_stage_free);
  if (self->stage_fd >= 0)
    close (self->stage_fd);
  self->stage_fd = -1;
  if (self->stage_name == NULL)
    return TRUE;
  if (!sr_target_step (target, "remove-stage", error) ||
      !sr_folder_tree_remove (self->parent_fd, self->stage_name, error))
    {
      g_prefix_error (error, "The folder “%s” beside it is left: ", self->stage_name);
      return FALSE;
    }
  g_clear_pointer (&self->stage_name, g_free);
  return TRUE;
}

static void
sr_folder_target_finalize (GObject *object)
{
  SrFolderTarget *self = SR_FOLDER_TARGET (object);

  /* What is in place stays; what never came there goes. What it replaced is left for the person if
   * nobody said that it may go. */
  g_clear_pointer (&self->stage, sr_folder_stage_free);
  if (self->stage_name != NULL && !self->swapped)
    (void) sr_folder_tree_remove (self->parent_fd, self->stage_name, NULL);
  if (self->stage_fd >= 0)
    close (self->stage_fd);
  if (self->parent_fd >= 0)
    close (self->parent_fd);
  g_free (self->stage_name);
  g_free (self->full_path);
  g_free (self->name);
  g_free (self->path);
  G_OBJECT_CLASS (sr_folder_target_parent_class)->finalize (object);
}

static void
sr_folder_target_class_init (SrFolderTargetClass *class)
{
  SrTargetClass *target_class = SR_TARGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sr_folder_target_finalize;
  target_class->preflight = sr_folder_target_preflight;
  target_class->back_up = sr_folder_target_back_up;
  target_class->begin = sr_folder_target_begin;
  target_class->put_file = sr_folder_target_put_file;
  target_class->verify = sr_folder_target_verify;
  target_class->swap = sr_folder_target_swap;
  target_class->undo = sr_folder_target_undo;
  target_class->discard = sr_folder_target_discard;
  target_class->get_back_up_suffix = sr_folder_target_get_back_up_suffix;
}

static void
sr_folder_target_init (SrFolderTarget *self)
{
  self->parent_fd = -1;
  self->stage_fd = -1;
}

SrTarget *
sr_folder_target_new (const char *path)
{
  SrFolderTarget *self = g_object_new (SR_TYPE_FOLDER_TARGET, NULL);

  self->path = g_strdup (path);
  return SR_TARGET (self);
}
