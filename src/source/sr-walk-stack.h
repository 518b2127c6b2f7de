/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "source/sr-ignore.h"
#include "source/sr-name-list.h"

#include <sys/stat.h>

G_BEGIN_DECLS

/**
 * SrWalkFrame:
 * @fd: descriptor of the folder, -1 while it is closed or could not be opened
 * @device, @inode: what the folder is, to know it again
 * @on_the_way: it only leads to targets; its names are theirs, and it may have been reached by a
 *   symbolic link
 * @path_length: bytes of the path of the folder, the slash behind it included
 * @names: what is in it
 * @next: number of the name that comes next
 * @target_device: file system of the target it belongs to
 * @local: (nullable): rules of the target it belongs to, see #SrWalkerRules
 * @rules: (nullable): of the ignore file in it
 * @rules_depth: number of the deepest frame down to this one that has rules, -1 if none has
 * @passed_over: (element-type guint): numbers of names that belong to a database already told
 */
typedef struct
{
  int         fd;
  guint64     device;
  guint64     inode;
  gboolean    on_the_way;
  gsize       path_length;
  SrNameList *names;
  guint       next;
  guint64     target_device;
  SrIgnore   *rules;
  gint        rules_depth;
  GArray     *passed_over;

  const struct _SrWalkerRules *local;
} SrWalkFrame;

/**
 * SrWalkStack:
 *
 * The folders from "/" down to where a walk is. Only the deepest ones are kept open, so that the
 * number of descriptors is bounded however deep a tree is; the others are opened again on the way
 * back and known by their inode.
 *
 * Threads: one thread at a time.
 */
typedef struct _SrWalkStack SrWalkStack;

SrWalkStack *sr_walk_stack_new (void);
void         sr_walk_stack_free (SrWalkStack *self);
guint        sr_walk_stack_get_depth (const SrWalkStack *self);
SrWalkFrame *sr_walk_stack_get (const SrWalkStack *self,
                                guint              i);
/* (nullable) */
SrWalkFrame *sr_walk_stack_get_top (const SrWalkStack *self);
/* Path of what the walk is at: of the folder on top, or of an entry of it. */
const char *sr_walk_stack_get_path (const SrWalkStack *self);
/* Makes the path that of @name in the folder on top. */
void sr_walk_stack_set_name (SrWalkStack *self,
                             const char  *name);
/* Makes the path that of the folder on top. */
void sr_walk_stack_set_folder (SrWalkStack *self);
/**
 * sr_walk_stack_push:
 * @fd: (transfer full): the folder the path leads to, or -1
 * @status: (nullable): of the folder
 *
 * Returns: (transfer none): the new top, without names
 */
SrWalkFrame *sr_walk_stack_push (SrWalkStack        *self,
                                 int                 fd,
                                 const struct statx *status);
/**
 * sr_walk_stack_pop:
 *
 * Leaves the folder on top and opens the one above it again if that was closed.
 *
 * Returns: %FALSE if the one above is no longer where it was; nothing more can be read in it
 */
gboolean sr_walk_stack_pop (SrWalkStack *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrWalkStack, sr_walk_stack_free)

G_END_DECLS
