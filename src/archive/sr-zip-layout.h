/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-zip-reader-private.h"

G_BEGIN_DECLS

/**
 * sr_zip_layout_check:
 *
 * What is odd about a ZIP without looking at content: where entries lie, what they are called, and
 * whether the two headers of each agree. Takes 8 bytes an entry, 12 where they do not lie in the
 * order of the directory.
 *
 * Returns: %FALSE if cancelled or the file cannot be read any more
 */
gboolean sr_zip_layout_check (const SrZipReaderParts *parts,
                              SrZipFindingFunc        func,
                              gpointer                user_data,
                              GCancellable           *cancellable,
                              GError                **error);

G_END_DECLS
