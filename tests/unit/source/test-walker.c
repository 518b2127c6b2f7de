/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "source/sr-walker.h"
#include "sr-test-util.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

static const char event_signs[] = {
  [SR_WALK_ENTER] = '>',
  [SR_WALK_LEAVE] = '<',
  [SR_WALK_ENTRY] = '-',
  [SR_WALK_PROBLEM] = '!',
};

/* All events from the root of the walk @below on, a line each, with paths shown relative to it.
 * What leads there from "/" is left out. */
static char *
walk_to_the_end (SrWalker   *walker,
                 const char *below)
{
  GString           *log = g_string_new (NULL);
  SrWalkItem         item = { 0 };
  g_autoptr (GError) error = NULL;
  gsize              length = strlen (below);

  while (TRUE)
    {
      SrWalkEvent event = sr_walker_next (walker, &item, NULL, &error);

      g_assert_no_error (error);
      if (event == SR_WALK_END)
        break;
      g_assert_cmpint (event == SR_WALK_PROBLEM, ==, item.problem != NULL);
      if (strncmp (item.path, below, length) == 0 && item.path[length] != '\0')
        g_string_append_printf (log, "%c %s%s\n", event_signs[event], item.path + length + 1,
                                item.has_journal ? " +journal" : "");
    }
  g_assert_cmpint (sr_walker_next (walker, &item, NULL, &error), ==, SR_WALK_END);
  sr_walk_item_clear (&item);
  return g_string_free (log, FALSE);
}

static void
assert_walk (const SrWalkerOptions *options,
             const char            *dir,
             const char            *expected)
{
  SrWalkerOptions    plain = { 0 };
  SrWalker          *walker = sr_walker_new (options != NULL ? options : &plain);
  g_autoptr (GError) error = NULL;
  g_autofree char   *log = NULL;

  g_assert_true (sr_walker_add_target (walker, dir, &error));
  g_assert_no_error (error);
  log = walk_to_the_end (walker, dir);
  g_assert_cmpstr (log, ==, expected);
  g_assert_true (sr_walker_has_found (walker));
  sr_walker_free (walker);
}

static void
touch (const char *dir,
       const char *name)
{
  sr_test_write_file (dir, name, "x", 1);
}

static void
make_folder (const char *dir,
             const char *name)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);

  g_assert_cmpint (g_mkdir (path, 0755), ==, 0);
}

static void
test_order (void)
{
  char *dir = sr_test_mkdir ();

  touch (dir, "b/z");
  touch (dir, "b.txt");
  touch (dir, "b-/y");
  touch (dir, "a");
  touch (dir, "B");
  touch (dir, "\xc3\xa4");
  touch (dir, "\xff");
  touch (dir, "b/sub/deep");
  make_folder (dir, "empty");
  assert_walk (NULL, dir,
               "- B\n"
               "- a\n"
               "> b\n"
               "> b/sub\n"
               "- b/sub/deep\n"
               "< b/sub\n"
               "- b/z\n"
               "< b\n"
               "> b-\n"
               "- b-/y\n"
               "< b-\n"
               "- b.txt\n"
               "> empty\n"
               "< empty\n"
               "- \xc3\xa4\n"
               "- \xff\n");
  sr_test_rmdir (dir);
}

static void
test_excludes (void)
{
  char           *dir = sr_test_mkdir ();
  SrPatternList  *excludes = sr_pattern_list_new ();
  SrWalkerOptions options = { .excludes = excludes };

  touch (dir, "a.tmp");
  touch (dir, "b/c.tmp");
  touch (dir, "b/d");
  touch (dir, "cache/e");
  touch (dir, "keep.tmp");
  g_assert_true (sr_pattern_list_add (excludes, "*.tmp", NULL));
  g_assert_true (sr_pattern_list_add (excludes, "cache", NULL));
  g_assert_true (sr_pattern_list_add (excludes, "!keep.tmp", NULL));
  assert_walk (&options, dir, "> b\n- b/d\n< b\n- keep.tmp\n");
  sr_pattern_list_free (excludes);
  sr_test_rmdir (dir);
}

