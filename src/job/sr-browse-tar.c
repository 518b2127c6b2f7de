/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include <string.h>
#include <sys/sysmacros.h>

#include "base/sr-atomic-file.h"
#include "base/sr-error.h"
#include "job/sr-browse-private.h"

/* POSIX.1-2001, "pax Interchange Format": 512-byte blocks, a ustar header for each entry, and
 * before it, where that has no room, an extended header of "LENGTH KEY=VALUE\n" records. */
#define BLOCK ((gsize) 512)

typedef struct
{
  char name[100];
  char mode[8];
  char uid[8];
  char gid[8];
  char size[12];
  char mtime[12];
  char checksum[8];
  char type;
  char link[100];
  char magic[6];
  char version[2];
  char user[32];
  char group[32];
  char major[8];
  char minor[8];
  char prefix[155];
  char pad[12];
} Header;

G_STATIC_ASSERT (sizeof (Header) == 512);

typedef struct
{
  SrRepo       *repo;
  int           fd;
  GByteArray   *buffer;
  GHashTable   *links; /* "device:inode" to the path that was written first */
  SrProgress   *progress;
  GCancellable *cancellable;
} Tar;

#define BUFFER_SIZE ((guint) 256 * 1024)

static gboolean
flush (Tar     *tar,
       GError **error)
{
  gboolean ok = sr_write_all (tar->fd, tar->buffer->data, tar->buffer->len, error);

  g_byte_array_set_size (tar->buffer, 0);
  return ok;
}

static gboolean
put (Tar          *tar,
     gconstpointer data,
     gsize         size,
     GError      **error)
{
  if (size > BUFFER_SIZE)
    return flush (tar, error) && sr_write_all (tar->fd, data, size, error);
  g_byte_array_append (tar->buffer, data, (guint) size);
  return tar->buffer->len < BUFFER_SIZE || flush (tar, error);
}

static gboolean
pad (Tar     *tar,
     guint64  size,
     GError **error)
{
  static const char zeros[BLOCK];
  gsize             rest = (gsize) (size % BLOCK);

  return rest == 0 || put (tar, zeros, BLOCK - rest, error);
}

static gboolean
fits_octal (guint64 value,
            gsize   digits)
{
  return digits * 3 >= 64 || value >> (digits * 3) == 0;
}

/* What does not fit is in the extended header, and here 0. */
static void
set_octal (char   *field,
           gsize   size,
           guint64 value)
{
  if (!fits_octal (value, size - 1))
    value = 0;
  g_snprintf (field, size, "%0*" G_GINT64_MODIFIER "o", (int) size - 1, value);
}

static gboolean
is_plain (const char *text)
{
  for (; *text != '\0'; text++)
    if ((guchar) *text >= 128 || (guchar) *text < 32)
      return FALSE;
  return TRUE;
}

/* The record's length counts its own digits. */
static void
add_record (GString      *records,
            const char   *key,
            gconstpointer value,
            gsize         size)
{
  gsize rest = strlen (key) + size + 3; /* space, equals sign, line feed */
  gsize length = rest + 1;
  gsize digits;

  do
    {
      char text[24];

      digits = (gsize) g_snprintf (text, sizeof text, "%" G_GSIZE_FORMAT, length);
      if (rest + digits == length)
        break;
      length = rest + digits;
    }
  while (TRUE);
  g_string_append_printf (records, "%" G_GSIZE_FORMAT " %s=", length, key);
  g_string_append_len (records, value, (gssize) size);
  g_string_append_c (records, '\n');
}

static void
add_text_record (GString    *records,
                 const char *key,
                 const char *value)
{
  add_record (records, key, value, strlen (value));
}

static void
add_number_record (GString    *records,
                   const char *key,
                   guint64     value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, value);

  add_text_record (records, key, text);
}

