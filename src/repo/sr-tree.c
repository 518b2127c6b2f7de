/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <string.h>
#include <sys/stat.h>

#include "base/sr-error.h"
#include "repo/sr-json-writer.h"
#include "repo/sr-tree-private.h"

struct _SrTreeEncoder
{
  SrTreeFlushFunc flush;
  gsize           flush_size;
  gpointer        user_data;

  GString *buffer;
  GString *scratch;   /* a name quoted as Go does */
  GString *last_name; /* of the node before */
  gboolean has_nodes;

  /* the node begun */
  gboolean    in_node;
  SrEntryType type;
  gboolean    has_content;
};

void
sr_node_clear (SrNode *self)
{
  sr_entry_clear (&self->entry);
  g_free (self->content);
  memset (self, 0, sizeof *self);
}

static guint32
mode_to_go (SrEntryType type,
            guint32     mode)
{
  static const guint32 types[] = {
    [SR_ENTRY_FILE] = 0,
    [SR_ENTRY_DIR] = SR_GO_MODE_DIR,
    [SR_ENTRY_SYMLINK] = SR_GO_MODE_SYMLINK,
    [SR_ENTRY_BLOCK_DEVICE] = SR_GO_MODE_DEVICE,
    [SR_ENTRY_CHAR_DEVICE] = SR_GO_MODE_DEVICE | SR_GO_MODE_CHAR_DEVICE,
    [SR_ENTRY_FIFO] = SR_GO_MODE_FIFO,
    [SR_ENTRY_SOCKET] = SR_GO_MODE_SOCKET,
  };

  return types[type] | (mode & 0777) | (mode & S_ISUID ? SR_GO_MODE_SETUID : 0) |
         (mode & S_ISGID ? SR_GO_MODE_SETGID : 0) | (mode & S_ISVTX ? SR_GO_MODE_STICKY : 0);
}

guint32
sr_tree_mode_from_go (guint32 mode)
{
  return (mode & 0777) | (mode & SR_GO_MODE_SETUID ? S_ISUID : 0) |
         (mode & SR_GO_MODE_SETGID ? S_ISGID : 0) | (mode & SR_GO_MODE_STICKY ? S_ISVTX : 0);
}

void
sr_tree_normalize_entry (SrEntry *entry)
{
  gboolean is_device = entry->type == SR_ENTRY_BLOCK_DEVICE || entry->type == SR_ENTRY_CHAR_DEVICE;

  if (entry->type != SR_ENTRY_FILE)
    entry->size = 0;
  if (entry->type != SR_ENTRY_FILE && entry->type != SR_ENTRY_SYMLINK && !is_device)
    entry->links = 0;
  if (entry->links <= 1)
    entry->device_id = 0;
  if (!is_device)
    entry->device = 0;
  if (entry->type != SR_ENTRY_SYMLINK)
    g_clear_pointer (&entry->link_target, g_free);
}

SrTreeEncoder *
sr_tree_encoder_new (SrTreeFlushFunc flush,
                     gsize           flush_size,
                     gpointer        user_data)
{
  SrTreeEncoder *self = g_new0 (SrTreeEncoder, 1);

  self->flush = flush;
  self->flush_size = flush_size;
  self->user_data = user_data;
  self->buffer = g_string_sized_new (4096);
  self->scratch = g_string_new (NULL);
  self->last_name = g_string_new (NULL);
  sr_tree_encoder_reset (self);
  return self;
}

void
sr_tree_encoder_free (SrTreeEncoder *self)
{
  if (self == NULL)
    return;
  g_string_free (self->buffer, TRUE);
  g_string_free (self->scratch, TRUE);
  g_string_free (self->last_name, TRUE);
  g_free (self);
}

GString *
sr_tree_encoder_get_buffer (SrTreeEncoder *self)
{
  return self->buffer;
}

void
sr_tree_encoder_reset (SrTreeEncoder *self)
{
  g_string_assign (self->buffer, "{\"nodes\":[");
  g_string_truncate (self->last_name, 0);
  self->has_nodes = FALSE;
  self->in_node = FALSE;
}

