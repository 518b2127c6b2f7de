/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/model/sr-progress-model.h"

#include "gtk/model/sr-say.h"

#include <glib/gi18n-lib.h>

struct _SrProgressModel
{
  GObject parent_instance;

  guint    run; /* which work; what comes of an older one is passed over */
  gboolean running;
  double   fraction;
  char    *phase;   /* owned, never NULL */
  char    *current; /* owned, never NULL */
  char    *detail;  /* owned, never NULL */
};

/* Where a worker's progress goes. Atomic reference count: the worker's progress and what is on its
 * way hold one each. */
typedef struct
{
  GWeakRef      model;
  GMainContext *context; /* owned */
  guint         run;
  int           pending; /* atomic: an update is on its way */
} Relay;

enum
{
  PROP_RUNNING = 1,
  PROP_FRACTION,
  PROP_PHASE,
  PROP_CURRENT,
  PROP_DETAIL,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (SrProgressModel, sr_progress_model, G_TYPE_OBJECT)

typedef struct
{
  Relay          *relay;
  SrProgressState state;
} Update;

static void
relay_clear (gpointer data)
{
  Relay *self = data;

  g_weak_ref_clear (&self->model);
  g_main_context_unref (self->context);
}

static void
relay_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, relay_clear);
}

static void
update_free (gpointer data)
{
  Update *update = data;

  sr_progress_state_clear (&update->state);
  relay_unref (update->relay);
  g_free (update);
}

static void
set_text (SrProgressModel *self,
          char           **place,
          guint            property,
          char            *text)
{
  if (g_strcmp0 (*place, text) == 0)
    {
      g_free (text);
      return;
    }
  g_free (*place);
  *place = text;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
set_running (SrProgressModel *self,
             gboolean         running)
{
  if (self->running == running)
    return;
  self->running = running;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUNNING]);
}

static void
set_fraction (SrProgressModel *self,
              double           fraction)
{
  if (self->fraction == fraction)
    return;
  self->fraction = fraction;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FRACTION]);
}

char *
sr_progress_model_describe (const SrProgressState *state)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char    *done = sr_say_size (state->bytes_done);
  g_autofree char    *total = sr_say_size (state->bytes_total);
  g_autofree char    *left = sr_say_time_left (state->seconds_left);

  if (state->bytes_total > 0)
    /* TRANSLATORS: amounts of data: 12 MB of 40 MB */
    g_string_append_printf (text, _ ("%s of %s"), done, total);
  else if (state->bytes_done > 0)
    g_string_append (text, done);
  else if (state->items_done > 0 && state->items_total > 0)
    {
      g_autofree char *items = sr_say_number (state->items_done);
      g_autofree char *all = sr_say_number (state->items_total);

      g_string_append_printf (text, _ ("%s of %s"), items, all);
    }
  if (left != NULL && !state->estimating)
    g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", left);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
take_update (gpointer data)
{
  Update                     *update = data;
  g_autoptr (SrProgressModel) self = g_weak_ref_get (&update->relay->model);

  g_atomic_int_set (&update->relay->pending, 0);
  if (self == NULL || self->run != update->relay->run || !self->running)
    return G_SOURCE_REMOVE;
  g_object_freeze_notify (G_OBJECT (self));
  set_fraction (self, CLAMP (update->state.fraction, 0.0, 1.0));
  set_text (self, &self->phase, PROP_PHASE,
            g_strdup (update->state.phase != NULL ? update->state.phase : ""));
  set_text (self, &self->current, PROP_CURRENT,
            update->state.current != NULL ? sr_say_name (update->state.current) : g_strdup (""));
  set_text (self, &self->detail, PROP_DETAIL, sr_progress_model_describe (&update->state));
  g_object_thaw_notify (G_OBJECT (self));
  return G_SOURCE_REMOVE;
}

/* On the worker. One update at a time is on its way; the next one tells the same and more. */
static void
on_progress (SrProgress *progress,
             gpointer    user_data)
{
  Relay   *relay = user_data;
  Update  *update;
  GSource *source;

  if (!g_atomic_int_compare_and_exchange (&relay->pending, 0, 1))
    return;
  update = g_new0 (Update, 1);
  update->relay = g_atomic_rc_box_acquire (relay);
  sr_progress_get_state (progress, &update->state);
  /* not g_main_context_invoke(): that would run it here while the main loop rests */
  source = g_idle_source_new ();
  g_source_set_callback (source, take_update, update, update_free);
  g_source_attach (source, relay->context);
  g_source_unref (source);
}

static void
sr_progress_model_finalize (GObject *object)
{
  SrProgressModel *self = SR_PROGRESS_MODEL (object);

  g_free (self->phase);
  g_free (self->current);
  g_free (self->detail);
  G_OBJECT_CLASS (sr_progress_model_parent_class)->finalize (object);
}

static void
sr_progress_model_get_property (GObject    *object,
                                guint       id,
                                GValue     *value,
                                GParamSpec *spec)
{
  SrProgressModel *self = SR_PROGRESS_MODEL (object);

  switch (id)
    {
    case PROP_RUNNING:
      g_value_set_boolean (value, self->running);
      break;
    case PROP_FRACTION:
      g_value_set_double (value, self->fraction);
      break;
    case PROP_PHASE:
      g_value_set_string (value, self->phase);
      break;
    case PROP_CURRENT:
      g_value_set_string (value, self->current);
      break;
    case PROP_DETAIL:
      g_value_set_string (value, self->detail);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
sr_progress_model_class_init (SrProgressModelClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GParamFlags   flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = sr_progress_model_finalize;
  object_class->get_property = sr_progress_model_get_property;
  properties[PROP_RUNNING] = g_param_spec_boolean ("running", NULL, NULL, FALSE, flags);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0.0, 1.0, 0.0, flags);
  properties[PROP_PHASE] = g_param_spec_string ("phase", NULL, NULL, "", flags);
  properties[PROP_CURRENT] = g_param_spec_string ("current", NULL, NULL, "", flags);
  properties[PROP_DETAIL] = g_param_spec_string ("detail", NULL, NULL, "", flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sr_progress_model_init (SrProgressModel *self)
{
  self->phase = g_strdup ("");
  self->current = g_strdup ("");
  self->detail = g_strdup ("");
}

SrProgressModel *
sr_progress_model_new (void)
{
  return g_object_new (SR_TYPE_PROGRESS_MODEL, NULL);
}

SrProgress *
sr_progress_model_start (SrProgressModel *self)
{
  SrProgress *progress = sr_progress_new ();
  Relay      *relay = g_atomic_rc_box_new0 (Relay);

  self->run++;
  g_weak_ref_init (&relay->model, self);
  relay->context = g_main_context_ref_thread_default ();
  relay->run = self->run;
  sr_progress_set_notify (progress, on_progress, relay, relay_unref);
  g_object_freeze_notify (G_OBJECT (self));
  set_fraction (self, 0.0);
  set_text (self, &self->phase, PROP_PHASE, g_strdup (""));
  set_text (self, &self->current, PROP_CURRENT, g_strdup (""));
  set_text (self, &self->detail, PROP_DETAIL, g_strdup (""));
  set_running (self, TRUE);
  g_object_thaw_notify (G_OBJECT (self));
  return progress;
}

void
sr_progress_model_stop (SrProgressModel *self)
{
  self->run++;
  set_running (self, FALSE);
}

gboolean
sr_progress_model_is_running (SrProgressModel *self)
{
  return self->running;
}