static void
add_time_record (GString               *records,
                 const struct timespec *time)
{
  gint64           seconds = time->tv_sec;
  long             fraction = time->tv_nsec;
  g_autofree char *text = NULL;

  if (seconds >= 0 && fits_octal ((guint64) seconds, 11) && fraction == 0)
    return;
  /* Before 1970 the fraction counts backwards from zero. */
  if (seconds < 0 && fraction > 0)
    {
      seconds++;
      fraction = 1000000000 - fraction;
      text = g_strdup_printf ("-%" G_GINT64_FORMAT ".%09ld", -seconds, fraction);
    }
  else
    text = g_strdup_printf ("%" G_GINT64_FORMAT ".%09ld", seconds, fraction);
  add_text_record (records, "mtime", text);
}

/* Everything that the ustar header cannot say. Returns: (transfer full) */
static GString *
make_records (const char   *name,
              const char   *link,
              const SrNode *node,
              guint64       size)
{
  const SrEntry *entry = &node->entry;
  GString       *records = g_string_new (NULL);

  if (strlen (name) > 100 || !is_plain (name))
    {
      if (!g_utf8_validate (name, -1, NULL))
        add_text_record (records, "hdrcharset", "BINARY");
      add_text_record (records, "path", name);
    }
  if (link != NULL && (strlen (link) > 100 || !is_plain (link)))
    add_text_record (records, "linkpath", link);
  if (!fits_octal (size, 11))
    add_number_record (records, "size", size);
  if (!fits_octal (entry->uid, 7))
    add_number_record (records, "uid", entry->uid);
  if (!fits_octal (entry->gid, 7))
    add_number_record (records, "gid", entry->gid);
  if (entry->user != NULL && (strlen (entry->user) > 31 || !is_plain (entry->user)))
    add_text_record (records, "uname", entry->user);
  if (entry->group != NULL && (strlen (entry->group) > 31 || !is_plain (entry->group)))
    add_text_record (records, "gname", entry->group);
  add_time_record (records, &entry->mtime);
  for (guint i = 0; i < entry->n_xattrs; i++)
    {
      g_autofree char *key = g_strconcat ("SCHILY.xattr.", entry->xattrs[i].name, NULL);

      add_record (records, key, entry->xattrs[i].value, entry->xattrs[i].value_size);
    }
  return records;
}

static void
set_text (char       *field,
          gsize       size,
          const char *text)
{
  if (text != NULL)
    memcpy (field, text, MIN (size, strlen (text)));
}

static gboolean
put_header (Tar     *tar,
            Header  *header,
            GError **error)
{
  const guint8 *bytes = (const guint8 *) header;
  guint         sum = 0;

  memcpy (header->magic, "ustar", 6);
  memcpy (header->version, "00", 2);
  memset (header->checksum, ' ', sizeof header->checksum);
  for (gsize i = 0; i < sizeof *header; i++)
    sum += bytes[i];
  g_snprintf (header->checksum, 7, "%06o", sum);
  return put (tar, header, sizeof *header, error);
}

static gboolean
put_records (Tar           *tar,
             const char    *name,
             const GString *records,
             GError       **error)
{
  Header           header = { 0 };
  g_autofree char *base = g_path_get_basename (name);
  g_autofree char *whole = g_strconcat ("PaxHeaders/", base, NULL);

  if (records->len == 0)
    return TRUE;
  set_text (header.name, sizeof header.name, whole);
  set_octal (header.mode, sizeof header.mode, 0644);
  set_octal (header.uid, sizeof header.uid, 0);
  set_octal (header.gid, sizeof header.gid, 0);
  set_octal (header.size, sizeof header.size, records->len);
  set_octal (header.mtime, sizeof header.mtime, 0);
  header.type = 'x';
  return put_header (tar, &header, error) &&
         put (tar, records->str, records->len, error) &&
         pad (tar, records->len, error);
}

static char
type_flag (SrEntryType type)
{
  switch (type)
    {
    case SR_ENTRY_DIR:
      return '5';
    case SR_ENTRY_SYMLINK:
      return '2';
    case SR_ENTRY_CHAR_DEVICE:
      return '3';
    case SR_ENTRY_BLOCK_DEVICE:
      return '4';
    case SR_ENTRY_FIFO:
      return '6';
    default:
      return '0';
    }
}

