/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* Any file: it opens or not, is judged, and all its records are read, within small limits. */

#include "config.h"

#include <sys/mman.h>
#include <unistd.h>

#include "archive/sr-backup-file.h"
#include "sr-fuzz.h"

static void
read_all (SrBackupFile *file)
{
  g_autoptr (SrRecordReader) reader = sr_backup_file_read (file, NULL, NULL, NULL);
  SrCollection              *collection;
  SrRecord                   record;
  guint                      n = 0;
  int                        more = reader != NULL ? 1 : -1;

  while (more > 0 &&
         (more = sr_record_reader_next_collection (reader, &collection, NULL, NULL)) > 0)
    while ((more = sr_record_reader_next (reader, &record, NULL, NULL)) > 0 && n++ < 10000)
      if (!sr_record_reader_get_fields (reader, &record, NULL))
        return;
}

static void
judge (SrBackupFile *file,
       gboolean      quick)
{
  SrJudgeOptions        options = { .quick = quick };
  g_autoptr (SrVerdict) verdict = sr_backup_file_judge (file, &options, NULL, NULL, NULL);
  g_autofree char      *text = verdict != NULL ? sr_verdict_to_text (verdict) : NULL;

  if (verdict == NULL)
    return;
  sr_fuzz_assert (sr_verdict_get_n_checks (verdict) > 0);
  sr_fuzz_assert (g_utf8_validate (text, -1, NULL));
  sr_fuzz_assert (!quick || sr_verdict_get_level (verdict) <= SR_VERDICT_SUSPICIOUS);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  static const SrGuardLimits limits = {
    .max_entries = 200,
    .max_entry_size = 1 << 20,
    .max_total = 8 << 20,
    .max_ratio = 200,
    .max_depth = 2,
  };
  SrBackupFileOptions      options = { .limits = &limits };
  g_autoptr (SrBackupFile) file = NULL;
  g_autofree char         *path = NULL;
  int                      fd = memfd_create ("fuzz", MFD_CLOEXEC);

  sr_fuzz_assert (fd >= 0 && write (fd, data, size) == (ssize_t) size);
  path = g_strdup_printf ("/proc/self/fd/%d", fd);
  file = sr_backup_file_open (path, &options, NULL, NULL);
  if (file != NULL)
    {
      sr_fuzz_assert (sr_backup_file_get_title (file) != NULL);
      judge (file, TRUE);
      judge (file, FALSE);
      read_all (file);
    }
  close (fd);
  return 0;
}
