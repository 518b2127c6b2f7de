/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-process-origin.h"

#include <gio/gio.h>
#include <unistd.h>

#define PURPOSE "test"

/* The number of a process that has ended. */
static gint64
find_dead_pid (void)
{
  g_autoptr (GError)      error = NULL;
  g_autoptr (GSubprocess) child =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE, &error, "cat", NULL);
  gint64 pid;

  g_assert_no_error (error);
  pid = g_ascii_strtoll (g_subprocess_get_identifier (child), NULL, 10);
  g_assert_false (sr_process_is_gone (pid));
  g_subprocess_force_exit (child);
  g_assert_true (g_subprocess_wait (child, NULL, &error));
  return pid;
}

static void
test_self (void)
{
  g_auto (SrProcessOrigin) self = { 0 };
  g_auto (SrProcessOrigin) here = { 0 };
  gint64                   dead = find_dead_pid ();
  gint64                   pid;

  sr_process_origin_init_self (&self, PURPOSE);
  sr_process_origin_init_self (&here, PURPOSE);
  g_assert_true (self.is_known);
  pid = self.pid;
  g_assert_cmpint (pid, ==, getpid ());
  g_assert_false (sr_process_origin_is_gone (&self, &here));
  /* the number was used again */
  self.start++;
  g_assert_true (sr_process_origin_is_gone (&self, &here));
  self.start--;
  self.pid = dead;
  g_assert_true (sr_process_origin_is_gone (&self, &here));
  /* numbers of another sandbox or machine mean nothing */
  self.pid_namespace++;
  g_assert_false (sr_process_origin_is_gone (&self, &here));
  self.pid_namespace--;
  self.machine[0] ^= 1;
  g_assert_false (sr_process_origin_is_gone (&self, &here));
  self.machine[0] ^= 1;
  /* the machine was started anew */
  self.pid = pid;
  self.boot[0] ^= 1;
  g_assert_true (sr_process_origin_is_gone (&self, &here));
  self.is_known = FALSE;
  g_assert_false (sr_process_origin_is_gone (&self, &here));
}

static void
test_purpose (void)
{
  g_auto (SrProcessOrigin) one = { 0 };
  g_auto (SrProcessOrigin) other = { 0 };

  sr_process_origin_init_self (&one, PURPOSE);
  sr_process_origin_init_self (&other, "another");
  if (*one.machine == '\0')
    g_test_skip ("this machine has no id");
  else
    g_assert_cmpstr (one.machine, !=, other.machine);
}

static void
test_odd_numbers (void)
{
  static const gint64 odd[] = { 0, -1, G_MAXINT64, G_MININT64 };

  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_auto (SrProcessOrigin) self = { 0 };
      g_auto (SrProcessOrigin) here = { 0 };

      sr_process_origin_init_self (&self, PURPOSE);
      sr_process_origin_init_self (&here, PURPOSE);
      self.pid = odd[i];
      g_assert_false (sr_process_origin_is_gone (&self, &here));
      g_assert_false (sr_process_is_gone (odd[i]));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/process-origin/self", test_self);
  g_test_add_func ("/process-origin/purpose", test_purpose);
  g_test_add_func ("/process-origin/odd-numbers", test_odd_numbers);
  return g_test_run ();
}
