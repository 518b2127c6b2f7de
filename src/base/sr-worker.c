/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-base"

#include "config.h"

#include "base/sr-worker.h"

#include "base/sr-error.h"

#include <sched.h>

typedef struct
{
  SrWorkerFunc        func;
  gpointer            data;
  GDestroyNotify      destroy;
  GAsyncReadyCallback callback;
  gpointer            user_data;
} Work;

/* Runs in the caller's context, and so does the freeing: @data may hold what only that thread may
 * touch. */
static void
work_done (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Work *work = user_data;

  if (work->callback != NULL)
    work->callback (source, result, work->user_data);
  if (work->destroy != NULL)
    work->destroy (work->data);
  g_free (work);
}

static gpointer
run_work (gpointer user_data)
{
  g_autoptr (GTask)  task = user_data;
  g_autoptr (GError) error = NULL;
  Work              *work = g_task_get_task_data (task);

  if (work->func (work->data, g_task_get_cancellable (task), &error))
    g_task_return_boolean (task, TRUE);
  else if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (task, SR_ERROR, SR_ERROR_FAILED, "The work failed without a reason");
  return NULL;
}

/* A thread of its own and not GTask's pool: that one is shared with GIO and of bounded size, and a
 * job runs for hours. */
void
sr_worker_run_async (const char         *name,
                     SrWorkerFunc        func,
                     gpointer            data,
                     GDestroyNotify      destroy,
                     GCancellable       *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer            user_data)
{
  GTask   *task;
  GThread *thread;
  Work    *work = g_new0 (Work, 1);

  work->func = func;
  work->data = data;
  work->destroy = destroy;
  work->callback = callback;
  work->user_data = user_data;
  task = g_task_new (NULL, cancellable, work_done, work);
  g_task_set_source_tag (task, sr_worker_run_async);
  g_task_set_task_data (task, work, NULL);
  /* What the work answered counts, also when a cancel came late. */
  g_task_set_check_cancellable (task, FALSE);
  thread = g_thread_new (name, run_work, task);
  g_thread_unref (thread);
}

gboolean
sr_worker_run_finish (GAsyncResult *result,
                      GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

guint
sr_worker_count (void)
{
  cpu_set_t set;
  int       count = 0;

  if (sched_getaffinity (0, sizeof set, &set) == 0)
    count = CPU_COUNT (&set);
  if (count <= 0)
    count = (int) g_get_num_processors ();
  return (guint) CLAMP (count, 1, 64);
}

typedef struct
{
  SrTeam  *team;
  GThread *thread;
  guint    number;
} Member;

struct _SrTeam
{
  SrTeamFunc func;
  gpointer   data;
  GMutex     lock;
  GError    *error;  /* the first one; under lock */
  gint       failed; /* atomic */
  guint      count;
  Member     members[];
};

static void
keep_first_error (SrTeam *self,
                  GError *error)
{
  g_mutex_lock (&self->lock);
  if (self->error == NULL)
    self->error = g_steal_pointer (&error);
  g_mutex_unlock (&self->lock);
  g_clear_error (&error);
  g_atomic_int_set (&self->failed, 1);
}

static gpointer
run_member (gpointer user_data)
{
  Member *member = user_data;
  SrTeam *self = member->team;
  GError *error = NULL;

  if (self->func (self->data, member->number, &error))
    return NULL;
  if (error == NULL)
    error = g_error_new_literal (SR_ERROR, SR_ERROR_FAILED, "A worker failed without a reason");
  keep_first_error (self, error);
  return NULL;
}

SrTeam *
sr_team_start (const char *name,
               guint       count,
               SrTeamFunc  func,
               gpointer    data)
{
  SrTeam *self;

  g_return_val_if_fail (count > 0 && count <= 1024, NULL);
  self = g_malloc0 (sizeof *self + count * sizeof (Member));
  self->func = func;
  self->data = data;
  self->count = count;
  g_mutex_init (&self->lock);
  for (guint i = 0; i < count; i++)
    {
      self->members[i].team = self;
      self->members[i].number = i;
      self->members[i].thread = g_thread_new (name, run_member, &self->members[i]);
    }
  return self;
}

gboolean
sr_team_has_failed (SrTeam *self)
{
  return g_atomic_int_get (&self->failed) != 0;
}

gboolean
sr_team_join (SrTeam  *self,
              GError **error)
{
  g_autoptr (GError) first = NULL;

  for (guint i = 0; i < self->count; i++)
    g_thread_join (self->members[i].thread);
  first = g_steal_pointer (&self->error);
  g_mutex_clear (&self->lock);
  g_free (self);
  if (first == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}
