/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "crypto/sr-kdf.h"
#include "storage/sr-storage.h"

G_BEGIN_DECLS

/**
 * SrKeyInfo:
 *
 * What a key file tells to everyone who can read it.
 */
typedef struct
{
  SrId           id;
  char          *created;
  char          *username;
  char          *hostname;
  SrScryptParams params;
} SrKeyInfo;

void sr_key_info_free (SrKeyInfo *self);

/* Key files of vaults (format notes 1.2). The master key is %SR_KEY_SIZE bytes: encrypt, mac.k,
 * mac.r. */

/* A key file that opens @master with @password. @params (nullable): calibrated to 500 ms when
 * %NULL. The file is written, read back and opened before it counts. */
gboolean sr_key_add (SrStorage            *storage,
                     SrSecret             *master,
                     SrSecret             *password,
                     const char           *username,
                     const char           *hostname,
                     const SrScryptParams *params,
                     SrId                 *id,
                     GCancellable         *cancellable,
                     GError              **error);
/**
 * sr_key_search:
 * @used: (out) (nullable): the key that opened
 *
 * Tries all key files, at most 20, as restic does. %SR_ERROR_WRONG_PASSWORD if none opens; damaged
 * key files are skipped and only named when nothing opens.
 *
 * Returns: (transfer full): the master key
 */
SrSecret *sr_key_search (SrStorage    *storage,
                         SrSecret     *password,
                         SrId         *used,
                         GCancellable *cancellable,
                         GError      **error);
/* Removes a key file. %SR_ERROR_REFUSED for @in_use (nullable) and for the last one that is
 * readable. */
gboolean sr_key_remove (SrStorage    *storage,
                        const SrId   *id,
                        const SrId   *in_use,
                        GCancellable *cancellable,
                        GError      **error);
/* sr_key_add() and then removes @old: at every moment one of the two passwords opens the vault. */
gboolean sr_key_change (SrStorage            *storage,
                        SrSecret             *master,
                        const SrId           *old,
                        SrSecret             *password,
                        const char           *username,
                        const char           *hostname,
                        const SrScryptParams *params,
                        SrId                 *id,
                        GCancellable         *cancellable,
                        GError              **error);
/* Returns: (transfer full) (element-type SrKeyInfo): all readable key files; unreadable ones are
 *   left out and counted */
GPtrArray *sr_key_list (SrStorage    *storage,
                        guint        *n_unreadable,
                        GCancellable *cancellable,
                        GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrKeyInfo, sr_key_info_free)

G_END_DECLS
