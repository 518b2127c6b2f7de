/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "repo/sr-json-writer.h"
#include "repo/sr-tree-private.h"

#define MAX_OWNER 256

typedef enum
{
  BEFORE_NODES,
  IN_NODES,
  AFTER_NODES,
} Place;

struct _SrTreeDecoder
{
  SrJsonReader *reader;
  Place         place;
  gboolean      lenient;
  gboolean      can_continue;

  GString *last_name;
  gboolean has_last_name;
  /* content of the node being read; kept for its memory */
  GArray *content;
  /* names of owners rarely change from one node to the next */
  const char *last_user;
  const char *last_group;
};

/* What a node had, beside what is in SrNode. */
typedef struct
{
  gboolean has_type;
  gboolean has_content;
  gboolean has_raw_target;
} Members;

SrTreeDecoder *
sr_tree_decoder_new (SrJsonReader *reader)
{
  SrTreeDecoder *self = g_new0 (SrTreeDecoder, 1);

  self->reader = reader;
  self->last_name = g_string_new (NULL);
  self->content = g_array_new (FALSE, FALSE, sizeof (SrId));
  return self;
}

void
sr_tree_decoder_free (SrTreeDecoder *self)
{
  if (self == NULL)
    return;
  sr_json_reader_free (self->reader);
  g_string_free (self->last_name, TRUE);
  g_array_unref (self->content);
  g_free (self);
}

void
sr_tree_decoder_set_lenient (SrTreeDecoder *self,
                             gboolean       lenient)
{
  self->lenient = lenient;
}

gboolean
sr_tree_decoder_can_continue (SrTreeDecoder *self)
{
  return self->can_continue;
}

static gboolean
refuse (const char *why,
        GError    **error)
{
  g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED, why);
  return FALSE;
}

static gboolean
read_name (SrTreeDecoder *self,
           SrNode        *node,
           GError       **error)
{
  const char *text;
  gsize       length;

  if (!sr_json_reader_expect (self->reader, SR_JSON_STRING, "name", error))
    return FALSE;
  text = sr_json_reader_get_text (self->reader, &length);
  g_free (node->entry.name);
  node->entry.name = sr_go_unquote (text, length);
  return node->entry.name != NULL || refuse ("its name is malformed", error);
}

static gboolean
read_type (SrTreeDecoder *self,
           SrNode        *node,
           Members       *members,
           GError       **error)
{
  g_autofree char *shown = NULL;
  const char      *text;

  if (!sr_json_reader_expect (self->reader, SR_JSON_STRING, "type", error))
    return FALSE;
  text = sr_json_reader_get_text (self->reader, NULL);
  if (sr_entry_type_from_name (text, &node->entry.type))
    {
      members->has_type = TRUE;
      return TRUE;
    }
  shown = g_strescape (text, NULL);
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "its type “%.40s” is unknown", shown);
  return FALSE;
}

static gboolean
read_time (SrJsonReader    *reader,
           const char      *what,
           struct timespec *ts,
           GError         **error)
{
  SrTime time;

  if (!sr_json_reader_read_time (reader, what, &time, error))
    return FALSE;
  *ts = time.ts;
  return TRUE;
}

/* @cached: (inout): the interned text of the last node */
static gboolean
read_owner (SrJsonReader *reader,
            const char   *what,
            const char  **cached,
            const char  **owner,
            GError      **error)
{
  const char *text;
  gsize       length;

  if (!sr_json_reader_expect (reader, SR_JSON_STRING, what, error))
    return FALSE;
  text = sr_json_reader_get_text (reader, &length);
  *owner = NULL;
  /* Interned names are never freed; no system has longer ones, and the number is kept. */
  if (length == 0 || length > MAX_OWNER || memchr (text, '\0', length) != NULL)
    return TRUE;
  if (*cached == NULL || strcmp (*cached, text) != 0)
    *cached = g_intern_string (text);
  *owner = *cached;
  return TRUE;
}

