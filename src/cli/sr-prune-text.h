/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "cli/sr-cli.h"
#include "repo/sr-pruner.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What `prune` and `forget --prune` have in common. */

/* @max_unused: (nullable): "5%" or "unlimited" */
gboolean sr_prune_parse_options (SrPrunerOptions *options,
                                 const char      *max_unused,
                                 gboolean         dry_run,
                                 GError         **error);
/* The members of the object that is open. */
void sr_prune_add_json (JsonBuilder         *builder,
                        const SrPrunerStats *stats);
void sr_prune_say (SrCli               *cli,
                   const SrPrunerStats *stats,
                   gboolean             dry_run);

G_END_DECLS
