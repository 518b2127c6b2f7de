/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/sr-containers.h"
#include "base/sr-error.h"
#include "sr-test-util.h"

typedef struct
{
  char    *path;
  SrGuard *guard;
  GError  *error;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->path = sr_test_mkdir ();
  fixture->guard = sr_guard_new (NULL);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_clear_error (&fixture->error);
  sr_guard_unref (fixture->guard);
  sr_test_rmdir (fixture->path);
}

static char *
read_entry (SrContainer *container,
            const char  *name)
{
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GBytes)       bytes = NULL;
  g_autoptr (GError)       error = NULL;
  guint                    index;

  g_assert_true (sr_container_find (container, name, &index));
  stream = sr_container_open_entry (container, index, NULL, &error);
  g_assert_no_error (error);
  bytes = sr_stream_read_all (stream, 1 << 20, NULL, &error);
  g_assert_no_error (error);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* One entry of an archive to be made. */
typedef struct
{
  const char *name;
  const char *content; /* NULL: a folder */
  const char *link;    /* of a symbolic link */
  const char *same_as; /* of a hard link */
} Made;

static int
make_archive (const Made *made,
              guint       n,
              gboolean    gzip)
{
  int             fd = memfd_create ("archive", MFD_CLOEXEC);
  struct archive *writer = archive_write_new ();

  archive_write_set_format_pax_restricted (writer);
  if (gzip)
    archive_write_add_filter_gzip (writer);
  g_assert_cmpint (archive_write_open_fd (writer, fd), ==, ARCHIVE_OK);
  for (guint i = 0; i < n; i++)
    {
      struct archive_entry *entry = archive_entry_new ();
      gsize                 size = made[i].content != NULL ? strlen (made[i].content) : 0;

      archive_entry_set_pathname (entry, made[i].name);
      archive_entry_set_filetype (entry, made[i].link != NULL      ? AE_IFLNK
                                         : made[i].content != NULL ? AE_IFREG
                                                                   : AE_IFDIR);
      archive_entry_set_perm (entry, 0644);
      archive_entry_set_mtime (entry, 1000000000, 0);
      if (made[i].link != NULL)
        archive_entry_set_symlink (entry, made[i].link);
      else if (made[i].same_as != NULL)
        archive_entry_set_hardlink (entry, made[i].same_as);
      else
        archive_entry_set_size (entry, (la_int64_t) size);
      g_assert_cmpint (archive_write_header (writer, entry), ==, ARCHIVE_OK);
      if (made[i].same_as == NULL && made[i].link == NULL && size > 0)
        g_assert_cmpint (archive_write_data (writer, made[i].content, size), ==, (int) size);
      archive_entry_free (entry);
    }
  archive_write_close (writer);
  archive_write_free (writer);
  return fd;
}

static void
test_folder (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (SrContainer) container = NULL;
  g_autofree char        *content = NULL;
  g_autofree char        *link = g_build_filename (fixture->path, "b", "link", NULL);
  g_autofree char        *fifo = g_build_filename (fixture->path, "b", "fifo", NULL);

  sr_test_write_file (fixture->path, "b/c/deep", "deep", 4);
  sr_test_write_file (fixture->path, "a", "first", 5);
  g_assert_cmpint (symlink ("/etc/passwd", link), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  container = sr_folder_container_new (fixture->path, fixture->guard, NULL, &fixture->error);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (sr_container_get_n_entries (container), ==, 5);
  g_assert_cmpstr (sr_container_get_entry (container, 0)->name, ==, "a");
  g_assert_cmpstr (sr_container_get_entry (container, 3)->name, ==, "b/c/deep");
  g_assert_cmpint (sr_container_get_entry (container, 4)->type, ==, SR_ENTRY_SYMLINK);
  g_assert_cmpstr (sr_container_get_entry (container, 4)->link_target, ==, "/etc/passwd");
  content = read_entry (container, "b/c/deep");
  g_assert_cmpstr (content, ==, "deep");
  g_assert_null (sr_container_open_entry (container, 4, NULL, &fixture->error));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_INVALID);
}

