/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-guard.h"
#include "archive/sr-zip-end.h"

G_BEGIN_DECLS

/* In the flags of an item, where the format has a bit that nobody uses: the name is not the one of
 * the header, but from an extra field or without its NULs. */
#define SR_ZIP_ITEM_RENAMED 0x8000u
/* The name had a NUL. */
#define SR_ZIP_ITEM_NUL 0x4000u

/**
 * SrZipItem:
 * @offset: of the local header, counted like all positions; G_MAXUINT64 if it cannot be
 * @packed: bytes of data in the file
 * @flags: general purpose bits, and SR_ZIP_ITEM_…
 *
 * What a ZIP's directory says of an entry besides what a container tells.
 */
typedef struct
{
  guint64 offset;
  guint64 packed;
  guint32 crc;
  guint16 method;
  guint16 flags;
} SrZipItem;

/**
 * SrZipDirectory:
 * @entries, @items: (array length=n_entries)
 * @names: all names, one after the other
 * @good: (array length=n_entries): atomic, set where the content was read to its end and is what
 *   its length and checksum say
 *
 * The central directory in memory: 65 bytes an entry and its name.
 */
typedef struct
{
  SrZipEnd          end;
  guint             n_entries;
  SrContainerEntry *entries;
  SrZipItem        *items;
  char             *names;
  guint8           *good;
} SrZipDirectory;

/**
 * sr_zip_directory_load:
 *
 * Reads the directory twice in pieces: first to see what is there, so that no announced number
 * takes memory, then to keep it.
 *
 * Returns: %FALSE with %SR_ERROR_DAMAGED if it cannot be, %SR_ERROR_REFUSED if the guard says stop,
 *   or if the entries take more bytes than there are, as in a ZIP bomb
 */
gboolean sr_zip_directory_load (SrZipDirectory    *self,
                                const SrZipSource *source,
                                SrGuard           *guard,
                                GError           **error);
void     sr_zip_directory_clear (SrZipDirectory *self);

G_END_DECLS
