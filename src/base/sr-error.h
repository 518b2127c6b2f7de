/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SR_ERROR:
 *
 * Error domain of everything in Strongroom. A code tells a caller what to do; the message tells a
 * person what happened, where, and what to do next.
 */
#define SR_ERROR (sr_error_quark ())

/**
 * SrErrorCode:
 * @SR_ERROR_FAILED: nothing more precise is known
 * @SR_ERROR_NOT_FOUND: the thing named is not there
 * @SR_ERROR_EXISTS: something stands where the new thing should go
 * @SR_ERROR_WRONG_PASSWORD: the password opens none of the keys; asking again makes sense
 * @SR_ERROR_LOCKED: another program holds the vault, the database or the keyring; waiting makes
 *   sense
 * @SR_ERROR_DAMAGED: stored data is not what was written
 * @SR_ERROR_NO_SPACE: the disk or a quota is full
 * @SR_ERROR_CANCELLED: the person stopped it
 * @SR_ERROR_REFUSED: it could be done but is not, for safety
 * @SR_ERROR_UNSUPPORTED: this version or system cannot do it
 * @SR_ERROR_PERMISSION: the operating system does not allow it
 * @SR_ERROR_INVALID: the input is malformed (arguments, patterns, files from outside)
 * @SR_ERROR_INCOMPLETE: done in part; what is missing was reported
 * @SR_ERROR_CHILD: a child process ended badly
 * @SR_ERROR_IO: the operating system reported an input or output error
 * @SR_ERROR_NETWORK: the other side cannot be reached or broke off
 * @SR_ERROR_AUTH: the other side does not accept the credentials
 * @SR_ERROR_TIMEOUT: nothing came for too long
 */
typedef enum
{
  SR_ERROR_FAILED,
  SR_ERROR_NOT_FOUND,
  SR_ERROR_EXISTS,
  SR_ERROR_WRONG_PASSWORD,
  SR_ERROR_LOCKED,
  SR_ERROR_DAMAGED,
  SR_ERROR_NO_SPACE,
  SR_ERROR_CANCELLED,
  SR_ERROR_REFUSED,
  SR_ERROR_UNSUPPORTED,
  SR_ERROR_PERMISSION,
  SR_ERROR_INVALID,
  SR_ERROR_INCOMPLETE,
  SR_ERROR_CHILD,
  SR_ERROR_IO,
  SR_ERROR_NETWORK,
  SR_ERROR_AUTH,
  SR_ERROR_TIMEOUT,
} SrErrorCode;

GQuark sr_error_quark (void);

/**
 * sr_error_code_name:
 *
 * Returns: (transfer none): the stable machine name of @code, as `--json` prints it ("not-found")
 */
const char *sr_error_code_name (SrErrorCode code);

/**
 * sr_error_code_from_errno:
 *
 * Maps an errno value: ENOENT to NOT_FOUND, EACCES/EPERM/EROFS to PERMISSION, ENOSPC/EDQUOT to
 * NO_SPACE, EEXIST to EXISTS, ECANCELED to CANCELLED, EOPNOTSUPP/ENOSYS to UNSUPPORTED, the rest to
 * IO.
 */
SrErrorCode sr_error_code_from_errno (int errnum);

/**
 * sr_set_error_errno:
 * @error: (nullable): where to store it
 * @errnum: value of errno, saved by the caller before any other call
 * @format: what was tried, with the file named; ": " and strerror are appended
 */
void sr_set_error_errno (GError    **error,
                         int         errnum,
                         const char *format,
                         ...) G_GNUC_PRINTF (3, 4);

/**
 * sr_error_take_io:
 * @error: (nullable): where an error may be; one that is not of %G_IO_ERROR stays as it is
 * @format: what was tried, with the file named; ": " and what GIO says are appended
 *
 * Turns an error of GIO's streams into ours, so that a full disk is told as one, with its file.
 */
void sr_error_take_io (GError    **error,
                       const char *format,
                       ...) G_GNUC_PRINTF (2, 3);

/**
 * sr_check_cancelled:
 *
 * Returns: %TRUE and sets %SR_ERROR_CANCELLED if @cancellable (nullable) was cancelled
 */
gboolean sr_check_cancelled (GCancellable *cancellable,
                             GError      **error);

/**
 * sr_error_is:
 *
 * Returns: whether @error (nullable) is of %SR_ERROR and has @code
 */
gboolean sr_error_is (const GError *error,
                      SrErrorCode   code);

G_END_DECLS
