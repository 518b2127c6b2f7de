/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "cli/sr-cli.h"
#include "repo/sr-lock.h"

G_BEGIN_DECLS

/**
 * sr_cli_open_vault:
 *
 * Opens the vault of the command line with the password its options tell; without one it tries the
 * keyring, then asks on the terminal.
 *
 * Returns: (transfer full)
 */
SrRepo *sr_cli_open_vault (SrCli   *cli,
                           GError **error);
/* The same for another vault. @from: (nullable): its password options */
SrRepo *sr_cli_open_vault_at (SrCli                  *cli,
                              const char             *location,
                              const SrPasswordSource *from,
                              GError                **error);
/* %SR_ERROR_INVALID, with how to name one, if no vault is named. */
gboolean sr_cli_check_location (SrCli   *cli,
                                GError **error);
/* What --host, --path and --tag chose. */
SrSnapshotFilter sr_cli_get_filter (SrCli *cli);
/* All snapshots, damaged ones named as warnings. Returns: (transfer full): oldest first */
GPtrArray *sr_cli_list_snapshots (SrCli   *cli,
                                  SrRepo  *repo,
                                  GError **error);
/**
 * sr_cli_choose_snapshots:
 * @names: ids or "latest"; when empty all that match the filter
 *
 * Returns: (transfer container) (element-type SrSnapshot): of @all, oldest first
 */
GPtrArray *sr_cli_choose_snapshots (SrCli             *cli,
                                    SrRepo            *repo,
                                    GPtrArray         *all,
                                    const char *const *names,
                                    GError           **error);
/* A shared lock, the snapshots, then the index, as the order must be. */
gboolean sr_cli_prepare_browse (SrCli      *cli,
                                SrRepo     *repo,
                                SrLock    **lock,
                                GPtrArray **snapshots,
                                GError    **error);

/* Text for people, none with --json or --quiet; a line feed is added. */
void sr_cli_say (SrCli      *cli,
                 const char *format,
                 ...) G_GNUC_PRINTF (2, 3);
/* Something that went wrong on the way, to standard error; also with --quiet. With --json a line
 * {"warning":{"message":…}}. */
void sr_cli_warn (SrCli      *cli,
                  const char *format,
                  ...) G_GNUC_PRINTF (2, 3);
/* Asked-for lines of text (a list): also with --quiet. */
void sr_cli_print_text (SrCli      *cli,
                        const char *text);

G_END_DECLS
