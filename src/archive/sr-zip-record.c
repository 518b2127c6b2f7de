/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include "archive/sr-zip-record.h"

#include <sys/stat.h>
#include <time.h>

#include "archive/sr-zip-format.h"

/* 2.0: deflate and folders; 4.5: ZIP64 */
#define VERSION_DEFLATE 20
#define VERSION_ZIP64   45
/* The upper half of "version made by": whose attributes these are. */
#define MADE_BY_UNIX      (3 << 8)
#define DOS_FOLDER        0x10u
#define DOS_FIRST_YEAR    80  /* 1980, as tm_year counts */
#define DOS_LAST_YEAR     207 /* 2107 */
#define TIME_EXTRA_SIZE   9
#define ZIP64_LOCAL_EXTRA 20

SrZipRecord *
sr_zip_record_new (const char *name,
                   gint64      mtime,
                   guint32     mode)
{
  SrZipRecord *self = g_new0 (SrZipRecord, 1);

  self->name = g_strdup (name);
  self->mtime = mtime;
  self->mode = mode;
  if ((mode & S_IFMT) == 0)
    self->mode |= g_str_has_suffix (name, "/") ? S_IFDIR : S_IFREG;
  return self;
}

void
sr_zip_record_free (SrZipRecord *self)
{
  g_free (self->name);
  g_free (self);
}

static void
put16 (GByteArray *bytes,
       guint16     value)
{
  guint16 le = GUINT16_TO_LE (value);

  g_byte_array_append (bytes, (const guint8 *) &le, sizeof le);
}

static void
put32 (GByteArray *bytes,
       guint32     value)
{
  guint32 le = GUINT32_TO_LE (value);

  g_byte_array_append (bytes, (const guint8 *) &le, sizeof le);
}

static void
put64 (GByteArray *bytes,
       guint64     value)
{
  guint64 le = GUINT64_TO_LE (value);

  g_byte_array_append (bytes, (const guint8 *) &le, sizeof le);
}

static gboolean
has_time (const SrZipRecord *self)
{
  return self->mtime >= G_MININT32 && self->mtime <= G_MAXINT32;
}

/* In universal time, so that the same input gives the same file everywhere; the exact time stands
 * in the extra field that all programs of today read. */
static void
put_dos_time (const SrZipRecord *self,
              GByteArray        *bytes)
{
  time_t    seconds = (time_t) self->mtime;
  struct tm tm;

  if (self->mtime == G_MININT64 || gmtime_r (&seconds, &tm) == NULL ||
      tm.tm_year < DOS_FIRST_YEAR || tm.tm_year > DOS_LAST_YEAR)
    {
      put16 (bytes, 0);
      put16 (bytes, 1 << 5 | 1);
      return;
    }
  put16 (bytes, (guint16) (tm.tm_hour << 11 | tm.tm_min << 5 | MIN (tm.tm_sec, 59) / 2));
  put16 (bytes, (guint16) ((tm.tm_year - DOS_FIRST_YEAR) << 9 | (tm.tm_mon + 1) << 5 | tm.tm_mday));
}

static void
put_time_extra (const SrZipRecord *self,
                GByteArray        *bytes)
{
  guint8 which = 1;

  if (!has_time (self))
    return;
  put16 (bytes, SR_ZIP_EXTRA_TIME);
  put16 (bytes, TIME_EXTRA_SIZE - 4);
  g_byte_array_append (bytes, &which, 1);
  put32 (bytes, (guint32) (gint32) self->mtime);
}

static guint16
get_flags (const SrZipRecord *self)
{
  guint16 flags = self->streamed ? SR_ZIP_FLAG_DESCRIPTOR : 0;

  if (!g_str_is_ascii (self->name) && g_utf8_validate (self->name, -1, NULL))
    flags |= SR_ZIP_FLAG_UTF8;
  return flags;
}

void
sr_zip_record_put_local (const SrZipRecord *self,
                         GByteArray        *bytes)
{
  gsize name_size = strlen (self->name);
  gsize extra_size =
      (has_time (self) ? TIME_EXTRA_SIZE : 0) + (self->streamed ? ZIP64_LOCAL_EXTRA : 0);

  put32 (bytes, SR_ZIP_LOCAL_SIGNATURE);
  put16 (bytes, self->streamed ? VERSION_ZIP64 : VERSION_DEFLATE);
  put16 (bytes, get_flags (self));
  put16 (bytes, self->method);
  put_dos_time (self, bytes);
  put32 (bytes, self->streamed ? 0 : self->crc);
  put32 (bytes, self->streamed ? G_MAXUINT32 : (guint32) self->packed);
  put32 (bytes, self->streamed ? G_MAXUINT32 : (guint32) self->size);
  put16 (bytes, (guint16) name_size);
  put16 (bytes, (guint16) extra_size);
  g_byte_array_append (bytes, (const guint8 *) self->name, (guint) name_size);
  if (self->streamed)
    {
      put16 (bytes, SR_ZIP_EXTRA_ZIP64);
      put16 (bytes, ZIP64_LOCAL_EXTRA - 4);
      put64 (bytes, 0);
      put64 (bytes, 0);
    }
  put_time_extra (self, bytes);
}

