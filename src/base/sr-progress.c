/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-base"

#include "config.h"

#include "base/sr-progress.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>

#define NOTIFY_INTERVAL_US 100000
#define SMOOTHING_US       3000000.0
#define NAME_SIZE          4096

typedef struct
{
  guint64 bytes_done;
  guint64 bytes_total;
  guint64 items_done;
  guint64 items_total;
} Counts;

/* What all steps of one tree share; owned by the root, which every step keeps alive through its
 * parents. */
typedef struct
{
  SrProgress *root;
  SrClock    *clock; /* set before use by several threads */

  GMutex                 lock;      /* the tree of steps, and all down to the next comment */
  Counts                 kept;      /* of the last reporter, when that one is gone */
  const SrProgress      *rate_step; /* compared, never followed */
  guint64                rate_bytes;
  gint64                 rate_time_us;
  double                 rate;
  _Atomic (SrProgress *) last; /* written by any thread; followed and cleared under lock only */

  GMutex name_lock;
  char   name[NAME_SIZE]; /* raw bytes, under name_lock */

  _Atomic gint64 due_us;
  GMutex         notify_lock; /* held while the callback runs */
  SrProgressFunc notify;
  gpointer       notify_data;
  GDestroyNotify notify_destroy;
  gboolean       closed; /* the last notification went out */
} Shared;

struct _SrProgress
{
  GObject parent_instance;

  SrProgress *parent; /* (owned); NULL for the root */
  Shared     *shared; /* the root's */
  char       *phase;
  double      share; /* of the parent's work */

  _Atomic guint64 bytes_done;
  _Atomic guint64 bytes_total;
  _Atomic guint64 items_done;
  _Atomic guint64 items_total;
  _Atomic int     estimating;
  _Atomic int     finished;

  /* under shared->lock */
  GPtrArray *steps; /* (nullable) (element-type SrProgress): not owned; those still running */
  double     done;  /* share of the steps that are over */
  double     shown; /* largest fraction ever answered */
};

G_DEFINE_FINAL_TYPE (SrProgress, sr_progress, G_TYPE_OBJECT)

static void
shared_free (Shared *shared)
{
  if (shared->notify_destroy != NULL)
    shared->notify_destroy (shared->notify_data);
  sr_clock_unref (shared->clock);
  g_mutex_clear (&shared->notify_lock);
  g_mutex_clear (&shared->name_lock);
  g_mutex_clear (&shared->lock);
  g_free (shared);
}

static double
ratio (guint64 done,
       guint64 total)
{
  return done >= total ? 1.0 : (double) done / (double) total;
}

/* Called with the lock held. */
static double
get_fraction (SrProgress *self)
{
  guint64 bytes = self->bytes_total;
  guint64 items = self->items_total;
  double  sum = self->done;

  if (self->finished)
    return 1.0;
  if (self->steps == NULL)
    return bytes > 0   ? ratio (self->bytes_done, bytes)
           : items > 0 ? ratio (self->items_done, items)
                       : 0.0;
  for (guint i = 0; i < self->steps->len; i++)
    {
      SrProgress *step = g_ptr_array_index (self->steps, i);

      sum += step->share * get_fraction (step);
    }
  return MIN (sum, 1.0);
}

/* Called with the lock held. */
static gboolean
is_estimating (SrProgress *self)
{
  if (self->finished)
    return FALSE;
  if (self->steps == NULL)
    return self->estimating || (self->bytes_total == 0 && self->items_total == 0);
  for (guint i = 0; i < self->steps->len; i++)
    if (is_estimating (g_ptr_array_index (self->steps, i)))
      return TRUE;
  return FALSE;
}

static Counts
get_counts (SrProgress *self)
{
  return (Counts){ self->bytes_done, self->bytes_total, self->items_done, self->items_total };
}

/* Called with the lock held. The step is over: what it did counts as done, the whole of it when it
 * was finished. */
static void
leave_parent (SrProgress *self)
{
  GPtrArray *siblings = self->parent->steps;

  if (g_ptr_array_remove (siblings, self))
    self->parent->done += self->share * get_fraction (self);
}

static void
sr_progress_finalize (GObject *object)
{
  SrProgress *self = SR_PROGRESS (object);
  Shared     *shared = self->shared;

  if (self->parent != NULL)
    {
      SrProgress *expected = self;

      g_mutex_lock (&shared->lock);
      leave_parent (self);
      if (atomic_compare_exchange_strong (&shared->last, &expected, NULL))
        shared->kept = get_counts (self);
      g_mutex_unlock (&shared->lock);
      g_object_unref (self->parent);
    }
  else
    shared_free (shared);
  g_clear_pointer (&self->steps, g_ptr_array_unref);
  g_free (self->phase);
  G_OBJECT_CLASS (sr_progress_parent_class)->finalize (object);
}

