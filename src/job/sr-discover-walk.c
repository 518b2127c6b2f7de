/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-discover-private.h"

#include "base/sr-atomic-file.h"
#include "base/sr-error.h"
#include "base/sr-json.h"
#include "record/sr-sqlite-check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_DEPTH    7
#define MAX_ENTRIES  100000
#define MAX_FINDINGS 200
#define MAX_PACKAGE  ((gsize) 1024 * 1024)
#define SQLITE_HEAD  100

/* Made or fetched by programs, and large. */
static const char *const passed_over[] = {
  "node_modules", "bower_components", "vendor", "venv", "__pycache__", "dist", "build", "out",
  "target", "coverage", "tmp", "temp", "cache", "lost+found", NULL
};
static const char *const env_names[] = {
  ".env", ".env.local", ".env.production", ".env.production.local", NULL
};
static const char *const upload_names[] = { "uploads", "upload", "attachments", NULL };
/* Names that code uses too: only where uploads lie by habit. */
static const char *const weaker_names[] = {
  "storage", "media", "files", "documents", "data", NULL
};
static const char *const weaker_places[] = {
  "public", "backend", "server", "api", "static", "web", "www", "wwwroot", "htdocs", "var", NULL
};
static const char *const code_suffixes[] = {
  ".ts", ".tsx", ".js", ".jsx", ".mjs", ".vue", ".py", ".rb", ".go", ".java", ".cs", ".php", ".c",
  ".rs", ".sql", NULL
};

typedef struct
{
  SrDiscoverWalk *walk;
  GCancellable   *cancellable;
  dev_t           device;
  guint           n_entries;
} Run;

void
sr_discover_walk_init (SrDiscoverWalk *self)
{
  self->envs = g_ptr_array_new_with_free_func (g_free);
  self->databases = g_ptr_array_new_with_free_func (g_free);
  self->folders = g_ptr_array_new_with_free_func (g_free);
  self->prisma = g_ptr_array_new_with_free_func (g_free);
  self->driver = -1;
  self->has_other_driver = FALSE;
  self->was_cut = FALSE;
}

void
sr_discover_walk_clear (SrDiscoverWalk *self)
{
  g_clear_pointer (&self->envs, g_ptr_array_unref);
  g_clear_pointer (&self->databases, g_ptr_array_unref);
  g_clear_pointer (&self->folders, g_ptr_array_unref);
  g_clear_pointer (&self->prisma, g_ptr_array_unref);
}

