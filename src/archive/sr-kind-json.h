/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-backup-file-private.h"

G_BEGIN_DECLS

/* Whether the file is a server's answer that tells of a failure, saved as if it were a backup. */
gboolean sr_json_is_error_reply (SrBackupFile *file);

G_END_DECLS
