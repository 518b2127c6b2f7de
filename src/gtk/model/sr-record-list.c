/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/model/sr-record-list.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/sr-error.h"
#include "base/sr-worker.h"
#include "gtk/model/sr-say.h"

#define PAGE        100 /* records read at once */
#define MAX_PAGES   60  /* kept */
#define MAX_WAITING 8   /* pages asked for and not read yet; older ones are out of sight */
#define MAX_CHARS   4096
#define LOOK_EVERY  200 /* milliseconds, for new records */

/* Records of one choice; shared with its workers. */
typedef struct
{
  gatomicrefcount references;
  SrRecordWindow *window;      /* owned */
  GCancellable   *cancellable; /* owned */
  char           *path;        /* owned */
  SrSecret       *key;         /* (nullable) owned */
  char           *collection;  /* owned */
  char          **terms;       /* owned */
  SrRecordList   *list;        /* (unowned): of the main thread; NULL once it goes another way */
} Choice;

typedef struct
{
  Choice    *choice; /* owned */
  guint      page;
  GPtrArray *records; /* (nullable) owned */
} Reading;

struct _SrRecordList
{
  GObject parent_instance;

  SrFileModel *file; /* owned */
  char        *state;
  char        *error;
  char        *count;
  guint        n_items;
  guint        n_fields;

  Choice     *choice;  /* (nullable) owned */
  GHashTable *pages;   /* of number of the page to a GPtrArray of SrRecordItem; owned */
  GQueue      recent;  /* of numbers of pages, the one used last at the head */
  GQueue      waiting; /* of numbers of pages, the one asked for last at the head */
  gboolean    is_reading_page;
  guint       look_id; /* of the source that looks for new records */
};

enum
{
  PROP_STATE = 1,
  PROP_ERROR,
  PROP_COUNT,
  PROP_N_FIELDS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void sr_record_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SrRecordList,
                               sr_record_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, sr_record_list_model_init))

static Choice *
choice_ref (Choice *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

static void
choice_unref (gpointer data)
{
  Choice *self = data;

  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_clear_object (&self->window);
  g_clear_object (&self->cancellable);
  g_free (self->path);
  g_clear_pointer (&self->key, sr_secret_unref);
  g_free (self->collection);
  g_strfreev (self->terms);
  g_free (self);
}

static void
set_text (SrRecordList *self,
          char        **place,
          guint         id,
          const char   *text)
{
  if (g_strcmp0 (*place, text) == 0)
    return;
  g_free (*place);
  *place = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
}

/* --- pages
 * -------------------------------------------------------------------------------------- */

static void read_next_page (SrRecordList *self);

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  choice_unref (reading->choice);
  g_clear_pointer (&reading->records, g_ptr_array_unref);
  g_free (reading);
}

static gboolean
read_page (gpointer      data,
           GCancellable *cancellable,
           GError      **error)
{
  Reading *reading = data;

  reading->records = sr_record_window_read (reading->choice->window, (guint64) reading->page * PAGE,
                                            PAGE, MAX_CHARS, error);
  return reading->records != NULL;
}

static void
on_page_read (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Reading           *reading = user_data;
  SrRecordList      *self = reading->choice->list;
  g_autoptr (GError) error = NULL;
  gboolean           ok = sr_worker_run_finish (result, &error);
  GPtrArray         *items;

  if (self == NULL)
    return;
  self->is_reading_page = FALSE;
  items = g_hash_table_lookup (self->pages, GUINT_TO_POINTER (reading->page));
  for (guint i = 0; ok && items != NULL && i < MIN (items->len, reading->records->len); i++)
    sr_record_item_load (g_ptr_array_index (items, i), g_ptr_array_index (reading->records, i));
  if (!ok)
    set_text (self, &self->error, PROP_ERROR, error->message);
  read_next_page (self);
}

static void
read_next_page (SrRecordList *self)
{
  Reading *reading;

  if (self->is_reading_page || self->choice == NULL || g_queue_is_empty (&self->waiting))
    return;
  self->is_reading_page = TRUE;
  reading = g_new0 (Reading, 1);
  reading->choice = choice_ref (self->choice);
  reading->page = GPOINTER_TO_UINT (g_queue_pop_head (&self->waiting));
  sr_worker_run_async ("records", read_page, reading, reading_free, self->choice->cancellable,
                       on_page_read, reading);
}

