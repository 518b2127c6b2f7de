/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/model/sr-restore-run.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/sr-worker.h"
#include "gtk/model/sr-progress-model.h"
#include "gtk/model/sr-row-item.h"
#include "gtk/model/sr-say.h"
#include "target/sr-target.h"

enum
{
  PROP_STATE = 1,
  PROP_TITLE,
  PROP_SENTENCE,
  PROP_ICON_NAME,
  PROP_CSS_CLASS,
  PROP_PHASE,
  PROP_CURRENT,
  PROP_DETAIL,
  PROP_LOG,
  PROP_UNDO_ERROR,
  N_TEXTS,
  PROP_FRACTION = N_TEXTS,
  PROP_CAN_UNDO,
  PROP_COUNTS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

struct _SrRestoreRun
{
  GObject parent_instance;

  SrRestoreJob *job;            /* owned */
  char         *target;         /* owned */
  char         *texts[N_TEXTS]; /* by property; owned, never NULL */
  double        fraction;
  GListStore   *counts; /* owned */
};

G_DEFINE_FINAL_TYPE (SrRestoreRun, sr_restore_run, G_TYPE_OBJECT)

static void
set_text (SrRestoreRun *self,
          guint         id,
          const char   *text)
{
  if (text == NULL)
    text = "";
  if (strcmp (self->texts[id], text) == 0)
    return;
  g_free (self->texts[id]);
  self->texts[id] = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
}

static void
set_state (SrRestoreRun *self,
           const char   *state,
           const char   *title,
           const char   *icon_name,
           const char   *css_class)
{
  g_object_freeze_notify (G_OBJECT (self));
  set_text (self, PROP_TITLE, title);
  set_text (self, PROP_ICON_NAME, icon_name);
  set_text (self, PROP_CSS_CLASS, css_class);
  set_text (self, PROP_STATE, state);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_UNDO]);
  g_object_thaw_notify (G_OBJECT (self));
}

/* --- how far it is
 * ------------------------------------------------------------------------------ */

static void
follow_progress (SrRestoreRun *self)
{
  SrProgressState  state;
  g_autofree char *detail = NULL;
  g_autofree char *current = NULL;

  sr_job_get_progress (SR_JOB (self->job), &state);
  detail = sr_progress_model_describe (&state);
  current = state.current != NULL ? sr_say_name (state.current) : NULL;
  g_object_freeze_notify (G_OBJECT (self));
  if (state.phase != NULL)
    set_text (self, PROP_PHASE, state.phase);
  set_text (self, PROP_CURRENT, current);
  set_text (self, PROP_DETAIL, detail);
  if (self->fraction != state.fraction)
    {
      self->fraction = CLAMP (state.fraction, 0.0, 1.0);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FRACTION]);
    }
  g_object_thaw_notify (G_OBJECT (self));
  sr_progress_state_clear (&state);
}

static void
follow_log (SrRestoreRun *self)
{
  g_autofree char *text = sr_job_get_log_text (SR_JOB (self->job));

  set_text (self, PROP_LOG, text);
}

/* --- what came of it
 * ---------------------------------------------------------------------------- */

static void
add_count (SrRestoreRun *self,
           const char   *name,
           const char   *sentence,
           gboolean      right)
{
  g_autoptr (SrRowItem) row =
      sr_row_item_new (name, sentence, right ? C_ ("count", "Counted") : C_ ("count", "Differs"),
                       right ? "emblem-ok-symbolic" : "dialog-warning-symbolic",
                       right ? "success" : "warning");

  g_list_store_append (self->counts, row);
}

static void
list_counts (SrRestoreRun *self)
{
  GPtrArray *counts = sr_restore_job_get_counts (self->job);
  GPtrArray *warnings = sr_restore_job_get_warnings (self->job);
  gboolean   files = sr_restore_job_get_choice (self->job)->where == SR_RESTORE_TO_FOLDER;

  for (guint i = 0; counts != NULL && i < counts->len; i++)
    {
      const SrTargetCount *one = g_ptr_array_index (counts, i);
      g_autofree char     *name = sr_say_name (one->name);
      g_autofree char     *staged =
          files ? sr_say_number (one->staged) : sr_say_records (one->staged);
      g_autofree char *put = sr_say_number (one->put);
      g_autofree char *sentence = one->staged == one->put
                                      ? g_strdup (staged)
                                      : g_strdup_printf (_ ("%s, %s were put"), staged, put);

      add_count (self, name, sentence, one->staged == one->put);
    }
  for (guint i = 0; i < warnings->len; i++)
    {
      g_autoptr (SrRowItem) row =
          sr_row_item_new (_ ("The format"), g_ptr_array_index (warnings, i),
                           C_ ("check", "Warning"), "dialog-warning-symbolic", "warning");

      g_list_store_append (self->counts, row);
    }
}

