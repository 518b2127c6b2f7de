/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-repo.h"

G_BEGIN_DECLS

/**
 * SrFindingKind:
 *
 * What a check can find. The first group costs data, the second (from %SR_FINDING_ORPHANED_PACK)
 * only space or order.
 */
typedef enum
{
  SR_FINDING_DAMAGED_FILE,  /* a file of the vault whose content is not what it should be */
  SR_FINDING_MISSING_FILE,  /* a pack the index names is not there */
  SR_FINDING_WRONG_SIZE,    /* a pack whose size is not what the index says */
  SR_FINDING_MISSING_BLOB,  /* a tree or chunk no index knows */
  SR_FINDING_DAMAGED_BLOB,  /* a blob that cannot be opened, or whose digest is wrong */
  SR_FINDING_DAMAGED_TREE,  /* a tree that cannot be read as one */
  SR_FINDING_ORPHANED_PACK, /* a pack no index names: an interrupted backup, prune removes it */
  SR_FINDING_REPEATED_PACK, /* a pack in two index files */
  SR_FINDING_MIXED_PACK,    /* a pack with trees and data; prune mends it */
  SR_FINDING_STALE_LOCK,
} SrFindingKind;

/**
 * SrFinding:
 * @type: of the file
 * @id: of the file, or of the blob where @is_blob
 * @pack: of a blob, if known; else all zero
 * @text: a sentence: what, where, and what to do
 * @snapshots: (element-type SrId): snapshots that are affected; filled at the end of the check
 * @paths: (element-type utf8): "SNAPSHOT:/path" affected, the first 1,000 of each finding; raw
 *   bytes made valid UTF-8
 * @n_paths: how many there are
 */
typedef struct
{
  SrFindingKind kind;
  SrFileType    type;
  gboolean      is_blob;
  SrId          id;
  SrId          pack;
  char         *text;
  GArray       *snapshots;
  GPtrArray    *paths;
  guint64       n_paths;
} SrFinding;

void sr_finding_free (SrFinding *self);
/* "damaged-file", ... as `--json` prints it */
const char *sr_finding_kind_name (SrFindingKind kind);
/* Whether data is lost or at risk. */
gboolean sr_finding_is_damage (const SrFinding *self);

/**
 * SrCheckerOptions:
 * @read_data: read every pack whole: digest, header against index, and for each blob MAC,
 *   decompression and digest
 * @subset_part, @subset_total: with @subset_total > 0 only packs whose first id byte %
 *   @subset_total == @subset_part - 1, as restic's "n/t"
 * @subset_bytes: with > 0 random packs of about so many bytes; @subset_percent: likewise in percent
 *   (0 to 100)
 */
typedef struct
{
  gboolean read_data;
  guint    subset_part;
  guint    subset_total;
  guint64  subset_bytes;
  double   subset_percent;
} SrCheckerOptions;

typedef struct
{
  guint64 snapshots;
  guint64 trees;
  guint64 packs;
  guint64 blobs;
  guint64 packs_read;
  guint64 bytes_read;
  guint64 blobs_unused;
} SrCheckerStats;

/**
 * sr_checker_run:
 * @findings: (out) (transfer full) (element-type SrFinding): all that was found, empty if nothing;
 *   also set when it returns %FALSE, as far as it came
 *
 * Checks a whole vault; the caller holds a lock. Never stops at damage.
 *
 * Returns: %FALSE only if the check itself could not be made (cancelled, storage unreachable)
 */
gboolean sr_checker_run (SrRepo                 *repo,
                         const SrCheckerOptions *options,
                         SrCheckerStats         *stats,
                         GPtrArray             **findings,
                         SrProgress             *progress,
                         GCancellable           *cancellable,
                         GError                **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrFinding, sr_finding_free)

G_END_DECLS
