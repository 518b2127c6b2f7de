/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-job-undo.h"

struct _SrJobUndo
{
  SrJob parent_instance;

  SrTarget *target; /* (nullable): %NULL when it was undone */
  char     *location;
  gboolean  has_failed;
};

G_DEFINE_FINAL_TYPE (SrJobUndo, sr_job_undo, SR_TYPE_JOB)

/* What could not be put back stays where it is, for a person to do by hand. */
static gpointer
leave (gpointer user_data)
{
  g_object_unref (user_data);
  return NULL;
}

static gpointer
forget (gpointer user_data)
{
  g_autoptr (SrTarget) target = user_data;
  g_autoptr (GError)   error = NULL;

  if (!sr_target_discard (target, &error))
    g_message ("What was kept for undoing could not be removed: %s", error->message);
  return NULL;
}

/* The last one who held it may be a main loop, which must not wait for a server. */
void
sr_job_undo_forget (SrTarget *target)
{
  g_thread_unref (g_thread_new ("forget", forget, target));
}

/* Undoing is not broken off halfway: that would be neither the old nor the new. */
static gboolean
sr_job_undo_run (SrJob        *job,
                 SrProgress   *progress,
                 GCancellable *cancellable,
                 GError      **error)
{
  SrJobUndo             *self = SR_JOB_UNDO (job);
  g_autoptr (SrProgress) step = sr_progress_step (progress, 1, 1, "Putting back what was there");
  SrRun                 *run = sr_job_edit_run (job);

  run->path = g_strdup (self->location);
  if (!sr_target_undo (self->target, error))
    {
      self->has_failed = TRUE;
      return FALSE;
    }
  g_clear_object (&self->target);
  sr_progress_finish (step);
  run->sentence = g_strdup_printf ("What was in %s before is back.", self->location);
  return TRUE;
}

static void
sr_job_undo_finalize (GObject *object)
{
  SrJobUndo *self = SR_JOB_UNDO (object);

  if (self->target != NULL && self->has_failed)
    g_thread_unref (g_thread_new ("leave", leave, g_steal_pointer (&self->target)));
  else if (self->target != NULL)
    sr_job_undo_forget (g_steal_pointer (&self->target));
  g_free (self->location);
  G_OBJECT_CLASS (sr_job_undo_parent_class)->finalize (object);
}

static void
sr_job_undo_class_init (SrJobUndoClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_job_undo_finalize;
  SR_JOB_CLASS (klass)->run = sr_job_undo_run;
}

static void
sr_job_undo_init (SrJobUndo *self)
{
}

SrJob *
sr_job_undo_new (SrTarget   *target,
                 const char *location)
{
  g_autofree char *title = g_strdup_printf ("Undoing the restore into %s", location);
  SrJobUndo       *self =
      g_object_new (SR_TYPE_JOB_UNDO, "action", "undo", "title", title, NULL);

  self->target = target;
  self->location = g_strdup (location);
  return SR_JOB (self);
}
