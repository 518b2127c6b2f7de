/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-base"

#include "config.h"

#include "base/sr-process.h"

#include "base/sr-atomic-file.h"
#include "base/sr-error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define TAIL_SIZE    8192
#define MESSAGE_SIZE 1500

struct _SrProcess
{
  char *name; /* program without its folder, for messages */
  pid_t pid;  /* also the process group */
  int   pid_fd;
  int   stdin_fd;
  int   stdout_fd;
  int   terminal_fd; /* -1 unless the child's group was given the terminal */

  GMutex   lock;
  gboolean reaped;          /* under lock */
  int      status;          /* of waitpid(); under lock */
  char     tail[TAIL_SIZE]; /* ring; under lock */
  gsize    tail_total;      /* bytes ever put in; under lock */

  GThread *stderr_thread;
  int      stderr_fd;
  int      stop_fd; /* eventfd: no more will come, take what is there */
  gboolean pass_stderr;
};

typedef struct
{
  int in[2];
  int out[2];
  int err[2];
} Pipes;

static void
close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

static void
close_pair (int pair[2])
{
  close_fd (&pair[0]);
  close_fd (&pair[1]);
}

static void
pipes_clear (Pipes *pipes)
{
  close_pair (pipes->in);
  close_pair (pipes->out);
  close_pair (pipes->err);
}

static gboolean
pipes_open (Pipes         *pipes,
            SrProcessFlags flags,
            GError       **error)
{
  *pipes = (Pipes){ { -1, -1 }, { -1, -1 }, { -1, -1 } };
  if (pipe2 (pipes->err, O_CLOEXEC) == 0 &&
      (!(flags & SR_PROCESS_STDIN_PIPE) || pipe2 (pipes->in, O_CLOEXEC) == 0) &&
      (!(flags & SR_PROCESS_STDOUT_PIPE) || pipe2 (pipes->out, O_CLOEXEC) == 0))
    return TRUE;
  sr_set_error_errno (error, errno, "Making pipes for a child process");
  pipes_clear (pipes);
  return FALSE;
}

static void
keep_tail (SrProcess  *self,
           const char *data,
           gsize       size)
{
  g_mutex_lock (&self->lock);
  for (gsize i = 0; i < size; i++)
    self->tail[self->tail_total++ % TAIL_SIZE] = data[i];
  g_mutex_unlock (&self->lock);
}

/* Reads once. Returns: whether more may come */
static gboolean
drain_once (SrProcess *self)
{
  char   buffer[4096];
  gssize n = read (self->stderr_fd, buffer, sizeof buffer);

  if (n < 0)
    return errno == EINTR || errno == EAGAIN;
  if (n == 0)
    return FALSE;
  keep_tail (self, buffer, (gsize) n);
  if (self->pass_stderr)
    (void) sr_write_all (STDERR_FILENO, buffer, (gsize) n, NULL);
  return TRUE;
}

/* Takes the child's standard error as it comes, so that a child that complains at length never
 * stops for it. */
static gpointer
follow_stderr (gpointer data)
{
  SrProcess *self = data;
  gboolean   more = TRUE;

  while (more)
    {
      GPollFD fds[2] = { { self->stderr_fd, G_IO_IN, 0 }, { self->stop_fd, G_IO_IN, 0 } };

      if (g_poll (fds, 2, -1) < 0)
        {
          more = errno == EINTR;
          continue;
        }
      /* The pipe first: a stop only counts once the pipe is empty. */
      if (fds[0].revents != 0)
        more = drain_once (self);
      else
        more = fds[1].revents == 0;
    }
  return NULL;
}

static char **
merge_environment (const char *const *environment)
{
  char **merged = g_get_environ ();

  for (gsize i = 0; environment != NULL && environment[i] != NULL; i++)
    {
      const char      *equals = strchr (environment[i], '=');
      g_autofree char *name = NULL;

      if (equals == NULL)
        continue;
      name = g_strndup (environment[i], (gsize) (equals - environment[i]));
      merged = g_environ_setenv (merged, name, equals + 1, TRUE);
    }
  return merged;
}

