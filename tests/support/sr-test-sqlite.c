/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "sr-test-sqlite.h"

#include <sqlite3.h>

struct _SrTestSqlite
{
  sqlite3 *db;
};

SrTestSqlite *
sr_test_sqlite_open (const char *path,
                     const char *sql)
{
  SrTestSqlite *self = g_new0 (SrTestSqlite, 1);

  g_assert_cmpint (sqlite3_open (path, &self->db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (self->db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  return self;
}

void
sr_test_sqlite_close (SrTestSqlite *self)
{
  sqlite3_close (self->db);
  g_free (self);
}

void
sr_test_sqlite_run (const char *path,
                    const char *sql)
{
  sr_test_sqlite_close (sr_test_sqlite_open (path, sql));
}

char *
sr_test_sqlite_query (const char *path,
                      const char *sql)
{
  SrTestSqlite *self = sr_test_sqlite_open (path, "");
  sqlite3_stmt *statement = NULL;
  char         *answer;

  g_assert_cmpint (sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  answer = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
  sr_test_sqlite_close (self);
  return answer;
}
