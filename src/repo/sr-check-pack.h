/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-check-run.h"

G_BEGIN_DECLS

/**
 * SrCheckPack:
 *
 * Reads one pack after the other from beginning to end and verifies all that is in it: digest of
 * the file, each blob, header against index.
 *
 * Threads: one thread at a time.
 */
typedef struct _SrCheckPack SrCheckPack;

/* A blob that is not what it should be. */
typedef struct
{
  const SrIndexEntry *entry;
  char               *reason;
} SrCheckBad;

/**
 * SrCheckPackResult:
 * @bad: (element-type SrCheckBad)
 * @file_error: (nullable): what is wrong with the file itself: cannot be read, digest, header
 */
typedef struct
{
  guint64 bytes;
  GArray *bad;
  char   *file_error;
} SrCheckPackResult;

SrCheckPack *sr_check_pack_new (SrCheckRun *run);
void         sr_check_pack_free (SrCheckPack *self);
/**
 * sr_check_pack_read:
 * @result: (out caller-allocates): to be cleared with sr_check_pack_result_clear() also after
 *   a failure
 *
 * Returns: %FALSE with @error only if it was cancelled
 */
gboolean sr_check_pack_read (SrCheckPack       *self,
                             guint32            pack,
                             SrCheckPackResult *result,
                             GError           **error);
void     sr_check_pack_result_clear (SrCheckPackResult *result);

G_END_DECLS