static int
add_descriptors (posix_spawn_file_actions_t *actions,
                 const Pipes                *pipes,
                 SrProcessFlags              flags)
{
  int result = 0;

  if (pipes->in[0] >= 0)
    result = posix_spawn_file_actions_adddup2 (actions, pipes->in[0], STDIN_FILENO);
  else if (!(flags & SR_PROCESS_STDIN_INHERIT))
    result = posix_spawn_file_actions_addopen (actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (result == 0 && pipes->out[1] >= 0)
    result = posix_spawn_file_actions_adddup2 (actions, pipes->out[1], STDOUT_FILENO);
  else if (result == 0)
    result = posix_spawn_file_actions_addopen (actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  if (result == 0)
    result = posix_spawn_file_actions_adddup2 (actions, pipes->err[1], STDERR_FILENO);
  if (result == 0)
    result = posix_spawn_file_actions_addclosefrom_np (actions, STDERR_FILENO + 1);
  return result;
}

/* The child begins with no signal blocked or ignored, whatever we do with ours. */
static int
set_attributes (posix_spawnattr_t *attributes)
{
  sigset_t none, all;
  int      result;

  sigemptyset (&none);
  sigfillset (&all);
  result = posix_spawnattr_setflags (attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                     POSIX_SPAWN_SETSIGDEF);
  if (result == 0)
    result = posix_spawnattr_setpgroup (attributes, 0);
  if (result == 0)
    result = posix_spawnattr_setsigmask (attributes, &none);
  if (result == 0)
    result = posix_spawnattr_setsigdefault (attributes, &all);
  return result;
}

/* A child that shares our terminal may ask something there only as its foreground group. */
static gboolean
lends_terminal (SrProcessFlags flags)
{
  return (flags & SR_PROCESS_STDIN_INHERIT) && isatty (STDIN_FILENO) &&
         tcgetpgrp (STDIN_FILENO) == getpgrp ();
}

static int
start_child (SrProcess         *self,
             const char *const *argv,
             char             **environment,
             const Pipes       *pipes,
             SrProcessFlags     flags)
{
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t          attributes;
  int                        result;

  result = posix_spawn_file_actions_init (&actions);
  if (result != 0)
    return result;
  result = posix_spawnattr_init (&attributes);
  if (result != 0)
    {
      posix_spawn_file_actions_destroy (&actions);
      return result;
    }
  result = set_attributes (&attributes);
  if (result == 0 && lends_terminal (flags))
    {
      self->terminal_fd = STDIN_FILENO;
      result = posix_spawn_file_actions_addtcsetpgrp_np (&actions, STDIN_FILENO);
    }
  if (result == 0)
    result = add_descriptors (&actions, pipes, flags);
  if (result == 0)
    result = posix_spawnp (&self->pid, argv[0], &actions, &attributes,
                           (char *const *) argv, environment);
  posix_spawnattr_destroy (&attributes);
  posix_spawn_file_actions_destroy (&actions);
  return result;
}

/* A child that stops reading shall give EPIPE and not end us. */
static void
ignore_broken_pipes (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once))
    {
      struct sigaction old;

      if (sigaction (SIGPIPE, NULL, &old) == 0 && old.sa_handler == SIG_DFL)
        signal (SIGPIPE, SIG_IGN);
      g_once_init_leave (&once, 1);
    }
}

static void
take_pipe_end (int *mine,
               int *end)
{
  *mine = *end;
  *end = -1;
  if (*mine >= 0)
    (void) fcntl (*mine, F_SETFL, fcntl (*mine, F_GETFL) | O_NONBLOCK);
}

static void
take_terminal_back (SrProcess *self)
{
  sigset_t stop_signal, old;

  if (self->terminal_fd < 0)
    return;
  /* We are in the background now, where this call would stop us. */
  sigemptyset (&stop_signal);
  sigaddset (&stop_signal, SIGTTOU);
  pthread_sigmask (SIG_BLOCK, &stop_signal, &old);
  (void) tcsetpgrp (self->terminal_fd, getpgrp ());
  pthread_sigmask (SIG_SETMASK, &old, NULL);
  self->terminal_fd = -1;
}

