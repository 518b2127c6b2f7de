/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sr-process-origin.h"
#include "repo/sr-json-writer.h"
#include "repo/sr-lock-owner.h"

/* Inodes of the namespaces that a machine begins with (PROC_PID_INIT_INO and PROC_UTS_INIT_INO of
 * the kernel, include/linux/proc_ns.h). */
#define FIRST_PID_NAMESPACE 0xEFFFFFFCu
#define FIRST_UTS_NAMESPACE 0xEFFFFFFEu

/* The start of a process is known to the second, and rounded. */
#define START_SLACK 2

#define MAX_PID (1 << 30)

#define PURPOSE "lock"

static guint64
get_namespace (const char *path)
{
  struct stat st;

  return stat (path, &st) == 0 ? st.st_ino : 0;
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
  sr_process_origin_init_self (&self->origin, PURPOSE);
}

void
sr_lock_owner_clear (SrLockOwner *self)
{
  g_free (self->hostname);
  sr_process_origin_clear (&self->origin);
  memset (self, 0, sizeof *self);
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
  if (sr_process_is_gone (pid))
    return TRUE;
  if (boot == 0 || !sr_process_get_start (pid, &start))
    return FALSE;
  began = (gint64) (boot + start / (guint64) sysconf (_SC_CLK_TCK));
  return began > (gint64) written->ts.tv_sec + START_SLACK;
}

gboolean
sr_lock_owner_is_dead (const SrLockOwner *self,
                       const SrTime      *written)
{
  g_auto (SrProcessOrigin) here = { 0 };

  if (g_strcmp0 (self->hostname, g_get_host_name ()) != 0 || self->origin.pid < 1 ||
      self->origin.pid > MAX_PID)
    return FALSE;
  if (!self->origin.is_known)
    return is_dead_by_time (self->origin.pid, written);
  sr_process_origin_init_self (&here, PURPOSE);
  return sr_process_origin_is_gone (&self->origin, &here);
}

void
sr_lock_owner_append_origin (const SrLockOwner *self,
                             GString           *json)
{
  g_string_append (json, "\"strongroom\":{\"machine\":");
  sr_json_append_string (json, self->origin.machine, -1);
  g_string_append (json, ",\"boot\":");
  sr_json_append_string (json, self->origin.boot, -1);
  g_string_append_printf (
      json, ",\"pid_namespace\":%" G_GUINT64_FORMAT ",\"start\":%" G_GUINT64_FORMAT "}",
      self->origin.pid_namespace, self->origin.start);
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
        ok = sr_json_reader_read_string (reader, "machine", &self->origin.machine, error);
      else if (sr_json_reader_text_is (reader, "boot"))
        ok = sr_json_reader_read_string (reader, "boot", &self->origin.boot, error);
      else if (sr_json_reader_text_is (reader, "pid_namespace"))
        ok = sr_json_reader_read_uint64 (reader, "pid_namespace", G_MAXUINT64,
                                         &self->origin.pid_namespace, error);
      else if (sr_json_reader_text_is (reader, "start"))
        ok = sr_json_reader_read_uint64 (reader, "start", G_MAXUINT64, &self->origin.start, error);
      else
        ok = sr_json_reader_skip (reader, error);
      if (!ok)
        return FALSE;
    }
  self->origin.is_known = self->origin.machine != NULL && self->origin.boot != NULL;
  return more == 0;
}
