/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <string.h>

#include "sr-test-backup.h"
#include "sr-test-sqlite.h"
#include "sr-test-util.h"


#define DUMP                                                                                 \
  "-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB, for debian-linux-gnu (x86_64)\n"          \
  "--\n-- Host: localhost    Database: shop\n"                                               \
  "CREATE TABLE `t` (\n  `id` int(11) NOT NULL,\n  `name` text,\n  PRIMARY KEY (`id`)\n);\n" \
  "INSERT INTO `t` VALUES (1,'a'),(2,'b');\n"
#define DUMP_END "-- Dump completed on 2026-11-20  5:18:05\n"

static void
test_sql (void)
{
  sr_test_backup_expect (sr_test_backup_text ("dump.sql", DUMP DUMP_END),
                         "sql intact none\n"
                         "container.read intact passed\n"
                         "file.no-checksum intact notice\n"
                         "sql.end intact passed\n"
                         "records.read intact passed\n"
                         "completeness complete not-made\n"
                         "t=2");
}

static void
test_sql_cut (void)
{
  g_autofree char *sentence = sr_test_backup_sentence (sr_test_backup_text ("dump.sql", DUMP),
                                                       "sql.end");

  g_assert_nonnull (strstr (sentence, "cut off"));
}

/* What the dump does to its own rows is not done; nobody must think that it was. */
static void
test_sql_changes (void)
{
  g_autofree char *sentence = NULL;

  sr_test_backup_expect (sr_test_backup_text ("dump.sql",
                                              DUMP "DELETE FROM `t` WHERE id=1;\n" DUMP_END),
                         "sql suspicious none\n"
                         "container.read intact passed\n"
                         "file.no-checksum intact notice\n"
                         "sql.end intact passed\n"
                         "sql.changes complete warning\n"
                         "records.read intact passed\n"
                         "t=2");
  sentence = sr_test_backup_sentence (
      sr_test_backup_text ("dump.sql",
                           DUMP "UPDATE `t` SET id=1;INSERT INTO `u` SELECT 1;\n" DUMP_END),
      "sql.changes");
  g_assert_cmpstr (sentence, ==,
                   "2 statements change data in a way that is not read (UPDATE t, INSERT INTO u): "
                   "the records are those without it.");
}

/* The file of a real server, which lies in its backup. */
static SrBackupFile *
take_database (gsize cut)
{
  g_autoptr (SrBackupFile) backup = sr_test_backup_sample ("pos-database.backup", NULL);
  SrContainer             *container = sr_backup_file_get_container (backup);
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GBytes)       bytes = NULL;
  g_autoptr (GError)       error = NULL;
  guint                    index;

  g_assert_true (sr_container_find (container, "database.db", &index));
  stream = sr_container_open_entry (container, index, NULL, &error);
  g_assert_no_error (error);
  bytes = sr_stream_read_all (stream, 1 << 24, NULL, &error);
  g_assert_no_error (error);
  return sr_test_backup_bytes ("database.db", g_bytes_get_data (bytes, NULL),
                               g_bytes_get_size (bytes) - cut, NULL);
}

static void
test_sqlite (void)
{
  g_autofree char *sentence = sr_test_backup_sentence (take_database (0), "sqlite.integrity");
  g_autofree char *records = sr_test_backup_sentence (take_database (0), "records.read");

  g_assert_cmpstr (sentence, ==, "SQLite finds nothing wrong with it.");
  g_assert_cmpstr (records, ==, "15 records in 18 collections can be read to the end.");
}

