/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-site"

#include "config.h"

#include "site/sr-site-store.h"

#include "base/sr-atomic-file.h"
#include "base/sr-error.h"
#include "base/sr-json.h"
#include "site/sr-site-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX    ".json"
#define LOCK_NAME ".lock"
#define MAX_DEPTH 32

/* Somebody who writes is done in a moment; who holds the lock for longer is stopped or stuck. */
#define LOCK_ATTEMPTS 500
#define LOCK_PAUSE_US 20000

struct _SrSiteStore
{
  GObject parent_instance;

  char *folder;
};

G_DEFINE_FINAL_TYPE (SrSiteStore, sr_site_store, G_TYPE_OBJECT)

static void
sr_site_store_finalize (GObject *object)
{
  g_free (SR_SITE_STORE (object)->folder);
  G_OBJECT_CLASS (sr_site_store_parent_class)->finalize (object);
}

static void
sr_site_store_class_init (SrSiteStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_site_store_finalize;
}

static void
sr_site_store_init (SrSiteStore *self)
{
}

SrSiteStore *
sr_site_store_new (const char *folder)
{
  SrSiteStore *self = g_object_new (SR_TYPE_SITE_STORE, NULL);

  self->folder = folder != NULL
                     ? g_strdup (folder)
                     : g_build_filename (g_get_user_config_dir (), "strongroom", "sites", NULL);
  return self;
}

const char *
sr_site_store_get_folder (SrSiteStore *self)
{
  return self->folder;
}

static char *
digest_of (GBytes *bytes)
{
  return g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
}

static char *
file_name_of (const char *id)
{
  return g_strconcat (id, SUFFIX, NULL);
}

/* Opening a pipe would wait for somebody to write. */
static gboolean
check_regular (int         dir_fd,
               const char *name,
               GError    **error)
{
  struct stat st;

  if (fstatat (dir_fd, name, &st, 0) != 0)
    {
      sr_set_error_errno (error, errno, "Looking at “%s”", name);
      return FALSE;
    }
  if (S_ISREG (st.st_mode))
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "“%s” is no regular file", name);
  return FALSE;
}

/* A site whose file @name is; not its errors' place. */
static SrSite *
parse_site (int         dir_fd,
            const char *name,
            const char *id,
            GError    **error)
{
  g_autoptr (GBytes)     bytes = NULL;
  g_autoptr (JsonObject) object = NULL;
  SrSite                *site;

  if (!check_regular (dir_fd, name, error))
    return NULL;
  bytes = sr_file_read_all (dir_fd, name, SR_SITE_MAX_SIZE, error);
  if (bytes == NULL)
    return NULL;
  object = sr_json_parse_object (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                 SR_SITE_MAX_SIZE, MAX_DEPTH, error);
  if (object == NULL)
    return NULL;
  site = sr_site_from_json (object, id, error);
  if (site != NULL)
    site->revision = digest_of (bytes);
  return site;
}

