/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-restore-plan.h"
#include "repo/sr-restore-target.h"
#include "repo/sr-restorer.h"

G_BEGIN_DECLS

/**
 * SrRestoreRun:
 *
 * What the parts of one running restore share.
 */
typedef struct
{
  SrRepo                  *repo;
  const SrRestorerOptions *options;
  SrRestorePlan           *plan;
  SrRestoreTarget         *target;
  SrProgress              *progress;
  GCancellable            *cancellable;
  gboolean                 owner; /* owners are set: not without privilege */

  GMutex           lock;
  SrRestorerStats *stats;          /* under lock, as all below */
  GHashTable      *errors;         /* number of file to GError: its first failure */
  gboolean         lacks_metadata; /* that could have been set */
} SrRestoreRun;

/* Tells of something that was done and counts nothing. Any thread. */
void sr_restore_report (SrRestoreRun *run,
                        guint32       folder,
                        const char   *name,
                        const char   *action,
                        guint64       size,
                        const GError *error);
/* Reports and counts an entry that is missing or not whole. Takes @error. */
void sr_restore_report_failed (SrRestoreRun *run,
                               guint32       folder,
                               const char   *name,
                               GError       *error);
/* An entry that is whole but lacks an owner, mode, time or attribute. The restore is not complete
 * then, unless the target has no such thing or we lack the privilege. Takes @error (nullable:
 * nothing to tell). */
void sr_restore_report_meta (SrRestoreRun *run,
                             guint32       folder,
                             const char   *name,
                             GError       *error);
/* Notes why @file will not be whole; the first reason stays. Takes @error. */
void sr_restore_file_failed (SrRestoreRun *run,
                             guint32       file,
                             GError       *error);
/* Returns: (transfer full): the reason noted */
GError *sr_restore_take_error (SrRestoreRun *run,
                               guint32       file);
/* A failure that all further files would meet as well: no space, cancelled. */
gboolean sr_restore_is_fatal (const GError *error);
/* Adds to a counter of the statistics. */
void sr_restore_count (SrRestoreRun *run,
                       guint64      *counter,
                       guint64       n);

/* Builds the plan: reads the trees, makes the folders, decides what happens to what exists. */
gboolean sr_restore_walk (SrRestoreRun *run,
                          const SrId   *tree,
                          GError      **error);
/* Finds out which existing files are right already (SR_RESTORE_SAME). */
gboolean sr_restore_compare (SrRestoreRun *run,
                             GError      **error);
/* Fetches and writes the contents of all files. */
gboolean sr_restore_fetch (SrRestoreRun *run,
                           GError      **error);
/* Reads all files written and compares their digests. */
gboolean sr_restore_verify (SrRestoreRun *run,
                            GError      **error);
/* Makes links, devices and fifos. */
gboolean sr_restore_make_others (SrRestoreRun *run,
                                 GError      **error);
/* Removes @name below @folder with all in it that the filter chooses, and tells. Any
 * thread. */
gboolean sr_restore_remove_tree (SrRestoreRun *run,
                                 guint32       folder,
                                 const char   *name,
                                 GError      **error);
/* As sr_beneath_put_name(), for what is whole: a folder with content gives way too if extra files
 * are to be deleted. @folder_fd: of @folder, held. Any thread. */
gboolean sr_restore_put_in_place (SrRestoreRun *run,
                                  guint32       folder,
                                  int           folder_fd,
                                  const char   *temp,
                                  const char   *name,
                                  gboolean      replace,
                                  GError      **error);
/* Removes what the snapshot does not have. */
gboolean sr_restore_delete_extras (SrRestoreRun *run,
                                   GError      **error);

G_END_DECLS
