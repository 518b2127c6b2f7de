/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-repo.h"

G_BEGIN_DECLS

/* Looking into a snapshot blob by blob, without any of the code that browses or restores. The index
 * has to be loaded. */

/* @path: absolute, in the snapshot. Returns: whether it is there; @node is then filled */
gboolean sr_test_snapshot_look_up (SrRepo     *repo,
                                   const SrId *root,
                                   const char *path,
                                   SrNode     *node);
/* Content of the file at @path, which has to be there. Returns: (transfer full) */
GBytes *sr_test_snapshot_read (SrRepo     *repo,
                               const SrId *root,
                               const char *path);
void    sr_test_snapshot_assert_text (SrRepo     *repo,
                                      const SrId *root,
                                      const char *folder,
                                      const char *name,
                                      const char *text);
/* Returns: whether @folder has an entry @name */
gboolean sr_test_snapshot_has (SrRepo     *repo,
                               const SrId *root,
                               const char *folder,
                               const char *name);

G_END_DECLS