/* A file that was swapped for a link after it was listed is not followed. */
static void
test_folder_swapped (Fixture      *fixture,
                     gconstpointer data)
{
  g_autoptr (SrContainer) container = NULL;
  g_autofree char        *path = g_build_filename (fixture->path, "file", NULL);

  sr_test_write_file (fixture->path, "file", "x", 1);
  container = sr_folder_container_new (fixture->path, fixture->guard, NULL, &fixture->error);
  g_assert_cmpint (unlink (path), ==, 0);
  g_assert_cmpint (symlink ("/etc/passwd", path), ==, 0);
  g_assert_null (sr_container_open_entry (container, 0, NULL, &fixture->error));
  g_assert_nonnull (fixture->error);
}

static void
test_folder_too_many (Fixture      *fixture,
                      gconstpointer data)
{
  SrGuardLimits       limits = sr_guard_default_limits;
  g_autoptr (SrGuard) guard = NULL;

  limits.max_entries = 2;
  guard = sr_guard_new (&limits);
  sr_test_write_file (fixture->path, "a", "", 0);
  sr_test_write_file (fixture->path, "b", "", 0);
  sr_test_write_file (fixture->path, "c", "", 0);
  g_assert_null (sr_folder_container_new (fixture->path, guard, NULL, &fixture->error));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_REFUSED);
}

static const Made usual[] = {
  { "folder/", NULL, NULL, NULL },
  { "folder/one", "first", NULL, NULL },
  { "two", "second", NULL, NULL },
  { "hard", "", NULL, "two" },
  { "link", "", "two", NULL },
};

typedef struct
{
  guint n;
  guint n_good;
} Visit;

static gboolean
on_entry (SrContainer            *container,
          guint                   index,
          const SrContainerEntry *entry,
          GInputStream           *stream,
          gpointer                user_data,
          GError                **error)
{
  Visit             *visit = user_data;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char   *other = NULL;

  visit->n++;
  if (stream == NULL)
    return TRUE;
  bytes = sr_stream_read_all (stream, 1000, NULL, error);
  if (bytes == NULL)
    return FALSE;
  other = read_entry (container, entry->name);
  visit->n_good += strlen (other) == g_bytes_get_size (bytes) &&
                   memcmp (g_bytes_get_data (bytes, NULL), other, strlen (other)) == 0;
  return TRUE;
}

static void
test_archive (Fixture      *fixture,
              gconstpointer data)
{
  for (guint gzip = 0; gzip < 2; gzip++)
    {
      int                     fd = make_archive (usual, G_N_ELEMENTS (usual), gzip);
      g_autoptr (SrContainer) container = NULL;
      g_autofree char        *hard = NULL;
      Visit                   visit = { 0 };

      container = sr_archive_container_new (fd, "a.tar", fixture->guard, NULL, &fixture->error);
      g_assert_no_error (fixture->error);
      g_assert_null (sr_archive_container_get_damage (container));
      g_assert_cmpuint (sr_container_get_n_entries (container), ==, 5);
      hard = read_entry (container, "hard");
      g_assert_cmpstr (hard, ==, "second");
      g_assert_true (sr_container_visit (container, on_entry, &visit, NULL, &fixture->error));
      g_assert_cmpuint (visit.n, ==, 5);
      g_assert_cmpuint (visit.n_good, ==, 3);
    }
}