/* What is wrong with a file's content is damage for whoever only names a site. */
static SrSite *
read_site (SrSiteStore *self,
           int          dir_fd,
           const char  *id,
           GError     **error)
{
  g_autofree char   *name = file_name_of (id);
  g_autofree char   *path = g_build_filename (self->folder, name, NULL);
  g_autoptr (GError) local = NULL;
  SrSite            *site = parse_site (dir_fd, name, id, &local);

  if (site != NULL)
    return site;
  if (sr_error_is (local, SR_ERROR_INVALID))
    local->code = SR_ERROR_DAMAGED;
  g_prefix_error (&local, "The site's file “%s” cannot be used: ", path);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/* Returns: a descriptor; -1 without @error if there is no folder yet */
static int
open_folder (SrSiteStore *self,
             GError     **error)
{
  int fd = open (self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0 && errno != ENOENT)
    sr_set_error_errno (error, errno, "Opening the folder of the sites, “%s”", self->folder);
  return fd;
}

/* Names that are sites' files, or would be if they had the name of one. Returns: (transfer full) */
static GPtrArray *
list_names (SrSiteStore *self,
            GError     **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError)    local = NULL;
  g_autoptr (GDir)      dir = g_dir_open (self->folder, 0, &local);
  const char           *name;

  if (dir == NULL)
    {
      if (g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return g_steal_pointer (&names);
      g_set_error (error, SR_ERROR, SR_ERROR_IO, "Reading the folder of the sites, “%s”: %s",
                   self->folder, local->message);
      return NULL;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    if (name[0] != '.' && g_str_has_suffix (name, SUFFIX))
      g_ptr_array_add (names, g_strdup (name));
  return g_steal_pointer (&names);
}

static SrSite *
read_named (SrSiteStore *self,
            int          dir_fd,
            const char  *name,
            GError     **error)
{
  g_autofree char *id = g_strndup (name, strlen (name) - strlen (SUFFIX));

  if (sr_site_id_is_valid (id))
    return read_site (self, dir_fd, id, error);
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
               "“%s” in “%s” cannot be a site's file: rename it to at most 64 letters, digits, “-” "
               "and “_” with “.json” behind them",
               name, self->folder);
  return NULL;
}

static int
compare_sites (gconstpointer a,
               gconstpointer b)
{
  SrSite *left = *(SrSite **) a;
  SrSite *right = *(SrSite **) b;
  int     order = g_utf8_collate (left->name, right->name);

  return order != 0 ? order : strcmp (left->id, right->id);
}

GPtrArray *
sr_site_store_list (SrSiteStore     *self,
                    SrSiteDamageFunc damaged,
                    gpointer         user_data,
                    GError         **error)
{
  g_autoptr (GPtrArray) sites = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) names = list_names (self, error);
  g_autoptr (GError)    local = NULL;
  int                   dir_fd;

  if (names == NULL)
    return NULL;
  dir_fd = open_folder (self, &local);
  if (dir_fd < 0)
    {
      if (local == NULL)
        return g_steal_pointer (&sites);
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  for (guint i = 0; i < names->len; i++)
    {
      const char        *name = g_ptr_array_index (names, i);
      g_autofree char   *path = g_build_filename (self->folder, name, NULL);
      g_autoptr (GError) why = NULL;
      SrSite            *site = read_named (self, dir_fd, name, &why);

      if (site != NULL)
        g_ptr_array_add (sites, site);
      else if (!sr_error_is (why, SR_ERROR_NOT_FOUND) && damaged != NULL) /* removed just now */
        damaged (path, why, user_data);
    }
  close (dir_fd);
  g_ptr_array_sort (sites, compare_sites);
  return g_steal_pointer (&sites);
}

/* --- finding --------------------------------------------------------------------------------- */

static void
count_damaged (const char   *path,
               const GError *why,
               gpointer      user_data)
{
  (*(guint *) user_data)++;
}

/* Letters as they are typed, or, with @fold, in whatever case. */
static char *
make_key (const char *name,
          gboolean    fold)
{
  g_autofree char *composed = g_utf8_normalize (name, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  g_autofree char *folded = NULL;

  if (composed == NULL)
    return NULL;
  g_strstrip (composed);
  if (!fold)
    return g_steal_pointer (&composed);
  folded = g_utf8_casefold (composed, -1);
  return g_utf8_normalize (folded, -1, G_NORMALIZE_DEFAULT_COMPOSE);
}

/* Appends the ids of those that are called so. Returns: how many; @found: (out): the last */
static guint
find_named (GPtrArray  *sites,
            const char *name,
            gboolean    fold,
            GString    *ids,
            SrSite    **found)
{
  g_autofree char *wanted = make_key (name, fold);
  guint            n = 0;

  for (guint i = 0; wanted != NULL && i < sites->len; i++)
    {
      SrSite          *site = g_ptr_array_index (sites, i);
      g_autofree char *key = make_key (site->name, fold);

      if (g_strcmp0 (key, wanted) != 0)
        continue;
      *found = site;
      g_string_append_printf (ids, "%s%s", n++ > 0 ? ", " : "", site->id);
    }
  return n;
}

static SrSite *
find_by_name (SrSiteStore *self,
              const char  *name,
              GError     **error)
{
  guint                 n_damaged = 0;
  g_autoptr (GPtrArray) sites = sr_site_store_list (self, count_damaged, &n_damaged, error);
  g_autoptr (GString)   ids = g_string_new (NULL);
  SrSite               *found = NULL;
  guint                 n;

  if (sites == NULL)
    return NULL;
  n = find_named (sites, name, FALSE, ids, &found);
  if (n == 0)
    n = find_named (sites, name, TRUE, ids, &found);
  if (n == 1)
    return g_object_ref (found);
  if (n > 1)
    g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                 "%u sites are called “%s”; name one by its id: %s", n, name, ids->str);
  else if (n_damaged == 0)
    g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, "There is no site “%s”", name);
  else
    g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND,
                 "There is no site “%s” among those that can be read; %u file%s in “%s” cannot",
                 name, n_damaged, n_damaged == 1 ? "" : "s", self->folder);
  return NULL;
}