static char *
say_success (SrRestoreRun *self)
{
  const char      *safety = sr_restore_job_get_safety (self->job);
  const SrRun     *run = sr_job_get_run (SR_JOB (self->job));
  g_autofree char *records = NULL;
  g_autofree char *first = NULL;
  g_autofree char *shown = NULL;

  if (run->records > 0)
    {
      records = sr_say_records ((guint64) run->records);
      /* TRANSLATORS: "366 records" were written and counted in "database shop". */
      first = g_strdup_printf (_ ("%s were written and counted in %s."), records, self->target);
    }
  else
    first = g_strdup_printf (_ ("What the backup held is in %s now."), self->target);
  if (safety == NULL)
    return g_steal_pointer (&first);
  shown = sr_say_name (safety);
  return g_strdup_printf (_ ("%s What was there before is saved in %s."), first, shown);
}

static void
on_ended (SrRestoreRun *self)
{
  SrJob           *job = SR_JOB (self->job);
  const GError    *error = sr_job_get_error (job);
  g_autofree char *sentence = NULL;

  follow_progress (self);
  follow_log (self);
  switch (sr_job_get_state (job))
    {
    case SR_JOB_DONE:
      sentence = say_success (self);
      list_counts (self);
      set_text (self, PROP_SENTENCE, sentence);
      set_state (self, "done",
                 sr_restore_job_get_choice (self->job)->where == SR_RESTORE_TO_FILE
                     ? _ ("Written")
                     : _ ("Restored"),
                 "emblem-ok-symbolic", "success");
      break;
    case SR_JOB_CANCELLED:
      set_text (self, PROP_SENTENCE,
                _ ("You stopped it before anything was put into place. Everything is as it was."));
      set_state (self, "cancelled", _ ("Stopped"), "process-stop-symbolic", "warning");
      break;
    case SR_JOB_NEW:
    case SR_JOB_WAITING:
    case SR_JOB_RUNNING:
    case SR_JOB_INCOMPLETE:
    case SR_JOB_FAILED:
    default:
      set_text (self, PROP_SENTENCE, error != NULL ? error->message : _ ("Nobody knows why."));
      set_state (self, "failed", _ ("Not Restored"), "dialog-error-symbolic", "error");
    }
}

/* --- undo
 * --------------------------------------------------------------------------------------- */

static gboolean
undo (gpointer      data,
      GCancellable *cancellable,
      GError      **error)
{
  return sr_restore_job_undo (data, error);
}

static void
on_undone (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (SrRestoreRun) self = user_data;
  g_autoptr (GError)       error = NULL;

  if (!sr_worker_run_finish (result, &error))
    {
      set_text (self, PROP_UNDO_ERROR, error->message);
      set_state (self, "done", _ ("Restored"), "emblem-ok-symbolic", "success");
      return;
    }
  set_text (self, PROP_SENTENCE, _ ("Everything is as it was before the restore."));
  g_list_store_remove_all (self->counts);
  set_state (self, "undone", _ ("Undone"), "edit-undo-symbolic", "");
}

void
sr_restore_run_undo (SrRestoreRun *self)
{
  if (strcmp (self->texts[PROP_STATE], "done") != 0 || !sr_restore_job_can_undo (self->job))
    return;
  set_text (self, PROP_UNDO_ERROR, NULL);
  set_state (self, "undoing", _ ("Putting Back What Was There…"), "edit-undo-symbolic", "");
  sr_worker_run_async ("undo", undo, g_object_ref (self->job), g_object_unref, NULL, on_undone,
                       g_object_ref (self));
}

static gboolean
discard (gpointer      data,
         GCancellable *cancellable,
         GError      **error)
{
  return sr_restore_job_discard (data, error);
}

/* What could not be removed lies beside the target and is told in the log of the program. */
static void
on_discarded (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!sr_worker_run_finish (result, &error))
    g_message ("What was kept for undoing could not be removed: %s", error->message);
}

