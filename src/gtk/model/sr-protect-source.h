/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-discover.h"
#include "site/sr-site.h"

#include <glib-object.h>

G_BEGIN_DECLS

#define SR_TYPE_PROTECT_SOURCE (sr_protect_source_get_type ())
/* One thing that was found or chosen. Properties:
 *   title        "SQLite Database", "Folder"
 *   location     its path, or the address of a database; valid UTF-8, for showing
 *   where        how it was found, empty if the person chose it
 *   reason       why it is not yet protected; empty if it can be
 *   chosen       whether it will be backed up; stays FALSE where @reason is not empty */
G_DECLARE_FINAL_TYPE (SrProtectSource, sr_protect_source, SR, PROTECT_SOURCE, GObject)

const char *sr_protect_source_get_location (SrProtectSource *self);
const char *sr_protect_source_get_reason (SrProtectSource *self);
gboolean    sr_protect_source_get_chosen (SrProtectSource *self);
void        sr_protect_source_set_chosen (SrProtectSource *self,
                                          gboolean         chosen);

/* Something found; a path that the person chose is one without @where. */
SrProtectSource *sr_protect_source_new (const SrFinding *finding);
SrProtectSource *sr_protect_source_new_folder (const char *path);
/* Raw bytes, as the site will have it. */
const char *sr_protect_source_get_path (SrProtectSource *self);
/* Adds it to @site if it is chosen. */
void sr_protect_source_add_to (SrProtectSource *self,
                               SrSite          *site);

G_END_DECLS
