/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-secret.h"
#include <gio/gio.h>

G_BEGIN_DECLS

#define SR_SEAL_IV_SIZE  16
#define SR_SEAL_MAC_SIZE 16
#define SR_SEAL_OVERHEAD 32 /* IV in front, MAC behind */
#define SR_KEY_SIZE      64 /* AES-256 key (32), mac.k (16), mac.r (16) */

/**
 * SrSealer:
 *
 * Authenticated encryption of a restic repository: IV || AES-256-CTR || Poly1305-AES over the
 * ciphertext (restic's design document, section "Keys, Encryption and MAC").
 *
 * Threads: an SrSealer belongs to one thread at a time; make one for each with sr_sealer_copy().
 */
typedef struct _SrSealer SrSealer;

/**
 * sr_sealer_new:
 * @key: %SR_KEY_SIZE bytes: encrypt, mac.k, mac.r
 *
 * Returns: (transfer full): %NULL with %SR_ERROR_DAMAGED if a part of the key is all zero or the
 *   size is wrong
 */
SrSealer *sr_sealer_new (SrSecret *key,
                         GError  **error);
SrSealer *sr_sealer_copy (SrSealer *self);
void      sr_sealer_free (SrSealer *self);

/**
 * sr_sealer_seal:
 * @plain: @size bytes; may be equal to @sealed + %SR_SEAL_IV_SIZE (in place)
 * @sealed: room for @size + %SR_SEAL_OVERHEAD bytes
 */
void sr_sealer_seal (SrSealer     *self,
                     gconstpointer plain,
                     gsize         size,
                     guint8       *sealed);

/**
 * sr_sealer_open:
 * @sealed: @size bytes
 * @plain: room for @size - %SR_SEAL_OVERHEAD bytes; may be @sealed + %SR_SEAL_IV_SIZE (in place)
 *
 * The MAC is checked before a byte is decrypted.
 *
 * Returns: %FALSE with %SR_ERROR_DAMAGED if it was not sealed with this key or was changed since
 */
gboolean sr_sealer_open (SrSealer     *self,
                         gconstpointer sealed,
                         gsize         size,
                         guint8       *plain,
                         GError      **error);

/* Streaming forms, for blobs too large for memory. Sealing: begin gives the IV, update encrypts in
 * place of any length, finish gives the MAC. Opening takes two passes: authenticate the whole
 * ciphertext, then decrypt it. */
void     sr_sealer_seal_begin (SrSealer *self,
                               guint8    iv[SR_SEAL_IV_SIZE]);
void     sr_sealer_seal_update (SrSealer     *self,
                                gconstpointer plain,
                                gsize         size,
                                guint8       *cipher);
void     sr_sealer_seal_finish (SrSealer *self,
                                guint8    mac[SR_SEAL_MAC_SIZE]);
void     sr_sealer_auth_begin (SrSealer    *self,
                               const guint8 iv[SR_SEAL_IV_SIZE]);
void     sr_sealer_auth_update (SrSealer     *self,
                                gconstpointer cipher,
                                gsize         size);
gboolean sr_sealer_auth_finish (SrSealer    *self,
                                const guint8 mac[SR_SEAL_MAC_SIZE],
                                GError     **error);
void     sr_sealer_decrypt_begin (SrSealer    *self,
                                  const guint8 iv[SR_SEAL_IV_SIZE]);
void     sr_sealer_decrypt_update (SrSealer     *self,
                                   gconstpointer cipher,
                                   gsize         size,
                                   guint8       *plain);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrSealer, sr_sealer_free)

G_END_DECLS
