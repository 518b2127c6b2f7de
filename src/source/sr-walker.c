/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-source"

#include "config.h"

#include "source/sr-walker.h"

#include "base/sr-error.h"
#include "source/sr-ignore.h"
#include "source/sr-metadata.h"
#include "source/sr-target-list.h"
#include "source/sr-walk-stack.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
#define FILE_FLAGS   (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

/* How often an entry that changes its type while we look at it is looked at. */
#define ATTEMPTS 4

#define NAME_LENGTH_MAX 255

/* Ignore files are written by people. */
#define IGNORE_FILE_MAX (16 * 1024 * 1024)

/* What SQLite puts beside a database. */
static const char *const journal_suffixes[] = { "-journal", "-shm", "-wal" };

typedef struct
{
  char   *path;
  GError *error;
} Problem;

struct _SrWalker
{
  SrPatternList *excludes; /* not owned; NULL if empty */
  char          *ignore_file;
  gboolean       one_file_system;
  guint64        skip_dev;
  guint64        skip_ino;

  const SrWalkerRules *rules; /* not owned */
  guint                n_rules;

  SrTargetList *targets;
  SrMetadata   *metadata;
  SrWalkStack  *stack;
  GQueue        problems; /* of what was told last */
  gboolean      started;
  gboolean      has_found; /* a target, or why it cannot be read */
};

/* What has been found out about a name: the event to tell of it, or none. */
typedef enum
{
  STEP_TOLD,
  STEP_PASSED_OVER,
  STEP_CHANGED, /* it became something else meanwhile */
} Step;

static void
problem_free (Problem *problem)
{
  g_free (problem->path);
  g_clear_error (&problem->error);
  g_free (problem);
}

static void
take_problem (SrWalker   *self,
              const char *path,
              GError     *error)
{
  Problem *problem = g_new0 (Problem, 1);

  problem->path = g_strdup (path);
  problem->error = error;
  g_queue_push_tail (&self->problems, problem);
}

G_GNUC_PRINTF (3, 4)
static void
add_problem (SrWalker   *self,
             int         errnum,
             const char *format,
             ...)
{
  g_autofree char *what = NULL;
  GError          *error = NULL;
  va_list          args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  sr_set_error_errno (&error, errnum, "%s", what);
  take_problem (self, sr_walk_stack_get_path (self->stack), error);
}

static SrWalkEvent
tell_problem (SrWalker   *self,
              SrWalkItem *item)
{
  Problem *problem = g_queue_peek_head (&self->problems);

  item->path = problem->path;
  item->problem = g_steal_pointer (&problem->error);
  return SR_WALK_PROBLEM;
}

SrWalker *
sr_walker_new (const SrWalkerOptions *options)
{
  SrWalker *self = g_new0 (SrWalker, 1);

  if (options->excludes != NULL && !sr_pattern_list_is_empty (options->excludes))
    self->excludes = options->excludes;
  self->ignore_file = g_strdup (options->ignore_file);
  self->one_file_system = options->one_file_system;
  self->skip_dev = options->skip_dev;
  self->skip_ino = options->skip_ino;
  self->rules = options->rules;
  self->n_rules = options->n_rules;
  self->targets = sr_target_list_new ();
  self->metadata = sr_metadata_new ();
  self->stack = sr_walk_stack_new ();
  g_queue_init (&self->problems);
  return self;
}

void
sr_walker_free (SrWalker *self)
{
  if (self == NULL)
    return;
  g_queue_clear_full (&self->problems, (GDestroyNotify) problem_free);
  sr_walk_stack_free (self->stack);
  sr_metadata_free (self->metadata);
  sr_target_list_free (self->targets);
  g_free (self->ignore_file);
  g_free (self);
}

gboolean
sr_walker_add_target (SrWalker   *self,
                      const char *path,
                      GError    **error)
{
  g_return_val_if_fail (!self->started, FALSE);

  return sr_target_list_add (self->targets, path, error);
}

const char *const *
sr_walker_get_targets (SrWalker *self)
{
  return sr_target_list_get (self->targets);
}

