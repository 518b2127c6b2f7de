/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-snapshot-container.h"

#include "base/sr-error.h"
#include "job/sr-browse-private.h"
#include "job/sr-browse.h"

#include <string.h>

/* --- the content of one file ------------------------------------------------------------------ */

#define SR_TYPE_NODE_STREAM (sr_node_stream_get_type ())
G_DECLARE_FINAL_TYPE (SrNodeStream, sr_node_stream, SR, NODE_STREAM, GInputStream)

/* One chunk of a file at a time. */
struct _SrNodeStream
{
  GInputStream parent_instance;

  SrContainer *container; /* keeps @content alive */
  SrRepo      *repo;
  SrBlobCodec *codec;
  const char  *name;
  const SrId  *content;
  gsize        n_content;
  gsize        next;
  GBytes      *chunk; /* (nullable) */
  gsize        used;
};

G_DEFINE_FINAL_TYPE (SrNodeStream, sr_node_stream, G_TYPE_INPUT_STREAM)

static gssize
node_stream_read (GInputStream *stream,
                  void         *buffer,
                  gsize         count,
                  GCancellable *cancellable,
                  GError      **error)
{
  SrNodeStream *self = SR_NODE_STREAM (stream);
  const guint8 *data;
  gsize         size;
  gsize         n;

  while (self->chunk == NULL || self->used == g_bytes_get_size (self->chunk))
    {
      g_clear_pointer (&self->chunk, g_bytes_unref);
      self->used = 0;
      if (self->next == self->n_content)
        return 0;
      self->chunk = sr_repo_load_blob (self->repo, self->codec, SR_BLOB_DATA,
                                       &self->content[self->next++], cancellable, error);
      if (self->chunk == NULL)
        {
          g_prefix_error (error, "%s: ", self->name);
          return -1;
        }
    }
  data = g_bytes_get_data (self->chunk, &size);
  n = MIN (count, size - self->used);
  memcpy (buffer, data + self->used, n);
  self->used += n;
  return (gssize) n;
}

static void
node_stream_finalize (GObject *object)
{
  SrNodeStream *self = SR_NODE_STREAM (object);

  g_clear_pointer (&self->chunk, g_bytes_unref);
  g_clear_pointer (&self->codec, sr_blob_codec_free);
  g_clear_object (&self->container);
  G_OBJECT_CLASS (sr_node_stream_parent_class)->finalize (object);
}

static void
sr_node_stream_class_init (SrNodeStreamClass *class)
{
  G_OBJECT_CLASS (class)->finalize = node_stream_finalize;
  G_INPUT_STREAM_CLASS (class)->read_fn = node_stream_read;
}

static void
sr_node_stream_init (SrNodeStream *self)
{
}

/* --- the container ---------------------------------------------------------------------------- */

#define SR_TYPE_SNAPSHOT_CONTAINER (sr_snapshot_container_get_type ())
G_DECLARE_FINAL_TYPE (SrSnapshotContainer, sr_snapshot_container, SR, SNAPSHOT_CONTAINER, GObject)

/* Where the ids of a file's chunks lie in @ids. */
typedef struct
{
  gsize first;
  gsize count;
} Content;

struct _SrSnapshotContainer
{
  GObject parent_instance;

  SrRepo *repo;
  char   *title;
  char   *folder; /* without a slash at its end: "" for the root */
  GArray *entries;
  GArray *contents; /* Content, one an entry */
  GArray *ids;
};

static void snapshot_container_init_interface (SrContainerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SrSnapshotContainer,
                               sr_snapshot_container,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SR_TYPE_CONTAINER,
                                                      snapshot_container_init_interface))

static const char *
snapshot_get_title (SrContainer *container)
{
  return SR_SNAPSHOT_CONTAINER (container)->title;
}

static guint
snapshot_get_n_entries (SrContainer *container)
{
  return SR_SNAPSHOT_CONTAINER (container)->entries->len;
}

static const SrContainerEntry *
snapshot_get_entry (SrContainer *container,
                    guint        index)
{
  return &g_array_index (SR_SNAPSHOT_CONTAINER (container)->entries, SrContainerEntry, index);
}