static void
test_ignore_files (void)
{
  char           *dir = sr_test_mkdir ();
  SrWalkerOptions options = { .ignore_file = ".nobackup" };

  sr_test_write_file (dir, ".nobackup", "*.o\n/only-here\nbuild/\n", 22);
  sr_test_write_file (dir, "src/.nobackup", "!a.o\n", 5);
  touch (dir, "a.o");
  touch (dir, "build/x");
  touch (dir, "only-here");
  touch (dir, "src/a.o");
  touch (dir, "src/b.o");
  touch (dir, "src/deep/a.o");
  touch (dir, "src/deep/b.o");
  touch (dir, "src/deep/build");
  touch (dir, "src/only-here");
  assert_walk (&options, dir,
               "- .nobackup\n> src\n- src/.nobackup\n- src/a.o\n> src/deep\n- src/deep/a.o\n"
               "- src/deep/build\n< src/deep\n- src/only-here\n< src\n");
  sr_test_rmdir (dir);
}

static void
test_vault (void)
{
  char            *dir = sr_test_mkdir ();
  g_autofree char *vault = g_build_filename (dir, "vault", NULL);
  struct stat      status;
  SrWalkerOptions  options = { 0 };
  SrWalker        *walker;
  g_autofree char *log = NULL;

  touch (dir, "vault/config");
  touch (dir, "x");
  g_assert_cmpint (stat (vault, &status), ==, 0);
  options.skip_dev = status.st_dev;
  options.skip_ino = status.st_ino;
  assert_walk (&options, dir, "- x\n");
  /* whoever names it is told */
  walker = sr_walker_new (&options);
  g_assert_true (sr_walker_add_target (walker, vault, NULL));
  log = walk_to_the_end (walker, dir);
  g_assert_cmpstr (log, ==, "! vault\n");
  sr_walker_free (walker);
  sr_test_rmdir (dir);
}

static void
test_journals (void)
{
  char               *dir = sr_test_mkdir ();
  SrWalker           *walker;
  SrWalkItem          item = { 0 };
  SrWalkEvent         event;
  g_autoptr (GString) log = g_string_new (NULL);

  touch (dir, "a");
  touch (dir, "a-b");
  touch (dir, "a-b-wal");
  touch (dir, "a-journal");
  touch (dir, "a-shm");
  touch (dir, "a-wal");
  sr_test_write_file (dir, "c", "x", 1);
  sr_test_write_file (dir, "c-wal", "", 0);
  touch (dir, "d-wal");
  assert_walk (NULL, dir,
               "- a +journal\n- a-b +journal\n- a-b-wal\n- a-journal\n- a-shm\n- a-wal\n- c\n"
               "- c-wal\n- d-wal\n");
  walker = sr_walker_new (&(SrWalkerOptions){ 0 });
  g_assert_true (sr_walker_add_target (walker, dir, NULL));
  while ((event = sr_walker_next (walker, &item, NULL, NULL)) != SR_WALK_END)
    {
      if (event != SR_WALK_ENTRY)
        continue;
      g_string_append_printf (log, "%s ", item.entry->name);
      if (strcmp (item.entry->name, "a") == 0 || strcmp (item.entry->name, "a-b") == 0)
        sr_walker_skip_journals (walker);
    }
  g_assert_cmpstr (log->str, ==, "a a-b c c-wal d-wal ");
  sr_walker_free (walker);
  sr_test_rmdir (dir);
}

