/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-source"

#include "config.h"

#include "source/sr-metadata.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

/* What the kernel allows for one list and for one value (xattr(7)). */
#define XATTR_SIZE 65536
/* What nearly all need. */
#define XATTR_FIRST_SIZE 512

/* Names of users may come from a directory service. */
#define NAME_BUFFER_MAX (1024 * 1024)

/* "/proc/self/fd/", a number, a slash, a name, NUL */
#define PROC_PATH_SIZE (14 + 12 + 1 + 256 + 1)

/* Since Linux 6.13; the number is the same on all architectures but alpha. */
#if !defined(SYS_listxattrat) && !defined(__alpha__)
#define SYS_listxattrat 465
#endif

struct _SrMetadata
{
  GHashTable *users; /* id: interned name or NULL */
  GHashTable *groups;
  guint32     last_uid;
  guint32     last_gid;
  const char *last_user;
  const char *last_group;
  gboolean    has_listxattrat;
  char        list[XATTR_SIZE];
  guint8      value[XATTR_SIZE];
};

/* Where extended attributes are asked for. */
typedef struct
{
  int         fd;
  const char *name;                 /* NULL: @fd itself */
  char        path[PROC_PATH_SIZE]; /* of @name, by way of /proc */
} XattrPlace;

static ssize_t
list_at (int         dir_fd,
         const char *name,
         char       *list,
         gsize       size)
{
#ifdef SYS_listxattrat
  return syscall (SYS_listxattrat, dir_fd, name, AT_SYMLINK_NOFOLLOW, list, size);
#else
  errno = ENOSYS;
  return -1;
#endif
}

SrMetadata *
sr_metadata_new (void)
{
  SrMetadata *self = g_new0 (SrMetadata, 1);

  self->users = g_hash_table_new (NULL, NULL);
  self->groups = g_hash_table_new (NULL, NULL);
  self->last_uid = G_MAXUINT32;
  self->last_gid = G_MAXUINT32;
  self->has_listxattrat = list_at (AT_FDCWD, "/", NULL, 0) >= 0;
  return self;
}

void
sr_metadata_free (SrMetadata *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->users);
  g_hash_table_unref (self->groups);
  g_free (self);
}

int
sr_metadata_stat (int           dir_fd,
                  const char   *name,
                  struct statx *status)
{
  int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_SYNC_AS_STAT;

  if (name[0] == '\0')
    flags |= AT_EMPTY_PATH;
  return statx (dir_fd, name, flags, STATX_BASIC_STATS, status) == 0 ? 0 : errno;
}

guint64
sr_metadata_get_device (const struct statx *status)
{
  return makedev (status->stx_dev_major, status->stx_dev_minor);
}

static const char *
ask_user (guint32 id)
{
  struct passwd record;

  for (gsize size = 1024; size <= NAME_BUFFER_MAX; size *= 4)
    {
      g_autofree char *buffer = g_malloc (size);
      struct passwd   *found = NULL;

      if (getpwuid_r (id, &record, buffer, size, &found) != ERANGE)
        return found != NULL ? g_intern_string (found->pw_name) : NULL;
    }
  return NULL;
}

static const char *
ask_group (guint32 id)
{
  struct group record;

  for (gsize size = 1024; size <= NAME_BUFFER_MAX; size *= 4)
    {
      g_autofree char *buffer = g_malloc (size);
      struct group    *found = NULL;

      if (getgrgid_r (id, &record, buffer, size, &found) != ERANGE)
        return found != NULL ? g_intern_string (found->gr_name) : NULL;
    }
  return NULL;
}

static const char *
look_up (GHashTable *known,
         guint32     id,
         const char *(*ask) (guint32 id))
{
  gpointer name = NULL;

  if (g_hash_table_lookup_extended (known, GUINT_TO_POINTER (id), NULL, &name))
    return name;
  name = (gpointer) ask (id);
  g_hash_table_insert (known, GUINT_TO_POINTER (id), name);
  return name;
}

static void
fill_owner (SrMetadata *self,
            SrEntry    *entry,
            guint32     uid,
            guint32     gid)
{
  /* nearly always the same as that of the entry before */
  if (uid != self->last_uid || self->last_user == NULL)
    self->last_user = look_up (self->users, uid, ask_user);
  if (gid != self->last_gid || self->last_group == NULL)
    self->last_group = look_up (self->groups, gid, ask_group);
  self->last_uid = uid;
  self->last_gid = gid;
  entry->uid = uid;
  entry->gid = gid;
  entry->user = self->last_user;
  entry->group = self->last_group;
}

static gboolean
type_of_mode (guint        mode,
              SrEntryType *type)
{
  switch (mode & S_IFMT)
    {
    case S_IFREG:
      *type = SR_ENTRY_FILE;
      return TRUE;
    case S_IFDIR:
      *type = SR_ENTRY_DIR;
      return TRUE;
    case S_IFLNK:
      *type = SR_ENTRY_SYMLINK;
      return TRUE;
    case S_IFBLK:
      *type = SR_ENTRY_BLOCK_DEVICE;
      return TRUE;
    case S_IFCHR:
      *type = SR_ENTRY_CHAR_DEVICE;
      return TRUE;
    case S_IFIFO:
      *type = SR_ENTRY_FIFO;
      return TRUE;
    case S_IFSOCK:
      *type = SR_ENTRY_SOCKET;
      return TRUE;
    default:
      return FALSE;
    }
}