static void
sr_progress_class_init (SrProgressClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_progress_finalize;
}

static void
sr_progress_init (SrProgress *self)
{
}

SrProgress *
sr_progress_new (void)
{
  SrProgress *self = g_object_new (SR_TYPE_PROGRESS, NULL);
  Shared     *shared = g_new0 (Shared, 1);

  g_mutex_init (&shared->lock);
  g_mutex_init (&shared->name_lock);
  g_mutex_init (&shared->notify_lock);
  shared->root = self;
  shared->due_us = G_MININT64;
  self->shared = shared;
  self->share = 1.0;
  return self;
}

void
sr_progress_set_clock (SrProgress *self,
                       SrClock    *clock)
{
  g_return_if_fail (SR_IS_PROGRESS (self) && self->parent == NULL);

  sr_clock_unref (self->shared->clock);
  self->shared->clock = sr_clock_ref (clock);
}

SrProgress *
sr_progress_step (SrProgress *self,
                  double      weight,
                  double      total_weight,
                  const char *phase)
{
  SrProgress *step;

  if (self == NULL)
    return NULL;
  step = g_object_new (SR_TYPE_PROGRESS, NULL);
  step->parent = g_object_ref (self);
  step->shared = self->shared;
  step->phase = g_strdup (phase);
  step->share = total_weight > 0.0 ? CLAMP (weight / total_weight, 0.0, 1.0) : 0.0;

  g_mutex_lock (&self->shared->lock);
  if (self->steps == NULL)
    self->steps = g_ptr_array_new ();
  g_ptr_array_add (self->steps, step);
  atomic_store (&self->shared->last, step);
  g_mutex_unlock (&self->shared->lock);
  return step;
}

