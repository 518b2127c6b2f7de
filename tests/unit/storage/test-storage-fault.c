/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sr-storage-fault.h"
#include "sr-storage-memory.h"
#include "sr-test-util.h"
#include "storage/sr-storage-local.h"

typedef struct
{
  SrStorage       *memory;
  SrStorage       *storage;
  SrStorageMemory *inner;
  SrStorageFault  *fault;
} Fixture;

static const SrId id_a = { { 0xaa } };
static const SrId id_b = { { 0xbb } };

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->memory = sr_storage_memory_new ();
  fixture->storage = sr_storage_fault_new (fixture->memory);
  fixture->inner = SR_STORAGE_MEMORY (fixture->memory);
  fixture->fault = SR_STORAGE_FAULT (fixture->storage);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_object_unref (fixture->storage);
  g_object_unref (fixture->memory);
}

static gboolean
write_text (Fixture    *fixture,
            const SrId *id,
            const char *text,
            GError    **error)
{
  return sr_storage_write (fixture->storage, SR_FILE_PACK, id, text, strlen (text), NULL, error);
}

static void
assert_inner (Fixture    *fixture,
              const SrId *id,
              const char *text)
{
  g_autoptr (GBytes) content = sr_storage_memory_peek (fixture->inner, SR_FILE_PACK, id);

  if (text == NULL)
    {
      g_assert_null (content);
      return;
    }
  g_assert_nonnull (content);
  g_assert_cmpmem (g_bytes_get_data (content, NULL), g_bytes_get_size (content), text,
                   strlen (text));
}

static void
test_counts_and_logs (Fixture      *fixture,
                      gconstpointer data)
{
  char             buffer[4];
  guint64          size;
  g_autofree char *log = NULL;

  g_assert_true (write_text (fixture, &id_a, "text", NULL));
  g_assert_true (sr_storage_get_size (fixture->storage, SR_FILE_PACK, &id_a, &size, NULL, NULL));
  g_assert_true (sr_storage_read (fixture->storage, SR_FILE_PACK, &id_a, 0, buffer, 4, NULL, NULL));
  g_assert_true (sr_storage_remove (fixture->storage, SR_FILE_PACK, &id_a, NULL, NULL));
  g_assert_cmpuint (sr_storage_fault_get_n_calls (fixture->fault), ==, 6);
  log = sr_storage_fault_dup_log (fixture->fault);
  g_assert_cmpstr (log, ==,
                   "1 create pack\n2 append pack\n3 commit pack aa000000\n4 size pack aa000000\n"
                   "5 read pack aa000000\n6 remove pack aa000000\n");
  sr_storage_fault_plan (fixture->fault, SR_FAULT_NONE, 0, 0);
  g_assert_cmpuint (sr_storage_fault_get_n_calls (fixture->fault), ==, 0);
}

