/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/sr-containers.h"
#include "base/sr-atomic-file.h"
#include "base/sr-beneath.h"
#include "base/sr-error.h"

#define PIECE      ((gsize) 256 * 1024)
#define INCOMPLETE ".incomplete"

typedef struct
{
  const char *const *names;
  int                root_fd;
  gboolean           overwrite;
  SrExtractFunc      func;
  gpointer           user_data;
  guint64            n_failed;
  GCancellable      *cancellable;
  GArray            *late;      /* guint: links and folders, finished when all files are there */
  char              *folder;    /* last used, without a trailing slash; with fd */
  int                folder_fd; /* -1: none */
  GHashTable        *cleaned;   /* folders that were looked through for what killed runs left */
  guint8            *piece;
} Extraction;

/* Whether a named entry or one above it is meant. */
static gboolean
is_chosen (const char *const *names,
           const char        *name)
{
  if (names == NULL)
    return TRUE;
  for (guint i = 0; names[i] != NULL; i++)
    {
      gsize size = strlen (names[i]);

      while (size > 0 && names[i][size - 1] == '/')
        size--;
      if (strncmp (name, names[i], size) == 0 && (name[size] == '\0' || name[size] == '/'))
        return TRUE;
    }
  return FALSE;
}

static void
set_errno (GError    **error,
           int         errnum,
           const char *what,
           const char *name)
{
  g_autofree char *shown = sr_guard_show_name (name);

  sr_set_error_errno (error, errnum, "%s “%s”", what, shown);
}

static void
tell (Extraction   *self,
      const char   *name,
      guint64       size,
      const GError *reason)
{
  if (reason != NULL)
    self->n_failed++;
  if (self->func != NULL)
    self->func (name, size, reason, self->user_data);
}

static void
forget_folder (Extraction *self)
{
  g_clear_pointer (&self->folder, g_free);
  if (self->folder_fd >= 0)
    close (self->folder_fd);
  self->folder_fd = -1;
}

static void
clean_once (Extraction *self,
            const char *folder,
            int         fd)
{
  if (g_hash_table_contains (self->cleaned, folder))
    return;
  g_hash_table_add (self->cleaned, g_strdup (folder));
  sr_beneath_clean (fd, *folder != '\0' ? folder : ".");
}

/* Makes what is missing, step by step, no link followed. */
static gboolean
enter_folder (Extraction *self,
              const char *folder,
              GError    **error)
{
  g_auto (GStrv) steps = NULL;
  gboolean       fresh = FALSE;
  int            fd;

  if (self->folder_fd >= 0 && strcmp (self->folder, folder) == 0)
    return TRUE;
  forget_folder (self);
  steps = g_strsplit (folder, "/", -1);
  fd = fcntl (self->root_fd, F_DUPFD_CLOEXEC, 3);
  for (guint i = 0; fd >= 0 && steps[i] != NULL; i++)
    {
      int below = -1;

      if (sr_beneath_make_folder (fd, steps[i], FALSE, &fresh, error))
        below = sr_beneath_open_folder (fd, steps[i], error);
      close (fd);
      fd = below;
    }
  if (fd < 0 && error != NULL && *error == NULL)
    sr_set_error_errno (error, errno, "Opening the target");
  if (fd >= 0 && !fresh)
    clean_once (self, folder, fd);
  self->folder_fd = fd;
  self->folder = g_strdup (folder);
  return fd >= 0;
}

/* Without slashes at its end. */
static char *
trim_name (const char *name)
{
  gsize size = strlen (name);

  while (size > 0 && name[size - 1] == '/')
    size--;
  return g_strndup (name, size);
}

/* Enters the folder of @name. Returns: the name in it, a place in @name */
static const char *
enter_parent (Extraction *self,
              const char *name,
              GError    **error)
{
  const char      *slash = strrchr (name, '/');
  g_autofree char *parent = g_strndup (name, slash != NULL ? (gsize) (slash - name) : 0);

  if (!sr_guard_check_name (name, error) || !enter_folder (self, parent, error))
    return NULL;
  return slash != NULL ? slash + 1 : name;
}

/* Returns: 1, 0 if the content is bad (@reason), -1 if it cannot be written (@error) */
static int
copy_content (Extraction   *self,
              GInputStream *stream,
              int           fd,
              const char   *name,
              guint64      *size,
              GError      **reason,
              GError      **error)
{
  gssize n;

  while ((n = g_input_stream_read (stream, self->piece, PIECE, self->cancellable, reason)) > 0)
    {
      if (!sr_write_all (fd, self->piece, (gsize) n, error))
        {
          g_autofree char *shown = sr_guard_show_name (name);

          g_prefix_error (error, "Writing “%s”: ", shown);
          return -1;
        }
      *size += (guint64) n;
    }
  return n == 0 ? 1 : 0;
}