SrProcess *
sr_process_spawn (const char *const *argv,
                  const char *const *environment,
                  SrProcessFlags     flags,
                  GError           **error)
{
  g_autoptr (SrProcess) self = NULL;
  g_auto (GStrv)        merged = merge_environment (environment);
  Pipes                 pipes;
  int                   result;

  g_return_val_if_fail (argv != NULL && argv[0] != NULL, NULL);
  ignore_broken_pipes ();
  if (!pipes_open (&pipes, flags, error))
    return NULL;
  self = g_new0 (SrProcess, 1);
  g_mutex_init (&self->lock);
  self->name = g_path_get_basename (argv[0]);
  self->pid_fd = self->terminal_fd = -1;
  self->stdin_fd = self->stdout_fd = self->stderr_fd = -1;
  self->pass_stderr = (flags & SR_PROCESS_STDERR_PASS) != 0;
  self->stop_fd = eventfd (0, EFD_CLOEXEC);
  result = self->stop_fd < 0 ? errno : start_child (self, argv, merged, &pipes, flags);
  if (result != 0)
    {
      self->pid = 0;
      /* The child took it before it failed. */
      take_terminal_back (self);
      sr_set_error_errno (error, result, "Starting the program “%s”", argv[0]);
      pipes_clear (&pipes);
      return NULL;
    }
  self->pid_fd = (int) syscall (SYS_pidfd_open, self->pid, 0);
  take_pipe_end (&self->stdin_fd, &pipes.in[1]);
  take_pipe_end (&self->stdout_fd, &pipes.out[0]);
  take_pipe_end (&self->stderr_fd, &pipes.err[0]);
  pipes_clear (&pipes);
  self->stderr_thread = g_thread_new ("stderr", follow_stderr, self);
  return g_steal_pointer (&self);
}

static void
finish_stderr (SrProcess *self)
{
  guint64 one = 1;

  if (self->stderr_thread == NULL)
    return;
  /* Grandchildren may hold the pipe open for ever: what is in it now is all that is waited for. */
  (void) sr_write_all (self->stop_fd, &one, sizeof one, NULL);
  g_thread_join (self->stderr_thread);
  self->stderr_thread = NULL;
}

/* Takes the status if the child is over; blocks for it if asked to. */
static gboolean
reap (SrProcess *self,
      gboolean   block)
{
  gboolean reaped;

  g_mutex_lock (&self->lock);
  while (!self->reaped)
    {
      pid_t got = waitpid (self->pid, &self->status, block ? 0 : WNOHANG);

      if (got < 0 && errno == EINTR)
        continue;
      if (got == 0)
        break;
      /* ECHILD: somebody else took the status, and no success can be claimed. */
      if (got < 0)
        self->status = 0xff00;
      self->reaped = TRUE;
    }
  reaped = self->reaped;
  g_mutex_unlock (&self->lock);
  return reaped;
}

void
sr_process_kill (SrProcess *self)
{
  g_mutex_lock (&self->lock);
  if (!self->reaped && self->pid > 0)
    (void) kill (-self->pid, SIGKILL);
  g_mutex_unlock (&self->lock);
}

void
sr_process_free (SrProcess *self)
{
  if (self == NULL)
    return;
  if (self->pid > 0)
    {
      sr_process_kill (self);
      reap (self, TRUE);
      finish_stderr (self);
      take_terminal_back (self);
    }
  close_fd (&self->stdin_fd);
  close_fd (&self->stdout_fd);
  close_fd (&self->stderr_fd);
  close_fd (&self->stop_fd);
  close_fd (&self->pid_fd);
  g_mutex_clear (&self->lock);
  g_free (self->name);
  g_free (self);
}

/* Waits until @fd is ready or @timeout_ms are over; %FALSE when cancelled. @fd may be -1. */
static gboolean
wait_ready (int           fd,
            GIOCondition  condition,
            int           timeout_ms,
            GCancellable *cancellable,
            GError      **error)
{
  GPollFD  fds[2] = { { fd, (gushort) condition, 0 }, { -1, 0, 0 } };
  gboolean has_cancel_fd;
  int      result;
  int      saved;

  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  has_cancel_fd = cancellable != NULL && g_cancellable_make_pollfd (cancellable, &fds[1]);
  result = g_poll (fds, has_cancel_fd ? 2 : 1, timeout_ms);
  saved = errno;
  if (has_cancel_fd)
    g_cancellable_release_fd (cancellable);
  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  if (result >= 0 || saved == EINTR)
    return TRUE;
  sr_set_error_errno (error, saved, "Waiting for a child process");
  return FALSE;
}