/* Whichever call of a write fails, there is no file afterwards, and the next write goes well. */
static void
test_fail_each_call (Fixture      *fixture,
                     gconstpointer data)
{
  for (guint call = 1; call <= 3; call++)
    {
      g_autoptr (GError) error = NULL;

      sr_storage_fault_plan (fixture->fault, SR_FAULT_FAIL, call, SR_ERROR_NETWORK);
      g_assert_false (write_text (fixture, &id_a, "text", &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_NETWORK);
      g_assert_true (sr_storage_fault_was_reached (fixture->fault));
      assert_inner (fixture, &id_a, NULL);
    }
  sr_storage_fault_plan (fixture->fault, SR_FAULT_FAIL, 4, SR_ERROR_NETWORK);
  g_assert_true (write_text (fixture, &id_a, "text", NULL));
  g_assert_false (sr_storage_fault_was_reached (fixture->fault));
  assert_inner (fixture, &id_a, "text");
}

static void
test_fail_from (Fixture      *fixture,
                gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  sr_storage_fault_plan (fixture->fault, SR_FAULT_FAIL_FROM, 4, SR_ERROR_IO);
  g_assert_true (write_text (fixture, &id_a, "text", NULL));
  for (guint i = 0; i < 3; i++)
    {
      g_assert_false (write_text (fixture, &id_b, "text", &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_IO);
      g_clear_error (&error);
    }
  assert_inner (fixture, &id_b, NULL);
}

static void
test_fail_after (Fixture      *fixture,
                 gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  sr_storage_fault_plan (fixture->fault, SR_FAULT_FAIL_AFTER, 3, SR_ERROR_NETWORK);
  g_assert_false (write_text (fixture, &id_a, "text", &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NETWORK);
  assert_inner (fixture, &id_a, "text");
}

static void
test_cut (Fixture      *fixture,
          gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  char               buffer[5] = "....";

  sr_storage_fault_plan (fixture->fault, SR_FAULT_CUT, 2, SR_ERROR_IO);
  g_assert_false (write_text (fixture, &id_a, "text", &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_IO);
  g_clear_error (&error);
  assert_inner (fixture, &id_a, NULL);

  sr_storage_fault_plan (fixture->fault, SR_FAULT_CUT_SILENTLY, 2, 0);
  g_assert_true (write_text (fixture, &id_a, "text", NULL));
  assert_inner (fixture, &id_a, "te");

  g_assert_true (write_text (fixture, &id_b, "more", NULL));
  sr_storage_fault_plan (fixture->fault, SR_FAULT_CUT, 1, SR_ERROR_NETWORK);
  g_assert_false (
      sr_storage_read (fixture->storage, SR_FILE_PACK, &id_b, 0, buffer, 4, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NETWORK);
  g_assert_cmpstr (buffer, ==, "mo..");
}

static void
test_cut_drops_what_follows (Fixture      *fixture,
                             gconstpointer data)
{
  SrStorageWriter *writer = sr_storage_create (fixture->storage, SR_FILE_PACK, 0, NULL, NULL);

  sr_storage_fault_plan (fixture->fault, SR_FAULT_CUT_SILENTLY, 2, 0);
  g_assert_true (sr_storage_writer_append (writer, "ab", 2, NULL, NULL));
  g_assert_true (sr_storage_writer_append (writer, "cd", 2, NULL, NULL));
  g_assert_true (sr_storage_writer_append (writer, "ef", 2, NULL, NULL));
  g_assert_true (sr_storage_writer_commit (writer, &id_a, NULL, NULL));
  assert_inner (fixture, &id_a, "abc");
}

static void
test_flip (Fixture      *fixture,
           gconstpointer data)
{
  char buffer[5] = "";

  sr_storage_fault_plan (fixture->fault, SR_FAULT_FLIP, 2, 0);
  g_assert_true (write_text (fixture, &id_a, "aaaa", NULL));
  assert_inner (fixture, &id_a, "aaqa");
  g_assert_true (write_text (fixture, &id_b, "aaaa", NULL));
  assert_inner (fixture, &id_b, "aaaa");
  sr_storage_fault_plan (fixture->fault, SR_FAULT_FLIP, 1, 0);
  g_assert_true (sr_storage_read (fixture->storage, SR_FILE_PACK, &id_b, 0, buffer, 4, NULL, NULL));
  g_assert_cmpstr (buffer, ==, "aaqa");
}

static void
test_space (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint64            bytes;

  sr_storage_fault_limit_space (fixture->fault, 10);
  g_assert_true (sr_storage_set_reserve (fixture->storage, 4, NULL));
  g_assert_true (sr_storage_get_free_space (fixture->storage, &bytes, NULL));
  g_assert_cmpuint (bytes, ==, 6);
  g_assert_true (write_text (fixture, &id_a, "12345", NULL));
  g_assert_false (write_text (fixture, &id_b, "12345", &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NO_SPACE);
  g_clear_error (&error);
  assert_inner (fixture, &id_b, NULL);

  g_assert_true (sr_storage_use_reserve (fixture->storage, NULL));
  g_assert_true (write_text (fixture, &id_b, "12345", NULL));
  g_assert_false (sr_storage_set_reserve (fixture->storage, 4, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NO_SPACE);
  g_assert_true (sr_storage_remove (fixture->storage, SR_FILE_PACK, &id_a, NULL, NULL));
  g_assert_true (sr_storage_set_reserve (fixture->storage, 4, NULL));
  g_assert_true (sr_storage_get_free_space (fixture->storage, &bytes, NULL));
  g_assert_cmpuint (bytes, ==, 1);
}

static void
test_kill (Fixture      *fixture,
           gconstpointer data)
{
  char *dir = sr_test_mkdir ();
  int   status;
  pid_t child = fork ();

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      g_autoptr (SrStorage) local = sr_storage_local_new (dir);
      g_autoptr (SrStorage) killing = sr_storage_fault_new (local);

      sr_storage_fault_plan (SR_STORAGE_FAULT (killing), SR_FAULT_KILL, 3, 0);
      sr_storage_write (killing, SR_FILE_SNAPSHOT, &id_a, "1", 1, NULL, NULL);
      sr_storage_write (killing, SR_FILE_SNAPSHOT, &id_b, "2", 1, NULL, NULL);
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);
  {
    g_autoptr (SrStorage) local = sr_storage_local_new (dir);
    guint64               size;

    g_assert_true (sr_storage_get_size (local, SR_FILE_SNAPSHOT, &id_a, &size, NULL, NULL));
    g_assert_false (sr_storage_get_size (local, SR_FILE_SNAPSHOT, &id_b, &size, NULL, NULL));
  }
  sr_test_rmdir (dir);
}

static gpointer
write_in_thread (gpointer user_data)
{
  return GINT_TO_POINTER (write_text (user_data, &id_a, "text", NULL));
}

static void
test_block (Fixture      *fixture,
            gconstpointer data)
{
  GThread *thread;

  sr_storage_fault_plan (fixture->fault, SR_FAULT_BLOCK, 3, 0);
  thread = g_thread_new ("writer", write_in_thread, fixture);
  sr_storage_fault_wait_blocked (fixture->fault);
  assert_inner (fixture, &id_a, NULL);
  /* others go on meanwhile */
  g_assert_true (write_text (fixture, &id_b, "text", NULL));
  sr_storage_fault_release (fixture->fault);
  g_assert_true (GPOINTER_TO_INT (g_thread_join (thread)));
  assert_inner (fixture, &id_a, "text");
}

/* The memory driver's own functions. */
static void
test_memory (Fixture      *fixture,
             gconstpointer data)
{
  char                 *dir = sr_test_mkdir ();
  g_autoptr (GError)    error = NULL;
  g_autoptr (GBytes)    damaged = g_bytes_new_static ("dmg", 3);
  g_autoptr (GBytes)    read = NULL;
  g_autoptr (SrStorage) clone = NULL;
  g_autoptr (SrStorage) local = NULL;

  g_assert_true (write_text (fixture, &id_a, "text", NULL));
  g_assert_true (
      sr_storage_write (fixture->storage, SR_FILE_CONFIG, NULL, "config", 6, NULL, NULL));
  clone = sr_storage_memory_clone (fixture->inner);
  sr_storage_memory_replace (fixture->inner, SR_FILE_PACK, &id_a, damaged);
  assert_inner (fixture, &id_a, "dmg");
  g_assert_cmpuint (sr_storage_memory_get_n_files (fixture->inner, SR_FILE_PACK), ==, 1);
  g_assert_cmpuint (sr_storage_memory_get_n_bytes (fixture->inner), ==, 9);
  sr_storage_memory_replace (fixture->inner, SR_FILE_PACK, &id_a, NULL);
  assert_inner (fixture, &id_a, NULL);

  g_assert_true (sr_storage_memory_save (SR_STORAGE_MEMORY (clone), dir, &error));
  g_assert_no_error (error);
  local = sr_storage_local_new (dir);
  read = sr_storage_read_all (local, SR_FILE_PACK, &id_a, 100, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (read, NULL), g_bytes_get_size (read), "text", 4);
  g_clear_pointer (&read, g_bytes_unref);
  read = sr_storage_read_all (local, SR_FILE_CONFIG, NULL, 100, NULL, &error);
  g_assert_cmpmem (g_bytes_get_data (read, NULL), g_bytes_get_size (read), "config", 6);
  sr_test_rmdir (dir);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/storage-fault/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("counts-and-logs", test_counts_and_logs);
  ADD ("fail-each-call", test_fail_each_call);
  ADD ("fail-from", test_fail_from);
  ADD ("fail-after", test_fail_after);
  ADD ("cut", test_cut);
  ADD ("cut-drops-what-follows", test_cut_drops_what_follows);
  ADD ("flip", test_flip);
  ADD ("space", test_space);
  ADD ("kill", test_kill);
  ADD ("block", test_block);
  ADD ("memory", test_memory);
#undef ADD
  return g_test_run ();
}