static void
set_meta (int                     fd,
          const SrContainerEntry *entry)
{
  struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = entry->mtime } };

  if (entry->mode != 0)
    fchmod (fd, entry->mode & 0777);
  if (entry->mtime != G_MININT64)
    futimens (fd, times);
}

/* Whether reading may go on with the next entry. */
static gboolean
is_of_entry (const GError *reason)
{
  return sr_error_is (reason, SR_ERROR_DAMAGED) || sr_error_is (reason, SR_ERROR_INVALID) ||
         sr_error_is (reason, SR_ERROR_UNSUPPORTED);
}

static gboolean
extract_file (Extraction             *self,
              const SrContainerEntry *entry,
              const char             *path,
              GInputStream           *stream,
              GError                **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char   *broken = NULL;
  char               temp[SR_BENEATH_TEMP_SIZE];
  guint64            size = 0;
  const char        *name = enter_parent (self, path, &reason);
  int                fd = -1;
  int                result;

  if (name != NULL)
    fd = openat (self->folder_fd, sr_beneath_temp_name (temp),
                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      if (name != NULL)
        set_errno (&reason, errno, "Making", path);
      tell (self, entry->name, 0, reason);
      return TRUE;
    }
  result = copy_content (self, stream, fd, path, &size, &reason, error);
  if (result > 0)
    set_meta (fd, entry);
  if (close (fd) != 0 && result > 0)
    {
      set_errno (error, errno, "Writing", path);
      result = -1;
    }
  if (result < 0 || (reason != NULL && !is_of_entry (reason)))
    {
      unlinkat (self->folder_fd, temp, 0);
      if (result >= 0)
        g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  broken = result == 0 ? g_strconcat (name, INCOMPLETE, NULL) : NULL;
  if (!sr_beneath_put_name (self->folder_fd, temp, broken != NULL ? broken : name, self->overwrite,
                            reason == NULL ? &reason : NULL))
    unlinkat (self->folder_fd, temp, 0);
  if (broken == NULL && !self->overwrite && sr_error_is (reason, SR_ERROR_EXISTS))
    {
      g_clear_error (&reason);
      g_set_error_literal (&reason, SR_ERROR, SR_ERROR_EXISTS, "It exists and was left as it is");
    }
  tell (self, entry->name, size, reason);
  return TRUE;
}

/* Whether following @target from the folder that @path lies in stays below the root, whatever
 * links there are: it only climbs at its beginning, and not above the root. */
static gboolean
link_stays_inside (const char *path,
                   const char *target,
                   GError    **error)
{
  g_auto (GStrv) steps = g_strsplit (target, "/", -1);
  int            depth = 0;
  gboolean       down = FALSE;
  gboolean       inside = *target != '/' && *target != '\0';

  for (const char *c = path; *c != '\0'; c++)
    depth += *c == '/';
  for (guint i = 0; inside && steps[i] != NULL; i++)
    {
      if (strcmp (steps[i], "..") == 0)
        inside = !down && --depth >= 0;
      else if (*steps[i] != '\0' && strcmp (steps[i], ".") != 0)
        down = TRUE;
    }
  if (!inside)
    {
      g_autofree char *shown = g_filename_display_name (path);
      g_autofree char *to = g_filename_display_name (target);

      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                   "The link “%s” leads out of the backup (to “%s”) and is left out", shown, to);
    }
  return inside;
}

static gboolean
make_link (Extraction             *self,
           const SrContainerEntry *entry,
           const char             *path,
           GError                **error)
{
  char        temp[SR_BENEATH_TEMP_SIZE];
  const char *name;

  if (!link_stays_inside (path, entry->link_target, error))
    return FALSE;
  name = enter_parent (self, path, error);
  if (name == NULL)
    return FALSE;
  if (symlinkat (entry->link_target, self->folder_fd, sr_beneath_temp_name (temp)) != 0)
    {
      set_errno (error, errno, "Making the link", path);
      return FALSE;
    }
  if (sr_beneath_put_name (self->folder_fd, temp, name, self->overwrite, error))
    return TRUE;
  unlinkat (self->folder_fd, temp, 0);
  return FALSE;
}

static void
extract_other (Extraction             *self,
               const SrContainerEntry *entry,
               const char             *path)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char   *shown = sr_guard_show_name (path);

  if (entry->type == SR_ENTRY_SYMLINK)
    make_link (self, entry, path, &reason);
  else
    g_set_error (&reason, SR_ERROR, SR_ERROR_UNSUPPORTED,
                 "“%s” is a %s; only files, folders and links are unpacked", shown,
                 sr_entry_type_name (entry->type));
  tell (self, entry->name, 0, reason);
}

