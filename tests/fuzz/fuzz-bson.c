/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* A mongodump archive, and a BSON document by itself: no value lies outside of it. */

#include "config.h"

#include "archive/sr-bson.h"
#include "archive/sr-mongodump.h"
#include "sr-fuzz.h"

static void
walk_document (const guint8 *data,
               gsize         size)
{
  SrBsonIter    iter;
  SrBsonElement element;

  if (!sr_bson_iter_init (&iter, data, size, NULL))
    return;
  while (sr_bson_iter_next (&iter, &element, NULL) > 0)
    {
      g_autofree char *text = sr_bson_get_string (&element);

      sr_fuzz_assert (element.data >= data && element.data + element.size <= data + size);
      sr_fuzz_assert (text == NULL || g_utf8_validate (text, -1, NULL));
      sr_bson_get_int (&element, 0);
      sr_bson_get_bool (&element);
      if (element.type == SR_BSON_OBJECT)
        walk_document (element.data, element.size);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (data, (gssize) size, NULL);
  g_autoptr (SrMongodump)  dump = sr_mongodump_new (stream, NULL, NULL);

  walk_document (data, size);
  if (dump == NULL)
    return 0;
  sr_mongodump_walk (dump, NULL, NULL);
  for (guint i = 0; i < sr_mongodump_get_namespaces (dump)->len; i++)
    {
      const SrMongoNamespace *namespace;

      namespace = g_ptr_array_index (sr_mongodump_get_namespaces (dump), i);
      sr_fuzz_assert (g_utf8_validate (namespace->name, -1, NULL));
      sr_fuzz_assert (namespace->bytes <= size);
    }
  return 0;
}
