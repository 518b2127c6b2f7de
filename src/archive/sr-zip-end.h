/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-zip-source.h"

G_BEGIN_DECLS

/**
 * SrZipEnd:
 * @n_entries: announced
 * @zip64: whether @n_entries is of 64 bits, so that it cannot have wrapped round
 * @directory, @directory_size: where the central directory lies
 * @base: what is to be added to the offsets of local headers: bytes that were put before the ZIP
 *   later
 * @end: behind the end record and its comment
 * @comment_cut: the comment is announced longer than the file goes on
 * @ambiguous: another end record leads to another directory, so that another program may see
 *   another content
 *
 * What stands at the end of a ZIP.
 */
typedef struct
{
  guint64  n_entries;
  gboolean zip64;
  guint64  directory;
  guint64  directory_size;
  guint64  base;
  guint64  end;
  gboolean comment_cut;
  gboolean ambiguous;
} SrZipEnd;

/**
 * sr_zip_end_find:
 *
 * Looks for the end record: at the end with a comment, else within the last megabyte. Of several
 * the one that leads to a directory, has nothing behind it and nothing before its first entry.
 *
 * Returns: %FALSE with %SR_ERROR_INVALID if there is none: no ZIP, or one that was cut off;
 *   %SR_ERROR_DAMAGED if it leads to no directory; %SR_ERROR_UNSUPPORTED if it is one part of
 *   several
 */
gboolean sr_zip_end_find (const SrZipSource *source,
                          SrZipEnd          *end,
                          GError           **error);

G_END_DECLS
