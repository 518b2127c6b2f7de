/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-zip-directory.h"

G_BEGIN_DECLS

#define SR_TYPE_ZIP_STREAM (sr_zip_stream_get_type ())
G_DECLARE_FINAL_TYPE (SrZipStream, sr_zip_stream, SR, ZIP_STREAM, GInputStream)

/**
 * sr_zip_stream_new:
 * @owner: what @source and @directory belong to; kept as long as the stream
 *
 * The content of one entry. The read that would return 0 checks CRC-32 and length and that the
 * packed bytes end with it; what goes wrong once goes wrong in every later read.
 *
 * Returns: (transfer full): %SR_ERROR_UNSUPPORTED for an encrypted entry and another method,
 *   %SR_ERROR_DAMAGED if the entry is not where it should be, %SR_ERROR_REFUSED if the guard does
 *   not like what is announced
 */
GInputStream *sr_zip_stream_new (gpointer              owner,
                                 const SrZipSource    *source,
                                 const SrZipDirectory *directory,
                                 guint                 index,
                                 SrGuard              *guard,
                                 GError              **error);

/* Whether all was right but the CRC-32. */
gboolean sr_zip_stream_has_wrong_crc (SrZipStream *self);

/* Returns: (nullable): why an entry cannot be unfolded, as a sentence's end: it is encrypted, or of
 * another method */
char *sr_zip_item_why_unreadable (const SrZipItem *item);

G_END_DECLS