/* Cut anywhere: what was listed before is there, and the damage is told. */
static void
test_archive_cut (Fixture      *fixture,
                  gconstpointer data)
{
  for (guint gzip = 0; gzip < 2; gzip++)
    {
      int   whole = make_archive (usual, G_N_ELEMENTS (usual), gzip);
      off_t size = lseek (whole, 0, SEEK_END);

      for (off_t cut = size - 1; cut > 64; cut -= gzip ? 3 : 256)
        {
          g_autoptr (SrContainer) container = NULL;
          g_autoptr (GError)      error = NULL;
          guint8                  buffer[20000];
          int                     fd = memfd_create ("cut", MFD_CLOEXEC);

          /* seven blocks of content; two of zeros are an end already, the rest is padding */
          if (!gzip && cut > 8 * 512)
            {
              close (fd);
              continue;
            }
          g_assert_cmpint (pread (whole, buffer, (gsize) cut, 0), ==, cut);
          g_assert_cmpint (write (fd, buffer, (gsize) cut), ==, cut);
          container = sr_archive_container_new (fd, "cut", fixture->guard, NULL, &error);
          g_assert_true (container == NULL || sr_archive_container_get_damage (container) != NULL);
        }
      close (whole);
    }
}

static void
test_archive_single (Fixture      *fixture,
                     gconstpointer data)
{
  int                     fd = memfd_create ("raw", MFD_CLOEXEC);
  struct archive         *writer = archive_write_new ();
  struct archive_entry   *entry = archive_entry_new ();
  g_autoptr (SrContainer) container = NULL;
  g_autofree char        *content = NULL;

  archive_write_set_format_raw (writer);
  archive_write_add_filter_xz (writer);
  archive_write_open_fd (writer, fd);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_size (entry, 5);
  archive_write_header (writer, entry);
  archive_write_data (writer, "hello", 5);
  archive_entry_free (entry);
  archive_write_close (writer);
  archive_write_free (writer);
  container = sr_archive_container_new (fd, "/a/dump.sql.xz", fixture->guard, NULL,
                                        &fixture->error);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (sr_container_get_n_entries (container), ==, 1);
  content = read_entry (container, "dump.sql");
  g_assert_cmpstr (content, ==, "hello");
}

static void
test_archive_none (Fixture      *fixture,
                   gconstpointer data)
{
  int fd = memfd_create ("none", MFD_CLOEXEC);

  g_assert_cmpint (write (fd, "no archive at all\n", 18), ==, 18);
  g_assert_null (sr_archive_container_new (fd, "none", fixture->guard, NULL, &fixture->error));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_UNSUPPORTED);
}

static void
test_view (Fixture      *fixture,
           gconstpointer data)
{
  g_autoptr (SrContainer) folder = NULL;
  g_autoptr (SrContainer) view = sr_view_container_new ("view");
  g_autofree char        *content = NULL;

  sr_test_write_file (fixture->path, "a", "text", 4);
  folder = sr_folder_container_new (fixture->path, fixture->guard, NULL, NULL);
  sr_view_container_add_folder (view, "inner.zip");
  sr_view_container_add (view, "inner.zip/a", folder, 0, NULL, FALSE);
  g_assert_cmpuint (sr_container_get_n_entries (view), ==, 2);
  g_assert_cmpuint (sr_container_get_entry (view, 1)->size, ==, 4);
  content = read_entry (view, "inner.zip/a");
  g_assert_cmpstr (content, ==, "text");
}

/* --- unpacking -------------------------------------------------------------------------------- */

static void
count_left_out (const char   *name,
                guint64       size,
                const GError *error,
                gpointer      user_data)
{
  *(guint *) user_data += error != NULL;
}

static gboolean
is_there (Fixture    *fixture,
          const char *name)
{
  g_autofree char *path = g_build_filename (fixture->path, "out", name, NULL);
  struct stat      st;

  return lstat (path, &st) == 0;
}

static guint
extract (Fixture           *fixture,
         const Made        *made,
         guint              n,
         const char *const *names,
         gboolean           overwrite)
{
  g_autoptr (SrContainer) container = NULL;
  g_autofree char        *target = g_build_filename (fixture->path, "out", NULL);
  guint                   n_told = 0;
  guint64                 n_failed = 0;

  g_mkdir_with_parents (target, 0700);
  container = sr_archive_container_new (make_archive (made, n, FALSE), "a.tar", fixture->guard,
                                        NULL, &fixture->error);
  g_assert_no_error (fixture->error);
  g_assert_true (sr_container_extract (container, target, names, overwrite, count_left_out, &n_told,
                                       &n_failed, NULL, &fixture->error));
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (n_told, ==, n_failed);
  return n_told;
}

