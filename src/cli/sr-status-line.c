/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-status-line.h"

#include "cli/sr-text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PLAIN_INTERVAL_US (30 * G_USEC_PER_SEC)
#define CLEAR_LINE        "\r\033[K"

struct _SrStatusLine
{
  GMutex        lock; /* all below, and the two streams */
  gboolean      silent;
  gboolean      is_terminal;
  gboolean      flushes; /* standard output is a terminal */
  gboolean      shown;
  gboolean      ended;
  gint64        next_plain_us;
  int           output_errno;
  GCancellable *cancellable; /* (nullable) */
};

SrStatusLine *
sr_status_line_new (gboolean silent)
{
  SrStatusLine *self = g_new0 (SrStatusLine, 1);

  g_mutex_init (&self->lock);
  self->silent = silent;
  self->is_terminal = isatty (STDERR_FILENO) != 0;
  self->flushes = isatty (STDOUT_FILENO) != 0;
  self->next_plain_us = g_get_monotonic_time () + PLAIN_INTERVAL_US;
  return self;
}

void
sr_status_line_free (SrStatusLine *self)
{
  if (self == NULL)
    return;
  sr_status_line_end (self);
  g_clear_object (&self->cancellable);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* "0:07", "12:05", "3:00:41" */
static void
append_duration (GString *text,
                 double   seconds)
{
  guint64 whole = seconds > 0.0 ? (guint64) MIN (seconds, 1e9) : 0;

  if (whole >= 3600)
    g_string_append_printf (text, "%u:%02u:%02u", (guint) (whole / 3600),
                            (guint) (whole / 60 % 60), (guint) (whole % 60));
  else
    g_string_append_printf (text, "%u:%02u", (guint) (whole / 60), (guint) (whole % 60));
}

static void
append_amount (GString               *text,
               const SrProgressState *state)
{
  g_autofree char *done = sr_size_text (state->bytes_done);
  g_autofree char *total = sr_size_text (state->bytes_total);

  if (state->bytes_total > 0)
    g_string_append_printf (text, "  %s of %s", done, total);
  else if (state->bytes_done > 0)
    g_string_append_printf (text, "  %s", done);
  if (state->items_total > 0)
    g_string_append_printf (text, "  %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT,
                            state->items_done, state->items_total);
  else if (state->items_done > 0)
    g_string_append_printf (text, "  %" G_GUINT64_FORMAT, state->items_done);
}

/* Shortens to @columns characters; the end of a path tells more than its beginning. */
static char *
fit (GString    *head,
     const char *current,
     guint       columns)
{
  glong room;
  glong length;

  if (columns > 0 && g_utf8_strlen (head->str, -1) > (glong) columns)
    g_string_truncate (head, (gsize) (g_utf8_offset_to_pointer (head->str, columns) - head->str));
  if (current == NULL)
    return g_strdup (head->str);
  if (columns == 0)
    return g_strdup_printf ("%s  %s", head->str, current);
  room = (glong) columns - g_utf8_strlen (head->str, -1) - 2;
  length = g_utf8_strlen (current, -1);
  if (room < 8)
    return g_strdup (head->str);
  if (length <= room)
    return g_strdup_printf ("%s  %s", head->str, current);
  return g_strdup_printf ("%s  …%s", head->str,
                          g_utf8_offset_to_pointer (current, length - room + 1));
}

char *
sr_status_line_format (const SrProgressState *state,
                       guint                  columns)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char    *current = state->current != NULL ? sr_text_name (state->current) : NULL;

  if (state->estimating)
    g_string_append (text, "[  … ]");
  else
    g_string_append_printf (text, "[%3.0f %%]", state->fraction * 100.0);
  if (state->phase != NULL)
    g_string_append_printf (text, "  %s", state->phase);
  append_amount (text, state);
  if (state->bytes_per_second >= 1.0)
    {
      g_autofree char *rate = sr_size_text ((guint64) state->bytes_per_second);

      g_string_append_printf (text, "  %s/s", rate);
    }
  if (state->seconds_left >= 0.0)
    {
      g_string_append (text, "  ");
      append_duration (text, state->seconds_left);
      g_string_append (text, " left");
    }
  return fit (text, current, columns);
}

static guint
get_columns (void)
{
  struct winsize size;

  if (ioctl (STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return 79;
  /* Not the last column: some terminals go to the next line there. */
  return size.ws_col - 1u;
}

/* Called with the lock held. */
static void
clear_line (SrStatusLine *self)
{
  if (!self->shown)
    return;
  fputs (CLEAR_LINE, stderr);
  self->shown = FALSE;
}

static void
draw (SrStatusLine          *self,
      const SrProgressState *state)
{
  g_autofree char *line = NULL;
  gint64           now = g_get_monotonic_time ();

  g_mutex_lock (&self->lock);
  if (!self->ended && self->is_terminal)
    {
      line = sr_status_line_format (state, get_columns ());
      fprintf (stderr, CLEAR_LINE "%s", line);
      fflush (stderr);
      self->shown = TRUE;
    }
  else if (!self->ended && now >= self->next_plain_us)
    {
      line = sr_status_line_format (state, 0);
      fprintf (stderr, "%s\n", line);
      fflush (stderr);
      self->next_plain_us = now + PLAIN_INTERVAL_US;
    }
  g_mutex_unlock (&self->lock);
}

static void
progress_changed (SrProgress *progress,
                  gpointer    user_data)
{
  SrProgressState state;

  sr_progress_get_state (progress, &state);
  draw (user_data, &state);
  sr_progress_state_clear (&state);
}

void
sr_status_line_follow (SrStatusLine *self,
                       SrProgress   *progress)
{
  if (!self->silent)
    sr_progress_set_notify (progress, progress_changed, self, NULL);
}

/* Called with the lock held, right after the write that failed. */
static void
note_output_error (SrStatusLine *self)
{
  if (self->output_errno != 0)
    return;
  self->output_errno = errno != 0 ? errno : EIO;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

void
sr_status_line_watch_output (SrStatusLine *self,
                             GCancellable *cancellable)
{
  g_mutex_lock (&self->lock);
  g_set_object (&self->cancellable, cancellable);
  g_mutex_unlock (&self->lock);
}

int
sr_status_line_flush_output (SrStatusLine *self)
{
  int result;

  g_mutex_lock (&self->lock);
  if (fflush (stdout) != 0)
    note_output_error (self);
  result = self->output_errno;
  g_mutex_unlock (&self->lock);
  return result;
}

void
sr_status_line_print (SrStatusLine *self,
                      gboolean      is_error,
                      const char   *text)
{
  g_mutex_lock (&self->lock);
  clear_line (self);
  if (is_error)
    fputs (text, stderr);
  else if (fputs (text, stdout) == EOF || (self->flushes && fflush (stdout) != 0))
    note_output_error (self);
  g_mutex_unlock (&self->lock);
}

void
sr_status_line_end (SrStatusLine *self)
{
  g_mutex_lock (&self->lock);
  clear_line (self);
  fflush (stderr);
  self->ended = TRUE;
  g_mutex_unlock (&self->lock);
}
