/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-base"

#include "config.h"

#include "base/sr-output-file.h"

#include "base/sr-error.h"
#include "base/sr-leftover.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct _SrOutputFile
{
  char          *path;
  char          *shown;
  char          *partial; /* (nullable): what is to be renamed or removed */
  gboolean       overwrite;
  int            fd;
  GOutputStream *stream;
};

static gboolean
open_as_it_is (SrOutputFile *self,
               GError      **error)
{
  self->fd = open (self->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
  if (self->fd >= 0)
    return TRUE;
  sr_set_error_errno (error, errno, "Opening “%s”", self->shown);
  return FALSE;
}

/* Beside it, and nothing of those that broke off. */
static gboolean
make_partial (SrOutputFile *self,
              guint         mode,
              GError      **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autofree char *name = g_path_get_basename (self->path);
  g_autofree char *prefix = sr_leftover_make_prefix ("", name, "partial");
  g_autofree char *partial = sr_leftover_make_name (prefix);
  int              fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int              errnum;

  if (fd >= 0)
    {
      sr_leftover_clean (fd, prefix, sr_leftover_unlink, self->shown);
      close (fd);
    }
  self->partial = g_build_filename (folder, partial, NULL);
  self->fd = open (self->partial, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t) mode);
  if (self->fd >= 0)
    return TRUE;
  errnum = errno;
  g_clear_pointer (&self->partial, g_free);
  sr_set_error_errno (error, errnum, "Making “%s”", self->shown);
  return FALSE;
}

static gboolean
set_exists (SrOutputFile *self,
            GError      **error)
{
  g_set_error (error, SR_ERROR, SR_ERROR_EXISTS,
               "“%s” exists; name another file, or allow that it is replaced", self->shown);
  return FALSE;
}

SrOutputFile *
sr_output_file_open (const char *path,
                     gboolean    overwrite,
                     guint       mode,
                     GError    **error)
{
  g_autoptr (SrOutputFile) self = g_new0 (SrOutputFile, 1);
  struct stat              st;
  gboolean                 exists = stat (path, &st) == 0;
  gboolean                 opened;

  self->fd = -1;
  self->path = g_strdup (path);
  self->shown = g_filename_display_name (path);
  self->overwrite = overwrite;
  if (exists && S_ISDIR (st.st_mode))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_EXISTS, "“%s” is a folder; name a file", self->shown);
      return NULL;
    }
  if (exists && !S_ISREG (st.st_mode))
    opened = open_as_it_is (self, error);
  else if (exists && !overwrite)
    opened = set_exists (self, error);
  else
    opened = make_partial (self, mode, error);
  return opened ? g_steal_pointer (&self) : NULL;
}

void
sr_output_file_free (SrOutputFile *self)
{
  if (self == NULL)
    return;
  g_clear_object (&self->stream);
  if (self->fd >= 0)
    close (self->fd);
  if (self->partial != NULL)
    (void) unlink (self->partial);
  g_free (self->partial);
  g_free (self->path);
  g_free (self->shown);
  g_free (self);
}

int
sr_output_file_get_fd (SrOutputFile *self)
{
  return self->fd;
}

GOutputStream *
sr_output_file_get_stream (SrOutputFile *self)
{
  if (self->stream == NULL)
    self->stream = g_unix_output_stream_new (self->fd, FALSE);
  return self->stream;
}

static gboolean
sync_folder (SrOutputFile *self,
             GError      **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  int              fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean         synced = fd >= 0 && fsync (fd) == 0;

  if (!synced)
    sr_set_error_errno (error, errno, "Syncing the folder of “%s”", self->shown);
  if (fd >= 0)
    close (fd);
  return synced;
}

/* Renaming never replaces a file that came meanwhile, where the file system can do that. */
static gboolean
put_into_place (SrOutputFile *self,
                GError      **error)
{
  guint flags = self->overwrite ? 0 : RENAME_NOREPLACE;

  if (renameat2 (AT_FDCWD, self->partial, AT_FDCWD, self->path, flags) == 0)
    return TRUE;
  if (flags != 0 && errno == EEXIST)
    return set_exists (self, error);
  if (flags != 0 && (errno == EINVAL || errno == ENOSYS) &&
      g_access (self->path, F_OK) != 0 && rename (self->partial, self->path) == 0)
    return TRUE;
  sr_set_error_errno (error, errno, "Putting “%s” into place", self->shown);
  return FALSE;
}

gboolean
sr_output_file_commit (SrOutputFile *self,
                       GError      **error)
{
  if (self->partial == NULL)
    return TRUE;
  if (fsync (self->fd) != 0)
    {
      sr_set_error_errno (error, errno, "Syncing “%s”", self->shown);
      return FALSE;
    }
  if (!put_into_place (self, error))
    return FALSE;
  g_clear_pointer (&self->partial, g_free);
  return sync_folder (self, error);
}
