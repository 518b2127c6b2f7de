/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-base"

#include "config.h"

#include <pwd.h>
#include <unistd.h>

#include "base/sr-user.h"

/* Longer entries of the user database are not looked at. */
#define MAX_ENTRY (64 * 1024)

static gpointer
find_name (gpointer data)
{
  g_autofree char *buffer = g_malloc (MAX_ENTRY);
  struct passwd    entry;
  struct passwd   *found = NULL;

  if (getpwuid_r (getuid (), &entry, buffer, MAX_ENTRY, &found) == 0 && found != NULL &&
      found->pw_name[0] != '\0')
    return g_utf8_make_valid (found->pw_name, -1);
  return g_strdup_printf ("%u", (guint) getuid ());
}

const char *
sr_get_user_name (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, find_name, NULL);
}
