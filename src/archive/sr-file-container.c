/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/sr-containers.h"
#include "archive/sr-entry-list.h"
#include "archive/sr-fd-stream.h"
#include "base/sr-error.h"

#define SR_TYPE_FILE_CONTAINER (sr_file_container_get_type ())
G_DECLARE_FINAL_TYPE (SrFileContainer, sr_file_container, SR, FILE_CONTAINER, GObject)

struct _SrFileContainer
{
  GObject parent_instance;

  int     fd;
  GArray *entries; /* one */
};

static void sr_file_container_iface_init (SrContainerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SrFileContainer,
                               sr_file_container,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SR_TYPE_CONTAINER,
                                                      sr_file_container_iface_init))

static const char *
sr_file_container_get_title (SrContainer *container)
{
  return "file";
}

static guint
sr_file_container_get_n_entries (SrContainer *container)
{
  return 1;
}

static const SrContainerEntry *
sr_file_container_get_entry (SrContainer *container,
                             guint        index)
{
  return &g_array_index (SR_FILE_CONTAINER (container)->entries, SrContainerEntry, index);
}

static GInputStream *
sr_file_container_open_entry (SrContainer  *container,
                              guint         index,
                              GCancellable *cancellable,
                              GError      **error)
{
  const SrContainerEntry *entry = sr_file_container_get_entry (container, index);

  return sr_fd_stream_new (SR_FILE_CONTAINER (container)->fd, 0, entry->size, entry->name, error);
}

static void
sr_file_container_iface_init (SrContainerInterface *iface)
{
  iface->get_title = sr_file_container_get_title;
  iface->get_n_entries = sr_file_container_get_n_entries;
  iface->get_entry = sr_file_container_get_entry;
  iface->open_entry = sr_file_container_open_entry;
}

static void
sr_file_container_finalize (GObject *object)
{
  SrFileContainer *self = SR_FILE_CONTAINER (object);

  if (self->fd >= 0)
    close (self->fd);
  g_array_unref (self->entries);
  G_OBJECT_CLASS (sr_file_container_parent_class)->finalize (object);
}

static void
sr_file_container_class_init (SrFileContainerClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sr_file_container_finalize;
}

static void
sr_file_container_init (SrFileContainer *self)
{
  self->fd = -1;
  self->entries = sr_entry_list_new ();
}

SrContainer *
sr_file_container_new (int         fd,
                       const char *name,
                       GError    **error)
{
  g_autoptr (SrFileContainer) self = g_object_new (SR_TYPE_FILE_CONTAINER, NULL);
  SrContainerEntry           *entry;
  struct stat                 st;

  self->fd = fd;
  if (fstat (fd, &st) != 0 || !S_ISREG (st.st_mode))
    {
      g_autofree char *shown = g_filename_display_name (name);

      g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "“%s” is no regular file", shown);
      return NULL;
    }
  entry = sr_entry_list_add (self->entries, g_path_get_basename (name), SR_ENTRY_FILE);
  entry->size = (guint64) st.st_size;
  entry->mtime = st.st_mtim.tv_sec;
  entry->mode = st.st_mode & 07777;
  return SR_CONTAINER (g_steal_pointer (&self));
}

int
sr_file_container_get_fd (SrContainer *container)
{
  return SR_IS_FILE_CONTAINER (container) ? SR_FILE_CONTAINER (container)->fd : -1;
}
