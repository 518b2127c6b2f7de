/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-guard.h"
#include <archive.h>
#include <archive_entry.h>

G_BEGIN_DECLS

/**
 * SrArchiveReader:
 * @archive: open, before its first entry
 * @name: of the file, for errors
 *
 * One pass of libarchive over a file: the descriptor at positions of its own, gzip unfolded by
 * #sr_gzip_stream_new (), which checks what libarchive does not.
 *
 * Threads: one at a time.
 */
typedef struct _SrArchiveReader SrArchiveReader;

/* @count: whether what is unfolded counts towards the guard's total. %SR_ERROR_UNSUPPORTED if
 * libarchive does not know it. @fd stays the caller's. */
SrArchiveReader *sr_archive_reader_new (int           fd,
                                        const char   *name,
                                        SrGuard      *guard,
                                        gboolean      count,
                                        GCancellable *cancellable,
                                        GError      **error);
void             sr_archive_reader_free (SrArchiveReader *self);
/* Returns: 1, 0 at the end, -1 with @error set */
int sr_archive_reader_next (SrArchiveReader       *self,
                            struct archive_entry **entry,
                            GCancellable          *cancellable,
                            GError               **error);
/* Content of the entry. Returns: bytes, 0 at its end, -1 */
gssize sr_archive_reader_read (SrArchiveReader *self,
                               void            *buffer,
                               gsize            count,
                               GCancellable    *cancellable,
                               GError         **error);
/* At the end: reads what libarchive left, so that gzip's checksum is checked, and looks whether the
 * end of a tar archive is there. */
gboolean sr_archive_reader_check_end (SrArchiveReader *self,
                                      GCancellable    *cancellable,
                                      GError         **error);
/* A single compressed file, of no archive format. */
gboolean sr_archive_reader_is_single (SrArchiveReader *self);
/* There is a compression around it. */
gboolean sr_archive_reader_is_compressed (SrArchiveReader *self);
gboolean sr_archive_reader_is_plain_tar (SrArchiveReader *self);
/* "tar archive, gzip". Returns: (transfer full) */
char *sr_archive_reader_describe (SrArchiveReader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrArchiveReader, sr_archive_reader_free)

G_END_DECLS
