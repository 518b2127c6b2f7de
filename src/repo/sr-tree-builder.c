/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include "repo/sr-tree-builder.h"

#include "base/sr-error.h"
#include "repo/sr-saver-stream.h"

/* A tree that grows larger than this is stored as a stream. */
#define FLUSH_SIZE ((gsize) 4 * 1024 * 1024)
/* So many entries may wait for their content; then the builder waits for half of them. */
#define MAX_PENDING 8192
/* Encoders kept for later folders. */
#define MAX_SPARE 16

/* A tree being encoded. */
typedef struct
{
  SrSaver       *saver;
  SrTreeEncoder *encoder;
  SrSaverStream *stream; /* NULL as long as all is in the encoder's buffer */
} Tree;

typedef struct _Folder Folder;

struct _Folder
{
  Folder  *parent;
  SrEntry *entry; /* NULL: the root */
  Tree    *tree;  /* NULL before the first entry is encoded */
  gboolean has_previous;
  SrId     previous;
};

/* What has been told and is not yet encoded. A folder's own entry belongs into its parent where it
 * is left, since all that comes before is told before; so one queue in the order of telling is
 * enough for any depth. */
typedef struct
{
  Folder      *folder;
  SrEntry     *entry; /* NULL: the folder is left */
  SrSavedFile *file;
} Event;

struct _SrTreeBuilder
{
  SrSaver   *saver;
  Folder    *current; /* the innermost one entered */
  Event     *ring;    /* MAX_PENDING */
  guint      first;
  guint      n_events;
  GPtrArray *spare; /* of Tree */
  gboolean   has_root;
  SrId       root;

  SrTreeBuilderStats stats;
};

static gboolean
flush_tree (GString *buffer,
            gpointer user_data,
            GError **error)
{
  Tree    *tree = user_data;
  gboolean ok;

  if (tree->stream == NULL)
    tree->stream = sr_saver_stream_new (tree->saver);
  ok = sr_saver_stream_append (tree->stream, buffer->str, buffer->len, error);
  g_string_truncate (buffer, 0);
  return ok;
}

static void
tree_free (gpointer data)
{
  Tree *tree = data;

  sr_saver_stream_free (tree->stream);
  sr_tree_encoder_free (tree->encoder);
  g_free (tree);
}

static Tree *
take_tree (SrTreeBuilder *self)
{
  Tree *tree;

  if (self->spare->len > 0)
    return g_ptr_array_steal_index_fast (self->spare, self->spare->len - 1);
  tree = g_new0 (Tree, 1);
  tree->saver = self->saver;
  tree->encoder = sr_tree_encoder_new (flush_tree, FLUSH_SIZE, tree);
  return tree;
}

static void
give_tree_back (SrTreeBuilder *self,
                Tree          *tree)
{
  gboolean streamed = tree->stream != NULL;

  g_clear_pointer (&tree->stream, sr_saver_stream_free);
  /* the buffer of a huge tree is not worth keeping */
  if (streamed || self->spare->len == MAX_SPARE)
    {
      tree_free (tree);
      return;
    }
  sr_tree_encoder_reset (tree->encoder);
  g_ptr_array_add (self->spare, tree);
}

SrTreeBuilder *
sr_tree_builder_new (SrSaver *saver)
{
  SrTreeBuilder *self = g_new0 (SrTreeBuilder, 1);

  self->saver = saver;
  self->ring = g_new0 (Event, MAX_PENDING);
  self->spare = g_ptr_array_new_with_free_func (tree_free);
  return self;
}

static void
folder_free (Folder *folder)
{
  if (folder->tree != NULL)
    tree_free (folder->tree);
  sr_entry_free (folder->entry);
  g_free (folder);
}

static void
free_folders (Folder *folder)
{
  while (folder != NULL)
    {
      Folder *parent = folder->parent;

      folder_free (folder);
      folder = parent;
    }
}

/* Folders that were left and are not encoded yet are known by their last event only. */
void
sr_tree_builder_free (SrTreeBuilder *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_events; i++)
    {
      Event *event = &self->ring[(self->first + i) % MAX_PENDING];

      if (event->entry == NULL)
        folder_free (event->folder);
      g_clear_pointer (&event->entry, sr_entry_free);
      sr_saved_file_unref (event->file);
    }
  free_folders (self->current);
  g_ptr_array_unref (self->spare);
  g_free (self->ring);
  g_free (self);
}

/* -- encoding -- */

static SrTreeEncoder *
get_encoder (SrTreeBuilder *self,
             Folder        *folder)
{
  if (folder->tree == NULL)
    folder->tree = take_tree (self);
  return folder->tree->encoder;
}

static gboolean
encode_entry (SrTreeBuilder *self,
              Folder        *folder,
              const SrEntry *entry,
              SrSavedFile   *file,
              GError       **error)
{
  SrTreeEncoder *encoder = get_encoder (self, folder);
  gsize          n_chunks = file != NULL ? sr_saved_file_get_n_chunks (file) : 0;

  if (!sr_tree_encoder_begin (encoder, entry, error))
    return FALSE;
  for (gsize i = 0; i < n_chunks; i++)
    if (!sr_tree_encoder_add_content (encoder, sr_saver_get_chunk (self->saver, file, i), error))
      return FALSE;
  return sr_tree_encoder_end (encoder, NULL, error);
}

