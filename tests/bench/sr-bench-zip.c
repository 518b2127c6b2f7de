/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* The ZIP reader and writer for tests/bench/run and the integration test.
 *   sr-bench-zip verify FILE
 *   sr-bench-zip pack LEVEL FILE FOLDER
 *   sr-bench-zip list FILE
 *   sr-bench-zip cat FILE NAME */

#include "config.h"

#include <fcntl.h>
#include <ftw.h>
#include <gio/gunixoutputstream.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive/sr-zip-reader.h"
#include "archive/sr-zip-writer.h"

static void
die_of (const GError *error)
{
  g_printerr ("%s\n", error->message);
  exit (1);
}

static SrZipReader *
open_zip (const char *path)
{
  g_autoptr (SrGuard) guard = sr_guard_new (NULL);
  g_autoptr (GError)  error = NULL;
  int                 fd = open (path, O_RDONLY | O_CLOEXEC);
  struct stat         st;
  SrZipReader        *reader;

  if (fd < 0 || fstat (fd, &st) != 0)
    g_error ("%s does not open", path);
  reader = sr_zip_reader_new (fd, 0, (guint64) st.st_size, guard, &error);
  if (reader == NULL)
    die_of (error);
  return reader;
}

static void
print_finding (SrZipFinding finding,
               guint        index,
               const char  *sentence,
               gpointer     user_data)
{
  guint *n = user_data;

  if ((*n)++ < 20)
    g_print ("%s\n", sentence);
}

static int
verify (const char *path)
{
  g_autoptr (SrZipReader) reader = open_zip (path);
  g_autoptr (GError)      error = NULL;
  guint                   n_findings = 0;

  if (!sr_zip_reader_verify (reader, print_finding, &n_findings, NULL, NULL, &error))
    die_of (error);
  return n_findings > 0 ? 2 : 0;
}

static int
list (const char *path)
{
  g_autoptr (SrZipReader) reader = open_zip (path);
  guint                   n = sr_container_get_n_entries (SR_CONTAINER (reader));

  for (guint i = 0; i < n; i++)
    {
      const SrContainerEntry *entry = sr_container_get_entry (SR_CONTAINER (reader), i);

      printf ("%s %" G_GUINT64_FORMAT " %o %s\n", sr_entry_type_name (entry->type), entry->size,
              entry->mode, entry->name);
    }
  return 0;
}

static int
cat (const char *path,
     const char *name)
{
  g_autoptr (SrZipReader)   reader = open_zip (path);
  g_autoptr (GError)        error = NULL;
  g_autoptr (GInputStream)  content = NULL;
  g_autoptr (GOutputStream) out = g_unix_output_stream_new (STDOUT_FILENO, FALSE);
  guint                     index;

  if (!sr_container_find (SR_CONTAINER (reader), name, &index))
    g_error ("There is no %s", name);
  content = sr_container_open_entry (SR_CONTAINER (reader), index, NULL, &error);
  if (content == NULL || g_output_stream_splice (out, content, 0, NULL, &error) < 0)
    die_of (error);
  return 0;
}

static GPtrArray *paths;
static gsize      skip;

static int
keep_path (const char        *path,
           const struct stat *st,
           int                flag,
           struct FTW        *walk)
{
  if (flag == FTW_F)
    g_ptr_array_add (paths, g_strdup (path));
  return 0;
}

static int
compare_paths (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static void
pack_file (SrZipWriter *writer,
           const char  *path)
{
  g_autoptr (GError)           error = NULL;
  g_autoptr (GFile)            file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) content = g_file_read (file, NULL, &error);
  struct stat                  st;

  if (content == NULL)
    die_of (error);
  if (stat (path, &st) != 0)
    g_error ("%s is gone", path);
  if (!sr_zip_writer_add (writer, path + skip, st.st_mtime, st.st_mode, G_INPUT_STREAM (content),
                          NULL, NULL, &error))
    die_of (error);
}

static int
pack (guint       level,
      const char *target,
      const char *folder)
{
  g_autoptr (GError)        error = NULL;
  g_autoptr (GOutputStream) out = NULL;
  g_autoptr (SrZipWriter)   writer = NULL;
  int                       fd = open (target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

  if (fd < 0)
    g_error ("%s cannot be made", target);
  out = g_unix_output_stream_new (fd, TRUE);
  writer = sr_zip_writer_new (out, level);
  paths = g_ptr_array_new_with_free_func (g_free);
  skip = strlen (folder) + 1;
  nftw (folder, keep_path, 64, FTW_PHYS);
  g_ptr_array_sort (paths, compare_paths);
  for (guint i = 0; i < paths->len; i++)
    pack_file (writer, g_ptr_array_index (paths, i));
  if (!sr_zip_writer_finish (writer, NULL, &error))
    die_of (error);
  g_ptr_array_unref (paths);
  return 0;
}

int
main (int   argc,
      char *argv[])
{
  if (argc == 3 && strcmp (argv[1], "verify") == 0)
    return verify (argv[2]);
  if (argc == 3 && strcmp (argv[1], "list") == 0)
    return list (argv[2]);
  if (argc == 4 && strcmp (argv[1], "cat") == 0)
    return cat (argv[2], argv[3]);
  if (argc == 5 && strcmp (argv[1], "pack") == 0)
    return pack ((guint) atoi (argv[2]), argv[3], argv[4]);
  g_error ("Usage: %s verify FILE | list FILE | cat FILE NAME | pack LEVEL FILE FOLDER", argv[0]);
}