void
sr_walk_item_clear (SrWalkItem *item)
{
  g_clear_pointer (&item->entry, sr_entry_free);
  g_clear_error (&item->problem);
  item->path = NULL;
  item->has_journal = FALSE;
}

/* Without touching the time of last access where that is allowed: only the owner may. */
static int
open_quietly (int         dir_fd,
              const char *name,
              int         flags)
{
  int fd = openat (dir_fd, name, flags | O_NOATIME);

  if (fd < 0 && errno == EPERM)
    fd = openat (dir_fd, name, flags);
  return fd;
}

static gboolean
is_the_vault (SrWalker           *self,
              const struct statx *status)
{
  return self->skip_ino != 0 && status->stx_ino == self->skip_ino &&
         sr_metadata_get_device (status) == self->skip_dev;
}

/* Whether the ignore files from the target's folder down to this one leave the entry out. The
 * deepest one that has something to say decides. */
static gboolean
is_ignored (SrWalker *self,
            gboolean  is_dir)
{
  const char *path = sr_walk_stack_get_path (self->stack);
  gint        depth = sr_walk_stack_get_top (self->stack)->rules_depth;

  while (depth >= 0)
    {
      SrWalkFrame   *frame = sr_walk_stack_get (self->stack, (guint) depth);
      SrIgnoreAnswer answer = sr_ignore_match (frame->rules, path + frame->path_length, is_dir);

      if (answer != SR_IGNORE_UNDECIDED)
        return answer == SR_IGNORE_EXCLUDED;
      depth = depth > 0 ? sr_walk_stack_get (self->stack, (guint) depth - 1)->rules_depth : -1;
    }
  return FALSE;
}

/* A symbolic link is not followed; its rules could come from anywhere.
 * Returns: 0, or a value of errno */
static int
read_rules (int         dir_fd,
            const char *name,
            GString    *text)
{
  int          fd = open_quietly (dir_fd, name, FILE_FLAGS);
  int          errnum = fd < 0 ? errno : 0;
  struct statx status;
  ssize_t      size = 1;

  if (fd < 0)
    return errnum == ENOENT || errnum == ELOOP ? 0 : errnum;
  errnum = sr_metadata_stat (fd, "", &status);
  while (errnum == 0 && S_ISREG (status.stx_mode) && size != 0)
    {
      char block[4096];

      size = read (fd, block, sizeof block);
      if (size < 0 && errno != EINTR)
        errnum = errno;
      if (size > 0)
        g_string_append_len (text, block, size);
      if (text->len > IGNORE_FILE_MAX)
        errnum = EFBIG;
    }
  close (fd);
  return errnum;
}

/* Targets can have rules of their own; what is below has those too. */
static void
find_local_rules (SrWalker    *self,
                  SrWalkFrame *frame)
{
  const char *path = self->n_rules > 0 ? sr_walk_stack_get_path (self->stack) : NULL;

  for (guint i = 0; i < self->n_rules; i++)
    if (strcmp (self->rules[i].folder, path) == 0)
      frame->local = &self->rules[i];
}

static const char *
get_ignore_file (SrWalker    *self,
                 SrWalkFrame *frame)
{
  return frame->local != NULL ? frame->local->ignore_file : self->ignore_file;
}

static gboolean
is_to_be_read (SrWalker    *self,
               SrWalkFrame *frame)
{
  gboolean one_file_system =
      frame->local != NULL ? frame->local->one_file_system : self->one_file_system;

  return !one_file_system || frame->device == frame->target_device;
}

static void
load_rules (SrWalker    *self,
            SrWalkFrame *frame,
            const char  *ignore_file)
{
  g_autoptr (GString) text = NULL;
  int                 errnum;

  if (sr_name_list_find (frame->names, ignore_file, "") < 0)
    return;
  text = g_string_new (NULL);
  errnum = read_rules (frame->fd, ignore_file, text);
  if (errnum != 0)
    {
      const char      *folder = sr_walk_stack_get_path (self->stack);
      g_autofree char *path = g_build_filename (folder, ignore_file, NULL);
      GError          *error = NULL;

      sr_set_error_errno (&error, errnum, "its rules cannot be read, so that nothing is left out");
      take_problem (self, path, error);
      return;
    }
  frame->rules = sr_ignore_new (text->str, text->len);
  frame->rules_depth = (gint) sr_walk_stack_get_depth (self->stack) - 1;
}