/* Text that needs no escapes. */
#define append_literal(out, text) g_string_append_len (out, text, sizeof (text) - 1)

static void
append_number (GString    *out,
               const char *member,
               guint64     number)
{
  char  digits[20];
  gsize i = sizeof digits;

  g_string_append (out, member);
  do
    {
      digits[--i] = (char) ('0' + number % 10);
      number /= 10;
    }
  while (number > 0);
  g_string_append_len (out, digits + i, (gssize) (sizeof digits - i));
}

/* Left out when it is 0, as restic does. */
static void
append_optional (GString    *out,
                 const char *member,
                 guint64     number)
{
  if (number != 0)
    append_number (out, member, number);
}

static void
append_text (GString    *out,
             const char *member,
             const char *text)
{
  if (text == NULL || *text == '\0')
    return;
  g_string_append (out, member);
  sr_json_append_string (out, text, -1);
}

static gboolean
same_time (const struct timespec *a,
           const struct timespec *b)
{
  return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static void
append_times (GString       *out,
              const SrEntry *entry)
{
  gsize start;
  gsize length;

  append_literal (out, ",\"mtime\":\"");
  start = out->len;
  sr_time_append_local (out, &entry->mtime);
  length = out->len - start;
  append_literal (out, "\",\"atime\":\"");
  if (same_time (&entry->atime, &entry->mtime))
    {
      g_string_set_size (out, out->len + length);
      memcpy (out->str + out->len - length, out->str + start, length);
    }
  else
    sr_time_append_local (out, &entry->atime);
  append_literal (out, "\",\"ctime\":\"");
  sr_time_append_local (out, &entry->ctime);
  g_string_append_c (out, '"');
}

static void
append_xattrs (GString       *out,
               const SrEntry *entry)
{
  if (entry->n_xattrs == 0)
    return;
  append_literal (out, ",\"extended_attributes\":[");
  for (guint i = 0; i < entry->n_xattrs; i++)
    {
      const SrXattr *xattr = &entry->xattrs[i];

      if (i > 0)
        g_string_append_c (out, ',');
      append_literal (out, "{\"name\":");
      sr_json_append_string (out, xattr->name, -1);
      append_literal (out, ",\"value\":");
      sr_json_append_base64 (out, xattr->value, xattr->value_size);
      g_string_append_c (out, '}');
    }
  g_string_append_c (out, ']');
}

static void
append_link_target (GString    *out,
                    const char *target)
{
  append_text (out, ",\"linktarget\":", target);
  if (g_utf8_validate (target, -1, NULL))
    return;
  append_literal (out, ",\"linktarget_raw\":");
  sr_json_append_base64 (out, target, strlen (target));
}

/* Everything up to the content. @entry is normalized. */
static void
append_metadata (GString       *out,
                 GString       *scratch,
                 const SrEntry *entry)
{
  g_string_truncate (scratch, 0);
  sr_go_quote (scratch, entry->name);
  append_literal (out, "{\"name\":");
  sr_json_append_string (out, scratch->str, (gssize) scratch->len);
  append_literal (out, ",\"type\":\"");
  g_string_append (out, sr_entry_type_name (entry->type));
  g_string_append_c (out, '"');
  append_optional (out, ",\"mode\":", mode_to_go (entry->type, entry->mode));
  append_times (out, entry);
  append_number (out, ",\"uid\":", entry->uid);
  append_number (out, ",\"gid\":", entry->gid);
  append_text (out, ",\"user\":", entry->user);
  append_text (out, ",\"group\":", entry->group);
  append_optional (out, ",\"inode\":", entry->inode);
  append_optional (out, ",\"device_id\":", entry->device_id);
  append_optional (out, ",\"size\":", entry->size);
  append_optional (out, ",\"links\":", entry->links);
  if (entry->link_target != NULL)
    append_link_target (out, entry->link_target);
  append_xattrs (out, entry);
  append_optional (out, ",\"device\":", entry->device);
}

static gboolean
refuse (const SrEntry *entry,
        const char    *why,
        GError       **error)
{
  g_autofree char *shown = g_strescape (entry->name, NULL);

  g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "The name “%s” %s", shown, why);
  return FALSE;
}

