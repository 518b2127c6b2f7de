/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-container.h"

G_BEGIN_DECLS

/* A GArray of #SrContainerEntry that frees them. Returns: (transfer full) */
GArray *sr_entry_list_new (void);
/* Takes @name. Returns: (transfer none): the new entry, valid until the next is added */
SrContainerEntry *sr_entry_list_add (GArray     *self,
                                     char       *name,
                                     SrEntryType type);
/* A copy of @entry under another name, which is taken. */
SrContainerEntry *sr_entry_list_add_copy (GArray                 *self,
                                          char                   *name,
                                          const SrContainerEntry *entry);

G_END_DECLS
