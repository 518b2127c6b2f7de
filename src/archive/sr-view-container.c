/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include "archive/sr-containers.h"
#include "archive/sr-entry-list.h"
#include "archive/sr-legacy-stream.h"
#include "base/sr-error.h"

#define SR_TYPE_VIEW_CONTAINER (sr_view_container_get_type ())
G_DECLARE_FINAL_TYPE (SrViewContainer, sr_view_container, SR, VIEW_CONTAINER, GObject)

/* Where an entry comes from. */
typedef struct
{
  SrContainer *source; /* NULL: a folder of the view's own */
  guint        index;
  SrSecret    *password;
  gboolean     hex;
} Origin;

struct _SrViewContainer
{
  GObject parent_instance;

  char   *title;
  GArray *entries; /* SrContainerEntry */
  GArray *origins; /* Origin, one an entry */
};

static void sr_view_container_iface_init (SrContainerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SrViewContainer,
                               sr_view_container,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SR_TYPE_CONTAINER,
                                                      sr_view_container_iface_init))

static const char *
sr_view_container_get_title (SrContainer *container)
{
  return SR_VIEW_CONTAINER (container)->title;
}

static guint
sr_view_container_get_n_entries (SrContainer *container)
{
  return SR_VIEW_CONTAINER (container)->entries->len;
}

static const SrContainerEntry *
sr_view_container_get_entry (SrContainer *container,
                             guint        index)
{
  return &g_array_index (SR_VIEW_CONTAINER (container)->entries, SrContainerEntry, index);
}

static GInputStream *
sr_view_container_open_entry (SrContainer  *container,
                              guint         index,
                              GCancellable *cancellable,
                              GError      **error)
{
  SrViewContainer         *self = SR_VIEW_CONTAINER (container);
  const Origin            *origin = &g_array_index (self->origins, Origin, index);
  const SrContainerEntry  *entry = sr_view_container_get_entry (container, index);
  g_autoptr (GInputStream) stream = NULL;

  stream = sr_container_open_entry (origin->source, origin->index, cancellable, error);
  if (stream == NULL || origin->password == NULL)
    return g_steal_pointer (&stream);
  return sr_legacy_stream_new (stream, entry->name, origin->password, origin->hex);
}

static void
sr_view_container_iface_init (SrContainerInterface *iface)
{
  iface->get_title = sr_view_container_get_title;
  iface->get_n_entries = sr_view_container_get_n_entries;
  iface->get_entry = sr_view_container_get_entry;
  iface->open_entry = sr_view_container_open_entry;
}

static void
clear_origin (gpointer data)
{
  Origin *origin = data;

  g_clear_object (&origin->source);
  g_clear_pointer (&origin->password, sr_secret_unref);
}

static void
sr_view_container_finalize (GObject *object)
{
  SrViewContainer *self = SR_VIEW_CONTAINER (object);

  g_free (self->title);
  g_array_unref (self->entries);
  g_array_unref (self->origins);
  G_OBJECT_CLASS (sr_view_container_parent_class)->finalize (object);
}

static void
sr_view_container_class_init (SrViewContainerClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sr_view_container_finalize;
}

static void
sr_view_container_init (SrViewContainer *self)
{
  self->entries = sr_entry_list_new ();
  self->origins = g_array_new (FALSE, TRUE, sizeof (Origin));
  g_array_set_clear_func (self->origins, clear_origin);
}

SrContainer *
sr_view_container_new (const char *title)
{
  SrViewContainer *self = g_object_new (SR_TYPE_VIEW_CONTAINER, NULL);

  self->title = g_strdup (title);
  return SR_CONTAINER (self);
}

void
sr_view_container_add (SrContainer *container,
                       const char  *name,
                       SrContainer *source,
                       guint        index,
                       SrSecret    *password,
                       gboolean     hex)
{
  SrViewContainer        *self = SR_VIEW_CONTAINER (container);
  const SrContainerEntry *entry = sr_container_get_entry (source, index);
  Origin                  origin = { .source = g_object_ref (source), .index = index, .hex = hex };
  SrContainerEntry       *copy = sr_entry_list_add_copy (self->entries, g_strdup (name), entry);

  if (password != NULL)
    {
      origin.password = sr_secret_ref (password);
      copy->size = SR_SIZE_UNKNOWN;
    }
  g_array_append_val (self->origins, origin);
}

void
sr_view_container_add_folder (SrContainer *container,
                              const char  *name)
{
  SrViewContainer *self = SR_VIEW_CONTAINER (container);
  Origin           origin = { .source = NULL };

  sr_entry_list_add (self->entries, g_strdup (name), SR_ENTRY_DIR);
  g_array_append_val (self->origins, origin);
}
