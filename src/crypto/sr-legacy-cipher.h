/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-secret.h"
#include <gio/gio.h>

G_BEGIN_DECLS

#define SR_LEGACY_BLOCK 16

/**
 * SrLegacyCipher:
 *
 * What `crypto.createCipher ("aes-256-cbc", password)` of old Node releases does, and `openssl enc
 * -aes-256-cbc -md md5 -nosalt`: AES-256-CBC with PKCS#7 padding; key and IV are the three MD5
 * digests of EVP_BytesToKey() with one round and without a salt. There is no authentication: the
 * padding is all that tells a wrong key or damage. For files that others made; nothing of ours is
 * encrypted like this.
 *
 * Threads: one at a time.
 */
typedef struct _SrLegacyCipher SrLegacyCipher;

/* @password: its bytes are read now. Returns: (transfer full) */
SrLegacyCipher *sr_legacy_cipher_new (const SrSecret *password,
                                      gboolean        encrypt);
void            sr_legacy_cipher_free (SrLegacyCipher *self);
/* Begins a new message under the same key. */
void sr_legacy_cipher_reset (SrLegacyCipher *self);
/* @out: room for @size + %SR_LEGACY_BLOCK bytes; not @data itself. At most 1 GiB at a time.
 * Returns: bytes written */
gsize sr_legacy_cipher_update (SrLegacyCipher *self,
                               gconstpointer   data,
                               gsize           size,
                               gpointer        out);
/**
 * sr_legacy_cipher_finish:
 * @out: room for %SR_LEGACY_BLOCK bytes
 * @size: (out): bytes written
 *
 * Ends the message. Returns: %FALSE with %SR_ERROR_DAMAGED if what was decrypted does not end on a
 *   block or in padding
 */
gboolean sr_legacy_cipher_finish (SrLegacyCipher *self,
                                  gpointer        out,
                                  gsize          *size,
                                  GError        **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrLegacyCipher, sr_legacy_cipher_free)

G_END_DECLS
