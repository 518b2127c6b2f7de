/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/sr-archive-reader.h"
#include "archive/sr-containers.h"
#include "archive/sr-entry-list.h"
#include "base/sr-error.h"

#define SR_TYPE_ARCHIVE_CONTAINER (sr_archive_container_get_type ())
G_DECLARE_FINAL_TYPE (SrArchiveContainer, sr_archive_container, SR, ARCHIVE_CONTAINER, GObject)

struct _SrArchiveContainer
{
  GObject parent_instance;

  int      fd;
  char    *name;
  char    *title;
  SrGuard *guard;
  gboolean single;  /* a compressed file, of no archive format */
  GArray  *entries; /* SrContainerEntry */
  GArray  *links;   /* guint, one an entry: the entry whose content a hard link has, else itself */
  GError  *damage;
  gboolean plain; /* neither compressed nor with checksums */
};

static void sr_archive_container_iface_init (SrContainerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SrArchiveContainer,
                               sr_archive_container,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SR_TYPE_CONTAINER,
                                                      sr_archive_container_iface_init))

/* --- an entry's content ----------------------------------------------------------------------- */

#define SR_TYPE_ARCHIVE_STREAM (sr_archive_stream_get_type ())
G_DECLARE_FINAL_TYPE (SrArchiveStream, sr_archive_stream, SR, ARCHIVE_STREAM, GInputStream)

struct _SrArchiveStream
{
  GInputStream parent_instance;

  SrArchiveContainer *container;
  SrArchiveReader    *reader;
  gboolean            owned;
  guint64             announced;
  guint64             read;
};

G_DEFINE_FINAL_TYPE (SrArchiveStream, sr_archive_stream, G_TYPE_INPUT_STREAM)

static gssize
sr_archive_stream_read (GInputStream *stream,
                        void         *buffer,
                        gsize         count,
                        GCancellable *cancellable,
                        GError      **error)
{
  SrArchiveStream *self = SR_ARCHIVE_STREAM (stream);
  gssize           n;

  if (self->reader == NULL || sr_check_cancelled (cancellable, error))
    {
      if (self->reader == NULL)
        g_set_error (error, SR_ERROR, SR_ERROR_FAILED, "The entry was left behind");
      return -1;
    }
  n = sr_archive_reader_read (self->reader, buffer, count, cancellable, error);
  if (n > 0)
    self->read += (guint64) n;
  if (n != 0 || self->announced == SR_SIZE_UNKNOWN || self->read == self->announced || count == 0)
    return n;
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
               "An entry ends after %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes",
               self->read, self->announced);
  return -1;
}

static void
sr_archive_stream_finalize (GObject *object)
{
  SrArchiveStream *self = SR_ARCHIVE_STREAM (object);

  if (self->owned)
    sr_archive_reader_free (self->reader);
  g_clear_object (&self->container);
  G_OBJECT_CLASS (sr_archive_stream_parent_class)->finalize (object);
}

static void
sr_archive_stream_class_init (SrArchiveStreamClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sr_archive_stream_finalize;
  G_INPUT_STREAM_CLASS (class)->read_fn = sr_archive_stream_read;
}

static void
sr_archive_stream_init (SrArchiveStream *self)
{
}

/* --- listing ---------------------------------------------------------------------------------- */

/* "./a" is "a": many tar files are made of ".". */
static const char *
trim_dots (const char *name)
{
  while (name != NULL && name[0] == '.' && name[1] == '/')
    for (name++; *name == '/';)
      name++;
  return name;
}

/* The stored bytes where they are no text of a known kind, whatever the locale is. */
static const char *
get_name (struct archive_entry *entry)
{
  const char *name = archive_entry_pathname_utf8 (entry);

  return trim_dots (name != NULL ? name : archive_entry_pathname (entry));
}

static const char *
get_hard_link (struct archive_entry *entry)
{
  const char *name = archive_entry_hardlink_utf8 (entry);

  return trim_dots (name != NULL ? name : archive_entry_hardlink (entry));
}

