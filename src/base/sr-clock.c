/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-base"

#include "config.h"

#include "base/sr-clock.h"

#include "base/sr-error.h"

#include <time.h>

struct _SrClock
{
  gatomicrefcount refs;
  GMutex          lock;
  gint64          wall_ns;      /* under lock */
  gint64          monotonic_us; /* under lock */
};

SrClock *
sr_clock_new_fake (gint64 unix_ns)
{
  SrClock *self = g_new0 (SrClock, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  self->wall_ns = unix_ns;
  self->monotonic_us = G_USEC_PER_SEC;
  return self;
}

SrClock *
sr_clock_ref (SrClock *self)
{
  if (self != NULL)
    g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
sr_clock_unref (SrClock *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
sr_clock_advance (SrClock *self,
                  gint64   wall_ns,
                  gint64   monotonic_us)
{
  g_return_if_fail (self != NULL && monotonic_us >= 0);

  g_mutex_lock (&self->lock);
  self->wall_ns += wall_ns;
  self->monotonic_us += monotonic_us;
  g_mutex_unlock (&self->lock);
}

gint64
sr_clock_now_ns (SrClock *self)
{
  struct timespec now;
  gint64          result;

  if (self == NULL)
    {
      clock_gettime (CLOCK_REALTIME, &now);
      return (gint64) now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
    }
  g_mutex_lock (&self->lock);
  result = self->wall_ns;
  g_mutex_unlock (&self->lock);
  return result;
}

gint64
sr_clock_monotonic_us (SrClock *self)
{
  gint64 result;

  if (self == NULL)
    return g_get_monotonic_time ();
  g_mutex_lock (&self->lock);
  result = self->monotonic_us;
  g_mutex_unlock (&self->lock);
  return result;
}

/* The system's clock: waits on the cancellable itself, so that a cancel ends the sleep at once. */
static gboolean
sleep_real (gint64        us,
            GCancellable *cancellable,
            GError      **error)
{
  gint64   end = g_get_monotonic_time () + us;
  GPollFD  poll_fd;
  gboolean polled = cancellable != NULL && g_cancellable_make_pollfd (cancellable, &poll_fd);

  while (!g_cancellable_is_cancelled (cancellable))
    {
      gint64 left = end - g_get_monotonic_time ();

      if (left <= 0)
        break;
      if (polled)
        g_poll (&poll_fd, 1, (gint) MIN ((left + 999) / 1000, G_MAXINT));
      else
        g_usleep ((gulong) MIN (left, cancellable != NULL ? 50000 : left));
    }
  if (polled)
    g_cancellable_release_fd (cancellable);
  return !sr_check_cancelled (cancellable, error);
}

gboolean
sr_clock_sleep (SrClock      *self,
                gint64        us,
                GCancellable *cancellable,
                GError      **error)
{
  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  if (us <= 0)
    return TRUE;
  if (self == NULL)
    return sleep_real (us, cancellable, error);
  sr_clock_advance (self, us * 1000, us);
  return TRUE;
}
