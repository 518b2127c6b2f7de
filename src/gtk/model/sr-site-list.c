/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/model/sr-site-list.h"

#include <glib/gi18n.h>

#include "base/sr-worker.h"
#include "job/sr-site-status.h"

/* How often ages are told anew. */
#define PERIOD_SECONDS 300

#define NS_PER_MINUTE (G_GINT64_CONSTANT (60) * 1000000000)

struct _SrSiteList
{
  GObject       parent_instance;
  GListStore   *items;
  char         *folder;
  char         *history;
  GHashTable   *known; /* ids of the items that were added here */
  GFileMonitor *monitor;
  GCancellable *cancellable;
  guint         timer;
  gboolean      is_reading;
  gboolean      is_stale; /* something changed while it was read */
};

G_DEFINE_FINAL_TYPE (SrSiteList, sr_site_list, G_TYPE_OBJECT)

typedef struct
{
  char       *id;
  char       *name;
  char       *environment;
  char       *state;
  const char *icon_name;
  const char *css_class;
} Entry;

typedef struct
{
  char      *folder;
  char      *history;
  GPtrArray *entries; /* of Entry */
} Reading;

static void
free_entry (gpointer data)
{
  Entry *entry = data;

  g_free (entry->id);
  g_free (entry->name);
  g_free (entry->environment);
  g_free (entry->state);
  g_free (entry);
}

static void
free_reading (gpointer data)
{
  Reading *reading = data;

  g_ptr_array_unref (reading->entries);
  g_free (reading->folder);
  g_free (reading->history);
  g_free (reading);
}

/* --- on the worker ---------------------------------------------------------------------------- */

static char *
describe_age (gint64 ns)
{
  gint64 minutes = MAX (ns, 0) / NS_PER_MINUTE;
  guint  n;

  if (minutes < 1)
    return g_strdup (_ ("Backed up just now"));
  if (minutes < 120)
    return g_strdup_printf (ngettext ("Backed up %u minute ago", "Backed up %u minutes ago",
                                      (gulong) minutes),
                            (guint) minutes);
  n = (guint) (minutes / 60);
  if (n < 48)
    return g_strdup_printf (ngettext ("Backed up %u hour ago", "Backed up %u hours ago", n), n);
  n /= 24;
  return g_strdup_printf (ngettext ("Backed up %u day ago", "Backed up %u days ago", n), n);
}

static void
describe (Entry              *entry,
          const SrSiteStatus *status)
{
  gboolean is_well = status != NULL && status->health == SR_HEALTH_OK;
  gboolean is_bad = status != NULL && status->health == SR_HEALTH_CRITICAL;

  if (status == NULL)
    entry->state = g_strdup (_ ("It is not known when it was backed up"));
  else if (status->last_failure != NULL)
    entry->state = g_strdup (_ ("The last backup failed"));
  else if (status->last_good != NULL)
    entry->state = describe_age (status->age_ns);
  else
    entry->state = g_strdup (_ ("Never backed up"));
  if (status != NULL && status->last_good == NULL)
    entry->icon_name = "strongroom-site-never-symbolic";
  else
    entry->icon_name = is_well ? "strongroom-site-ok-symbolic" : "strongroom-site-late-symbolic";
  entry->css_class = is_well ? "success" : (is_bad ? "error" : "warning");
}

static gboolean
do_read (gpointer      data,
         GCancellable *cancellable,
         GError      **error)
{
  Reading                *reading = data;
  g_autoptr (SrSiteStore) store = sr_site_store_new (reading->folder);
  g_autoptr (GPtrArray)   sites = sr_site_store_list (store, NULL, NULL, error);
  g_autoptr (SrHistory)   history = NULL;

  if (sites == NULL)
    return FALSE;
  if (sites->len > 0)
    history = sr_history_open (reading->history, NULL, NULL);
  for (guint i = 0; i < sites->len; i++)
    {
      SrSite                  *site = g_ptr_array_index (sites, i);
      g_autoptr (SrSiteStatus) status = NULL;
      Entry                   *entry = g_new0 (Entry, 1);

      g_ptr_array_add (reading->entries, entry);
      entry->id = g_strdup (sr_site_get_id (site));
      entry->name = g_strdup (sr_site_get_name (site));
      entry->environment = g_strdup (sr_site_get_environment (site));
      if (history != NULL)
        status = sr_site_status_read (history, site, NULL, SR_STATUS_WARN_AGE_NS,
                                      SR_STATUS_CRITICAL_AGE_NS, cancellable, NULL);
      describe (entry, status);
    }
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/* --- on the main thread ----------------------------------------------------------------------- */

/* Returns: (transfer full) (nullable) */
static SrSiteItem *
find_item (SrSiteList *self,
           const char *id,
           guint      *position)
{
  GListModel *list = G_LIST_MODEL (self->items);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (SrSiteItem) item = g_list_model_get_item (list, i);

      if (!g_str_equal (sr_site_item_get_id (item), id))
        continue;
      if (position != NULL)
        *position = i;
      return g_steal_pointer (&item);
    }
  return NULL;
}

static int
compare_names (gconstpointer a,
               gconstpointer b,
               gpointer      data)
{
  return g_utf8_collate (sr_site_item_get_name (SR_SITE_ITEM ((gpointer) a)),
                         sr_site_item_get_name (SR_SITE_ITEM ((gpointer) b)));
}

