/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* Two JSON texts with a byte of 255 between them: each is the same as itself, and what one has over
 * the other is what the other has less. */

#include "config.h"

#include <string.h>

#include "record/sr-compare.h"
#include "record/sr-json-records.h"
#include "sr-fuzz.h"

static SrRecordReader *
open_reader (const uint8_t *data,
             size_t         size)
{
  g_autoptr (GInputStream) stream = NULL;

  stream = g_memory_input_stream_new_from_data (size > 0 ? (const char *) data : "",
                                                (gssize) size, NULL);
  return sr_json_records_new (stream, "records");
}

static gboolean
look_at (const char          *collection,
         SrRecordChange       change,
         const char          *key,
         const SrFieldChange *fields,
         guint                n_fields,
         gpointer             user_data,
         GError             **error)
{
  guint *n_told = user_data;

  n_told[change]++;
  sr_fuzz_assert (key == NULL || g_utf8_validate (key, -1, NULL));
  sr_fuzz_assert (change == SR_RECORD_CHANGED || n_fields == 0);
  for (guint i = 0; i < n_fields; i++)
    {
      sr_fuzz_assert (fields[i].old_text != NULL || fields[i].new_text != NULL);
      sr_fuzz_assert (fields[i].old_text == NULL || g_utf8_validate (fields[i].old_text, -1, NULL));
      sr_fuzz_assert (fields[i].new_text == NULL || g_utf8_validate (fields[i].new_text, -1, NULL));
    }
  return TRUE;
}

/* Returns: (transfer full) (nullable): the changes, if both can be read */
static GPtrArray *
compare (const uint8_t *old_data,
         size_t         old_size,
         const uint8_t *new_data,
         size_t         new_size)
{
  guint                      n_told[3] = { 0 };
  const SrCompareOptions     options = { .memory = 1,
                                         .with_fields = TRUE,
                                         .func = look_at,
                                         .user_data = n_told };
  g_autoptr (SrRecordReader) old_reader = open_reader (old_data, old_size);
  g_autoptr (SrRecordReader) new_reader = open_reader (new_data, new_size);
  g_autoptr (GError)         error = NULL;
  GPtrArray                 *changes;
  guint64                    sums[3] = { 0 };

  changes = sr_compare_records (old_reader, new_reader, &options, NULL, NULL, &error);
  sr_fuzz_assert ((changes != NULL) == (error == NULL));
  if (changes == NULL)
    return NULL;
  for (guint i = 0; i < changes->len; i++)
    {
      const SrCollectionChanges *one = g_ptr_array_index (changes, i);

      sums[SR_RECORD_ADDED] += one->added;
      sums[SR_RECORD_REMOVED] += one->removed;
      sums[SR_RECORD_CHANGED] += one->changed;
    }
  for (guint i = 0; i < G_N_ELEMENTS (sums); i++)
    sr_fuzz_assert (sums[i] == n_told[i]);
  return changes;
}

static void
assert_same (GPtrArray *changes)
{
  for (guint i = 0; changes != NULL && i < changes->len; i++)
    {
      const SrCollectionChanges *one = g_ptr_array_index (changes, i);

      sr_fuzz_assert (one->added == 0 && one->removed == 0 && one->changed == 0);
      sr_fuzz_assert (!one->only_in_old && !one->only_in_new);
    }
}

static void
assert_mirrored (GPtrArray *there,
                 GPtrArray *back)
{
  sr_fuzz_assert ((there != NULL) == (back != NULL));
  if (there == NULL)
    return;
  sr_fuzz_assert (there->len == back->len);
  for (guint i = 0; i < there->len; i++)
    {
      const SrCollectionChanges *a = g_ptr_array_index (there, i);
      const SrCollectionChanges *b = g_ptr_array_index (back, i);

      sr_fuzz_assert (strcmp (a->name, b->name) == 0);
      sr_fuzz_assert (a->added == b->removed && a->removed == b->added);
      sr_fuzz_assert (a->changed == b->changed && a->same == b->same);
      sr_fuzz_assert (a->duplicates == b->duplicates && a->by_digest == b->by_digest);
      sr_fuzz_assert (a->only_in_old == b->only_in_new && a->only_in_new == b->only_in_old);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const uint8_t        *between = size > 0 ? memchr (data, 0xff, size) : NULL;
  size_t                first = between != NULL ? (size_t) (between - data) : size;
  const uint8_t        *second = between != NULL ? between + 1 : data;
  size_t                second_size = between != NULL ? size - first - 1 : size;
  g_autoptr (GPtrArray) same = compare (data, first, data, first);
  g_autoptr (GPtrArray) there = compare (data, first, second, second_size);
  g_autoptr (GPtrArray) back = compare (second, second_size, data, first);

  assert_same (same);
  assert_mirrored (there, back);
  return 0;
}
