/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-discover-private.h"

#include "base/sr-error.h"
#include "site/sr-site-location.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_ENV ((gsize) 1024 * 1024)

const char *
sr_discovered_kind_name (SrFindingKind kind)
{
  static const char *const names[] = {
    "sqlite", "folder", "mariadb", "mysql", "postgresql", "mongodb", "other"
  };

  return names[kind];
}

const char *
sr_finding_kind_title (SrFindingKind kind)
{
  static const char *const titles[] = {
    "SQLite database", "folder", "MariaDB database", "MySQL database", "PostgreSQL database",
    "MongoDB database", "database"
  };

  return titles[kind];
}

static void
finding_free (SrFinding *self)
{
  g_free (self->location);
  g_free (self->where);
  g_free (self->reason);
  g_free (self);
}

void
sr_discovery_free (SrDiscovery *self)
{
  g_free (self->folder);
  g_free (self->name);
  g_ptr_array_unref (self->findings);
  g_ptr_array_unref (self->notes);
  g_free (self);
}

static SrFinding *
find (SrDiscovery  *self,
      SrFindingKind kind,
      const char   *location)
{
  for (guint i = 0; i < self->findings->len; i++)
    {
      SrFinding *finding = g_ptr_array_index (self->findings, i);

      if (finding->kind == kind && strcmp (finding->location, location) == 0)
        return finding;
    }
  return NULL;
}

void
sr_discovery_add (SrDiscovery  *self,
                  SrFindingKind kind,
                  char         *location,
                  char         *where,
                  char         *reason)
{
  SrFinding *finding = find (self, kind, location);

  if (finding != NULL)
    {
      char *both = strstr (finding->where, where) == NULL
                       ? g_strdup_printf ("%s; %s", finding->where, where)
                       : g_strdup (finding->where);

      g_free (finding->where);
      finding->where = both;
      g_free (location);
      g_free (where);
      g_free (reason);
      return;
    }
  finding = g_new0 (SrFinding, 1);
  finding->kind = kind;
  finding->location = location;
  finding->where = where;
  finding->is_protectable = reason == NULL;
  finding->reason = reason;
  finding->size = -1;
  if (kind == SR_FINDING_SQLITE)
    (void) sr_discover_is_sqlite (location, &finding->size);
  g_ptr_array_add (self->findings, finding);
}

/* @content: (out): @size bytes and a NUL, to be wiped */
static gboolean
read_env (const char *path,
          char      **content,
          gsize      *size,
          GError    **error)
{
  struct stat st;
  gsize       filled = 0;
  gssize      n = 1;
  int         fd = open (path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

  if (fd < 0 || fstat (fd, &st) != 0)
    {
      sr_set_error_errno (error, errno, "Opening “%s”", path);
      if (fd >= 0)
        close (fd);
      return FALSE;
    }
  if (!S_ISREG (st.st_mode) || (guint64) st.st_size > MAX_ENV)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "“%s” is no .env file: it is no regular file, or larger than 1 MiB", path);
      close (fd);
      return FALSE;
    }
  *size = (gsize) st.st_size;
  *content = g_malloc0 (*size + 1);
  while (filled < *size && n > 0)
    {
      n = read (fd, *content + filled, *size - filled);
      if (n < 0 && errno == EINTR)
        n = 1;
      else if (n > 0)
        filled += (gsize) n;
    }
  if (n < 0)
    sr_set_error_errno (error, errno, "Reading “%s”", path);
  close (fd);
  *size = filled;
  return n >= 0;
}

static SrDotenv *
open_env (const char *path,
          GError    **error)
{
  char     *content = NULL;
  gsize     size = 0;
  SrDotenv *env = NULL;

  if (read_env (path, &content, &size, error))
    {
      env = sr_dotenv_parse (content, size, error);
      if (env == NULL)
        g_prefix_error (error, "“%s” cannot be read as a .env file: ", path);
    }
  if (content != NULL)
    explicit_bzero (content, size);
  g_free (content);
  return env;
}

/* A file's name as it is seen from the project. Returns: (transfer full): valid UTF-8 */
static char *
show_below (const char *root,
            const char *path)
{
  gsize       length = strlen (root);
  const char *rest = path;

  if (strncmp (path, root, length) == 0 && path[length] == '/')
    rest = path + length + 1;
  return g_utf8_make_valid (rest, -1);
}

