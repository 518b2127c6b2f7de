/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "sr-test-zip.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

SrTestZip *
sr_test_zip_new (void)
{
  SrTestZip *self = g_new0 (SrTestZip, 1);

  self->bytes = g_byte_array_new ();
  self->directory = g_byte_array_new ();
  return self;
}

void
sr_test_zip_free (SrTestZip *self)
{
  g_byte_array_unref (self->bytes);
  g_byte_array_unref (self->directory);
  g_free (self);
}

void
sr_test_zip_put16 (GByteArray *bytes,
                   guint16     value)
{
  guint16 le = GUINT16_TO_LE (value);

  g_byte_array_append (bytes, (const guint8 *) &le, sizeof le);
}

void
sr_test_zip_put32 (GByteArray *bytes,
                   guint32     value)
{
  guint32 le = GUINT32_TO_LE (value);

  g_byte_array_append (bytes, (const guint8 *) &le, sizeof le);
}

void
sr_test_zip_put64 (GByteArray *bytes,
                   guint64     value)
{
  guint64 le = GUINT64_TO_LE (value);

  g_byte_array_append (bytes, (const guint8 *) &le, sizeof le);
}

static GByteArray *
pack (const SrTestZipEntry *entry)
{
  GByteArray *packed = g_byte_array_new ();
  z_stream    stream = { 0 };

  if (!entry->deflate)
    {
      if (entry->size > 0)
        g_byte_array_append (packed, entry->content, (guint) entry->size);
      return packed;
    }
  g_assert_cmpint (deflateInit2 (&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), ==, Z_OK);
  g_byte_array_set_size (packed, (guint) deflateBound (&stream, entry->size));
  stream.next_in = (Bytef *) entry->content;
  stream.avail_in = (uInt) entry->size;
  stream.next_out = packed->data;
  stream.avail_out = packed->len;
  g_assert_cmpint (deflate (&stream, Z_FINISH), ==, Z_STREAM_END);
  g_byte_array_set_size (packed, (guint) stream.total_out);
  deflateEnd (&stream);
  return packed;
}

/* What local header and directory have in common, from "version needed" to the sizes. */
static void
put_common (GByteArray           *bytes,
            const SrTestZipEntry *entry,
            guint32               crc,
            guint32               packed,
            guint32               size)
{
  guint16 flags = entry->flags;

  if (entry->descriptor != SR_TEST_ZIP_NO_DESCRIPTOR)
    flags |= 8;
  sr_test_zip_put16 (bytes, 20);
  sr_test_zip_put16 (bytes, flags);
  sr_test_zip_put16 (bytes, (guint16) ((entry->deflate ? 8 : 0) + entry->method_add));
  /* 20 August 2025, 21:05:00 */
  sr_test_zip_put16 (bytes, 21 << 11 | 5 << 5);
  sr_test_zip_put16 (bytes, 45 << 9 | 8 << 5 | 20);
  sr_test_zip_put32 (bytes, crc);
  sr_test_zip_put32 (bytes, packed);
  sr_test_zip_put32 (bytes, size);
}

static void
put_descriptor (GByteArray         *bytes,
                SrTestZipDescriptor kind,
                guint32             crc,
                guint32             packed,
                guint32             size)
{
  if (kind == SR_TEST_ZIP_NO_DESCRIPTOR)
    return;
  if (kind == SR_TEST_ZIP_SIGNED_32 || kind == SR_TEST_ZIP_SIGNED_64)
    sr_test_zip_put32 (bytes, 0x08074b50);
  sr_test_zip_put32 (bytes, crc);
  if (kind == SR_TEST_ZIP_PLAIN_32 || kind == SR_TEST_ZIP_SIGNED_32)
    {
      sr_test_zip_put32 (bytes, packed);
      sr_test_zip_put32 (bytes, size);
      return;
    }
  sr_test_zip_put64 (bytes, packed);
  sr_test_zip_put64 (bytes, size);
}

