/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-pg-cursor.h"

G_BEGIN_DECLS

/* Behind CREATE FUNCTION or PROCEDURE: languages sql and plpgsql, and only options that give it no
 * more than it would have. */
gboolean sr_pg_routine_parse (SrPgCursor *cursor,
                              gboolean    is_procedure);

G_END_DECLS
