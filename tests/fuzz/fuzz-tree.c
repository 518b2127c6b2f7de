/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* A tree blob: what was accepted can be written and read, and gives the same text from then on
 * (the first time bytes of texts other than names that are not UTF-8 become U+FFFD, as in
 * restic); a node that is refused does not spoil the next. */

#include "config.h"

#include <string.h>

#include "repo/sr-tree.h"
#include "sr-fuzz.h"

/* Reads all nodes that can be read and writes those that are in order. Returns: whether all
 * were good */
static gboolean
recode (SrTreeDecoder *decoder,
        SrTreeEncoder *encoder)
{
  gboolean good = TRUE;
  gboolean again;

  do
    {
      g_autoptr (GError) error = NULL;
      g_auto (SrNode)    node = { 0 };
      int                more = sr_tree_decoder_next (decoder, &node, &error);

      sr_fuzz_assert ((error != NULL) == (more < 0));
      again = more > 0 || (more < 0 && sr_tree_decoder_can_continue (decoder));
      good = good && more >= 0;
      if (more <= 0)
        continue;
      sr_fuzz_assert (sr_entry_name_is_safe (node.entry.name));
      sr_fuzz_assert ((node.content != NULL) == (node.n_content > 0));
      sr_fuzz_assert (node.n_content == 0 || node.entry.type == SR_ENTRY_FILE);
      sr_fuzz_assert (!node.has_subtree || node.entry.type == SR_ENTRY_DIR);
      sr_fuzz_assert (sr_tree_encoder_add (encoder, &node, NULL));
    }
  while (again);
  sr_tree_encoder_finish (encoder, NULL);
  return good;
}

/* In any order: only that it ends, and cleans up. */
static void
decode_lenient (const guint8 *data,
                gsize         size)
{
  g_autoptr (SrTreeDecoder) decoder = sr_tree_decoder_new (sr_json_reader_new (data, size));
  SrNode                    node;

  sr_tree_decoder_set_lenient (decoder, TRUE);
  while (sr_tree_decoder_next (decoder, &node, NULL) > 0)
    sr_node_clear (&node);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  SrTreeEncoder *encoders[3];
  GString       *second;
  GString       *third;

  for (guint i = 0; i < G_N_ELEMENTS (encoders); i++)
    {
      GString       *last = i > 0 ? sr_tree_encoder_get_buffer (encoders[i - 1]) : NULL;
      SrJsonReader  *reader = last != NULL ? sr_json_reader_new (last->str, last->len)
                                           : sr_json_reader_new (data, size);
      SrTreeDecoder *decoder = sr_tree_decoder_new (reader);
      gboolean       good;

      encoders[i] = sr_tree_encoder_new (NULL, 0, NULL);
      good = recode (decoder, encoders[i]);
      sr_fuzz_assert (good || i == 0);
      sr_tree_decoder_free (decoder);
    }
  second = sr_tree_encoder_get_buffer (encoders[1]);
  third = sr_tree_encoder_get_buffer (encoders[2]);
  sr_fuzz_assert (g_string_equal (second, third));
  for (guint i = 0; i < G_N_ELEMENTS (encoders); i++)
    sr_tree_encoder_free (encoders[i]);
  decode_lenient (data, size);
  return 0;
}
