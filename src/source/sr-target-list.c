/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-source"

#include "config.h"

#include "source/sr-target-list.h"

#include "base/sr-error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct _SrTargetList
{
  GPtrArray *paths; /* owned, sorted, %NULL at the end */
};

SrTargetList *
sr_target_list_new (void)
{
  SrTargetList *self = g_new0 (SrTargetList, 1);

  self->paths = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->paths, NULL);
  return self;
}

void
sr_target_list_free (SrTargetList *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->paths);
  g_free (self);
}

/* Absolute, with single slashes; "." and ".." are resolved by the text alone. */
static char *
clean_path (const char *path)
{
  g_autofree char *whole = NULL;
  g_auto (GStrv)   pieces = NULL;
  GString         *clean = g_string_new (NULL);

  if (path[0] == '/')
    whole = g_strdup (path);
  else
    {
      g_autofree char *working_folder = g_get_current_dir ();

      whole = g_strconcat (working_folder, "/", path, NULL);
    }
  pieces = g_strsplit (whole, "/", -1);
  for (guint i = 0; pieces[i] != NULL; i++)
    {
      if (pieces[i][0] == '\0' || strcmp (pieces[i], ".") == 0)
        continue;
      if (strcmp (pieces[i], "..") != 0)
        g_string_append_printf (clean, "/%s", pieces[i]);
      else if (clean->len > 0)
        g_string_truncate (clean, (gsize) (strrchr (clean->str, '/') - clean->str));
    }
  if (clean->len == 0)
    g_string_append_c (clean, '/');
  return g_string_free (clean, FALSE);
}

/* Goes name by name: a path may be longer than the system takes at once.
 * Returns: 0, or a value of errno */
static int
look_for (const char *path)
{
  g_auto (GStrv) pieces = g_strsplit (path + 1, "/", -1);
  int            fd = open ("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

  for (guint i = 0; fd >= 0 && pieces[i] != NULL && pieces[i][0] != '\0'; i++)
    {
      gboolean last = pieces[i + 1] == NULL;
      int      flags = O_PATH | O_CLOEXEC | (last ? O_NOFOLLOW : O_DIRECTORY);
      int      next = openat (fd, pieces[i], flags);
      int      saved_errno = errno;

      close (fd);
      errno = saved_errno;
      fd = next;
    }
  if (fd < 0)
    return errno;
  close (fd);
  return 0;
}

/* Whether @path is @above or lies below it. */
static gboolean
is_within (const char *path,
           const char *above)
{
  gsize length = strlen (above);

  if (strcmp (above, "/") == 0)
    return TRUE;
  return strncmp (path, above, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

static int
compare_paths (gconstpointer a,
               gconstpointer b)
{
  const char *const *left = a;
  const char *const *right = b;

  return strcmp (*left, *right);
}

gboolean
sr_target_list_add (SrTargetList *self,
                    const char   *path,
                    GError      **error)
{
  g_autofree char *clean = NULL;
  int              errnum;

  if (path[0] == '\0')
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID, "An empty path cannot be backed up");
      return FALSE;
    }
  clean = clean_path (path);
  errnum = look_for (clean);
  if (errnum != 0)
    {
      g_autofree char *shown = g_filename_display_name (clean);

      if (errnum == ENOTDIR)
        errnum = ENOENT;
      sr_set_error_errno (error, errnum, "“%s” cannot be backed up", shown);
      return FALSE;
    }
  g_ptr_array_set_size (self->paths, (int) self->paths->len - 1);
  for (guint i = self->paths->len; i-- > 0;)
    {
      if (is_within (clean, self->paths->pdata[i]))
        g_clear_pointer (&clean, g_free);
      else if (is_within (self->paths->pdata[i], clean))
        g_ptr_array_remove_index (self->paths, i);
      if (clean == NULL)
        break;
    }
  if (clean != NULL)
    g_ptr_array_add (self->paths, g_steal_pointer (&clean));
  g_ptr_array_sort (self->paths, compare_paths);
  g_ptr_array_add (self->paths, NULL);
  return TRUE;
}

const char *const *
sr_target_list_get (SrTargetList *self)
{
  return (const char *const *) self->paths->pdata;
}

gboolean
sr_target_list_has (SrTargetList *self,
                    const char   *path)
{
  return g_strv_contains (sr_target_list_get (self), path);
}

void
sr_target_list_add_names (SrTargetList *self,
                          const char   *folder,
                          SrNameList   *names)
{
  gsize length = strcmp (folder, "/") == 0 ? 0 : strlen (folder);

  for (guint i = 0; self->paths->pdata[i] != NULL; i++)
    {
      const char *path = self->paths->pdata[i];

      if (!is_within (path, folder) || path[length] != '/' || path[length + 1] == '\0')
        continue;
      path += length + 1;
      sr_name_list_add (names, path, strcspn (path, "/"));
    }
  sr_name_list_sort (names);
}