gssize
sr_process_read (SrProcess    *self,
                 gpointer      buffer,
                 gsize         size,
                 GCancellable *cancellable,
                 GError      **error)
{
  g_return_val_if_fail (self->stdout_fd >= 0, -1);

  for (;;)
    {
      gssize n = -1;

      if (!wait_ready (self->stdout_fd, G_IO_IN, -1, cancellable, error))
        return -1;
      n = read (self->stdout_fd, buffer, MIN (size, G_MAXINT32));
      if (n >= 0)
        return n;
      if (errno == EINTR || errno == EAGAIN)
        continue;
      sr_set_error_errno (error, errno, "Reading the output of “%s”", self->name);
      return -1;
    }
}

gboolean
sr_process_write_all (SrProcess    *self,
                      gconstpointer data,
                      gsize         size,
                      GCancellable *cancellable,
                      GError      **error)
{
  const guint8 *rest = data;

  g_return_val_if_fail (self->stdin_fd >= 0, FALSE);

  while (size > 0)
    {
      gssize n;

      if (!wait_ready (self->stdin_fd, G_IO_OUT, -1, cancellable, error))
        return FALSE;
      n = write (self->stdin_fd, rest, size);
      if (n < 0 && (errno == EINTR || errno == EAGAIN))
        continue;
      if (n < 0 && errno == EPIPE)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_CHILD,
                       "“%s” stopped reading before it was given everything", self->name);
          return FALSE;
        }
      if (n < 0)
        {
          sr_set_error_errno (error, errno, "Writing to “%s”", self->name);
          return FALSE;
        }
      rest += n;
      size -= (gsize) n;
    }
  return TRUE;
}

void
sr_process_close_stdin (SrProcess *self)
{
  close_fd (&self->stdin_fd);
}

char *
sr_process_get_stderr_tail (SrProcess *self)
{
  g_autofree char *raw = NULL;
  g_autofree char *valid = NULL;
  GString         *clean = g_string_new (NULL);
  gsize            size;

  g_mutex_lock (&self->lock);
  size = MIN (self->tail_total, TAIL_SIZE);
  raw = g_malloc (size + 1);
  for (gsize i = 0; i < size; i++)
    raw[i] = self->tail[(self->tail_total - size + i) % TAIL_SIZE];
  g_mutex_unlock (&self->lock);

  valid = g_utf8_make_valid (raw, (gssize) size);
  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (g_unichar_iscntrl (c) && c != '\n' && c != '\t')
        c = 0xfffd;
      g_string_append_unichar (clean, c);
    }
  return g_string_free (clean, FALSE);
}

/* The last lines, short enough for a message. */
static char *
get_complaint (SrProcess *self)
{
  g_autofree char *tail = sr_process_get_stderr_tail (self);
  const char      *start = tail;
  gsize            length;

  g_strchomp (tail);
  length = strlen (tail);
  if (length > MESSAGE_SIZE)
    {
      const char *line = strchr (tail + length - MESSAGE_SIZE, '\n');

      start = line != NULL ? line + 1
                           : g_utf8_find_next_char (tail + length - MESSAGE_SIZE, NULL);
    }
  return g_strdup_printf ("%s%s", *start != '\0' ? ": " : "", start);
}

static gboolean
judge_status (SrProcess *self,
              GError   **error)
{
  g_autofree char *complaint = NULL;

  if (WIFEXITED (self->status) && WEXITSTATUS (self->status) == 0)
    return TRUE;
  complaint = get_complaint (self);
  if (WIFSIGNALED (self->status))
    g_set_error (error, SR_ERROR, SR_ERROR_CHILD, "“%s” was ended by signal %d (%s)%s",
                 self->name, WTERMSIG (self->status), g_strsignal (WTERMSIG (self->status)),
                 complaint);
  else
    g_set_error (error, SR_ERROR, SR_ERROR_CHILD, "“%s” ended with status %d%s",
                 self->name, WEXITSTATUS (self->status), complaint);
  return FALSE;
}

gboolean
sr_process_wait (SrProcess    *self,
                 GCancellable *cancellable,
                 GError      **error)
{
  /* Without a descriptor for the process (kernels before 5.3) it is asked for now and then. */
  int timeout_ms = self->pid_fd >= 0 ? -1 : 10;

  while (!reap (self, FALSE))
    if (!wait_ready (self->pid_fd, G_IO_IN, timeout_ms, cancellable, error))
      {
        sr_process_kill (self);
        reap (self, TRUE);
        finish_stderr (self);
        take_terminal_back (self);
        return FALSE;
      }
  finish_stderr (self);
  take_terminal_back (self);
  return judge_status (self, error);
}
