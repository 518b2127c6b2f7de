/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/model/sr-protect.h"

#include <string.h>

#include <glib/gi18n.h>

#include "base/sr-error.h"
#include "base/sr-worker.h"
#include "gtk/model/sr-protect-finish.h"

struct _SrProtect
{
  GObject      parent_instance;
  SrSiteStore *store;
  GListStore  *sources;
  GPtrArray   *notes;
  guint        n_busy;
  guint        n_chosen;

  char                *name;
  gboolean             is_name_given;
  char                *environment;
  SrSecret            *password;
  gboolean             is_password_generated;
  double               bits;
  SrPassphraseStrength strength;
  gboolean             keep_password;

  char         *wanted_place; /* what was chosen last */
  SrVaultPlace  place;
  gboolean      is_place_known;
  char         *place_warning;
  GCancellable *place_cancellable;
};

enum
{
  PROP_BUSY = 1,
  PROP_NAME,
  PROP_ENVIRONMENT,
  PROP_N_CHOSEN,
  PROP_PLACE,
  PROP_PLACE_KIND,
  PROP_PLACE_SENTENCE,
  PROP_PLACE_WARNING,
  PROP_PLACE_READY,
  PROP_STRENGTH,
  PROP_PASSWORD_READY,
  PROP_KEEP_PASSWORD,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (SrProtect, sr_protect, G_TYPE_OBJECT)

static void look_at_place (SrProtect *self);

static void
notify (SrProtect *self,
        guint      first,
        guint      last)
{
  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = first; i <= last; i++)
    g_object_notify_by_pspec (G_OBJECT (self), props[i]);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
add_busy (SrProtect *self,
          int        n)
{
  gboolean was_busy = self->n_busy > 0;

  self->n_busy = (guint) ((int) self->n_busy + n);
  if (was_busy != (self->n_busy > 0))
    notify (self, PROP_BUSY, PROP_BUSY);
}

/* --- what ------------------------------------------------------------------------------------- */

static SrProtectSource *
get_source (SrProtect *self,
            guint      index)
{
  g_autoptr (SrProtectSource) source = g_list_model_get_item (G_LIST_MODEL (self->sources), index);

  return source; /* the list keeps it */
}

static void
count_chosen (SrProtect *self)
{
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->sources)); i++)
    n += sr_protect_source_get_chosen (get_source (self, i));
  if (n == self->n_chosen)
    return;
  self->n_chosen = n;
  notify (self, PROP_N_CHOSEN, PROP_N_CHOSEN);
}

static void
chosen_changed (SrProtect *self)
{
  count_chosen (self);
  if (self->wanted_place != NULL)
    look_at_place (self);
}

/* Takes @source. */
static void
add_source (SrProtect       *self,
            SrProtectSource *source)
{
  g_autoptr (SrProtectSource) owned = source;
  const char                 *path = sr_protect_source_get_path (source);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->sources)); i++)
    if (g_str_equal (sr_protect_source_get_path (get_source (self, i)), path))
      return;
  g_signal_connect_object (source, "notify::chosen", G_CALLBACK (chosen_changed), self,
                           G_CONNECT_SWAPPED);
  g_list_store_append (self->sources, source);
  chosen_changed (self);
}

static void
propose_name (SrProtect  *self,
              const char *raw)
{
  g_autofree char *name = g_utf8_make_valid (raw, -1);

  if (self->is_name_given || g_str_equal (self->name, name))
    return;
  g_free (self->name);
  self->name = g_steal_pointer (&name);
  notify (self, PROP_NAME, PROP_NAME);
}

void
sr_protect_add_folder (SrProtect  *self,
                       const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  add_source (self, sr_protect_source_new_folder (path));
  propose_name (self, name);
}

typedef struct
{
  char        *path;
  SrDiscovery *found;
} Look;

static void
free_look (gpointer data)
{
  Look *look = data;

  g_clear_pointer (&look->found, sr_discovery_free);
  g_free (look->path);
  g_free (look);
}

static gboolean
do_look (gpointer      data,
         GCancellable *cancellable,
         GError      **error)
{
  Look *look = data;

  look->found = sr_discover (look->path, cancellable, error);
  return look->found != NULL;
}

