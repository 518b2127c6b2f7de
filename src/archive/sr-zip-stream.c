/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include "archive/sr-zip-stream.h"

#include <libdeflate.h>
#define ZLIB_CONST
#include <zlib.h>

#include "archive/sr-zip-format.h"
#include "archive/sr-zip-local.h"
#include "base/sr-error.h"

#define PACKED_SIZE ((gsize) 64 * 1024)

struct _SrZipStream
{
  GInputStream parent_instance;

  GObject                *owner;
  const SrZipSource      *source;
  const SrContainerEntry *entry;
  const SrZipItem        *item;
  SrGuard                *guard;
  guint8                 *good; /* atomic: of this entry, in the directory */

  /* what is still packed */
  guint64 position;
  guint64 left;
  guint8 *packed; /* PACKED_SIZE */

  /* what came out */
  z_stream inflater;
  gboolean inflating; /* @inflater is to be ended */
  gboolean ended;     /* the packed data says that it ends here */
  guint64  unfolded;
  guint32  crc;

  GError  *fault; /* every later read fails with it */
  gboolean wrong_crc;
};

G_DEFINE_FINAL_TYPE (SrZipStream, sr_zip_stream, G_TYPE_INPUT_STREAM)

char *
sr_zip_item_why_unreadable (const SrZipItem *item)
{
  if ((item->flags & (SR_ZIP_FLAG_ENCRYPTED | SR_ZIP_FLAG_STRONG | SR_ZIP_FLAG_MASKED)) != 0)
    return g_strdup ("is encrypted by the program that made the ZIP file; unpack it with that "
                     "program first");
  if (item->method != SR_ZIP_METHOD_STORED && item->method != SR_ZIP_METHOD_DEFLATE)
    return g_strdup_printf ("is packed by method %u, which is not understood; only stored and "
                            "deflated content is",
                            item->method);
  return NULL;
}

static gboolean
fail (SrZipStream *self,
      const char  *fault,
      GError     **error)
{
  g_autofree char *shown = sr_guard_show_name (self->entry->name);

  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "“%s” in the ZIP file is damaged: %s", shown,
               fault);
  return FALSE;
}

static gboolean
check_end (SrZipStream *self,
           GError     **error)
{
  if (self->left > 0 || self->inflater.avail_in > 0)
    return fail (self, "its content ends before its packed bytes do", error);
  if (self->unfolded != self->entry->size)
    return fail (self, "it unfolds to another length than announced", error);
  if (self->crc == self->item->crc)
    {
      __atomic_store_n (self->good, 1, __ATOMIC_RELAXED);
      return TRUE;
    }
  self->wrong_crc = TRUE;
  return fail (self, "its CRC-32 is wrong", error);
}

static gboolean
fetch (SrZipStream *self,
       GError     **error)
{
  gsize size = (gsize) MIN (PACKED_SIZE, self->left);

  if (!sr_zip_source_read (self->source, self->position, self->packed, size, error))
    return FALSE;
  self->position += size;
  self->left -= size;
  self->inflater.next_in = self->packed;
  self->inflater.avail_in = (uInt) size;
  return TRUE;
}

/* Until there is something to return or the end is reached. */
static gboolean
inflate_some (SrZipStream *self,
              guint8      *data,
              gsize        size,
              gsize       *got,
              GError     **error)
{
  uInt room = (uInt) MIN (size, G_MAXINT32);

  self->inflater.next_out = data;
  self->inflater.avail_out = room;
  while (self->inflater.avail_out == room && !self->ended)
    {
      int result;

      if (self->inflater.avail_in == 0 && self->left > 0 && !fetch (self, error))
        return FALSE;
      result = inflate (&self->inflater, Z_NO_FLUSH);
      if (result == Z_STREAM_END)
        self->ended = TRUE;
      else if (result == Z_BUF_ERROR && self->inflater.avail_in == 0 && self->left == 0)
        return fail (self, "its packed bytes are cut off", error);
      else if (result == Z_MEM_ERROR)
        g_error ("There is no memory to inflate");
      else if (result != Z_OK && result != Z_BUF_ERROR)
        return fail (self, "its packed bytes are no deflate stream", error);
    }
  *got = room - self->inflater.avail_out;
  return TRUE;
}