static gboolean
read_raw_target (SrJsonReader *reader,
                 SrNode       *node,
                 Members      *members,
                 GError      **error)
{
  g_autofree guint8 *data = NULL;
  gsize              size;

  if (!sr_json_reader_read_base64 (reader, "linktarget_raw", &data, &size, error))
    return FALSE;
  if (size == 0)
    return TRUE;
  if (memchr (data, '\0', size) != NULL)
    return refuse ("linktarget_raw holds a NUL byte", error);
  g_free (node->entry.link_target);
  node->entry.link_target = g_strndup ((const char *) data, size);
  members->has_raw_target = TRUE;
  return TRUE;
}

static gboolean
read_xattr (SrJsonReader *reader,
            SrNode       *node,
            GError      **error)
{
  g_autofree char   *name = NULL;
  g_autofree guint8 *value = NULL;
  gsize              size = 0;
  int                more;

  while ((more = sr_json_reader_next_member (reader, error)) > 0)
    {
      gboolean good;

      if (sr_json_reader_text_is (reader, "name"))
        good = sr_json_reader_read_string (reader, "name of an attribute", &name, error);
      else if (sr_json_reader_text_is (reader, "value"))
        good = sr_json_reader_read_base64 (reader, "value of an attribute", &value, &size, error);
      else
        good = sr_json_reader_skip (reader, error);
      if (!good)
        return FALSE;
    }
  if (more < 0)
    return FALSE;
  if (name == NULL || *name == '\0')
    return refuse ("an extended attribute has no name", error);
  sr_entry_add_xattr (&node->entry, name, value, size);
  return TRUE;
}

static gboolean
read_xattrs (SrJsonReader *reader,
             SrNode       *node,
             GError      **error)
{
  SrJsonToken token = sr_json_reader_next (reader, error);

  sr_entry_clear_xattrs (&node->entry);
  if (token == SR_JSON_NULL)
    return TRUE;
  if (token == SR_JSON_ARRAY_BEGIN)
    {
      while ((token = sr_json_reader_next (reader, error)) == SR_JSON_OBJECT_BEGIN)
        if (!read_xattr (reader, node, error))
          return FALSE;
      if (token == SR_JSON_ARRAY_END)
        return TRUE;
    }
  return token != SR_JSON_ERROR && refuse ("extended_attributes is malformed", error);
}

static gboolean
read_content (SrTreeDecoder *self,
              Members       *members,
              GError       **error)
{
  SrJsonReader *reader = self->reader;
  SrJsonToken   token = sr_json_reader_next (reader, error);

  g_array_set_size (self->content, 0);
  members->has_content = token == SR_JSON_ARRAY_BEGIN;
  if (token == SR_JSON_NULL)
    return TRUE;
  if (token == SR_JSON_ARRAY_BEGIN)
    {
      while ((token = sr_json_reader_next (reader, error)) == SR_JSON_STRING)
        {
          gsize       length;
          const char *text = sr_json_reader_get_text (reader, &length);
          SrId        id;

          if (!sr_id_from_hex (&id, text, length))
            return refuse ("its content names something that is not an id", error);
          g_array_append_val (self->content, id);
        }
      if (token == SR_JSON_ARRAY_END)
        return TRUE;
    }
  return token != SR_JSON_ERROR && refuse ("its content is malformed", error);
}

/* A member's name as it was read. Compared with a literal, whose length the compiler knows: there
 * are twenty names to choose from for each of a node's members. */
typedef struct
{
  const char *text;
  gsize       length;
} MemberName;

#define is_name(name, literal)              \
  ((name).length == sizeof (literal) - 1 && \
   memcmp ((name).text, literal, sizeof (literal) - 1) == 0)

