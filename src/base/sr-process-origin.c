/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-base"

#include "config.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sr-process-origin.h"

#define MACHINE_LETTERS 32
#define MAX_PID         (1 << 30)

/* Returns: (transfer full): the first line of a small file, "" if it cannot be read */
static char *
read_line (const char *path)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return g_strdup ("");
  text[strcspn (text, "\r\n")] = '\0';
  return g_steal_pointer (&text);
}

/* The id itself is not for others to see (machine-id(5)). */
static char *
get_machine (const char *purpose)
{
  g_autofree char *id = read_line ("/etc/machine-id");
  g_autofree char *salted = NULL;
  g_autofree char *digest = NULL;

  if (*id == '\0')
    return g_strdup ("");
  salted = g_strdup_printf ("strongroom %s %s", purpose, id);
  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, salted, -1);
  return g_strndup (digest, MACHINE_LETTERS);
}

static guint64
get_pid_namespace (void)
{
  struct stat st;

  return stat ("/proc/self/ns/pid", &st) == 0 ? st.st_ino : 0;
}

gboolean
sr_process_get_start (gint64   pid,
                      guint64 *start)
{
  g_autofree char *path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/stat", pid);
  g_autofree char *text = NULL;
  const char      *at;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  /* The name, field 2, may hold anything; the start is field 22 (proc(5)). */
  at = strrchr (text, ')');
  for (int field = 2; at != NULL && field < 22; field++)
    {
      at = strchr (at, ' ');
      if (at != NULL)
        at++;
    }
  if (at == NULL)
    return FALSE;
  *start = g_ascii_strtoull (at, NULL, 10);
  return TRUE;
}

/* Signal 0 is none: it only asks. Another person's process answers EPERM. */
gboolean
sr_process_is_gone (gint64 pid)
{
  return pid > 0 && pid <= MAX_PID && kill ((pid_t) pid, 0) != 0 && errno == ESRCH;
}

void
sr_process_origin_init_self (SrProcessOrigin *self,
                             const char      *purpose)
{
  memset (self, 0, sizeof *self);
  self->pid = getpid ();
  self->machine = get_machine (purpose);
  self->boot = read_line ("/proc/sys/kernel/random/boot_id");
  self->pid_namespace = get_pid_namespace ();
  self->is_known = *self->boot != '\0' && self->pid_namespace != 0 &&
                   sr_process_get_start (self->pid, &self->start);
}

void
sr_process_origin_clear (SrProcessOrigin *self)
{
  g_free (self->machine);
  g_free (self->boot);
  memset (self, 0, sizeof *self);
}

gboolean
sr_process_origin_is_gone (const SrProcessOrigin *self,
                           const SrProcessOrigin *here)
{
  guint64 start;

  if (!self->is_known || !here->is_known || self->pid < 1 || self->pid > MAX_PID ||
      g_strcmp0 (self->machine, here->machine) != 0)
    return FALSE;
  if (g_strcmp0 (self->boot, here->boot) != 0)
    return *self->machine != '\0';
  if (self->pid_namespace != here->pid_namespace)
    return FALSE;
  if (sr_process_is_gone (self->pid))
    return TRUE;
  return sr_process_get_start (self->pid, &start) && start != self->start;
}
