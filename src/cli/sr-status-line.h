/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-progress.h"

G_BEGIN_DECLS

/**
 * SrStatusLine:
 *
 * Progress on standard error: one line that is drawn over on a terminal; elsewhere a line every
 * half minute. Everything else strongroomctl prints goes through it, so that lines do not mix.
 *
 * Threads: all functions may be called from any thread.
 */
typedef struct _SrStatusLine SrStatusLine;

/* @silent: never draws */
SrStatusLine *sr_status_line_new (gboolean silent);
void          sr_status_line_free (SrStatusLine *self);
/* Draws what @progress reports from now on. */
void sr_status_line_follow (SrStatusLine *self,
                            SrProgress   *progress);
/* Prints @text, which ends with a line feed, to standard output or (@is_error) standard error, with
 * the line out of the way. */
void sr_status_line_print (SrStatusLine *self,
                           gboolean      is_error,
                           const char   *text);
/**
 * sr_status_line_watch_output:
 *
 * Cancels @cancellable as soon as standard output takes nothing any more: nobody reads the rest.
 */
void sr_status_line_watch_output (SrStatusLine *self,
                                  GCancellable *cancellable);
/* Returns: errno of the first write to standard output that failed, else 0 */
int sr_status_line_flush_output (SrStatusLine *self);
/* Takes the line away for good. */
void sr_status_line_end (SrStatusLine *self);

/**
 * sr_status_line_format:
 * @columns: width of the terminal, 0 for no limit
 *
 * Returns: (transfer full): the line without control bytes
 */
char *sr_status_line_format (const SrProgressState *state,
                             guint                  columns);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrStatusLine, sr_status_line_free)

G_END_DECLS
