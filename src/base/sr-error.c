/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-base"

#include "config.h"

#include "base/sr-error.h"

#include <errno.h>

/* Not G_DEFINE_QUARK(): workers that fail at the same moment may be the first to ask. */
GQuark
sr_error_quark (void)
{
  static gsize quark = 0;

  if (g_once_init_enter (&quark))
    g_once_init_leave (&quark, g_quark_from_static_string ("sr-error-quark"));
  return (GQuark) quark;
}

static const char *const code_names[] = {
  [SR_ERROR_FAILED] = "failed",
  [SR_ERROR_NOT_FOUND] = "not-found",
  [SR_ERROR_EXISTS] = "exists",
  [SR_ERROR_WRONG_PASSWORD] = "wrong-password",
  [SR_ERROR_LOCKED] = "locked",
  [SR_ERROR_DAMAGED] = "damaged",
  [SR_ERROR_NO_SPACE] = "no-space",
  [SR_ERROR_CANCELLED] = "cancelled",
  [SR_ERROR_REFUSED] = "refused",
  [SR_ERROR_UNSUPPORTED] = "unsupported",
  [SR_ERROR_PERMISSION] = "permission",
  [SR_ERROR_INVALID] = "invalid",
  [SR_ERROR_INCOMPLETE] = "incomplete",
  [SR_ERROR_CHILD] = "child",
  [SR_ERROR_IO] = "io",
  [SR_ERROR_NETWORK] = "network",
  [SR_ERROR_AUTH] = "auth",
  [SR_ERROR_TIMEOUT] = "timeout",
};

const char *
sr_error_code_name (SrErrorCode code)
{
  if ((guint) code >= G_N_ELEMENTS (code_names))
    return code_names[SR_ERROR_FAILED];
  return code_names[code];
}

SrErrorCode
sr_error_code_from_errno (int errnum)
{
  switch (errnum)
    {
    case ENOENT:
      return SR_ERROR_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EROFS:
      return SR_ERROR_PERMISSION;
    case ENOSPC:
    case EDQUOT:
      return SR_ERROR_NO_SPACE;
    case EEXIST:
      return SR_ERROR_EXISTS;
    case ECANCELED:
      return SR_ERROR_CANCELLED;
    case EOPNOTSUPP:
    case ENOSYS:
      return SR_ERROR_UNSUPPORTED;
    default:
      return SR_ERROR_IO;
    }
}

void
sr_set_error_errno (GError    **error,
                    int         errnum,
                    const char *format,
                    ...)
{
  g_autofree char *what = NULL;
  va_list          args;

  if (error == NULL)
    return;
  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, SR_ERROR, sr_error_code_from_errno (errnum), "%s: %s",
               what, g_strerror (errnum));
}

static SrErrorCode
code_from_io (int code)
{
  switch (code)
    {
    case G_IO_ERROR_NO_SPACE:
      return SR_ERROR_NO_SPACE;
    case G_IO_ERROR_CANCELLED:
      return SR_ERROR_CANCELLED;
    case G_IO_ERROR_PERMISSION_DENIED:
    case G_IO_ERROR_READ_ONLY:
      return SR_ERROR_PERMISSION;
    case G_IO_ERROR_NOT_FOUND:
      return SR_ERROR_NOT_FOUND;
    default:
      return SR_ERROR_IO;
    }
}

void
sr_error_take_io (GError    **error,
                  const char *format,
                  ...)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char   *what = NULL;
  va_list            args;

  if (error == NULL || *error == NULL || (*error)->domain != G_IO_ERROR)
    return;
  reason = g_steal_pointer (error);
  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, SR_ERROR, code_from_io (reason->code), "%s: %s", what, reason->message);
}

gboolean
sr_check_cancelled (GCancellable *cancellable,
                    GError      **error)
{
  if (!g_cancellable_is_cancelled (cancellable))
    return FALSE;
  g_set_error_literal (error, SR_ERROR, SR_ERROR_CANCELLED, "The operation was cancelled");
  return TRUE;
}

gboolean
sr_error_is (const GError *error,
             SrErrorCode   code)
{
  return g_error_matches (error, SR_ERROR, (int) code);
}
