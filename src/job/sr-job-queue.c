/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-job-queue.h"

#include "job/sr-job-private.h"

/* Each of them keeps the cores busy by itself. */
#define MAX_RUNNING 4

struct _SrJobQueue
{
  GObject parent_instance;

  SrHistory *history; /* (nullable) */
  GPtrArray *jobs;    /* (element-type SrJob): oldest first */
  guint      n_active;
  gboolean   is_disposed;
};

enum
{
  PROP_N_ACTIVE = 1,
  PROP_ITEM_TYPE,
  PROP_N_ITEMS,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];
static guint       job_ended_signal;

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SrJobQueue,
                               sr_job_queue,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* --- the list
 * ----------------------------------------------------------------------------------- */

static GType
get_item_type (GListModel *list)
{
  return SR_TYPE_JOB;
}

static guint
get_n_items (GListModel *list)
{
  return SR_JOB_QUEUE (list)->jobs->len;
}

static gpointer
get_item (GListModel *list,
          guint       position)
{
  SrJobQueue *self = SR_JOB_QUEUE (list);

  return position < self->jobs->len ? g_object_ref (g_ptr_array_index (self->jobs, position))
                                    : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* --- running
 * ------------------------------------------------------------------------------------ */

static gboolean
is_active (SrJob *job)
{
  SrJobState state = sr_job_get_state (job);

  return state == SR_JOB_WAITING || state == SR_JOB_RUNNING;
}

static void
update_n_active (SrJobQueue *self)
{
  guint n = sr_job_queue_count_active (self, NULL);

  if (n == self->n_active)
    return;
  self->n_active = n;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_ACTIVE]);
}

static gboolean
is_vault_busy (SrJobQueue *self,
               const char *vault)
{
  for (guint i = 0; vault != NULL && i < self->jobs->len; i++)
    {
      SrJob *other = g_ptr_array_index (self->jobs, i);

      if (sr_job_get_state (other) == SR_JOB_RUNNING &&
          g_strcmp0 (sr_job_get_vault (other), vault) == 0)
        return TRUE;
    }
  return FALSE;
}

static guint
count_running (SrJobQueue *self)
{
  guint n = 0;

  for (guint i = 0; i < self->jobs->len; i++)
    n += sr_job_get_state (g_ptr_array_index (self->jobs, i)) == SR_JOB_RUNNING;
  return n;
}

/* In the order in which they came; who waits for a vault does not keep others from theirs. */
static void
start_some (SrJobQueue *self)
{
  guint n_running = count_running (self);

  for (guint i = 0; i < self->jobs->len && n_running < MAX_RUNNING; i++)
    {
      SrJob *job = g_ptr_array_index (self->jobs, i);

      if (sr_job_get_state (job) == SR_JOB_WAITING &&
          !is_vault_busy (self, sr_job_get_vault (job)) && sr_job_start (job, self->history))
        n_running++;
    }
  update_n_active (self);
}

static void
job_ended (SrJob      *job,
           SrJobQueue *self)
{
  g_object_ref (self);
  g_object_ref (job);
  if (!self->is_disposed)
    start_some (self);
  g_signal_emit (self, job_ended_signal, 0, job);
  g_object_unref (job);
  g_object_unref (self);
}

void
sr_job_queue_add (SrJobQueue *self,
                  SrJob      *job)
{
  g_return_if_fail (SR_IS_JOB_QUEUE (self));
  g_return_if_fail (SR_IS_JOB (job));
  g_return_if_fail (!g_ptr_array_find (self->jobs, job, NULL));

  g_ptr_array_add (self->jobs, g_object_ref (job));
  g_signal_connect_object (job, "ended", G_CALLBACK (job_ended), self, 0);
  (void) sr_job_wait (job);
  g_list_model_items_changed (G_LIST_MODEL (self), self->jobs->len - 1, 0, 1);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_ITEMS]);
  start_some (self);
}

