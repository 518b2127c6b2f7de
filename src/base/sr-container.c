/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-base"

#include "config.h"

#include <string.h>

#include "base/sr-container.h"
#include "base/sr-error.h"

#define READ_SIZE ((gsize) 64 * 1024)

G_DEFINE_INTERFACE (SrContainer, sr_container, G_TYPE_OBJECT)

static void
sr_container_default_init (SrContainerInterface *iface)
{
}

void
sr_container_entry_clear (SrContainerEntry *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->link_target, g_free);
}

const char *
sr_container_get_title (SrContainer *self)
{
  return SR_CONTAINER_GET_IFACE (self)->get_title (self);
}

guint
sr_container_get_n_entries (SrContainer *self)
{
  return SR_CONTAINER_GET_IFACE (self)->get_n_entries (self);
}

const SrContainerEntry *
sr_container_get_entry (SrContainer *self,
                        guint        index)
{
  return SR_CONTAINER_GET_IFACE (self)->get_entry (self, index);
}

GInputStream *
sr_container_open_entry (SrContainer  *self,
                         guint         index,
                         GCancellable *cancellable,
                         GError      **error)
{
  const SrContainerEntry *entry = sr_container_get_entry (self, index);

  if (entry->type != SR_ENTRY_FILE)
    {
      g_autofree char *shown = g_filename_display_name (entry->name);

      g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "“%s” is no file but a %s", shown,
                   sr_entry_type_name (entry->type));
      return NULL;
    }
  return SR_CONTAINER_GET_IFACE (self)->open_entry (self, index, cancellable, error);
}

static gboolean
visit_each (SrContainer    *self,
            SrContainerFunc func,
            gpointer        user_data,
            GCancellable   *cancellable,
            GError        **error)
{
  guint n = sr_container_get_n_entries (self);

  for (guint i = 0; i < n; i++)
    {
      const SrContainerEntry  *entry = sr_container_get_entry (self, i);
      g_autoptr (GInputStream) stream = NULL;

      if (sr_check_cancelled (cancellable, error))
        return FALSE;
      if (entry->type == SR_ENTRY_FILE)
        {
          stream = sr_container_open_entry (self, i, cancellable, error);
          if (stream == NULL)
            return FALSE;
        }
      if (!func (self, i, entry, stream, user_data, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
sr_container_visit (SrContainer    *self,
                    SrContainerFunc func,
                    gpointer        user_data,
                    GCancellable   *cancellable,
                    GError        **error)
{
  SrContainerInterface *iface = SR_CONTAINER_GET_IFACE (self);

  if (iface->visit != NULL)
    return iface->visit (self, func, user_data, cancellable, error);
  return visit_each (self, func, user_data, cancellable, error);
}

gboolean
sr_container_find (SrContainer *self,
                   const char  *name,
                   guint       *index)
{
  for (guint i = sr_container_get_n_entries (self); i-- > 0;)
    {
      const SrContainerEntry *entry = sr_container_get_entry (self, i);

      if (entry->type == SR_ENTRY_FILE && strcmp (entry->name, name) == 0)
        {
          *index = i;
          return TRUE;
        }
    }
  return FALSE;
}

GBytes *
sr_stream_read_all (GInputStream *stream,
                    gsize         max_size,
                    GCancellable *cancellable,
                    GError      **error)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  gssize                 n;

  do
    {
      guint had = all->len;

      g_byte_array_set_size (all, had + READ_SIZE);
      n = g_input_stream_read (stream, all->data + had, READ_SIZE, cancellable, error);
      g_byte_array_set_size (all, had + (guint) MAX (n, 0));
    }
  while (n > 0 && all->len <= MIN (max_size, G_MAXUINT / 2));
  if (n < 0)
    return NULL;
  if (n > 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "There are more than %" G_GSIZE_FORMAT " bytes", max_size);
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&all));
}