static void
read_folder (SrWalker    *self,
             SrWalkFrame *frame)
{
  int errnum = sr_name_list_read (frame->names, frame->fd);

  sr_name_list_sort (frame->names);
  if (errnum != 0)
    add_problem (self, errnum, "the list of the folder cannot be read");
  if (get_ignore_file (self, frame) != NULL)
    load_rules (self, frame, get_ignore_file (self, frame));
}

/* The folder cannot be opened: it is told with what is seen from outside. */
static Step
enter_closed_folder (SrWalker           *self,
                     SrWalkItem         *item,
                     const char         *name,
                     int                 errnum,
                     const struct statx *status)
{
  int dir_fd = sr_walk_stack_get_top (self->stack)->fd;

  item->entry = sr_metadata_new_entry (self->metadata, name, status);
  sr_metadata_load_xattrs (self->metadata, item->entry, dir_fd, name);
  sr_walk_stack_push (self->stack, -1, status);
  add_problem (self, errnum, "the folder cannot be opened");
  return STEP_TOLD;
}

/* The vault is no part of what it keeps. Whoever names it is told. */
static Step
pass_over_vault (SrWalker *self)
{
  const char *path = sr_walk_stack_get_path (self->stack);

  if (!sr_walk_stack_get_top (self->stack)->on_the_way)
    return STEP_PASSED_OVER;
  take_problem (self, path,
                g_error_new_literal (SR_ERROR, SR_ERROR_REFUSED,
                                     "this is the vault itself, which is not backed up into "
                                     "itself"));
  return STEP_TOLD;
}

static Step
enter_folder (SrWalker           *self,
              SrWalkItem         *item,
              const char         *name,
              const struct statx *seen)
{
  SrWalkFrame *above = sr_walk_stack_get_top (self->stack);
  int          fd = open_quietly (above->fd, name, FOLDER_FLAGS);
  struct statx status;
  SrWalkFrame *frame;
  guint64      target_device;
  int          errnum;

  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
    return STEP_CHANGED;
  if (fd < 0)
    return enter_closed_folder (self, item, name, errno, seen);
  /* what has been opened counts, should it have been put there since */
  errnum = sr_metadata_stat (fd, "", &status);
  if (errnum != 0)
    {
      close (fd);
      return enter_closed_folder (self, item, name, errnum, seen);
    }
  if (is_the_vault (self, &status))
    {
      close (fd);
      return pass_over_vault (self);
    }
  item->entry = sr_metadata_new_entry (self->metadata, name, &status);
  errnum = sr_metadata_load_xattrs (self->metadata, item->entry, fd, NULL);
  if (errnum != 0)
    add_problem (self, errnum, "the extended attributes cannot be read");
  target_device = above->on_the_way ? sr_metadata_get_device (&status) : above->target_device;
  frame = sr_walk_stack_push (self->stack, fd, &status);
  frame->target_device = target_device;
  find_local_rules (self, frame);
  if (is_to_be_read (self, frame))
    read_folder (self, frame);
  return STEP_TOLD;
}

static gboolean
is_filled (SrWalkFrame *frame,
           const char  *name)
{
  struct statx status;

  return sr_metadata_stat (frame->fd, name, &status) == 0 && S_ISREG (status.stx_mode) &&
         status.stx_size > 0;
}

/* Whether "@name-wal" or "@name-journal" is there and not empty. */
static gboolean
has_journal (SrWalkFrame *frame,
             const char  *name,
             guint        number)
{
  gsize length = strlen (name);

  /* names that begin with this one come right behind it */
  if (!frame->on_the_way &&
      (number + 1 >= sr_name_list_get_count (frame->names) ||
       strncmp (sr_name_list_get (frame->names, number + 1), name, length) != 0))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (journal_suffixes); i++)
    {
      g_autofree char *journal = NULL;

      if (strcmp (journal_suffixes[i], "-shm") == 0 ||
          (!frame->on_the_way && sr_name_list_find (frame->names, name, journal_suffixes[i]) < 0))
        continue;
      journal = g_strconcat (name, journal_suffixes[i], NULL);
      if (is_filled (frame, journal))
        return TRUE;
    }
  return FALSE;
}