/* What SQLite cannot compute is no damage, but nobody must think that it was read. */
static void
test_sqlite_left_out (void)
{
  char                    *folder = sr_test_mkdir ();
  g_autofree char         *path = g_build_filename (folder, "a.db", NULL);
  g_autofree char         *bytes = NULL;
  g_autoptr (SrBackupFile) file = NULL;
  g_autoptr (SrVerdict)    verdict = NULL;
  g_autoptr (GPtrArray)    left_out = NULL;
  g_autoptr (GError)       error = NULL;
  gsize                    size;

  sr_test_sqlite_run (path, "CREATE TABLE t (a); INSERT INTO t VALUES (1);"
                            "CREATE VIEW v AS SELECT * FROM gone");
  g_file_get_contents (path, &bytes, &size, &error);
  g_assert_no_error (error);
  file = sr_test_backup_bytes ("a.db", bytes, size, NULL);
  verdict = sr_backup_file_judge (file, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (sr_verdict_find (verdict, "records.left-out"));
  g_assert_cmpint (sr_verdict_find (verdict, "records.left-out")->result, ==, SR_CHECK_NOTICE);
  g_assert_nonnull (strstr (sr_verdict_find (verdict, "records.left-out")->sentence, "“v”"));
  left_out = sr_backup_file_get_left_out (file);
  g_assert_cmpuint (left_out->len, ==, 1);
  sr_test_rmdir (folder);
}

static void
test_sqlite_cut (void)
{
  g_autoptr (SrBackupFile) file = take_database (8192);
  g_autoptr (GError)       error = NULL;
  g_autoptr (SrVerdict)    verdict = sr_backup_file_judge (file, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (sr_verdict_get_level (verdict), ==, SR_VERDICT_BROKEN);
}

static void
test_json (void)
{
  sr_test_backup_expect (sr_test_backup_text ("rows.json", "[{\"id\":1},{\"id\":2}]"),
                         "json intact none\n"
                         "container.read intact passed\n"
                         "file.no-checksum intact notice\n"
                         "records.read intact passed\n"
                         "completeness complete not-made\n"
                         "rows=2");
}

static void
test_json_twice (void)
{
  g_autofree char *sentence = NULL;

  sentence = sr_test_backup_sentence (
      sr_test_backup_text ("rows.json", "[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"a\"}]"),
      "records.duplicates");
  g_assert_nonnull (strstr (sentence, "1 in rows"));
}

static void
test_json_folder (void)
{
  sr_test_backup_expect (sr_test_backup_zip ("a.zip", "one.json", "[{\"id\":1}]", "two.json",
                                             "[{\"id\":1},{\"id\":2},{\"id\":2}]", NULL),
                         "json suspicious none\n"
                         "zip.checksums intact passed\n"
                         "records.read intact passed\n"
                         "records.duplicates complete warning\n"
                         "one=1 two=3");
}

/* An object names its collections itself. */
static void
test_json_objects (void)
{
  sr_test_backup_expect (sr_test_backup_zip ("a.zip", "one.json", "{\"rows\":[{\"id\":1}]}",
                                             "two.json", "{\"others\":[]}", NULL),
                         "json intact none\n"
                         "zip.checksums intact passed\n"
                         "records.read intact passed\n"
                         "completeness complete not-made\n"
                         "one=-1 two=-1 rows=1 others=0");
}

static void
test_csv (void)
{
  sr_test_backup_expect (sr_test_backup_zip ("a.zip", "one.csv", "id,name\n1,a\n2,\"b\nc\"\n",
                                             "two.csv", "id\n", NULL),
                         "csv intact none\n"
                         "zip.checksums intact passed\n"
                         "records.read intact passed\n"
                         "completeness complete not-made\n"
                         "one=2 two=0");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kind-text/sql", test_sql);
  g_test_add_func ("/kind-text/sql-cut", test_sql_cut);
  g_test_add_func ("/kind-text/sql-changes", test_sql_changes);
  g_test_add_func ("/kind-text/sqlite", test_sqlite);
  g_test_add_func ("/kind-text/sqlite-cut", test_sqlite_cut);
  g_test_add_func ("/kind-text/sqlite-left-out", test_sqlite_left_out);
  g_test_add_func ("/kind-text/json", test_json);
  g_test_add_func ("/kind-text/json-twice", test_json_twice);
  g_test_add_func ("/kind-text/json-folder", test_json_folder);
  g_test_add_func ("/kind-text/json-objects", test_json_objects);
  g_test_add_func ("/kind-text/csv", test_csv);
  return g_test_run ();
}
