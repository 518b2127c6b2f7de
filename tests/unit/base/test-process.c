/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "base/sr-process.h"
#include "sr-test-util.h"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static SrProcess *
spawn_shell (const char    *script,
             SrProcessFlags flags)
{
  const char *const  argv[] = { "sh", "-c", script, NULL };
  g_autoptr (GError) error = NULL;
  SrProcess         *process = sr_process_spawn (argv, NULL, flags, &error);

  g_assert_no_error (error);
  return process;
}

static char *
read_all (SrProcess *process)
{
  g_autoptr (GError) error = NULL;
  GString           *text = g_string_new (NULL);
  char               buffer[100];
  gssize             n;

  while ((n = sr_process_read (process, buffer, sizeof buffer, NULL, &error)) > 0)
    g_string_append_len (text, buffer, n);
  g_assert_no_error (error);
  return g_string_free (text, FALSE);
}

static void
test_output (void)
{
  g_autoptr (SrProcess) process = spawn_shell ("printf one; printf two", SR_PROCESS_STDOUT_PIPE);
  g_autofree char      *text = read_all (process);
  g_autoptr (GError)    error = NULL;

  g_assert_cmpstr (text, ==, "onetwo");
  g_assert_true (sr_process_wait (process, NULL, &error));
  g_assert_true (sr_process_wait (process, NULL, &error));
  g_assert_no_error (error);
}