SrSite *
sr_site_store_find (SrSiteStore *self,
                    const char  *name_or_id,
                    GError     **error)
{
  g_autoptr (GError) local = NULL;
  SrSite            *site = NULL;
  int                dir_fd;

  if (!sr_site_id_is_valid (name_or_id))
    return find_by_name (self, name_or_id, error);
  dir_fd = open_folder (self, &local);
  if (dir_fd >= 0)
    {
      site = read_site (self, dir_fd, name_or_id, &local);
      close (dir_fd);
    }
  if (site != NULL)
    return site;
  if (local == NULL || sr_error_is (local, SR_ERROR_NOT_FOUND))
    return find_by_name (self, name_or_id, error);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/* --- writing --------------------------------------------------------------------------------- */

static gboolean
take_lock (SrSiteStore *self,
           int          lock_fd,
           GError     **error)
{
  for (int attempt = 0; attempt < LOCK_ATTEMPTS; attempt++)
    {
      if (flock (lock_fd, LOCK_EX | LOCK_NB) == 0)
        return TRUE;
      if (errno != EWOULDBLOCK && errno != EINTR)
        {
          sr_set_error_errno (error, errno, "Locking the folder of the sites, “%s”", self->folder);
          return FALSE;
        }
      g_usleep (LOCK_PAUSE_US);
    }
  g_set_error (error, SR_ERROR, SR_ERROR_LOCKED,
               "Another program has been writing in “%s” for ten seconds; try again", self->folder);
  return FALSE;
}

/**
 * lock_folder:
 * @dir_fd: (out): the folder, which is made if missing
 *
 * Returns: a descriptor that holds the lock until it is closed; -1 with @error set
 */
static int
lock_folder (SrSiteStore *self,
             int         *dir_fd,
             GError     **error)
{
  int lock_fd;

  if (g_mkdir_with_parents (self->folder, 0700) != 0)
    {
      sr_set_error_errno (error, errno, "Making the folder of the sites, “%s”", self->folder);
      return -1;
    }
  *dir_fd = open (self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (*dir_fd < 0)
    {
      sr_set_error_errno (error, errno, "Opening the folder of the sites, “%s”", self->folder);
      return -1;
    }
  lock_fd = openat (*dir_fd, LOCK_NAME, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
                    0600);
  if (lock_fd < 0)
    sr_set_error_errno (error, errno, "Opening “%s/%s”", self->folder, LOCK_NAME);
  else if (take_lock (self, lock_fd, error))
    return lock_fd;
  else
    close (lock_fd);
  close (*dir_fd);
  return -1;
}

static gboolean
refuse_changed (SrSite     *site,
                const char *how,
                GError    **error)
{
  g_set_error (error, SR_ERROR, SR_ERROR_LOCKED,
               "The site “%s” was %s by another program since it was read; look at it anew and "
               "repeat",
               site->name, how);
  return FALSE;
}

/* Whether the file is what it was when @site was read, under the lock. */
static gboolean
check_unchanged (SrSiteStore *self,
                 SrSite      *site,
                 int          dir_fd,
                 const char  *name,
                 GError     **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) local = NULL;
  g_autofree char   *digest = NULL;

  if (check_regular (dir_fd, name, &local))
    bytes = sr_file_read_all (dir_fd, name, SR_SITE_MAX_SIZE, &local);
  if (bytes == NULL && sr_error_is (local, SR_ERROR_NOT_FOUND))
    return site->revision == NULL || refuse_changed (site, "removed", error);
  if (site->revision == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_EXISTS,
                   "There is a site's file “%s” in “%s” already", name, self->folder);
      return FALSE;
    }
  /* One that has become too large, or no file, was changed as well. */
  if (bytes == NULL && !sr_error_is (local, SR_ERROR_INVALID))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  digest = bytes != NULL ? digest_of (bytes) : NULL;
  return g_strcmp0 (digest, site->revision) == 0 || refuse_changed (site, "changed", error);
}

