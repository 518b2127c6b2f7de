/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "archive/sr-fd-stream.h"
#include "base/sr-error.h"

#define SR_TYPE_FD_STREAM (sr_fd_stream_get_type ())
G_DECLARE_FINAL_TYPE (SrFdStream, sr_fd_stream, SR, FD_STREAM, GInputStream)

struct _SrFdStream
{
  GInputStream parent_instance;

  int      fd;
  guint64  position;
  guint64  left;
  gboolean to_end;
  char    *name;
};

G_DEFINE_FINAL_TYPE (SrFdStream, sr_fd_stream, G_TYPE_INPUT_STREAM)

static gssize
sr_fd_stream_read (GInputStream *stream,
                   void         *buffer,
                   gsize         count,
                   GCancellable *cancellable,
                   GError      **error)
{
  SrFdStream *self = SR_FD_STREAM (stream);
  gssize      n;

  if (sr_check_cancelled (cancellable, error))
    return -1;
  count = MIN (MIN (count, self->left), (gsize) 1 << 30);
  if (count == 0)
    return 0;
  do
    n = pread (self->fd, buffer, count, (off_t) self->position);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    {
      sr_set_error_errno (error, errno, "Reading “%s”", self->name);
      return -1;
    }
  if (n == 0 && !self->to_end)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "“%s” became shorter while it was read",
                   self->name);
      return -1;
    }
  self->position += (guint64) n;
  self->left -= (guint64) n;
  return n;
}

static gssize
sr_fd_stream_skip (GInputStream *stream,
                   gsize         count,
                   GCancellable *cancellable,
                   GError      **error)
{
  SrFdStream *self = SR_FD_STREAM (stream);

  if (self->to_end)
    return G_INPUT_STREAM_CLASS (sr_fd_stream_parent_class)
        ->skip (stream, count, cancellable, error);
  if (sr_check_cancelled (cancellable, error))
    return -1;
  count = MIN (MIN (count, self->left), (gsize) G_MAXSSIZE);
  self->position += count;
  self->left -= count;
  return (gssize) count;
}

static void
sr_fd_stream_finalize (GObject *object)
{
  SrFdStream *self = SR_FD_STREAM (object);

  if (self->fd >= 0)
    close (self->fd);
  g_free (self->name);
  G_OBJECT_CLASS (sr_fd_stream_parent_class)->finalize (object);
}

static void
sr_fd_stream_class_init (SrFdStreamClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sr_fd_stream_finalize;
  G_INPUT_STREAM_CLASS (class)->read_fn = sr_fd_stream_read;
  G_INPUT_STREAM_CLASS (class)->skip = sr_fd_stream_skip;
}

static void
sr_fd_stream_init (SrFdStream *self)
{
  self->fd = -1;
}

GInputStream *
sr_fd_stream_new (int         fd,
                  guint64     offset,
                  guint64     size,
                  const char *name,
                  GError    **error)
{
  g_autoptr (SrFdStream) self = g_object_new (SR_TYPE_FD_STREAM, NULL);

  self->name = g_filename_display_name (name);
  self->fd = fcntl (fd, F_DUPFD_CLOEXEC, 3);
  if (self->fd < 0)
    {
      sr_set_error_errno (error, errno, "Opening “%s”", self->name);
      return NULL;
    }
  self->position = offset;
  self->left = size;
  self->to_end = size == G_MAXUINT64;
  return G_INPUT_STREAM (g_steal_pointer (&self));
}