static void
test_environment (void)
{
  const char *const     argv[] = { "sh", "-c", "printf %s \"$SR_A-$SR_B\"", NULL };
  const char *const     environment[] = { "SR_A=new=1", "SR_B=b", NULL };
  g_autoptr (GError)    error = NULL;
  g_autoptr (SrProcess) process = NULL;
  g_autofree char      *text = NULL;

  g_setenv ("SR_A", "old", TRUE);
  process = sr_process_spawn (argv, environment, SR_PROCESS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  text = read_all (process);
  g_assert_cmpstr (text, ==, "new=1-b");
  g_unsetenv ("SR_A");
}

static void
test_missing (void)
{
  const char *const  argv[] = { "strongroom-no-such-program", NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (sr_process_spawn (argv, NULL, SR_PROCESS_STDOUT_PIPE, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_NOT_FOUND));
  g_assert_nonnull (strstr (error->message, argv[0]));
}

static void
test_status (void)
{
  g_autoptr (SrProcess) process = spawn_shell ("printf 'bad\\033[1m \\377 luck\\n' >&2; exit 3", 0);
  g_autoptr (SrProcess) killed = spawn_shell ("kill -9 $$", 0);
  g_autoptr (GError)    error = NULL;

  g_assert_false (sr_process_wait (process, NULL, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_CHILD));
  g_assert_cmpstr (error->message, ==,
                   "“sh” ended with status 3: bad\xef\xbf\xbd[1m \xef\xbf\xbd luck");
  g_clear_error (&error);
  g_assert_false (sr_process_wait (process, NULL, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_CHILD));
  g_clear_error (&error);
  g_assert_false (sr_process_wait (killed, NULL, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_CHILD));
  g_assert_nonnull (strstr (error->message, "signal 9"));
}

static gpointer
feed (gpointer data)
{
  SrProcess         *process = data;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *block = g_malloc0 (100000);

  for (guint i = 0; i < 30; i++)
    g_assert_true (sr_process_write_all (process, block, 100000, NULL, &error));
  sr_process_close_stdin (process);
  return NULL;
}

/* The child floods all three pipes; nobody waits for anybody for ever. */
static void
test_flood (void)
{
  g_autoptr (SrProcess) process =
      spawn_shell ("head -c 1000000 /dev/zero | tr '\\0' e >&2; printf END >&2; exec cat",
                   SR_PROCESS_STDIN_PIPE | SR_PROCESS_STDOUT_PIPE);
  GThread           *thread = g_thread_new ("feed", feed, process);
  g_autoptr (GError) error = NULL;
  g_autofree char   *tail = NULL;
  g_autofree guint8 *buffer = g_malloc (65536);
  gsize              total = 0;
  gssize             n;

  while ((n = sr_process_read (process, buffer, 65536, NULL, &error)) > 0)
    total += (gsize) n;
  g_assert_no_error (error);
  g_assert_cmpuint (total, ==, 3000000);
  g_thread_join (thread);
  g_assert_true (sr_process_wait (process, NULL, &error));
  g_assert_no_error (error);
  tail = sr_process_get_stderr_tail (process);
  g_assert_cmpuint (strlen (tail), ==, 8192);
  g_assert_true (g_str_has_suffix (tail, "eeeEND"));
}

static void
test_long_complaint (void)
{
  g_autoptr (SrProcess) process =
      spawn_shell ("i=0; while [ $i -lt 500 ]; do echo line $i; i=$((i+1)); done >&2; exit 1", 0);
  g_autoptr (GError) error = NULL;

  g_assert_false (sr_process_wait (process, NULL, &error));
  g_assert_true (g_str_has_prefix (error->message, "“sh” ended with status 1: line "));
  g_assert_true (g_str_has_suffix (error->message, "line 499"));
  g_assert_cmpuint (strlen (error->message), <, 1600);
}

static void
test_broken_pipe (void)
{
  g_autoptr (SrProcess) process = spawn_shell ("exec <&-; echo gone; exit 4",
                                               SR_PROCESS_STDIN_PIPE | SR_PROCESS_STDOUT_PIPE);
  g_autofree char      *text = read_all (process);
  g_autoptr (GError)    error = NULL;

  g_assert_cmpstr (text, ==, "gone\n");
  g_assert_false (sr_process_write_all (process, "x", 1, NULL, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_CHILD));
  g_clear_error (&error);
  g_assert_false (sr_process_wait (process, NULL, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_CHILD));
}

static gpointer
cancel_it (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return NULL;
}

typedef enum
{
  IN_READ,
  IN_WRITE,
  IN_WAIT
} Where;

/* A child that would run for a day, and its own child with it: cancelling ends the call, freeing
 * ends them. */
static void
test_cancel (gconstpointer data)
{
  Where                    where = (Where) GPOINTER_TO_INT (data);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;
  g_autofree guint8       *big = g_malloc0 (1 << 20);
  char                     byte;
  SrProcess               *process;
  GThread                 *thread;

  process = spawn_shell ("sleep 86400 & echo $!; sleep 86400",
                         SR_PROCESS_STDIN_PIPE | SR_PROCESS_STDOUT_PIPE);
  g_assert_cmpint (sr_process_read (process, &byte, 1, NULL, &error), ==, 1);
  thread = g_thread_new ("cancel", cancel_it, cancellable);
  if (where == IN_READ)
    {
      char buffer[100];

      while (sr_process_read (process, buffer, sizeof buffer, cancellable, &error) > 0)
        continue;
    }
  else if (where == IN_WRITE)
    g_assert_false (sr_process_write_all (process, big, 1 << 20, cancellable, &error));
  else
    g_assert_false (sr_process_wait (process, cancellable, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_CANCELLED));
  g_thread_join (thread);
  sr_process_free (process);
}

/* Both hold the writing end of a FIFO, whose end is seen only when the last of them is gone. */
static void
test_free_kills_group (void)
{
  char            *dir = sr_test_mkdir ();
  g_autofree char *fifo = g_build_filename (dir, "fifo", NULL);
  g_autofree char *script =
      g_strdup_printf ("exec 9>'%s'; sleep 86400 & echo >&9; exec sleep 86400", fifo);
  SrProcess *process;
  char       buffer[10];
  int        fd;

  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  process = spawn_shell (script, 0);
  fd = open (fifo, O_RDONLY | O_CLOEXEC);
  g_assert_cmpint (read (fd, buffer, sizeof buffer), ==, 1);
  sr_process_free (process);
  g_assert_cmpint (read (fd, buffer, sizeof buffer), ==, 0);
  close (fd);
  sr_test_rmdir (dir);
}

/* A daemon left behind holds standard error open; waiting for the child does not wait for it. */
static void
test_daemon_left_behind (void)
{
  g_autoptr (SrProcess) process =
      spawn_shell ("sleep 86400 & echo $!; echo said >&2; exit 0", SR_PROCESS_STDOUT_PIPE);
  g_autoptr (GError) error = NULL;
  g_autofree char   *tail = NULL;
  char               number[32] = "";

  g_assert_cmpint (sr_process_read (process, number, sizeof number - 1, NULL, &error), >, 0);
  g_assert_true (sr_process_wait (process, NULL, &error));
  g_assert_no_error (error);
  tail = sr_process_get_stderr_tail (process);
  g_assert_cmpstr (tail, ==, "said\n");
  g_assert_cmpint (kill (atoi (number), SIGKILL), ==, 0);
}

/* On a terminal of its own: the child that could not be started does not keep it. */
static void
test_missing_on_terminal (void)
{
  const char *const argv[] = { "/no/such/program", NULL };
  int               master;
  int               status;
  pid_t             pid = forkpty (&master, NULL, NULL, NULL);

  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      SrProcess *process = sr_process_spawn (argv, NULL, SR_PROCESS_STDIN_INHERIT, NULL);

      _exit (process == NULL && tcgetpgrp (STDIN_FILENO) == getpgrp () ? 0 : 1);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
  close (master);
}

/* Nothing but the three reaches the child, not even what was opened without O_CLOEXEC; no signal
 * stays ignored. */
static void
test_inherits_little (void)
{
  guint64               ignored;
  int                   leak = open ("/dev/null", O_RDONLY);
  g_autoptr (SrProcess) process = NULL;
  g_autofree char      *text = NULL;
  g_autofree char      *script = g_strdup_printf (
           "if [ -e /proc/self/fd/%d ]; then echo leaked; fi; grep SigIgn /proc/self/status", leak);

  signal (SIGHUP, SIG_IGN);
  process = spawn_shell (script, SR_PROCESS_STDOUT_PIPE);
  text = read_all (process);
  g_assert_true (g_str_has_prefix (text, "SigIgn:\t"));
  ignored = g_ascii_strtoull (text + strlen ("SigIgn:\t"), NULL, 16);
  /* 32 and 33 belong to the C library. */
  g_assert_cmpuint (ignored & G_MAXINT32, ==, 0);
  signal (SIGHUP, SIG_DFL);
  close (leak);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/process/output", test_output);
  g_test_add_func ("/base/process/environment", test_environment);
  g_test_add_func ("/base/process/missing", test_missing);
  g_test_add_func ("/base/process/status", test_status);
  g_test_add_func ("/base/process/flood", test_flood);
  g_test_add_func ("/base/process/long-complaint", test_long_complaint);
  g_test_add_func ("/base/process/broken-pipe", test_broken_pipe);
  g_test_add_data_func ("/base/process/cancel/read", GINT_TO_POINTER (IN_READ), test_cancel);
  g_test_add_data_func ("/base/process/cancel/write", GINT_TO_POINTER (IN_WRITE), test_cancel);
  g_test_add_data_func ("/base/process/cancel/wait", GINT_TO_POINTER (IN_WAIT), test_cancel);
  g_test_add_func ("/base/process/free-kills-group", test_free_kills_group);
  g_test_add_func ("/base/process/daemon-left-behind", test_daemon_left_behind);
  g_test_add_func ("/base/process/missing-on-terminal", test_missing_on_terminal);
  g_test_add_func ("/base/process/inherits-little", test_inherits_little);
  return g_test_run ();
}
