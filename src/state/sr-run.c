/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-state"

#include "config.h"

#include "state/sr-run.h"

static const char *const state_names[] = {
  [SR_RUN_RUNNING] = "running",
  [SR_RUN_DONE] = "done",
  [SR_RUN_INCOMPLETE] = "incomplete",
  [SR_RUN_FAILED] = "failed",
  [SR_RUN_CANCELLED] = "cancelled",
  [SR_RUN_INTERRUPTED] = "interrupted",
};

const char *
sr_run_state_name (SrRunState state)
{
  return state_names[state];
}

gboolean
sr_run_state_from_name (const char *name,
                        SrRunState *state)
{
  for (gsize i = 0; i < G_N_ELEMENTS (state_names); i++)
    if (g_strcmp0 (state_names[i], name) == 0)
      {
        *state = (SrRunState) i;
        return TRUE;
      }
  return FALSE;
}

SrRun *
sr_run_new (const char *action)
{
  SrRun *self = g_new0 (SrRun, 1);

  self->action = g_strdup (action);
  self->bytes = -1;
  self->bytes_added = -1;
  self->files = -1;
  self->records = -1;
  self->level = -1;
  return self;
}

SrRun *
sr_run_copy (const SrRun *self)
{
  SrRun *copy = g_new0 (SrRun, 1);

  *copy = *self;
  copy->action = g_strdup (self->action);
  copy->site = g_strdup (self->site);
  copy->site_name = g_strdup (self->site_name);
  copy->vault = g_strdup (self->vault);
  copy->snapshot = g_strdup (self->snapshot);
  copy->path = g_strdup (self->path);
  copy->sentence = g_strdup (self->sentence);
  copy->error = g_strdup (self->error);
  return copy;
}

void
sr_run_free (SrRun *self)
{
  if (self == NULL)
    return;
  g_free (self->action);
  g_free (self->site);
  g_free (self->site_name);
  g_free (self->vault);
  g_free (self->snapshot);
  g_free (self->path);
  g_free (self->sentence);
  g_free (self->error);
  g_free (self);
}
