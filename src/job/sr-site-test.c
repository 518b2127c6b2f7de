/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-site-test.h"

#include "base/sr-error.h"
#include "base/sr-words.h"
#include "job/sr-vault.h"
#include "source/sr-sqlite.h"
#include "state/sr-keyring.h"
#include "storage/sr-storage.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Below these a backup will soon, or already, find no room. */
#define LITTLE_SPACE     (G_GUINT64_CONSTANT (1024) * 1024 * 1024)
#define TOO_LITTLE_SPACE (G_GUINT64_CONSTANT (64) * 1024 * 1024)

typedef struct
{
  GPtrArray    *items;
  GCancellable *cancellable;
} Run;

static void
item_free (SrSiteTestItem *item)
{
  g_free (item->location);
  g_free (item->sentence);
  g_free (item);
}

/* Takes @sentence. */
static void
add (Run            *run,
     SrSiteTestLevel level,
     const char     *subject,
     const char     *location,
     const char     *check,
     char           *sentence)
{
  SrSiteTestItem *item = g_new0 (SrSiteTestItem, 1);

  item->level = level;
  item->subject = subject;
  item->location = g_strdup (location);
  item->check = check;
  item->sentence = sentence;
  g_ptr_array_add (run->items, item);
}

/* --- sources --------------------------------------------------------------------------------- */

/* Whether there is something at @path that can be opened to be read. */
static gboolean
can_read (const char *path,
          gboolean   *is_folder,
          GError    **error)
{
  struct stat st;
  int         fd = open (path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

  if (fd < 0 || fstat (fd, &st) != 0)
    {
      sr_set_error_errno (error, errno, "It cannot be read");
      if (fd >= 0)
        close (fd);
      return FALSE;
    }
  *is_folder = S_ISDIR (st.st_mode);
  close (fd);
  return TRUE;
}

static gboolean
is_empty_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);

  return dir != NULL && g_dir_read_name (dir) == NULL;
}

static void
test_folder (Run        *run,
             const char *path)
{
  g_autoptr (GError) error = NULL;
  gboolean           is_folder = FALSE;

  if (!can_read (path, &is_folder, &error))
    add (run, SR_SITE_TEST_PROBLEM, "source", path, "readable", g_strdup (error->message));
  else if (is_folder && is_empty_folder (path))
    add (run, SR_SITE_TEST_WARNING, "source", path, "readable",
         g_strdup ("The folder is empty; is a drive not connected?"));
  else
    add (run, SR_SITE_TEST_OK, "source", path, "readable",
         g_strdup (is_folder ? "The folder can be read" : "The file can be read"));
}

static void
test_sqlite (Run        *run,
             const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *tables = NULL;
  guint64            n_tables = 0;

  if (!sr_sqlite_probe (path, &n_tables, run->cancellable, &error))
    {
      add (run, SR_SITE_TEST_PROBLEM, "source", path, "database", g_strdup (error->message));
      return;
    }
  tables = sr_counted (n_tables, "table", "tables");
  add (run, SR_SITE_TEST_OK, "source", path, "database",
       g_strdup_printf ("The database opens; it has %s", tables));
}

static void
test_source (Run                *run,
             const SrSiteSource *source)
{
  if (source->kind == SR_SOURCE_FOLDER)
    test_folder (run, source->location);
  else if (source->kind == SR_SOURCE_SQLITE)
    test_sqlite (run, source->location);
  else
    add (run, SR_SITE_TEST_WARNING, "source", source->location, "kind",
         g_strdup_printf ("Not protected: “%s” cannot be backed up by this program yet",
                          source->kind_name));
}

/* --- vaults ---------------------------------------------------------------------------------- */

static void
test_space (Run        *run,
            const char *location)
{
  g_autoptr (SrStorage) storage = sr_storage_open (location, NULL);
  g_autofree char      *size = NULL;
  guint64               bytes = 0;

  /* Where a storage cannot tell there is nothing to say. */
  if (storage == NULL || !sr_storage_get_free_space (storage, &bytes, NULL))
    return;
  size = sr_size_text (bytes);
  if (bytes < TOO_LITTLE_SPACE)
    add (run, SR_SITE_TEST_PROBLEM, "vault", location, "space",
         g_strdup_printf ("Only %s are free; make room before the next backup", size));
  else if (bytes < LITTLE_SPACE)
    add (run, SR_SITE_TEST_WARNING, "vault", location, "space",
         g_strdup_printf ("%s are free, which will not last long", size));
  else
    add (run, SR_SITE_TEST_OK, "vault", location, "space", g_strdup_printf ("%s are free", size));
}

static void
add_opening (Run        *run,
             const char *location,
             SrSecret   *password)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrRepo) repo = sr_vault_open (location, password, run->cancellable, &error);

  if (repo != NULL)
    add (run, SR_SITE_TEST_OK, "vault", location, "password",
         g_strdup ("The password in the keyring opens it"));
  else
    add (run, SR_SITE_TEST_PROBLEM, "vault", location, "password",
         g_strdup_printf ("The password in the keyring does not open it: %s", error->message));
}

/* What a keyring answered that gave no password: only one that is open can say that there is
 * none. */
