/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <unistd.h>

#include "archive/sr-zip-reader-private.h"

#include "archive/sr-zip-stream.h"
#include "base/sr-error.h"

/* A link's target is its content. */
#define MAX_LINK_SIZE 4095
/* Of all links together: what is beyond has no target. */
#define MAX_LINKS_SIZE ((gsize) 16 << 20)

struct _SrZipReader
{
  GObject parent_instance;

  SrZipReaderParts parts; /* the descriptor of the source is owned */
};

static void sr_zip_reader_container_init (SrContainerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SrZipReader,
                               sr_zip_reader,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SR_TYPE_CONTAINER,
                                                      sr_zip_reader_container_init))

static const char *
sr_zip_reader_get_title (SrContainer *container)
{
  return "ZIP archive";
}

static guint
sr_zip_reader_get_n_entries (SrContainer *container)
{
  return SR_ZIP_READER (container)->parts.directory.n_entries;
}

static const SrContainerEntry *
sr_zip_reader_get_entry (SrContainer *container,
                         guint        index)
{
  SrZipReader *self = SR_ZIP_READER (container);

  g_return_val_if_fail (index < self->parts.directory.n_entries, NULL);
  return &self->parts.directory.entries[index];
}

static GInputStream *
sr_zip_reader_open_entry (SrContainer  *container,
                          guint         index,
                          GCancellable *cancellable,
                          GError      **error)
{
  SrZipReader *self = SR_ZIP_READER (container);

  g_return_val_if_fail (index < self->parts.directory.n_entries, NULL);
  return sr_zip_stream_new (self, &self->parts.source, &self->parts.directory, index,
                            self->parts.guard, error);
}

static void
sr_zip_reader_container_init (SrContainerInterface *iface)
{
  iface->get_title = sr_zip_reader_get_title;
  iface->get_n_entries = sr_zip_reader_get_n_entries;
  iface->get_entry = sr_zip_reader_get_entry;
  iface->open_entry = sr_zip_reader_open_entry;
}

static void
sr_zip_reader_finalize (GObject *object)
{
  SrZipReader *self = SR_ZIP_READER (object);

  sr_zip_directory_clear (&self->parts.directory);
  g_clear_pointer (&self->parts.guard, sr_guard_unref);
  if (self->parts.source.fd >= 0)
    close (self->parts.source.fd);
  G_OBJECT_CLASS (sr_zip_reader_parent_class)->finalize (object);
}

static void
sr_zip_reader_class_init (SrZipReaderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_zip_reader_finalize;
}

static void
sr_zip_reader_init (SrZipReader *self)
{
  self->parts.source.fd = -1;
}

/* A link that cannot be read has no target; verifying tells why. */
static void
read_link (SrZipReader *self,
           guint        index,
           gsize       *links_size)
{
  SrContainerEntry        *entry = &self->parts.directory.entries[index];
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GBytes)       target = NULL;
  gsize                    size;
  const char              *data;

  if (entry->size == 0 || entry->size > MAX_LINK_SIZE || *links_size + entry->size > MAX_LINKS_SIZE)
    return;
  *links_size += (gsize) entry->size;
  stream = sr_zip_stream_new (self, &self->parts.source, &self->parts.directory, index,
                              self->parts.guard, NULL);
  if (stream == NULL)
    return;
  target = sr_stream_read_all (stream, MAX_LINK_SIZE, NULL, NULL);
  if (target == NULL)
    return;
  data = g_bytes_get_data (target, &size);
  if (memchr (data, '\0', size) == NULL)
    entry->link_target = g_strndup (data, size);
}

SrZipReader *
sr_zip_reader_new (int      fd,
                   guint64  offset,
                   guint64  size,
                   SrGuard *guard,
                   GError **error)
{
  g_autoptr (SrZipReader) self = g_object_new (SR_TYPE_ZIP_READER, NULL);
  SrZipReaderParts       *parts = &self->parts;
  gsize                   links_size = 0;

  parts->source = (SrZipSource){ .fd = fd, .start = offset, .size = size };
  parts->guard = sr_guard_ref (guard);
  if (offset > G_MAXINT64 || size > G_MAXINT64 - offset)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                           "No file is as long as the ZIP file is said to be");
      return NULL;
    }
  if (!sr_zip_directory_load (&parts->directory, &parts->source, guard, error))
    return NULL;
  for (guint i = 0; i < parts->directory.n_entries; i++)
    if (parts->directory.entries[i].type == SR_ENTRY_SYMLINK)
      read_link (self, i, &links_size);
  return g_steal_pointer (&self);
}

const SrZipReaderParts *
sr_zip_reader_get_parts (SrZipReader *self)
{
  return &self->parts;
}
