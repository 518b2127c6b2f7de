/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-zip-directory.h"

G_BEGIN_DECLS

/**
 * sr_zip_local_find_data:
 * @position: of the content's first byte
 *
 * What an entry's local header is needed for: where its content begins.
 *
 * Returns: %FALSE with %SR_ERROR_DAMAGED if there is no local header, or the content would lie in
 *   or behind the directory
 */
gboolean sr_zip_local_find_data (const SrZipSource    *source,
                                 const SrZipDirectory *directory,
                                 guint                 index,
                                 guint64              *position,
                                 GError              **error);

/**
 * sr_zip_local_compare:
 * @end: behind the entry's content and its data descriptor
 * @difference: (transfer full) (nullable) (out): how local header or data descriptor contradict the
 *   directory, as a sentence's end
 *
 * Returns: as sr_zip_local_find_data()
 */
gboolean sr_zip_local_compare (const SrZipSource    *source,
                               const SrZipDirectory *directory,
                               guint                 index,
                               guint64              *end,
                               char                **difference,
                               GError              **error);

G_END_DECLS
