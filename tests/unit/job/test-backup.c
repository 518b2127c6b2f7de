/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "job/sr-backup.h"
#include "sr-storage-fault.h"
#include "sr-storage-memory.h"
#include "sr-test-repo.h"
#include "sr-test-snapshot.h"
#include "sr-test-sqlite.h"
#include "sr-test-util.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* The tree of @folder alone: those above it change when anything beside it does. */
static SrId
get_tree (SrStorage  *storage,
          const SrId *root,
          const char *folder)
{
  g_autoptr (SrRepo) repo = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (SrNode)    node = { 0 };

  repo = sr_test_repo_open (storage);
  sr_repo_load_index (repo, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sr_test_snapshot_look_up (repo, root, folder, &node));
  g_assert_true (node.has_subtree);
  return node.subtree;
}

static void
assert_same_tree (SrStorage  *storage,
                  const SrId *first,
                  const SrId *second,
                  const char *folder)
{
  SrId a = get_tree (storage, first, folder);
  SrId b = get_tree (storage, second, folder);

  g_assert_true (sr_id_equal (&a, &b));
}

/* -- running -- */

typedef struct
{
  GString *log; /* "action name\n" each */
} Reports;

static void
report (const char   *path,
        const char   *action,
        guint64       size,
        const GError *error,
        gpointer      user_data)
{
  Reports         *reports = user_data;
  g_autofree char *name = g_path_get_basename (path);

  g_string_append_printf (reports->log, "%s %s\n", action, name);
  if (strcmp (action, "failed") == 0)
    g_assert_nonnull (error);
}

static gboolean
run (SrRepo          *repo,
     const char      *folder,
     SrBackupOptions *options,
     SrBackupResult  *result,
     GCancellable    *cancellable,
     GError         **error)
{
  const char *const   paths[] = { folder, NULL };
  g_autoptr (SrClock) clock = sr_clock_new_fake (1700000000000000000);

  sr_repo_set_clock (repo, clock);
  options->host = "host";
  options->paths = folder != NULL ? paths : NULL;
  return sr_backup_run (repo, options, result, NULL, cancellable, error);
}

static gboolean
try_backup (SrStorage       *storage,
            const char      *folder,
            SrBackupOptions *options,
            SrBackupResult  *result,
            GCancellable    *cancellable,
            GError         **error)
{
  g_autoptr (SrRepo) repo = sr_test_repo_open (storage);

  return run (repo, folder, options, result, cancellable, error);
}

static void
backup (SrStorage       *storage,
        const char      *folder,
        SrBackupOptions *options,
        SrBackupResult  *result)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (try_backup (storage, folder, options, result, NULL, &error));
  g_assert_no_error (error);
}

