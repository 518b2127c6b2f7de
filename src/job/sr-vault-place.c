/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-vault-place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "job/sr-vault.h"

/* What a folder is called that is made below one with other things in it. */
#define SUBFOLDER "strongroom-vault"

static void G_GNUC_PRINTF (3, 4)
    conclude (SrVaultPlace    *place,
              SrVaultPlaceKind kind,
              const char      *format,
              ...)
{
  g_autofree char *raw = NULL;
  va_list          arguments;

  va_start (arguments, format);
  raw = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  place->kind = kind;
  g_free (place->sentence);
  place->sentence = g_utf8_make_valid (raw, -1);
}

/* @path: with symbolic links followed as far as it exists. Returns: (transfer full) */
static char *
resolve (const char *path)
{
  g_autofree char *parent = NULL;
  g_autofree char *name = NULL;
  g_autofree char *resolved = NULL;
  char            *real = realpath (path, NULL);

  if (real != NULL)
    {
      resolved = real;
      return g_strdup (resolved);
    }
  if (g_str_equal (path, "/"))
    return g_strdup (path);
  parent = g_path_get_dirname (path);
  name = g_path_get_basename (path);
  resolved = resolve (parent);
  return g_build_filename (resolved, name, NULL);
}

/* Whether @path is @folder or lies in it. */
static gboolean
is_within (const char *path,
           const char *folder)
{
  gsize length = strlen (folder);

  if (g_str_equal (folder, "/"))
    return TRUE;
  return strncmp (path, folder, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

/* The nearest folder above that exists. Returns: (transfer full) */
static char *
find_existing (const char  *path,
               struct stat *info)
{
  char *at = g_strdup (path);

  while (stat (at, info) != 0 && !g_str_equal (at, "/"))
    {
      char *parent = g_path_get_dirname (at);

      g_free (at);
      at = parent;
    }
  return at;
}

/* As the kernel says of the device, or of the one that the partition is of. */
static gboolean
is_removable (dev_t device)
{
  static const char *const tails[] = { "removable", "../removable" };

  for (guint i = 0; i < G_N_ELEMENTS (tails); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/sys/dev/block/%u:%u/%s", major (device), minor (device), tails[i]);
      g_autofree char *text = NULL;

      if (g_file_get_contents (path, &text, NULL, NULL) && text[0] == '1')
        return TRUE;
    }
  return FALSE;
}

static void
note_device (SrVaultPlace      *place,
             const char        *existing,
             dev_t              device,
             const char *const *sources)
{
  struct statvfs space;
  struct stat    info;

  if (statvfs (existing, &space) == 0)
    {
      place->free_bytes = (guint64) space.f_bavail * space.f_frsize;
      place->total_bytes = (guint64) space.f_blocks * space.f_frsize;
    }
  place->is_removable = is_removable (device);
  for (; sources != NULL && *sources != NULL && place->same_device == NULL; sources++)
    if (stat (*sources, &info) == 0 && info.st_dev == device)
      place->same_device = g_strdup (*sources);
}

/* Returns: whether it lies apart from all of them */
static gboolean
check_apart (SrVaultPlace      *place,
             const char        *resolved,
             const char *const *sources)
{
  for (; sources != NULL && *sources != NULL; sources++)
    {
      g_autofree char *source = resolve (*sources);

      if (is_within (resolved, source))
        {
          conclude (
              place, SR_VAULT_PLACE_UNUSABLE,
              "This folder lies in “%s”, which is to be backed up: the vault would back itself "
              "up. Choose a place outside of it, best on another disk.",
              *sources);
          return FALSE;
        }
      if (is_within (source, resolved))
        {
          conclude (place, SR_VAULT_PLACE_UNUSABLE,
                    "“%s”, which is to be backed up, lies in this folder. Choose an empty folder, "
                    "best on another disk.",
                    *sources);
          return FALSE;
        }
    }
  return TRUE;
}

/* What a new file system has counts as nothing. */
static gboolean
is_empty_folder (const char *path,
                 gboolean   *is_empty,
                 GError    **error)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, error);
  const char      *name;

  if (dir == NULL)
    return FALSE;
  *is_empty = TRUE;
  while ((name = g_dir_read_name (dir)) != NULL)
    if (!g_str_equal (name, "lost+found"))
      *is_empty = FALSE;
  return TRUE;
}

