/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-words.h"
#include "repo/sr-time.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Values as people read and write them. All functions that return text return a new one. */

/* "1,234,567" */
char *sr_text_count (guint64 number);
/* "1 file", "1,234 files" */
char *sr_text_counted (guint64     number,
                       const char *one,
                       const char *many);
/* "2026-01-31 23:59:59" in the system's own zone */
char *sr_text_time (const SrTime *time);
char *sr_text_timespec (const struct timespec *time);
/* Shows raw bytes of a file's name on one line of a terminal: what is not UTF-8 becomes U+FFFD,
 * control characters (and what turns the direction of writing) are escaped as \n, \x1b,
 * \\u202e. */
char *sr_text_name (const char *raw);
/* The same for text of several lines: line feeds and tabs stay. */
char *sr_text_message (const char *raw);
/* "drwxr-xr-x", as ls prints it; @type_letter first */
char *sr_text_mode (char    type_letter,
                    guint32 mode);

/* "512", "10K", "1.5MiB", "2G": powers of 1024; %SR_ERROR_INVALID otherwise */
gboolean sr_text_parse_size (const char *text,
                             guint64    *bytes,
                             GError    **error);
/* "5%", "0.5%", or "unlimited" for 100 */
gboolean sr_text_parse_percent (const char *text,
                                double     *percent,
                                GError    **error);
/* "2026-01-31 23:59:59" in the system's zone, or with a zone as in RFC 3339 */
gboolean sr_text_parse_time (const char *text,
                             SrTime     *time,
                             GError    **error);
/* "90m", "26h", "3d", "2w": a span of time, in nanoseconds */
gboolean sr_text_parse_duration (const char *text,
                                 gint64     *ns,
                                 GError    **error);
/* Splits "a,b" of all @lists at the commas. Returns: (transfer full) (nullable): %NULL for %NULL */
char **sr_text_split_lists (const char *const *lists);
/* "ID:/folder" into the two; the folder is NULL where there is none. */
void sr_text_split_snapshot (const char *text,
                             char      **snapshot,
                             char      **folder);

/**
 * SrTable:
 *
 * Rows whose columns are aligned when they are printed.
 */
typedef struct _SrTable SrTable;

/* @columns: "name" of each, with ">" in front of those that are aligned to the right; %NULL at the
 *   end */
SrTable *sr_table_new (const char *first,
                       ...) G_GNUC_NULL_TERMINATED;
void     sr_table_free (SrTable *self);
/* Takes the cells over: as many as there are columns. */
void sr_table_add (SrTable *self,
                   char    *first,
                   ...);
/* With a heading line if @heading. */
char *sr_table_format (SrTable *self,
                       gboolean heading);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrTable, sr_table_free)

G_END_DECLS
