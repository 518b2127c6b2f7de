/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-entry.h"
#include "base/sr-id.h"
#include "repo/sr-json-reader.h"

G_BEGIN_DECLS

/**
 * SrNode:
 * @content: (array length=n_content): ids of a file's chunks in order; %NULL when empty and for
 *   other types
 * @has_subtree: a folder's @subtree is set; a folder without one could not be read
 *
 * One entry of a tree blob.
 */
typedef struct
{
  SrEntry  entry;
  SrId    *content;
  gsize    n_content;
  gboolean has_subtree;
  SrId     subtree;
} SrNode;

void sr_node_clear (SrNode *self);

/**
 * SrTreeEncoder:
 *
 * Writes a tree blob as a stream, byte for byte as restic 0.19 does (format notes 1.7): nodes in
 * strictly ascending order of their names' bytes. For each node: begin, add_content for every chunk
 * of a file, end.
 */
typedef struct _SrTreeEncoder SrTreeEncoder;

/* Takes what has been encoded so far away from @buffer (truncates it). */
typedef gboolean (*SrTreeFlushFunc) (GString *buffer,
                                     gpointer user_data,
                                     GError **error);

/* @flush (nullable) is called whenever more than @flush_size bytes have gathered; without it all
 *   stays in the buffer. */
SrTreeEncoder *sr_tree_encoder_new (SrTreeFlushFunc flush,
                                    gsize           flush_size,
                                    gpointer        user_data);
void           sr_tree_encoder_free (SrTreeEncoder *self);
/* %SR_ERROR_INVALID if the name is not greater than the last one or not one component. */
gboolean sr_tree_encoder_begin (SrTreeEncoder *self,
                                const SrEntry *entry,
                                GError       **error);
gboolean sr_tree_encoder_add_content (SrTreeEncoder *self,
                                      const SrId    *id,
                                      GError       **error);
/* @subtree: (nullable): of a folder */
gboolean sr_tree_encoder_end (SrTreeEncoder *self,
                              const SrId    *subtree,
                              GError       **error);
/* begin, content and end of a whole node */
gboolean sr_tree_encoder_add (SrTreeEncoder *self,
                              const SrNode  *node,
                              GError       **error);
/* Closes the list. The rest is in the buffer (not flushed). */
gboolean sr_tree_encoder_finish (SrTreeEncoder *self,
                                 GError       **error);
/* What has not been flushed; owned by @self. */
GString *sr_tree_encoder_get_buffer (SrTreeEncoder *self);
/* Ready for another tree, keeping its memory. */
void sr_tree_encoder_reset (SrTreeEncoder *self);

/**
 * SrTreeDecoder:
 *
 * Reads a tree blob as a stream, node by node. Accepts what restic of any version and other writers
 * of the format have written (version 1 and 2, unknown fields, nodes in any order unless the caller
 * asks).
 */
typedef struct _SrTreeDecoder SrTreeDecoder;

/* Takes @reader over. */
SrTreeDecoder *sr_tree_decoder_new (SrJsonReader *reader);
void           sr_tree_decoder_free (SrTreeDecoder *self);

/**
 * sr_tree_decoder_next:
 * @node: (out caller-allocates): filled; the caller owns what is in it and clears it with
 *   sr_node_clear()
 *
 * Nodes with an unsafe name (see sr_entry_name_is_safe()), an unknown type, a file without content
 * list, or out of order or twice are reported as %SR_ERROR_DAMAGED with the name; with @lenient set
 * by sr_tree_decoder_set_lenient() order is not checked
 *
 * Returns: 1 for a node, 0 at the end, -1 with @error set
 */
int  sr_tree_decoder_next (SrTreeDecoder *self,
                           SrNode        *node,
                           GError       **error);
void sr_tree_decoder_set_lenient (SrTreeDecoder *self,
                                  gboolean       lenient);
/* After -1: whether only that one node was refused, so that the next call goes on behind it. */
gboolean sr_tree_decoder_can_continue (SrTreeDecoder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrTreeEncoder, sr_tree_encoder_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrTreeDecoder, sr_tree_decoder_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SrNode, sr_node_clear)

G_END_DECLS
