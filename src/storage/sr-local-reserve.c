/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-storage"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/sr-storage-local-private.h"

/* Where the file system cannot allocate without writing. Not zeros, which some store as nothing. */
static int
write_filler (int     fd,
              guint64 bytes)
{
  guint32 filler[1024];

  for (guint i = 0; i < G_N_ELEMENTS (filler); i++)
    filler[i] = g_random_int ();
  for (guint64 at = 0; at < bytes;)
    {
      gssize n = pwrite (fd, filler, MIN (sizeof filler, bytes - at), (off_t) at);

      if (n < 0 && errno != EINTR)
        return errno;
      at += (guint64) MAX (n, 0);
    }
  return fsync (fd) == 0 ? 0 : errno;
}

int
sr_local_reserve_resize (int     fd,
                         guint64 bytes)
{
  struct stat st;
  int         errnum;

  if (fstat (fd, &st) != 0)
    return errno;
  if ((guint64) st.st_size >= bytes)
    return (guint64) st.st_size == bytes || ftruncate (fd, (off_t) bytes) == 0 ? 0 : errno;
  errnum = fallocate (fd, 0, 0, (off_t) bytes) == 0 ? 0 : errno;
  if (errnum == EOPNOTSUPP || errnum == ENOSYS)
    errnum = write_filler (fd, bytes);
  if (errnum != 0 && ftruncate (fd, st.st_size) != 0)
    g_debug ("Cannot cut the reserve back: %s", g_strerror (errno));
  return errnum;
}
