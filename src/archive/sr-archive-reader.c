/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/sr-archive-reader.h"
#include "archive/sr-fd-stream.h"
#include "archive/sr-gzip-stream.h"
#include "base/sr-error.h"

#define BLOCK   (64 * 1024)
#define TAR_END 1024 /* two blocks of zeros */

struct _SrArchiveReader
{
  struct archive *archive;
  char           *name;
  SrGuard        *guard;
  gboolean        count;
  int             fd; /* the caller's */
  guint64         position;
  guint64         size;
  GInputStream   *gzip; /* instead of the file */
  GCancellable   *cancellable;
  GError         *failure;  /* of a callback */
  guint64         unfolded; /* by libarchive's filters, until now */
  guint64         contents; /* of entries, until now */
  guint64         passed;   /* bytes given to libarchive */
  gsize           n_tail;
  guint8          tail[TAR_END]; /* the last of them */
  guint8          block[BLOCK];
};

static void
keep_tail (SrArchiveReader *self,
           gsize            n)
{
  self->passed += n;
  if (n >= TAR_END)
    {
      memcpy (self->tail, self->block + n - TAR_END, TAR_END);
      self->n_tail = TAR_END;
      return;
    }
  if (self->n_tail + n > TAR_END)
    {
      gsize drop = self->n_tail + n - TAR_END;

      memmove (self->tail, self->tail + drop, self->n_tail - drop);
      self->n_tail -= drop;
    }
  memcpy (self->tail + self->n_tail, self->block, n);
  self->n_tail += n;
}

static gssize
read_file (SrArchiveReader *self,
           GError         **error)
{
  gssize n;

  do
    n = pread (self->fd, self->block, BLOCK, (off_t) self->position);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    sr_set_error_errno (error, errno, "Reading “%s”", self->name);
  else
    self->position += (guint64) n;
  return n;
}

/* What the filters made of all that was given to them; without a filter that is the file itself. */
static gboolean
judge_unfolded (SrArchiveReader *self,
                GError         **error)
{
  guint64 unfolded;
  guint64 fresh;

  if (self->gzip != NULL || archive_filter_count (self->archive) < 2)
    return TRUE;
  unfolded = (guint64) MAX (archive_filter_bytes (self->archive, 0), 0);
  fresh = unfolded > self->unfolded ? unfolded - self->unfolded : 0;
  self->unfolded = unfolded;
  return sr_guard_add (self->guard, self->name, self->count ? fresh : 0, unfolded, self->position,
                       error);
}

static la_ssize_t
on_read (struct archive *archive,
         void           *user_data,
         const void    **buffer)
{
  SrArchiveReader *self = user_data;
  gssize           n = -1;

  if (self->failure == NULL && !sr_check_cancelled (self->cancellable, &self->failure) &&
      judge_unfolded (self, &self->failure))
    n = self->gzip != NULL ? g_input_stream_read (self->gzip, self->block, BLOCK,
                                                  self->cancellable, &self->failure)
                           : read_file (self, &self->failure);
  if (n < 0)
    {
      archive_set_error (archive, EIO, "reading failed");
      return ARCHIVE_FATAL;
    }
  keep_tail (self, (gsize) n);
  *buffer = self->block;
  return n;
}

static la_int64_t
on_skip (struct archive *archive,
         void           *user_data,
         la_int64_t      request)
{
  SrArchiveReader *self = user_data;
  guint64          left = self->size > self->position ? self->size - self->position : 0;
  guint64          n;

  /* what is near the end is read, for the tail */
  if (self->gzip != NULL || left <= 4 * BLOCK || request <= 0)
    return 0;
  n = MIN ((guint64) request, left - 4 * BLOCK);
  self->position += n;
  return (la_int64_t) n;
}

static la_int64_t
on_seek (struct archive *archive,
         void           *user_data,
         la_int64_t      offset,
         int             whence)
{
  SrArchiveReader *self = user_data;
  gint64           base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (gint64) self->position
                                                                      : (gint64) self->size;
  gint64           target;

  if (__builtin_add_overflow (base, offset, &target) || target < 0 ||
      (guint64) target > self->size)
    {
      archive_set_error (archive, EINVAL, "a place outside the file");
      return ARCHIVE_FATAL;
    }
  self->position = (guint64) target;
  return target;
}

/* What backups come in, without what refers to anything outside the file, runs another program, or
 * allocates as much as a header says: no cpio, ar, rpm, uuencode, lrzip, grzip. */
static void
enable_formats (SrArchiveReader *self)
{
  archive_read_support_filter_gzip (self->archive);
  archive_read_support_filter_bzip2 (self->archive);
  archive_read_support_filter_compress (self->archive);
  archive_read_support_filter_lzma (self->archive);
  archive_read_support_filter_xz (self->archive);
  archive_read_support_filter_lzip (self->archive);
  archive_read_support_filter_lz4 (self->archive);
  archive_read_support_filter_zstd (self->archive);
  archive_read_support_format_tar (self->archive);
  archive_read_support_format_gnutar (self->archive);
  archive_read_support_format_7zip (self->archive);
  archive_read_support_format_raw (self->archive);
}

static gboolean
fail (SrArchiveReader *self,
      GError         **error)
{
  const char *text = archive_error_string (self->archive);

  if (self->failure != NULL)
    g_propagate_error (error, g_steal_pointer (&self->failure));
  else
    g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "“%s”: %s", self->name,
                 text != NULL ? text : "the archive cannot be read on");
  return FALSE;
}

