/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include "sr-test-storage.h"

#include "sr-test-util.h"

SrId
sr_test_id (guint64 seed)
{
  SrId id;

  sr_test_fill_random (seed, &id, sizeof id);
  return id;
}

void
sr_test_storage_write (SrStorage    *storage,
                       SrFileType    type,
                       const SrId   *id,
                       gconstpointer data,
                       gsize         size)
{
  g_autoptr (GError) error = NULL;

  sr_storage_write (storage, type, id, data, size, NULL, &error);
  g_assert_no_error (error);
}

void
sr_test_storage_assert_content (SrStorage    *storage,
                                SrFileType    type,
                                const SrId   *id,
                                gconstpointer data,
                                gsize         size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sr_storage_read_all (storage, type, id, G_MAXSIZE, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), data, size);
}
