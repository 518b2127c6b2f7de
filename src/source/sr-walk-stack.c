/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-source"

#include "config.h"

#include "source/sr-walk-stack.h"

#include "source/sr-metadata.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* How many folders are open at once. */
#define OPEN_MAX_FOLDERS 64

/* How many left folders keep their memory for the next ones. */
#define SPARE_MAX 64

struct _SrWalkStack
{
  GPtrArray *frames;
  GPtrArray *spare;
  guint      first_open; /* this frame and the deeper ones are open, as far as they could be */
  GString   *path;
};

static SrWalkFrame *
frame_new (void)
{
  SrWalkFrame *frame = g_new0 (SrWalkFrame, 1);

  frame->fd = -1;
  frame->names = sr_name_list_new ();
  frame->passed_over = g_array_new (FALSE, FALSE, sizeof (guint));
  return frame;
}

static void
frame_close (SrWalkFrame *frame)
{
  if (frame->fd >= 0)
    close (frame->fd);
  frame->fd = -1;
}

static void
frame_free (SrWalkFrame *frame)
{
  frame_close (frame);
  sr_name_list_free (frame->names);
  sr_ignore_free (frame->rules);
  g_array_unref (frame->passed_over);
  g_free (frame);
}

SrWalkStack *
sr_walk_stack_new (void)
{
  SrWalkStack *self = g_new0 (SrWalkStack, 1);

  self->frames = g_ptr_array_new_with_free_func ((GDestroyNotify) frame_free);
  self->spare = g_ptr_array_new_with_free_func ((GDestroyNotify) frame_free);
  self->path = g_string_sized_new (4096);
  return self;
}

void
sr_walk_stack_free (SrWalkStack *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->frames);
  g_ptr_array_unref (self->spare);
  g_string_free (self->path, TRUE);
  g_free (self);
}

guint
sr_walk_stack_get_depth (const SrWalkStack *self)
{
  return self->frames->len;
}

SrWalkFrame *
sr_walk_stack_get (const SrWalkStack *self,
                   guint              i)
{
  return self->frames->pdata[i];
}

SrWalkFrame *
sr_walk_stack_get_top (const SrWalkStack *self)
{
  return self->frames->len > 0 ? self->frames->pdata[self->frames->len - 1] : NULL;
}

const char *
sr_walk_stack_get_path (const SrWalkStack *self)
{
  return self->path->str;
}

void
sr_walk_stack_set_name (SrWalkStack *self,
                        const char  *name)
{
  const SrWalkFrame *top = sr_walk_stack_get_top (self);

  /* the byte behind the folder may have been cut off by sr_walk_stack_set_folder() */
  g_string_set_size (self->path, top->path_length);
  self->path->str[top->path_length - 1] = '/';
  g_string_append (self->path, name);
}

void
sr_walk_stack_set_folder (SrWalkStack *self)
{
  const SrWalkFrame *top = sr_walk_stack_get_top (self);

  g_string_set_size (self->path, MAX (top->path_length - 1, 1));
}

static void
close_shallowest (SrWalkStack *self)
{
  while (self->frames->len - self->first_open > OPEN_MAX_FOLDERS)
    frame_close (sr_walk_stack_get (self, self->first_open++));
}

SrWalkFrame *
sr_walk_stack_push (SrWalkStack        *self,
                    int                 fd,
                    const struct statx *status)
{
  SrWalkFrame *frame;
  SrWalkFrame *above = self->frames->len > 0 ? sr_walk_stack_get_top (self) : NULL;
  if (self->spare->len > 0)
    frame = g_ptr_array_steal_index_fast (self->spare, self->spare->len - 1);
  else
    frame = frame_new ();
  frame->fd = fd;
  frame->device = status != NULL ? sr_metadata_get_device (status) : 0;
  frame->inode = status != NULL ? status->stx_ino : 0;
  frame->on_the_way = FALSE;
  frame->next = 0;
  frame->target_device = 0;
  frame->rules_depth = above != NULL ? above->rules_depth : -1;
  frame->local = above != NULL ? above->local : NULL;
  if (self->frames->len == 0)
    g_string_assign (self->path, "/");
  frame->path_length = self->frames->len == 0 ? 1 : self->path->len + 1;
  g_ptr_array_add (self->frames, frame);
  close_shallowest (self);
  return frame;
}

/* Takes @fd in if it is the folder of @frame. */
static gboolean
frame_take_fd (SrWalkFrame *frame,
               int          fd)
{
  struct statx status;

  if (fd < 0)
    return FALSE;
  if (sr_metadata_stat (fd, "", &status) != 0 || status.stx_ino != frame->inode ||
      sr_metadata_get_device (&status) != frame->device)
    {
      close (fd);
      return FALSE;
    }
  frame->fd = fd;
  return TRUE;
}

static int
open_child (SrWalkStack *self,
            guint        i)
{
  const SrWalkFrame *above = sr_walk_stack_get (self, i - 1);
  const SrWalkFrame *frame = sr_walk_stack_get (self, i);
  gsize              length = frame->path_length - above->path_length - 1;
  g_autofree char   *name = g_strndup (self->path->str + above->path_length, length);

  return openat (above->fd, name,
                 O_PATH | O_DIRECTORY | O_CLOEXEC | (frame->on_the_way ? 0 : O_NOFOLLOW));
}

/* Opens the folders from "/" on, name by name. Keeps the deepest ones open, so that this need not
 * be done again for each of them. */
static gboolean
reopen_from_root (SrWalkStack *self)
{
  guint    depth = self->frames->len;
  gboolean found;

  for (guint i = 0; i < depth; i++)
    frame_close (sr_walk_stack_get (self, i));
  self->first_open = 0;
  found = frame_take_fd (sr_walk_stack_get (self, 0), open ("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  for (guint i = 1; i < depth && found; i++)
    {
      found = frame_take_fd (sr_walk_stack_get (self, i), open_child (self, i));
      if (i >= OPEN_MAX_FOLDERS)
        frame_close (sr_walk_stack_get (self, self->first_open++));
    }
  return found;
}

static void
frame_recycle (SrWalkStack *self,
               SrWalkFrame *frame)
{
  frame_close (frame);
  g_clear_pointer (&frame->rules, sr_ignore_free);
  g_array_set_size (frame->passed_over, 0);
  sr_name_list_clear (frame->names);
  if (self->spare->len < SPARE_MAX)
    g_ptr_array_add (self->spare, frame);
  else
    frame_free (frame);
}

gboolean
sr_walk_stack_pop (SrWalkStack *self)
{
  SrWalkFrame *left = g_ptr_array_steal_index (self->frames, self->frames->len - 1);
  guint        depth = self->frames->len;
  SrWalkFrame *top = sr_walk_stack_get_top (self);
  gboolean     usable = TRUE;

  if (top != NULL && top->fd < 0)
    {
      self->first_open = MIN (self->first_open, depth - 1);
      usable = left->fd >= 0 &&
               frame_take_fd (top, openat (left->fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC));
      usable = usable || reopen_from_root (self);
    }
  frame_recycle (self, left);
  return usable;
}