void
sr_restore_run_close (SrRestoreRun *self)
{
  if (!sr_restore_job_can_undo (self->job))
    return;
  sr_worker_run_async ("discard", discard, g_object_ref (self->job), g_object_unref, NULL,
                       on_discarded, NULL);
}

/* --- report
 * ------------------------------------------------------------------------------------- */

char *
sr_restore_run_to_text (SrRestoreRun *self)
{
  g_autoptr (GString)    text = g_string_new (NULL);
  const SrRestoreChoice *choice = sr_restore_job_get_choice (self->job);
  g_autofree char       *command = sr_restore_choice_to_command (choice);
  SrVerdict             *verdict = sr_job_get_verdict (SR_JOB (self->job));
  g_autofree char       *path = sr_say_name (choice->path);

  g_string_append_printf (text, "%s\n%s\n\n", self->texts[PROP_TITLE], self->texts[PROP_SENTENCE]);
  g_string_append_printf (text, "%s: %s\n%s: %s\n%s: %s\n\n", _ ("Backup file"), path, _ ("Target"),
                          self->target, _ ("Command"), command);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->counts)); i++)
    {
      g_autoptr (SrRowItem) row = g_list_model_get_item (G_LIST_MODEL (self->counts), i);

      g_string_append_printf (text, "  %s: %s\n", sr_row_item_get_title (row),
                              sr_row_item_get_sentence (row));
    }
  if (verdict != NULL)
    {
      g_autofree char *said = sr_verdict_to_text (verdict);

      g_string_append_printf (text, "\n%s", said);
    }
  g_string_append_printf (text, "\n%s\n%s", _ ("Log"), self->texts[PROP_LOG]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
add_member (JsonBuilder *builder,
            const char  *name,
            const char  *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_counts (JsonBuilder *builder,
            GPtrArray   *counts)
{
  json_builder_set_member_name (builder, "counts");
  json_builder_begin_array (builder);
  for (guint i = 0; counts != NULL && i < counts->len; i++)
    {
      const SrTargetCount *one = g_ptr_array_index (counts, i);
      g_autofree char     *name = sr_say_name (one->name);

      json_builder_begin_object (builder);
      add_member (builder, "name", name);
      json_builder_set_member_name (builder, "put");
      json_builder_add_int_value (builder, (gint64) one->put);
      json_builder_set_member_name (builder, "found");
      json_builder_add_int_value (builder, (gint64) one->staged);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

char *
sr_restore_run_to_json (SrRestoreRun *self)
{
  g_autoptr (JsonBuilder)   builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode)      root = NULL;
  const SrRestoreChoice    *choice = sr_restore_job_get_choice (self->job);
  g_autofree char          *command = sr_restore_choice_to_command (choice);
  g_autofree char          *path = g_filename_display_name (choice->path);

  json_builder_begin_object (builder);
  add_member (builder, "state", self->texts[PROP_STATE]);
  add_member (builder, "sentence", self->texts[PROP_SENTENCE]);
  add_member (builder, "file", path);
  add_member (builder, "target", self->target);
  add_member (builder, "command", command);
  if (sr_restore_job_get_safety (self->job) != NULL)
    {
      g_autofree char *safety = g_filename_display_name (sr_restore_job_get_safety (self->job));

      add_member (builder, "safety", safety);
    }
  add_counts (builder, sr_restore_job_get_counts (self->job));
  if (sr_job_get_verdict (SR_JOB (self->job)) != NULL)
    {
      json_builder_set_member_name (builder, "verdict");
      json_builder_add_value (builder,
                              sr_verdict_to_json (sr_job_get_verdict (SR_JOB (self->job))));
    }
  add_member (builder, "log", self->texts[PROP_LOG]);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  return json_generator_to_data (generator, NULL);
}

typedef struct
{
  char *path;
  char *text;
} Report;

static void
report_free (gpointer data)
{
  Report *report = data;

  g_free (report->path);
  g_free (report->text);
  g_free (report);
}

static gboolean
save (gpointer      data,
      GCancellable *cancellable,
      GError      **error)
{
  Report *report = data;

  if (g_file_set_contents_full (report->path, report->text, -1,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                error))
    return TRUE;
  g_prefix_error (error, "%s: ", _ ("The report was not saved"));
  return FALSE;
}

void
sr_restore_run_save (SrRestoreRun       *self,
                     const char         *path,
                     GAsyncReadyCallback callback,
                     gpointer            user_data)
{
  Report *report = g_new0 (Report, 1);

  report->path = g_strdup (path);
  report->text = g_str_has_suffix (path, ".json") ? sr_restore_run_to_json (self)
                                                  : sr_restore_run_to_text (self);
  sr_worker_run_async ("report", save, report, report_free, NULL, callback, user_data);
}

gboolean
sr_restore_run_save_finish (GAsyncResult *result,
                            GError      **error)
{
  return sr_worker_run_finish (result, error);
}

/* --- object
 * ------------------------------------------------------------------------------------- */

static void
sr_restore_run_finalize (GObject *object)
{
  SrRestoreRun *self = SR_RESTORE_RUN (object);

  for (guint id = 1; id < N_TEXTS; id++)
    g_free (self->texts[id]);
  g_free (self->target);
  g_clear_object (&self->job);
  g_clear_object (&self->counts);
  G_OBJECT_CLASS (sr_restore_run_parent_class)->finalize (object);
}

static void
sr_restore_run_get_property (GObject    *object,
                             guint       id,
                             GValue     *value,
                             GParamSpec *spec)
{
  SrRestoreRun *self = SR_RESTORE_RUN (object);

  if (id >= 1 && id < N_TEXTS)
    g_value_set_string (value, self->texts[id]);
  else if (id == PROP_FRACTION)
    g_value_set_double (value, self->fraction);
  else if (id == PROP_CAN_UNDO)
    g_value_set_boolean (value, strcmp (self->texts[PROP_STATE], "done") == 0 &&
                                    sr_restore_job_can_undo (self->job));
  else if (id == PROP_COUNTS)
    g_value_set_object (value, self->counts);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
sr_restore_run_class_init (SrRestoreRunClass *class)
{
  static const char *const names[N_TEXTS] = { NULL, "state", "title", "sentence",
                                              "icon-name", "css-class", "phase", "current",
                                              "detail", "log", "undo-error" };
  GObjectClass            *object_class = G_OBJECT_CLASS (class);
  GParamFlags              flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = sr_restore_run_finalize;
  object_class->get_property = sr_restore_run_get_property;
  for (guint id = 1; id < N_TEXTS; id++)
    properties[id] = g_param_spec_string (names[id], NULL, NULL, "", flags);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0.0, 1.0, 0.0, flags);
  properties[PROP_CAN_UNDO] = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE, flags);
  properties[PROP_COUNTS] =
      g_param_spec_object ("counts", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sr_restore_run_init (SrRestoreRun *self)
{
  for (guint id = 1; id < N_TEXTS; id++)
    self->texts[id] = g_strdup ("");
  self->counts = g_list_store_new (SR_TYPE_ROW_ITEM);
  set_text (self, PROP_STATE, "running");
  set_text (self, PROP_TITLE, _ ("Restoring…"));
  set_text (self, PROP_PHASE, _ ("Waiting to begin"));
}

SrRestoreRun *
sr_restore_run_new (SrRestoreJob *job,
                    const char   *target)
{
  SrRestoreRun *self = g_object_new (SR_TYPE_RESTORE_RUN, NULL);

  self->job = g_object_ref (job);
  self->target = g_strdup (target);
  g_signal_connect_object (job, "notify::fraction", G_CALLBACK (follow_progress), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (job, "notify::phase", G_CALLBACK (follow_progress), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (job, "notify::n-log", G_CALLBACK (follow_log), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (job, "ended", G_CALLBACK (on_ended), self, G_CONNECT_SWAPPED);
  return self;
}

SrRestoreJob *
sr_restore_run_get_job (SrRestoreRun *self)
{
  return self->job;
}

const char *
sr_restore_run_get_state (SrRestoreRun *self)
{
  return self->texts[PROP_STATE];
}

gboolean
sr_restore_run_has_ended (SrRestoreRun *self)
{
  return strcmp (self->texts[PROP_STATE], "running") != 0 &&
         strcmp (self->texts[PROP_STATE], "undoing") != 0;
}

GListModel *
sr_restore_run_get_counts (SrRestoreRun *self)
{
  return G_LIST_MODEL (self->counts);
}

void
sr_restore_run_cancel (SrRestoreRun *self)
{
  sr_job_cancel (SR_JOB (self->job));
}