static void
show_entry (SrSiteList  *self,
            const Entry *entry)
{
  g_autoptr (SrSiteItem) item = find_item (self, entry->id, NULL);
  gboolean               is_new = item == NULL;

  if (is_new)
    item = sr_site_item_new (entry->id, entry->name);
  sr_site_item_set_name (item, entry->name);
  sr_site_item_set_environment (item, sr_environment_title (entry->environment));
  sr_site_item_set_state (item, entry->state, entry->icon_name, entry->css_class);
  if (!is_new)
    return;
  g_hash_table_add (self->known, g_strdup (entry->id));
  g_list_store_insert_sorted (self->items, item, compare_names, NULL);
}

/* Removes those that were shown and whose file is gone. */
static void
drop_others (SrSiteList *self,
             GPtrArray  *entries)
{
  g_autoptr (GHashTable) there = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter         iter;
  gpointer               id;

  for (guint i = 0; i < entries->len; i++)
    g_hash_table_add (there, ((Entry *) g_ptr_array_index (entries, i))->id);
  g_hash_table_iter_init (&iter, self->known);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    {
      guint                  position = 0;
      g_autoptr (SrSiteItem) item = NULL;

      if (g_hash_table_contains (there, id))
        continue;
      item = find_item (self, id, &position);
      if (item != NULL)
        g_list_store_remove (self->items, position);
      g_hash_table_iter_remove (&iter);
    }
}

static void
on_read (GObject      *object,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (GTask)  task = data;
  SrSiteList        *self = g_task_get_source_object (task);
  Reading           *reading = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gboolean           is_read = sr_worker_run_finish (result, &error);

  self->is_reading = FALSE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (self->is_stale)
    {
      sr_site_list_reload (self);
      return;
    }
  if (!is_read)
    {
      g_message ("the sites cannot be read: %s", error->message);
      return;
    }
  drop_others (self, reading->entries);
  for (guint i = 0; i < reading->entries->len; i++)
    show_entry (self, g_ptr_array_index (reading->entries, i));
}

void
sr_site_list_reload (SrSiteList *self)
{
  GTask   *task;
  Reading *reading;

  self->is_stale = self->is_reading;
  if (self->is_reading)
    return;
  self->is_reading = TRUE;
  reading = g_new0 (Reading, 1);
  reading->folder = g_strdup (self->folder);
  reading->history = g_strdup (self->history);
  reading->entries = g_ptr_array_new_with_free_func (free_entry);
  task = g_task_new (self, self->cancellable, NULL, NULL);
  g_task_set_task_data (task, reading, free_reading);
  sr_worker_run_async ("sites", do_read, reading, NULL, self->cancellable, on_read, task);
}

gboolean
sr_site_list_is_busy (SrSiteList *self)
{
  return self->is_reading;
}

void
sr_site_list_add (SrSiteList *self,
                  SrSite     *site)
{
  Entry entry = { .id = (char *) sr_site_get_id (site),
                  .name = (char *) sr_site_get_name (site),
                  .environment = (char *) sr_site_get_environment (site),
                  .state = _ ("Never backed up"),
                  .icon_name = "strongroom-site-never-symbolic",
                  .css_class = "warning" };

  show_entry (self, &entry);
  sr_site_list_reload (self);
}

const char *
sr_site_list_get_folder (SrSiteList *self)
{
  return self->folder;
}

const char *
sr_environment_title (const char *environment)
{
  static const struct
  {
    const char *name;
    const char *title;
  } titles[] = {
    { "production", N_ ("Production") },
    { "staging", N_ ("Staging") },
    { "test", N_ ("Test") },
    { "development", N_ ("Development") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    if (g_str_equal (titles[i].name, environment))
      return _ (titles[i].title);
  return environment;
}

/* --- the object ------------------------------------------------------------------------------- */

static gboolean
on_time (gpointer data)
{
  sr_site_list_reload (SR_SITE_LIST (data));
  return G_SOURCE_CONTINUE;
}

static void
sr_site_list_dispose (GObject *object)
{
  SrSiteList *self = SR_SITE_LIST (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->monitor != NULL)
    g_file_monitor_cancel (self->monitor);
  g_clear_object (&self->monitor);
  G_OBJECT_CLASS (sr_site_list_parent_class)->dispose (object);
}

static void
sr_site_list_finalize (GObject *object)
{
  SrSiteList *self = SR_SITE_LIST (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->items);
  g_hash_table_unref (self->known);
  g_free (self->folder);
  g_free (self->history);
  G_OBJECT_CLASS (sr_site_list_parent_class)->finalize (object);
}

static void
sr_site_list_class_init (SrSiteListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sr_site_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = sr_site_list_finalize;
}

static void
sr_site_list_init (SrSiteList *self)
{
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->cancellable = g_cancellable_new ();
}

SrSiteList *
sr_site_list_new (GListStore *items,
                  const char *folder,
                  const char *history)
{
  SrSiteList             *self = g_object_new (SR_TYPE_SITE_LIST, NULL);
  g_autoptr (SrSiteStore) store = sr_site_store_new (folder);
  g_autoptr (GFile)       file = NULL;

  self->items = g_object_ref (items);
  self->folder = g_strdup (sr_site_store_get_folder (store));
  self->history = g_strdup (history);
  file = g_file_new_for_path (self->folder);
  /* Where nothing can be watched the timer is left. */
  self->monitor = g_file_monitor_directory (file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitor != NULL)
    g_signal_connect_object (self->monitor, "changed", G_CALLBACK (sr_site_list_reload), self,
                             G_CONNECT_SWAPPED);
  self->timer = g_timeout_add_seconds (PERIOD_SECONDS, on_time, self);
  return self;
}
