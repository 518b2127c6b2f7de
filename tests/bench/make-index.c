/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* Adds index files that name so many blobs which are nowhere: what loading an index takes does not
 * depend on there being packs. */

#include "config.h"

#include "base/sr-atomic-file.h"
#include "crypto/sr-random.h"
#include "repo/sr-repo.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define BLOBS_A_PACK 12

static void
fill_pack (SrId        *pack,
           SrPackEntry *entries)
{
  guint32 offset = 0;

  sr_random_bytes (pack, sizeof *pack);
  for (guint i = 0; i < BLOBS_A_PACK; i++)
    {
      sr_random_bytes (&entries[i].id, sizeof entries[i].id);
      sr_random_bytes (&entries[i].length, sizeof entries[i].length);
      entries[i].type = SR_BLOB_DATA;
      entries[i].offset = offset;
      entries[i].length = 300000 + entries[i].length % 1000000;
      entries[i].plain_length = entries[i].length * 2;
      offset += entries[i].length;
    }
}

static void
write_index (SrRepo        *repo,
             SrIndexWriter *writer)
{
  g_autoptr (GError) error = NULL;
  GString           *json = sr_index_writer_take_json (writer);
  SrId               id;

  if (json == NULL)
    return;
  if (!sr_repo_save_unpacked (repo, SR_FILE_INDEX, json->str, json->len, &id, NULL, &error))
    g_error ("%s", error->message);
  g_string_free (json, TRUE);
}

static SrRepo *
open_vault (const char *location,
            const char *password_file)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (SrStorage) storage = sr_storage_open (location, &error);
  g_autoptr (GBytes)    text = NULL;
  g_autoptr (SrSecret)  password = NULL;
  g_autofree char      *line = NULL;
  SrRepo               *repo;

  if (storage == NULL)
    g_error ("%s", error->message);
  text = sr_file_read_all (AT_FDCWD, password_file, 4096, &error);
  if (text == NULL)
    g_error ("%s", error->message);
  line = g_strchomp (g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text)));
  password = sr_secret_new_from (line, strlen (line));
  repo = sr_repo_open (storage, password, NULL, &error);
  if (repo == NULL)
    g_error ("%s", error->message);
  return repo;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (SrRepo)        repo = NULL;
  g_autoptr (SrIndexWriter) writer = sr_index_writer_new ();
  guint64                   blobs;

  if (argc != 4 || !g_ascii_string_to_unsigned (argv[3], 10, 1, G_MAXINT32, &blobs, NULL))
    {
      g_printerr ("VAULT, PASSWORD-FILE and the number of blobs are needed\n");
      return 2;
    }
  repo = open_vault (argv[1], argv[2]);
  for (guint64 done = 0; done < blobs; done += BLOBS_A_PACK)
    {
      SrPackEntry entries[BLOBS_A_PACK];
      SrId        pack;

      fill_pack (&pack, entries);
      sr_index_writer_add_pack (writer, &pack, entries, BLOBS_A_PACK);
      if (sr_index_writer_get_n_blobs (writer) >= SR_INDEX_FULL)
        write_index (repo, writer);
    }
  write_index (repo, writer);
  return 0;
}
