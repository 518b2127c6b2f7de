/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-entry.h"
#include "repo/sr-index.h"

G_BEGIN_DECLS

/**
 * SrRestoreMeta:
 *
 * What is set on an entry besides its content; lies in the plan's arena.
 */
typedef struct
{
  struct timespec mtime;
  struct timespec atime;
  guint32         mode;
  guint32         uid;
  guint32         gid;
  guint32         n_xattrs;
  const SrXattr  *xattrs;
} SrRestoreMeta;

/**
 * SrRestoreFolder:
 * @name: in the arena; "" for the root, which is number 0
 * @parent: number; always smaller than its own
 * @meta: (nullable): %NULL leaves the folder as it is
 * @fresh: made by this run, so that nothing of others is in it
 * @missing: does not exist: on a dry run, or while it is @lazy
 * @lazy: on the way to what may be chosen; made when something is
 */
typedef struct
{
  const char          *name;
  const SrRestoreMeta *meta;
  guint32              parent;
  guint                fresh : 1;
  guint                missing : 1;
  guint                lazy : 1;
} SrRestoreFolder;

/* Bits of SrRestoreFile.flags; the second group changes while threads run and is atomic. */
#define SR_RESTORE_REPLACES \
  (1 << 0)                          /* something stands there; it gives way when the new is whole */
#define SR_RESTORE_COMPARE (1 << 1) /* what stands there may be the same already */
#define SR_RESTORE_SAME    (1 << 2) /* it is; only the metadata is set */
#define SR_RESTORE_FAILED  (1 << 3) /* not whole, or could not be written */
#define SR_RESTORE_DONE    (1 << 4) /* stands under its name */

/**
 * SrRestoreFile:
 * @size: sum of its chunks
 * @first_ref: its chunks are first_ref .. first_ref + n_refs - 1 of the plan
 * @pending: chunks not written yet, atomic
 */
typedef struct
{
  const char          *name;
  const SrRestoreMeta *meta;
  guint64              size;
  guint32              folder;
  guint32              first_ref;
  guint32              n_refs;
  gint                 pending;
  gint                 flags;
} SrRestoreFile;

/* One chunk of a file: which entry of the index, and where it goes. */
typedef struct
{
  guint64 offset;
  guint32 entry;
  guint32 file;
} SrRestoreRef;

/**
 * SrRestoreOther:
 * @link_to: of a hard link: number of the file it is another name of; else -1
 *
 * Links, devices, fifos and sockets: made after all files.
 */
typedef struct
{
  const char          *name;
  const SrRestoreMeta *meta;
  const char          *link_target;
  guint64              device;
  gint64               link_to;
  guint32              folder;
  SrEntryType          type;
  gboolean             replaces;
} SrRestoreOther;

/* Something below a restored folder that the snapshot does not have. */
typedef struct
{
  const char *name;
  guint32     folder;
} SrRestoreExtra;

/**
 * SrRestorePlan:
 *
 * What a restore will do, small enough for millions of files. Built by one thread, then read by
 * many.
 */
typedef struct
{
  GArray    *folders; /* SrRestoreFolder */
  GArray    *files;   /* SrRestoreFile */
  GArray    *refs;    /* SrRestoreRef, in the order of the files */
  GArray    *others;  /* SrRestoreOther */
  GArray    *extras;  /* SrRestoreExtra */
  guint32   *order;   /* numbers of the refs to fetch, by place in the vault */
  gsize      n_order;
  GPtrArray *blocks; /* the arena */
  gsize      block_used;
  gsize      block_size;
} SrRestorePlan;

SrRestorePlan *sr_restore_plan_new (void);
void           sr_restore_plan_free (SrRestorePlan *self);

static inline SrRestoreFolder *
sr_restore_plan_folder (const SrRestorePlan *self,
                        guint32              number)
{
  return &g_array_index (self->folders, SrRestoreFolder, number);
}

static inline SrRestoreFile *
sr_restore_plan_file (const SrRestorePlan *self,
                      guint32              number)
{
  return &g_array_index (self->files, SrRestoreFile, number);
}

static inline SrRestoreRef *
sr_restore_plan_ref (const SrRestorePlan *self,
                     guint32              number)
{
  return &g_array_index (self->refs, SrRestoreRef, number);
}

/* Copies into the arena. */
const char          *sr_restore_plan_text (SrRestorePlan *self,
                                           const char    *text);
const SrRestoreMeta *sr_restore_plan_meta (SrRestorePlan *self,
                                           const SrEntry *entry);
/* Each returns the number of what was added. */
guint32 sr_restore_plan_add_folder (SrRestorePlan       *self,
                                    guint32              parent,
                                    const char          *name,
                                    const SrRestoreMeta *meta);
guint32 sr_restore_plan_add_file (SrRestorePlan *self,
                                  guint32        folder,
                                  const SrEntry *entry,
                                  gint           flags);
/* A chunk of the file added last. */
void sr_restore_plan_add_ref (SrRestorePlan *self,
                              guint32        entry,
                              guint64        offset);
/* Puts the chunks of all files that are to be written in the order of the vault. */
void sr_restore_plan_sort (SrRestorePlan *self);
/* Appends the path of @folder in the snapshot with a "/" behind it ("/" for the root). */
void sr_restore_plan_append_path (const SrRestorePlan *self,
                                  guint32              folder,
                                  GString             *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrRestorePlan, sr_restore_plan_free)

G_END_DECLS