static void
ask_for_page (SrRecordList *self,
              guint         page)
{
  g_queue_remove (&self->waiting, GUINT_TO_POINTER (page));
  g_queue_push_head (&self->waiting, GUINT_TO_POINTER (page));
  /* what scrolled by is asked for again when it comes back */
  while (g_queue_get_length (&self->waiting) > MAX_WAITING)
    {
      gpointer dropped = g_queue_pop_tail (&self->waiting);

      g_queue_remove (&self->recent, dropped);
      g_hash_table_remove (self->pages, dropped);
    }
  read_next_page (self);
}

static GPtrArray *
get_page (SrRecordList *self,
          guint         page)
{
  GPtrArray *items = g_hash_table_lookup (self->pages, GUINT_TO_POINTER (page));

  g_queue_remove (&self->recent, GUINT_TO_POINTER (page));
  g_queue_push_head (&self->recent, GUINT_TO_POINTER (page));
  if (items != NULL)
    return items;
  items = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < PAGE; i++)
    g_ptr_array_add (items, sr_record_item_new ());
  g_hash_table_insert (self->pages, GUINT_TO_POINTER (page), items);
  if (g_queue_get_length (&self->recent) > MAX_PAGES)
    {
      gpointer oldest = g_queue_pop_tail (&self->recent);

      g_queue_remove (&self->waiting, oldest);
      g_hash_table_remove (self->pages, oldest);
    }
  ask_for_page (self, page);
  return items;
}

/* --- as a list
 * ---------------------------------------------------------------------------------- */

static GType
sr_record_list_get_item_type (GListModel *list)
{
  return SR_TYPE_RECORD_ITEM;
}

static guint
sr_record_list_get_n_items (GListModel *list)
{
  return SR_RECORD_LIST (list)->n_items;
}

static gpointer
sr_record_list_get_item (GListModel *list,
                         guint       position)
{
  SrRecordList *self = SR_RECORD_LIST (list);

  if (position >= self->n_items)
    return NULL;
  return g_object_ref (g_ptr_array_index (get_page (self, position / PAGE), position % PAGE));
}

static void
sr_record_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = sr_record_list_get_item_type;
  iface->get_n_items = sr_record_list_get_n_items;
  iface->get_item = sr_record_list_get_item;
}

/* --- reading the collection
 * --------------------------------------------------------------------- */

static void
say_count (SrRecordList *self)
{
  g_autofree char *records = sr_say_records (self->n_items);
  g_autofree char *more = NULL;

  if (strcmp (self->state, "reading") == 0)
    /* TRANSLATORS: "1,234 records" until now */
    more = g_strdup_printf (_ ("%s, reading…"), records);
  set_text (self, &self->count, PROP_COUNT, more != NULL ? more : records);
}

/* A page that was not full when it was read is read again. */
static void
grow (SrRecordList *self)
{
  guint64 found = sr_record_window_get_n_records (self->choice->window);
  guint   n_items = (guint) MIN (found, G_MAXINT32);
  guint   before = self->n_items;
  guint   n_fields = sr_record_window_get_n_fields (self->choice->window);

  if (n_fields != self->n_fields)
    {
      self->n_fields = n_fields;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_FIELDS]);
    }
  if (n_items > before)
    {
      self->n_items = n_items;
      if (before % PAGE != 0 &&
          g_hash_table_contains (self->pages, GUINT_TO_POINTER (before / PAGE)))
        ask_for_page (self, before / PAGE);
      g_list_model_items_changed (G_LIST_MODEL (self), before, 0, n_items - before);
    }
  say_count (self);
}

static gboolean
look (gpointer data)
{
  grow (data);
  return G_SOURCE_CONTINUE;
}

static gboolean
fill (gpointer      data,
      GCancellable *cancellable,
      GError      **error)
{
  Choice                  *self = data;
  g_autoptr (SrBackupFile) file =
      sr_file_model_open_again (self->path, self->key, cancellable, error);

  return file != NULL &&
         sr_record_window_fill (self->window, file, self->collection,
                                (const char *const *) self->terms, NULL, NULL, cancellable, error);
}

static void
on_filled (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Choice            *choice = user_data;
  SrRecordList      *self = choice->list;
  g_autoptr (GError) error = NULL;
  gboolean           ok = sr_worker_run_finish (result, &error);

  if (self == NULL)
    return;
  g_clear_handle_id (&self->look_id, g_source_remove);
  if (!ok)
    set_text (self, &self->error, PROP_ERROR, error->message);
  set_text (self, &self->state, PROP_STATE, ok ? "ready" : "failed");
  grow (self);
}

