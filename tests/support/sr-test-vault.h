/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-repo.h"
#include "sr-storage-memory.h"

G_BEGIN_DECLS

/**
 * SrTestVault:
 *
 * A vault in memory whose trees are written as JSON text, so that they may say what no encoder
 * would write.
 */
typedef struct
{
  SrStorage       *storage;
  SrStorageMemory *files;
  SrRepo          *repo;
  SrSnapshot      *snapshot;
  GPtrArray       *waiting[2]; /* by SrBlobType: blobs not in a pack yet */
  SrIndexWriter   *index;
  SrId             index_id;
} SrTestVault;

SrTestVault *sr_test_vault_new (void);
void         sr_test_vault_free (SrTestVault *self);

/* A blob of the next pack. */
SrId sr_test_vault_add (SrTestVault *self,
                        SrBlobType   type,
                        const char  *text);
/* Ends a pack. Returns: its id */
SrId sr_test_vault_end_pack (SrTestVault *self,
                             SrBlobType   type);
/* Ends all packs, writes the index and a snapshot of @root, and loads the index. */
void sr_test_vault_commit (SrTestVault *self,
                           const SrId  *root);
/* Flips a bit in the middle of blob @id in its pack. */
void sr_test_vault_damage (SrTestVault *self,
                           SrBlobType   type,
                           const SrId  *id);

/* Trees are gathered as text: */
void sr_test_tree_add_file (GString    *tree,
                            const char *name,
                            const char *more,
                            const SrId *chunks,
                            guint       n_chunks);
void sr_test_tree_add_folder (GString    *tree,
                              const char *name,
                              const SrId *subtree);
/* @more: further members, each with a comma in front, or "" */
void sr_test_tree_add (GString    *tree,
                       const char *name,
                       const char *type,
                       const char *more);
/* Adds the tree to the next pack of trees and empties @tree. */
SrId sr_test_vault_add_tree (SrTestVault *self,
                             GString     *tree);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrTestVault, sr_test_vault_free)

G_END_DECLS