static void
take_found (SrProtect         *self,
            const SrDiscovery *found)
{
  guint n_protectable = 0;

  for (guint i = 0; i < found->findings->len; i++)
    {
      const SrFinding *finding = g_ptr_array_index (found->findings, i);

      add_source (self, sr_protect_source_new (finding));
      n_protectable += finding->is_protectable;
    }
  for (guint i = 0; i < found->notes->len; i++)
    g_ptr_array_add (self->notes, g_strdup (g_ptr_array_index (found->notes, i)));
  if (n_protectable == 0)
    add_source (self, sr_protect_source_new_folder (found->folder));
  propose_name (self, found->name);
}

static void
look_done (GObject      *object,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (GTask)  task = data;
  SrProtect         *self = g_task_get_source_object (task);
  Look              *look = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  add_busy (self, -1);
  if (sr_worker_run_finish (result, &error))
    {
      take_found (self, look->found);
      g_task_return_boolean (task, TRUE);
    }
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
sr_protect_look_async (SrProtect          *self,
                       const char         *path,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            data)
{
  GTask *task = g_task_new (self, cancellable, callback, data);
  Look  *look = g_new0 (Look, 1);

  g_task_set_source_tag (task, sr_protect_look_async);
  g_task_set_check_cancellable (task, FALSE);
  look->path = g_strdup (path);
  g_task_set_task_data (task, look, free_look);
  add_busy (self, 1);
  sr_worker_run_async ("discover", do_look, look, NULL, cancellable, look_done, task);
}

gboolean
sr_protect_look_finish (SrProtect    *self,
                        GAsyncResult *result,
                        GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- where ------------------------------------------------------------------------------------ */

typedef struct
{
  char        *path;
  char       **sources;
  SrVaultPlace place;
} PlaceLook;

static void
free_place_look (gpointer data)
{
  PlaceLook *look = data;

  sr_vault_place_clear (&look->place);
  g_strfreev (look->sources);
  g_free (look->path);
  g_free (look);
}

static gboolean
do_place_look (gpointer      data,
               GCancellable *cancellable,
               GError      **error)
{
  PlaceLook *look = data;

  return sr_vault_place_look (look->path, (const char *const *) look->sources, &look->place,
                              cancellable, error);
}

static void
set_place_warning (SrProtect *self)
{
  g_autofree char *shown = NULL;

  g_clear_pointer (&self->place_warning, g_free);
  if (self->place.same_device == NULL)
    return;
  shown = g_utf8_make_valid (self->place.same_device, -1);
  self->place_warning = g_strdup_printf (
      _ ("This is on the same disk as “%s”: when the disk breaks, the backup is gone as well."),
      shown);
}

static void
forget_place (SrProtect *self)
{
  sr_vault_place_clear (&self->place);
  self->is_place_known = FALSE;
  g_clear_pointer (&self->place_warning, g_free);
}

static void
place_looked_at (GObject      *object,
                 GAsyncResult *result,
                 gpointer      data)
{
  g_autoptr (GTask)  task = data;
  SrProtect         *self = g_task_get_source_object (task);
  PlaceLook         *look = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  add_busy (self, -1);
  if (g_task_get_cancellable (task) != self->place_cancellable)
    return; /* another place was chosen since */
  forget_place (self);
  if (sr_worker_run_finish (result, &error))
    {
      self->place = look->place;
      memset (&look->place, 0, sizeof look->place);
      set_place_warning (self);
    }
  else
    {
      self->place.kind = SR_VAULT_PLACE_UNUSABLE;
      self->place.path = g_strdup (self->wanted_place);
      self->place.sentence = g_strdup (error->message);
    }
  self->is_place_known = TRUE;
  notify (self, PROP_PLACE, PROP_PASSWORD_READY);
}

static char **
list_paths (SrProtect *self)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->sources)); i++)
    if (sr_protect_source_get_chosen (get_source (self, i)))
      g_ptr_array_add (paths, g_strdup (sr_protect_source_get_path (get_source (self, i))));
  g_ptr_array_add (paths, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&paths), FALSE);
}

static void
look_at_place (SrProtect *self)
{
  PlaceLook *look = g_new0 (PlaceLook, 1);
  GTask     *task;

  g_cancellable_cancel (self->place_cancellable);
  g_clear_object (&self->place_cancellable);
  self->place_cancellable = g_cancellable_new ();
  look->path = g_strdup (self->wanted_place);
  look->sources = list_paths (self);
  task = g_task_new (self, self->place_cancellable, NULL, NULL);
  g_task_set_task_data (task, look, free_place_look);
  add_busy (self, 1);
  sr_worker_run_async ("vault-place", do_place_look, look, NULL, self->place_cancellable,
                       place_looked_at, task);
}

