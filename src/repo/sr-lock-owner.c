/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/sr-digest.h"
#include "repo/sr-json-writer.h"
#include "repo/sr-lock-owner.h"

/* Inodes of the namespaces that a machine begins with (PROC_PID_INIT_INO and PROC_UTS_INIT_INO of
 * the kernel, include/linux/proc_ns.h). */
#define FIRST_PID_NAMESPACE 0xEFFFFFFCu
#define FIRST_UTS_NAMESPACE 0xEFFFFFFEu

/* The start of a process is known to the second, and rounded. */
#define START_SLACK 2

#define MAX_PID (1 << 30)

static guint64
get_namespace (const char *path)
{
  struct stat st;

  return stat (path, &st) == 0 ? st.st_ino : 0;
}

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
get_machine (void)
{
  g_autofree char *id = read_line ("/etc/machine-id");
  g_autofree char *salted = NULL;
  char             hex[SR_ID_HEX_SIZE];
  SrId             digest;

  if (*id == '\0')
    return g_strdup ("");
  salted = g_strdup_printf ("strongroom lock %s", id);
  sr_sha256 (salted, strlen (salted), &digest);
  sr_id_to_hex (&digest, hex);
  return g_strndup (hex, 32);
}

/* Returns: whether the process can be looked at; @start: in ticks since the boot */
static gboolean
get_start (gint64   pid,
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

/* Returns: seconds since 1970 at which the machine began to run, 0 if unknown */
static guint64
get_boot_time (void)
{
  g_autofree char *text = NULL;
  const char      *line;

  if (!g_file_get_contents ("/proc/stat", &text, NULL, NULL))
    return 0;
  line = strstr (text, "\nbtime ");
  return line != NULL ? g_ascii_strtoull (line + strlen ("\nbtime "), NULL, 10) : 0;
}

void
sr_lock_owner_init_self (SrLockOwner *self)
{
  memset (self, 0, sizeof *self);
  self->hostname = g_strdup (g_get_host_name ());
  self->pid = getpid ();
  self->machine = get_machine ();
  self->boot = read_line ("/proc/sys/kernel/random/boot_id");
  self->pid_namespace = get_namespace ("/proc/self/ns/pid");
  self->has_origin = *self->boot != '\0' && self->pid_namespace != 0 &&
                     get_start (self->pid, &self->start);
}

void
sr_lock_owner_clear (SrLockOwner *self)
{
  g_free (self->hostname);
  g_free (self->machine);
  g_free (self->boot);
  memset (self, 0, sizeof *self);
}

/* Signal 0 is none: it only asks. Another person's process answers EPERM. */
static gboolean
is_gone (gint64 pid)
{
  return kill ((pid_t) pid, 0) != 0 && errno == ESRCH;
}

/* In a sandbox that has the host's name but numbers processes itself, no number of another's lock
 * means anything. A container with a name of its own is a host of its own. */
static gboolean
numbers_are_of_the_host (void)
{
  return get_namespace ("/proc/self/ns/pid") == FIRST_PID_NAMESPACE ||
         get_namespace ("/proc/self/ns/uts") != FIRST_UTS_NAMESPACE;
}

/* restic's lock: all there is to go by is that a process that began after the lock was written is
 * not the one that wrote it. */
static gboolean
is_dead_by_time (gint64        pid,
                 const SrTime *written)
{
  guint64 boot = get_boot_time ();
  guint64 start;
  gint64  began;

  if (!numbers_are_of_the_host ())
    return FALSE;
  if (is_gone (pid))
    return TRUE;
  if (boot == 0 || !get_start (pid, &start))
    return FALSE;
  began = (gint64) (boot + start / (guint64) sysconf (_SC_CLK_TCK));
  return began > (gint64) written->ts.tv_sec + START_SLACK;
}

static gboolean
is_dead_by_origin (const SrLockOwner *self,
                   const SrLockOwner *here)
{
  guint64 start;

  if (strcmp (self->machine, here->machine) != 0)
    return FALSE;
  if (strcmp (self->boot, here->boot) != 0)
    return *self->machine != '\0';
  if (self->pid_namespace != here->pid_namespace)
    return FALSE;
  if (is_gone (self->pid))
    return TRUE;
  return get_start (self->pid, &start) && start != self->start;
}

gboolean
sr_lock_owner_is_dead (const SrLockOwner *self,
                       const SrTime      *written)
{
  g_auto (SrLockOwner) here = { 0 };

  sr_lock_owner_init_self (&here);
  if (g_strcmp0 (self->hostname, here.hostname) != 0 || self->pid < 1 || self->pid > MAX_PID)
    return FALSE;
  if (self->has_origin)
    return here.has_origin && is_dead_by_origin (self, &here);
  return is_dead_by_time (self->pid, written);
}

void
sr_lock_owner_append_origin (const SrLockOwner *self,
                             GString           *json)
{
  g_string_append (json, "\"strongroom\":{\"machine\":");
  sr_json_append_string (json, self->machine, -1);
  g_string_append (json, ",\"boot\":");
  sr_json_append_string (json, self->boot, -1);
  g_string_append_printf (
      json, ",\"pid_namespace\":%" G_GUINT64_FORMAT ",\"start\":%" G_GUINT64_FORMAT "}",
      self->pid_namespace, self->start);
}

gboolean
sr_lock_owner_read_origin (SrLockOwner  *self,
                           SrJsonReader *reader,
                           GError      **error)
{
  int more;

  if (!sr_json_reader_expect (reader, SR_JSON_OBJECT_BEGIN, "strongroom", error))
    return FALSE;
  while ((more = sr_json_reader_next_member (reader, error)) > 0)
    {
      gboolean ok;

      if (sr_json_reader_text_is (reader, "machine"))
        ok = sr_json_reader_read_string (reader, "machine", &self->machine, error);
      else if (sr_json_reader_text_is (reader, "boot"))
        ok = sr_json_reader_read_string (reader, "boot", &self->boot, error);
      else if (sr_json_reader_text_is (reader, "pid_namespace"))
        ok = sr_json_reader_read_uint64 (reader, "pid_namespace", G_MAXUINT64,
                                         &self->pid_namespace, error);
      else if (sr_json_reader_text_is (reader, "start"))
        ok = sr_json_reader_read_uint64 (reader, "start", G_MAXUINT64, &self->start, error);
      else
        ok = sr_json_reader_skip (reader, error);
      if (!ok)
        return FALSE;
    }
  self->has_origin = self->machine != NULL && self->boot != NULL;
  return more == 0;
}
