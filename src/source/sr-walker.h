/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-entry.h"
#include "source/sr-pattern.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrWalkerRules:
 * @folder: absolute path, as the walker tells it
 * @ignore_file: (nullable)
 *
 * What holds for a folder and all below it, instead of what the options say.
 */
typedef struct _SrWalkerRules
{
  const char *folder;
  const char *ignore_file;
  gboolean    one_file_system;
} SrWalkerRules;

/**
 * SrWalker:
 *
 * Goes through folders depth first, entries in ascending order of their names' bytes, and tells one
 * event at a time. Everything is reached from folder descriptors (openat, statx), so that a renamed
 * or replaced folder cannot lead it elsewhere. What cannot be read is told and passed over.
 *
 * Targets anywhere are shown as one tree from "/": folders above a target appear with their own
 * metadata and only the entries that lead to targets.
 *
 * What vanishes while it is looked at is passed over, but a target that does is a problem. Names of
 * users and groups are looked up once. An entry's last access is told as its last change, as restic
 * does it.
 *
 * Threads: one thread at a time.
 */
typedef struct _SrWalker SrWalker;

/**
 * SrWalkEvent:
 * @SR_WALK_ENTER: a folder (@item->entry is its metadata); its entries follow, then @SR_WALK_LEAVE.
 *   The root "/" is entered first with no entry.
 * @SR_WALK_ENTRY: anything but a folder
 * @SR_WALK_PROBLEM: @item->path could not be read, for the reason in @item->problem; going on. A
 *   folder whose list cannot be read is entered before and left after this.
 */
typedef enum
{
  SR_WALK_END,
  SR_WALK_ENTER,
  SR_WALK_LEAVE,
  SR_WALK_ENTRY,
  SR_WALK_PROBLEM,
  SR_WALK_ERROR,
} SrWalkEvent;

/**
 * SrWalkItem:
 * @entry: (transfer full for the caller to take with g_steal_pointer()): metadata with extended
 *   attributes; for regular files without, until sr_walker_open() has read them: asking for them
 *   costs as much as the rest, and a file whose time of change is known has those it had then
 * @path: absolute path, raw bytes; owned by the walker, valid until the next call
 * @has_journal: a regular file with a non-empty "-wal" or a "-journal" beside it: its times do not
 *   tell whether it changed
 * @problem: (nullable): with @SR_WALK_PROBLEM
 */
typedef struct
{
  SrEntry    *entry;
  const char *path;
  gboolean    has_journal;
  GError     *problem;
} SrWalkItem;

/**
 * SrWalkerOptions:
 * @excludes: (nullable): matched against absolute paths
 * @ignore_file: (nullable): name of a gitignore file looked for in every folder from the target on
 * @one_file_system: folders on another file system than their target are entered but not read
 * @rules: (nullable) (array length=n_rules): of single targets; outlive the walker
 * @skip_dev, @skip_ino: (0 for none): a folder that is left out wherever it appears: the vault
 *   itself. Named as a target it is a problem.
 */
typedef struct
{
  SrPatternList *excludes;
  const char    *ignore_file;
  gboolean       one_file_system;
  guint64        skip_dev;
  guint64        skip_ino;

  const SrWalkerRules *rules;
  guint                n_rules;
} SrWalkerOptions;

/* @options is copied; @excludes must outlive the walker. */
SrWalker *sr_walker_new (const SrWalkerOptions *options);
void      sr_walker_free (SrWalker *self);
/* @path: absolute or relative to the working folder; made absolute and cleaned, links on the way
 *   are kept as they are written.
 * %SR_ERROR_NOT_FOUND or %SR_ERROR_PERMISSION if it cannot be seen. A target inside another one is
 * covered by it. */
gboolean sr_walker_add_target (SrWalker   *self,
                               const char *path,
                               GError    **error);
/* The targets, absolute and sorted. Returns: (transfer none) (array zero-terminated=1) */
const char *const *sr_walker_get_targets (SrWalker *self);

/* @item, all zero in the beginning, is cleared and filled. %SR_WALK_ERROR only for cancellation and
 * what makes going on senseless. */
SrWalkEvent sr_walker_next (SrWalker     *self,
                            SrWalkItem   *item,
                            GCancellable *cancellable,
                            GError      **error);
void        sr_walk_item_clear (SrWalkItem *item);
/* Whether there was more so far than the folders that lead to the targets; %FALSE at the end if
 * patterns left out every target. */
gboolean sr_walker_has_found (SrWalker *self);

/* Opens the regular file just told (O_NOFOLLOW, O_NOATIME where allowed, never blocking on what
 * became a fifo); checks that it is still a regular file and fills @entry's metadata, inode and
 * extended attributes included, from the open file: should another one have taken its name, it is
 * told as that. Returns: a descriptor, or -1 with @error set */
int sr_walker_open (SrWalker *self,
                    SrEntry  *entry,
                    GError  **error);
/* The entry just told was stored as a database: its "-wal", "-shm" and "-journal" belong to it and
 * are passed over. */
void sr_walker_skip_journals (SrWalker *self);

G_END_DECLS