static GBytes *
format_site (SrSite  *site,
             GError **error)
{
  g_autoptr (JsonNode)      node = sr_site_to_json (site);
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  GString                  *text = g_string_new (NULL);

  json_generator_set_root (generator, node);
  json_generator_set_pretty (generator, TRUE);
  json_generator_to_gstring (generator, text);
  g_string_append_c (text, '\n');
  if (text->len <= SR_SITE_MAX_SIZE)
    return g_string_free_to_bytes (text);
  g_string_free (text, TRUE);
  g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
               "The site “%s” would need more than 1 MiB; remove patterns or sources", site->name);
  return NULL;
}

static gboolean
write_site (SrSiteStore *self,
            SrSite      *site,
            int          dir_fd,
            GBytes      *bytes,
            GError     **error)
{
  g_autofree char *name = file_name_of (site->id);
  g_autofree char *digest = digest_of (bytes);

  if (!check_unchanged (self, site, dir_fd, name, error))
    return FALSE;
  if (g_strcmp0 (digest, site->revision) != 0 &&
      !sr_atomic_file_write_at (dir_fd, name, g_bytes_get_data (bytes, NULL),
                                g_bytes_get_size (bytes), 0600, error))
    {
      g_prefix_error (error, "The site “%s” was not stored in “%s”: ", site->name, self->folder);
      return FALSE;
    }
  g_free (site->revision);
  site->revision = g_steal_pointer (&digest);
  return TRUE;
}

gboolean
sr_site_store_save (SrSiteStore *self,
                    SrSite      *site,
                    GError     **error)
{
  g_autoptr (GBytes) bytes = NULL;
  gboolean           done;
  int                dir_fd = -1;
  int                lock_fd;

  if (!sr_site_validate (site, error))
    return FALSE;
  bytes = format_site (site, error);
  lock_fd = bytes != NULL ? lock_folder (self, &dir_fd, error) : -1;
  if (lock_fd < 0)
    return FALSE;
  done = write_site (self, site, dir_fd, bytes, error);
  close (lock_fd);
  close (dir_fd);
  return done;
}

static gboolean
unlink_site (SrSiteStore *self,
             SrSite      *site,
             int          dir_fd,
             GError     **error)
{
  g_autofree char *name = file_name_of (site->id);

  if (site->revision == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, "The site “%s” was never stored",
                   site->name);
      return FALSE;
    }
  if (!check_unchanged (self, site, dir_fd, name, error))
    return FALSE;
  if (unlinkat (dir_fd, name, 0) != 0 || (fsync (dir_fd) != 0 && errno != EINVAL))
    {
      sr_set_error_errno (error, errno, "Removing “%s/%s”", self->folder, name);
      return FALSE;
    }
  g_clear_pointer (&site->revision, g_free);
  return TRUE;
}

gboolean
sr_site_store_remove (SrSiteStore *self,
                      SrSite      *site,
                      GError     **error)
{
  gboolean done;
  int      dir_fd = -1;
  int      lock_fd;

  if (!sr_site_id_is_valid (site->id))
    return sr_site_validate (site, error);
  lock_fd = lock_folder (self, &dir_fd, error);
  if (lock_fd < 0)
    return FALSE;
  done = unlink_site (self, site, dir_fd, error);
  close (lock_fd);
  close (dir_fd);
  return done;
}
