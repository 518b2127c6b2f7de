/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/model/sr-file-model.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/sr-error.h"
#include "base/sr-worker.h"
#include "gtk/model/sr-choice-item.h"
#include "gtk/model/sr-file-facts.h"
#include "gtk/model/sr-row-item.h"
#include "gtk/model/sr-say.h"

enum
{
  PROP_STATE = 1,
  PROP_NAME,
  PROP_TITLE,
  PROP_SUMMARY,
  PROP_ERROR,
  PROP_KEY_HINT,
  PROP_ENCRYPTION,
  PROP_VERDICT_WORD,
  PROP_VERDICT_ICON,
  PROP_VERDICT_CSS_CLASS,
  PROP_VERDICT_SENTENCE,
  PROP_RESTORE_REASON,
  PROP_EXTRACT_REASON,
  PROP_CONVERT_REASON,
  PROP_IMPORT_REASON,
  PROP_RECORDS_REASON,
  PROP_VIEW,
  N_TEXTS,
  PROP_KEY_IS_WRONG = N_TEXTS,
  PROP_PROGRESS,
  PROP_FACTS,
  PROP_CHECKS,
  PROP_COLLECTIONS,
  PROP_ENTRIES,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

/* One opening and judging, shared with its worker. */
typedef struct
{
  gatomicrefcount references;
  SrFileModel    *model;       /* owned; of the main thread, which frees this */
  GMainContext   *context;     /* owned */
  GCancellable   *cancellable; /* owned */
  SrProgress     *progress;    /* owned */
  char           *path;        /* owned */

  /* the key; under @lock */
  GMutex    lock;
  GCond     changed;
  gboolean  answered;
  SrSecret *answer; /* (nullable) owned */
  char     *hint;   /* (nullable) owned */
  guint     attempt;

  /* the worker's result */
  SrSecret     *key;        /* (nullable) owned: the last that was given */
  SrBackupFile *file;       /* owned */
  SrVerdict    *verdict;    /* owned */
  char         *no_records; /* (nullable) owned: why records cannot be read */
} Opening;

struct _SrFileModel
{
  GObject parent_instance;

  char            *texts[N_TEXTS]; /* by property; owned, never NULL */
  gboolean         key_is_wrong;
  SrProgressModel *progress;    /* owned */
  GListStore      *facts;       /* owned */
  GListStore      *checks;      /* owned */
  GListStore      *collections; /* owned */
  GListStore      *entries;     /* owned */