static gboolean
put_entry (Tar          *tar,
           const char   *name,
           const char   *link,
           char          type,
           const SrNode *node,
           guint64       size,
           GError      **error)
{
  const SrEntry      *entry = &node->entry;
  g_autoptr (GString) records = make_records (name, link, node, size);
  Header              header = { 0 };

  set_text (header.name, sizeof header.name, name);
  set_text (header.link, sizeof header.link, link);
  set_octal (header.mode, sizeof header.mode, entry->mode & 07777);
  set_octal (header.uid, sizeof header.uid, entry->uid);
  set_octal (header.gid, sizeof header.gid, entry->gid);
  set_octal (header.size, sizeof header.size, size);
  set_octal (header.mtime, sizeof header.mtime,
             entry->mtime.tv_sec > 0 ? (guint64) entry->mtime.tv_sec : 0);
  set_text (header.user, sizeof header.user - 1, entry->user);
  set_text (header.group, sizeof header.group - 1, entry->group);
  set_octal (header.major, sizeof header.major,
             type == '3' || type == '4' ? major (entry->device) : 0);
  set_octal (header.minor, sizeof header.minor,
             type == '3' || type == '4' ? minor (entry->device) : 0);
  header.type = type;
  return put_records (tar, name, records, error) && put_header (tar, &header, error);
}

static gboolean
put_chunk (gconstpointer data,
           gsize         size,
           gpointer      user_data,
           GError      **error)
{
  return put (user_data, data, size, error);
}

/* Returns: (nullable): the path under which this file was written before */
static const char *
find_link (Tar          *tar,
           const char   *name,
           const SrNode *node)
{
  const char *first;
  char       *key;

  if (node->entry.type != SR_ENTRY_FILE || node->entry.links < 2 || node->entry.inode == 0)
    return NULL;
  key = g_strdup_printf ("%" G_GINT64_MODIFIER "x:%" G_GINT64_MODIFIER "x:%u",
                         node->entry.device_id, node->entry.inode,
                         node->n_content > 0 ? sr_id_hash (&node->content[0]) : 0);
  first = g_hash_table_lookup (tar->links, key);
  if (first == NULL)
    g_hash_table_insert (tar->links, key, g_strdup (name));
  else
    g_free (key);
  return first;
}

static gboolean
add_node (const char   *path,
          const SrNode *node,
          gpointer      user_data,
          GError      **error)
{
  Tar             *tar = user_data;
  const SrEntry   *entry = &node->entry;
  g_autofree char *name = g_strconcat (path + 1, entry->type == SR_ENTRY_DIR ? "/" : "", NULL);
  const char      *first = find_link (tar, name, node);
  guint64          size;

  /* A tar archive has no sockets. */
  if (entry->type == SR_ENTRY_SOCKET)
    return TRUE;
  if (first != NULL)
    return put_entry (tar, name, first, '1', node, 0, error);
  if (entry->type != SR_ENTRY_FILE)
    return put_entry (tar, name, entry->link_target, type_flag (entry->type), node, 0, error);
  return sr_browse_get_size (tar->repo, path, node, &size, error) &&
         put_entry (tar, name, NULL, '0', node, size, error) &&
         sr_browse_read (tar->repo, path, node, put_chunk, tar, tar->progress, tar->cancellable,
                         error) &&
         pad (tar, size, error);
}

static gboolean
put_end (Tar     *tar,
         GError **error)
{
  static const char zeros[2 * BLOCK];

  return put (tar, zeros, sizeof zeros, error) && flush (tar, error);
}

gboolean
sr_browse_dump_tar (SrRepo       *repo,
                    const SrId   *tree,
                    const char   *path,
                    int           fd,
                    SrProgress   *progress,
                    GCancellable *cancellable,
                    GError      **error)
{
  Tar      tar = { .repo = repo, .fd = fd, .progress = progress, .cancellable = cancellable };
  gboolean ok;

  tar.buffer = g_byte_array_new ();
  tar.links = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  ok = sr_browse_list (repo, tree, path, TRUE, add_node, NULL, &tar, cancellable, error) &&
       put_end (&tar, error);
  g_hash_table_unref (tar.links);
  g_byte_array_unref (tar.buffer);
  return ok;
}