gboolean
sr_discover_is_sqlite (const char *path,
                       gint64     *size)
{
  guint8      head[SQLITE_HEAD];
  struct stat st;
  gssize      n = 0;
  int         fd = open (path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

  if (fd < 0)
    return FALSE;
  if (fstat (fd, &st) == 0 && S_ISREG (st.st_mode))
    n = pread (fd, head, sizeof head, 0);
  close (fd);
  if (n < SQLITE_HEAD || !sr_sqlite_is_database (head, (gsize) n))
    return FALSE;
  if (size != NULL)
    *size = st.st_size;
  return TRUE;
}

/* A package.json's drivers, so that DB_HOST tells more. What cannot be read tells nothing. */
static void
look_at_package (SrDiscoverWalk *walk,
                 const char     *path)
{
  static const struct
  {
    const char   *name;
    SrFindingKind kind;
  } drivers[] = {
    { "mysql", SR_FINDING_MYSQL },
    { "mysql2", SR_FINDING_MYSQL },
    { "mariadb", SR_FINDING_MARIADB },
    { "pg", SR_FINDING_POSTGRESQL },
    { "postgres", SR_FINDING_POSTGRESQL },
    { "mongodb", SR_FINDING_MONGODB },
    { "mongoose", SR_FINDING_MONGODB },
  };
  g_autoptr (GBytes)     bytes = sr_file_read_all (AT_FDCWD, path, MAX_PACKAGE, NULL);
  g_autoptr (JsonObject) object = NULL;
  JsonObject            *dependencies = NULL;

  if (bytes != NULL)
    object = sr_json_parse_object (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                   MAX_PACKAGE, 64, NULL);
  if (object != NULL)
    dependencies = sr_json_object_or_null (object, "dependencies");
  for (gsize i = 0; dependencies != NULL && i < G_N_ELEMENTS (drivers); i++)
    {
      if (!json_object_has_member (dependencies, drivers[i].name))
        continue;
      if (walk->driver >= 0 && walk->driver != (int) drivers[i].kind)
        walk->has_other_driver = TRUE;
      walk->driver = (int) drivers[i].kind;
    }
}

static gboolean
has_suffix_of (const char        *name,
               const char *const *suffixes)
{
  for (; *suffixes != NULL; suffixes++)
    if (g_str_has_suffix (name, *suffixes))
      return TRUE;
  return FALSE;
}

static gboolean
holds_code (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char      *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (has_suffix_of (name, code_suffixes))
      return TRUE;
  return FALSE;
}

/* @inside: names on the way from the root, none of them empty */
static gboolean
is_uploads (const char *name,
            const char *inside,
            const char *path)
{
  g_auto (GStrv) way = g_strsplit (inside, "/", -1);
  gboolean       strong = g_strv_contains (upload_names, name);

  if (!strong && !g_strv_contains (weaker_names, name))
    return FALSE;
  for (gsize i = 0; !strong && way[i] != NULL; i++)
    if (way[i][0] != '\0' && !g_strv_contains (weaker_places, way[i]))
      return FALSE;
  return !holds_code (path);
}

static void
look_at_file (Run        *run,
              const char *folder,
              const char *name,
              const char *path,
              gint64      size)
{
  SrDiscoverWalk *walk = run->walk;

  if (g_strv_contains (env_names, name))
    g_ptr_array_add (walk->envs, g_strdup (path));
  else if (strcmp (name, "schema.prisma") == 0)
    g_ptr_array_add (walk->prisma, g_strdup (folder));
  else if (strcmp (name, "package.json") == 0)
    look_at_package (walk, path);
  else if (size >= SQLITE_HEAD && walk->databases->len < MAX_FINDINGS &&
           !has_suffix_of (name, code_suffixes) && sr_discover_is_sqlite (path, NULL))
    g_ptr_array_add (walk->databases, g_strdup (path));
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* Returns: (transfer full) (nullable): sorted, so that the same project gives the same list */
static GPtrArray *
list_names (Run        *run,
            const char *path)
{
  DIR                  *dir = opendir (path);
  g_autoptr (GPtrArray) names = NULL;
  const struct dirent  *entry;

  if (dir == NULL)
    return NULL;
  names = g_ptr_array_new_with_free_func (g_free);
  while ((entry = readdir (dir)) != NULL)
    {
      if (strcmp (entry->d_name, ".") == 0 || strcmp (entry->d_name, "..") == 0)
        continue;
      if (run->n_entries++ >= MAX_ENTRIES)
        {
          run->walk->was_cut = TRUE;
          break;
        }
      g_ptr_array_add (names, g_strdup (entry->d_name));
    }
  closedir (dir);
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

static gboolean visit (Run        *run,
                       const char *path,
                       const char *inside,
                       guint       depth,
                       gboolean    in_uploads,
                       GError    **error);

static gboolean
look_at_folder (Run        *run,
                const char *name,
                const char *path,
                const char *inside,
                guint       depth,
                gboolean    in_uploads,
                GError    **error)
{
  g_autofree char *below = g_build_filename (inside, name, NULL);

  if (name[0] == '.' || g_strv_contains (passed_over, name))
    return TRUE;
  if (!in_uploads && run->walk->folders->len < MAX_FINDINGS && is_uploads (name, inside, path))
    {
      g_ptr_array_add (run->walk->folders, g_strdup (path));
      in_uploads = TRUE;
    }
  if (depth < MAX_DEPTH)
    return visit (run, path, below, depth + 1, in_uploads, error);
  run->walk->was_cut = TRUE;
  return TRUE;
}

static gboolean
visit (Run        *run,
       const char *path,
       const char *inside,
       guint       depth,
       gboolean    in_uploads,
       GError    **error)
{
  g_autoptr (GPtrArray) names = list_names (run, path);

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      const char      *name = g_ptr_array_index (names, i);
      g_autofree char *child = g_build_filename (path, name, NULL);
      struct stat      st;

      if (sr_check_cancelled (run->cancellable, error))
        return FALSE;
      if (lstat (child, &st) != 0)
        continue;
      if (S_ISREG (st.st_mode))
        look_at_file (run, path, name, child, st.st_size);
      else if (S_ISDIR (st.st_mode) && st.st_dev == run->device &&
               !look_at_folder (run, name, child, inside, depth, in_uploads, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
sr_discover_walk_run (SrDiscoverWalk *self,
                      const char     *root,
                      GCancellable   *cancellable,
                      GError        **error)
{
  Run         run = { .walk = self, .cancellable = cancellable };
  struct stat st;

  if (stat (root, &st) != 0)
    {
      sr_set_error_errno (error, errno, "Looking at “%s”", root);
      return FALSE;
    }
  run.device = st.st_dev;
  return visit (&run, root, "", 1, FALSE, error);
}