static gboolean
get_type_of (struct archive_entry *entry,
             SrEntryType          *type)
{
  switch (archive_entry_filetype (entry))
    {
    case AE_IFREG:
      *type = SR_ENTRY_FILE;
      return TRUE;
    case AE_IFDIR:
      *type = SR_ENTRY_DIR;
      return TRUE;
    case AE_IFLNK:
      *type = SR_ENTRY_SYMLINK;
      return TRUE;
    case AE_IFBLK:
      *type = SR_ENTRY_BLOCK_DEVICE;
      return TRUE;
    case AE_IFCHR:
      *type = SR_ENTRY_CHAR_DEVICE;
      return TRUE;
    case AE_IFIFO:
      *type = SR_ENTRY_FIFO;
      return TRUE;
    case AE_IFSOCK:
      *type = SR_ENTRY_SOCKET;
      return TRUE;
    default:
      return FALSE;
    }
}

/* All but what nobody can have in a folder, and the folder that all lies in. */
static gboolean
is_listed (struct archive_entry *entry,
           SrEntryType          *type)
{
  const char *name = get_name (entry);

  if (!get_type_of (entry, type))
    return get_hard_link (entry) != NULL;
  return *type != SR_ENTRY_DIR || name == NULL || (*name != '\0' && strcmp (name, ".") != 0);
}

/* Without the ending of the compression. */
static char *
name_of_single (SrArchiveContainer *self)
{
  g_autofree char *base = g_path_get_basename (self->name);
  char            *dot = strrchr (base, '.');

  if (dot != NULL && dot != base && strlen (dot) <= 5)
    *dot = '\0';
  return g_steal_pointer (&base);
}

static void
fill_in (SrContainerEntry     *entry,
         struct archive_entry *found)
{
  const char *target = archive_entry_symlink_utf8 (found);

  if (entry->type == SR_ENTRY_FILE && archive_entry_size_is_set (found) &&
      archive_entry_size (found) >= 0)
    entry->size = (guint64) archive_entry_size (found);
  if (archive_entry_mtime_is_set (found))
    entry->mtime = archive_entry_mtime (found);
  entry->mode = archive_entry_perm (found) & 07777;
  if (entry->type != SR_ENTRY_SYMLINK)
    return;
  if (target == NULL)
    target = archive_entry_symlink (found);
  entry->link_target = g_strdup (target != NULL ? target : "");
}

static guint
find_link (GHashTable *files,
           const char *target,
           guint       self)
{
  gpointer found;

  if (target == NULL || !g_hash_table_lookup_extended (files, target, NULL, &found))
    return self;
  return GPOINTER_TO_UINT (found);
}

static gboolean
list_entry (SrArchiveContainer   *self,
            struct archive_entry *found,
            GHashTable           *files,
            GError              **error)
{
  const char       *link = get_hard_link (found);
  const char       *name = get_name (found);
  SrContainerEntry *entry;
  SrEntryType       type = SR_ENTRY_FILE;
  guint             index = self->entries->len;
  guint             source = index;

  if (!is_listed (found, &type))
    return TRUE;
  entry = sr_entry_list_add (
      self->entries, self->single ? name_of_single (self) : g_strdup (name != NULL ? name : ""),
      type);
  if (!self->single)
    fill_in (entry, found);
  if (link != NULL)
    {
      source = find_link (files, link, index);
      entry = &g_array_index (self->entries, SrContainerEntry, index);
      entry->size =
          source == index ? 0 : g_array_index (self->entries, SrContainerEntry, source).size;
    }
  g_array_append_val (self->links, source);
  if (type == SR_ENTRY_FILE)
    g_hash_table_replace (files, g_strdup (entry->name), GUINT_TO_POINTER (source));
  return sr_guard_check_count (self->guard, self->entries->len, error);
}

static gboolean
list_all (SrArchiveContainer *self,
          SrArchiveReader    *reader,
          GCancellable       *cancellable,
          GError            **error)
{
  g_autoptr (GHashTable) files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  struct archive_entry  *found;
  int                    more = 1;

  while (!self->single &&
         (more = sr_archive_reader_next (reader, &found, cancellable, error)) > 0)
    {
      self->single = sr_archive_reader_is_single (reader);
      if (!list_entry (self, found, files, error))
        return FALSE;
    }
  if (more > 0 && !sr_archive_reader_is_compressed (reader))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED, "It is no archive that can be read");
      return FALSE;
    }
  return more > 0 || (more == 0 && sr_archive_reader_check_end (reader, cancellable, error));
}