static gboolean
open_archive (SrArchiveReader *self,
              GError         **error)
{
  const guint8 *head = self->block;
  gssize        n = pread (self->fd, self->block, 2, 0);
  GInputStream *file;

  if (n == 2 && head[0] == 0x1f && head[1] == 0x8b)
    {
      file = sr_fd_stream_new (self->fd, 0, G_MAXUINT64, self->name, error);
      if (file == NULL)
        return FALSE;
      self->gzip = sr_gzip_stream_new (file, self->name, self->count ? self->guard : NULL);
      g_object_unref (file);
    }
  archive_read_set_callback_data (self->archive, self);
  archive_read_set_read_callback (self->archive, on_read);
  if (self->gzip == NULL)
    {
      archive_read_set_skip_callback (self->archive, on_skip);
      archive_read_set_seek_callback (self->archive, on_seek);
    }
  return archive_read_open1 (self->archive) == ARCHIVE_OK || fail (self, error);
}

SrArchiveReader *
sr_archive_reader_new (int           fd,
                       const char   *name,
                       SrGuard      *guard,
                       gboolean      count,
                       GCancellable *cancellable,
                       GError      **error)
{
  SrArchiveReader *self = g_new0 (SrArchiveReader, 1);
  struct stat      st;

  self->name = g_filename_display_name (name);
  self->guard = sr_guard_ref (guard);
  self->count = count;
  self->fd = fd;
  self->size = fstat (fd, &st) == 0 ? (guint64) st.st_size : 0;
  self->archive = archive_read_new ();
  if (self->archive == NULL)
    g_error ("libarchive cannot begin: no memory");
  self->cancellable = cancellable;
  enable_formats (self);
  if (!open_archive (self, error))
    g_clear_pointer (&self, sr_archive_reader_free);
  else
    self->cancellable = NULL;
  return self;
}

void
sr_archive_reader_free (SrArchiveReader *self)
{
  if (self == NULL)
    return;
  self->cancellable = NULL;
  archive_read_free (self->archive);
  g_clear_object (&self->gzip);
  g_clear_error (&self->failure);
  sr_guard_unref (self->guard);
  g_free (self->name);
  g_free (self);
}

int
sr_archive_reader_next (SrArchiveReader       *self,
                        struct archive_entry **entry,
                        GCancellable          *cancellable,
                        GError               **error)
{
  int result;

  self->cancellable = cancellable;
  self->contents = 0;
  result = archive_read_next_header (self->archive, entry);
  self->cancellable = NULL;
  if (result == ARCHIVE_EOF && self->failure == NULL)
    return 0;
  if (self->failure != NULL || (result != ARCHIVE_OK && result != ARCHIVE_WARN))
    {
      fail (self, error);
      return -1;
    }
  return 1;
}

static gboolean
is_tar (SrArchiveReader *self)
{
  return (archive_format (self->archive) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_TAR;
}

/* Formats that compress by themselves, where no filter's count tells what came of it. */
static gboolean
unfolds_itself (SrArchiveReader *self)
{
  return self->gzip == NULL && archive_filter_count (self->archive) < 2 && !is_tar (self);
}

gssize
sr_archive_reader_read (SrArchiveReader *self,
                        void            *buffer,
                        gsize            count,
                        GCancellable    *cancellable,
                        GError         **error)
{
  la_ssize_t n;

  self->cancellable = cancellable;
  n = archive_read_data (self->archive, buffer, MIN (count, (gsize) 1 << 30));
  self->cancellable = NULL;
  if (n < 0 || self->failure != NULL)
    {
      fail (self, error);
      return -1;
    }
  self->contents += (guint64) n;
  if (!sr_guard_add (self->guard, self->name, unfolds_itself (self) ? (guint64) n : 0,
                     self->contents, 0, error))
    return -1;
  return n;
}

static gboolean
drain (SrArchiveReader *self,
       GCancellable    *cancellable,
       GError         **error)
{
  gssize n;

  do
    {
      n = g_input_stream_read (self->gzip, self->block, BLOCK, cancellable, error);
      if (n > 0)
        keep_tail (self, (gsize) n);
    }
  while (n > 0);
  return n == 0;
}

gboolean
sr_archive_reader_check_end (SrArchiveReader *self,
                             GCancellable    *cancellable,
                             GError         **error)
{
  guint8 any = 0;

  if (self->gzip != NULL && !drain (self, cancellable, error))
    return FALSE;
  if (!is_tar (self) || (self->gzip == NULL && archive_filter_count (self->archive) > 1))
    return TRUE;
  for (gsize i = 0; i < self->n_tail; i++)
    any |= self->tail[i];
  if (any == 0 && self->n_tail == TAR_END)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
               "“%s”: the tar archive does not end as one does; it may be cut off", self->name);
  return FALSE;
}

gboolean
sr_archive_reader_is_single (SrArchiveReader *self)
{
  return (archive_format (self->archive) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_RAW;
}

gboolean
sr_archive_reader_is_compressed (SrArchiveReader *self)
{
  return self->gzip != NULL || archive_filter_count (self->archive) > 1;
}

gboolean
sr_archive_reader_is_plain_tar (SrArchiveReader *self)
{
  return is_tar (self) && !sr_archive_reader_is_compressed (self);
}

char *
sr_archive_reader_describe (SrArchiveReader *self)
{
  const char *format = archive_format_name (self->archive);
  const char *filter = self->gzip != NULL ? "gzip" : archive_filter_name (self->archive, 0);

  if (sr_archive_reader_is_single (self))
    return g_strdup_printf ("%s file", filter != NULL ? filter : "plain");
  if (filter == NULL || strcmp (filter, "none") == 0)
    return g_strdup_printf ("%s archive", format != NULL ? format : "unknown");
  return g_strdup_printf ("%s archive, %s", format != NULL ? format : "unknown", filter);
}