static struct timespec
timespec_from_statx (struct statx_timestamp time)
{
  return (struct timespec){ .tv_sec = time.tv_sec, .tv_nsec = time.tv_nsec };
}

/* As restic: the number of links is told of what can be restored as a link. */
static guint64
links_of (SrEntryType         type,
          const struct statx *status)
{
  switch (type)
    {
    case SR_ENTRY_FILE:
    case SR_ENTRY_SYMLINK:
    case SR_ENTRY_BLOCK_DEVICE:
    case SR_ENTRY_CHAR_DEVICE:
      return status->stx_nlink;
    case SR_ENTRY_DIR:
    case SR_ENTRY_FIFO:
    case SR_ENTRY_SOCKET:
    default:
      return 0;
    }
}

gboolean
sr_metadata_fill (SrMetadata         *self,
                  SrEntry            *entry,
                  const struct statx *status)
{
  if (!type_of_mode (status->stx_mode, &entry->type))
    return FALSE;
  entry->mode = status->stx_mode & 07777;
  fill_owner (self, entry, status->stx_uid, status->stx_gid);
  entry->mtime = timespec_from_statx (status->stx_mtime);
  entry->atime = entry->mtime;
  entry->ctime = timespec_from_statx (status->stx_ctime);
  entry->inode = status->stx_ino;
  entry->links = links_of (entry->type, status);
  entry->device_id = entry->links > 1 ? sr_metadata_get_device (status) : 0;
  entry->size = entry->type == SR_ENTRY_FILE ? status->stx_size : 0;
  entry->device = 0;
  if (entry->type == SR_ENTRY_BLOCK_DEVICE || entry->type == SR_ENTRY_CHAR_DEVICE)
    entry->device = makedev (status->stx_rdev_major, status->stx_rdev_minor);
  return TRUE;
}

SrEntry *
sr_metadata_new_entry (SrMetadata         *self,
                       const char         *name,
                       const struct statx *status)
{
  SrEntry *entry = sr_entry_new (name, SR_ENTRY_FILE);

  if (!sr_metadata_fill (self, entry, status))
    g_clear_pointer (&entry, sr_entry_free);
  return entry;
}

int
sr_metadata_read_link (SrMetadata *self,
                       SrEntry    *entry,
                       int         dir_fd)
{
  ssize_t length = readlinkat (dir_fd, entry->name, self->list, sizeof self->list);

  if (length < 0)
    return errno;
  if ((gsize) length == sizeof self->list)
    return ENAMETOOLONG;
  g_free (entry->link_target);
  entry->link_target = g_strndup (self->list, (gsize) length);
  return 0;
}

/* A call that takes a folder and a name exists only in new kernels; elsewhere the name goes through
 * /proc, which costs three times as much. */
static ssize_t
list_into (SrMetadata       *self,
           const XattrPlace *place,
           gsize             room)
{
  ssize_t size;

  if (place->name == NULL)
    return flistxattr (place->fd, self->list, room);
  if (self->has_listxattrat)
    return list_at (place->fd, place->name, self->list, room);
  size = llistxattr (place->path, self->list, room);
  if (size < 0 && errno == ENOENT && access ("/proc/self/fd", F_OK) != 0)
    errno = ENOSYS;
  return size;
}

/* The kernel takes as much memory as it is offered, for every call: a little is offered first. */
static ssize_t
list_names (SrMetadata       *self,
            const XattrPlace *place)
{
  ssize_t size = list_into (self, place, XATTR_FIRST_SIZE);

  return size < 0 && errno == ERANGE ? list_into (self, place, sizeof self->list) : size;
}

static ssize_t
get_value_into (const XattrPlace *place,
                const char       *name,
                gpointer          value,
                gsize             size)
{
  if (place->name == NULL)
    return fgetxattr (place->fd, name, value, size);
  return lgetxattr (place->path, name, value, size);
}

static ssize_t
get_value (SrMetadata       *self,
           const XattrPlace *place,
           const char       *name)
{
  ssize_t size = get_value_into (place, name, self->value, XATTR_FIRST_SIZE);

  return size < 0 && errno == ERANGE ? get_value_into (place, name, self->value, sizeof self->value)
                                     : size;
}

static gboolean
set_place (XattrPlace *place,
           int         fd,
           const char *name)
{
  int length = 0;

  place->fd = fd;
  place->name = name;
  if (name != NULL)
    length = g_snprintf (place->path, sizeof place->path, "/proc/self/fd/%d/%s", fd, name);
  return (gsize) length < sizeof place->path;
}

int
sr_metadata_load_xattrs (SrMetadata *self,
                         SrEntry    *entry,
                         int         fd,
                         const char *name)
{
  XattrPlace place;
  ssize_t    size;

  sr_entry_clear_xattrs (entry);
  if (!set_place (&place, fd, name))
    return ENAMETOOLONG;
  size = list_names (self, &place);
  if (size < 0)
    return errno == EOPNOTSUPP ? 0 : errno;
  if (size == 0)
    return 0;
  /* the kernel ends each name with NUL; a file system in user space might not */
  self->list[MIN ((gsize) size, sizeof self->list - 1)] = '\0';
  for (const char *at = self->list; at < self->list + size; at += strlen (at) + 1)
    {
      ssize_t value_size = get_value (self, &place, at);

      if (value_size < 0 && errno != ENODATA && errno != EOPNOTSUPP)
        return errno;
      if (value_size >= 0 && *at != '\0')
        sr_entry_add_xattr (entry, at, self->value, (gsize) value_size);
    }
  return 0;
}
