/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-bson.h"
#include "archive/sr-mongodump.h"
#include "base/sr-error.h"

#define MAGIC          0x8199e26du
#define TERMINATOR     0xffffffffu
#define MIN_DOCUMENT   5
#define MAX_NAMESPACES 100000
#define CRC_POLYNOMIAL G_GUINT64_CONSTANT (0xc96c5795d7870f42)

struct _SrMongodump
{
  GInputStream *stream; /* buffered */
  GPtrArray    *namespaces;
  GHashTable   *by_name;
  GByteArray   *document; /* the last one that was kept */
  guint64       offset;
  char         *server_version;
  char         *tool_version;
};

/* A header of a collection or a block. */
typedef struct
{
  char    *database;
  char    *collection;
  gboolean is_end;
  gint64   crc;
} Header;

guint64
sr_crc64 (guint64       crc,
          gconstpointer data,
          gsize         size)
{
  static guint64 table[256];
  static gsize   once;
  const guint8  *bytes = data;

  if (g_once_init_enter (&once))
    {
      for (guint i = 0; i < 256; i++)
        {
          guint64 value = i;

          for (guint b = 0; b < 8; b++)
            value = (value >> 1) ^ ((value & 1) != 0 ? CRC_POLYNOMIAL : 0);
          table[i] = value;
        }
      g_once_init_leave (&once, 1);
    }
  crc = ~crc;
  for (gsize i = 0; i < size; i++)
    crc = table[(guint8) crc ^ bytes[i]] ^ (crc >> 8);
  return ~crc;
}

static void
namespace_free (gpointer data)
{
  SrMongoNamespace *namespace = data;

  g_free (namespace->name);
  g_free (namespace);
}

static void
header_clear (Header *header)
{
  g_free (header->database);
  g_free (header->collection);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Header, header_clear)

static gboolean
damaged (SrMongodump *self,
         const char  *what,
         GError     **error)
{
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
               "The mongodump archive is damaged at byte %" G_GUINT64_FORMAT ": %s", self->offset,
               what);
  return FALSE;
}

static gboolean
read_bytes (SrMongodump  *self,
            gpointer      buffer,
            gsize         size,
            GCancellable *cancellable,
            GError      **error)
{
  gsize n;

  if (!g_input_stream_read_all (self->stream, buffer, size, &n, cancellable, error))
    return FALSE;
  if (n < size)
    return damaged (self, "it is cut off", error);
  self->offset += size;
  return TRUE;
}

/* Returns: 1 with the length of the document that begins, 0 for a terminator or, if @may_end, the
 * end of the archive (@length 0 then), -1 */
static int
read_length (SrMongodump  *self,
             gboolean      may_end,
             guint32      *length,
             GCancellable *cancellable,
             GError      **error)
{
  guint32 raw;
  gsize   n;

  if (!g_input_stream_read_all (self->stream, &raw, sizeof raw, &n, cancellable, error))
    return -1;
  *length = 0;
  if (n == 0 && may_end)
    return 0;
  if (n < sizeof raw)
    {
      damaged (self, "it is cut off", error);
      return -1;
    }
  self->offset += n;
  *length = GUINT32_FROM_LE (raw);
  if (*length == TERMINATOR)
    return 0;
  if (*length >= MIN_DOCUMENT && *length <= SR_BSON_MAX)
    return 1;
  damaged (self, "a document of an impossible length", error);
  return -1;
}

/* The rest of a document, into @document. It grows with what really comes, not with what is
 * announced. */
static gboolean
read_document (SrMongodump  *self,
               guint32       length,
               GCancellable *cancellable,
               GError      **error)
{
  guint32 raw = GUINT32_TO_LE (length);

  g_byte_array_set_size (self->document, 0);
  g_byte_array_append (self->document, (const guint8 *) &raw, sizeof raw);
  while (self->document->len < length)
    {
      guint had = self->document->len;
      guint step = MIN (length - had, 256 * 1024);

      g_byte_array_set_size (self->document, had + step);
      if (!read_bytes (self, self->document->data + had, step, cancellable, error))
        return FALSE;
    }
  if (self->document->data[length - 1] != 0)
    return damaged (self, "a document does not end", error);
  return TRUE;
}

static void
take_element (Header              *header,
              const SrBsonElement *element)
{
  if (strcmp (element->name, "db") == 0 && header->database == NULL)
    header->database = sr_bson_get_string (element);
  else if (strcmp (element->name, "collection") == 0 && header->collection == NULL)
    header->collection = sr_bson_get_string (element);
  else if (strcmp (element->name, "EOF") == 0)
    header->is_end = sr_bson_get_bool (element);
  else if (strcmp (element->name, "CRC") == 0)
    header->crc = sr_bson_get_int (element, 0);
}

static gboolean
parse_header (SrMongodump *self,
              Header      *header,
              GError     **error)
{
  SrBsonIter    iter;
  SrBsonElement element;
  int           more;

  if (!sr_bson_iter_init (&iter, self->document->data, self->document->len, error))
    return FALSE;
  while ((more = sr_bson_iter_next (&iter, &element, error)) > 0)
    take_element (header, &element);
  if (more < 0)
    return FALSE;
  if (header->database != NULL && header->collection != NULL)
    return TRUE;
  return damaged (self, "a header names no collection", error);
}

