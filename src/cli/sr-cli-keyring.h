/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "cli/sr-cli.h"

G_BEGIN_DECLS

/* Passwords of vaults in the session's keyring, by the ids of the keys they open. */

/* Whether asking a keyring can lead to anything: built with it, and there is a session bus. */
gboolean sr_cli_keyring_is_there (void);
/**
 * sr_cli_keyring_look_up:
 * @may_ask: whether the person may be asked to unlock the keyring
 * @password: (out) (nullable): %NULL if the keyring has none
 *
 * Tries the names of all keys of the vault.
 *
 * Returns: %FALSE with @error set if the keyring cannot be asked
 */
gboolean sr_cli_keyring_look_up (SrCli      *cli,
                                 const char *location,
                                 gboolean    may_ask,
                                 SrSecret  **password,
                                 GError    **error);
gboolean sr_cli_keyring_store (SrCli      *cli,
                               const SrId *key,
                               SrSecret   *password,
                               GError    **error);
/* The password of the vault was changed: if the keyring knew the old one, it learns the new one.
 * Nothing is asked, and problems are only warnings. */
void sr_cli_keyring_replace (SrCli      *cli,
                             const SrId *old_key,
                             const SrId *new_key,
                             SrSecret   *password);
/* A key is gone: so is its password. */
void sr_cli_keyring_drop (SrCli      *cli,
                          const SrId *key);
/**
 * sr_cli_keyring_look_up_database:
 * @location: URL of the database, without a password
 * @password: (out) (nullable): %NULL if there is none, or the keyring cannot be asked
 *
 * Nobody is asked to unlock the keyring; that it is locked is told as a warning.
 */
void     sr_cli_keyring_look_up_database (SrCli      *cli,
                                          const char *location,
                                          SrSecret  **password);
gboolean sr_cli_keyring_store_database (SrCli      *cli,
                                        const char *location,
                                        SrSecret   *password,
                                        GError    **error);

G_END_DECLS
