/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "storage/sr-storage.h"

G_BEGIN_DECLS

/* An id that depends only on @seed. */
SrId sr_test_id (guint64 seed);
/* Writes a file, and fails if that fails. */
void sr_test_storage_write (SrStorage    *storage,
                            SrFileType    type,
                            const SrId   *id,
                            gconstpointer data,
                            gsize         size);
/* Fails unless the file is there and holds just @data. */
void sr_test_storage_assert_content (SrStorage    *storage,
                                     SrFileType    type,
                                     const SrId   *id,
                                     gconstpointer data,
                                     gsize         size);

G_END_DECLS
