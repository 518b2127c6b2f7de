/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-secret.h"
#include "job/sr-convert.h"
#include "target/sr-target-location.h"

G_BEGIN_DECLS

/* What of a backup is restored. */
typedef enum
{
  SR_RESTORE_ALL,
  SR_RESTORE_COLLECTIONS,
  SR_RESTORE_RECORDS, /* those that a search finds, of all or the chosen collections */
  SR_RESTORE_FILES,
  SR_N_RESTORE_WHAT,
} SrRestoreWhat;

/* Where it goes. */
typedef enum
{
  SR_RESTORE_TO_FOLDER,
  SR_RESTORE_TO_SQLITE,
  SR_RESTORE_TO_MARIADB,
  SR_RESTORE_TO_POSTGRES,
  SR_RESTORE_TO_FILE, /* a backup file in another format */
  SR_N_RESTORE_WHERE,
} SrRestoreWhere;

/**
 * SrRestoreChoice:
 * @key: (nullable): of the backup
 * @collections, @terms, @files: (array zero-terminated=1): empty: all
 * @location: of the target, see sr_target_open(); for %SR_RESTORE_TO_FILE the path of the output
 * @password: (nullable): of the database
 * @safety: (nullable): file that what is there is saved to
 * @replace: what is there may be replaced
 * @accept: also if the verdict is broken
 *
 * Everything a restore is told, taken from the pages of the wizard; reference counted atomically
 * and never changed once it is made.
 */
typedef struct
{
  gatomicrefcount references;
  char           *path;
  SrSecret       *key;
  SrRestoreWhere  where;
  char          **collections;
  char          **terms;
  char          **files;
  char           *location;
  SrSecret       *password;
  char           *safety;
  SrConvertFormat format;
  gboolean        replace;
  gboolean        accept;
  gboolean        keep_password;
} SrRestoreChoice;

/* Empty, to be filled in by its maker. */
SrRestoreChoice *sr_restore_choice_new (void);
SrRestoreChoice *sr_restore_choice_ref (SrRestoreChoice *self);
void             sr_restore_choice_unref (SrRestoreChoice *self);
/* The line of strongroomctl that does the same, without secrets. Returns: (transfer full) */
char *sr_restore_choice_to_command (const SrRestoreChoice *self);

/**
 * sr_restore_choice_make_url:
 * @location: of a server: its parts, as a person wrote them
 *
 * Returns: (transfer full): what sr_target_location_parse() takes apart again
 */
char *sr_restore_choice_make_url (const SrTargetLocation *location);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrRestoreChoice, sr_restore_choice_unref)

G_END_DECLS