void
sr_zip_record_put_descriptor (const SrZipRecord *self,
                              GByteArray        *bytes)
{
  put32 (bytes, SR_ZIP_DESCRIPTOR_SIGNATURE);
  put32 (bytes, self->crc);
  put64 (bytes, self->packed);
  put64 (bytes, self->size);
}

void
sr_zip_record_put_central (const SrZipRecord *self,
                           GByteArray        *bytes)
{
  const guint64 values[] = { self->size, self->packed, self->offset };
  gsize         name_size = strlen (self->name);
  gsize         n_large = 0;
  gsize         extra_size;

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    if (values[i] >= G_MAXUINT32)
      n_large++;
  extra_size = (has_time (self) ? TIME_EXTRA_SIZE : 0) + (n_large > 0 ? 4 + 8 * n_large : 0);
  put32 (bytes, SR_ZIP_CENTRAL_SIGNATURE);
  put16 (bytes, MADE_BY_UNIX | VERSION_ZIP64);
  put16 (bytes, self->streamed || n_large > 0 ? VERSION_ZIP64 : VERSION_DEFLATE);
  put16 (bytes, get_flags (self));
  put16 (bytes, self->method);
  put_dos_time (self, bytes);
  put32 (bytes, self->crc);
  put32 (bytes, (guint32) MIN (self->packed, G_MAXUINT32));
  put32 (bytes, (guint32) MIN (self->size, G_MAXUINT32));
  put16 (bytes, (guint16) name_size);
  put16 (bytes, (guint16) extra_size);
  /* no comment, disk 0, no internal attributes */
  put16 (bytes, 0);
  put16 (bytes, 0);
  put16 (bytes, 0);
  put32 (bytes, self->mode << 16 | (S_ISDIR (self->mode) ? DOS_FOLDER : 0));
  put32 (bytes, (guint32) MIN (self->offset, G_MAXUINT32));
  g_byte_array_append (bytes, (const guint8 *) self->name, (guint) name_size);
  if (n_large > 0)
    {
      put16 (bytes, SR_ZIP_EXTRA_ZIP64);
      put16 (bytes, (guint16) (8 * n_large));
      for (guint i = 0; i < G_N_ELEMENTS (values); i++)
        if (values[i] >= G_MAXUINT32)
          put64 (bytes, values[i]);
    }
  put_time_extra (self, bytes);
}

static void
put_end64 (GByteArray *bytes,
           guint64     n_entries,
           guint64     directory,
           guint64     directory_size)
{
  put32 (bytes, SR_ZIP_END64_SIGNATURE);
  put64 (bytes, SR_ZIP_END64_SIZE - 12);
  put16 (bytes, MADE_BY_UNIX | VERSION_ZIP64);
  put16 (bytes, VERSION_ZIP64);
  put32 (bytes, 0);
  put32 (bytes, 0);
  put64 (bytes, n_entries);
  put64 (bytes, n_entries);
  put64 (bytes, directory_size);
  put64 (bytes, directory);
  put32 (bytes, SR_ZIP_LOCATOR_SIGNATURE);
  put32 (bytes, 0);
  put64 (bytes, directory + directory_size);
  put32 (bytes, 1);
}

void
sr_zip_record_put_end (GByteArray *bytes,
                       guint64     n_entries,
                       guint64     directory,
                       guint64     directory_size)
{
  if (n_entries >= G_MAXUINT16 || directory >= G_MAXUINT32 || directory_size >= G_MAXUINT32)
    put_end64 (bytes, n_entries, directory, directory_size);
  put32 (bytes, SR_ZIP_END_SIGNATURE);
  put32 (bytes, 0);
  put16 (bytes, (guint16) MIN (n_entries, G_MAXUINT16));
  put16 (bytes, (guint16) MIN (n_entries, G_MAXUINT16));
  put32 (bytes, (guint32) MIN (directory_size, G_MAXUINT32));
  put32 (bytes, (guint32) MIN (directory, G_MAXUINT32));
  put16 (bytes, 0);
}