static Step
tell_entry (SrWalker           *self,
            SrWalkItem         *item,
            const char         *name,
            guint               number,
            const struct statx *status)
{
  SrWalkFrame *frame = sr_walk_stack_get_top (self->stack);
  int          errnum = 0;

  item->entry = sr_metadata_new_entry (self->metadata, name, status);
  if (item->entry == NULL)
    {
      add_problem (self, EOPNOTSUPP, "it is of a type that is not known");
      return STEP_TOLD;
    }
  if (item->entry->type == SR_ENTRY_FILE)
    {
      item->has_journal = has_journal (frame, name, number);
      return STEP_TOLD;
    }
  if (item->entry->type == SR_ENTRY_SYMLINK)
    errnum = sr_metadata_read_link (self->metadata, item->entry, frame->fd);
  if (errnum == ENOENT || errnum == EINVAL)
    {
      g_clear_pointer (&item->entry, sr_entry_free);
      return STEP_CHANGED;
    }
  if (errnum != 0)
    {
      g_clear_pointer (&item->entry, sr_entry_free);
      add_problem (self, errnum, "the symbolic link cannot be read");
      return STEP_TOLD;
    }
  errnum = sr_metadata_load_xattrs (self->metadata, item->entry, frame->fd, name);
  if (errnum != 0 && errnum != ENOENT)
    add_problem (self, errnum, "the extended attributes cannot be read");
  return STEP_TOLD;
}

