/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrMongoNamespace:
 * @name: "database.collection", valid UTF-8
 * @count, @bytes: documents seen
 * @has_end: its end was seen
 * @good_crc: and its checksum is that of the documents
 */
typedef struct
{
  char    *name;
  guint64  count;
  guint64  bytes;
  guint64  crc;
  gboolean has_end;
  gboolean good_crc;
} SrMongoNamespace;

/**
 * SrMongodump:
 *
 * An archive of mongodump, unfolded (format version 0.1 of the MongoDB database tools: magic
 * number, header, one document for each collection, then blocks of documents, each of one
 * collection, and an end of each with the CRC-64 of its documents).
 *
 * Threads: one at a time.
 */
typedef struct _SrMongodump SrMongodump;

/* Reads up to the first block. %SR_ERROR_DAMAGED, %SR_ERROR_UNSUPPORTED for another version.
 * Returns: (transfer full) */
SrMongodump *sr_mongodump_new (GInputStream *stream,
                               GCancellable *cancellable,
                               GError      **error);
void         sr_mongodump_free (SrMongodump *self);
/* Reads all blocks and checks them. What was seen until an error is told. */
gboolean sr_mongodump_walk (SrMongodump  *self,
                            GCancellable *cancellable,
                            GError      **error);
/* Returns: (element-type SrMongoNamespace) (transfer none) */
GPtrArray *sr_mongodump_get_namespaces (SrMongodump *self);
/* Returns: (nullable) (transfer none) */
const char *sr_mongodump_get_server_version (SrMongodump *self);
const char *sr_mongodump_get_tool_version (SrMongodump *self);

/* CRC-64 as of ECMA-182, reflected, all ones before and after. @crc: 0 at the start */
guint64 sr_crc64 (guint64       crc,
                  gconstpointer data,
                  gsize         size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrMongodump, sr_mongodump_free)

G_END_DECLS