/* The coarse clock costs a few nanoseconds, so that it may be asked with every file and blob. */
static gint64
get_now_us (Shared *shared)
{
  struct timespec now;

  if (shared->clock != NULL)
    return sr_clock_monotonic_us (shared->clock);
  clock_gettime (CLOCK_MONOTONIC_COARSE, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
notify_if_due (Shared *shared)
{
  gint64 now = get_now_us (shared);
  gint64 due = atomic_load_explicit (&shared->due_us, memory_order_relaxed);

  if (now < due ||
      !atomic_compare_exchange_strong (&shared->due_us, &due, now + NOTIFY_INTERVAL_US))
    return;
  /* A callback that takes long is not joined by a second one. */
  if (!g_mutex_trylock (&shared->notify_lock))
    return;
  if (shared->notify != NULL && !shared->closed)
    shared->notify (shared->root, shared->notify_data);
  g_mutex_unlock (&shared->notify_lock);
}

static void
note_reporter (SrProgress *self)
{
  if (atomic_load_explicit (&self->shared->last, memory_order_relaxed) != self)
    atomic_store (&self->shared->last, self);
}

void
sr_progress_set_totals (SrProgress *self,
                        guint64     bytes,
                        guint64     items,
                        gboolean    estimating)
{
  if (self == NULL || self->finished)
    return;
  self->bytes_total = bytes;
  self->items_total = items;
  self->estimating = estimating;
  note_reporter (self);
  notify_if_due (self->shared);
}

void
sr_progress_add (SrProgress *self,
                 guint64     bytes,
                 guint64     items)
{
  if (self == NULL || self->finished)
    return;
  if (bytes > 0)
    atomic_fetch_add_explicit (&self->bytes_done, bytes, memory_order_relaxed);
  if (items > 0)
    atomic_fetch_add_explicit (&self->items_done, items, memory_order_relaxed);
  note_reporter (self);
  notify_if_due (self->shared);
}

void
sr_progress_set_current (SrProgress *self,
                         const char *name)
{
  Shared *shared;

  if (self == NULL || self->finished)
    return;
  shared = self->shared;
  note_reporter (self);
  /* Another thread that names its file at the same moment is as good. */
  if (g_mutex_trylock (&shared->name_lock))
    {
      gsize length = name != NULL ? strnlen (name, sizeof shared->name - 1) : 0;

      memcpy (shared->name, name != NULL ? name : "", length);
      shared->name[length] = '\0';
      g_mutex_unlock (&shared->name_lock);
    }
  notify_if_due (shared);
}

static void
finish_root (SrProgress *self)
{
  Shared *shared = self->shared;

  g_mutex_lock (&shared->notify_lock);
  if (!shared->closed && shared->notify != NULL)
    shared->notify (self, shared->notify_data);
  shared->closed = TRUE;
  g_mutex_unlock (&shared->notify_lock);
}

void
sr_progress_finish (SrProgress *self)
{
  if (self == NULL || atomic_exchange (&self->finished, 1) != 0)
    return;
  if (self->parent == NULL)
    {
      finish_root (self);
      return;
    }
  g_mutex_lock (&self->shared->lock);
  leave_parent (self);
  g_mutex_unlock (&self->shared->lock);
  notify_if_due (self->shared);
}

void
sr_progress_set_notify (SrProgress    *self,
                        SrProgressFunc func,
                        gpointer       user_data,
                        GDestroyNotify destroy)
{
  Shared        *shared;
  GDestroyNotify old_destroy;
  gpointer       old_data;

  if (self == NULL)
    return;
  g_return_if_fail (self->parent == NULL);
  shared = self->shared;
  g_mutex_lock (&shared->notify_lock);
  old_destroy = shared->notify_destroy;
  old_data = shared->notify_data;
  shared->notify = func;
  shared->notify_data = user_data;
  shared->notify_destroy = destroy;
  g_mutex_unlock (&shared->notify_lock);
  if (old_destroy != NULL)
    old_destroy (old_data);
}

gboolean
sr_progress_is_watched (SrProgress *self)
{
  Shared  *shared;
  gboolean watched;

  if (self == NULL)
    return FALSE;
  shared = self->shared;
  g_mutex_lock (&shared->notify_lock);
  watched = shared->notify != NULL;
  g_mutex_unlock (&shared->notify_lock);
  return watched;
}

/* Called with the lock held. The step that reports, or the last begun of those that still run. */
static const char *
find_phase (SrProgress *self,
            SrProgress *last)
{
  const char *phase = NULL;

  if (last != NULL && !last->finished && last->phase != NULL)
    return last->phase;
  while (self != NULL)
    {
      if (self->phase != NULL)
        phase = self->phase;
      self = self->steps != NULL && self->steps->len > 0
                 ? g_ptr_array_index (self->steps, self->steps->len - 1)
                 : NULL;
    }
  return phase;
}

/* Called with the lock held. */
static void
update_rate (Shared       *shared,
             SrProgress   *step,
             const Counts *counts)
{
  gint64 now = get_now_us (shared);
  double passed;
  double speed;

  if (shared->rate_step != step || counts->bytes_done < shared->rate_bytes)
    {
      shared->rate_step = step;
      shared->rate_bytes = counts->bytes_done;
      shared->rate_time_us = now;
      shared->rate = 0.0;
      return;
    }
  passed = (double) (now - shared->rate_time_us);
  if (passed < NOTIFY_INTERVAL_US / 2)
    return;
  speed = (double) (counts->bytes_done - shared->rate_bytes) * G_USEC_PER_SEC / passed;
  if (shared->rate > 0.0)
    shared->rate += (speed - shared->rate) * passed / (passed + SMOOTHING_US);
  else
    shared->rate = speed;
  shared->rate_bytes = counts->bytes_done;
  shared->rate_time_us = now;
}

static char *
copy_name (Shared *shared)
{
  g_autofree char *raw = NULL;

  g_mutex_lock (&shared->name_lock);
  raw = g_strdup (shared->name);
  g_mutex_unlock (&shared->name_lock);
  return raw[0] != '\0' ? g_utf8_make_valid (raw, -1) : NULL;
}

void
sr_progress_get_state (SrProgress      *self,
                       SrProgressState *state)
{
  Shared     *shared;
  SrProgress *last;
  Counts      counts;

  memset (state, 0, sizeof *state);
  state->seconds_left = -1.0;
  if (self == NULL)
    return;
  shared = self->shared;

  g_mutex_lock (&shared->lock);
  self->shown = MAX (self->shown, get_fraction (self));
  state->fraction = self->shown;
  state->estimating = is_estimating (self);
  last = self->parent == NULL ? atomic_load (&shared->last) : self;
  counts = last != NULL ? get_counts (last) : shared->kept;
  state->phase = g_strdup (find_phase (self, last));
  if (self->parent == NULL)
    update_rate (shared, last, &counts);
  state->bytes_per_second = shared->rate;
  g_mutex_unlock (&shared->lock);

  state->bytes_done = counts.bytes_done;
  state->bytes_total = counts.bytes_total;
  state->items_done = counts.items_done;
  state->items_total = counts.items_total;
  state->current = copy_name (shared);
  if (!state->estimating && state->bytes_per_second > 0.0 &&
      counts.bytes_total >= counts.bytes_done)
    state->seconds_left =
        (double) (counts.bytes_total - counts.bytes_done) / state->bytes_per_second;
}

void
sr_progress_state_clear (SrProgressState *state)
{
  g_free (state->current);
  g_free (state->phase);
  memset (state, 0, sizeof *state);
}