static void
put_central (SrTestZip            *self,
             const SrTestZipEntry *entry,
             gsize                 name_size,
             guint32               offset)
{
  sr_test_zip_put16 (self->directory, (guint16) name_size);
  sr_test_zip_put16 (self->directory, (guint16) entry->extra_size);
  sr_test_zip_put16 (self->directory, 0);
  sr_test_zip_put16 (self->directory, 0);
  sr_test_zip_put16 (self->directory, 0);
  sr_test_zip_put32 (self->directory, entry->mode << 16);
  sr_test_zip_put32 (self->directory, offset + (guint32) entry->offset_add);
  g_byte_array_append (self->directory, (const guint8 *) entry->name, (guint) name_size);
  if (entry->extra_size > 0)
    g_byte_array_append (self->directory, entry->extra, (guint) entry->extra_size);
}

void
sr_test_zip_add (SrTestZip            *self,
                 const SrTestZipEntry *entry)
{
  g_autoptr (GByteArray) packed = pack (entry);
  guint32                crc = (guint32) crc32_z (0, entry->content, entry->size);
  guint32                offset = self->bytes->len;
  gsize                  name_size = entry->name_size > 0 ? entry->name_size : strlen (entry->name);
  const char            *local_name = entry->local_name != NULL ? entry->local_name : entry->name;
  gsize                  local_size = entry->local_name != NULL ? strlen (local_name) : name_size;
  guint32                lying_crc = crc ^ entry->crc_xor;
  guint32                lying_packed = packed->len + (guint32) entry->packed_add;
  guint32                lying_size = (guint32) entry->size + (guint32) entry->size_add;
  gboolean               later = entry->descriptor != SR_TEST_ZIP_NO_DESCRIPTOR;

  sr_test_zip_put32 (self->bytes, 0x04034b50);
  if (later)
    put_common (self->bytes, entry, 0, 0, 0);
  else if (entry->lie_twice)
    put_common (self->bytes, entry, lying_crc, lying_packed, lying_size);
  else
    put_common (self->bytes, entry, crc, packed->len, (guint32) entry->size);
  sr_test_zip_put16 (self->bytes, (guint16) local_size);
  sr_test_zip_put16 (self->bytes, 0);
  g_byte_array_append (self->bytes, (const guint8 *) local_name, (guint) local_size);
  g_byte_array_append (self->bytes, packed->data, packed->len);
  put_descriptor (self->bytes, entry->descriptor, crc, packed->len, (guint32) entry->size);

  sr_test_zip_put32 (self->directory, 0x02014b50);
  sr_test_zip_put16 (self->directory, 3 << 8 | 20);
  put_common (self->directory, entry, lying_crc, lying_packed, lying_size);
  put_central (self, entry, name_size, offset);
  self->n_entries++;
}

void
sr_test_zip_add_text (SrTestZip  *self,
                      const char *name,
                      const char *text)
{
  SrTestZipEntry entry = {
    .name = name,
    .content = text,
    .size = strlen (text),
    .deflate = TRUE,
  };

  sr_test_zip_add (self, &entry);
}

void
sr_test_zip_finish (SrTestZip  *self,
                    const char *comment)
{
  guint32 offset = self->bytes->len;

  g_byte_array_append (self->bytes, self->directory->data, self->directory->len);
  sr_test_zip_put32 (self->bytes, 0x06054b50);
  sr_test_zip_put32 (self->bytes, 0);
  sr_test_zip_put16 (self->bytes, (guint16) self->n_entries);
  sr_test_zip_put16 (self->bytes, (guint16) self->n_entries);
  sr_test_zip_put32 (self->bytes, self->directory->len);
  sr_test_zip_put32 (self->bytes, offset);
  sr_test_zip_put16 (self->bytes, (guint16) strlen (comment));
  g_byte_array_append (self->bytes, (const guint8 *) comment, (guint) strlen (comment));
}

int
sr_test_zip_file (gconstpointer data,
                  gsize         size)
{
  int fd = memfd_create ("zip", MFD_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, data, size), ==, (gssize) size);
  return fd;
}

SrZipReader *
sr_test_zip_open (const GByteArray *bytes,
                  GError          **error)
{
  g_autoptr (SrGuard) guard = sr_guard_new (NULL);

  return sr_zip_reader_new (sr_test_zip_file (bytes->data, bytes->len), 0, bytes->len, guard,
                            error);
}
