/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-backup.h"

G_BEGIN_DECLS

/**
 * SrSnapshotWriterOptions:
 * @paths: (array zero-terminated=1): what the snapshot says it is of
 * @tags: (array zero-terminated=1) (nullable)
 * @host: (nullable): instead of the system's name
 * @time: (nullable): instead of now
 */
typedef struct
{
  const char *const *paths;
  const char *const *tags;
  const char        *host;
  const SrTime      *time;
  SrCompression      compression;
  gboolean           dry_run;
} SrSnapshotWriterOptions;

/**
 * SrSnapshotWriter:
 *
 * Makes a snapshot of what comes as streams: entries of a backup file, a safety backup. Files may
 * come in any order; what each is of is kept until the tree is written. Nothing is named by the
 * vault before sr_snapshot_writer_commit().
 *
 * Threads: one.
 */
typedef struct _SrSnapshotWriter SrSnapshotWriter;

/* Takes a shared lock and loads the index. */
SrSnapshotWriter *sr_snapshot_writer_new (SrRepo                        *repo,
                                          const SrSnapshotWriterOptions *options,
                                          SrProgress                    *progress,
                                          GCancellable                  *cancellable,
                                          GError                       **error);
void              sr_snapshot_writer_free (SrSnapshotWriter *self);

/**
 * sr_snapshot_writer_begin:
 * @path: in the snapshot, relative, raw bytes; folders come by themselves. %SR_ERROR_INVALID if a
 *   component is no name, %SR_ERROR_EXISTS if the path is taken
 * @mtime: seconds since 1970, G_MININT64 for now
 * @mode: permission bits, 0 for the usual
 * @database: cut finely, since single records of it change
 */
gboolean sr_snapshot_writer_begin (SrSnapshotWriter *self,
                                   const char       *path,
                                   gint64            mtime,
                                   guint32           mode,
                                   gboolean          database,
                                   GError          **error);
gboolean sr_snapshot_writer_write (SrSnapshotWriter *self,
                                   gconstpointer     data,
                                   gsize             size,
                                   GError          **error);
gboolean sr_snapshot_writer_end (SrSnapshotWriter *self,
                                 guint64          *size,
                                 GError          **error);
/* Instead of the former, where there is no more to be had of the file: what was written of it
 * stays, beside its place as NAME.incomplete. */
gboolean sr_snapshot_writer_end_incomplete (SrSnapshotWriter *self,
                                            GError          **error);
/* begin, all of @stream, end. */
gboolean sr_snapshot_writer_add_stream (SrSnapshotWriter *self,
                                        const char       *path,
                                        gint64            mtime,
                                        guint32           mode,
                                        gboolean          database,
                                        GInputStream     *stream,
                                        GError          **error);
gboolean sr_snapshot_writer_add_folder (SrSnapshotWriter *self,
                                        const char       *path,
                                        gint64            mtime,
                                        guint32           mode,
                                        GError          **error);
gboolean sr_snapshot_writer_add_link (SrSnapshotWriter *self,
                                      const char       *path,
                                      gint64            mtime,
                                      const char       *target,
                                      GError          **error);
/* A stream that writes into the file that was begun last; sr_snapshot_writer_end() still has to be
 * called. Returns: (transfer full) */
GOutputStream *sr_snapshot_writer_get_stream (SrSnapshotWriter *self);
/* Writes trees, index and snapshot. */
gboolean sr_snapshot_writer_commit (SrSnapshotWriter *self,
                                    SrBackupResult   *result,
                                    GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrSnapshotWriter, sr_snapshot_writer_free)

G_END_DECLS
