/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-error.h"
#include "base/sr-progress.h"
#include "cli/sr-password-source.h"
#include "cli/sr-status-line.h"
#include "repo/sr-repo.h"

G_BEGIN_DECLS

/**
 * SrExitCode:
 *
 * What strongroomctl ends with; the manual page promises these numbers.
 */
typedef enum
{
  SR_EXIT_DONE = 0,
  SR_EXIT_FAILED = 1,
  SR_EXIT_USAGE = 2,
  SR_EXIT_INCOMPLETE = 3,
  SR_EXIT_NOT_FOUND = 4,
  SR_EXIT_WRONG_PASSWORD = 5,
  SR_EXIT_LOCKED = 6,
  SR_EXIT_DAMAGE = 7,
  SR_EXIT_NO_SPACE = 8,
  SR_EXIT_REFUSED = 9,
  SR_EXIT_NETWORK = 10,
  SR_EXIT_CANCELLED = 130,
} SrExitCode;

/**
 * SrCli:
 * @location: (nullable): of the vault, from `--vault` or the environment
 * @hosts, @paths, @tags: (nullable): `--host`, `--path` and `--tag` of verbs that choose snapshots
 * @locks: (element-type SrLock): held until the end
 * @behind_dashes: (nullable): arguments after "--"
 * @n_damaged: snapshots and index files that could not be used, each was named
 * @reads_file: a backup file was opened, so that what is invalid is the file and not the usage
 * @output_lost: nobody reads our standard output any more
 * @exit_code: what a verb that did its work ends with; set by verbs that found something
 *
 * One run of strongroomctl: the options all verbs have, and where output goes.
 */
typedef struct
{
  char            *location;
  SrPasswordSource password;
  gboolean         json;
  gboolean         quiet;
  gboolean         verbose;
  gboolean         no_lock;
  char           **hosts;
  char           **paths;
  char           **tags;
  GPtrArray       *locks;
  char           **behind_dashes;
  GCancellable    *cancellable;
  SrProgress      *progress;
  SrStatusLine    *status;
  guint            n_damaged;
  gboolean         reads_file;
  gboolean         output_lost;
  SrExitCode       exit_code;
} SrCli;

/**
 * SrCliVerb:
 * @arguments: what follows the options, for the usage line
 * @summary: one line for the list of verbs
 * @examples: lines for the end of `--help`
 * @entries: (nullable): options of its own; their values are statics of the verb's file
 * @chooses: whether it has --host, --path and --tag
 * @opens_files: whether it has --key-file and what else backup files need, see sr-cli-file.h
 * @writes: whether it changes the vault, so that it cannot do without a lock
 * @own_vault: whether it has a --vault of its own, so that the common one is left out
 * @keeps_dashes: whether what is behind "--" is left in @behind_dashes; else it is more arguments
 * @run: @arguments are raw bytes
 */
typedef struct
{
  const char         *name;
  const char         *arguments;
  const char         *summary;
  const char         *examples;
  const GOptionEntry *entries;
  gboolean            chooses;
  gboolean            opens_files;
  gboolean            writes;
  gboolean            own_vault;
  gboolean            keeps_dashes;
  gboolean (*run) (SrCli             *cli,
                   const char *const *arguments,
                   GError           **error);
} SrCliVerb;

/* Runs strongroomctl. Returns: a %SrExitCode */
int sr_cli_main (int    argc,
                 char **argv);

SrExitCode sr_cli_exit_code_from_error (const GError *error);

/* The number of arguments is at least @min and at most @max, or %SR_ERROR_INVALID tells so. */
gboolean sr_cli_check_arguments (const char *const *arguments,
                                 guint              min,
                                 guint              max,
                                 GError           **error);

/* Each verb's file has one of these. */
extern const SrCliVerb sr_verb_backup;
extern const SrCliVerb sr_verb_check;
extern const SrCliVerb sr_verb_compare;
extern const SrCliVerb sr_verb_convert;
extern const SrCliVerb sr_verb_copy;
extern const SrCliVerb sr_verb_diff;
extern const SrCliVerb sr_verb_dump;
extern const SrCliVerb sr_verb_export;
extern const SrCliVerb sr_verb_extract;
extern const SrCliVerb sr_verb_find;
extern const SrCliVerb sr_verb_forget;
extern const SrCliVerb sr_verb_history;
extern const SrCliVerb sr_verb_import;
extern const SrCliVerb sr_verb_init;
extern const SrCliVerb sr_verb_inspect;
extern const SrCliVerb sr_verb_key;
extern const SrCliVerb sr_verb_ls;
extern const SrCliVerb sr_verb_prune;
extern const SrCliVerb sr_verb_records;
extern const SrCliVerb sr_verb_repair;
extern const SrCliVerb sr_verb_restore;
extern const SrCliVerb sr_verb_restore_file;
extern const SrCliVerb sr_verb_run;
extern const SrCliVerb sr_verb_site;
extern const SrCliVerb sr_verb_snapshots;
extern const SrCliVerb sr_verb_stats;
extern const SrCliVerb sr_verb_status;
extern const SrCliVerb sr_verb_unlock;
extern const SrCliVerb sr_verb_verify;

G_END_DECLS
