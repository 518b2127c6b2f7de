/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-base"

#include "config.h"

#include "base/sr-leftover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/sr-process-origin.h"

#define PURPOSE         "leftover"
#define MAX_NAME        150
#define MACHINE_LETTERS 12
#define BOOT_LETTERS    8

typedef enum
{
  OWNER_SELF,
  OWNER_GONE,
  OWNER_OTHER, /* alive, or nobody knows */
} Owner;

char *
sr_leftover_make_prefix (const char *before,
                         const char *name,
                         const char *kind)
{
  return g_strdup_printf ("%s%.*s.%s-", before, MAX_NAME, name, kind);
}

static char *
describe_self (void)
{
  g_auto (SrProcessOrigin) here = { 0 };

  sr_process_origin_init_self (&here, PURPOSE);
  if (!here.is_known)
    return g_strdup ("unknown");
  return g_strdup_printf ("%.*s-%.*s-%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER
                          "x-%" G_GINT64_MODIFIER "x",
                          MACHINE_LETTERS, here.machine, BOOT_LETTERS, here.boot,
                          here.pid_namespace, (guint64) here.pid, here.start);
}

/* What stands behind the prefix: machine, boot, namespace, process, its start, and a number. */
char *
sr_leftover_make_name (const char *prefix)
{
  /* looked up once: a restore makes a name for each file */
  static gsize once;
  static char *self;

  if (g_once_init_enter (&once))
    {
      self = describe_self ();
      g_once_init_leave (&once, 1);
    }
  return g_strdup_printf ("%s%s-%08x", prefix, self, g_random_int ());
}

/* Shortened, so that @here's is taken for the whole where the beginnings agree. */
static char *
take_whole (const char *part,
            const char *here,
            gsize       letters)
{
  gboolean same = strlen (part) == MIN (strlen (here), letters) &&
                  strncmp (part, here, letters) == 0;

  return g_strdup (same ? here : part);
}

static gboolean
read_number (const char *text,
             guint64    *number)
{
  return g_ascii_string_to_unsigned (text, 16, 0, G_MAXINT64, number, NULL);
}

static Owner
find_owner (const char            *tag,
            const SrProcessOrigin *here)
{
  g_auto (SrProcessOrigin) owner = { 0 };
  g_auto (GStrv)           parts = g_strsplit (tag, "-", 7);
  guint64                  pid;

  if (g_strv_length (parts) < 6 || !read_number (parts[2], &owner.pid_namespace) ||
      !read_number (parts[3], &pid) || !read_number (parts[4], &owner.start))
    return OWNER_OTHER;
  owner.is_known = TRUE;
  owner.machine = take_whole (parts[0], here->machine, MACHINE_LETTERS);
  owner.boot = take_whole (parts[1], here->boot, BOOT_LETTERS);
  owner.pid = (gint64) pid;
  if (sr_process_origin_is_gone (&owner, here))
    return OWNER_GONE;
  return here->is_known && strcmp (owner.machine, here->machine) == 0 &&
                 strcmp (owner.boot, here->boot) == 0 &&
                 owner.pid_namespace == here->pid_namespace && owner.pid == here->pid
             ? OWNER_SELF
             : OWNER_OTHER;
}

void
sr_leftover_sweep (int              folder_fd,
                   const char      *prefix,
                   SrLeftoverRemove remove,
                   GPtrArray       *others)
{
  g_auto (SrProcessOrigin) here = { 0 };
  g_autoptr (GPtrArray)    found = g_ptr_array_new_with_free_func (g_free);
  int                      fd = openat (folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR                     *dir = fd >= 0 ? fdopendir (fd) : NULL;
  struct dirent           *entry;

  if (dir == NULL && fd >= 0)
    close (fd);
  if (dir == NULL)
    return;
  /* first all names, since a listing need not bear removals */
  while ((entry = readdir (dir)) != NULL)
    if (g_str_has_prefix (entry->d_name, prefix))
      g_ptr_array_add (found, g_strdup (entry->d_name));
  closedir (dir);
  if (found->len > 0)
    sr_process_origin_init_self (&here, PURPOSE);
  for (guint i = 0; i < found->len; i++)
    {
      const char *name = g_ptr_array_index (found, i);
      Owner       owner = find_owner (name + strlen (prefix), &here);
      gboolean    stays = owner == OWNER_OTHER;

      if (owner == OWNER_GONE && remove != NULL)
        stays = !remove (folder_fd, name);
      if (stays && others != NULL)
        g_ptr_array_add (others, g_strdup (name));
    }
}

void
sr_leftover_clean (int              folder_fd,
                   const char      *prefix,
                   SrLeftoverRemove remove,
                   const char      *shown)
{
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func (g_free);

  sr_leftover_sweep (folder_fd, prefix, remove, others);
  for (guint i = 0; i < others->len; i++)
    {
      g_autofree char *name = g_filename_display_name (g_ptr_array_index (others, i));

      g_message (
          "“%s” lies beside “%s”: another program is at work there, or broke off. If none is, "
          "it can be removed",
          name, shown);
    }
}

gboolean
sr_leftover_keep (int         folder_fd,
                  const char *name)
{
  return FALSE;
}

gboolean
sr_leftover_unlink (int         folder_fd,
                    const char *name)
{
  return unlinkat (folder_fd, name, 0) == 0 || errno == ENOENT;
}
