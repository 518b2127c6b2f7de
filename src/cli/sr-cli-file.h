/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-backup-file.h"
#include "cli/sr-cli.h"

G_BEGIN_DECLS

/* What verbs that open backup files have in common: where the key comes from, what an untrusted
 * file may cost, where to unpack. */
extern const GOptionEntry sr_cli_file_entries[];

/**
 * sr_cli_open_file:
 * @argument: a file, a folder, "snapshot:ID" or "snapshot:ID:/folder" of the vault
 *
 * Opens a backup file with the key that the options tell; without one it is asked for on the
 * terminal, after the servers' built-in keys were tried.
 *
 * Returns: (transfer full)
 */
SrBackupFile *sr_cli_open_file (SrCli      *cli,
                                const char *argument,
                                GError    **error);
/* What it is, how it was opened and what is the matter with it, in a line each. */
/* Tells what keeps @file from being read as what it is, and lets the verb end accordingly: what was
 * read of it may be less than there was. */
void sr_cli_note_damage (SrCli        *cli,
                         SrBackupFile *file);
void sr_cli_say_file (SrCli        *cli,
                      SrBackupFile *file);
/* "kind", "title", "type", "created", "size", "encryption", "facts", "error" into the object that
 * is open. */
void sr_cli_json_add_file (JsonBuilder  *builder,
                           SrBackupFile *file);
/* The member "verdict". */
void sr_cli_json_add_verdict (JsonBuilder *builder,
                              SrVerdict   *verdict);
/* Prints a verdict with all its checks. */
void sr_cli_print_verdict (SrCli     *cli,
                           SrVerdict *verdict);

G_END_DECLS
