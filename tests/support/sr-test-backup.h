/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-backup-file.h"

G_BEGIN_DECLS

/* A backup of a real server, by its name in tests/data/samples. @key: (nullable): given when one is
 * asked for */
SrBackupFile *sr_test_backup_sample (const char *name,
                                     const char *key);
/* A file made of these bytes; it is gone from the disk when this returns. */
SrBackupFile *sr_test_backup_bytes (const char   *name,
                                    gconstpointer data,
                                    gsize         size,
                                    const char   *key);
SrBackupFile *sr_test_backup_text (const char *name,
                                   const char *text);
/* A ZIP of pairs of name and text, up to %NULL. */
SrBackupFile *sr_test_backup_zip (const char *name,
                                  const char *first,
                                  ...) G_GNUC_NULL_TERMINATED;
/* Opens, judges and compares: one line of kind, level and encryption, one line for each check, "id
 * aspect result", and one of the counts. Takes @file. */
void sr_test_backup_expect (SrBackupFile *file,
                            const char   *expected);
/* The sentence of the check @id, as judged. Takes @file. Returns: (transfer full) (nullable) */
char *sr_test_backup_sentence (SrBackupFile *file,
                               const char   *id);

G_END_DECLS
