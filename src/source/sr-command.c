/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-source"

#include "config.h"

#include "source/sr-command.h"

#include "base/sr-error.h"
#include "base/sr-process.h"

#include <unistd.h>

struct _SrCommand
{
  SrProcess *process;
  char      *program;
  gboolean   ended; /* its output has been read to the end */
};

SrCommand *
sr_command_new (const char *const *argv,
                GError           **error)
{
  /* a command may ask a person something; what a script feeds to us is not for it */
  SrProcessFlags stdin_flag = isatty (STDIN_FILENO) ? SR_PROCESS_STDIN_INHERIT : SR_PROCESS_NONE;
  SrProcess     *process;
  SrCommand     *self;

  if (argv == NULL || argv[0] == NULL || argv[0][0] == '\0')
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                           "No command was given whose output could be backed up");
      return NULL;
    }
  process = sr_process_spawn (argv, NULL,
                              SR_PROCESS_STDOUT_PIPE | SR_PROCESS_STDERR_PASS | stdin_flag, error);
  if (process == NULL)
    return NULL;
  self = g_new0 (SrCommand, 1);
  self->process = process;
  self->program = g_filename_display_name (argv[0]);
  return self;
}

void
sr_command_free (SrCommand *self)
{
  if (self == NULL)
    return;
  sr_process_free (self->process);
  g_free (self->program);
  g_free (self);
}

gssize
sr_command_read (SrCommand    *self,
                 gpointer      buffer,
                 gsize         size,
                 GCancellable *cancellable,
                 GError      **error)
{
  gssize n = sr_process_read (self->process, buffer, size, cancellable, error);

  if (n == 0)
    self->ended = TRUE;
  return n;
}

gboolean
sr_command_finish (SrCommand    *self,
                   GCancellable *cancellable,
                   GError      **error)
{
  if (!self->ended)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INCOMPLETE,
                   "The output of “%s” was not read to its end", self->program);
      return FALSE;
    }
  return sr_process_wait (self->process, cancellable, error);
}