/* @known: (out): whether it was a number */
static gboolean
read_number (SrJsonReader *reader,
             MemberName    name,
             SrEntry      *entry,
             gboolean     *known,
             GError      **error)
{
  *known = TRUE;
  if (is_name (name, "mode"))
    return sr_json_reader_read_uint32 (reader, "mode", &entry->mode, error);
  if (is_name (name, "uid"))
    return sr_json_reader_read_uint32 (reader, "uid", &entry->uid, error);
  if (is_name (name, "gid"))
    return sr_json_reader_read_uint32 (reader, "gid", &entry->gid, error);
  if (is_name (name, "inode"))
    return sr_json_reader_read_uint64 (reader, "inode", G_MAXUINT64, &entry->inode, error);
  if (is_name (name, "device_id"))
    return sr_json_reader_read_uint64 (reader, "device_id", G_MAXUINT64, &entry->device_id, error);
  if (is_name (name, "size"))
    return sr_json_reader_read_uint64 (reader, "size", G_MAXINT64, &entry->size, error);
  if (is_name (name, "links"))
    return sr_json_reader_read_uint64 (reader, "links", G_MAXUINT64, &entry->links, error);
  if (is_name (name, "device"))
    return sr_json_reader_read_uint64 (reader, "device", G_MAXUINT64, &entry->device, error);
  *known = FALSE;
  return TRUE;
}

/* Members that are neither numbers nor what a node consists of. */
static gboolean
read_rare_member (SrTreeDecoder *self,
                  SrNode        *node,
                  Members       *members,
                  GError       **error)
{
  SrJsonReader *reader = self->reader;

  if (sr_json_reader_text_is (reader, "linktarget"))
    return members->has_raw_target
               ? sr_json_reader_skip (reader, error)
               : sr_json_reader_read_string (reader, "linktarget", &node->entry.link_target, error);
  if (sr_json_reader_text_is (reader, "linktarget_raw"))
    return read_raw_target (reader, node, members, error);
  if (sr_json_reader_text_is (reader, "extended_attributes"))
    return read_xattrs (reader, node, error);
  return sr_json_reader_skip (reader, error);
}

static gboolean
read_member (SrTreeDecoder *self,
             SrNode        *node,
             Members       *members,
             GError       **error)
{
  SrJsonReader *reader = self->reader;
  MemberName    name;
  gboolean      known;

  name.text = sr_json_reader_get_text (reader, &name.length);
  if (is_name (name, "name"))
    return read_name (self, node, error);
  if (is_name (name, "type"))
    return read_type (self, node, members, error);
  if (is_name (name, "mtime"))
    return read_time (reader, "mtime", &node->entry.mtime, error);
  if (is_name (name, "atime"))
    return read_time (reader, "atime", &node->entry.atime, error);
  if (is_name (name, "ctime"))
    return read_time (reader, "ctime", &node->entry.ctime, error);
  if (is_name (name, "user"))
    return read_owner (reader, "user", &self->last_user, &node->entry.user, error);
  if (is_name (name, "group"))
    return read_owner (reader, "group", &self->last_group, &node->entry.group, error);
  if (is_name (name, "content"))
    return read_content (self, members, error);
  if (is_name (name, "subtree"))
    return sr_json_reader_read_id (reader, "subtree", &node->subtree, &node->has_subtree, error);
  if (!read_number (reader, name, &node->entry, &known, error))
    return FALSE;
  return known || read_rare_member (self, node, members, error);
}

static gboolean
check_order (SrTreeDecoder *self,
             const SrNode  *node,
             GError       **error)
{
  const char *name = node->entry.name;

  if (!self->lenient && self->has_last_name && strcmp (name, self->last_name->str) <= 0)
    return refuse ("it is out of order or there twice", error);
  g_string_assign (self->last_name, name);
  self->has_last_name = TRUE;
  return TRUE;
}

/* The object is read: is it a node? */
static gboolean
complete_node (SrTreeDecoder *self,
               SrNode        *node,
               const Members *members,
               GError       **error)
{
  if (node->entry.name == NULL || !sr_entry_name_is_safe (node->entry.name))
    return refuse ("it has no name that could stand in a folder", error);
  if (!members->has_type)
    return refuse ("it has no type", error);
  if (node->entry.type == SR_ENTRY_FILE && !members->has_content)
    return refuse ("it is a file without a list of content", error);
  if (!check_order (self, node, error))
    return FALSE;
  node->entry.mode = sr_tree_mode_from_go (node->entry.mode);
  if (node->entry.type == SR_ENTRY_SYMLINK && node->entry.link_target == NULL)
    node->entry.link_target = g_strdup ("");
  sr_tree_normalize_entry (&node->entry);
  if (node->entry.type != SR_ENTRY_DIR)
    node->has_subtree = FALSE;
  if (node->entry.type == SR_ENTRY_FILE && self->content->len > 0)
    {
      node->n_content = self->content->len;
      node->content = g_memdup2 (self->content->data, node->n_content * sizeof (SrId));
    }
  return TRUE;
}