static gboolean
on_entry (SrContainer            *container,
          guint                   index,
          const SrContainerEntry *entry,
          GInputStream           *stream,
          gpointer                user_data,
          GError                **error)
{
  Extraction        *self = user_data;
  g_autofree char   *path = trim_name (entry->name);
  g_autoptr (GError) reason = NULL;

  if (sr_check_cancelled (self->cancellable, error))
    return FALSE;
  if (!is_chosen (self->names, path))
    return TRUE;
  if (entry->type == SR_ENTRY_FILE)
    return extract_file (self, entry, path, stream, error);
  g_array_append_val (self->late, index);
  if (entry->type != SR_ENTRY_DIR)
    return TRUE;
  if (sr_guard_check_name (path, &reason))
    enter_folder (self, path, &reason);
  tell (self, entry->name, 0, reason);
  return TRUE;
}

/* Folders get their mode and time when nothing more is put into them, the innermost first. */
static void
finish_folder (Extraction             *self,
               const SrContainerEntry *entry,
               const char             *path)
{
  int fd = sr_guard_check_name (path, NULL) ? sr_beneath_open_folder (self->root_fd, path, NULL)
                                            : -1;

  if (fd < 0)
    return;
  set_meta (fd, entry);
  close (fd);
}

static void
finish_late (Extraction  *self,
             SrContainer *container)
{
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = self->late->len; i-- > 0;)
      {
        const SrContainerEntry *entry;
        g_autofree char        *path = NULL;

        entry = sr_container_get_entry (container, g_array_index (self->late, guint, i));
        path = trim_name (entry->name);
        if (pass == 0 && entry->type != SR_ENTRY_DIR)
          extract_other (self, entry, path);
        else if (pass == 1 && entry->type == SR_ENTRY_DIR)
          finish_folder (self, entry, path);
      }
}

/* Entry by entry where opening one that is damaged must not stop the others. */
static gboolean
extract_each (Extraction  *self,
              SrContainer *container,
              GError     **error)
{
  guint n = sr_container_get_n_entries (container);

  for (guint i = 0; i < n; i++)
    {
      const SrContainerEntry  *entry = sr_container_get_entry (container, i);
      g_autofree char         *path = trim_name (entry->name);
      g_autoptr (GInputStream) stream = NULL;
      g_autoptr (GError)       reason = NULL;

      if (!is_chosen (self->names, path))
        continue;
      if (entry->type == SR_ENTRY_FILE)
        stream = sr_container_open_entry (container, i, self->cancellable, &reason);
      if (reason != NULL && is_of_entry (reason))
        {
          tell (self, entry->name, 0, reason);
          continue;
        }
      if (reason != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&reason));
          return FALSE;
        }
      if (!on_entry (container, i, entry, stream, self, error))
        return FALSE;
    }
  return TRUE;
}

/* A name that fits nothing is an error before anything is written. */
static gboolean
check_names (const char *const *names,
             SrContainer       *container,
             GError           **error)
{
  guint n = sr_container_get_n_entries (container);

  for (; names != NULL && *names != NULL; names++)
    {
      const char *const one[] = { *names, NULL };
      gboolean          found = FALSE;

      for (guint i = 0; i < n && !found; i++)
        found = is_chosen (one, sr_container_get_entry (container, i)->name);
      if (!found)
        {
          g_autofree char *shown = sr_guard_show_name (*names);

          g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, "There is no “%s” in the backup",
                       shown);
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
sr_container_extract (SrContainer       *container,
                      const char        *target,
                      const char *const *names,
                      gboolean           overwrite,
                      SrExtractFunc      func,
                      gpointer           user_data,
                      guint64           *n_failed,
                      GCancellable      *cancellable,
                      GError           **error)
{
  Extraction self = {
    .names = names,
    .overwrite = overwrite,
    .func = func,
    .user_data = user_data,
    .cancellable = cancellable,
    .folder_fd = -1,
  };
  gboolean ok;

  if (!check_names (names, container, error))
    return FALSE;
  self.root_fd = open (target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self.root_fd < 0)
    {
      sr_set_error_errno (error, errno, "Opening the target “%s”", target);
      return FALSE;
    }
  self.cleaned = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.late = g_array_new (FALSE, FALSE, sizeof (guint));
  self.piece = g_malloc (PIECE);
  if (SR_CONTAINER_GET_IFACE (container)->visit != NULL)
    ok = sr_container_visit (container, on_entry, &self, cancellable, error);
  else
    ok = extract_each (&self, container, error);
  if (ok)
    finish_late (&self, container);
  forget_folder (&self);
  close (self.root_fd);
  g_array_unref (self.late);
  g_hash_table_unref (self.cleaned);
  g_free (self.piece);
  if (n_failed != NULL)
    *n_failed = self.n_failed;
  return ok;
}