/* A folder above a target. Links on the way are followed. */
static Step
enter_folder_on_the_way (SrWalker   *self,
                         SrWalkItem *item,
                         const char *name)
{
  SrWalkFrame *above = sr_walk_stack_get_top (self->stack);
  int          fd = openat (above->fd, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
  int          errnum = fd < 0 ? errno : 0;
  SrWalkFrame *frame;
  struct statx status;

  if (fd >= 0)
    errnum = sr_metadata_stat (fd, "", &status);
  if (errnum != 0)
    {
      if (fd >= 0)
        close (fd);
      self->has_found = TRUE;
      add_problem (self, errnum, "the folder that leads to what is backed up cannot be opened");
      return STEP_TOLD;
    }
  item->entry = sr_metadata_new_entry (self->metadata, name, &status);
  /* a descriptor that is no more than a place cannot be asked itself */
  errnum = sr_metadata_load_xattrs (self->metadata, item->entry, fd, ".");
  if (errnum != 0 && errnum != EACCES)
    add_problem (self, errnum, "the extended attributes cannot be read");
  frame = sr_walk_stack_push (self->stack, fd, &status);
  frame->on_the_way = TRUE;
  sr_target_list_add_names (self->targets, sr_walk_stack_get_path (self->stack), frame->names);
  return STEP_TOLD;
}

static Step
look_at_name (SrWalker   *self,
              SrWalkItem *item,
              const char *name,
              guint       number)
{
  SrWalkFrame *frame = sr_walk_stack_get_top (self->stack);
  gboolean     is_target = frame->on_the_way;
  struct statx status;
  int          errnum;

  if (is_target && !sr_target_list_has (self->targets, sr_walk_stack_get_path (self->stack)))
    return enter_folder_on_the_way (self, item, name);
  if (self->excludes != NULL &&
      sr_pattern_list_match (self->excludes, sr_walk_stack_get_path (self->stack), NULL))
    return STEP_PASSED_OVER;
  errnum = sr_metadata_stat (frame->fd, name, &status);
  if (errnum == ENOENT && !is_target)
    return STEP_PASSED_OVER;
  if (errnum == 0 && strlen (name) > NAME_LENGTH_MAX)
    errnum = ENAMETOOLONG;
  if (errnum != 0)
    {
      self->has_found = TRUE;
      add_problem (self, errnum, "it cannot be looked at");
      return STEP_TOLD;
    }
  if (is_ignored (self, S_ISDIR (status.stx_mode)))
    return STEP_PASSED_OVER;
  self->has_found = TRUE;
  if (S_ISDIR (status.stx_mode))
    return enter_folder (self, item, name, &status);
  return tell_entry (self, item, name, number, &status);
}

static gboolean
is_passed_over (const SrWalkFrame *frame,
                guint              number)
{
  for (guint i = 0; i < frame->passed_over->len; i++)
    if (g_array_index (frame->passed_over, guint, i) == number)
      return TRUE;
  return FALSE;
}

static Step
take_name (SrWalker   *self,
           SrWalkItem *item)
{
  SrWalkFrame *frame = sr_walk_stack_get_top (self->stack);
  guint        number = frame->next++;
  const char  *name = sr_name_list_get (frame->names, number);
  Step         step = STEP_CHANGED;

  if (frame->passed_over->len > 0 && is_passed_over (frame, number))
    return STEP_PASSED_OVER;
  sr_walk_stack_set_name (self->stack, name);
  for (guint i = 0; i < ATTEMPTS && step == STEP_CHANGED; i++)
    step = look_at_name (self, item, name, number);
  if (step == STEP_CHANGED)
    {
      add_problem (self, EBUSY, "it is replaced again and again while it is looked at");
      step = STEP_TOLD;
    }
  return step;
}

static SrWalkEvent
enter_root (SrWalker   *self,
            SrWalkItem *item)
{
  gboolean     on_the_way = !sr_target_list_has (self->targets, "/");
  int          fd = open ("/", (on_the_way ? O_PATH | O_CLOEXEC : FOLDER_FLAGS) | O_DIRECTORY);
  int          errnum = fd < 0 ? errno : 0;
  SrWalkFrame *frame;
  struct statx status = { 0 };

  if (fd >= 0)
    errnum = sr_metadata_stat (fd, "", &status);
  frame = sr_walk_stack_push (self->stack, fd, errnum == 0 ? &status : NULL);
  frame->on_the_way = on_the_way;
  self->has_found = !on_the_way || errnum != 0;
  frame->target_device = frame->device;
  if (errnum != 0)
    add_problem (self, errnum, "the folder cannot be opened");
  else if (on_the_way)
    sr_target_list_add_names (self->targets, "/", frame->names);
  else
    {
      find_local_rules (self, frame);
      read_folder (self, frame);
    }
  item->path = sr_walk_stack_get_path (self->stack);
  return SR_WALK_ENTER;
}

/* The folder on top ends. Its path is told; then the one above is on top again. */
static SrWalkEvent
leave_folder (SrWalker   *self,
              SrWalkItem *item)
{
  sr_walk_stack_set_folder (self->stack);
  item->path = sr_walk_stack_get_path (self->stack);
  if (!sr_walk_stack_pop (self->stack))
    {
      SrWalkFrame *frame = sr_walk_stack_get_top (self->stack);

      g_autofree char *path = g_path_get_dirname (item->path);
      GError          *error = g_error_new_literal (SR_ERROR, SR_ERROR_IO,
                                                    "the folder was moved while it was read; the "
                                                             "rest of it is missing");

      frame->next = sr_name_list_get_count (frame->names);
      take_problem (self, path, error);
    }
  return SR_WALK_LEAVE;
}

static SrWalkEvent
walk_on (SrWalker   *self,
         SrWalkItem *item)
{
  while (TRUE)
    {
      SrWalkFrame *frame = sr_walk_stack_get_top (self->stack);
      guint        depth = sr_walk_stack_get_depth (self->stack);

      if (frame == NULL)
        return SR_WALK_END;
      if (frame->next == sr_name_list_get_count (frame->names))
        return leave_folder (self, item);
      if (take_name (self, item) != STEP_TOLD)
        continue;
      if (item->entry == NULL)
        return tell_problem (self, item);
      item->path = sr_walk_stack_get_path (self->stack);
      return sr_walk_stack_get_depth (self->stack) > depth ? SR_WALK_ENTER : SR_WALK_ENTRY;
    }
}

SrWalkEvent
sr_walker_next (SrWalker     *self,
                SrWalkItem   *item,
                GCancellable *cancellable,
                GError      **error)
{
  Problem *told = g_queue_peek_head (&self->problems);

  sr_walk_item_clear (item);
  if (sr_check_cancelled (cancellable, error))
    return SR_WALK_ERROR;
  if (told != NULL && told->error == NULL)
    problem_free (g_queue_pop_head (&self->problems));
  if (!g_queue_is_empty (&self->problems))
    return tell_problem (self, item);
  if (!self->started)
    {
      self->started = TRUE;
      if (sr_walker_get_targets (self)[0] == NULL)
        return SR_WALK_END;
      return enter_root (self, item);
    }
  return walk_on (self, item);
}

gboolean
sr_walker_has_found (SrWalker *self)
{
  return self->has_found;
}

/* A file that another program holds a lease on does not open without waiting. It is made sure that
 * it is a regular file first: waiting for a fifo would have no end. */
static int
open_patiently (int         dir_fd,
                const char *name)
{
  struct statx status;
  char         path[40];
  int          place = openat (dir_fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  int          fd = -1;
  int          errnum;

  if (place < 0)
    return -1;
  errnum = sr_metadata_stat (place, "", &status);
  if (errnum == 0 && !S_ISREG (status.stx_mode))
    errnum = ENXIO;
  if (errnum == 0)
    {
      g_snprintf (path, sizeof path, "/proc/self/fd/%d", place);
      fd = open (path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
      errnum = errno;
    }
  close (place);
  errno = errnum;
  return fd;
}

static int
open_failed (SrWalker *self,
             int       fd,
             int       errnum,
             GError  **error)
{
  g_autofree char *path = g_filename_display_name (sr_walk_stack_get_path (self->stack));

  if (fd >= 0)
    close (fd);
  if (errnum == 0 || errnum == ELOOP || errnum == ENXIO)
    g_set_error (error, SR_ERROR, SR_ERROR_FAILED,
                 "“%s” was replaced by something that is no regular file while it was read", path);
  else
    sr_set_error_errno (error, errnum, "Opening “%s”", path);
  return -1;
}

int
sr_walker_open (SrWalker *self,
                SrEntry  *entry,
                GError  **error)
{
  SrWalkFrame *frame = sr_walk_stack_get_top (self->stack);
  int          fd = open_quietly (frame->fd, entry->name, FILE_FLAGS);
  struct statx status;
  int          errnum;

  if (fd < 0 && errno == EWOULDBLOCK)
    fd = open_patiently (frame->fd, entry->name);
  if (fd < 0)
    return open_failed (self, fd, errno, error);
  errnum = sr_metadata_stat (fd, "", &status);
  if (errnum != 0 || !S_ISREG (status.stx_mode))
    return open_failed (self, fd, errnum, error);
  sr_metadata_fill (self->metadata, entry, &status);
  errnum = sr_metadata_load_xattrs (self->metadata, entry, fd, NULL);
  if (errnum != 0)
    {
      g_autofree char *path = g_filename_display_name (sr_walk_stack_get_path (self->stack));

      close (fd);
      sr_set_error_errno (error, errnum, "Reading the extended attributes of “%s”", path);
      return -1;
    }
  return fd;
}

void
sr_walker_skip_journals (SrWalker *self)
{
  SrWalkFrame *frame = sr_walk_stack_get_top (self->stack);
  const char  *name = sr_name_list_get (frame->names, frame->next - 1);

  /* those of an earlier database may still be to come: "a" and "a-b" before "a-wal" */
  for (guint i = frame->passed_over->len; i-- > 0;)
    if (g_array_index (frame->passed_over, guint, i) < frame->next)
      g_array_remove_index_fast (frame->passed_over, i);
  for (gsize i = 0; i < G_N_ELEMENTS (journal_suffixes); i++)
    {
      gint64 number = sr_name_list_find (frame->names, name, journal_suffixes[i]);
      guint  found = (guint) number;

      if (number >= 0)
        g_array_append_val (frame->passed_over, found);
    }
}
