/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record-reader.h"

G_BEGIN_DECLS

/* A stream over a copy of @data that gives at most @step bytes a reading. */
GInputStream *sr_test_pieces_new (gconstpointer data,
                                  gsize         size,
                                  gsize         step);

/**
 * sr_test_records_to_text:
 *
 * Reads everything: a line "[name key,key]" a run, a line "name=Nvalue|…" a record, where N is the
 * first letter of the value's kind (0 for null) and bytes are hexadecimal.
 *
 * Returns: (transfer full): %NULL with @error set
 */
char *sr_test_records_to_text (SrRecordReader *reader,
                               GError        **error);

G_END_DECLS
