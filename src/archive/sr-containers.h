/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-guard.h"
#include "base/sr-secret.h"

G_BEGIN_DECLS

/* Ready containers over what is no ZIP. All: (transfer full). */

/* A folder on disk, symbolic links told and never followed, devices and sockets left out. */
SrContainer *sr_folder_container_new (const char   *path,
                                      SrGuard      *guard,
                                      GCancellable *cancellable,
                                      GError      **error);
/* A single file, under its own name. @fd is taken over. */
SrContainer *sr_file_container_new (int         fd,
                                    const char *name,
                                    GError    **error);
/* Returns: the descriptor of such a file, which stays the container's; -1 for all other
 * containers */
int sr_file_container_get_fd (SrContainer *container);
/* Whether it is a folder on disk. */
gboolean sr_folder_container_is (SrContainer *container);
/* Whether it is a tar archive that is not compressed, in which no content has a checksum. */
gboolean sr_archive_container_is_plain (SrContainer *container);
/**
 * sr_archive_container_new:
 * @fd: taken over; can seek
 *
 * Whatever libarchive reads: tar with any compression, 7z, and a single file in gzip, xz,
 * bzip2 or zstd (an entry named without the ending). Listed in one pass when it is made; visiting
 * is one pass more, opening one entry a pass up to it. %SR_ERROR_UNSUPPORTED if it is none.
 */
SrContainer *sr_archive_container_new (int           fd,
                                       const char   *name,
                                       SrGuard      *guard,
                                       GCancellable *cancellable,
                                       GError      **error);
/* (nullable): what was wrong with it when it was listed: cut off, a checksum, no end. What comes
 * before is in the list. %NULL for all other containers. */
const GError *sr_archive_container_get_damage (SrContainer *container);

/**
 * sr_view_container_new:
 * @title: for a person
 *
 * A container put together from entries of others: inner archives as folders, decrypted entries.
 *
 * Returns: (transfer full): empty
 */
SrContainer *sr_view_container_new (const char *title);
/* Adds entry @index of @source as @name. @password: (nullable): it is encrypted as the legacy
 * servers do, @hex: and then written as hexadecimal text; both are told no more afterwards. Not
 * while somebody reads from it. */
void sr_view_container_add (SrContainer *self,
                            const char  *name,
                            SrContainer *source,
                            guint        index,
                            SrSecret    *password,
                            gboolean     hex);
/* Adds a folder. */
void sr_view_container_add_folder (SrContainer *self,
                                   const char  *name);

/**
 * sr_spool_stream:
 * @name: for errors
 * @temp_dir: (nullable): %NULL: $TMPDIR, else /var/tmp
 *
 * Copies a stream into an unlinked private file, for readers that must seek.
 *
 * Returns: descriptor, positioned at the start, or -1
 */
int sr_spool_stream (GInputStream *stream,
                     const char   *name,
                     SrGuard      *guard,
                     const char   *temp_dir,
                     guint64      *size,
                     GCancellable *cancellable,
                     GError      **error);

/* @error: (nullable): why an entry was left out */
typedef void (*SrExtractFunc) (const char   *name,
                               guint64       size,
                               const GError *error,
                               gpointer      user_data);

/**
 * sr_container_extract:
 * @names: (array zero-terminated=1) (nullable): which entries, or folders with all below; %NULL:
 *   all
 * @overwrite: replace what exists
 * @func: (nullable): told of each entry; @error says why one was left out
 *
 * Unpacks below @target, an existing folder. Nothing is written outside it: names are checked,
 * files are made beneath a descriptor of it without following any link, links are made last and
 * only if they stay inside (others are reported and left out), without @overwrite an existing file
 * is %SR_ERROR_EXISTS; modes without setuid and setgid; a file whose content turns out damaged is
 * kept as NAME.incomplete and reported.
 */
gboolean sr_container_extract (SrContainer       *self,
                               const char        *target,
                               const char *const *names,
                               gboolean           overwrite,
                               SrExtractFunc      func,
                               gpointer           user_data,
                               guint64           *n_failed,
                               GCancellable      *cancellable,
                               GError           **error);

G_END_DECLS
