/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-maria-object.h"

G_BEGIN_DECLS

/**
 * sr_maria_body_check:
 * @tokens: of @plain
 * @from: the first token to look at
 * @needs: (element-type utf8): gets lower-case names of tables and functions
 *
 * Looks at all that a view, trigger, routine or event does. Names of the backup's own database
 * become those of the database it goes to, where these differ.
 *
 * Returns: (transfer full): the text from token @from on; %SR_ERROR_REFUSED with the reason
 */
char *sr_maria_body_check (GArray                    *tokens,
                           guint                      from,
                           const SrMariaSurroundings *surroundings,
                           GHashTable                *needs,
                           GError                   **error);

G_END_DECLS
