/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-checker.h"

G_BEGIN_DECLS

/**
 * SrCheckRun:
 *
 * What the parts of one running check share.
 */
typedef struct
{
  SrRepo                 *repo;
  SrIndex                *index;
  const SrCheckerOptions *options;
  SrCheckerStats         *stats;
  GPtrArray              *snapshots;
  GCancellable           *cancellable;

  GMutex      lock;
  GPtrArray  *findings;   /* under lock, as all below */
  GHashTable *by_entry;   /* number of an index entry to the finding that its blob is damaged */
  GHashTable *by_pack;    /* number of a pack to its finding */
  GHashTable *exact;      /* packs that were read whole: bad blobs of theirs are in by_entry */
  GHashTable *missing[2]; /* by SrBlobType: ids no index knows to their finding */
} SrCheckRun;

/* Adds a finding about a file of the vault. Takes @text. Returns: (transfer none) */
SrFinding *sr_check_add_file (SrCheckRun   *run,
                              SrFindingKind kind,
                              SrFileType    type,
                              const SrId   *id,
                              char         *text);
/* Adds one about a pack of the index, by its number. Further ones about the same pack only add to
 * the text. Takes @text. */
void sr_check_add_pack (SrCheckRun   *run,
                        SrFindingKind kind,
                        guint32       pack,
                        char         *text);
/* Adds one about a blob in a pack, once. */
void sr_check_add_blob (SrCheckRun         *run,
                        SrFindingKind       kind,
                        const SrIndexEntry *entry,
                        const char         *reason);
/* Adds one about a blob no index knows, once. */
void sr_check_add_missing (SrCheckRun *run,
                           SrBlobType  type,
                           const SrId *id);

/* Config, keys, locks. */
gboolean sr_check_small_files (SrCheckRun *run,
                               GError    **error);
/* Packs that stand in two index files. */
gboolean sr_check_repeated (SrCheckRun *run,
                            GError    **error);
/* The packs that are there against those the index names. */
gboolean sr_check_pack_list (SrCheckRun *run,
                             GError    **error);
/* All trees that snapshots need, and whether all their chunks are known. */
gboolean sr_check_trees (SrCheckRun *run,
                         SrProgress *progress,
                         GError    **error);
/* Reads packs whole. */
gboolean sr_check_read_data (SrCheckRun *run,
                             SrProgress *progress,
                             GError    **error);
/* Which snapshots and paths the damage found costs. */
gboolean sr_check_affected (SrCheckRun *run,
                            GError    **error);

G_END_DECLS