/* Behind the { of a node. A node that cannot be used is read to its end, so that the next can. */
static int
read_node (SrTreeDecoder *self,
           SrNode        *node,
           GError       **error)
{
  guint            depth = sr_json_reader_get_depth (self->reader) - 1;
  Members          members = { FALSE, FALSE, FALSE };
  g_autofree char *shown = NULL;
  int              more;

  memset (node, 0, sizeof *node);
  g_array_set_size (self->content, 0);
  while ((more = sr_json_reader_next_member (self->reader, error)) > 0)
    if (!read_member (self, node, &members, error))
      {
        more = -1;
        break;
      }
  if (more == 0 && complete_node (self, node, &members, error))
    return 1;
  shown = g_strescape (node->entry.name != NULL ? node->entry.name : "", NULL);
  g_prefix_error (error, "Entry “%s” of a folder: ", shown);
  sr_node_clear (node);
  self->can_continue = sr_json_reader_leave (self->reader, depth, NULL);
  return -1;
}

/* Up to the [ of the nodes. Returns: as sr_tree_decoder_next() */
static int
find_nodes (SrTreeDecoder *self,
            GError       **error)
{
  int more;

  if (!sr_json_reader_expect (self->reader, SR_JSON_OBJECT_BEGIN, "The folder's tree", error))
    return -1;
  while ((more = sr_json_reader_next_member (self->reader, error)) > 0)
    {
      if (sr_json_reader_text_is (self->reader, "nodes"))
        {
          SrJsonToken token = sr_json_reader_next (self->reader, error);

          self->place = token == SR_JSON_ARRAY_BEGIN ? IN_NODES : AFTER_NODES;
          if (token == SR_JSON_ARRAY_BEGIN || token == SR_JSON_NULL)
            return 1;
          if (token != SR_JSON_ERROR)
            refuse ("The tree's nodes are not a list", error);
          return -1;
        }
      if (!sr_json_reader_skip (self->reader, error))
        return -1;
    }
  if (more == 0)
    refuse ("The tree has no nodes", error);
  return -1;
}

/* Behind the list. Returns: as sr_tree_decoder_next() */
static int
read_rest (SrTreeDecoder *self,
           GError       **error)
{
  int more;

  if (sr_json_reader_get_depth (self->reader) == 0)
    return sr_json_reader_expect (self->reader, SR_JSON_END, "The tree's end", error) ? 0 : -1;
  while ((more = sr_json_reader_next_member (self->reader, error)) > 0)
    {
      if (sr_json_reader_text_is (self->reader, "nodes"))
        {
          refuse ("The tree has two lists of nodes", error);
          return -1;
        }
      if (!sr_json_reader_skip (self->reader, error))
        return -1;
    }
  if (more < 0 || !sr_json_reader_expect (self->reader, SR_JSON_END, "The tree's end", error))
    return -1;
  return 0;
}

int
sr_tree_decoder_next (SrTreeDecoder *self,
                      SrNode        *node,
                      GError       **error)
{
  memset (node, 0, sizeof *node);
  self->can_continue = FALSE;
  if (self->place == BEFORE_NODES && find_nodes (self, error) < 0)
    return -1;
  if (self->place == AFTER_NODES)
    return read_rest (self, error);
  switch (sr_json_reader_next (self->reader, error))
    {
    case SR_JSON_OBJECT_BEGIN:
      return read_node (self, node, error);
    case SR_JSON_ARRAY_END:
      self->place = AFTER_NODES;
      return read_rest (self, error);
    case SR_JSON_ERROR:
      return -1;
    default:
      refuse ("The tree's nodes are not objects", error);
      return -1;
    }
}
