/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-lock.h"
#include "repo/sr-repo.h"

G_BEGIN_DECLS

/**
 * sr_vault_exists:
 *
 * Returns: whether there is a vault at @location (its config file is there)
 */
gboolean sr_vault_exists (const char   *location,
                          GCancellable *cancellable,
                          GError      **error);

/* sr_storage_open() and sr_repo_open()/sr_repo_create() in one. */
SrRepo *sr_vault_open (const char   *location,
                       SrSecret     *password,
                       GCancellable *cancellable,
                       GError      **error);
SrRepo *sr_vault_create (const char         *location,
                         SrSecret           *password,
                         const SrChunkSizes *database_chunks,
                         GCancellable       *cancellable,
                         GError            **error);
/**
 * sr_vault_get_key_names:
 * @names: (out) (transfer full) (element-type utf8): ids of the key files as hexadecimal text
 *
 * The keyring knows a vault's password by the id of the key file it opens (attribute "key-id"):
 * that can be listed without any password, and stays true when the vault is moved or mounted
 * elsewhere.
 */
gboolean sr_vault_get_key_names (const char   *location,
                                 GPtrArray   **names,
                                 GCancellable *cancellable,
                                 GError      **error);

G_END_DECLS
