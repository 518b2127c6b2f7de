/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include "record/sr-sqlite-error.h"

#include "base/sr-error.h"

typedef struct
{
  int         code;
  SrErrorCode meaning;
  const char *text;
} Meaning;

static const Meaning meanings[] = {
  { SQLITE_BUSY, SR_ERROR_LOCKED,
    "another program keeps it locked; close that program or try again later" },
  { SQLITE_LOCKED, SR_ERROR_LOCKED,
    "another program keeps it locked; close that program or try again later" },
  { SQLITE_PROTOCOL, SR_ERROR_LOCKED,
    "other programs use it so busily that no moment for reading was found; try again later" },
  { SQLITE_CORRUPT, SR_ERROR_DAMAGED, "it is damaged" },
  { SQLITE_NOTADB, SR_ERROR_UNSUPPORTED,
    "it is no SQLite database, or it is encrypted; let the program that knows its key export it" },
  { SQLITE_FULL, SR_ERROR_NO_SPACE, "there is no space for the temporary copy" },
  { SQLITE_INTERRUPT, SR_ERROR_CANCELLED, "it was cancelled" },
  { SQLITE_ABORT, SR_ERROR_CANCELLED, "it was cancelled" },
  { SQLITE_PERM, SR_ERROR_PERMISSION, "it may not be read" },
  { SQLITE_AUTH, SR_ERROR_PERMISSION, "it may not be read" },
  { SQLITE_READONLY, SR_ERROR_PERMISSION,
    "it cannot be read without writing beside it, which is not allowed" },
  { SQLITE_CANTOPEN, SR_ERROR_PERMISSION,
    "it, or the -wal or -shm file beside it, cannot be opened" },
  { SQLITE_IOERR, SR_ERROR_IO, "it cannot be read" },
  { SQLITE_NOMEM, SR_ERROR_FAILED, "there is not enough memory" },
};

void
sr_sqlite_set_error (GError    **error,
                     int         code,
                     sqlite3    *db,
                     const char *path)
{
  Meaning          meaning = { code, SR_ERROR_FAILED, "SQLite cannot read it" };
  g_autofree char *shown = path != NULL ? g_filename_display_name (path) : NULL;
  const char      *words = db != NULL ? sqlite3_errmsg (db) : sqlite3_errstr (code);

  for (gsize i = 0; i < G_N_ELEMENTS (meanings); i++)
    if (meanings[i].code == (code & 0xff))
      meaning = meanings[i];
  if (db != NULL && (sqlite3_errcode (db) & 0xff) != (code & 0xff))
    words = sqlite3_errstr (code);
  g_set_error (error, SR_ERROR, meaning.meaning, "database%s%s%s: %s (SQLite says: %s)",
               shown != NULL ? " “" : "", shown != NULL ? shown : "", shown != NULL ? "”" : "",
               meaning.text, words);
}
