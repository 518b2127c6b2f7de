/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/model/sr-restore-model-private.h"

#include <string.h>

#include "gtk/model/sr-choice-item.h"
#include "gtk/model/sr-row-item.h"

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (SrRestoreModel, sr_restore_model, G_TYPE_OBJECT)

void
sr_restore_model_set_text (SrRestoreModel *self,
                           guint           id,
                           const char     *text)
{
  if (text == NULL)
    text = "";
  if (strcmp (self->texts[id], text) == 0)
    return;
  g_free (self->texts[id]);
  self->texts[id] = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
}

void
sr_restore_model_set_loses (SrRestoreModel *self,
                            gboolean        loses)
{
  if (self->loses == loses)
    return;
  self->loses = loses;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOSES]);
}

static void
on_list_changed (SrRestoreModel *self)
{
  sr_restore_model_find_reasons (self);
}

static void
follow_choice (SrChoiceItem   *item,
               GParamSpec     *spec,
               SrRestoreModel *self)
{
  sr_restore_model_find_reasons (self);
}

static void
watch_items (GListModel     *list,
             guint           position,
             guint           removed,
             guint           added,
             SrRestoreModel *self)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (SrChoiceItem) item = g_list_model_get_item (list, i);

      g_signal_connect_object (item, "notify::chosen", G_CALLBACK (follow_choice), self, 0);
    }
  on_list_changed (self);
}

/* --- object
 * ------------------------------------------------------------------------------------- */

static void
sr_restore_model_dispose (GObject *object)
{
  SrRestoreModel *self = SR_RESTORE_MODEL (object);

  if (self->checking != NULL)
    g_cancellable_cancel (self->checking);
  g_clear_object (&self->checking);
  G_OBJECT_CLASS (sr_restore_model_parent_class)->dispose (object);
}

static void
sr_restore_model_finalize (GObject *object)
{
  SrRestoreModel *self = SR_RESTORE_MODEL (object);

  for (guint id = 1; id < N_TEXTS; id++)
    g_free (self->texts[id]);
  g_clear_pointer (&self->password, sr_secret_unref);
  g_clear_object (&self->file);
  g_clear_object (&self->progress);
  g_clear_object (&self->checks);
  g_clear_object (&self->losses);
  g_free (self->checked);
  G_OBJECT_CLASS (sr_restore_model_parent_class)->finalize (object);
}

static void
sr_restore_model_get_property (GObject    *object,
                               guint       id,
                               GValue     *value,
                               GParamSpec *spec)
{
  SrRestoreModel *self = SR_RESTORE_MODEL (object);

  if (id >= 1 && id < N_TEXTS)
    g_value_set_string (value, self->texts[id]);
  else if (id == PROP_WHAT)
    g_value_set_uint (value, self->what);
  else if (id == PROP_WHERE)
    g_value_set_uint (value, self->where);
  else if (id == PROP_FORMAT)
    g_value_set_uint (value, self->format);
  else if (id == PROP_KEEP_PASSWORD)
    g_value_set_boolean (value, self->keep_password);
  else if (id == PROP_ACCEPT)
    g_value_set_boolean (value, self->accept);
  else if (id == PROP_NEEDS_ACCEPT)
    g_value_set_boolean (value, sr_restore_model_is_broken (self));
  else if (id == PROP_LOSES)
    g_value_set_boolean (value, self->loses);
  else if (id == PROP_COLLECTIONS)
    g_value_set_object (value, sr_restore_model_get_collections (self));
  else if (id == PROP_ENTRIES)
    g_value_set_object (value, sr_restore_model_get_entries (self));
  else if (id == PROP_CHECKS)
    g_value_set_object (value, self->checks);
  else if (id == PROP_LOSSES)
    g_value_set_object (value, self->losses);
  else if (id == PROP_PROGRESS)
    g_value_set_object (value, self->progress);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

/* Another place makes what was said of the last one void. */
static void
set_where (SrRestoreModel *self,
           SrRestoreWhere  where)
{
  if (where == self->where || where >= SR_N_RESTORE_WHERE)
    return;
  self->where = where;
  self->safety_is_mine = TRUE;
  sr_restore_model_set_text (self, PROP_PATH, NULL);
  sr_restore_model_set_text (self, PROP_HOST_ERROR, NULL);
  sr_restore_model_set_text (self, PROP_PASSWORD_ERROR, NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WHERE]);
}

static void
set_number (SrRestoreModel *self,
            guint           id,
            const GValue   *value)
{
  if (id == PROP_WHERE)
    set_where (self, g_value_get_uint (value));
  else if (id == PROP_WHAT && g_value_get_uint (value) < SR_N_RESTORE_WHAT)
    self->what = g_value_get_uint (value);
  else if (id == PROP_FORMAT && g_value_get_uint (value) <= SR_CONVERT_ZIP)
    self->format = g_value_get_uint (value);
  else if (id == PROP_KEEP_PASSWORD)
    self->keep_password = g_value_get_boolean (value);
  else if (id == PROP_ACCEPT)
    self->accept = g_value_get_boolean (value);
  if (id != PROP_WHERE)
    g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
}

