/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-backup-file-private.h"

G_BEGIN_DECLS

/* Checks the SQLite database at @index of the container, wherever it lies, and looks for a journal
 * or write-ahead log beside it. */
gboolean sr_judge_sqlite (SrJudge *judge,
                          guint    index,
                          GError **error);

G_END_DECLS