static gboolean
store_tree (SrTreeBuilder *self,
            Folder        *folder,
            SrId          *id,
            GError       **error)
{
  SrTreeEncoder *encoder = get_encoder (self, folder);
  SrSaverStream *stream;
  GString       *buffer;

  if (!sr_tree_encoder_finish (encoder, error))
    return FALSE;
  buffer = sr_tree_encoder_get_buffer (encoder);
  stream = folder->tree->stream;
  if (stream == NULL)
    return sr_saver_add_tree (self->saver, buffer->str, buffer->len, id, error);
  return sr_saver_stream_append (stream, buffer->str, buffer->len, error) &&
         sr_saver_stream_end (stream, id, error);
}

static void
count_folder (SrTreeBuilder *self,
              const Folder  *folder,
              const SrId    *id)
{
  if (!folder->has_previous)
    self->stats.dirs_new++;
  else if (sr_id_equal (id, &folder->previous))
    self->stats.dirs_unmodified++;
  else
    self->stats.dirs_changed++;
}

static gboolean
encode_folder (SrTreeBuilder *self,
               Folder        *folder,
               GError       **error)
{
  SrTreeEncoder *outer;
  SrId           id;

  if (!store_tree (self, folder, &id, error))
    return FALSE;
  give_tree_back (self, g_steal_pointer (&folder->tree));
  if (folder->parent == NULL)
    {
      self->root = id;
      self->has_root = TRUE;
      return TRUE;
    }
  count_folder (self, folder, &id);
  outer = get_encoder (self, folder->parent);
  return sr_tree_encoder_begin (outer, folder->entry, error) &&
         sr_tree_encoder_end (outer, &id, error);
}

static gboolean
encode_event (SrTreeBuilder *self,
              Event         *event,
              GError       **error)
{
  gboolean ok;

  if (event->entry == NULL)
    {
      ok = encode_folder (self, event->folder, error);
      folder_free (event->folder);
      return ok;
    }
  ok = encode_entry (self, event->folder, event->entry, event->file, error);
  g_clear_pointer (&event->entry, sr_entry_free);
  g_clear_pointer (&event->file, sr_saved_file_unref);
  return ok;
}

/* As far as files are complete. */
static gboolean
encode_complete (SrTreeBuilder *self,
                 GError       **error)
{
  while (self->n_events > 0)
    {
      Event event = self->ring[self->first];

      if (event.file != NULL && !sr_saved_file_is_complete (event.file))
        return TRUE;
      self->ring[self->first] = (Event){ 0 };
      self->first = (self->first + 1) % MAX_PENDING;
      self->n_events--;
      if (!encode_event (self, &event, error))
        return FALSE;
    }
  return TRUE;
}

/* Waits until the first @count events can be encoded. */
static gboolean
wait_for (SrTreeBuilder *self,
          guint          count,
          GError       **error)
{
  for (guint i = count; i-- > 0;)
    {
      Event *event = &self->ring[(self->first + i) % MAX_PENDING];

      if (event->file != NULL && !sr_saver_wait_file (self->saver, event->file, error))
        return FALSE;
    }
  return encode_complete (self, error);
}

static gboolean
make_space (SrTreeBuilder *self,
            GError       **error)
{
  return self->n_events < MAX_PENDING || wait_for (self, MAX_PENDING / 2, error);
}

static gboolean
push_event (SrTreeBuilder *self,
            Folder        *folder,
            SrEntry       *entry,
            SrSavedFile   *file,
            GError       **error)
{
  Event *event = &self->ring[(self->first + self->n_events++) % MAX_PENDING];

  event->folder = folder;
  event->entry = entry;
  event->file = file;
  return encode_complete (self, error);
}

/* -- telling -- */

gboolean
sr_tree_builder_enter (SrTreeBuilder *self,
                       SrEntry       *entry,
                       const SrId    *previous,
                       GError       **error)
{
  Folder *folder;

  if ((self->current == NULL) != (entry == NULL) || self->has_root)
    {
      sr_entry_free (entry);
      g_set_error_literal (error, SR_ERROR, SR_ERROR_FAILED, "A tree has one root only");
      return FALSE;
    }
  folder = g_new0 (Folder, 1);
  folder->parent = self->current;
  folder->entry = entry;
  if (previous != NULL)
    {
      folder->has_previous = TRUE;
      folder->previous = *previous;
    }
  self->current = folder;
  return TRUE;
}

gboolean
sr_tree_builder_add (SrTreeBuilder *self,
                     SrEntry       *entry,
                     SrSavedFile   *file,
                     GError       **error)
{
  g_return_val_if_fail (self->current != NULL, FALSE);
  if (!make_space (self, error))
    {
      sr_entry_free (entry);
      sr_saved_file_unref (file);
      return FALSE;
    }
  return push_event (self, self->current, entry, file, error);
}

gboolean
sr_tree_builder_leave (SrTreeBuilder *self,
                       GError       **error)
{
  Folder *folder = self->current;

  g_return_val_if_fail (folder != NULL, FALSE);
  if (!make_space (self, error))
    return FALSE;
  self->current = folder->parent;
  return push_event (self, folder, NULL, NULL, error);
}

gboolean
sr_tree_builder_finish (SrTreeBuilder *self,
                        SrId          *root,
                        GError       **error)
{
  if (!wait_for (self, self->n_events, error))
    return FALSE;
  if (!self->has_root)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_FAILED, "The root of the tree was not left");
      return FALSE;
    }
  *root = self->root;
  return TRUE;
}

void
sr_tree_builder_get_stats (SrTreeBuilder      *self,
                           SrTreeBuilderStats *stats)
{
  *stats = self->stats;
}