static GInputStream *
snapshot_open_entry (SrContainer  *container,
                     guint         index,
                     GCancellable *cancellable,
                     GError      **error)
{
  SrSnapshotContainer *self = SR_SNAPSHOT_CONTAINER (container);
  const Content       *content = &g_array_index (self->contents, Content, index);
  SrNodeStream        *stream = g_object_new (SR_TYPE_NODE_STREAM, NULL);

  stream->container = g_object_ref (container);
  stream->repo = self->repo;
  stream->codec = sr_repo_new_codec (self->repo, SR_COMPRESSION_AUTO);
  stream->name = snapshot_get_entry (container, index)->name;
  stream->content = content->count > 0 ? &g_array_index (self->ids, SrId, content->first) : NULL;
  stream->n_content = content->count;
  return G_INPUT_STREAM (stream);
}

static void
snapshot_container_finalize (GObject *object)
{
  SrSnapshotContainer *self = SR_SNAPSHOT_CONTAINER (object);

  g_array_unref (self->entries);
  g_array_unref (self->contents);
  g_array_unref (self->ids);
  g_clear_object (&self->repo);
  g_free (self->title);
  g_free (self->folder);
  G_OBJECT_CLASS (sr_snapshot_container_parent_class)->finalize (object);
}

static void
sr_snapshot_container_class_init (SrSnapshotContainerClass *class)
{
  G_OBJECT_CLASS (class)->finalize = snapshot_container_finalize;
}

static void
sr_snapshot_container_init (SrSnapshotContainer *self)
{
  self->entries = g_array_new (FALSE, FALSE, sizeof (SrContainerEntry));
  g_array_set_clear_func (self->entries, (GDestroyNotify) sr_container_entry_clear);
  self->contents = g_array_new (FALSE, FALSE, sizeof (Content));
  self->ids = g_array_new (FALSE, FALSE, sizeof (SrId));
}

static void
snapshot_container_init_interface (SrContainerInterface *iface)
{
  iface->get_title = snapshot_get_title;
  iface->get_n_entries = snapshot_get_n_entries;
  iface->get_entry = snapshot_get_entry;
  iface->open_entry = snapshot_open_entry;
}

static gboolean
add_node (const char   *path,
          const SrNode *node,
          gpointer      user_data,
          GError      **error)
{
  SrSnapshotContainer *self = user_data;
  Content              content = { self->ids->len, node->n_content };
  SrContainerEntry     entry = {
        .type = node->entry.type,
        .size = node->entry.type == SR_ENTRY_FILE ? node->entry.size : 0,
        .mtime = node->entry.mtime.tv_sec,
        .mode = node->entry.mode,
        .link_target = g_strdup (node->entry.link_target),
  };

  /* the path asked for may be a file itself */
  if (strcmp (path, self->folder) == 0)
    entry.name = g_path_get_basename (path);
  else
    entry.name = g_strdup (path + strlen (self->folder) + 1);
  if (node->n_content > 0)
    g_array_append_vals (self->ids, node->content, (guint) node->n_content);
  g_array_append_val (self->contents, content);
  g_array_append_val (self->entries, entry);
  return TRUE;
}

SrContainer *
sr_snapshot_container_new (SrRepo           *repo,
                           const SrSnapshot *snapshot,
                           const char       *folder,
                           GCancellable     *cancellable,
                           GError          **error)
{
  g_autoptr (SrSnapshotContainer) self = g_object_new (SR_TYPE_SNAPSHOT_CONTAINER, NULL);
  char                            hex[SR_ID_HEX_SIZE];

  self->repo = g_object_ref (repo);
  self->title = g_strdup_printf ("snapshot %.8s", sr_id_to_hex (&snapshot->id, hex));
  self->folder = g_canonicalize_filename (folder, "/");
  if (strcmp (self->folder, "/") == 0)
    self->folder[0] = '\0';
  if (!sr_browse_list (repo, &snapshot->tree, self->folder[0] != '\0' ? self->folder : "/", TRUE,
                       add_node, NULL, self, cancellable, error))
    return NULL;
  return SR_CONTAINER (g_steal_pointer (&self));
}