static char *
suggest (const char *path)
{
  g_autofree char *first = g_build_filename (path, SUBFOLDER, NULL);

  for (guint i = 2; g_file_test (first, G_FILE_TEST_EXISTS) && i < 100; i++)
    {
      g_free (first);
      first = g_strdup_printf ("%s/" SUBFOLDER "-%u", path, i);
    }
  return g_steal_pointer (&first);
}

static gboolean
may_write (const char *path)
{
  return faccessat (AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) == 0;
}

static void
look_at_folder (SrVaultPlace *place)
{
  g_autoptr (GError) error = NULL;
  gboolean           is_empty;

  if (!is_empty_folder (place->path, &is_empty, &error))
    conclude (place, SR_VAULT_PLACE_UNUSABLE, "This folder cannot be read: %s", error->message);
  else if (!may_write (place->path))
    conclude (place, SR_VAULT_PLACE_UNUSABLE, "Nothing can be written to this folder: %s",
              g_strerror (errno));
  else if (is_empty)
    conclude (place, SR_VAULT_PLACE_NEW, "The folder is empty: a vault is made in it.");
  else
    {
      place->suggestion = suggest (place->path);
      conclude (place, SR_VAULT_PLACE_OCCUPIED,
                "There are other things in this folder. A vault needs one of its own: “%s”, for "
                "example.",
                place->suggestion);
    }
}

static gboolean
look_at_vault (SrVaultPlace *place,
               GCancellable *cancellable,
               GError      **error)
{
  g_autoptr (GPtrArray) keys = NULL;
  g_autoptr (GError)    why = NULL;

  if (sr_vault_exists (place->path, cancellable, &why))
    {
      if (!sr_vault_get_key_names (place->path, &keys, cancellable, &why))
        {
          if (sr_check_cancelled (cancellable, error))
            return FALSE;
          conclude (place, SR_VAULT_PLACE_UNUSABLE,
                    "A vault is here, but its keys cannot be listed: %s", why->message);
          return TRUE;
        }
      place->n_keys = keys->len;
      if (!may_write (place->path))
        conclude (place, SR_VAULT_PLACE_UNUSABLE,
                  "A vault is here, but nothing can be written to it: %s", g_strerror (errno));
      else
        conclude (place, SR_VAULT_PLACE_EXISTING,
                  "A vault is here already; its password opens it.");
      return TRUE;
    }
  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  look_at_folder (place);
  return TRUE;
}

gboolean
sr_vault_place_look (const char        *location,
                     const char *const *sources,
                     SrVaultPlace      *place,
                     GCancellable      *cancellable,
                     GError           **error)
{
  g_autoptr (SrStorage) storage = NULL;
  g_autofree char      *resolved = NULL;
  g_autofree char      *existing = NULL;
  struct stat           info;

  memset (place, 0, sizeof *place);
  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  storage = sr_storage_open (location, error);
  if (storage == NULL)
    return FALSE;
  place->path = g_canonicalize_filename (
      g_str_has_prefix (location, "local:") ? location + strlen ("local:") : location, NULL);
  resolved = resolve (place->path);
  existing = find_existing (resolved, &info);
  note_device (place, existing, info.st_dev, sources);
  if (!check_apart (place, resolved, sources))
    return TRUE;
  if (!S_ISDIR (info.st_mode))
    conclude (place, SR_VAULT_PLACE_UNUSABLE, "“%s” is no folder.", existing);
  else if (g_str_equal (existing, resolved))
    return look_at_vault (place, cancellable, error);
  else if (!may_write (existing))
    conclude (place, SR_VAULT_PLACE_UNUSABLE, "The folder cannot be made in “%s”: %s", existing,
              g_strerror (errno));
  else
    conclude (place, SR_VAULT_PLACE_NEW, "The folder is made, and a vault in it.");
  return TRUE;
}

void
sr_vault_place_clear (SrVaultPlace *place)
{
  g_clear_pointer (&place->path, g_free);
  g_clear_pointer (&place->suggestion, g_free);
  g_clear_pointer (&place->sentence, g_free);
  g_clear_pointer (&place->same_device, g_free);
}