  Opening     *opening; /* (nullable): what runs; its worker owns it */
  char        *path;    /* (nullable) owned */
  SrSecret    *key;     /* (nullable) owned */
  SrBackupKind kind;
  gboolean     locked;                     /* encrypted, and no key that fits was given */
  SrVerdict   *verdict;                    /* (nullable) owned */
  char        *reasons[SR_N_FILE_ACTIONS]; /* (nullable) owned */
};

G_DEFINE_FINAL_TYPE (SrFileModel, sr_file_model, G_TYPE_OBJECT)

static void
set_text (SrFileModel *self,
          guint        id,
          const char  *text)
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
set_state (SrFileModel *self,
           const char  *state)
{
  static const struct
  {
    const char *state;
    const char *view;
  } views[] = {
    { "empty", "wait" },
    { "opening", "wait" },
    { "key", "key" },
    { "judging", "content" },
    { "ready", "content" },
    { "failed", "failed" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    if (strcmp (views[i].state, state) == 0)
      set_text (self, PROP_VIEW, views[i].view);
  set_text (self, PROP_STATE, state);
}

static Opening *
opening_ref (Opening *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

static void
opening_unref (gpointer data)
{
  Opening *self = data;

  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_clear_object (&self->model);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->progress);
  g_free (self->path);
  g_clear_pointer (&self->answer, sr_secret_unref);
  g_clear_pointer (&self->key, sr_secret_unref);
  g_free (self->hint);
  g_clear_object (&self->file);
  g_clear_object (&self->verdict);
  g_free (self->no_records);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

/* --- reasons
 * ------------------------------------------------------------------------------------ */

static void
set_reason (SrFileModel *self,
            SrFileAction action,
            const char  *reason)
{
  static const guint props[SR_N_FILE_ACTIONS] = {
    [SR_FILE_RESTORE] = PROP_RESTORE_REASON,
    [SR_FILE_EXTRACT] = PROP_EXTRACT_REASON,
    [SR_FILE_CONVERT] = PROP_CONVERT_REASON,
    [SR_FILE_IMPORT] = PROP_IMPORT_REASON,
    [SR_FILE_RECORDS] = PROP_RECORDS_REASON,
  };

  g_free (self->reasons[action]);
  self->reasons[action] = g_strdup (reason);
  if (props[action] != 0)
    set_text (self, props[action], reason);
}

static void
set_all_reasons (SrFileModel *self,
                 const char  *reason)
{
  for (guint action = 0; action < SR_N_FILE_ACTIONS; action++)
    set_reason (self, action, reason);
}

static void
find_reasons (SrFileModel *self,
              Opening     *opening)
{
  const char *nothing = NULL;

  set_all_reasons (self, NULL);
  if (sr_backup_file_get_encryption (opening->file) == SR_ENCRYPTION_LOCKED)
    nothing = _ ("It is encrypted: give its key first.");
  else if (sr_backup_file_get_kind (opening->file) == SR_BACKUP_UNKNOWN)
    nothing = _ ("It is no backup that is known.");
  else if (sr_backup_file_get_kind (opening->file) == SR_BACKUP_COLLECTION)
    nothing = _ ("It is a folder of several backups: open one of them.");
  else if (sr_backup_file_get_container (opening->file) == NULL)
    nothing = _ ("Nothing in it can be opened.");
  if (nothing != NULL)
    {
      set_all_reasons (self, nothing);
      set_reason (self, SR_FILE_VERIFY, NULL);
      return;
    }
  set_reason (self, SR_FILE_RECORDS, opening->no_records);
  if (sr_verdict_get_level (opening->verdict) == SR_VERDICT_BROKEN)
    set_reason (self, SR_FILE_IMPORT,
                _ ("It is broken, and a vault keeps only what can be restored."));
}

/* --- the worker
 * --------------------------------------------------------------------------------- */

static gboolean
show_question (gpointer data)
{
  Opening     *opening = data;
  SrFileModel *self = opening->model;

  if (self->opening != opening || g_cancellable_is_cancelled (opening->cancellable))
    return G_SOURCE_REMOVE;
  g_mutex_lock (&opening->lock);
  g_object_freeze_notify (G_OBJECT (self));
  set_text (self, PROP_KEY_HINT, opening->hint);
  if (self->key_is_wrong != (opening->attempt > 0))
    {
      self->key_is_wrong = opening->attempt > 0;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_KEY_IS_WRONG]);
    }
  set_state (self, "key");
  g_object_thaw_notify (G_OBJECT (self));
  g_mutex_unlock (&opening->lock);
  return G_SOURCE_REMOVE;
}

/* On the worker: asks in the window and waits. */
static SrSecret *
ask_key (const char *hint,
         guint       attempt,
         gpointer    user_data,
         GError    **error)
{
  Opening  *self = user_data;
  GSource  *source;
  SrSecret *answer;

  g_mutex_lock (&self->lock);
  if (!self->answered)
    {
      g_free (self->hint);
      self->hint = g_strdup (hint);
      self->attempt = attempt;
      source = g_idle_source_new ();
      g_source_set_priority (source, G_PRIORITY_DEFAULT);
      g_source_set_callback (source, show_question, opening_ref (self), opening_unref);
      g_source_attach (source, self->context);
      g_source_unref (source);
    }
  while (!self->answered && !g_cancellable_is_cancelled (self->cancellable))
    g_cond_wait (&self->changed, &self->lock);
  answer = g_steal_pointer (&self->answer);
  self->answered = FALSE;
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&self->key, sr_secret_unref);
  if (sr_check_cancelled (self->cancellable, error))
    g_clear_pointer (&answer, sr_secret_unref);
  else if (answer != NULL)
    self->key = sr_secret_ref (answer);
  return answer;
}

static gboolean
open_file (gpointer      data,
           GCancellable *cancellable,
           GError      **error)
{
  Opening            *self = data;
  SrBackupFileOptions options = { .ask_key = ask_key, .user_data = self };

  self->file = sr_backup_file_open (self->path, &options, cancellable, error);
  return self->file != NULL;
}

static gboolean
judge_file (gpointer      data,
            GCancellable *cancellable,
            GError      **error)
{
  Opening                   *self = data;
  SrJudgeOptions             how = { 0 };
  g_autoptr (SrRecordReader) reader = NULL;
  g_autoptr (GError)         reason = NULL;

  self->verdict = sr_backup_file_judge (self->file, &how, self->progress, cancellable, error);
  if (self->verdict == NULL)
    return FALSE;
  reader = sr_backup_file_read (self->file, NULL, cancellable, &reason);
  if (reader == NULL)
    self->no_records = g_strdup (reason->message);
  return TRUE;
}

/* --- what was found
 * ----------------------------------------------------------------------------- */

static void
fail (SrFileModel  *self,
      const GError *error)
{
  gboolean cancelled = sr_error_is (error, SR_ERROR_CANCELLED);

  g_object_freeze_notify (G_OBJECT (self));
  set_text (self, PROP_ERROR,
            cancelled ? _ ("It was stopped before all of it was looked at.") : error->message);
  set_all_reasons (self, self->texts[PROP_ERROR]);
  set_reason (self, SR_FILE_VERIFY, NULL);
  set_state (self, "failed");
  g_object_thaw_notify (G_OBJECT (self));
}

static void
show_file (SrFileModel *self,
           Opening     *opening)
{
  const GError    *error = sr_backup_file_get_error (opening->file);
  g_autofree char *summary = sr_file_facts_summarize (opening->file);

  self->kind = sr_backup_file_get_kind (opening->file);
  self->locked = sr_backup_file_get_encryption (opening->file) == SR_ENCRYPTION_LOCKED;
  g_object_freeze_notify (G_OBJECT (self));
  set_text (self, PROP_TITLE, sr_file_facts_get_title (opening->file));
  set_text (self, PROP_SUMMARY, summary);
  set_text (self, PROP_ENCRYPTION, sr_file_facts_describe_encryption (opening->file));
  set_text (self, PROP_ERROR, error != NULL ? error->message : NULL);
  sr_file_facts_list (opening->file, self->facts);
  sr_file_facts_list_collections (opening->file, self->collections);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
show_verdict (SrFileModel *self,
              Opening     *opening)
{
  SrVerdictLevel   level = sr_verdict_get_level (opening->verdict);
  g_autofree char *sentence = sr_say_verdict (opening->verdict);

  g_set_object (&self->verdict, opening->verdict);
  g_object_freeze_notify (G_OBJECT (self));
  set_text (self, PROP_VERDICT_WORD, sr_say_level_word (level));
  set_text (self, PROP_VERDICT_ICON, sr_say_level_icon (level));
  set_text (self, PROP_VERDICT_CSS_CLASS, sr_say_level_css_class (level));
  set_text (self, PROP_VERDICT_SENTENCE, sentence);
  sr_file_facts_list_checks (opening->verdict, self->checks);
  sr_file_facts_list_collections (opening->file, self->collections);
  sr_file_facts_list_entries (opening->file, self->entries);
  find_reasons (self, opening);
  set_state (self, "ready");
  g_object_thaw_notify (G_OBJECT (self));
}

static void
on_judged (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Opening           *opening = user_data;
  SrFileModel       *self = opening->model;
  g_autoptr (GError) error = NULL;
  gboolean           ok = sr_worker_run_finish (result, &error);

  if (self->opening != opening)
    return;
  self->opening = NULL;
  sr_progress_model_stop (self->progress);
  if (ok)
    show_verdict (self, opening);
  else
    fail (self, error);
}

/* The opening goes on into the next worker. */
static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Opening           *opening = user_data;
  SrFileModel       *self = opening->model;
  g_autoptr (GError) error = NULL;
  gboolean           ok = sr_worker_run_finish (result, &error);

  if (self->opening != opening)
    {
      opening_unref (opening);
      return;
    }
  if (!ok)
    {
      self->opening = NULL;
      sr_progress_model_stop (self->progress);
      fail (self, error);
      opening_unref (opening);
      return;
    }
  g_clear_pointer (&self->key, sr_secret_unref);
  if (opening->key != NULL &&
      sr_backup_file_get_encryption (opening->file) == SR_ENCRYPTION_KEY)
    self->key = sr_secret_ref (opening->key);
  show_file (self, opening);
  set_state (self, "judging");
  sr_worker_run_async ("judge", judge_file, opening, opening_unref, opening->cancellable, on_judged,
                       opening);
}

static void
stop (SrFileModel *self)
{
  Opening *opening = g_steal_pointer (&self->opening);

  if (opening == NULL)
    return;
  g_cancellable_cancel (opening->cancellable);
  g_mutex_lock (&opening->lock);
  g_cond_broadcast (&opening->changed);
  g_mutex_unlock (&opening->lock);
  sr_progress_model_stop (self->progress);
}

static void
forget (SrFileModel *self)
{
  set_text (self, PROP_TITLE, NULL);
  set_text (self, PROP_SUMMARY, NULL);
  set_text (self, PROP_ERROR, NULL);
  set_text (self, PROP_ENCRYPTION, NULL);
  set_text (self, PROP_VERDICT_WORD, NULL);
  set_text (self, PROP_VERDICT_ICON, NULL);
  set_text (self, PROP_VERDICT_CSS_CLASS, NULL);
  set_text (self, PROP_VERDICT_SENTENCE, NULL);
  g_list_store_remove_all (self->facts);
  g_list_store_remove_all (self->checks);
  g_list_store_remove_all (self->collections);
  g_list_store_remove_all (self->entries);
  g_clear_object (&self->verdict);
  g_clear_pointer (&self->key, sr_secret_unref);
  self->locked = FALSE;
  set_all_reasons (self, _ ("It is still being looked at."));
}

static void
start (SrFileModel *self,
       SrSecret    *key)
{
  Opening *opening = g_new0 (Opening, 1);

  stop (self);
  g_atomic_ref_count_init (&opening->references);
  opening->model = g_object_ref (self);
  opening->context = g_main_context_ref_thread_default ();
  opening->cancellable = g_cancellable_new ();
  opening->progress = sr_progress_model_start (self->progress);
  opening->path = g_strdup (self->path);
  g_mutex_init (&opening->lock);
  g_cond_init (&opening->changed);
  if (key != NULL)
    {
      opening->answer = sr_secret_ref (key);
      opening->answered = TRUE;
    }
  self->opening = opening;
  g_object_freeze_notify (G_OBJECT (self));
  forget (self);
  set_state (self, "opening");
  g_object_thaw_notify (G_OBJECT (self));
  sr_worker_run_async ("open", open_file, opening, NULL, opening->cancellable, on_opened, opening);
}

/* --- object
 * ------------------------------------------------------------------------------------- */

static void
sr_file_model_finalize (GObject *object)
{
  SrFileModel *self = SR_FILE_MODEL (object);

  for (guint id = 1; id < N_TEXTS; id++)
    g_free (self->texts[id]);
  for (guint i = 0; i < SR_N_FILE_ACTIONS; i++)
    g_free (self->reasons[i]);
  g_clear_object (&self->progress);
  g_clear_object (&self->facts);
  g_clear_object (&self->checks);
  g_clear_object (&self->collections);
  g_clear_object (&self->entries);
  g_clear_object (&self->verdict);
  g_clear_pointer (&self->key, sr_secret_unref);
  g_free (self->path);
  G_OBJECT_CLASS (sr_file_model_parent_class)->finalize (object);
}

static void
sr_file_model_get_property (GObject    *object,
                            guint       id,
                            GValue     *value,
                            GParamSpec *spec)
{
  SrFileModel *self = SR_FILE_MODEL (object);

  if (id >= 1 && id < N_TEXTS)
    g_value_set_string (value, self->texts[id]);
  else if (id == PROP_KEY_IS_WRONG)
    g_value_set_boolean (value, self->key_is_wrong);
  else if (id == PROP_PROGRESS)
    g_value_set_object (value, self->progress);
  else if (id == PROP_FACTS)
    g_value_set_object (value, self->facts);
  else if (id == PROP_CHECKS)
    g_value_set_object (value, self->checks);
  else if (id == PROP_COLLECTIONS)
    g_value_set_object (value, self->collections);
  else if (id == PROP_ENTRIES)
    g_value_set_object (value, self->entries);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
sr_file_model_class_init (SrFileModelClass *class)
{
  static const char *const texts[N_TEXTS] = {
    NULL,
    "state",
    "name",
    "title",
    "summary",
    "error",
    "key-hint",
    "encryption",
    "verdict-word",
    "verdict-icon",
    "verdict-css-class",
    "verdict-sentence",
    "restore-reason",
    "extract-reason",
    "convert-reason",
    "import-reason",
    "records-reason",
    "view",
  };
  static const char *const lists[] = { "facts", "checks", "collections", "entries" };
  GObjectClass            *object_class = G_OBJECT_CLASS (class);
  GParamFlags              flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = sr_file_model_finalize;
  object_class->get_property = sr_file_model_get_property;
  for (guint id = 1; id < N_TEXTS; id++)
    properties[id] = g_param_spec_string (texts[id], NULL, NULL, "", flags);
  properties[PROP_KEY_IS_WRONG] = g_param_spec_boolean ("key-is-wrong", NULL, NULL, FALSE, flags);
  properties[PROP_PROGRESS] =
      g_param_spec_object ("progress", NULL, NULL, SR_TYPE_PROGRESS_MODEL, flags);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    properties[PROP_FACTS + i] =
        g_param_spec_object (lists[i], NULL, NULL, G_TYPE_LIST_MODEL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sr_file_model_init (SrFileModel *self)
{
  for (guint id = 1; id < N_TEXTS; id++)
    self->texts[id] = g_strdup ("");
  set_state (self, "empty");
  self->progress = sr_progress_model_new ();
  self->facts = g_list_store_new (SR_TYPE_ROW_ITEM);
  self->checks = g_list_store_new (SR_TYPE_ROW_ITEM);
  self->collections = g_list_store_new (SR_TYPE_CHOICE_ITEM);
  self->entries = g_list_store_new (SR_TYPE_CHOICE_ITEM);
  self->kind = SR_BACKUP_UNKNOWN;
}

/* --- public
 * ------------------------------------------------------------------------------------- */

SrFileModel *
sr_file_model_new (void)
{
  return g_object_new (SR_TYPE_FILE_MODEL, NULL);
}

void
sr_file_model_open (SrFileModel *self,
                    const char  *path)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *shown = sr_say_name (base);

  if (path != self->path)
    {
      g_free (self->path);
      self->path = g_strdup (path);
    }
  set_text (self, PROP_NAME, shown);
  start (self, NULL);
}

void
sr_file_model_cancel (SrFileModel *self)
{
  g_autoptr (GError) error = NULL;

  if (self->opening == NULL)
    return;
  stop (self);
  g_set_error_literal (&error, SR_ERROR, SR_ERROR_CANCELLED, "");
  fail (self, error);
}

void
sr_file_model_give_key (SrFileModel *self,
                        SrSecret    *key)
{
  Opening *opening = self->opening;

  if (self->path == NULL)
    return;
  if (opening == NULL || strcmp (self->texts[PROP_STATE], "key") != 0)
    {
      start (self, key);
      return;
    }
  g_mutex_lock (&opening->lock);
  g_clear_pointer (&opening->answer, sr_secret_unref);
  opening->answer = key != NULL ? sr_secret_ref (key) : NULL;
  opening->answered = TRUE;
  g_cond_broadcast (&opening->changed);
  g_mutex_unlock (&opening->lock);
  set_state (self, "opening");
}

const char *
sr_file_model_get_state (SrFileModel *self)
{
  return self->texts[PROP_STATE];
}

const char *
sr_file_model_get_path (SrFileModel *self)
{
  return self->path;
}

const char *
sr_file_model_get_name (SrFileModel *self)
{
  return self->texts[PROP_NAME];
}

SrVerdict *
sr_file_model_get_verdict (SrFileModel *self)
{
  return self->verdict;
}

SrSecret *
sr_file_model_get_key (SrFileModel *self)
{
  return self->key;
}

gboolean
sr_file_model_is_locked (SrFileModel *self)
{
  return self->locked;
}

SrBackupKind
sr_file_model_get_kind (SrFileModel *self)
{
  return self->kind;
}

SrProgressModel *
sr_file_model_get_progress (SrFileModel *self)
{
  return self->progress;
}

GListModel *
sr_file_model_get_facts (SrFileModel *self)
{
  return G_LIST_MODEL (self->facts);
}

GListModel *
sr_file_model_get_checks (SrFileModel *self)
{
  return G_LIST_MODEL (self->checks);
}

GListModel *
sr_file_model_get_collections (SrFileModel *self)
{
  return G_LIST_MODEL (self->collections);
}

GListModel *
sr_file_model_get_entries (SrFileModel *self)
{
  return G_LIST_MODEL (self->entries);
}

const char *
sr_file_model_get_reason (SrFileModel *self,
                          SrFileAction action)
{
  return self->reasons[action];
}

/* What only the person knows stands there as a word to be replaced. */
char *
sr_file_model_get_command (SrFileModel *self,
                           SrFileAction action)
{
  static const char *const lines[SR_N_FILE_ACTIONS][6] = {
    [SR_FILE_VERIFY] = { "verify", NULL },
    [SR_FILE_RESTORE] = { "restore-file", "--into", "TARGET", NULL },
    [SR_FILE_EXTRACT] = { "extract", "--target", "FOLDER", NULL },
    [SR_FILE_CONVERT] = { "convert", "--as", "FORMAT", "--output", "OUTPUT", NULL },
    [SR_FILE_IMPORT] = { "import", "--vault", "VAULT", NULL },
    [SR_FILE_RECORDS] = { "records", NULL },
  };
  const char *const    *words = lines[action];
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autofree char      *path = sr_say_argument (self->path != NULL ? self->path : "FILE");

  g_ptr_array_add (arguments, (gpointer) "strongroomctl");
  g_ptr_array_add (arguments, (gpointer) words[0]);
  g_ptr_array_add (arguments, path);
  for (guint i = 1; words[i] != NULL; i++)
    g_ptr_array_add (arguments, (gpointer) words[i]);
  if (self->key != NULL)
    {
      g_ptr_array_add (arguments, (gpointer) "--key-file");
      g_ptr_array_add (arguments, (gpointer) "KEYFILE");
    }
  g_ptr_array_add (arguments, NULL);
  return sr_say_command ((const char *const *) arguments->pdata);
}

static SrSecret *
give_again (const char *hint,
            guint       attempt,
            gpointer    user_data,
            GError    **error)
{
  SrSecret *key = user_data;

  return attempt == 0 && key != NULL ? sr_secret_ref (key) : NULL;
}

SrBackupFile *
sr_file_model_open_again (const char   *path,
                          SrSecret     *key,
                          GCancellable *cancellable,
                          GError      **error)
{
  SrBackupFileOptions options = { .ask_key = give_again, .user_data = key };

  return sr_backup_file_open (path, &options, cancellable, error);
}
