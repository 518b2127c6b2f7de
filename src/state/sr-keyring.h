/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-secret.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrKeyringResult:
 * @SR_KEYRING_DONE: found, stored or removed
 * @SR_KEYRING_NONE: the keyring is open and holds no such password
 * @SR_KEYRING_LOCKED: the keyring is locked, and nobody was asked to unlock it
 * @SR_KEYRING_DISMISSED: the keyring is locked, and the question was dismissed or could not be
 *   shown
 * @SR_KEYRING_UNAVAILABLE: no keyring answers, or it failed
 * @SR_KEYRING_UNSUPPORTED: this program was built without libsecret
 *
 * What became of a request. For all but the first two an error is set as well.
 */
typedef enum
{
  SR_KEYRING_DONE,
  SR_KEYRING_NONE,
  SR_KEYRING_LOCKED,
  SR_KEYRING_DISMISSED,
  SR_KEYRING_UNAVAILABLE,
  SR_KEYRING_UNSUPPORTED,
} SrKeyringResult;

/**
 * SrKeyringKind:
 * @SR_KEYRING_VAULT: schema "io.github.strongroom.Vault", known by "key-id": id of the key file
 *   that the password opens, as hexadecimal text. Key files can be listed without a password, and
 *   keep their names when a vault is moved.
 * @SR_KEYRING_DATABASE: schema "io.github.strongroom.Database", known by "location": URL of the
 *   database without a password
 *
 * Whose password it is.
 */
typedef enum
{
  SR_KEYRING_VAULT,
  SR_KEYRING_DATABASE,
} SrKeyringKind;

/**
 * sr_keyring_lookup:
 * @name: by which it is known, see #SrKeyringKind
 * @may_ask: whether the person may be asked to unlock the keyring; that can take for ever
 * @password: (out) (transfer full) (nullable): set for %SR_KEYRING_DONE only
 *
 * A password in the system's keyring. A locked keyring is never taken for an empty one.
 *
 * Threads: blocks, so not on a main loop's thread.
 */
SrKeyringResult sr_keyring_lookup (SrKeyringKind kind,
                                   const char   *name,
                                   gboolean      may_ask,
                                   SrSecret    **password,
                                   GCancellable *cancellable,
                                   GError      **error);
/* Stores or replaces; @label is what a person sees in the keyring's own window. May ask. */
SrKeyringResult sr_keyring_store (SrKeyringKind kind,
                                  const char   *name,
                                  const char   *label,
                                  SrSecret     *password,
                                  GCancellable *cancellable,
                                  GError      **error);
SrKeyringResult sr_keyring_clear (SrKeyringKind kind,
                                  const char   *name,
                                  gboolean      may_ask,
                                  GCancellable *cancellable,
                                  GError      **error);
/* Whether this program was built with libsecret. */
gboolean sr_keyring_is_supported (void);
/* Whether there may be a keyring: built in, and there is a session bus, so that asking does not
 * start one. */
gboolean sr_keyring_is_reachable (void);

G_END_DECLS
