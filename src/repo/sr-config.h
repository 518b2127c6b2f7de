/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-chunker.h"
#include "base/sr-id.h"

G_BEGIN_DECLS

/**
 * SrConfig:
 * @version: 1 (read only for us) or 2
 * @id: random name of the vault, by which the keyring knows it
 * @database_chunks: how database content is cut; ours, in the member "strongroom_database_chunks"
 *   ([min, bits, max]), which restic ignores; the default where it is absent
 *
 * The file `config` of a vault (format notes 1.2).
 */
typedef struct
{
  guint32      version;
  SrId         id;
  SrPolynomial polynomial;
  SrChunkSizes database_chunks;
} SrConfig;

GString *sr_config_encode (const SrConfig *self);
/* %SR_ERROR_DAMAGED if malformed or the polynomial is not irreducible, %SR_ERROR_UNSUPPORTED for
 * other versions. */
gboolean sr_config_decode (SrConfig     *self,
                           gconstpointer json,
                           gsize         size,
                           GError      **error);

G_END_DECLS
