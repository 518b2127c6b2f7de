/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/sr-containers.h"
#include "archive/sr-entry-list.h"
#include "archive/sr-fd-stream.h"
#include "base/sr-beneath.h"
#include "base/sr-error.h"

#define SR_TYPE_FOLDER_CONTAINER (sr_folder_container_get_type ())
G_DECLARE_FINAL_TYPE (SrFolderContainer, sr_folder_container, SR, FOLDER_CONTAINER, GObject)

struct _SrFolderContainer
{
  GObject parent_instance;

  int      root_fd;
  SrGuard *guard;
  GArray  *entries; /* SrContainerEntry, by name */
};

static void sr_folder_container_iface_init (SrContainerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SrFolderContainer,
                               sr_folder_container,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SR_TYPE_CONTAINER,
                                                      sr_folder_container_iface_init))

static gboolean
add_entry (SrFolderContainer *self,
           int                fd,
           const char        *parent,
           const char        *name,
           GQueue            *pending,
           GError           **error)
{
  struct stat       st;
  SrContainerEntry *entry;
  SrEntryType       type;
  char              target[PATH_MAX];
  ssize_t           size = 0;

  if (fstatat (fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
    return errno == ENOENT;
  if (!S_ISDIR (st.st_mode) && !S_ISREG (st.st_mode) && !S_ISLNK (st.st_mode))
    return TRUE;
  if (S_ISLNK (st.st_mode))
    {
      size = readlinkat (fd, name, target, sizeof target);
      if (size < 0 || size == sizeof target)
        return TRUE;
    }
  type = S_ISDIR (st.st_mode) ? SR_ENTRY_DIR : S_ISREG (st.st_mode) ? SR_ENTRY_FILE
                                                                    : SR_ENTRY_SYMLINK;
  entry = sr_entry_list_add (self->entries, g_strconcat (parent, name, NULL), type);
  entry->size = type == SR_ENTRY_FILE ? (guint64) st.st_size : 0;
  entry->mtime = st.st_mtim.tv_sec;
  entry->mode = st.st_mode & 07777;
  if (type == SR_ENTRY_SYMLINK)
    entry->link_target = g_strndup (target, (gsize) size);
  if (type == SR_ENTRY_DIR)
    g_queue_push_tail (pending, g_strconcat (parent, name, "/", NULL));
  return sr_guard_check_count (self->guard, self->entries->len, error);
}

/* @folder: "" or ends with a slash */
static gboolean
list_folder (SrFolderContainer *self,
             const char        *folder,
             GQueue            *pending,
             GCancellable      *cancellable,
             GError           **error)
{
  g_autofree char *path = g_strndup (folder, strlen (folder) - (*folder != '\0'));
  int              fd = sr_beneath_open_folder (self->root_fd, path, error);
  DIR             *dir;
  struct dirent   *found;
  gboolean         ok = TRUE;

  if (fd < 0)
    return FALSE;
  dir = fdopendir (fd);
  if (dir == NULL)
    {
      sr_set_error_errno (error, errno, "Listing a folder");
      close (fd);
      return FALSE;
    }
  while (ok && (errno = 0, found = readdir (dir)) != NULL)
    if (strcmp (found->d_name, ".") != 0 && strcmp (found->d_name, "..") != 0)
      ok = !sr_check_cancelled (cancellable, error) &&
           add_entry (self, fd, folder, found->d_name, pending, error);
  if (ok && errno != 0)
    {
      sr_set_error_errno (error, errno, "Listing a folder");
      ok = FALSE;
    }
  closedir (dir);
  return ok;
}

static int
compare_entries (gconstpointer a,
                 gconstpointer b)
{
  return strcmp (((const SrContainerEntry *) a)->name, ((const SrContainerEntry *) b)->name);
}

static gboolean
list_all (SrFolderContainer *self,
          GCancellable      *cancellable,
          GError           **error)
{
  GQueue   pending = G_QUEUE_INIT;
  gboolean ok = TRUE;

  g_queue_push_tail (&pending, g_strdup (""));
  while (ok && pending.length > 0)
    {
      g_autofree char *folder = g_queue_pop_head (&pending);

      ok = list_folder (self, folder, &pending, cancellable, error);
    }
  g_queue_clear_full (&pending, g_free);
  g_array_sort (self->entries, compare_entries);
  return ok;
}

static const char *
sr_folder_container_get_title (SrContainer *container)
{
  return "folder";
}

static guint
sr_folder_container_get_n_entries (SrContainer *container)
{
  return SR_FOLDER_CONTAINER (container)->entries->len;
}

static const SrContainerEntry *
sr_folder_container_get_entry (SrContainer *container,
                               guint        index)
{
  return &g_array_index (SR_FOLDER_CONTAINER (container)->entries, SrContainerEntry, index);
}

static GInputStream *
sr_folder_container_open_entry (SrContainer  *container,
                                guint         index,
                                GCancellable *cancellable,
                                GError      **error)
{
  SrFolderContainer      *self = SR_FOLDER_CONTAINER (container);
  const SrContainerEntry *entry = sr_folder_container_get_entry (container, index);
  int                     fd = sr_beneath_open_file (self->root_fd, entry->name, error);
  GInputStream           *stream;

  if (fd < 0)
    return NULL;
  stream = sr_fd_stream_new (fd, 0, entry->size, entry->name, error);
  close (fd);
  return stream;
}

static void
sr_folder_container_iface_init (SrContainerInterface *iface)
{
  iface->get_title = sr_folder_container_get_title;
  iface->get_n_entries = sr_folder_container_get_n_entries;
  iface->get_entry = sr_folder_container_get_entry;
  iface->open_entry = sr_folder_container_open_entry;
}

static void
sr_folder_container_finalize (GObject *object)
{
  SrFolderContainer *self = SR_FOLDER_CONTAINER (object);

  if (self->root_fd >= 0)
    close (self->root_fd);
  g_clear_pointer (&self->guard, sr_guard_unref);
  g_array_unref (self->entries);
  G_OBJECT_CLASS (sr_folder_container_parent_class)->finalize (object);
}

static void
sr_folder_container_class_init (SrFolderContainerClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sr_folder_container_finalize;
}

static void
sr_folder_container_init (SrFolderContainer *self)
{
  self->root_fd = -1;
  self->entries = sr_entry_list_new ();
}

SrContainer *
sr_folder_container_new (const char   *path,
                         SrGuard      *guard,
                         GCancellable *cancellable,
                         GError      **error)
{
  g_autoptr (SrFolderContainer) self = g_object_new (SR_TYPE_FOLDER_CONTAINER, NULL);
  g_autofree char              *shown = g_filename_display_name (path);

  self->guard = sr_guard_ref (guard);
  self->root_fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->root_fd < 0)
    {
      sr_set_error_errno (error, errno, "Opening the folder “%s”", shown);
      return NULL;
    }
  if (!list_all (self, cancellable, error))
    {
      g_prefix_error (error, "“%s”: ", shown);
      return NULL;
    }
  return SR_CONTAINER (g_steal_pointer (&self));
}

gboolean
sr_folder_container_is (SrContainer *container)
{
  return SR_IS_FOLDER_CONTAINER (container);
}
