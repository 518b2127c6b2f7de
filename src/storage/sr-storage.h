/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-id.h"
#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrFileType:
 *
 * The kinds of files in a vault. %SR_FILE_CONFIG is a single file; its id is ignored (pass %NULL).
 */
typedef enum
{
  SR_FILE_CONFIG,
  SR_FILE_KEY,
  SR_FILE_PACK,
  SR_FILE_INDEX,
  SR_FILE_SNAPSHOT,
  SR_FILE_LOCK,
} SrFileType;

#define SR_N_FILE_TYPES 6

/**
 * SrStorage:
 *
 * Where the files of a vault lie. Files are written once under the name of their content's digest
 * and never change. Six operations every driver has; the rest is optional. Drivers know nothing of
 * what is inside the files.
 *
 * Threads: all functions may be called from any thread, also at the same time.
 */
#define SR_TYPE_STORAGE (sr_storage_get_type ())
G_DECLARE_DERIVABLE_TYPE (SrStorage, sr_storage, SR, STORAGE, GObject)

/**
 * SrStorageWriter:
 *
 * One new file on its way. It has no name, and no reader sees it, before
 * sr_storage_writer_commit().
 */
typedef struct _SrStorageWriter SrStorageWriter;

struct _SrStorageWriter
{
  SrStorage *storage; /* strong reference, kept by sr_storage_create() */
  SrFileType type;
  gpointer   driver; /* the driver's own state */
};

/* Returns: %FALSE with @error set to stop the listing */
typedef gboolean (*SrStorageListFunc) (const SrId *id,
                                       guint64     size,
                                       gpointer    user_data,
                                       GError    **error);

struct _SrStorageClass
{
  GObjectClass parent_class;

  /* required */
  gboolean (*list) (SrStorage        *self,
                    SrFileType        type,
                    SrStorageListFunc func,
                    gpointer          user_data,
                    GCancellable     *cancellable,
                    GError          **error);
  gboolean (*get_size) (SrStorage    *self,
                        SrFileType    type,
                        const SrId   *id,
                        guint64      *size,
                        GCancellable *cancellable,
                        GError      **error);
  gboolean (*read) (SrStorage    *self,
                    SrFileType    type,
                    const SrId   *id,
                    guint64       offset,
                    gpointer      buffer,
                    gsize         size,
                    GCancellable *cancellable,
                    GError      **error);
  gboolean (*writer_open) (SrStorage       *self,
                           SrStorageWriter *writer,
                           guint64          size_hint,
                           GCancellable    *cancellable,
                           GError         **error);
  gboolean (*writer_append) (SrStorage       *self,
                             SrStorageWriter *writer,
                             gconstpointer    data,
                             gsize            size,
                             GCancellable    *cancellable,
                             GError         **error);
  /* @id %NULL: throw away. Frees the driver's state either way, also on failure. */
  gboolean (*writer_close) (SrStorage       *self,
                            SrStorageWriter *writer,
                            const SrId      *id,
                            GCancellable    *cancellable,
                            GError         **error);
  gboolean (*remove) (SrStorage    *self,
                      SrFileType    type,
                      const SrId   *id,
                      GCancellable *cancellable,
                      GError      **error);

  /* optional: %NULL if the driver has no such thing */
  gboolean (*prepare) (SrStorage *self, GCancellable *cancellable, GError **error);
  gboolean (*get_free_space) (SrStorage *self, guint64 *bytes, GError **error);
  gboolean (*set_reserve) (SrStorage *self, guint64 bytes, GError **error);
  gboolean (*use_reserve) (SrStorage *self, GError **error);
  gboolean (*clean) (SrStorage *self, GCancellable *cancellable, GError **error);
};

const char *sr_file_type_name (SrFileType type);

/* Where it lies, as a person writes it; for messages. Set by the driver at construction (property
 * "location"). */
const char *sr_storage_get_location (SrStorage *self);

/**
 * sr_storage_prepare:
 *
 * Makes the empty layout of a new vault. %SR_ERROR_EXISTS if something is there already that is not
 * an empty folder.
 */
gboolean sr_storage_prepare (SrStorage    *self,
                             GCancellable *cancellable,
                             GError      **error);

/**
 * sr_storage_list:
 *
 * Calls @func for each file of @type whose name is an id; other names are left-overs and skipped.
 * No order. A missing folder is an empty one. A file that vanishes while listing is left out.
 */
