/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SrZipRecord:
 * @mtime: seconds since 1970, G_MININT64 if unknown
 * @mode: st_mode; without a type that of a folder if @name ends with "/", else that of a file
 * @streamed: CRC-32 and sizes are not known when the local header is written: they follow in a data
 *   descriptor of 64 bits
 *
 * An entry as the headers of a ZIP tell it.
 */
typedef struct
{
  char    *name;
  gint64   mtime;
  guint32  mode;
  guint16  method;
  gboolean streamed;
  guint32  crc;
  guint64  packed;
  guint64  size;
  guint64  offset;
} SrZipRecord;

SrZipRecord *sr_zip_record_new (const char *name,
                                gint64      mtime,
                                guint32     mode);
void         sr_zip_record_free (SrZipRecord *self);
/* All append to @bytes. */
void sr_zip_record_put_local (const SrZipRecord *self,
                              GByteArray        *bytes);
void sr_zip_record_put_descriptor (const SrZipRecord *self,
                                   GByteArray        *bytes);
void sr_zip_record_put_central (const SrZipRecord *self,
                                GByteArray        *bytes);
/* End record, with those of ZIP64 in front where the numbers ask for them. */
void sr_zip_record_put_end (GByteArray *bytes,
                            guint64     n_entries,
                            guint64     directory,
                            guint64     directory_size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrZipRecord, sr_zip_record_free)

G_END_DECLS