static gboolean
maybe_flush (SrTreeEncoder *self,
             GError       **error)
{
  if (self->flush == NULL || self->buffer->len <= self->flush_size)
    return TRUE;
  return self->flush (self->buffer, self->user_data, error);
}

gboolean
sr_tree_encoder_begin (SrTreeEncoder *self,
                       const SrEntry *entry,
                       GError       **error)
{
  SrEntry normal = *entry;

  g_return_val_if_fail (!self->in_node, FALSE);

  if (!sr_entry_name_is_safe (entry->name))
    return refuse (entry, "cannot stand in a folder", error);
  if (self->has_nodes && strcmp (entry->name, self->last_name->str) <= 0)
    return refuse (entry, "does not come after the one before it", error);
  if (entry->type != SR_ENTRY_SYMLINK)
    normal.link_target = NULL; /* not ours to free */
  sr_tree_normalize_entry (&normal);
  g_string_assign (self->last_name, entry->name);
  if (self->has_nodes)
    g_string_append_c (self->buffer, ',');
  append_metadata (self->buffer, self->scratch, &normal);
  if (entry->type == SR_ENTRY_FILE)
    append_literal (self->buffer, ",\"content\":[");
  else
    append_literal (self->buffer, ",\"content\":null");
  self->has_nodes = TRUE;
  self->in_node = TRUE;
  self->type = entry->type;
  self->has_content = FALSE;
  return maybe_flush (self, error);
}

gboolean
sr_tree_encoder_add_content (SrTreeEncoder *self,
                             const SrId    *id,
                             GError       **error)
{
  char hex[SR_ID_HEX_SIZE];

  g_return_val_if_fail (self->in_node && self->type == SR_ENTRY_FILE, FALSE);

  if (self->has_content)
    g_string_append_c (self->buffer, ',');
  self->has_content = TRUE;
  g_string_append_c (self->buffer, '"');
  g_string_append_len (self->buffer, sr_id_to_hex (id, hex), SR_ID_HEX_SIZE - 1);
  g_string_append_c (self->buffer, '"');
  return maybe_flush (self, error);
}

gboolean
sr_tree_encoder_end (SrTreeEncoder *self,
                     const SrId    *subtree,
                     GError       **error)
{
  char hex[SR_ID_HEX_SIZE];

  g_return_val_if_fail (self->in_node, FALSE);

  self->in_node = FALSE;
  if (self->type == SR_ENTRY_FILE)
    g_string_append_c (self->buffer, ']');
  if (subtree != NULL && self->type == SR_ENTRY_DIR)
    {
      append_literal (self->buffer, ",\"subtree\":\"");
      g_string_append_len (self->buffer, sr_id_to_hex (subtree, hex), SR_ID_HEX_SIZE - 1);
      g_string_append_c (self->buffer, '"');
    }
  g_string_append_c (self->buffer, '}');
  return maybe_flush (self, error);
}

gboolean
sr_tree_encoder_add (SrTreeEncoder *self,
                     const SrNode  *node,
                     GError       **error)
{
  gsize n_content = node->entry.type == SR_ENTRY_FILE ? node->n_content : 0;

  if (!sr_tree_encoder_begin (self, &node->entry, error))
    return FALSE;
  for (gsize i = 0; i < n_content; i++)
    if (!sr_tree_encoder_add_content (self, &node->content[i], error))
      return FALSE;
  return sr_tree_encoder_end (self, node->has_subtree ? &node->subtree : NULL, error);
}

gboolean
sr_tree_encoder_finish (SrTreeEncoder *self,
                        GError       **error)
{
  g_return_val_if_fail (!self->in_node, FALSE);

  append_literal (self->buffer, "]}\n");
  return TRUE;
}
