/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-field-hasher.h"

G_BEGIN_DECLS

/* What is kept of a record while it is sorted: its digests, its key for a person, and, if they are
 * asked for, digests and the beginning of each field. */

/* Empties @payload; then set the key text, add the fields, and set the digests. */
void sr_compare_payload_begin (GByteArray *payload);
/* @text: (nullable) */
void sr_compare_payload_set_key_text (GByteArray *payload,
                                      const char *text);
/* Of a record with too many of them, fields are not kept at all. */
void sr_compare_payload_add_field (GByteArray          *payload,
                                   const SrField       *field,
                                   const SrFieldDigest *digest);
void sr_compare_payload_set_digests (GByteArray          *payload,
                                     const SrFieldDigest *sum);

/* @size: of what came back from the disk; what does not fit counts as nothing */
gboolean sr_compare_payload_equal (const guint8 *old_data,
                                   gsize         old_size,
                                   const guint8 *new_data,
                                   gsize         new_size,
                                   gboolean      loose);
/* Returns: (transfer full) (nullable) */
char *sr_compare_payload_get_key_text (const guint8 *data,
                                       gsize         size);
/* Returns: (transfer full) (element-type SrFieldChange) (nullable): which fields differ, in the
 *   order of the new record, then those that are gone; %NULL if they were not kept */
GArray *sr_compare_payload_diff (const guint8 *old_data,
                                 gsize         old_size,
                                 const guint8 *new_data,
                                 gsize         new_size,
                                 gboolean      loose);

G_END_DECLS
