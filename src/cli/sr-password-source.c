/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-password-source.h"

#include "base/sr-atomic-file.h"
#include "base/sr-error.h"
#include "base/sr-process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define MAX_SIZE 4096

void
sr_password_source_clear (SrPasswordSource *self)
{
  g_clear_pointer (&self->file, g_free);
  g_clear_pointer (&self->command, g_free);
  self->fd = -1;
  self->keyring = FALSE;
}

gboolean
sr_password_source_check (const SrPasswordSource *self,
                          GError                **error)
{
  int n = (self->file != NULL) + (self->command != NULL) + (self->fd >= 0) + self->keyring;

  if (n <= 1)
    return TRUE;
  g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                       "The password can come from one place only: a file, a command, a "
                       "descriptor or the keyring");
  return FALSE;
}

gboolean
sr_password_source_is_set (const SrPasswordSource *self)
{
  return self->file != NULL || self->command != NULL || self->fd >= 0;
}

static gboolean
is_space (char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

#define BYTE_ORDER_MARK "\xef\xbb\xbf" /* what some editors begin UTF-8 with */

/* Everything up to the line's end, of a buffer that is wiped by the caller. @trim: white space
 * around it and a byte order mark before it do not count. restic does so with files and commands,
 * not with what is typed, and the same password must open the same vault with both. */
static SrSecret *
take_first_line (const char *data,
                 gsize       size,
                 gboolean    trim,
                 const char *where,
                 GError    **error)
{
  const char *end = memchr (data, '\n', size);
  gsize       length = end != NULL ? (gsize) (end - data) : size;

  if (trim && length >= 3 && memcmp (data, BYTE_ORDER_MARK, 3) == 0)
    {
      data += 3;
      length -= 3;
    }
  while (trim && length > 0 && is_space (data[length - 1]))
    length--;
  while (trim && length > 0 && is_space (data[0]))
    {
      data++;
      length--;
    }
  if (length > 0 && length <= MAX_SIZE)
    return sr_secret_new_from (data, length);
  g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
               length == 0 ? "There is no password in the first line of %s"
                           : "The first line of %s is too long for a password",
               where);
  return NULL;
}

/* Reads until a line feed, the end, or the buffer is full; byte by byte where more than the line
 * may be waiting for somebody else. */
static gssize
read_line (int           fd,
           char         *buffer,
           gsize         size,
           GCancellable *cancellable,
           GError      **error)
{
  GPollFD  fds[2] = { { fd, G_IO_IN, 0 }, { -1, 0, 0 } };
  gboolean polled = cancellable != NULL && g_cancellable_make_pollfd (cancellable, &fds[1]);
  gsize    filled = 0;
  gssize   n = 1;

  while (filled < size && n > 0 && !g_cancellable_is_cancelled (cancellable))
    {
      if (g_poll (fds, polled ? 2 : 1, -1) < 0 || fds[0].revents == 0)
        continue;
      n = read (fd, buffer + filled, 1);
      if (n < 0 && errno == EINTR)
        n = 1;
      else if (n > 0 && buffer[filled++] == '\n')
        break;
    }
  if (polled)
    g_cancellable_release_fd (cancellable);
  if (sr_check_cancelled (cancellable, error))
    return -1;
  if (n < 0)
    {
      sr_set_error_errno (error, errno, "Reading the password from descriptor %d", fd);
      return -1;
    }
  return (gssize) filled;
}

static SrSecret *
read_from_fd (int           fd,
              gboolean      trim,
              const char   *where,
              GCancellable *cancellable,
              GError      **error)
{
  char      buffer[MAX_SIZE + 2];
  SrSecret *password = NULL;
  gssize    n = read_line (fd, buffer, sizeof buffer, cancellable, error);

  if (n >= 0)
    password = take_first_line (buffer, (gsize) n, trim, where, error);
  sr_secret_wipe (buffer, sizeof buffer);
  return password;
}

