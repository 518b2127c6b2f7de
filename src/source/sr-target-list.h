/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "source/sr-name-list.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrTargetList:
 *
 * The paths a walk begins at: absolute, without "." and "..", sorted, none inside another.
 *
 * Threads: one thread at a time.
 */
typedef struct _SrTargetList SrTargetList;

SrTargetList *sr_target_list_new (void);
void          sr_target_list_free (SrTargetList *self);
/* @path: absolute or relative to the working folder. Fails as sr_walker_add_target() does. */
gboolean sr_target_list_add (SrTargetList *self,
                             const char   *path,
                             GError      **error);
/* (array zero-terminated=1), valid until the next one is added */
const char *const *sr_target_list_get (SrTargetList *self);
gboolean           sr_target_list_has (SrTargetList *self,
                                       const char   *path);
/* Adds the names by which targets go on from @folder ("/", or without a slash at its end), in
 * order. */
void sr_target_list_add_names (SrTargetList *self,
                               const char   *folder,
                               SrNameList   *names);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrTargetList, sr_target_list_free)

G_END_DECLS
