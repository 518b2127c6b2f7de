/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-guard.h"
#include "base/sr-progress.h"

G_BEGIN_DECLS

#define SR_TYPE_ZIP_READER (sr_zip_reader_get_type ())
G_DECLARE_FINAL_TYPE (SrZipReader, sr_zip_reader, SR, ZIP_READER, GObject)

/**
 * sr_zip_reader_new:
 * @fd: the file; taken over
 * @offset, @size: where in it the ZIP lies
 * @guard: a reference is taken
 *
 * A ZIP file as a container (#SrContainer), read by its central directory (APPNOTE 6.3.10), ZIP64
 * included; stored and deflated entries. %SR_ERROR_INVALID if there is no end of central directory
 * (the file is no ZIP, or cut off: the text tells which, by the first bytes); %SR_ERROR_DAMAGED for
 * a directory that cannot be.
 *
 * An encrypted entry or one of another method is listed; opening it is %SR_ERROR_UNSUPPORTED.
 *
 * Returns: (transfer full)
 */
SrZipReader *sr_zip_reader_new (int      fd,
                                guint64  offset,
                                guint64  size,
                                SrGuard *guard,
                                GError **error);

/**
 * SrZipFinding:
 *
 * What is odd about a ZIP without keeping it from being read.
 */
typedef enum
{
  SR_ZIP_LOCAL_DIFFERS,  /* local header and central directory disagree on name, method or size */
  SR_ZIP_DUPLICATE_NAME, /* two entries of one name */
  SR_ZIP_OVERLAP,        /* two entries share bytes */
  SR_ZIP_LEADING_BYTES,  /* something before the first entry */
  SR_ZIP_TRAILING_BYTES, /* something behind the end record */
  SR_ZIP_GAP,            /* bytes between entries that none owns */
  SR_ZIP_UNSAFE_NAME,    /* see sr_guard_check_name() */
  SR_ZIP_BAD_CRC,        /* found by sr_zip_reader_verify() */
  SR_ZIP_BAD_DATA,       /* does not unfold, or to another length */
  SR_ZIP_NOT_READABLE,   /* encrypted or of an unknown method */
  SR_ZIP_AMBIGUOUS_END,  /* several end records; another program may see another content */
} SrZipFinding;

/* @index: of the entry, G_MAXUINT for the file as a whole; called one at a time */
typedef void (*SrZipFindingFunc) (SrZipFinding finding,
                                  guint        index,
                                  const char  *sentence,
                                  gpointer     user_data);

/**
 * sr_zip_reader_verify:
 *
 * Unfolds every entry on all cores, checks CRC-32 and length, local headers and data descriptors
 * against the central directory. Faster than any entry-by-entry test; memory bounded. Findings come
 * in no certain order and from any thread.
 *
 * Returns: %TRUE if it came to the end, whatever was found; %FALSE if cancelled or the guard said
 *   stop
 */
gboolean sr_zip_reader_verify (SrZipReader     *self,
                               SrZipFindingFunc func,
                               gpointer         user_data,
                               SrProgress      *progress,
                               GCancellable    *cancellable,
                               GError         **error);

/**
 * sr_zip_reader_verify_rest:
 *
 * The same for entries that no stream of this reader has read to their end and found right; all
 * else that sr_zip_reader_verify() looks at is looked at here too. For those who read a part of the
 * entries anyhow, so that nothing is unfolded twice.
 */
gboolean sr_zip_reader_verify_rest (SrZipReader     *self,
                                    SrZipFindingFunc func,
                                    gpointer         user_data,
                                    SrProgress      *progress,
                                    GCancellable    *cancellable,
                                    GError         **error);

G_END_DECLS