gboolean sr_storage_list (SrStorage        *self,
                          SrFileType        type,
                          SrStorageListFunc func,
                          gpointer          user_data,
                          GCancellable     *cancellable,
                          GError          **error);
/* A file of a vault in a list. */
typedef struct
{
  SrId    id;
  guint64 size;
} SrStorageFile;

/* sr_storage_list() of all at once. Returns: (transfer full) (element-type SrStorageFile): in the
 * order of their ids */
GArray *sr_storage_list_all (SrStorage    *self,
                             SrFileType    type,
                             GCancellable *cancellable,
                             GError      **error);
/* %SR_ERROR_NOT_FOUND if there is no such file. */
gboolean sr_storage_get_size (SrStorage    *self,
                              SrFileType    type,
                              const SrId   *id,
                              guint64      *size,
                              GCancellable *cancellable,
                              GError      **error);
/* Exactly @size bytes from @offset; %SR_ERROR_DAMAGED if the file is shorter. */
gboolean sr_storage_read (SrStorage    *self,
                          SrFileType    type,
                          const SrId   *id,
                          guint64       offset,
                          gpointer      buffer,
                          gsize         size,
                          GCancellable *cancellable,
                          GError      **error);
/**
 * sr_storage_read_all:
 * @max_size: larger files are refused with %SR_ERROR_DAMAGED
 *
 * Returns: (transfer full): the whole file
 */
GBytes *sr_storage_read_all (SrStorage    *self,
                             SrFileType    type,
                             const SrId   *id,
                             gsize         max_size,
                             GCancellable *cancellable,
                             GError      **error);

/**
 * sr_storage_create:
 * @size_hint: expected size in bytes, 0 if unknown
 *
 * Begins a new file.
 *
 * Threads: a writer belongs to one thread at a time.
 */
SrStorageWriter *sr_storage_create (SrStorage    *self,
                                    SrFileType    type,
                                    guint64       size_hint,
                                    GCancellable *cancellable,
                                    GError      **error);
gboolean         sr_storage_writer_append (SrStorageWriter *writer,
                                           gconstpointer    data,
                                           gsize            size,
                                           GCancellable    *cancellable,
                                           GError         **error);
/* Durable under its name when it returns %TRUE (content and folder synced). Frees @writer in any
 * case; a failure leaves nothing. */
gboolean sr_storage_writer_commit (SrStorageWriter *writer,
                                   const SrId      *id,
                                   GCancellable    *cancellable,
                                   GError         **error);
/* Throws the unfinished file away and frees @writer. %NULL is ignored. */
void sr_storage_writer_abort (SrStorageWriter *writer);
/* create, append and commit of a small file in one call */
gboolean sr_storage_write (SrStorage    *self,
                           SrFileType    type,
                           const SrId   *id,
                           gconstpointer data,
                           gsize         size,
                           GCancellable *cancellable,
                           GError      **error);
/* %SR_ERROR_NOT_FOUND if it is not there. */
gboolean sr_storage_remove (SrStorage    *self,
                            SrFileType    type,
                            const SrId   *id,
                            GCancellable *cancellable,
                            GError      **error);

/* %SR_ERROR_UNSUPPORTED where the driver cannot tell. */
gboolean sr_storage_get_free_space (SrStorage *self,
                                    guint64   *bytes,
                                    GError   **error);

/**
 * sr_storage_set_reserve:
 * @bytes: how much to hold back, 0 to give it up
 *
 * Keeps space occupied so that `forget` and `prune` can still write their few files on a full disk.
 * Does nothing where the driver has no such thing, and fails with %SR_ERROR_NO_SPACE where there is
 * no room, which callers after a backup ignore.
 */
gboolean sr_storage_set_reserve (SrStorage *self,
                                 guint64    bytes,
                                 GError   **error);
/* Lets writes use the reserve from now on: it is given up by the driver when a write finds no
 * space. Only for operations that free space in the end. */
gboolean sr_storage_use_reserve (SrStorage *self,
                                 GError   **error);
/* Removes left-overs of crashed writers. Only under an exclusive lock. */
gboolean sr_storage_clean (SrStorage    *self,
                           GCancellable *cancellable,
                           GError      **error);

/**
 * sr_storage_open:
 * @location: as given to `--vault`: a path (relative or absolute) or "local:PATH"; other schemes
 *   are %SR_ERROR_UNSUPPORTED with a text that tells which are there
 */
SrStorage *sr_storage_open (const char *location,
                            GError    **error);

G_END_DECLS
