/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-id.h"
#include "repo/sr-time.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrSnapshotSummary:
 *
 * What a backup did; written by restic 0.17 and later and by us. Sizes in bytes.
 */
typedef struct
{
  SrTime  backup_start;
  SrTime  backup_end;
  guint64 files_new;
  guint64 files_changed;
  guint64 files_unmodified;
  guint64 dirs_new;
  guint64 dirs_changed;
  guint64 dirs_unmodified;
  guint64 data_blobs;
  guint64 tree_blobs;
  guint64 data_added;
  guint64 data_added_packed;
  guint64 total_files_processed;
  guint64 total_bytes_processed;
} SrSnapshotSummary;

/**
 * SrSnapshot:
 *
 * One backup in a vault: when, of what, and the root of its tree (format notes 1.6). Strings may be
 * %NULL where the file has none; lists are %NULL-terminated and never %NULL.
 */
typedef struct
{
  SrId              id; /* the file's name; not inside it */
  SrTime            time;
  gboolean          has_parent;
  SrId              parent;
  SrId              tree;
  char            **paths;
  char             *hostname;
  char             *username;
  guint32           uid;
  guint32           gid;
  char            **excludes;
  char            **tags;
  gboolean          has_original;
  SrId              original;
  char             *program_version;
  gboolean          has_summary;
  SrSnapshotSummary summary;
} SrSnapshot;

SrSnapshot *sr_snapshot_new (void);
SrSnapshot *sr_snapshot_copy (const SrSnapshot *self);
void        sr_snapshot_free (SrSnapshot *self);
/* JSON as restic writes it, without a line feed. Returns: (transfer full) */
GString *sr_snapshot_encode (const SrSnapshot *self);
/* %SR_ERROR_DAMAGED, without its name, if it is not a snapshot. */
SrSnapshot *sr_snapshot_decode (const SrId   *id,
                                gconstpointer json,
                                gsize         size,
                                GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrSnapshot, sr_snapshot_free)

G_END_DECLS
