/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-dump-child.h"

#include <string.h>

#include "base/sr-error.h"
#include "base/sr-process.h"

#define STEP_SIZE ((gsize) 64 * 1024)
#define TAIL_SIZE ((gsize) 4096)

/* Keeps the last bytes of what passes. */
static void
keep_tail (GByteArray   *tail,
           const guint8 *data,
           gsize         size)
{
  gsize taken = MIN (size, TAIL_SIZE);

  if (tail->len + taken > TAIL_SIZE)
    g_byte_array_remove_range (tail, 0, (guint) (tail->len + taken - TAIL_SIZE));
  g_byte_array_append (tail, data + size - taken, (guint) taken);
}

gboolean
sr_dump_child_run (const char *const *argv,
                   const char *const *environment,
                   const char        *end_marker,
                   GOutputStream     *stream,
                   guint64           *written,
                   GCancellable      *cancellable,
                   GError           **error)
{
  g_autoptr (SrProcess) process =
      sr_process_spawn (argv, environment, SR_PROCESS_STDOUT_PIPE, error);
  g_autoptr (GByteArray) tail = g_byte_array_new ();
  g_autofree guint8     *buffer = NULL;
  gssize                 n;

  *written = 0;
  if (process == NULL)
    return FALSE;
  buffer = g_malloc (STEP_SIZE);
  while ((n = sr_process_read (process, buffer, STEP_SIZE, cancellable, error)) > 0)
    {
      if (!g_output_stream_write_all (stream, buffer, (gsize) n, NULL, cancellable, error))
        {
          g_prefix_error (error, "Writing the safety backup: ");
          return FALSE;
        }
      keep_tail (tail, buffer, (gsize) n);
      *written += (guint64) n;
    }
  if (n < 0 || !sr_process_wait (process, cancellable, error))
    return FALSE;
  if (end_marker == NULL ||
      memmem (tail->data, tail->len, end_marker, strlen (end_marker)) != NULL)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_INCOMPLETE,
               "The dump that “%s” wrote lacks its end, so that it is no safety backup", argv[0]);
  return FALSE;
}
