/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-browse.h"

G_BEGIN_DECLS

/**
 * sr_browse_find:
 * @path: slashes at the beginning, at the end and twice are ignored
 * @node: (out caller-allocates): cleared by the caller with sr_node_clear(); untouched for the root
 * @is_root: (out): whether @path is the root, which has no node
 * @clean: (out) (transfer full): @path with one slash before each name; "/" for the root
 *
 * %SR_ERROR_NOT_FOUND if there is no such path.
 */
gboolean sr_browse_find (SrRepo       *repo,
                         const SrId   *tree,
                         const char   *path,
                         SrNode       *node,
                         gboolean     *is_root,
                         char        **clean,
                         GCancellable *cancellable,
                         GError      **error);

/* Tells @damaged why @path cannot be read, if that is damage and there is somebody to tell, or
 * makes it the error. Takes @why. Returns: whether to go on */
gboolean sr_browse_go_on (const char        *path,
                          GError            *why,
                          SrBrowseDamageFunc damaged,
                          gpointer           user_data,
                          GError           **error);

/* Called with each chunk of a file in turn. */
typedef gboolean (*SrBrowseChunkFunc) (gconstpointer data,
                                       gsize         size,
                                       gpointer      user_data,
                                       GError      **error);

/* Reads the content of @node, whose path is @path (for messages). */
gboolean sr_browse_read (SrRepo           *repo,
                         const char       *path,
                         const SrNode     *node,
                         SrBrowseChunkFunc func,
                         gpointer          user_data,
                         SrProgress       *progress,
                         GCancellable     *cancellable,
                         GError          **error);
/* Bytes of the content by the index; %SR_ERROR_DAMAGED if a chunk is not in it. */
gboolean sr_browse_get_size (SrRepo       *repo,
                             const char   *path,
                             const SrNode *node,
                             guint64      *size,
                             GError      **error);

G_END_DECLS
