/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-entry.h"
#include <gio/gio.h>

G_BEGIN_DECLS

#define SR_SIZE_UNKNOWN G_MAXUINT64

/**
 * SrContainerEntry:
 * @name: path inside the container as it stands there: raw bytes, "/" between the folders, not
 *   necessarily UTF-8 and *not* safe to write to (see sr_guard_check_name())
 * @size: announced length of the content in bytes, %SR_SIZE_UNKNOWN if nothing tells it
 * @mtime: seconds since 1970, G_MININT64 if unknown
 * @mode: permission bits, 0 if unknown
 * @link_target: (nullable): of a symbolic link, raw bytes
 *
 * One thing in a container.
 */
typedef struct
{
  char       *name;
  guint64     size;
  gint64      mtime;
  char       *link_target;
  SrEntryType type; /* beside mode: there may be a million of these */
  guint32     mode;
} SrContainerEntry;

void sr_container_entry_clear (SrContainerEntry *self);

#define SR_TYPE_CONTAINER (sr_container_get_type ())
G_DECLARE_INTERFACE (SrContainer, sr_container, SR, CONTAINER, GObject)

/* @stream: the content of a file, to be read here and now; %NULL for all other types.
 * Returns: %FALSE with @error set to stop. */
typedef gboolean (*SrContainerFunc) (SrContainer            *self,
                                     guint                   index,
                                     const SrContainerEntry *entry,
                                     GInputStream           *stream,
                                     gpointer                user_data,
                                     GError                **error);

/**
 * SrContainerInterface:
 * @get_title: what the container is for a person: "ZIP archive", "folder", "snapshot 1a2b3c4d"
 * @get_n_entries: the list is complete when the container is made
 * @open_entry: content of a file at @index. Reading to the end verifies what the container can
 *   verify (a CRC, a digest): the read that would return 0 fails with %SR_ERROR_DAMAGED instead.
 * @visit: (nullable): all entries, in the order that is cheapest to read; without it each is opened
 *   in turn
 *
 * Entries and streams, whatever they lie in: a ZIP, a tar archive, a folder, a single file, a
 * snapshot of a vault. Read-only.
 *
 * Threads: entries may be opened from several threads at once and each stream be read by one.
 */
struct _SrContainerInterface
{
  GTypeInterface parent;

  const char *(*get_title) (SrContainer *self);
  guint (*get_n_entries) (SrContainer *self);
  const SrContainerEntry *(*get_entry) (SrContainer *self,
                                        guint        index);
  GInputStream *(*open_entry) (SrContainer  *self,
                               guint         index,
                               GCancellable *cancellable,
                               GError      **error);
  gboolean (*visit) (SrContainer    *self,
                     SrContainerFunc func,
                     gpointer        user_data,
                     GCancellable   *cancellable,
                     GError        **error);
};

const char *sr_container_get_title (SrContainer *self);
guint       sr_container_get_n_entries (SrContainer *self);
/* Returns: (transfer none): valid as long as @self */
const SrContainerEntry *sr_container_get_entry (SrContainer *self,
                                                guint        index);
/* Returns: (transfer full): %SR_ERROR_INVALID for what is no file */
GInputStream *sr_container_open_entry (SrContainer  *self,
                                       guint         index,
                                       GCancellable *cancellable,
                                       GError      **error);
gboolean      sr_container_visit (SrContainer    *self,
                                  SrContainerFunc func,
                                  gpointer        user_data,
                                  GCancellable   *cancellable,
                                  GError        **error);

/**
 * sr_container_find:
 *
 * Returns: whether there is exactly the file @name; of several with one name @index is the last,
 *   which is what unpacking them in order leaves
 */
gboolean sr_container_find (SrContainer *self,
                            const char  *name,
                            guint       *index);

/**
 * sr_stream_read_all:
 * @max_size: in bytes
 *
 * Returns: (transfer full): what is left of @stream; %SR_ERROR_INVALID if it is more than @max_size
 */
GBytes *sr_stream_read_all (GInputStream *stream,
                            gsize         max_size,
                            GCancellable *cancellable,
                            GError      **error);

G_END_DECLS
