/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "job/sr-snapshot-writer.h"
#include "sr-test-repo.h"
#include "sr-test-snapshot.h"
#include "sr-test-util.h"

typedef struct
{
  SrStorage *storage;
  SrRepo    *repo;
} Fixture;

static const char *const paths[] = { "/imported", NULL };

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->storage = sr_storage_memory_new ();
  fixture->repo = sr_test_repo_create (fixture->storage);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_clear_object (&fixture->repo);
  g_clear_object (&fixture->storage);
}

static SrSnapshotWriter *
begin (Fixture *fixture)
{
  SrSnapshotWriterOptions options = { .paths = paths };
  SrSnapshotWriter       *writer;
  g_autoptr (GError)      error = NULL;

  writer = sr_snapshot_writer_new (fixture->repo, &options, NULL, NULL, &error);
  g_assert_no_error (error);
  return writer;
}

static void
put (SrSnapshotWriter *writer,
     const char       *path,
     const char       *text)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (text, -1, NULL);
  g_autoptr (GError)       error = NULL;

  sr_snapshot_writer_add_stream (writer, path, 1000000000, 0640, TRUE, stream, &error);
  g_assert_no_error (error);
}

/* Out of order, with folders that nobody made. */
static void
test_tree (Fixture      *fixture,
           gconstpointer data)
{
  g_autoptr (SrSnapshotWriter) writer = begin (fixture);
  g_autoptr (GOutputStream)    stream = NULL;
  g_autoptr (GError)           error = NULL;
  SrBackupResult               result = { 0 };
  g_auto (SrNode)              node = { 0 };
  g_auto (SrNode)              link = { 0 };
  const SrId                  *root;
  guint64                      size;

  put (writer, "files/z", "last");
  put (writer, "database/b.json", "[]");
  g_assert_true (sr_snapshot_writer_add_folder (writer, "files/empty/", 5, 0750, &error));
  g_assert_true (sr_snapshot_writer_add_link (writer, "files/link", 5, "z", &error));
  g_assert_true (sr_snapshot_writer_begin (writer, "a", G_MININT64, 0, FALSE, &error));
  stream = sr_snapshot_writer_get_stream (writer);
  g_assert_true (g_output_stream_write_all (stream, "streamed", 8, NULL, NULL, &error));
  g_assert_true (sr_snapshot_writer_end (writer, &size, &error));
  g_assert_cmpuint (size, ==, 8);
  g_assert_true (sr_snapshot_writer_commit (writer, &result, &error));
  g_assert_no_error (error);
  sr_repo_load_index (fixture->repo, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  root = &result.snapshot->tree;
  sr_test_snapshot_assert_text (fixture->repo, root, "/files", "z", "last");
  sr_test_snapshot_assert_text (fixture->repo, root, "/database", "b.json", "[]");
  sr_test_snapshot_assert_text (fixture->repo, root, "", "a", "streamed");
  g_assert_true (sr_test_snapshot_look_up (fixture->repo, root, "/files/z", &node));
  g_assert_cmpuint (node.entry.mode, ==, 0640);
  g_assert_cmpint (node.entry.mtime.tv_sec, ==, 1000000000);
  g_assert_true (sr_test_snapshot_look_up (fixture->repo, root, "/files/link", &link));
  g_assert_cmpstr (link.entry.link_target, ==, "z");
  g_assert_true (sr_test_snapshot_has (fixture->repo, root, "/files", "empty"));
  g_assert_cmpuint (result.snapshot->summary.total_files_processed, ==, 3);
  g_assert_cmpuint (result.snapshot->summary.total_bytes_processed, ==, 14);
  sr_backup_result_clear (&result);
}

static void
assert_refused (SrSnapshotWriter *writer,
                const char       *path,
                SrErrorCode       code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (sr_snapshot_writer_begin (writer, path, 0, 0, FALSE, &error));
  g_assert_error (error, SR_ERROR, (int) code);
}

static void
test_names (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (SrSnapshotWriter) writer = begin (fixture);
  g_autoptr (GError)           error = NULL;
  g_autoptr (GString)          deep = g_string_new ("d");

  put (writer, "folder/file", "x");
  assert_refused (writer, "folder/file", SR_ERROR_EXISTS);
  assert_refused (writer, "folder", SR_ERROR_EXISTS);
  assert_refused (writer, "folder/file/below", SR_ERROR_EXISTS);
  assert_refused (writer, "../out", SR_ERROR_INVALID);
  assert_refused (writer, "/absolute", SR_ERROR_INVALID);
  assert_refused (writer, "a//b", SR_ERROR_INVALID);
  assert_refused (writer, "", SR_ERROR_INVALID);
  for (guint i = 0; i < 300; i++)
    g_string_append (deep, "/d");
  assert_refused (writer, deep->str, SR_ERROR_INVALID);
  g_assert_false (sr_snapshot_writer_add_folder (writer, "folder/file", 0, 0, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_EXISTS);
}

/* What is given up leaves no snapshot. */
static void
test_given_up (Fixture      *fixture,
               gconstpointer data)
{
  SrSnapshotWriter     *writer = begin (fixture);
  g_autoptr (GPtrArray) snapshots = NULL;
  g_autoptr (GError)    error = NULL;
  SrBackupResult        result = { 0 };

  put (writer, "file", "x");
  g_assert_true (sr_snapshot_writer_begin (writer, "half", 0, 0, FALSE, &error));
  g_assert_true (sr_snapshot_writer_write (writer, "half", 4, &error));
  g_assert_false (sr_snapshot_writer_commit (writer, &result, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INCOMPLETE);
  g_clear_error (&error);
  sr_snapshot_writer_free (writer);
  snapshots = sr_repo_list_snapshots (fixture->repo, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (snapshots->len, ==, 0);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/snapshot-writer/tree", test_tree);
  ADD ("/snapshot-writer/names", test_names);
  ADD ("/snapshot-writer/given-up", test_given_up);
  return g_test_run ();
}