static void
sr_restore_model_set_property (GObject      *object,
                               guint         id,
                               const GValue *value,
                               GParamSpec   *spec)
{
  SrRestoreModel *self = SR_RESTORE_MODEL (object);

  if (id >= 1 && id < N_WRITABLE_TEXTS)
    {
      if (id == PROP_SAFETY && g_strcmp0 (g_value_get_string (value), self->texts[id]) != 0)
        self->safety_is_mine = FALSE;
      sr_restore_model_set_text (self, id, g_value_get_string (value));
    }
  else if (id >= PROP_WHAT && id <= PROP_ACCEPT)
    set_number (self, id, value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  sr_restore_model_find_reasons (self);
}

static void
install_texts (void)
{
  static const char *const names[N_TEXTS] = {
    NULL,
    "terms",
    "path",
    "host",
    "port",
    "user",
    "database",
    "socket",
    "schema",
    "tls",
    "typed-name",
    "safety",
    "what-reason",
    "where-reason",
    "host-error",
    "password-error",
    "checks-state",
    "checks-sentence",
    "loss-sentence",
    "expected-name",
    "loss-reason",
  };

  for (guint id = 1; id < N_TEXTS; id++)
    properties[id] = g_param_spec_string (
        names[id], NULL, NULL, "",
        (id < N_WRITABLE_TEXTS ? G_PARAM_READWRITE : G_PARAM_READABLE) | G_PARAM_STATIC_STRINGS |
            G_PARAM_EXPLICIT_NOTIFY);
}

static void
sr_restore_model_class_init (SrRestoreModelClass *class)
{
  static const char *const numbers[] = { "what", "where", "format" };
  static const char *const flags[] = { "keep-password", "accept" };
  static const char *const found[] = { "needs-accept", "loses" };
  static const char *const lists[] = { "collections", "entries", "checks", "losses" };
  GObjectClass            *object_class = G_OBJECT_CLASS (class);
  GParamFlags              readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GParamFlags              both = readable | G_PARAM_WRITABLE | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = sr_restore_model_dispose;
  object_class->finalize = sr_restore_model_finalize;
  object_class->get_property = sr_restore_model_get_property;
  object_class->set_property = sr_restore_model_set_property;
  install_texts ();
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    properties[PROP_WHAT + i] = g_param_spec_uint (numbers[i], NULL, NULL, 0, 100, 0, both);
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    properties[PROP_KEEP_PASSWORD + i] = g_param_spec_boolean (flags[i], NULL, NULL, FALSE, both);
  for (guint i = 0; i < G_N_ELEMENTS (found); i++)
    properties[PROP_NEEDS_ACCEPT + i] =
        g_param_spec_boolean (found[i], NULL, NULL, FALSE, readable);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    properties[PROP_COLLECTIONS + i] =
        g_param_spec_object (lists[i], NULL, NULL, G_TYPE_LIST_MODEL, readable);
  properties[PROP_PROGRESS] =
      g_param_spec_object ("progress", NULL, NULL, SR_TYPE_PROGRESS_MODEL, readable);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sr_restore_model_init (SrRestoreModel *self)
{
  for (guint id = 1; id < N_TEXTS; id++)
    self->texts[id] = g_strdup ("");
  self->format = SR_CONVERT_JSON;
  self->safety_is_mine = TRUE;
  self->progress = sr_progress_model_new ();
  self->checks = g_list_store_new (SR_TYPE_ROW_ITEM);
  self->losses = g_list_store_new (SR_TYPE_ROW_ITEM);
  sr_restore_model_set_text (self, PROP_CHECKS_STATE, "none");
}

SrRestoreModel *
sr_restore_model_new (SrFileModel *file)
{
  SrRestoreModel *self = g_object_new (SR_TYPE_RESTORE_MODEL, NULL);
  GListModel     *lists[2];

  self->file = g_object_ref (file);
  lists[0] = sr_restore_model_get_collections (self);
  lists[1] = sr_restore_model_get_entries (self);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      g_signal_connect_object (lists[i], "items-changed", G_CALLBACK (watch_items), self, 0);
      watch_items (lists[i], 0, 0, g_list_model_get_n_items (lists[i]), self);
    }
  sr_restore_model_find_reasons (self);
  return self;
}

SrFileModel *
sr_restore_model_get_file (SrRestoreModel *self)
{
  return self->file;
}

SrRestoreWhat
sr_restore_model_get_what (SrRestoreModel *self)
{
  return self->what;
}

SrRestoreWhere
sr_restore_model_get_where (SrRestoreModel *self)
{
  return self->where;
}

void
sr_restore_model_set_password (SrRestoreModel *self,
                               SrSecret       *password)
{
  if (password != NULL)
    sr_secret_ref (password);
  g_clear_pointer (&self->password, sr_secret_unref);
  self->password = password;
}

const char *
sr_restore_model_get_checks_state (SrRestoreModel *self)
{
  return self->texts[PROP_CHECKS_STATE];
}

GListModel *
sr_restore_model_get_checks (SrRestoreModel *self)
{
  return G_LIST_MODEL (self->checks);
}

GListModel *
sr_restore_model_get_losses (SrRestoreModel *self)
{
  return G_LIST_MODEL (self->losses);
}

GListModel *
sr_restore_model_get_collections (SrRestoreModel *self)
{
  return sr_file_model_get_collections (self->file);
}

GListModel *
sr_restore_model_get_entries (SrRestoreModel *self)
{
  return sr_file_model_get_entries (self->file);
}

gboolean
sr_restore_model_loses (SrRestoreModel *self)
{
  return self->loses;
}