void
sr_job_queue_forget (SrJobQueue *self,
                     SrJob      *job)
{
  guint position;

  g_return_if_fail (SR_IS_JOB_QUEUE (self));
  if (!sr_job_has_ended (job) || !g_ptr_array_find (self->jobs, job, &position))
    return;
  g_ptr_array_remove_index (self->jobs, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_ITEMS]);
}

guint
sr_job_queue_count_active (SrJobQueue *self,
                           const char *site)
{
  guint n = 0;

  g_return_val_if_fail (SR_IS_JOB_QUEUE (self), 0);
  for (guint i = 0; i < self->jobs->len; i++)
    {
      SrJob *job = g_ptr_array_index (self->jobs, i);

      n += is_active (job) && (site == NULL || g_strcmp0 (sr_job_get_site (job), site) == 0);
    }
  return n;
}

void
sr_job_queue_cancel_all (SrJobQueue *self)
{
  g_return_if_fail (SR_IS_JOB_QUEUE (self));
  /* those that wait first: none of them must start when a running one ends */
  for (guint i = self->jobs->len; i-- > 0;)
    {
      SrJob *job = g_ptr_array_index (self->jobs, i);

      if (sr_job_get_state (job) == SR_JOB_WAITING)
        sr_job_cancel (job);
    }
  for (guint i = self->jobs->len; i-- > 0;)
    {
      SrJob *job = g_ptr_array_index (self->jobs, i);

      if (is_active (job))
        sr_job_cancel (job);
    }
  update_n_active (self);
}

/* --- the object
 * --------------------------------------------------------------------------------- */

static void
sr_job_queue_get_property (GObject    *object,
                           guint       id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  SrJobQueue *self = SR_JOB_QUEUE (object);

  switch (id)
    {
    case PROP_N_ACTIVE:
      g_value_set_uint (value, self->n_active);
      break;
    case PROP_ITEM_TYPE:
      g_value_set_gtype (value, SR_TYPE_JOB);
      break;
    case PROP_N_ITEMS:
      g_value_set_uint (value, self->jobs->len);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

/* What runs is told to stop and ends by itself, kept alive by its thread. */
static void
sr_job_queue_dispose (GObject *object)
{
  SrJobQueue *self = SR_JOB_QUEUE (object);

  if (!self->is_disposed)
    {
      self->is_disposed = TRUE;
      for (guint i = 0; i < self->jobs->len; i++)
        g_signal_handlers_disconnect_by_func (g_ptr_array_index (self->jobs, i), job_ended, self);
      sr_job_queue_cancel_all (self);
    }
  G_OBJECT_CLASS (sr_job_queue_parent_class)->dispose (object);
}

static void
sr_job_queue_finalize (GObject *object)
{
  SrJobQueue *self = SR_JOB_QUEUE (object);

  g_clear_pointer (&self->jobs, g_ptr_array_unref);
  g_clear_object (&self->history);
  G_OBJECT_CLASS (sr_job_queue_parent_class)->finalize (object);
}

static void
sr_job_queue_class_init (SrJobQueueClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = sr_job_queue_get_property;
  object_class->dispose = sr_job_queue_dispose;
  object_class->finalize = sr_job_queue_finalize;

  props[PROP_N_ACTIVE] = g_param_spec_uint ("n-active", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_ITEM_TYPE] = g_param_spec_gtype ("item-type", NULL, NULL, G_TYPE_OBJECT, flags);
  props[PROP_N_ITEMS] = g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  job_ended_signal = g_signal_new ("job-ended", SR_TYPE_JOB_QUEUE, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, SR_TYPE_JOB);
}

static void
sr_job_queue_init (SrJobQueue *self)
{
  self->jobs = g_ptr_array_new_with_free_func (g_object_unref);
}

SrJobQueue *
sr_job_queue_new (SrHistory *history)
{
  SrJobQueue *self = g_object_new (SR_TYPE_JOB_QUEUE, NULL);

  self->history = history != NULL ? g_object_ref (history) : NULL;
  return self;
}
