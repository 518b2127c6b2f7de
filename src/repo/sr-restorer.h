/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-repo.h"

G_BEGIN_DECLS

/**
 * SrOverwrite:
 * @SR_OVERWRITE_ALWAYS: existing files are replaced; one whose content is right is not written
 *   again
 * @SR_OVERWRITE_IF_CHANGED: a file of the same size and mtime is taken as the same
 * @SR_OVERWRITE_IF_NEWER: only files older than the snapshot's are replaced
 * @SR_OVERWRITE_NEVER: existing files stay
 */
typedef enum
{
  SR_OVERWRITE_ALWAYS,
  SR_OVERWRITE_IF_CHANGED,
  SR_OVERWRITE_IF_NEWER,
  SR_OVERWRITE_NEVER,
} SrOverwrite;

/**
 * SrRestoreFilter:
 * @path: path in the snapshot, beginning with "/" (below the subfolder, if one is restored)
 * @descend: (out): for a folder: whether something below may be chosen
 *
 * Returns: whether @path itself is restored. Folders on the way to a chosen entry are made in any
 *   case.
 */
typedef gboolean (*SrRestoreFilter) (const char *path,
                                     SrEntryType type,
                                     gboolean   *descend,
                                     gpointer    user_data);

/**
 * SrRestoreReportFunc:
 * @path: path in the snapshot
 * @action: "restored", "updated", "unchanged", "skipped", "deleted"; "failed" with @error;
 *   or "metadata" with @error: whole, but the target could not take an owner or attribute
 *
 * Called from the restorer's threads, one call at a time.
 */
typedef void (*SrRestoreReportFunc) (const char   *path,
                                     const char   *action,
                                     guint64       size,
                                     const GError *error,
                                     gpointer      user_data);

/**
 * SrRestorerOptions:
 * @target: folder to restore below; made if missing
 * @subfolder: (nullable): path of a folder in the snapshot whose content is restored as the root
 * @filter: (nullable)
 * @delete_extra: remove what is below restored folders and not in the snapshot (only where @filter
 *   chose)
 * @sparse: leave holes for runs of zeros
 * @verify: read every restored file again and compare its digests
 * @sync: return only when all is on the disk
 */
typedef struct
{
  const char         *target;
  const char         *subfolder;
  SrOverwrite         overwrite;
  gboolean            delete_extra;
  gboolean            sparse;
  gboolean            verify;
  gboolean            sync;
  gboolean            dry_run;
  SrRestoreFilter     filter;
  SrRestoreReportFunc report;
  gpointer            user_data;
} SrRestorerOptions;

typedef struct
{
  guint64 files_restored;
  guint64 files_unchanged;
  guint64 files_skipped;
  guint64 files_deleted;
  guint64 dirs;
  guint64 others; /* links, devices, fifos */
  guint64 bytes_restored;
  guint64 bytes_verified;
  guint64 failed;          /* entries that are missing or not whole; each was reported */
  guint64 metadata_failed; /* whole, but an owner, mode, time or attribute was not set */
} SrRestorerStats;

/**
 * sr_restorer_run:
 *
 * Restores a snapshot's tree. Contents are fetched pack by pack on as many threads as there are
 * cores. Safe against hostile snapshots: every folder is opened from the one above it, by one name
 * and without following a link. What exists is replaced only when the new is whole. What is damaged
 * in the vault is reported and kept beside its place as "NAME.incomplete", with zeros where nothing
 * could be read; everything else is restored.
 *
 * Returns: %TRUE if all was restored; %FALSE with %SR_ERROR_INCOMPLETE if entries failed (@stats
 *   tells how many), or another error that ended it
 */
gboolean sr_restorer_run (SrRepo                  *repo,
                          const SrId              *tree,
                          const SrRestorerOptions *options,
                          SrRestorerStats         *stats,
                          SrProgress              *progress,
                          GCancellable            *cancellable,
                          GError                 **error);

G_END_DECLS
