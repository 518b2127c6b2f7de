/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* Records in JSON. The first byte says in which pieces the text comes. However it comes, and
 * whichever way brackets are found, records and errors are the same; what json-glib reads has as
 * many; counting finds what reading finds; and what is written of them reads the same. */

#include "config.h"

#include "base/sr-error.h"
#include "base/sr-json.h"
#include "record/sr-json-fields.h"
#include "record/sr-json-index.h"
#include "record/sr-json-records.h"
#include "record/sr-record-writer.h"
#include "sr-fuzz.h"
#include "sr-test-records.h"

#include <string.h>

#define MAX_SIZE  (256 * 1024)
#define MAX_DEPTH 400

static void
compare_indexes (const char *text,
                 gsize       size)
{
  const gsize         n_blocks = size / SR_JSON_BLOCK + 1;
  g_autofree guint8  *padded = g_malloc (n_blocks * SR_JSON_BLOCK);
  g_autofree guint32 *expected = g_new (guint32, n_blocks * SR_JSON_BLOCK + 4);
  g_autofree guint32 *found = g_new (guint32, n_blocks * SR_JSON_BLOCK + 4);
  SrJsonIndexState    state = { 0 };
  guint               n;

  memset (padded, ' ', n_blocks * SR_JSON_BLOCK);
  memcpy (padded, text, size);
  n = sr_json_index (SR_JSON_INDEX_PORTABLE, &state, padded, n_blocks, expected);
  for (guint kind = 1; kind < SR_N_JSON_INDEXES; kind++)
    {
      SrJsonIndexState other = { 0 };

      if (!sr_json_index_has ((SrJsonIndexKind) kind))
        continue;
      sr_fuzz_assert (sr_json_index ((SrJsonIndexKind) kind, &other, padded, n_blocks, found) == n);
      sr_fuzz_assert (memcmp (expected, found, n * sizeof *found) == 0);
      sr_fuzz_assert (other.in_string == state.in_string && other.escaped == state.escaped &&
                      other.has_nul == state.has_nul);
    }
}

/* Returns: %FALSE with @error set; what was counted before it is in @count all the same */
static gboolean
count (const char *text,
       gsize       size,
       gsize       step,
       guint64    *total,
       GError    **error)
{
  g_autoptr (GInputStream)   stream = sr_test_pieces_new (text, size, step);
  g_autoptr (SrRecordReader) reader = sr_json_records_new (stream, "root");
  SrCollection              *collection;
  guint64                    n;
  int                        more;

  *total = 0;
  while ((more = sr_record_reader_next_collection (reader, &collection, NULL, error)) > 0)
    {
      if (!sr_record_reader_skip (reader, &n, NULL, error))
        return FALSE;
      *total += n;
    }
  return more == 0;
}

/* The same by reading. @arrays: where each collection goes, as the writer makes it */
static gboolean
read_all (const char *text,
          gsize       size,
          gsize       step,
          guint64    *total,
          GPtrArray  *arrays,
          GError    **error)
{
  g_autoptr (GInputStream)   stream = sr_test_pieces_new (text, size, step);
  g_autoptr (SrRecordReader) reader = sr_json_records_new (stream, "root");
  SrCollection              *collection;
  SrRecord                   record;
  int                        more;

  *total = 0;
  while ((more = sr_record_reader_next_collection (reader, &collection, NULL, error)) > 0)
    {
      GOutputStream             *output = g_memory_output_stream_new_resizable ();
      g_autoptr (SrRecordWriter) writer = sr_json_record_writer_new (output, 2, 0);

      g_ptr_array_add (arrays, output);
      sr_fuzz_assert (sr_record_writer_begin (writer, collection, NULL, NULL));
      while ((more = sr_record_reader_next (reader, &record, NULL, error)) > 0)
        {
          if (!sr_record_reader_get_fields (reader, &record, error))
            return FALSE;
          sr_fuzz_assert (record.raw_size > 0 && record.offset + record.raw_size <= size);
          sr_fuzz_assert (memcmp (record.raw, text + record.offset, record.raw_size) == 0);
          for (guint i = 0; i < record.n_fields; i++)
            {
              sr_fuzz_assert (g_utf8_validate (record.fields[i].name, -1, NULL));
              sr_fuzz_assert (record.fields[i].value.data[record.fields[i].value.size] == '\0');
            }
          sr_fuzz_assert (sr_record_writer_put (writer, &record, NULL, NULL));
          (*total)++;
        }
      if (more < 0)
        return FALSE;
      sr_fuzz_assert (sr_record_writer_end (writer, NULL, NULL));
    }
  return more == 0;
}

