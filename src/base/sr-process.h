/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrProcess:
 *
 * A child process with streamed standard input and output; the last 8 KiB of its standard error are
 * kept for error messages. Secrets go through its input or environment, never through its
 * arguments.
 *
 * Threads: one thread may write, another read, at the same time.
 */
typedef struct _SrProcess SrProcess;

typedef enum
{
  SR_PROCESS_NONE = 0,
  SR_PROCESS_STDIN_PIPE = 1 << 0,  /* else /dev/null */
  SR_PROCESS_STDOUT_PIPE = 1 << 1, /* else /dev/null */
  SR_PROCESS_STDIN_INHERIT =
      1 << 2,                      /* and the terminal lent to it until it ends, if that is ours */
  SR_PROCESS_STDERR_PASS = 1 << 3, /* kept and passed on to our standard error as well */
} SrProcessFlags;

/**
 * sr_process_spawn:
 * @argv: (array zero-terminated=1): program, looked up in PATH, and its arguments
 * @environment: (nullable) (array zero-terminated=1): "NAME=value" to add or replace
 *
 * No descriptor but the three standard ones reaches the child; it is a process group of its own.
 */
SrProcess *sr_process_spawn (const char *const *argv,
                             const char *const *environment,
                             SrProcessFlags     flags,
                             GError           **error);
/* Kills the group if it still runs, and reaps it. */
void sr_process_free (SrProcess *self);
/* Returns: bytes read, 0 at the end, -1 with @error set */
gssize   sr_process_read (SrProcess    *self,
                          gpointer      buffer,
                          gsize         size,
                          GCancellable *cancellable,
                          GError      **error);
gboolean sr_process_write_all (SrProcess    *self,
                               gconstpointer data,
                               gsize         size,
                               GCancellable *cancellable,
                               GError      **error);
void     sr_process_close_stdin (SrProcess *self);
/**
 * sr_process_wait:
 *
 * Waits for the child itself, not for what it leaves running. When cancelled the whole group is
 * killed and reaped. May be called again, also when another call failed.
 *
 * Returns: %TRUE if the child ended with status 0; else %SR_ERROR_CHILD that names the program, its
 *   status or signal and the end of its standard error
 */
gboolean sr_process_wait (SrProcess    *self,
                          GCancellable *cancellable,
                          GError      **error);
/* Returns: (transfer full): valid UTF-8, control bytes but line feed and tab replaced */
char *sr_process_get_stderr_tail (SrProcess *self);
/* SIGKILL to the whole group. From any thread; a wait or read elsewhere then comes back. */
void sr_process_kill (SrProcess *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrProcess, sr_process_free)

G_END_DECLS