/* What is damaged is told later, with what could be listed; all else stops. */
static gboolean
list (SrArchiveContainer *self,
      GCancellable       *cancellable,
      GError            **error)
{
  g_autoptr (GError)          reason = NULL;
  g_autoptr (SrArchiveReader) reader = NULL;
  gboolean                    ok;

  reader = sr_archive_reader_new (self->fd, self->name, self->guard, TRUE, cancellable, error);
  if (reader == NULL)
    return FALSE;
  ok = list_all (self, reader, cancellable, &reason);
  self->title = sr_archive_reader_describe (reader);
  self->plain = sr_archive_reader_is_plain_tar (reader);
  if (ok)
    return TRUE;
  if (sr_error_is (reason, SR_ERROR_DAMAGED) && self->entries->len > 0)
    {
      self->damage = g_steal_pointer (&reason);
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

/* --- container -------------------------------------------------------------------------------- */

static const char *
sr_archive_container_get_title (SrContainer *container)
{
  return SR_ARCHIVE_CONTAINER (container)->title;
}

static guint
sr_archive_container_get_n_entries (SrContainer *container)
{
  return SR_ARCHIVE_CONTAINER (container)->entries->len;
}

static const SrContainerEntry *
sr_archive_container_get_entry (SrContainer *container,
                                guint        index)
{
  return &g_array_index (SR_ARCHIVE_CONTAINER (container)->entries, SrContainerEntry, index);
}

/* Goes to the next entry that is in the list. */
static int
next_listed (SrArchiveReader       *reader,
             struct archive_entry **found,
             GCancellable          *cancellable,
             GError               **error)
{
  SrEntryType type;
  int         more;

  do
    more = sr_archive_reader_next (reader, found, cancellable, error);
  while (more > 0 && !is_listed (*found, &type));
  return more;
}

static SrArchiveStream *
new_stream (SrArchiveContainer *self,
            SrArchiveReader    *reader,
            guint               index,
            gboolean            owned)
{
  SrArchiveStream *stream = g_object_new (SR_TYPE_ARCHIVE_STREAM, NULL);

  stream->container = g_object_ref (self);
  stream->reader = reader;
  stream->owned = owned;
  stream->announced = g_array_index (self->entries, SrContainerEntry, index).size;
  return stream;
}

static GInputStream *
sr_archive_container_open_entry (SrContainer  *container,
                                 guint         index,
                                 GCancellable *cancellable,
                                 GError      **error)
{
  SrArchiveContainer         *self = SR_ARCHIVE_CONTAINER (container);
  guint                       source = g_array_index (self->links, guint, index);
  g_autoptr (SrArchiveReader) reader = NULL;
  struct archive_entry       *found;
  int                         more = 1;

  reader = sr_archive_reader_new (self->fd, self->name, self->guard, self->single, cancellable,
                                  error);
  for (guint i = 0; reader != NULL && more > 0 && i <= source; i++)
    more = next_listed (reader, &found, cancellable, error);
  if (reader == NULL || more < 0)
    return NULL;
  if (more == 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "“%s” changed while it was read", self->name);
      return NULL;
    }
  return G_INPUT_STREAM (new_stream (self, g_steal_pointer (&reader), source, TRUE));
}

static gboolean
visit_entry (SrArchiveContainer *self,
             SrArchiveReader    *reader,
             guint               index,
             SrContainerFunc     func,
             gpointer            user_data,
             GCancellable       *cancellable,
             GError            **error)
{
  const SrContainerEntry     *entry = &g_array_index (self->entries, SrContainerEntry, index);
  g_autoptr (SrArchiveStream) stream = NULL;
  gboolean                    ok;

  if (entry->type != SR_ENTRY_FILE)
    return func (SR_CONTAINER (self), index, entry, NULL, user_data, error);
  stream = new_stream (self, reader, index, FALSE);
  ok = func (SR_CONTAINER (self), index, entry, G_INPUT_STREAM (stream), user_data, error);
  stream->reader = NULL;
  return ok;
}

/* Hard links after all others, each with a pass of its own. */
static gboolean
visit_links (SrArchiveContainer *self,
             SrContainerFunc     func,
             gpointer            user_data,
             GCancellable       *cancellable,
             GError            **error)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      g_autoptr (GInputStream) stream = NULL;

      if (g_array_index (self->links, guint, i) == i)
        continue;
      stream = sr_container_open_entry (SR_CONTAINER (self), i, cancellable, error);
      if (stream == NULL || !func (SR_CONTAINER (self), i,
                                   &g_array_index (self->entries, SrContainerEntry, i), stream,
                                   user_data, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
sr_archive_container_visit (SrContainer    *container,
                            SrContainerFunc func,
                            gpointer        user_data,
                            GCancellable   *cancellable,
                            GError        **error)
{
  SrArchiveContainer         *self = SR_ARCHIVE_CONTAINER (container);
  g_autoptr (SrArchiveReader) reader = NULL;
  struct archive_entry       *found;

  reader = sr_archive_reader_new (self->fd, self->name, self->guard, self->single, cancellable,
                                  error);
  if (reader == NULL)
    return FALSE;
  for (guint i = 0; i < self->entries->len; i++)
    {
      int more = next_listed (reader, &found, cancellable, error);

      if (more <= 0)
        {
          if (more == 0)
            g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "“%s” changed while it was read",
                         self->name);
          return FALSE;
        }
      if (g_array_index (self->links, guint, i) == i &&
          !visit_entry (self, reader, i, func, user_data, cancellable, error))
        return FALSE;
    }
  return visit_links (self, func, user_data, cancellable, error);
}

static void
sr_archive_container_iface_init (SrContainerInterface *iface)
{
  iface->get_title = sr_archive_container_get_title;
  iface->get_n_entries = sr_archive_container_get_n_entries;
  iface->get_entry = sr_archive_container_get_entry;
  iface->open_entry = sr_archive_container_open_entry;
  iface->visit = sr_archive_container_visit;
}

static void
sr_archive_container_finalize (GObject *object)
{
  SrArchiveContainer *self = SR_ARCHIVE_CONTAINER (object);

  if (self->fd >= 0)
    close (self->fd);
  g_free (self->name);
  g_free (self->title);
  g_clear_pointer (&self->guard, sr_guard_unref);
  g_array_unref (self->entries);
  g_array_unref (self->links);
  g_clear_error (&self->damage);
  G_OBJECT_CLASS (sr_archive_container_parent_class)->finalize (object);
}

static void
sr_archive_container_class_init (SrArchiveContainerClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sr_archive_container_finalize;
}

static void
sr_archive_container_init (SrArchiveContainer *self)
{
  self->fd = -1;
  self->entries = sr_entry_list_new ();
  self->links = g_array_new (FALSE, FALSE, sizeof (guint));
}

SrContainer *
sr_archive_container_new (int           fd,
                          const char   *name,
                          SrGuard      *guard,
                          GCancellable *cancellable,
                          GError      **error)
{
  g_autoptr (SrArchiveContainer) self = g_object_new (SR_TYPE_ARCHIVE_CONTAINER, NULL);

  self->fd = fd;
  self->name = g_strdup (name);
  self->guard = sr_guard_ref (guard);
  if (!list (self, cancellable, error))
    return NULL;
  return SR_CONTAINER (g_steal_pointer (&self));
}

const GError *
sr_archive_container_get_damage (SrContainer *container)
{
  if (!SR_IS_ARCHIVE_CONTAINER (container))
    return NULL;
  return SR_ARCHIVE_CONTAINER (container)->damage;
}

gboolean
sr_archive_container_is_plain (SrContainer *container)
{
  return SR_IS_ARCHIVE_CONTAINER (container) && SR_ARCHIVE_CONTAINER (container)->plain;
}
