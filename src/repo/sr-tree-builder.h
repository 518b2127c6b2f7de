/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-saver.h"
#include "repo/sr-tree.h"

G_BEGIN_DECLS

/**
 * SrTreeBuilder:
 *
 * Makes the tree blobs of a backup while the content of its files is still on its way: folders are
 * entered and left depth first, entries come in ascending order of their names' bytes, and a tree
 * is encoded as far as its files are complete. A folder of a million files is encoded as a stream.
 *
 * Threads: the feeder's thread.
 */
typedef struct _SrTreeBuilder SrTreeBuilder;

/* Folders encoded so far, the root not counted, compared with what they were before. */
typedef struct
{
  guint64 dirs_new;
  guint64 dirs_changed;
  guint64 dirs_unmodified;
} SrTreeBuilderStats;

SrTreeBuilder *sr_tree_builder_new (SrSaver *saver);
void           sr_tree_builder_free (SrTreeBuilder *self);

/* Enters a folder. @entry: (transfer full): its own metadata; %NULL for the root. @previous:
 * (nullable): its tree in the parent snapshot, for the count only */
gboolean sr_tree_builder_enter (SrTreeBuilder *self,
                                SrEntry       *entry,
                                const SrId    *previous,
                                GError       **error);
/* An entry of the folder we are in. @entry: (transfer full). @file: (nullable) (transfer full):
 * content of a regular file, whose bytes have all been given to the saver; the caller has set the
 * entry's size to what was read. */
gboolean sr_tree_builder_add (SrTreeBuilder *self,
                              SrEntry       *entry,
                              SrSavedFile   *file,
                              GError       **error);
gboolean sr_tree_builder_leave (SrTreeBuilder *self,
                                GError       **error);
/* After the root was left: waits for all, and gives the root's id. */
gboolean sr_tree_builder_finish (SrTreeBuilder *self,
                                 SrId          *root,
                                 GError       **error);
void     sr_tree_builder_get_stats (SrTreeBuilder      *self,
                                    SrTreeBuilderStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrTreeBuilder, sr_tree_builder_free)

G_END_DECLS