void
sr_protect_set_place (SrProtect  *self,
                      const char *path)
{
  g_free (self->wanted_place);
  self->wanted_place = g_strdup (path);
  forget_place (self);
  notify (self, PROP_PLACE, PROP_PASSWORD_READY);
  look_at_place (self);
}

const SrVaultPlace *
sr_protect_get_place (SrProtect *self)
{
  return self->is_place_known ? &self->place : NULL;
}

static gboolean
is_place_ready (SrProtect *self)
{
  return self->is_place_known && (self->place.kind == SR_VAULT_PLACE_NEW ||
                                  self->place.kind == SR_VAULT_PLACE_EXISTING);
}

/* --- password --------------------------------------------------------------------------------- */

static gboolean
is_password_ready (SrProtect *self)
{
  if (self->is_place_known && self->place.kind == SR_VAULT_PLACE_EXISTING)
    return self->strength != SR_PASSPHRASE_NONE;
  return self->strength >= SR_PASSPHRASE_FAIR;
}

void
sr_protect_set_password (SrProtect *self,
                         SrSecret  *password)
{
  g_autoptr (SrSecret) old = self->password;

  self->is_password_generated = FALSE;
  self->password = password != NULL ? sr_secret_ref (password) : NULL;
  self->strength =
      password != NULL ? sr_passphrase_estimate (password, &self->bits) : SR_PASSPHRASE_NONE;
  notify (self, PROP_STRENGTH, PROP_PASSWORD_READY);
}

SrSecret *
sr_protect_get_password (SrProtect *self)
{
  return self->password;
}

SrSecret *
sr_protect_generate_password (SrProtect *self)
{
  g_autoptr (SrSecret) password = sr_passphrase_generate (SR_PASSPHRASE_WORDS);

  sr_protect_set_password (self, password);
  self->is_password_generated = TRUE;
  return self->password;
}

gboolean
sr_protect_is_password_generated (SrProtect *self)
{
  return self->is_password_generated;
}

/* --- done ------------------------------------------------------------------------------------- */

static SrSite *
make_site (SrProtect *self)
{
  g_autoptr (SrSite) site = sr_site_new (self->name);

  sr_site_set_environment (site, self->environment);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->sources)); i++)
    sr_protect_source_add_to (get_source (self, i), site);
  sr_site_add_vault (site, self->place.path);
  return g_steal_pointer (&site);
}

