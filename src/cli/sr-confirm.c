/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-confirm.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define MAX_ANSWER 64

static gboolean
wait_for_input (GCancellable *cancellable,
                GError      **error)
{
  struct pollfd fds[2] = {
    { .fd = STDIN_FILENO, .events = POLLIN },
    { .fd = g_cancellable_get_fd (cancellable), .events = POLLIN },
  };
  int n;

  do
    n = poll (fds, fds[1].fd >= 0 ? 2 : 1, -1);
  while (n < 0 && errno == EINTR);
  if (fds[1].fd >= 0)
    g_cancellable_release_fd (cancellable);
  if (n < 0)
    sr_set_error_errno (error, errno, "Waiting for the answer");
  return n >= 0 && !sr_check_cancelled (cancellable, error);
}

/* One line, without its end; longer ones are cut, which makes them no yes. */
static gboolean
read_line (char          answer[MAX_ANSWER],
           GCancellable *cancellable,
           GError      **error)
{
  gsize length = 0;
  char  c = '\0';

  while (c != '\n')
    {
      gssize n;

      if (!wait_for_input (cancellable, error))
        return FALSE;
      n = read (STDIN_FILENO, &c, 1);
      if (n <= 0)
        break;
      if (c != '\n' && length < MAX_ANSWER - 1)
        answer[length++] = c;
    }
  answer[length] = '\0';
  return TRUE;
}

gboolean
sr_confirm_ask (SrCli      *cli,
                const char *question,
                const char *option,
                GError    **error)
{
  g_autofree char *line = g_strconcat (question, " Type “yes” to go on:\n", NULL);
  char             answer[MAX_ANSWER];

  if (!sr_password_can_ask ())
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                   "Nothing was changed: nobody can be asked here; %s goes on without asking",
                   option);
      return FALSE;
    }
  sr_status_line_print (cli->status, TRUE, line);
  if (!read_line (answer, cli->cancellable, error))
    return FALSE;
  g_strstrip (answer);
  if (g_ascii_strcasecmp (answer, "yes") == 0)
    return TRUE;
  g_set_error_literal (error, SR_ERROR, SR_ERROR_REFUSED, "Nothing was changed, as you answered");
  return FALSE;
}
