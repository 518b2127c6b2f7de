/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-pg-token.h"

G_BEGIN_DECLS

/* Whether a function of the server, of this name, reaches outside of the data. */
gboolean sr_pg_body_reaches_outside (const char *function);
/* Whether a table or view of the server has passwords, files, sessions or settings. */
gboolean sr_pg_body_is_secret (const char *relation);

/**
 * sr_pg_body_check:
 * @from: the first token to look at
 *
 * Looks at the words of what a routine does when it runs; what these words mean together is not
 * understood. Returns: (nullable): why it is refused
 */
const char *sr_pg_body_check (const GArray *tokens,
                              guint         from);

/* The same of a body in a string. */
const char *sr_pg_body_check_string (const SrPgToken *string);

G_END_DECLS