/* Arrays at the root and in objects of the first two levels. */
static guint64
count_in_tree (JsonNode *node,
               guint     level)
{
  guint64 n = 0;

  if (JSON_NODE_HOLDS_ARRAY (node))
    return json_array_get_length (json_node_get_array (node));
  if (JSON_NODE_HOLDS_OBJECT (node) && level < 2)
    {
      JsonObjectIter iter;
      JsonNode      *member;

      json_object_iter_init (&iter, json_node_get_object (node));
      while (json_object_iter_next (&iter, NULL, &member))
        n += count_in_tree (member, level + 1);
    }
  return n;
}

static void
compare_written (GPtrArray *arrays,
                 JsonNode  *root)
{
  for (guint i = 0; i < arrays->len; i++)
    {
      GMemoryOutputStream *output = arrays->pdata[i];
      g_autoptr (JsonNode) again = sr_json_parse (g_memory_output_stream_get_data (output),
                                                  g_memory_output_stream_get_data_size (output),
                                                  4 * MAX_SIZE, MAX_DEPTH, NULL);

      sr_fuzz_assert (again != NULL);
      sr_fuzz_assert (!JSON_NODE_HOLDS_ARRAY (root) || json_node_equal (again, root));
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const gsize           step = size > 0 && data[0] < 250 ? 1 + data[0] % 64 : MAX_SIZE;
  const char           *text = size > 0 ? (const char *) data + 1 : "";
  const gsize           text_size = size > 0 ? size - 1 : 0;
  g_autoptr (GPtrArray) arrays = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError)    counted = NULL;
  g_autoptr (GError)    whole = NULL;
  g_autoptr (GError)    error = NULL;
  g_autoptr (JsonNode)  root = NULL;
  guint64               n_counted;
  guint64               n_whole;
  guint64               n_read;
  gboolean              good;

  if (text_size > MAX_SIZE)
    return 0;
  compare_indexes (text, text_size);
  good = count (text, text_size, step, &n_counted, &counted);
  sr_fuzz_assert (count (text, text_size, MAX_SIZE, &n_whole, &whole) == good);
  sr_fuzz_assert (good ? n_counted == n_whole : counted->domain == SR_ERROR);
  root = sr_json_parse (text, text_size, MAX_SIZE, MAX_DEPTH, NULL);
  if (read_all (text, text_size, step, &n_read, arrays, &error))
    {
      sr_fuzz_assert (good && n_read == n_counted);
      if (root != NULL)
        compare_written (arrays, root);
    }
  else
    {
      sr_fuzz_assert (error->domain == SR_ERROR);
      sr_fuzz_assert (root == NULL ||
                      (!JSON_NODE_HOLDS_ARRAY (root) && !JSON_NODE_HOLDS_OBJECT (root)) ||
                      strstr (error->message, "NUL in a name") != NULL);
    }
  /* an object that names a member twice has one of them there */
  if (root != NULL && JSON_NODE_HOLDS_ARRAY (root))
    sr_fuzz_assert (good && count_in_tree (root, 0) == n_counted);
  else if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
    sr_fuzz_assert (good && count_in_tree (root, 0) <= n_counted);
  return 0;
}