static void
add_no_password (Run            *run,
                 const char     *location,
                 SrKeyringResult result,
                 const GError   *error)
{
  char *sentence;

  if (result == SR_KEYRING_NONE)
    sentence = g_strdup ("Its password is not in the keyring; it will be asked for");
  else if (result == SR_KEYRING_LOCKED || result == SR_KEYRING_DISMISSED)
    sentence = g_strdup ("The keyring is locked, so it is not known whether the password is in it; "
                         "unlock it");
  else
    sentence = g_strdup_printf ("%s; the password will be asked for",
                                error != NULL ? error->message : "There is no keyring");
  add (run, SR_SITE_TEST_WARNING, "vault", location, "password", sentence);
}

static void
test_password (Run        *run,
               const char *location)
{
  g_autoptr (GPtrArray) names = NULL;
  g_autoptr (GError)    error = NULL;
  g_autoptr (SrSecret)  password = NULL;
  SrKeyringResult       result = SR_KEYRING_NONE;

  if (!sr_vault_get_key_names (location, &names, run->cancellable, &error) || names->len == 0)
    {
      add (run, SR_SITE_TEST_PROBLEM, "vault", location, "vault",
           error != NULL ? g_strdup (error->message)
                         : g_strdup ("It has no key file, so nothing opens it"));
      return;
    }
  if (!sr_keyring_is_reachable ())
    {
      add_no_password (run, location, SR_KEYRING_UNAVAILABLE, NULL);
      return;
    }
  for (guint i = 0; i < names->len && result == SR_KEYRING_NONE; i++)
    result = sr_keyring_lookup (SR_KEYRING_VAULT, g_ptr_array_index (names, i), FALSE, &password,
                                run->cancellable, &error);
  if (result == SR_KEYRING_DONE)
    add_opening (run, location, password);
  else
    add_no_password (run, location, result, error);
}

static void
test_vault (Run        *run,
            const char *location)
{
  g_autoptr (GError) error = NULL;
  const char        *path = g_str_has_prefix (location, "local:") ? location + 6 : location;
  gboolean           is_there = sr_vault_exists (location, run->cancellable, &error);

  if (error != NULL)
    {
      add (run, SR_SITE_TEST_PROBLEM, "vault", location, "reachable", g_strdup (error->message));
      return;
    }
  if (!is_there && path[0] == '/' && !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      add (run, SR_SITE_TEST_PROBLEM, "vault", location, "reachable",
           g_strdup ("There is nothing; is the drive connected? “strongroomctl init” makes a new "
                     "vault"));
      return;
    }
  if (!is_there)
    {
      add (run, SR_SITE_TEST_PROBLEM, "vault", location, "vault",
           g_strdup ("It can be reached but is no vault; “strongroomctl init” makes one"));
      return;
    }
  add (run, SR_SITE_TEST_OK, "vault", location, "vault", g_strdup ("It is there, and is a vault"));
  test_password (run, location);
  test_space (run, location);
}

static void
test_file (Run        *run,
           const char *path)
{
  g_autoptr (GError) error = NULL;
  gboolean           is_folder = FALSE;

  if (can_read (path, &is_folder, &error))
    add (run, SR_SITE_TEST_OK, "file", path, "readable",
         g_strdup (is_folder ? "The folder can be read" : "The file can be read"));
  else
    add (run, SR_SITE_TEST_WARNING, "file", path, "readable", g_strdup (error->message));
}

GPtrArray *
sr_site_test (SrSite       *site,
              GCancellable *cancellable,
              GError      **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) item_free);
  GPtrArray            *sources = sr_site_get_sources (site);
  GPtrArray            *vaults = sr_site_get_vaults (site);
  GPtrArray            *files = sr_site_get_files (site);
  Run                   run = { items, cancellable };

  if (sources->len == 0)
    add (&run, SR_SITE_TEST_PROBLEM, "site", NULL, "sources",
         g_strdup ("Nothing is backed up: the site has no source"));
  for (guint i = 0; i < sources->len && !g_cancellable_is_cancelled (cancellable); i++)
    test_source (&run, g_ptr_array_index (sources, i));
  if (vaults->len == 0)
    add (&run, SR_SITE_TEST_PROBLEM, "site", NULL, "vaults",
         g_strdup ("There is no place for backups: the site has no vault"));
  for (guint i = 0; i < vaults->len && !g_cancellable_is_cancelled (cancellable); i++)
    test_vault (&run, ((SrSiteVault *) g_ptr_array_index (vaults, i))->location);
  for (guint i = 0; i < files->len && !g_cancellable_is_cancelled (cancellable); i++)
    test_file (&run, ((SrSiteFile *) g_ptr_array_index (files, i))->path);
  return sr_check_cancelled (cancellable, error) ? NULL : g_steal_pointer (&items);
}

const char *
sr_site_test_level_name (SrSiteTestLevel level)
{
  static const char *const names[] = { "ok", "warning", "problem" };

  return names[level];
}

SrSiteTestLevel
sr_site_test_get_worst (GPtrArray *items)
{
  SrSiteTestLevel worst = SR_SITE_TEST_OK;

  for (guint i = 0; i < items->len; i++)
    worst = MAX (worst, ((SrSiteTestItem *) g_ptr_array_index (items, i))->level);
  return worst;
}
