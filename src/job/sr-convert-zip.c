/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "base/sr-error.h"
#include "base/sr-output-file.h"
#include "job/sr-convert-private.h"

#define LEVEL 6

static char *
place_as_it_is (SrConvert              *self,
                const SrContainerEntry *entry,
                gpointer                user_data)
{
  return g_strdup (entry->name);
}

gboolean
sr_convert_to_zip (SrConvert *self,
                   GError   **error)
{
  g_autoptr (SrOutputFile) output = NULL;
  g_autoptr (SrZipWriter)  zip = NULL;

  if (self->options->collections != NULL)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                           "A plain ZIP takes the entries as they are; collections can be chosen "
                           "for the other formats");
      return FALSE;
    }
  if (sr_backup_file_get_container (self->file) == NULL)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                           "Nothing in the backup can be opened");
      return FALSE;
    }
  output = sr_output_file_open (self->output, self->options->overwrite, 0600, error);
  if (output == NULL)
    return FALSE;
  zip = sr_zip_writer_new (sr_output_file_get_stream (output), LEVEL);
  if (!sr_convert_put_files (self, zip, place_as_it_is, NULL, &self->result->files, error) ||
      !sr_zip_writer_finish (zip, self->cancellable, error) ||
      !sr_convert_check_zip (self, sr_output_file_get_fd (output), self->result->files, error))
    return FALSE;
  return sr_output_file_commit (output, error);
}
