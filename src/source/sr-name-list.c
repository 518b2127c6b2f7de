/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-source"

#include "config.h"

#include "source/sr-name-list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* How much a list keeps for the next folder. */
#define KEEP_BYTES (256 * 1024)

#define READ_SIZE (64 * 1024)

/* The kernel's struct linux_dirent64, see getdents64(2). */
typedef struct
{
  guint64 inode;
  gint64  offset;
  guint16 length;
  guint8  type;
  char    name[];
} Dirent;

/* @key: the first bytes behind what all names have in common, as a number that orders like them */
typedef struct
{
  guint64     key;
  const char *name;
} SortItem;

struct _SrNameList
{
  GByteArray *text;    /* names, each with its NUL */
  GArray     *offsets; /* guint32: where they begin */
  gpointer    read_buffer;
};

SrNameList *
sr_name_list_new (void)
{
  SrNameList *self = g_new0 (SrNameList, 1);

  self->text = g_byte_array_new ();
  self->offsets = g_array_new (FALSE, FALSE, sizeof (guint32));
  return self;
}

void
sr_name_list_free (SrNameList *self)
{
  if (self == NULL)
    return;
  g_byte_array_unref (self->text);
  g_array_unref (self->offsets);
  g_free (self->read_buffer);
  g_free (self);
}

void
sr_name_list_clear (SrNameList *self)
{
  if (self->text->len > KEEP_BYTES)
    {
      g_byte_array_unref (self->text);
      g_array_unref (self->offsets);
      self->text = g_byte_array_new ();
      self->offsets = g_array_new (FALSE, FALSE, sizeof (guint32));
    }
  g_byte_array_set_size (self->text, 0);
  g_array_set_size (self->offsets, 0);
}

gboolean
sr_name_list_add (SrNameList *self,
                  const char *name,
                  gsize       length)
{
  guint32 offset = self->text->len;
  gsize   left = G_MAXUINT32 - (gsize) offset;

  if (length + 1 >= left / 2)
    return FALSE;
  g_array_append_val (self->offsets, offset);
  g_byte_array_append (self->text, (const guint8 *) name, (guint) length);
  g_byte_array_append (self->text, (const guint8 *) "", 1);
  return TRUE;
}

static gboolean
add_dirents (SrNameList *self,
             const char *buffer,
             gsize       size)
{
  gsize at = 0;

  while (at < size)
    {
      const Dirent *dirent = (gconstpointer) (buffer + at);
      const char   *name = dirent->name;

      at += dirent->length;
      if (name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0')))
        continue;
      if (name[0] != '\0' && !sr_name_list_add (self, name, strlen (name)))
        return FALSE;
    }
  return TRUE;
}

int
sr_name_list_read (SrNameList *self,
                   int         fd)
{
  int result = 0;

  if (self->read_buffer == NULL)
    self->read_buffer = g_malloc (READ_SIZE);
  while (result == 0)
    {
      long size = syscall (SYS_getdents64, fd, self->read_buffer, READ_SIZE);

      if (size == 0)
        break;
      if (size < 0 && errno == ENOENT)
        break; /* the folder has been removed meanwhile */
      if (size < 0 && errno != EINTR)
        result = errno;
      else if (size > 0 && !add_dirents (self, self->read_buffer, (gsize) size))
        result = EOVERFLOW;
    }
  g_clear_pointer (&self->read_buffer, g_free);
  return result;
}

static gsize
common_prefix (const SrNameList *self)
{
  const char *first = sr_name_list_get (self, 0);
  gsize       common = strlen (first);

  for (guint i = 1; i < self->offsets->len && common > 0; i++)
    {
      const char *name = sr_name_list_get (self, i);
      gsize       n = 0;

      while (n < common && name[n] == first[n])
        n++;
      common = n;
    }
  return common;
}

/* All names agree in the bytes before @name. */
static guint64
sort_key (const char *name)
{
  guint64 key = 0;

  for (guint i = 0; i < 8; i++)
    {
      key = key << 8 | (guint8) *name;
      name += *name != '\0';
    }
  return key;
}

static int
compare_items (gconstpointer a,
               gconstpointer b)
{
  const SortItem *left = a;
  const SortItem *right = b;

  if (left->key != right->key)
    return left->key < right->key ? -1 : 1;
  return strcmp (left->name, right->name);
}

void
sr_name_list_sort (SrNameList *self)
{
  guint                n = self->offsets->len;
  guint                kept = 0;
  gsize                common;
  g_autofree SortItem *items = NULL;
  guint32             *offsets = (gpointer) self->offsets->data;

  if (n < 2)
    return;
  items = g_new (SortItem, n);
  common = common_prefix (self);
  for (guint i = 0; i < n; i++)
    {
      items[i].name = sr_name_list_get (self, i);
      items[i].key = sort_key (items[i].name + common);
    }
  qsort (items, n, sizeof *items, compare_items);
  for (guint i = 0; i < n; i++)
    if (i == 0 || compare_items (&items[i - 1], &items[i]) != 0)
      offsets[kept++] = (guint32) (items[i].name - (const char *) self->text->data);
  g_array_set_size (self->offsets, kept);
}

guint
sr_name_list_get_count (const SrNameList *self)
{
  return self->offsets->len;
}

const char *
sr_name_list_get (const SrNameList *self,
                  guint             i)
{
  return (const char *) self->text->data + g_array_index (self->offsets, guint32, i);
}

/* strcmp() of @text with @name followed by @suffix. */
static int
compare_joined (const char *text,
                const char *name,
                gsize       name_length,
                const char *suffix)
{
  int result = strncmp (text, name, name_length);

  return result != 0 ? result : strcmp (text + name_length, suffix);
}

gint64
sr_name_list_find (const SrNameList *self,
                   const char       *name,
                   const char       *suffix)
{
  gsize length = strlen (name);
  guint low = 0;
  guint high = self->offsets->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      int   order = compare_joined (sr_name_list_get (self, middle), name, length, suffix);

      if (order == 0)
        return middle;
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return -1;
}