static SrSecret *
read_from_file (const char   *name,
                GCancellable *cancellable,
                GError      **error)
{
  g_autofree char *where = g_strdup_printf ("“%s”", name);
  SrSecret        *password;
  int              fd = open (name, O_RDONLY | O_CLOEXEC | O_NOCTTY);

  if (fd < 0)
    {
      sr_set_error_errno (error, errno, "Opening the password file “%s”", name);
      return NULL;
    }
  password = read_from_fd (fd, TRUE, where, cancellable, error);
  close (fd);
  return password;
}

static SrSecret *
read_from_command (const char   *command,
                   GCancellable *cancellable,
                   GError      **error)
{
  const char *const     argv[] = { "/bin/sh", "-c", command, NULL };
  g_autoptr (SrProcess) process = NULL;
  char                  buffer[MAX_SIZE + 2];
  gsize                 filled = 0;
  gssize                n;
  SrSecret             *password = NULL;

  process = sr_process_spawn (argv, NULL,
                              SR_PROCESS_STDIN_INHERIT | SR_PROCESS_STDOUT_PIPE |
                                  SR_PROCESS_STDERR_PASS,
                              error);
  if (process == NULL)
    return NULL;
  do
    {
      char  rest[256];
      gsize room = sizeof buffer - filled;

      /* What a talkative command prints behind is read too, so that it can end. */
      n = sr_process_read (process, room > 0 ? buffer + filled : rest,
                           room > 0 ? room : sizeof rest, cancellable, error);
      filled += room > 0 && n > 0 ? (gsize) n : 0;
    }
  while (n > 0);
  if (n == 0 && sr_process_wait (process, cancellable, error))
    password = take_first_line (buffer, filled, TRUE, "what the password command printed", error);
  else
    g_prefix_error (error, "The password command failed: ");
  sr_secret_wipe (buffer, sizeof buffer);
  return password;
}

SrSecret *
sr_password_source_read (const SrPasswordSource *self,
                         GCancellable           *cancellable,
                         GError                **error)
{
  g_autofree char *where = NULL;

  if (self->file != NULL)
    return read_from_file (self->file, cancellable, error);
  if (self->command != NULL)
    return read_from_command (self->command, cancellable, error);
  where = g_strdup_printf ("descriptor %d", self->fd);
  return read_from_fd (self->fd, TRUE, where, cancellable, error);
}

gboolean
sr_password_can_ask (void)
{
  return isatty (STDIN_FILENO) != 0;
}

static SrSecret *
ask_once (const char   *prompt,
          GCancellable *cancellable,
          GError      **error)
{
  struct termios old, silent;
  SrSecret      *password;

  if (tcgetattr (STDIN_FILENO, &old) != 0)
    {
      sr_set_error_errno (error, errno, "Asking for the password");
      return NULL;
    }
  silent = old;
  silent.c_lflag &= ~(tcflag_t) (ECHO | ECHOE | ECHOK | ECHONL);
  silent.c_lflag |= ICANON | ISIG;
  /* First silence, then the question: what is typed as an answer is neither shown nor lost. */
  (void) tcsetattr (STDIN_FILENO, TCSAFLUSH, &silent);
  fprintf (stderr, "%s: ", prompt);
  fflush (stderr);
  password = read_from_fd (STDIN_FILENO, FALSE, "the answer", cancellable, error);
  (void) tcsetattr (STDIN_FILENO, TCSADRAIN, &old);
  fputc ('\n', stderr);
  return password;
}

SrSecret *
sr_password_ask (const char   *prompt,
                 gboolean      twice,
                 GCancellable *cancellable,
                 GError      **error)
{
  g_autoptr (SrSecret) first = ask_once (prompt, cancellable, error);
  g_autoptr (SrSecret) second = NULL;

  if (first == NULL || !twice)
    return g_steal_pointer (&first);
  second = ask_once ("The same again", cancellable, error);
  if (second == NULL)
    return NULL;
  if (sr_secret_equal (first, second))
    return g_steal_pointer (&first);
  g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                       "The two passwords are not the same; nothing was changed");
  return NULL;
}
