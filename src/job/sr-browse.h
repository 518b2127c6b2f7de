/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-repo.h"

G_BEGIN_DECLS

/* Looking into snapshots: what `ls`, `find`, `diff`, `dump` and `stats` show, and later the window.
 * Index loaded by the caller with sr_repo_load_index() after listing the snapshots; no locks are
 * taken here. */

/* @path: in the snapshot, raw bytes, with a leading slash. Returns: %FALSE with @error to stop */
typedef gboolean (*SrBrowseFunc) (const char   *path,
                                  const SrNode *node,
                                  gpointer      user_data,
                                  GError      **error);

/* A folder at @path of which nothing, or not all, can be read; or, from sr_browse_stats(), a file
 * without some of its content. */
typedef void (*SrBrowseDamageFunc) (const char   *path,
                                    const GError *why,
                                    gpointer      user_data);

/* Visits what is in @folder ("/" for the root) and, with @recursive, all below, depth first in the
 * order of the tree. %SR_ERROR_NOT_FOUND if there is no such path; for a file @func is called once.
 * What cannot be read ends it, unless there is @damaged (nullable), which is told; then it goes on
 * behind that. */
gboolean sr_browse_list (SrRepo            *repo,
                         const SrId        *tree,
                         const char        *folder,
                         gboolean           recursive,
                         SrBrowseFunc       func,
                         SrBrowseDamageFunc damaged,
                         gpointer           user_data,
                         GCancellable      *cancellable,
                         GError           **error);

/**
 * SrDiffKind:
 *
 * How an entry differs between two snapshots; restic's letters: + - M U T.
 */
typedef enum
{
  SR_DIFF_ADDED,
  SR_DIFF_REMOVED,
  SR_DIFF_CONTENT,
  SR_DIFF_METADATA,
  SR_DIFF_TYPE,
} SrDiffKind;

/* @old_node, @new_node: (nullable) */
typedef gboolean (*SrDiffFunc) (const char   *path,
                                SrDiffKind    kind,
                                const SrNode *old_node,
                                const SrNode *new_node,
                                gpointer      user_data,
                                GError      **error);

/* Equal subtrees are not read. @metadata: tell entries whose content is the same but whose metadata
 * differs as well. */
gboolean sr_browse_diff (SrRepo       *repo,
                         const SrId   *old_tree,
                         const SrId   *new_tree,
                         gboolean      metadata,
                         SrDiffFunc    func,
                         gpointer      user_data,
                         GCancellable *cancellable,
                         GError      **error);

/* Writes the content of the file at @path to @fd. */
gboolean sr_browse_dump (SrRepo       *repo,
                         const SrId   *tree,
                         const char   *path,
                         int           fd,
                         SrProgress   *progress,
                         GCancellable *cancellable,
                         GError      **error);

/* Writes the folder at @path to @fd as a POSIX (pax) tar archive. */
gboolean sr_browse_dump_tar (SrRepo       *repo,
                             const SrId   *tree,
                             const char   *path,
                             int           fd,
                             SrProgress   *progress,
                             GCancellable *cancellable,
                             GError      **error);

/**
 * SrVaultStats:
 *
 * Sizes in bytes.
 */
typedef struct
{
  guint64 snapshots;
  guint64 files;         /* over all snapshots looked at */
  guint64 restore_size;  /* what restoring them all would write */
  guint64 blobs;         /* different ones they need */
  guint64 unpacked_size; /* of those, before compression */
  guint64 stored_size;   /* of those, in the packs */
  guint64 vault_size;    /* all files of the vault */
} SrVaultStats;

/* @damaged: (nullable): as with sr_browse_list(), with a path like "1a2b3c4d:/srv"; what it names
 *   is
 * not counted. */
gboolean sr_browse_stats (SrRepo            *repo,
                          GPtrArray         *snapshots,
                          SrVaultStats      *stats,
                          SrBrowseDamageFunc damaged,
                          gpointer           user_data,
                          SrProgress        *progress,
                          GCancellable      *cancellable,
                          GError           **error);

G_END_DECLS