static SrMongoNamespace *
get_namespace (SrMongodump  *self,
               const Header *header,
               GError      **error)
{
  g_autofree char *name = g_strconcat (header->database, ".", header->collection, NULL);
  SrMongoNamespace *namespace = g_hash_table_lookup (self->by_name, name);

  if (namespace != NULL)
    return namespace;
  if (self->namespaces->len >= MAX_NAMESPACES)
    {
      damaged (self, "too many collections", error);
      return NULL;
    }
  namespace = g_new0 (SrMongoNamespace, 1);
  namespace->name = g_steal_pointer (&name);
  g_ptr_array_add (self->namespaces, namespace);
  g_hash_table_insert (self->by_name, namespace->name, namespace);
  return namespace;
}

static gboolean
parse_prelude (SrMongodump *self,
               GError     **error)
{
  g_autofree char *version = NULL;
  SrBsonIter       iter;
  SrBsonElement    element;
  int              more;

  if (!sr_bson_iter_init (&iter, self->document->data, self->document->len, error))
    return FALSE;
  while ((more = sr_bson_iter_next (&iter, &element, error)) > 0)
    {
      if (strcmp (element.name, "version") == 0 && version == NULL)
        version = sr_bson_get_string (&element);
      else if (strcmp (element.name, "server_version") == 0 && self->server_version == NULL)
        self->server_version = sr_bson_get_string (&element);
      else if (strcmp (element.name, "tool_version") == 0 && self->tool_version == NULL)
        self->tool_version = sr_bson_get_string (&element);
    }
  if (more == 0 && g_strcmp0 (version, "0.1") != 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                   "The mongodump archive is of format version %s; 0.1 is known",
                   version != NULL ? version : "(none)");
      return FALSE;
    }
  return more == 0;
}

static gboolean
read_prelude (SrMongodump  *self,
              GCancellable *cancellable,
              GError      **error)
{
  guint32 magic;
  guint32 length;
  int     more;

  if (!read_bytes (self, &magic, sizeof magic, cancellable, error))
    return FALSE;
  if (GUINT32_FROM_LE (magic) != MAGIC)
    return damaged (self, "it does not begin like one", error);
  if (read_length (self, FALSE, &length, cancellable, error) <= 0)
    return (error == NULL || *error != NULL) ? FALSE : damaged (self, "no header", error);
  if (!read_document (self, length, cancellable, error) || !parse_prelude (self, error))
    return FALSE;
  while ((more = read_length (self, FALSE, &length, cancellable, error)) > 0)
    {
      g_auto (Header) header = { NULL };

      if (!read_document (self, length, cancellable, error) ||
          !parse_header (self, &header, error) || get_namespace (self, &header, error) == NULL)
        return FALSE;
    }
  return more == 0;
}

SrMongodump *
sr_mongodump_new (GInputStream *stream,
                  GCancellable *cancellable,
                  GError      **error)
{
  g_autoptr (SrMongodump) self = g_new0 (SrMongodump, 1);

  self->stream = g_buffered_input_stream_new_sized (stream, 64 * 1024);
  self->namespaces = g_ptr_array_new_with_free_func (namespace_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->document = g_byte_array_new ();
  if (!read_prelude (self, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
sr_mongodump_free (SrMongodump *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->stream);
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->namespaces);
  g_byte_array_unref (self->document);
  g_free (self->server_version);
  g_free (self->tool_version);
  g_free (self);
}

/* The documents of a block, up to its terminator. */
static gboolean
read_block (SrMongodump *self,
            SrMongoNamespace *namespace,
            GCancellable *cancellable,
            GError      **error)
{
  guint32 length;
  int     more;

  while ((more = read_length (self, FALSE, &length, cancellable, error)) > 0)
    {
      if (!read_document (self, length, cancellable, error))
        return FALSE;
      namespace->crc = sr_crc64 (namespace->crc, self->document->data, self->document->len);
      namespace->count++;
      namespace->bytes += length;
    }
  return more == 0;
}

static gboolean
end_namespace (SrMongodump *self,
               SrMongoNamespace *namespace,
               const Header *header,
               GCancellable *cancellable,
               GError      **error)
{
  guint32 length;
  int     more;

  namespace->has_end = TRUE;
  namespace->good_crc = (guint64) header->crc == namespace->crc;
  more = read_length (self, FALSE, &length, cancellable, error);
  if (more > 0)
    damaged (self, "documents behind the end of their collection", error);
  return more == 0;
}

gboolean
sr_mongodump_walk (SrMongodump  *self,
                   GCancellable *cancellable,
                   GError      **error)
{
  guint32 length;
  int     more;

  while ((more = read_length (self, TRUE, &length, cancellable, error)) > 0)
    {
      g_auto (Header) header = { NULL };
      SrMongoNamespace *namespace;

      if (sr_check_cancelled (cancellable, error) ||
          !read_document (self, length, cancellable, error) ||
          !parse_header (self, &header, error))
        return FALSE;
      namespace = get_namespace (self, &header, error);
      if (namespace == NULL)
        return FALSE;
      if (header.is_end ? !end_namespace (self, namespace, &header, cancellable, error)
                        : !read_block (self, namespace, cancellable, error))
        return FALSE;
    }
  if (more == 0 && length == TERMINATOR)
    return damaged (self, "an end of no block", error);
  return more == 0;
}

GPtrArray *
sr_mongodump_get_namespaces (SrMongodump *self)
{
  return self->namespaces;
}

const char *
sr_mongodump_get_server_version (SrMongodump *self)
{
  return self->server_version;
}

const char *
sr_mongodump_get_tool_version (SrMongodump *self)
{
  return self->tool_version;
}