static SrRepo *
reopen (SrStorage *storage)
{
  g_autoptr (GError) error = NULL;
  SrRepo            *repo = sr_test_repo_open (storage);

  sr_repo_load_index (repo, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return repo;
}

static SrStorage *
new_vault (void)
{
  SrStorage         *storage = sr_storage_memory_new ();
  g_autoptr (SrRepo) repo = sr_test_repo_create (storage);

  return storage;
}

static guint
count_snapshots (SrStorage *storage)
{
  g_autoptr (SrRepo)    repo = reopen (storage);
  g_autoptr (GError)    error = NULL;
  g_autoptr (GPtrArray) snapshots = sr_repo_list_snapshots (repo, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return snapshots->len;
}

static void
write_text (const char *dir,
            const char *name,
            const char *text)
{
  sr_test_write_file (dir, name, text, strlen (text));
}

static void
write_random (const char *dir,
              const char *name,
              guint       seed,
              gsize       size)
{
  g_autofree guint8 *data = g_malloc (size);

  sr_test_fill_random (seed, data, size);
  sr_test_write_file (dir, name, data, size);
}

static void
make_folder (const char *dir)
{
  g_autofree char *symbolic = g_build_filename (dir, "link", NULL);
  g_autofree char *fifo = g_build_filename (dir, "sub/fifo", NULL);
  g_autofree char *hard = g_build_filename (dir, "sub/hard", NULL);
  g_autofree char *one = g_build_filename (dir, "one.txt", NULL);

  write_text (dir, "one.txt", "first");
  write_text (dir, "empty", "");
  write_text (dir, "sub/deep/er/two.txt", "second");
  write_text (dir, "sub/name \"with\" \\ \xff byte", "third");
  write_random (dir, "sub/large.bin", 5, 5000000);
  g_assert_cmpint (symlink ("one.txt", symbolic), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_cmpint (chmod (one, 0640), ==, 0);
  g_assert_cmpint (link (one, hard), ==, 0);
}

static void
test_content (void)
{
  g_autoptr (SrStorage) storage = new_vault ();
  g_autoptr (SrRepo)    again = NULL;
  g_autoptr (GBytes)    large = NULL;
  g_autofree guint8    *expected = g_malloc (5000000);
  char                 *dir = sr_test_mkdir ();
  g_autofree char      *path = g_build_filename (dir, "one.txt", NULL);
  g_autofree char      *large_path = g_build_filename (dir, "sub/large.bin", NULL);
  SrBackupOptions       options = { 0 };
  SrBackupResult        result;
  g_auto (SrNode)       node = { 0 };
  struct stat           info;

  make_folder (dir);
  backup (storage, dir, &options, &result);
  again = reopen (storage);
  g_assert_cmpuint (result.failed, ==, 0);
  sr_test_snapshot_assert_text (again, &result.snapshot->tree, dir, "one.txt", "first");
  sr_test_snapshot_assert_text (again, &result.snapshot->tree, dir, "empty", "");
  sr_test_snapshot_assert_text (again, &result.snapshot->tree, dir, "sub/deep/er/two.txt",
                                "second");
  sr_test_snapshot_assert_text (again, &result.snapshot->tree, dir,
                                "sub/name \"with\" \\ \xff byte", "third");
  large = sr_test_snapshot_read (again, &result.snapshot->tree, large_path);
  sr_test_fill_random (5, expected, 5000000);
  g_assert_cmpmem (g_bytes_get_data (large, NULL), g_bytes_get_size (large), expected, 5000000);

  g_assert_true (sr_test_snapshot_look_up (again, &result.snapshot->tree, path, &node));
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpuint (node.entry.mode, ==, 0640);
  g_assert_cmpuint (node.entry.inode, ==, info.st_ino);
  g_assert_cmpuint (node.entry.links, ==, 2);
  g_assert_cmpint (node.entry.mtime.tv_sec, ==, info.st_mtim.tv_sec);
  g_assert_cmpint (node.entry.mtime.tv_nsec, ==, info.st_mtim.tv_nsec);
  g_assert_cmpint (node.entry.atime.tv_nsec, ==, info.st_mtim.tv_nsec);
  g_assert_cmpuint (result.snapshot->summary.files_new, ==, 6);
  g_assert_cmpuint (result.snapshot->summary.total_bytes_processed, ==, 5 + 5 + 6 + 5 + 5000000);
  g_assert_cmpstr (result.snapshot->hostname, ==, "host");
  g_assert_cmpstr (result.snapshot->paths[0], ==, dir);
  g_assert_cmpstr (result.snapshot->program_version, ==, "strongroom " SR_VERSION);
  sr_backup_result_clear (&result);
  sr_test_rmdir (dir);
}

static void
test_unchanged (void)
{
  g_autoptr (SrStorage) storage = new_vault ();
  g_autoptr (SrRepo)    again = NULL;
  char                 *dir = sr_test_mkdir ();
  Reports               reports = { g_string_new (NULL) };
  SrBackupOptions       options = { .report = report, .user_data = &reports };
  SrBackupResult        first;
  SrBackupResult        second;
  SrBackupResult        third;

  make_folder (dir);
  backup (storage, dir, &options, &first);
  g_string_truncate (reports.log, 0);
  backup (storage, dir, &options, &second);
  g_assert_true (second.snapshot->has_parent);
  g_assert_true (sr_id_equal (&second.snapshot->parent, &first.snapshot->id));
  assert_same_tree (storage, &first.snapshot->tree, &second.snapshot->tree, dir);
  g_assert_cmpuint (second.snapshot->summary.files_unmodified, ==, 6);
  g_assert_cmpuint (second.snapshot->summary.dirs_new + second.snapshot->summary.dirs_changed, ==,
                    0);
  g_assert_cmpuint (second.snapshot->summary.data_blobs, ==, 0);
  g_assert_null (strstr (reports.log->str, "new "));

  write_text (dir, "one.txt", "FIRST");
  write_text (dir, "sub/a-new-one", "x");
  g_string_truncate (reports.log, 0);
  backup (storage, dir, &options, &third);
  g_assert_nonnull (strstr (reports.log->str, "changed one.txt\n"));
  g_assert_nonnull (strstr (reports.log->str, "changed hard\n"));
  g_assert_nonnull (strstr (reports.log->str, "new a-new-one\n"));
  g_assert_nonnull (strstr (reports.log->str, "unmodified large.bin\n"));
  again = reopen (storage);
  sr_test_snapshot_assert_text (again, &third.snapshot->tree, dir, "one.txt", "FIRST");
  sr_test_snapshot_assert_text (again, &third.snapshot->tree, dir, "sub/deep/er/two.txt", "second");
  sr_test_snapshot_assert_text (again, &first.snapshot->tree, dir, "one.txt", "first");
  sr_backup_result_clear (&first);
  sr_backup_result_clear (&second);
  sr_backup_result_clear (&third);
  g_string_free (reports.log, TRUE);
  sr_test_rmdir (dir);
}

/* The size and the time of the content are the same, only the time of the change is not. */
static void
test_hidden_change (void)
{
  g_autoptr (SrStorage) storage = new_vault ();
  g_autoptr (SrRepo)    again = NULL;
  char                 *dir = sr_test_mkdir ();
  g_autofree char      *path = g_build_filename (dir, "file", NULL);
  SrBackupOptions       options = { 0 };
  SrBackupResult        result;
  struct stat           info;

  write_text (dir, "file", "before");
  backup (storage, dir, &options, &result);
  sr_backup_result_clear (&result);
  g_assert_cmpint (stat (path, &info), ==, 0);
  do
    {
      struct timespec times[2] = { info.st_atim, info.st_mtim };
      struct stat     now;

      write_text (dir, "file", "behind");
      g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
      g_assert_cmpint (stat (path, &now), ==, 0);
      if (now.st_ctim.tv_nsec != info.st_ctim.tv_nsec)
        break;
    }
  while (TRUE);
  backup (storage, dir, &options, &result);
  again = reopen (storage);
  sr_test_snapshot_assert_text (again, &result.snapshot->tree, dir, "file", "behind");
  g_assert_cmpuint (result.snapshot->summary.files_changed, ==, 1);
  sr_backup_result_clear (&result);
  sr_test_rmdir (dir);
}

/* Only a snapshot of the same host and the same paths is compared with. */
static void
test_parent (void)
{
  g_autoptr (SrStorage) storage = new_vault ();
  char                 *first = sr_test_mkdir ();
  char                 *second = sr_test_mkdir ();
  SrBackupOptions       options = { 0 };
  SrBackupResult        results[4];

  backup (storage, first, &options, &results[0]);
  backup (storage, second, &options, &results[1]);
  backup (storage, first, &options, &results[2]);
  g_assert_false (results[0].snapshot->has_parent);
  g_assert_false (results[1].snapshot->has_parent);
  g_assert_true (sr_id_equal (&results[2].snapshot->parent, &results[0].snapshot->id));
  options.parent = &results[1].snapshot->id;
  backup (storage, first, &options, &results[3]);
  g_assert_true (sr_id_equal (&results[3].snapshot->parent, &results[1].snapshot->id));
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    sr_backup_result_clear (&results[i]);
  sr_test_rmdir (first);
  sr_test_rmdir (second);
}

/* With @force and when a blob is gone from the index the file is read again. */
static void
test_read_again (void)
{
  g_autoptr (SrStorage) storage = new_vault ();
  char                 *dir = sr_test_mkdir ();
  SrBackupOptions       options = { 0 };
  SrBackupResult        first;
  SrBackupResult        second;

  make_folder (dir);
  backup (storage, dir, &options, &first);
  options.force = TRUE;
  backup (storage, dir, &options, &second);
  g_assert_false (second.snapshot->has_parent);
  g_assert_cmpuint (second.snapshot->summary.files_new, ==, 6);
  g_assert_cmpuint (second.snapshot->summary.data_blobs, ==, 0);
  assert_same_tree (storage, &first.snapshot->tree, &second.snapshot->tree, dir);
  sr_backup_result_clear (&first);
  sr_backup_result_clear (&second);
  sr_test_rmdir (dir);
}

static void
look_at_progress (SrProgress *progress,
                  gpointer    user_data)
{
  double         *largest = user_data;
  SrProgressState state;

  sr_progress_get_state (progress, &state);
  g_assert_cmpfloat (state.fraction, >=, *largest);
  *largest = state.fraction;
  sr_progress_state_clear (&state);
}

/* Totals are told in the end, whether somebody watches or not, and never run backwards. */
static void
test_progress (gconstpointer user_data)
{
  g_autoptr (SrStorage) storage = new_vault ();
  char                 *dir = sr_test_mkdir ();
  const char *const     paths[] = { dir, NULL };
  SrBackupOptions       options = { .paths = paths };

  make_folder (dir);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (SrRepo)     repo = sr_test_repo_open (storage);
      g_autoptr (SrProgress) progress = sr_progress_new ();
      g_autoptr (GError)     error = NULL;
      double                 largest = 0.0;
      SrBackupResult         result;
      SrProgressState        state;

      if (user_data != NULL)
        sr_progress_set_notify (progress, look_at_progress, &largest, NULL);
      g_assert_true (sr_backup_run (repo, &options, &result, progress, NULL, &error));
      g_assert_no_error (error);
      sr_progress_get_state (progress, &state);
      g_assert_cmpuint (state.bytes_done, ==, 5 + 5 + 6 + 5 + 5000000);
      g_assert_cmpuint (state.bytes_total, ==, state.bytes_done);
      g_assert_cmpuint (state.items_done, ==, 6);
      g_assert_cmpuint (state.items_total, ==, 6);
      g_assert_false (state.estimating);
      sr_progress_state_clear (&state);
      sr_backup_result_clear (&result);
    }
  sr_test_rmdir (dir);
}

static void
test_dry_run (void)
{
  g_autoptr (SrStorage) storage = new_vault ();
  char                 *dir = sr_test_mkdir ();
  SrBackupOptions       options = { .dry_run = TRUE };
  SrBackupResult        result;
  guint64               before = sr_storage_memory_get_n_bytes (SR_STORAGE_MEMORY (storage));

  make_folder (dir);
  backup (storage, dir, &options, &result);
  g_assert_cmpuint (result.snapshot->summary.files_new, ==, 6);
  g_assert_cmpuint (result.snapshot->summary.data_added, >, 5000000);
  g_assert_cmpuint (sr_storage_memory_get_n_bytes (SR_STORAGE_MEMORY (storage)), ==, before);
  sr_backup_result_clear (&result);
  sr_test_rmdir (dir);
}

static void
test_xattrs (void)
{
  g_autoptr (SrStorage) storage = new_vault ();
  g_autoptr (SrRepo)    again = NULL;
  char                 *dir = sr_test_mkdir ();
  g_autofree char      *path = g_build_filename (dir, "file", NULL);
  SrBackupOptions       options = { 0 };
  SrBackupResult        result;
  guint8                large[2000];

  write_text (dir, "file", "x");
  sr_test_fill_random (9, large, sizeof large);
  if (setxattr (path, "user.test", "value", 5, 0) != 0 ||
      setxattr (path, "user.zlarge", large, sizeof large, 0) != 0)
    {
      g_test_skip ("the temporary folder's file system has no extended attributes");
      sr_test_rmdir (dir);
      return;
    }
  /* read, then taken over unchanged */
  for (guint i = 0; i < 2; i++)
    {
      g_auto (SrNode) node = { 0 };

      backup (storage, dir, &options, &result);
      again = reopen (storage);
      g_assert_true (sr_test_snapshot_look_up (again, &result.snapshot->tree, path, &node));
      g_assert_cmpuint (node.entry.n_xattrs, ==, 2);
      g_assert_cmpstr (node.entry.xattrs[0].name, ==, "user.test");
      g_assert_cmpmem (node.entry.xattrs[0].value, node.entry.xattrs[0].value_size, "value", 5);
      g_assert_cmpmem (node.entry.xattrs[1].value, node.entry.xattrs[1].value_size, large,
                       sizeof large);
      g_clear_object (&again);
      sr_backup_result_clear (&result);
    }
  sr_test_rmdir (dir);
}

/* -- databases and commands -- */

/* A row of a database that lies in a snapshot. */
static void
assert_row (SrRepo     *repo,
            const SrId *root,
            const char *path,
            const char *value)
{
  g_autoptr (GBytes) content = sr_test_snapshot_read (repo, root, path);
  g_autofree char   *copy = NULL;
  g_autofree char   *found = NULL;
  char              *dir = sr_test_mkdir ();

  sr_test_write_file (dir, "copy", g_bytes_get_data (content, NULL), g_bytes_get_size (content));
  copy = g_build_filename (dir, "copy", NULL);
  found = sr_test_sqlite_query (copy, "SELECT v FROM t");
  g_assert_cmpstr (found, ==, value);
  sr_test_rmdir (dir);
}

static void
test_met_database (void)
{
  g_autoptr (SrStorage) storage = new_vault ();
  g_autoptr (SrRepo)    again = NULL;
  char                 *dir = sr_test_mkdir ();
  g_autofree char      *path = g_build_filename (dir, "app.db", NULL);
  Reports               reports = { g_string_new (NULL) };
  SrBackupOptions       options = { .report = report, .user_data = &reports };
  SrBackupResult        result;
  SrTestSqlite         *db;

  /* what counts is still in the journal while the writer has it open */
  sr_test_sqlite_run (path, "PRAGMA journal_mode = WAL; CREATE TABLE t (v TEXT)");
  db = sr_test_sqlite_open (path, "INSERT INTO t VALUES ('in the journal')");
  write_text (dir, "other", "x");
  backup (storage, dir, &options, &result);
  again = reopen (storage);
  g_assert_cmpuint (result.databases, ==, 1);
  g_assert_cmpuint (result.failed, ==, 0);
  g_assert_nonnull (strstr (reports.log->str, "database app.db\n"));
  assert_row (again, &result.snapshot->tree, path, "in the journal");
  g_assert_false (sr_test_snapshot_has (again, &result.snapshot->tree, dir, "app.db-wal"));
  g_assert_false (sr_test_snapshot_has (again, &result.snapshot->tree, dir, "app.db-shm"));
  sr_backup_result_clear (&result);

  /* a change that is in the journal only does not show in the file's times */
  sr_test_sqlite_run (path, "UPDATE t SET v = 'in the journal too'");
  backup (storage, dir, &options, &result);
  g_clear_object (&again);
  again = reopen (storage);
  assert_row (again, &result.snapshot->tree, path, "in the journal too");
  sr_backup_result_clear (&result);

  options.databases_as_files = TRUE;
  options.force = TRUE;
  backup (storage, dir, &options, &result);
  g_clear_object (&again);
  again = reopen (storage);
  g_assert_cmpuint (result.databases, ==, 0);
  g_assert_true (sr_test_snapshot_has (again, &result.snapshot->tree, dir, "app.db-wal"));
  sr_backup_result_clear (&result);
  sr_test_sqlite_close (db);
  g_string_free (reports.log, TRUE);
  sr_test_rmdir (dir);
}

/* One that the walker met and that is broken is a failed file, stored as it lies. */
static void
test_broken_database (void)
{
  g_autoptr (SrStorage) storage = new_vault ();
  g_autoptr (SrRepo)    again = NULL;
  g_autoptr (GError)    error = NULL;
  char                 *dir = sr_test_mkdir ();
  g_autofree char      *path = g_build_filename (dir, "bad.db", NULL);
  const char *const     named[] = { path, NULL };
  SrBackupOptions       options = { 0 };
  SrBackupResult        result;
  int                   fd;

  sr_test_sqlite_run (path,
                      "CREATE TABLE t (v TEXT); CREATE TABLE u (v TEXT); INSERT INTO t VALUES (1)");
  fd = open (path, O_WRONLY);
  for (guint i = 0; i < 200; i++)
    g_assert_cmpint (pwrite (fd, "garbage!", 8, 200 + i * 37), ==, 8);
  close (fd);
  write_text (dir, "good", "x");
  backup (storage, dir, &options, &result);
  again = reopen (storage);
  g_assert_cmpuint (result.failed, ==, 1);
  g_assert_true (sr_test_snapshot_has (again, &result.snapshot->tree, dir, "good"));
  g_assert_true (sr_test_snapshot_has (again, &result.snapshot->tree, dir, "bad.db"));
  sr_backup_result_clear (&result);

  /* one that was named means no snapshot */
  options.sqlite = named;
  g_assert_false (try_backup (storage, dir, &options, &result, NULL, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "bad.db"));
  g_assert_cmpuint (count_snapshots (storage), ==, 1);
  sr_test_rmdir (dir);
}

static void
test_named (void)
{
  g_autoptr (SrStorage) storage = new_vault ();
  g_autoptr (SrRepo)    again = NULL;
  char                 *dir = sr_test_mkdir ();
  g_autofree char      *first = g_build_filename (dir, "x/app.db", NULL);
  g_autofree char      *second = g_build_filename (dir, "y/app.db", NULL);
  const char *const     named[] = { first, second, NULL };
  const char *const     command[] = { "printf", "hello", NULL };
  SrBackupOptions       options = { .sqlite = named, .command = command };
  SrBackupResult        result;

  write_text (dir, "x/.keep", "");
  write_text (dir, "y/.keep", "");
  sr_test_sqlite_run (first, "CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('one')");
  sr_test_sqlite_run (second, "CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('two')");
  options.command_name = "dump.sql";
  backup (storage, NULL, &options, &result);
  again = reopen (storage);
  assert_row (again, &result.snapshot->tree, "/database/app.db", "one");
  assert_row (again, &result.snapshot->tree, "/database/app.db-2", "two");
  sr_test_snapshot_assert_text (again, &result.snapshot->tree, "", "dump.sql", "hello");
  g_assert_cmpuint (g_strv_length (result.snapshot->paths), ==, 3);
  g_assert_cmpstr (result.snapshot->paths[0], ==, "/database/app.db");
  g_assert_cmpstr (result.snapshot->paths[2], ==, "/dump.sql");
  sr_backup_result_clear (&result);

  /* between real folders, with a parent */
  for (guint i = 0; i < 2; i++)
    {
      backup (storage, dir, &options, &result);
      g_clear_object (&again);
      again = reopen (storage);
      assert_row (again, &result.snapshot->tree, "/database/app.db-2", "two");
      sr_test_snapshot_assert_text (again, &result.snapshot->tree, "", "dump.sql", "hello");
      g_assert_true (sr_test_snapshot_has (again, &result.snapshot->tree, dir, "x/.keep"));
      g_assert_cmpuint (i == 0 ? result.snapshot->summary.files_new
                               : result.snapshot->summary.files_changed,
                        ==, i == 0 ? 7 : 3);
      sr_backup_result_clear (&result);
    }
  sr_test_rmdir (dir);
}

static void
test_failing_command (void)
{
  g_autoptr (SrStorage) storage = new_vault ();
  g_autoptr (GError)    error = NULL;
  const char *const     command[] = { "sh", "-c", "printf some; echo trouble >&2; exit 3", NULL };
  SrBackupOptions       options = { .command = command };
  SrBackupResult        result;

  g_assert_false (try_backup (storage, NULL, &options, &result, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CHILD);
  g_assert_nonnull (strstr (error->message, "trouble"));
  g_assert_cmpuint (count_snapshots (storage), ==, 0);
  g_assert_cmpuint (sr_storage_memory_get_n_files (SR_STORAGE_MEMORY (storage), SR_FILE_LOCK), ==,
                    0);
}

static void
test_nothing (void)
{
  g_autoptr (SrStorage) storage = new_vault ();
  g_autoptr (GError)    error = NULL;
  SrBackupOptions       options = { 0 };
  SrBackupResult        result;

  g_assert_false (try_backup (storage, NULL, &options, &result, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (try_backup (storage, "/there/is/no/such", &options, &result, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_assert_cmpuint (count_snapshots (storage), ==, 0);
}

/* -- faults -- */

static void
make_small_folder (const char *dir)
{
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *name = g_strdup_printf ("folder-%u/file-%02u", i / 5, i);

      write_random (dir, name, i, 3000);
    }
}

/* Whatever call fails: no snapshot that is not whole, earlier ones stay, the next try succeeds. */
static void
test_faults (gconstpointer user_data)
{
  SrFault               fault = (SrFault) GPOINTER_TO_INT (user_data);
  g_autoptr (SrStorage) made = new_vault ();
  char                 *dir = sr_test_mkdir ();
  SrBackupOptions       options = { 0 };
  SrBackupResult        result;
  gboolean              reached = TRUE;

  make_small_folder (dir);
  backup (made, dir, &options, &result);
  sr_backup_result_clear (&result);
  write_text (dir, "folder-2/new", "new");
  for (guint call = 1; reached; call++)
    {
      g_autoptr (SrStorage) inner = sr_storage_memory_clone (SR_STORAGE_MEMORY (made));
      g_autoptr (SrStorage) storage = sr_storage_fault_new (inner);
      g_autoptr (SrRepo)    repo = sr_test_repo_open (storage);
      g_autoptr (GError)    error = NULL;
      gboolean              ok;

      sr_storage_fault_plan (SR_STORAGE_FAULT (storage), fault, call, SR_ERROR_IO);
      ok = run (repo, dir, &options, &result, NULL, &error);
      reached = sr_storage_fault_was_reached (SR_STORAGE_FAULT (storage));
      g_assert_true (ok || error != NULL);
      g_assert_true (ok || reached);
      sr_backup_result_clear (&result);
      g_assert_cmpuint (count_snapshots (inner), >=, ok ? 2 : 1);
      backup (inner, dir, &options, &result);
      sr_backup_result_clear (&result);
    }
  sr_test_rmdir (dir);
}

static gpointer
cancel_after (gpointer user_data)
{
  g_usleep (g_random_int_range (0, 60000));
  g_cancellable_cancel (user_data);
  return NULL;
}

static void
test_cancel (void)
{
  g_autoptr (SrStorage) storage = new_vault ();
  char                 *dir = sr_test_mkdir ();
  SrBackupOptions       options = { 0 };
  SrBackupResult        result;

  make_small_folder (dir);
  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *name = g_strdup_printf ("large-%u", i);

      write_random (dir, name, 100 + i, 4000000);
    }
  for (guint round = 0; round < 10; round++)
    {
      g_autoptr (SrStorage)    vault = sr_storage_memory_clone (SR_STORAGE_MEMORY (storage));
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError)       error = NULL;
      GThread                 *thread = g_thread_new ("cancel", cancel_after, cancellable);

      if (!try_backup (vault, dir, &options, &result, cancellable, &error))
        {
          g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
          g_assert_cmpuint (count_snapshots (vault), ==, 0);
        }
      g_thread_join (thread);
      sr_backup_result_clear (&result);
      g_assert_cmpuint (sr_storage_memory_get_n_files (SR_STORAGE_MEMORY (vault), SR_FILE_LOCK), ==,
                        0);
      backup (vault, dir, &options, &result);
      sr_backup_result_clear (&result);
    }
  sr_test_rmdir (dir);
}

/* Someone who may not read a file learns of it; root is told nothing, so the check is another
 * user's. */
static void
test_unreadable (void)
{
  g_autoptr (SrStorage) storage = new_vault ();
  g_autoptr (SrRepo)    again = NULL;
  char                 *dir = sr_test_mkdir ();
  g_autofree char      *secret = g_build_filename (dir, "secret", NULL);
  SrBackupOptions       options = { 0 };
  SrBackupResult        result;

  write_text (dir, "open", "x");
  write_text (dir, "secret", "y");
  g_assert_cmpint (chmod (dir, 0755), ==, 0);
  g_assert_cmpint (chmod (secret, 0), ==, 0);
  if (geteuid () == 0 && seteuid (65534) != 0)
    {
      g_test_skip ("cannot become another user");
      sr_test_rmdir (dir);
      return;
    }
  backup (storage, dir, &options, &result);
  if (getuid () == 0)
    g_assert_cmpint (seteuid (0), ==, 0);
  again = reopen (storage);
  g_assert_cmpuint (result.failed, ==, 1);
  g_assert_true (sr_test_snapshot_has (again, &result.snapshot->tree, dir, "open"));
  g_assert_false (sr_test_snapshot_has (again, &result.snapshot->tree, dir, "secret"));
  sr_backup_result_clear (&result);
  sr_test_rmdir (dir);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backup/content", test_content);
  g_test_add_func ("/backup/unchanged", test_unchanged);
  g_test_add_func ("/backup/hidden-change", test_hidden_change);
  g_test_add_func ("/backup/parent", test_parent);
  g_test_add_func ("/backup/read-again", test_read_again);
  g_test_add_data_func ("/backup/progress/alone", NULL, test_progress);
  g_test_add_data_func ("/backup/progress/watched", "", test_progress);
  g_test_add_func ("/backup/dry-run", test_dry_run);
  g_test_add_func ("/backup/xattrs", test_xattrs);
  g_test_add_func ("/backup/met-database", test_met_database);
  g_test_add_func ("/backup/broken-database", test_broken_database);
  g_test_add_func ("/backup/named", test_named);
  g_test_add_func ("/backup/failing-command", test_failing_command);
  g_test_add_func ("/backup/nothing", test_nothing);
  g_test_add_data_func ("/backup/faults/fail", GINT_TO_POINTER (SR_FAULT_FAIL), test_faults);
  g_test_add_data_func ("/backup/faults/fail-from", GINT_TO_POINTER (SR_FAULT_FAIL_FROM),
                        test_faults);
  g_test_add_func ("/backup/cancel", test_cancel);
  g_test_add_func ("/backup/unreadable", test_unreadable);
  return g_test_run ();
}