static void
test_targets (void)
{
  char              *dir = sr_test_mkdir ();
  SrWalker          *walker = sr_walker_new (&(SrWalkerOptions){ 0 });
  g_autofree char   *cwd = g_get_current_dir ();
  g_autofree char   *inside = g_strconcat (dir, "/sub/../sub//inner/", NULL);
  g_autofree char   *linked = g_strconcat (dir, "/link/b", NULL);
  g_autofree char   *single = g_strconcat (dir, "/single.db", NULL);
  g_autofree char   *clean = g_strconcat (dir, "/sub", NULL);
  g_autofree char   *missing = g_strconcat (dir, "/missing/x", NULL);
  g_autofree char   *log = NULL;
  g_autoptr (GError) error = NULL;
  const char *const *targets;

  touch (dir, "sub/inner/a");
  touch (dir, "sub/b");
  touch (dir, "unwanted/c");
  touch (dir, "real/b/d");
  touch (dir, "real/unwanted");
  touch (dir, "single.db");
  touch (dir, "single.db-wal");
  g_assert_cmpint (chdir (dir), ==, 0);
  g_assert_cmpint (symlink ("real", "link"), ==, 0);
  g_assert_true (sr_walker_add_target (walker, inside, &error));
  g_assert_true (sr_walker_add_target (walker, linked, &error));
  g_assert_true (sr_walker_add_target (walker, single, &error));
  g_setenv ("PWD", dir, TRUE);
  g_assert_true (sr_walker_add_target (walker, "./sub", &error));
  g_assert_true (sr_walker_add_target (walker, inside, &error));
  g_assert_no_error (error);
  g_assert_false (sr_walker_add_target (walker, missing, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (sr_walker_add_target (walker, "single.db/x", &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (sr_walker_add_target (walker, "", &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
  targets = sr_walker_get_targets (walker);
  g_assert_cmpuint (g_strv_length ((char **) targets), ==, 3);
  g_assert_cmpstr (targets[0], ==, linked);
  g_assert_cmpstr (targets[1], ==, single);
  g_assert_cmpstr (targets[2], ==, clean);
  log = walk_to_the_end (walker, dir);
  g_assert_cmpstr (log, ==,
                   "> link\n> link/b\n- link/b/d\n< link/b\n< link\n- single.db +journal\n"
                   "> sub\n- sub/b\n> sub/inner\n- sub/inner/a\n< sub/inner\n< sub\n");
  sr_walker_free (walker);
  g_assert_cmpint (chdir (cwd), ==, 0);
  sr_test_rmdir (dir);
}

/* A target that vanishes before it is reached is a problem; anything else that does is not. */
static void
test_vanishing (void)
{
  char            *dir = sr_test_mkdir ();
  SrWalker        *walker = sr_walker_new (&(SrWalkerOptions){ 0 });
  g_autofree char *first = g_build_filename (dir, "a", NULL);
  g_autofree char *second = g_build_filename (dir, "b/c", NULL);
  g_autofree char *third = g_build_filename (dir, "d", NULL);
  g_autofree char *gone = g_build_filename (dir, "d/gone", NULL);
  g_autofree char *gone_folder = g_build_filename (dir, "d/gone-too", NULL);
  g_autofree char *above = g_build_filename (dir, "b", NULL);
  guint            problems = 0;
  g_autofree char *log = NULL;
  SrWalkItem       item = { 0 };

  touch (dir, "a");
  touch (dir, "b/c");
  touch (dir, "d/e");
  touch (dir, "d/gone");
  make_folder (dir, "d/gone-too");
  g_assert_true (sr_walker_add_target (walker, first, NULL));
  g_assert_true (sr_walker_add_target (walker, second, NULL));
  g_assert_true (sr_walker_add_target (walker, third, NULL));
  g_assert_cmpint (g_remove (first), ==, 0);
  g_assert_cmpint (g_remove (second), ==, 0);
  g_assert_cmpint (g_rmdir (above), ==, 0);
  while (g_strcmp0 (item.path, third) != 0)
    if (sr_walker_next (walker, &item, NULL, NULL) == SR_WALK_PROBLEM)
      problems++;
  g_assert_cmpuint (problems, ==, 2);
  g_assert_cmpint (g_remove (gone), ==, 0);
  g_assert_cmpint (g_rmdir (gone_folder), ==, 0);
  log = walk_to_the_end (walker, dir);
  g_assert_cmpstr (log, ==, "- d/e\n< d\n");
  sr_walk_item_clear (&item);
  sr_walker_free (walker);
  sr_test_rmdir (dir);
}

/* What cannot be read is told, and the rest is walked. Root may read everything, so the walk runs
 * as another user. */
static void
test_forbidden (void)
{
  char              *dir = sr_test_mkdir ();
  SrWalker          *walker = sr_walker_new (&(SrWalkerOptions){ 0 });
  g_autofree char   *locked = g_build_filename (dir, "locked", NULL);
  g_autofree char   *half = g_build_filename (dir, "half", NULL);
  g_autofree char   *secret = g_build_filename (dir, "secret", NULL);
  g_autofree char   *log = NULL;
  g_autoptr (GError) error = NULL;
  gboolean           is_root = geteuid () == 0;
  SrWalkItem         item = { 0 };
  SrWalkEvent        event;

  touch (dir, "half/in");
  touch (dir, "locked/in");
  touch (dir, "open/in");
  touch (dir, "secret");
  g_assert_cmpint (g_chmod (dir, 0755), ==, 0);
  g_assert_cmpint (g_chmod (locked, 0), ==, 0);
  g_assert_cmpint (g_chmod (half, 0444), ==, 0);
  g_assert_cmpint (g_chmod (secret, 0), ==, 0);
  if (is_root)
    g_assert_cmpint (seteuid (65534), ==, 0);
  g_assert_true (sr_walker_add_target (walker, dir, NULL));
  while ((event = sr_walker_next (walker, &item, NULL, NULL)) != SR_WALK_END)
    {
      if (event == SR_WALK_PROBLEM)
        g_assert_error (item.problem, SR_ERROR, SR_ERROR_PERMISSION);
      if (event == SR_WALK_ENTRY && strcmp (item.entry->name, "secret") == 0)
        break;
    }
  g_assert_cmpint (event, ==, SR_WALK_ENTRY);
  g_assert_cmpint (sr_walker_open (walker, item.entry, &error), ==, -1);
  g_assert_error (error, SR_ERROR, SR_ERROR_PERMISSION);
  g_assert_nonnull (strstr (error->message, "secret"));
  sr_walk_item_clear (&item);
  sr_walker_free (walker);
  assert_walk (NULL, dir,
               "> half\n! half/in\n< half\n> locked\n! locked\n< locked\n> open\n- open/in\n"
               "< open\n- secret\n");
  if (is_root)
    g_assert_cmpint (seteuid (0), ==, 0);
  sr_test_rmdir (dir);
}

static const SrXattr *
find_xattr (const SrEntry *entry,
            const char    *name)
{
  for (guint i = 0; i < entry->n_xattrs; i++)
    if (strcmp (entry->xattrs[i].name, name) == 0)
      return &entry->xattrs[i];
  return NULL;
}

static void
assert_xattr (const SrEntry *entry,
              const char    *value)
{
  const SrXattr *xattr = find_xattr (entry, "user.sr");

  g_assert_nonnull (xattr);
  g_assert_cmpmem (xattr->value, xattr->value_size, value, strlen (value));
}

static void
check_file (SrWalker *walker,
            SrEntry  *entry,
            gboolean  with_xattrs)
{
  g_autoptr (GError) error = NULL;
  char               byte;
  int                fd;

  g_assert_cmpuint (entry->size, ==, 1);
  g_assert_cmpuint (entry->mode, ==, 04640);
  g_assert_cmpuint (entry->links, ==, 2);
  g_assert_cmpuint (entry->device_id, !=, 0);
  g_assert_cmpint (entry->mtime.tv_sec, ==, 1000000000);
  g_assert_cmpint (entry->mtime.tv_nsec, ==, 123456789);
  g_assert_cmpint (entry->atime.tv_sec, ==, 1000000000);
  g_assert_cmpuint (entry->n_xattrs, ==, 0);
  fd = sr_walker_open (walker, entry, &error);
  g_assert_no_error (error);
  g_assert_cmpint (read (fd, &byte, 1), ==, 1);
  close (fd);
  if (with_xattrs)
    assert_xattr (entry, "file");
}

static void
make_socket (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int                fd = socket (AF_UNIX, SOCK_STREAM, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  close (fd);
}

static gboolean
make_all_types (const char *dir)
{
  struct timespec  times[2] = { { 1500000000, 0 }, { 1000000000, 123456789 } };
  gboolean         with_xattrs;
  int              fd = g_open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  g_autofree char *file = g_build_filename (dir, "file", NULL);
  g_autofree char *folder = g_build_filename (dir, "folder", NULL);
  g_autofree char *unix_socket = g_build_filename (dir, "socket", NULL);

  touch (dir, "file");
  make_folder (dir, "folder");
  with_xattrs = setxattr (file, "user.sr", "file", 4, 0) == 0;
  if (with_xattrs)
    g_assert_cmpint (setxattr (folder, "user.sr", "folder", 6, 0), ==, 0);
  g_assert_cmpint (linkat (fd, "file", fd, "file2", 0), ==, 0);
  g_assert_cmpint (fchmodat (fd, "file", 04640, 0), ==, 0);
  g_assert_cmpint (utimensat (fd, "file", times, 0), ==, 0);
  g_assert_cmpint (mkfifoat (fd, "fifo", 0600), ==, 0);
  g_assert_cmpint (symlinkat ("to/\xff", fd, "link"), ==, 0);
  make_socket (unix_socket);
  if (geteuid () == 0 && mknodat (fd, "char", S_IFCHR | 0600, makedev (1, 3)) != 0)
    g_test_message ("no device nodes can be made here");
  close (fd);
  return with_xattrs;
}

static void
test_types (void)
{
  char       *dir = sr_test_mkdir ();
  gboolean    with_xattrs = make_all_types (dir);
  SrWalker   *walker = sr_walker_new (&(SrWalkerOptions){ 0 });
  SrWalkItem  item = { 0 };
  SrWalkEvent event;
  guint       seen = 0;

  if (!with_xattrs)
    g_test_message ("the temporary folder has no extended attributes");
  g_assert_true (sr_walker_add_target (walker, dir, NULL));
  while ((event = sr_walker_next (walker, &item, NULL, NULL)) != SR_WALK_END)
    {
      const SrEntry *entry = item.entry;

      if (entry == NULL || !g_str_has_prefix (item.path, dir) || item.path[strlen (dir)] == '\0')
        continue;
      seen |= 1 << entry->type;
      g_assert_cmpuint (entry->uid, ==, getuid ());
      g_assert_cmpstr (entry->user, ==, g_get_user_name ());
      g_assert_cmpuint (entry->inode, !=, 0);
      if (strcmp (entry->name, "file") == 0)
        check_file (walker, item.entry, with_xattrs);
      if (entry->type == SR_ENTRY_SYMLINK)
        g_assert_cmpstr (entry->link_target, ==, "to/\xff");
      if (entry->type == SR_ENTRY_DIR && with_xattrs)
        assert_xattr (entry, "folder");
      if (entry->type == SR_ENTRY_CHAR_DEVICE)
        g_assert_cmpuint (entry->device, ==, makedev (1, 3));
    }
  seen |= 1 << SR_ENTRY_CHAR_DEVICE | 1 << SR_ENTRY_BLOCK_DEVICE;
  g_assert_cmpuint (seen, ==, 127);
  sr_walker_free (walker);
  sr_test_rmdir (dir);
}

/* Between being told and being opened, the file becomes something else. */
static void
test_replaced (void)
{
  char              *dir = sr_test_mkdir ();
  SrWalker          *walker = sr_walker_new (&(SrWalkerOptions){ 0 });
  g_autofree char   *path = g_build_filename (dir, "a", NULL);
  g_autofree char   *other = g_build_filename (dir, "b", NULL);
  SrWalkItem         item = { 0 };
  g_autoptr (GError) error = NULL;
  int                fd;

  touch (dir, "a");
  g_assert_true (sr_walker_add_target (walker, dir, NULL));
  while (sr_walker_next (walker, &item, NULL, NULL) != SR_WALK_ENTRY)
    ;
  /* another file under the same name is read as that */
  sr_test_write_file (dir, "b", "longer", 6);
  g_assert_cmpint (g_rename (other, path), ==, 0);
  fd = sr_walker_open (walker, item.entry, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (item.entry->size, ==, 6);
  close (fd);
  /* a link is not followed, nobody waits for a fifo, a folder is no file */
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (symlink ("/etc/passwd", path), ==, 0);
  g_assert_cmpint (sr_walker_open (walker, item.entry, &error), ==, -1);
  g_assert_error (error, SR_ERROR, SR_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  g_assert_cmpint (sr_walker_open (walker, item.entry, &error), ==, -1);
  g_assert_error (error, SR_ERROR, SR_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  g_assert_cmpint (sr_walker_open (walker, item.entry, &error), ==, -1);
  g_assert_error (error, SR_ERROR, SR_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_cmpint (g_rmdir (path), ==, 0);
  g_assert_cmpint (sr_walker_open (walker, item.entry, &error), ==, -1);
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  sr_walk_item_clear (&item);
  sr_walker_free (walker);
  sr_test_rmdir (dir);
}

/* In memory where there is such a place: folders by the thousand take a disk minutes. */
static char *
make_fast_dir (void)
{
  g_autofree char *template = g_strdup ("/dev/shm/strongroom-test-XXXXXX");

  return g_mkdtemp (template) != NULL ? g_steal_pointer (&template) : sr_test_mkdir ();
}

/* Folders in each other, each with a file "f" that comes behind the next folder. */
static void
make_deep (const char *dir,
           guint       depth,
           const char *name)
{
  int fd = g_open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

  for (guint i = 0; i < depth; i++)
    {
      int next;

      g_assert_cmpint (mkdirat (fd, name, 0755), ==, 0);
      g_assert_cmpint (symlinkat ("x", fd, "f"), ==, 0);
      next = openat (fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      g_assert_cmpint (next, >=, 0);
      close (fd);
      fd = next;
    }
  close (fd);
}

/* Without paths, which would be too long. */
static void
remove_deep (char       *dir,
             guint       depth,
             const char *name)
{
  int fd = g_open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

  for (guint i = 0; i < depth; i++)
    {
      int next = openat (fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

      close (fd);
      fd = next;
    }
  for (guint i = 0; i < depth; i++)
    {
      int next = openat (fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

      close (fd);
      fd = next;
      g_assert_cmpint (unlinkat (fd, name, AT_REMOVEDIR), ==, 0);
      g_assert_cmpint (unlinkat (fd, "f", 0), ==, 0);
    }
  close (fd);
  sr_test_rmdir (dir);
}

static guint
count_open (void)
{
  guint n = 0;

  for (int fd = 0; fd < 1000; fd++)
    n += fcntl (fd, F_GETFD) >= 0;
  return n;
}

static void
test_deep (void)
{
  enum
  {
    DEPTH = 10000
  };
  char       *dir = make_fast_dir ();
  SrWalker   *walker = sr_walker_new (&(SrWalkerOptions){ 0 });
  SrWalkItem  item = { 0 };
  SrWalkEvent event;
  guint       before = count_open ();
  guint       entered = 0;
  guint       left = 0;
  guint       entries = 0;

  make_deep (dir, DEPTH, "d");
  g_assert_true (sr_walker_add_target (walker, dir, NULL));
  while ((event = sr_walker_next (walker, &item, NULL, NULL)) != SR_WALK_END)
    {
      g_assert_cmpint (event, !=, SR_WALK_PROBLEM);
      entered += event == SR_WALK_ENTER;
      left += event == SR_WALK_LEAVE;
      entries += event == SR_WALK_ENTRY;
      if (entered == DEPTH / 2)
        g_assert_cmpuint (count_open (), <=, before + 70);
    }
  g_assert_cmpuint (entered, ==, left);
  g_assert_cmpuint (entered, >, DEPTH);
  g_assert_cmpuint (entries, ==, DEPTH);
  sr_walker_free (walker);
  g_assert_cmpuint (count_open (), ==, before);
  remove_deep (dir, DEPTH, "d");
}

/* A target far below the longest path the system takes. */
static void
test_long_target (void)
{
  enum
  {
    DEPTH = 200
  };
  char               *dir = sr_test_mkdir ();
  SrWalker           *walker = sr_walker_new (&(SrWalkerOptions){ 0 });
  g_autofree char    *name = g_strnfill (200, 'n');
  g_autoptr (GString) path = g_string_new (dir);
  g_autofree char    *log = NULL;
  g_autoptr (GError)  error = NULL;

  make_deep (dir, DEPTH, name);
  for (guint i = 0; i < DEPTH - 1; i++)
    g_string_append_printf (path, "/%s", name);
  g_assert_true (sr_walker_add_target (walker, path->str, &error));
  g_assert_no_error (error);
  log = walk_to_the_end (walker, path->str);
  g_assert_true (g_str_has_prefix (log, "- f\n> nnn"));
  sr_walker_free (walker);
  remove_deep (dir, DEPTH, name);
}

/* Folders on the way back that were closed are moved elsewhere. */
static void
test_moved (void)
{
  char               *dir = sr_test_mkdir ();
  SrWalker           *walker = sr_walker_new (&(SrWalkerOptions){ 0 });
  g_autoptr (GString) inner = g_string_new (dir);
  g_autofree char    *outer = NULL;
  g_autofree char    *a = g_build_filename (dir, "moved-a", NULL);
  g_autofree char    *b = g_build_filename (dir, "moved-b", NULL);
  SrWalkItem          item = { 0 };
  SrWalkEvent         event;
  guint               entries = 0;
  guint               problems = 0;
  guint               entered = 0;

  make_deep (dir, 100, "d");
  for (guint i = 0; i < 10; i++)
    g_string_append (inner, "/d");
  outer = g_path_get_dirname (inner->str);
  g_assert_true (sr_walker_add_target (walker, dir, NULL));
  while ((event = sr_walker_next (walker, &item, NULL, NULL)) != SR_WALK_END)
    {
      entered += event == SR_WALK_ENTER;
      entries += event == SR_WALK_ENTRY;
      if (event == SR_WALK_PROBLEM)
        {
          g_assert_cmpstr (item.path, ==, outer);
          problems++;
        }
      if (entries == 1 && event == SR_WALK_ENTRY)
        {
          g_assert_cmpint (g_rename (inner->str, a), ==, 0);
          g_assert_cmpint (g_rename (outer, b), ==, 0);
        }
    }
  g_assert_cmpuint (problems, ==, 1);
  g_assert_cmpuint (entries, ==, 99);
  sr_walker_free (walker);
  sr_test_rmdir (dir);
}

static void
test_cancelled (void)
{
  SrWalker                *walker = sr_walker_new (&(SrWalkerOptions){ 0 });
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;
  SrWalkItem               item = { 0 };

  g_assert_cmpint (sr_walker_next (walker, &item, NULL, NULL), ==, SR_WALK_END);
  sr_walker_free (walker);
  walker = sr_walker_new (&(SrWalkerOptions){ 0 });
  g_assert_true (sr_walker_add_target (walker, "/", NULL));
  g_assert_cmpint (sr_walker_next (walker, &item, cancellable, NULL), ==, SR_WALK_ENTER);
  g_assert_cmpstr (item.path, ==, "/");
  g_assert_null (item.entry);
  g_cancellable_cancel (cancellable);
  g_assert_cmpint (sr_walker_next (walker, &item, cancellable, &error), ==, SR_WALK_ERROR);
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
  sr_walker_free (walker);
}

static void
test_all_excluded (void)
{
  char            *dir = sr_test_mkdir ();
  g_autofree char *target = g_build_filename (dir, "a", NULL);
  SrPatternList   *excludes = sr_pattern_list_new ();
  SrWalkItem       item = { 0 };
  SrWalker        *walker;
  SrWalkEvent      event;

  touch (dir, "a/b");
  g_assert_true (sr_pattern_list_add (excludes, target, NULL));
  walker = sr_walker_new (&(SrWalkerOptions){ .excludes = excludes });
  g_assert_true (sr_walker_add_target (walker, target, NULL));
  while ((event = sr_walker_next (walker, &item, NULL, NULL)) != SR_WALK_END)
    g_assert_cmpint (event, !=, SR_WALK_ENTRY);
  g_assert_false (sr_walker_has_found (walker));
  sr_walker_free (walker);
  sr_pattern_list_free (excludes);
  sr_test_rmdir (dir);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/walker/order", test_order);
  g_test_add_func ("/walker/excludes", test_excludes);
  g_test_add_func ("/walker/all-excluded", test_all_excluded);
  g_test_add_func ("/walker/ignore-files", test_ignore_files);
  g_test_add_func ("/walker/vault", test_vault);
  g_test_add_func ("/walker/journals", test_journals);
  g_test_add_func ("/walker/targets", test_targets);
  g_test_add_func ("/walker/vanishing", test_vanishing);
  g_test_add_func ("/walker/forbidden", test_forbidden);
  g_test_add_func ("/walker/types", test_types);
  g_test_add_func ("/walker/replaced", test_replaced);
  g_test_add_func ("/walker/deep", test_deep);
  g_test_add_func ("/walker/long-target", test_long_target);
  g_test_add_func ("/walker/moved", test_moved);
  g_test_add_func ("/walker/cancelled", test_cancelled);
  return g_test_run ();
}
