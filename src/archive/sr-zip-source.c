/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <errno.h>
#include <unistd.h>

#include "archive/sr-zip-source.h"

#include "base/sr-error.h"

gboolean
sr_zip_source_read (const SrZipSource *self,
                    guint64            position,
                    gpointer           data,
                    gsize              size,
                    GError           **error)
{
  guint8 *p = data;

  if (position > self->size || size > self->size - position)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                   "The ZIP file ends at byte %" G_GUINT64_FORMAT ", but something should lie at "
                   "byte %" G_GUINT64_FORMAT,
                   self->size, position);
      return FALSE;
    }
  while (size > 0)
    {
      gssize n = pread (self->fd, p, size, (off_t) (self->start + position));

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          int errnum = errno;

          sr_set_error_errno (error, errnum, "Cannot read the ZIP file at byte %" G_GUINT64_FORMAT,
                              position);
          return FALSE;
        }
      if (n == 0)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                       "The ZIP file became shorter while it was read; it ends at byte "
                       "%" G_GUINT64_FORMAT " now",
                       position);
          return FALSE;
        }
      p += n;
      position += (guint64) n;
      size -= (gsize) n;
    }
  return TRUE;
}