static void
test_extract (Fixture      *fixture,
              gconstpointer data)
{
  const char *const only[] = { "folder", NULL };
  struct stat       st;
  g_autofree char  *path = g_build_filename (fixture->path, "out", "two", NULL);

  g_assert_cmpuint (extract (fixture, usual, G_N_ELEMENTS (usual), only, FALSE), ==, 0);
  g_assert_true (is_there (fixture, "folder/one"));
  g_assert_false (is_there (fixture, "two"));
  /* what is there stays, and is told; with leave it gives way */
  g_assert_cmpuint (extract (fixture, usual, G_N_ELEMENTS (usual), NULL, FALSE), ==, 1);
  g_assert_true (is_there (fixture, "link"));
  g_assert_cmpint (stat (path, &st), ==, 0);
  g_assert_cmpint (st.st_mtime, ==, 1000000000);
  g_assert_cmpint (st.st_mode & 07777, ==, 0644);
  g_assert_cmpuint (extract (fixture, usual, G_N_ELEMENTS (usual), NULL, TRUE), ==, 0);
}

static void
test_extract_hostile (Fixture      *fixture,
                      gconstpointer data)
{
  static const Made hostile[] = {
    { "../outside", "x", NULL, NULL },
    { "/tmp/sr-absolute", "x", NULL, NULL },
    { "a/../../outside", "x", NULL, NULL },
    { "up", "", "..", NULL },
    { "up/outside", "x", NULL, NULL },
    { "abs", "", "/etc", NULL },
    { "a/b", "x", NULL, NULL },
    { "a/in", "", "b", NULL },
    { "a/climb", "", "../../x", NULL },
    { "a/twist", "", "x/../../..", NULL },
  };

  /* "up/outside" makes a folder "up", so the link of that name has no place */
  g_assert_cmpuint (extract (fixture, hostile, G_N_ELEMENTS (hostile), NULL, TRUE), ==, 7);
  g_assert_true (is_there (fixture, "a/b"));
  g_assert_true (is_there (fixture, "a/in"));
  g_assert_true (is_there (fixture, "up/outside"));
  g_assert_false (is_there (fixture, "../outside"));
  g_assert_false (is_there (fixture, "abs"));
  g_assert_false (is_there (fixture, "a/climb"));
  g_assert_false (is_there (fixture, "a/twist"));
  g_assert_false (g_file_test ("/tmp/sr-absolute", G_FILE_TEST_EXISTS));
}

/* A link that stands in the target already is not followed either. */
static void
test_extract_through_link (Fixture      *fixture,
                           gconstpointer data)
{
  static const Made made[] = { { "there/file", "x", NULL, NULL } };
  g_autofree char  *target = g_build_filename (fixture->path, "out", NULL);
  g_autofree char  *link = g_build_filename (target, "there", NULL);

  g_mkdir_with_parents (target, 0700);
  g_assert_cmpint (symlink ("..", link), ==, 0);
  g_assert_cmpuint (extract (fixture, made, 1, NULL, TRUE), ==, 1);
  g_assert_false (is_there (fixture, "../file"));
}

#define ADD(name, func) g_test_add ("/containers/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("folder", test_folder);
  ADD ("folder-swapped", test_folder_swapped);
  ADD ("folder-too-many", test_folder_too_many);
  ADD ("archive", test_archive);
  ADD ("archive-cut", test_archive_cut);
  ADD ("archive-single", test_archive_single);
  ADD ("archive-none", test_archive_none);
  ADD ("view", test_view);
  ADD ("extract", test_extract);
  ADD ("extract-hostile", test_extract_hostile);
  ADD ("extract-through-link", test_extract_through_link);
  return g_test_run ();
}
