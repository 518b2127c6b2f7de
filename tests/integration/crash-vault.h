/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-backup.h"
#include "repo/sr-repo.h"

G_BEGIN_DECLS

/* What is crashed, and who judges what is left: a vault with up to three backups of a folder that
 * changes, three operations on it, and stock restic. */

#define CRASH_OLD_PASSWORD "before"
#define CRASH_NEW_PASSWORD "after" /* what a change of the key makes it */

/* Of the folder. Each snapshot's tag is the number of its state. */
#define CRASH_N_STATES 3

typedef enum
{
  CRASH_BACKUP, /* of the last state, in a vault that has the other two */
  CRASH_FORGET, /* of all but the last, and prune */
  CRASH_KEY,    /* change of the key */
} CrashOperation;

extern const char *const crash_operation_names[];

typedef struct
{
  char *dir;
  char *source;                 /* what is backed up; in its last state */
  char *states[CRASH_N_STATES]; /* copies of what it was at each backup */
  char *vault[2];               /* templates: two backups made, and all three */
  char *work;                   /* a vault to spoil */
} CrashFixture;

void crash_set_up (CrashFixture *fixture, gconstpointer data);
void crash_tear_down (CrashFixture *fixture, gconstpointer data);
/* The vault the operation begins with. */
const char *crash_get_template (const CrashFixture *fixture, CrashOperation operation);
void        crash_copy_tree (const char *from, const char *to);
SrSecret   *crash_make_password (const char *text);
/* With either password: a change of the key may or may not have come through. @password (nullable):
 * (out): the one that opened */
SrRepo *crash_open_vault (SrStorage *storage, const char **password);
/* Waiting for others to see a lock costs no time by this clock. */
void     crash_set_clock (SrRepo *repo);
gboolean crash_run_backup (SrRepo *repo, const char *source, const char *tag, GError **error);
gboolean crash_run_forget (SrRepo *repo, GError **error);
gboolean
crash_run_operation (CrashOperation operation, SrRepo *repo, const char *source, GError **error);
/* The vault's snapshots by the digit in their tag. */
GPtrArray *crash_list_states (SrRepo *repo, gboolean found[CRASH_N_STATES]);
/* Reads all data. Returns: (transfer full): what it printed */
char *crash_check_with_restic (const char *vault, const char *password);
/* Stock restic's word on @vault, and its restore of every snapshot if asked. @done: the operation
 * ended well */
void crash_judge (const CrashFixture *fixture,
                  const char         *vault,
                  CrashOperation      operation,
                  gboolean            done,
                  gboolean            restore);
/* As strict, and without leaving the process. */
void crash_judge_in_memory (SrStorage *memory, CrashOperation operation, gboolean done);
/* Returns: how much damage our own check finds in all data; @text: (out): of the last */
guint crash_count_damage (SrStorage *memory, char **text);

G_END_DECLS