static gboolean
copy_some (SrZipStream *self,
           guint8      *data,
           gsize        size,
           gsize       *got,
           GError     **error)
{
  *got = (gsize) MIN (size, self->left);
  if (!sr_zip_source_read (self->source, self->position, data, *got, error))
    return FALSE;
  self->position += *got;
  self->left -= *got;
  return TRUE;
}

static gboolean
read_some (SrZipStream *self,
           guint8      *data,
           gsize        size,
           gsize       *got,
           GError     **error)
{
  gboolean ok = self->item->method == SR_ZIP_METHOD_STORED
                    ? copy_some (self, data, size, got, error)
                    : inflate_some (self, data, size, got, error);

  if (!ok)
    return FALSE;
  if (*got == 0)
    return check_end (self, error);
  self->unfolded += *got;
  if (self->unfolded > self->entry->size)
    return fail (self, "it unfolds to more than announced", error);
  self->crc = libdeflate_crc32 (self->crc, data, *got);
  return sr_guard_add (self->guard, self->entry->name, *got, self->unfolded, self->item->packed,
                       error);
}

static gssize
sr_zip_stream_read (GInputStream *stream,
                    void         *buffer,
                    gsize         count,
                    GCancellable *cancellable,
                    GError      **error)
{
  SrZipStream *self = SR_ZIP_STREAM (stream);
  gsize        got = 0;

  if (sr_check_cancelled (cancellable, error))
    return -1;
  if (count == 0)
    return 0;
  if (self->fault == NULL && read_some (self, buffer, count, &got, &self->fault))
    return (gssize) got;
  if (error != NULL)
    *error = g_error_copy (self->fault);
  return -1;
}

static void
sr_zip_stream_finalize (GObject *object)
{
  SrZipStream *self = SR_ZIP_STREAM (object);

  if (self->inflating)
    inflateEnd (&self->inflater);
  g_free (self->packed);
  g_clear_error (&self->fault);
  g_clear_pointer (&self->guard, sr_guard_unref);
  g_clear_object (&self->owner);
  G_OBJECT_CLASS (sr_zip_stream_parent_class)->finalize (object);
}

static void
sr_zip_stream_class_init (SrZipStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_zip_stream_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = sr_zip_stream_read;
}

static void
sr_zip_stream_init (SrZipStream *self)
{
}

static gboolean
check_readable (const SrContainerEntry *entry,
                const SrZipItem        *item,
                GError                **error)
{
  g_autofree char *why = sr_zip_item_why_unreadable (item);
  g_autofree char *shown = NULL;

  if (why == NULL)
    return TRUE;
  shown = sr_guard_show_name (entry->name);
  g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED, "“%s” in the ZIP file %s", shown, why);
  return FALSE;
}

GInputStream *
sr_zip_stream_new (gpointer              owner,
                   const SrZipSource    *source,
                   const SrZipDirectory *directory,
                   guint                 index,
                   SrGuard              *guard,
                   GError              **error)
{
  const SrContainerEntry *entry = &directory->entries[index];
  const SrZipItem        *item = &directory->items[index];
  g_autoptr (SrZipStream) self = NULL;
  guint64                 position;

  if (!check_readable (entry, item, error))
    return NULL;
  if (!sr_guard_add (guard, entry->name, 0, entry->size, item->packed, error))
    return NULL;
  if (!sr_zip_local_find_data (source, directory, index, &position, error))
    return NULL;
  self = g_object_new (SR_TYPE_ZIP_STREAM, NULL);
  self->owner = g_object_ref (owner);
  self->source = source;
  self->entry = entry;
  self->item = item;
  self->guard = sr_guard_ref (guard);
  self->good = &directory->good[index];
  self->position = position;
  self->left = item->packed;
  if (item->method == SR_ZIP_METHOD_DEFLATE)
    {
      /* without header and trailer of zlib */
      if (inflateInit2 (&self->inflater, -MAX_WBITS) != Z_OK)
        g_error ("There is no memory to inflate");
      self->inflating = TRUE;
      self->packed = g_malloc (PACKED_SIZE);
    }
  return G_INPUT_STREAM (g_steal_pointer (&self));
}

gboolean
sr_zip_stream_has_wrong_crc (SrZipStream *self)
{
  return self->wrong_crc;
}