static void
finish_done (GObject      *object,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (GTask)  task = data;
  SrProtect         *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  add_busy (self, -1);
  if (sr_worker_run_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
sr_protect_finish_async (SrProtect          *self,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            data)
{
  GTask           *task = g_task_new (self, cancellable, callback, data);
  SrProtectFinish *work;

  g_task_set_check_cancellable (task, FALSE);
  if (self->n_chosen == 0 || !is_place_ready (self) || !is_password_ready (self))
    {
      g_task_return_new_error (
          task, SR_ERROR, SR_ERROR_INVALID,
          _ ("Choose what to back up, where to keep it, and a password first"));
      g_object_unref (task);
      return;
    }
  work = sr_protect_finish_new (sr_site_store_get_folder (self->store), make_site (self),
                                self->place.path, self->password, self->keep_password);
  g_task_set_task_data (task, work, (GDestroyNotify) sr_protect_finish_free);
  add_busy (self, 1);
  sr_worker_run_async ("protect", sr_protect_finish_run, work, NULL, cancellable, finish_done,
                       task);
}

SrSite *
sr_protect_finish_finish (SrProtect    *self,
                          GAsyncResult *result,
                          char        **keyring_problem,
                          GError      **error)
{
  SrProtectFinish *work = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  if (keyring_problem != NULL)
    *keyring_problem = g_strdup (work->keyring_problem);
  return g_object_ref (work->site);
}

/* --- the object ------------------------------------------------------------------------------- */

static void
sr_protect_get_property (GObject    *object,
                         guint       id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  SrProtect *self = SR_PROTECT (object);

  switch (id)
    {
    case PROP_BUSY:
      g_value_set_boolean (value, self->n_busy > 0);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_ENVIRONMENT:
      g_value_set_string (value, self->environment);
      break;
    case PROP_N_CHOSEN:
      g_value_set_uint (value, self->n_chosen);
      break;
    case PROP_PLACE:
      g_value_set_string (value, self->wanted_place != NULL ? self->wanted_place : "");
      break;
    case PROP_PLACE_KIND:
      g_value_set_uint (value, self->is_place_known ? self->place.kind : SR_VAULT_PLACE_UNUSABLE);
      break;
    case PROP_PLACE_SENTENCE:
      g_value_set_string (value, self->is_place_known ? self->place.sentence : "");
      break;
    case PROP_PLACE_WARNING:
      g_value_set_string (value, self->place_warning != NULL ? self->place_warning : "");
      break;
    case PROP_PLACE_READY:
      g_value_set_boolean (value, is_place_ready (self));
      break;
    case PROP_STRENGTH:
      g_value_set_uint (value, self->strength);
      break;
    case PROP_PASSWORD_READY:
      g_value_set_boolean (value, is_password_ready (self));
      break;
    case PROP_KEEP_PASSWORD:
      g_value_set_boolean (value, self->keep_password);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sr_protect_set_property (GObject      *object,
                         guint         id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  SrProtect *self = SR_PROTECT (object);

  switch (id)
    {
    case PROP_NAME:
      g_free (self->name);
      self->name = g_value_dup_string (value);
      self->is_name_given = self->name != NULL && *self->name != '\0';
      break;
    case PROP_ENVIRONMENT:
      g_free (self->environment);
      self->environment = g_value_dup_string (value);
      break;
    case PROP_KEEP_PASSWORD:
      self->keep_password = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sr_protect_finalize (GObject *object)
{
  SrProtect *self = SR_PROTECT (object);

  g_cancellable_cancel (self->place_cancellable);
  g_clear_object (&self->place_cancellable);
  sr_vault_place_clear (&self->place);
  g_clear_pointer (&self->place_warning, g_free);
  g_clear_pointer (&self->wanted_place, g_free);
  g_clear_pointer (&self->password, sr_secret_unref);
  g_clear_object (&self->sources);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  g_clear_object (&self->store);
  g_free (self->name);
  g_free (self->environment);
  G_OBJECT_CLASS (sr_protect_parent_class)->finalize (object);
}

static void
sr_protect_class_init (SrProtectClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GParamFlags given = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = sr_protect_get_property;
  object_class->set_property = sr_protect_set_property;
  object_class->finalize = sr_protect_finalize;
  props[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, flags);
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, "", given);
  props[PROP_ENVIRONMENT] = g_param_spec_string ("environment", NULL, NULL, "", given);
  props[PROP_N_CHOSEN] = g_param_spec_uint ("n-chosen", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_PLACE] = g_param_spec_string ("place", NULL, NULL, "", flags);
  props[PROP_PLACE_KIND] = g_param_spec_uint ("place-kind", NULL, NULL, 0, SR_VAULT_PLACE_UNUSABLE,
                                              SR_VAULT_PLACE_UNUSABLE, flags);
  props[PROP_PLACE_SENTENCE] = g_param_spec_string ("place-sentence", NULL, NULL, "", flags);
  props[PROP_PLACE_WARNING] = g_param_spec_string ("place-warning", NULL, NULL, "", flags);
  props[PROP_PLACE_READY] = g_param_spec_boolean ("place-ready", NULL, NULL, FALSE, flags);
  props[PROP_STRENGTH] = g_param_spec_uint ("strength", NULL, NULL, 0, SR_PASSPHRASE_STRONG,
                                            SR_PASSPHRASE_NONE, flags);
  props[PROP_PASSWORD_READY] = g_param_spec_boolean ("password-ready", NULL, NULL, FALSE, flags);
  props[PROP_KEEP_PASSWORD] = g_param_spec_boolean ("keep-password", NULL, NULL, TRUE, given);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
sr_protect_init (SrProtect *self)
{
  self->sources = g_list_store_new (SR_TYPE_PROTECT_SOURCE);
  self->notes = g_ptr_array_new_with_free_func (g_free);
  self->name = g_strdup ("");
  self->environment = g_strdup ("production");
  self->keep_password = TRUE;
}

SrProtect *
sr_protect_new (SrSiteStore *store)
{
  SrProtect *self = g_object_new (SR_TYPE_PROTECT, NULL);

  self->store = g_object_ref (store);
  return self;
}

GListModel *
sr_protect_get_sources (SrProtect *self)
{
  return G_LIST_MODEL (self->sources);
}

GPtrArray *
sr_protect_get_notes (SrProtect *self)
{
  return self->notes;
}