static gboolean
add_env (SrDiscovery          *self,
         const SrDiscoverWalk *walk,
         const char           *path,
         GError              **error)
{
  g_autoptr (SrDotenv) env = open_env (path, error);
  g_autofree char     *shown = show_below (self->folder, path);
  g_autofree char     *folder = g_path_get_dirname (path);

  if (env != NULL)
    sr_discover_env (self, walk, env, shown, folder);
  return env != NULL;
}

/* A home folder is no project, though a .env may lie in it. */
static gboolean
is_too_wide (const char *folder)
{
  return strcmp (folder, "/") == 0 || strcmp (folder, g_get_home_dir ()) == 0 ||
         strcmp (folder, g_get_tmp_dir ()) == 0;
}

static void
add_walk (SrDiscovery          *self,
          const SrDiscoverWalk *walk)
{
  for (guint i = 0; i < walk->databases->len; i++)
    sr_discovery_add (self, SR_FINDING_SQLITE, g_strdup (walk->databases->pdata[i]),
                      g_strdup ("its content"), NULL);
  for (guint i = 0; i < walk->folders->len; i++)
    sr_discovery_add (self, SR_FINDING_FOLDER, g_strdup (walk->folders->pdata[i]),
                      g_strdup ("its name"), NULL);
  if (walk->was_cut)
    g_ptr_array_add (
        self->notes,
        g_strdup ("The folder is deep or has very many files: not all of it was looked "
                  "at. Name what is missing"));
}

static void
add_unreadable (SrDiscovery *self)
{
  for (guint i = 0; i < self->findings->len; i++)
    {
      SrFinding *finding = g_ptr_array_index (self->findings, i);

      if (!finding->is_protectable || access (finding->location, R_OK) == 0)
        continue;
      finding->is_protectable = FALSE;
      finding->reason = g_strdup_printf ("It cannot be read: %s", g_strerror (errno));
    }
}

/* @env_path: (nullable): the only .env that counts */
static gboolean
discover_project (SrDiscovery  *self,
                  const char   *env_path,
                  GCancellable *cancellable,
                  GError      **error)
{
  g_auto (SrDiscoverWalk) walk;

  sr_discover_walk_init (&walk);
  if ((env_path == NULL || !is_too_wide (self->folder)) &&
      !sr_discover_walk_run (&walk, self->folder, cancellable, error))
    return FALSE;
  if (env_path != NULL)
    {
      if (!add_env (self, &walk, env_path, error))
        return FALSE;
    }
  else
    for (guint i = 0; i < walk.envs->len; i++)
      {
        g_autoptr (GError) local = NULL;

        if (!add_env (self, &walk, walk.envs->pdata[i], &local))
          g_ptr_array_add (self->notes, g_strdup (local->message));
      }
  add_walk (self, &walk);
  add_unreadable (self);
  return TRUE;
}

SrDiscovery *
sr_discover (const char   *path,
             GCancellable *cancellable,
             GError      **error)
{
  g_autoptr (SrDiscovery) self = g_new0 (SrDiscovery, 1);
  g_autofree char        *absolute = sr_path_make_absolute (path);
  g_autofree char        *base = NULL;
  struct stat             st;
  gboolean                is_folder;

  self->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) finding_free);
  self->notes = g_ptr_array_new_with_free_func (g_free);
  if (stat (absolute, &st) != 0)
    {
      sr_set_error_errno (error, errno, "Looking at “%s”", absolute);
      return NULL;
    }
  is_folder = S_ISDIR (st.st_mode);
  self->folder = is_folder ? g_strdup (absolute) : g_path_get_dirname (absolute);
  base = g_path_get_basename (self->folder);
  self->name = g_utf8_make_valid (base, -1);
  if (!is_folder && sr_discover_is_sqlite (absolute, NULL))
    {
      sr_discovery_add (self, SR_FINDING_SQLITE, g_steal_pointer (&absolute),
                        g_strdup ("its content"), NULL);
      return g_steal_pointer (&self);
    }
  if (!discover_project (self, is_folder ? NULL : absolute, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}
