/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-tree.h"

G_BEGIN_DECLS

/* Bits of Go's FileMode beside the permissions. */
#define SR_GO_MODE_DIR         (1u << 31)
#define SR_GO_MODE_SYMLINK     (1u << 27)
#define SR_GO_MODE_DEVICE      (1u << 26)
#define SR_GO_MODE_FIFO        (1u << 25)
#define SR_GO_MODE_SOCKET      (1u << 24)
#define SR_GO_MODE_SETUID      (1u << 23)
#define SR_GO_MODE_SETGID      (1u << 22)
#define SR_GO_MODE_CHAR_DEVICE (1u << 21)
#define SR_GO_MODE_STICKY      (1u << 20)

guint32 sr_tree_mode_from_go (guint32 mode);
/* Takes away what restic 0.19 does not write for this type, so that equal files give equal trees:
 * the size of all but files; links of folders, fifos and sockets; device_id where there is but one
 * link; the number of all but devices; the target of all but links. */
void sr_tree_normalize_entry (SrEntry *entry);

G_END_DECLS
