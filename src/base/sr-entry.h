/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>
#include <time.h>

G_BEGIN_DECLS

/**
 * SrEntryType:
 *
 * What a name in a folder can be. The order is not stored anywhere.
 */
typedef enum
{
  SR_ENTRY_FILE,
  SR_ENTRY_DIR,
  SR_ENTRY_SYMLINK,
  SR_ENTRY_BLOCK_DEVICE,
  SR_ENTRY_CHAR_DEVICE,
  SR_ENTRY_FIFO,
  SR_ENTRY_SOCKET,
} SrEntryType;

typedef struct
{
  char   *name;
  guint8 *value;
  gsize   value_size;
} SrXattr;

/**
 * SrEntry:
 * @name: raw bytes, no slash, never empty, "." or ".."; not necessarily UTF-8
 * @mode: permission, setuid, setgid and sticky bits as in st_mode & 07777
 * @user: (nullable): name of @uid when it was backed up; interned, not freed
 * @group: (nullable): likewise
 * @device_id: st_dev, told only for hard-linked files
 * @device: st_rdev of a device node
 * @links: number of hard links
 * @link_target: (nullable): raw bytes of a symbolic link
 * @xattrs: (nullable) (array length=n_xattrs)
 *
 * What is known of one file besides its content. Shared by folder walker, vault snapshot and
 * restore.
 */
typedef struct
{
  char           *name;
  SrEntryType     type;
  guint32         mode;
  guint32         uid;
  guint32         gid;
  const char     *user;
  const char     *group;
  struct timespec mtime;
  struct timespec atime;
  struct timespec ctime;
  guint64         inode;
  guint64         device_id;
  guint64         device;
  guint64         size;
  guint64         links;
  char           *link_target;
  SrXattr        *xattrs;
  guint           n_xattrs;
} SrEntry;

SrEntry *sr_entry_new (const char *name,
                       SrEntryType type);
SrEntry *sr_entry_copy (const SrEntry *self);
void     sr_entry_free (SrEntry *self);
/* Frees what @self owns and zeroes it; for entries that live inside another struct. */
void sr_entry_clear (SrEntry *self);
/* Forgets all extended attributes. */
void sr_entry_clear_xattrs (SrEntry *self);
/* Copies both arguments. */
void sr_entry_add_xattr (SrEntry      *self,
                         const char   *name,
                         gconstpointer value,
                         gsize         size);
/* "file", "dir", "symlink", "dev", "chardev", "fifo", "socket": restic's words for them */
const char *sr_entry_type_name (SrEntryType type);
gboolean    sr_entry_type_from_name (const char  *name,
                                     SrEntryType *type);

/**
 * sr_entry_name_is_safe:
 *
 * Returns: whether @name is one path component: not empty, not "." or "..", no slash, shorter than
 *   256 bytes
 */
gboolean sr_entry_name_is_safe (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrEntry, sr_entry_free)

G_END_DECLS
