/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-repo.h"
#include "sr-storage-memory.h"

G_BEGIN_DECLS

/* Small vaults for tests. The password is "test", and its key costs next to nothing. */

/* Returns: (transfer full) */
SrSecret *sr_test_repo_password (void);
/* A new vault. Returns: (transfer full) */
SrRepo *sr_test_repo_create (SrStorage *storage);
/* The same vault as another process would see it. Returns: (transfer full) */
SrRepo *sr_test_repo_open (SrStorage *storage);

/* Seals @n_blobs blobs into one pack, and writes it.
 * @entries: (out): room for @n_blobs */
void sr_test_repo_write_pack (SrRepo            *repo,
                              SrBlobType         type,
                              const char *const *plains,
                              guint              n_blobs,
                              SrId              *pack,
                              SrPackEntry       *entries);
/* Writes an index file of one pack. */
void sr_test_repo_write_index (SrRepo            *repo,
                               const SrId        *pack,
                               const SrPackEntry *entries,
                               guint              n_entries,
                               SrId              *id);
/* A snapshot of @tree. Returns: (transfer full) */
SrSnapshot *sr_test_repo_write_snapshot (SrRepo     *repo,
                                         const SrId *tree,
                                         gint64      seconds,
                                         const char *hostname,
                                         const char *tags,
                                         const char *paths);

/**
 * sr_test_repo_backup:
 * @files: (array zero-terminated=1): path and content by turns, "name" or "folder/name", in
 *   ascending order; contents of more than some hundred bytes give several chunks
 *
 * Brings files into the vault as a backup does. Returns: (transfer full): the snapshot
 */
SrSnapshot *sr_test_repo_backup (SrRepo            *repo,
                                 gint64             seconds,
                                 const char *const *files);
/* JSON of a folder with @n empty files, and one more at its end that wants @missing (nullable) as
 * its only chunk. About 200 bytes a file. Returns: (transfer full) */
char *sr_test_repo_large_tree (guint       n,
                               const SrId *missing);
/* Text of @size bytes that does not repeat. Returns: (transfer full) */
char *sr_test_repo_text (guint seed,
                         gsize size);
/* Flips a bit, @from_end bytes before the end of the pack, and with @cut cuts as many off. */
void sr_test_repo_damage_pack (SrStorageMemory *storage,
                               const SrId      *pack,
                               gsize            from_end,
                               gboolean         cut);
/* Gives all files of @type this content; %NULL removes them. */
void sr_test_repo_replace_all (SrStorageMemory *storage,
                               SrFileType       type,
                               GBytes          *content);
/* Fails unless a check with all data finds nothing that is damage; loads the index. */
void sr_test_repo_check (SrStorage *storage);

G_END_DECLS
