/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-backup-file-private.h"

G_BEGIN_DECLS

/* Opens a POS backup whose @outer is in clear. */
gboolean sr_pos_open (SrBackupFile *file,
                      GCancellable *cancellable,
                      GError      **error);

G_END_DECLS