void
sr_record_list_stop (SrRecordList *self)
{
  guint before = self->n_items;

  g_clear_handle_id (&self->look_id, g_source_remove);
  if (self->choice != NULL)
    {
      self->choice->list = NULL;
      g_cancellable_cancel (self->choice->cancellable);
      g_clear_pointer (&self->choice, choice_unref);
    }
  g_hash_table_remove_all (self->pages);
  g_queue_clear (&self->recent);
  g_queue_clear (&self->waiting);
  self->is_reading_page = FALSE;
  self->n_items = 0;
  self->n_fields = 0;
  if (before > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, before, 0);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_FIELDS]);
}

void
sr_record_list_show (SrRecordList *self,
                     const char   *collection,
                     const char   *search)
{
  Choice          *choice;
  char           **terms = NULL;
  g_autofree char *text = g_strstrip (g_strdup (search != NULL ? search : ""));

  sr_record_list_stop (self);
  set_text (self, &self->error, PROP_ERROR, "");
  if (text[0] != '\0' && !g_shell_parse_argv (text, NULL, &terms, NULL))
    {
      set_text (self, &self->error, PROP_ERROR, _ ("A quotation mark has no partner."));
      set_text (self, &self->state, PROP_STATE, "failed");
      say_count (self);
      return;
    }
  choice = g_new0 (Choice, 1);
  g_atomic_ref_count_init (&choice->references);
  choice->window = sr_record_window_new ();
  choice->cancellable = g_cancellable_new ();
  choice->path = g_strdup (sr_file_model_get_path (self->file));
  if (sr_file_model_get_key (self->file) != NULL)
    choice->key = sr_secret_ref (sr_file_model_get_key (self->file));
  choice->collection = g_strdup (collection);
  choice->terms = terms;
  choice->list = self;
  self->choice = choice;
  set_text (self, &self->state, PROP_STATE, "reading");
  say_count (self);
  self->look_id = g_timeout_add (LOOK_EVERY, look, self);
  sr_worker_run_async ("records", fill, choice_ref (choice), choice_unref, choice->cancellable,
                       on_filled, choice);
}

/* --- object
 * ------------------------------------------------------------------------------------- */

static void
sr_record_list_dispose (GObject *object)
{
  SrRecordList *self = SR_RECORD_LIST (object);

  if (self->choice != NULL)
    sr_record_list_stop (self);
  G_OBJECT_CLASS (sr_record_list_parent_class)->dispose (object);
}

static void
sr_record_list_finalize (GObject *object)
{
  SrRecordList *self = SR_RECORD_LIST (object);

  g_clear_object (&self->file);
  g_hash_table_unref (self->pages);
  g_free (self->state);
  g_free (self->error);
  g_free (self->count);
  G_OBJECT_CLASS (sr_record_list_parent_class)->finalize (object);
}

static void
sr_record_list_get_property (GObject    *object,
                             guint       id,
                             GValue     *value,
                             GParamSpec *spec)
{
  SrRecordList *self = SR_RECORD_LIST (object);

  if (id == PROP_STATE)
    g_value_set_string (value, self->state);
  else if (id == PROP_ERROR)
    g_value_set_string (value, self->error);
  else if (id == PROP_COUNT)
    g_value_set_string (value, self->count);
  else if (id == PROP_N_FIELDS)
    g_value_set_uint (value, self->n_fields);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
sr_record_list_class_init (SrRecordListClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GParamFlags   flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sr_record_list_dispose;
  object_class->finalize = sr_record_list_finalize;
  object_class->get_property = sr_record_list_get_property;
  properties[PROP_STATE] = g_param_spec_string ("state", NULL, NULL, "empty", flags);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, "", flags);
  properties[PROP_COUNT] = g_param_spec_string ("count", NULL, NULL, "", flags);
  properties[PROP_N_FIELDS] = g_param_spec_uint ("n-fields", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sr_record_list_init (SrRecordList *self)
{
  self->state = g_strdup ("empty");
  self->error = g_strdup ("");
  self->count = g_strdup ("");
  self->pages = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
  g_queue_init (&self->recent);
  g_queue_init (&self->waiting);
}

SrRecordList *
sr_record_list_new (SrFileModel *file)
{
  SrRecordList *self = g_object_new (SR_TYPE_RECORD_LIST, NULL);

  self->file = g_object_ref (file);
  return self;
}

const char *
sr_record_list_get_state (SrRecordList *self)
{
  return self->state;
}

guint
sr_record_list_get_n_fields (SrRecordList *self)
{
  return self->n_fields;
}

char *
sr_record_list_get_field (SrRecordList *self,
                          guint         field)
{
  return self->choice != NULL ? sr_record_window_get_field (self->choice->window, field) : NULL;
}
