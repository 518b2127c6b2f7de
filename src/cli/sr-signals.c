/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-signals.h"

#include <pthread.h>
#include <signal.h>

static pthread_t     waiter;
static gboolean      running;
static GCancellable *to_cancel;
static gint          stopping; /* atomic */

/* A thread that takes the signals as they come: no handler interrupts anything. */
static gpointer
wait_for_signals (gpointer data)
{
  sigset_t *set = data;
  int       number;

  while (!g_atomic_int_get (&stopping))
    if (sigwait (set, &number) == 0 && !g_atomic_int_get (&stopping))
      g_cancellable_cancel (to_cancel);
  return NULL;
}

/* A shell starts what runs in the background with SIGINT ignored, and means it. */
static gboolean
is_ignored (int number)
{
  struct sigaction action;

  return sigaction (number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

void
sr_signals_start (GCancellable *cancellable)
{
  static sigset_t set;

  g_return_if_fail (!running);
  sigemptyset (&set);
  if (!is_ignored (SIGINT))
    sigaddset (&set, SIGINT);
  sigaddset (&set, SIGTERM);
  signal (SIGHUP, SIG_IGN);
  signal (SIGPIPE, SIG_IGN);
  pthread_sigmask (SIG_BLOCK, &set, NULL);
  to_cancel = g_object_ref (cancellable);
  g_atomic_int_set (&stopping, 0);
  running = pthread_create (&waiter, NULL, wait_for_signals, &set) == 0;
}

void
sr_signals_stop (void)
{
  if (!running)
    return;
  g_atomic_int_set (&stopping, 1);
  /* Only to that thread, which waits for it and nothing else. */
  pthread_kill (waiter, SIGTERM);
  pthread_join (waiter, NULL);
  running = FALSE;
  g_clear_object (&to_cancel);
}
