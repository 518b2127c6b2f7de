/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "cli/sr-cli.h"

G_BEGIN_DECLS

/* What the verbs that write a backup in another format have in common: --as, --output and
 * --overwrite. */
extern const GOptionEntry sr_cli_convert_entries[];

/**
 * sr_cli_convert:
 * @argument: as for sr_cli_open_file()
 * @collections: (array zero-terminated=1): only those; all if it is empty
 *
 * Opens a backup, writes it in the format that the options tell, and prints what came of it.
 */
gboolean sr_cli_convert (SrCli             *cli,
                         const char        *argument,
                         const char *const *collections,
                         GError           **error);

G_END_DECLS
