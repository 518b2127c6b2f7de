/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-job-export.h"

#include "base/sr-words.h"

struct _SrJobExport
{
  SrJob parent_instance;

  SrJobInput     *input;
  SrConvertFormat format;
  char           *output;
  char          **collections; /* (nullable) */
  gboolean        overwrite;
};

G_DEFINE_FINAL_TYPE (SrJobExport, sr_job_export, SR_TYPE_JOB)

static void
note_result (SrJobExport           *self,
             const SrConvertResult *result)
{
  SrRun           *run = sr_job_edit_run (SR_JOB (self));
  g_autofree char *records = sr_counted (result->records, "record", "records");
  g_autofree char *files = sr_counted (result->files, "file", "files");
  g_autofree char *shown = g_filename_display_basename (self->output);

  for (guint i = 0; result->warnings != NULL && i < result->warnings->len; i++)
    sr_job_log (SR_JOB (self), SR_LOG_WARNING, "%s",
                (const char *) g_ptr_array_index (result->warnings, i));
  run->records = (gint64) result->records;
  run->files = (gint64) result->files;
  run->sentence = g_strdup_printf ("%s and %s written to %s.", records, files, shown);
}

static gboolean
sr_job_export_run (SrJob        *job,
                   SrProgress   *progress,
                   GCancellable *cancellable,
                   GError      **error)
{
  SrJobExport         *self = SR_JOB_EXPORT (job);
  g_auto (SrJobOpened) opened = { 0 };
  SrConvertResult      result = { 0 };
  SrConvertOptions     options = {
        .collections = (const char *const *) self->collections,
        .overwrite = self->overwrite,
  };
  gboolean done;

  sr_job_edit_run (job)->path = g_strdup (self->output);
  if (!sr_job_open_input (job, self->input, &opened, cancellable, error))
    return FALSE;
  done = sr_convert_run (opened.file, self->format, self->output, &options, &result, progress,
                         cancellable, error);
  if (done)
    note_result (self, &result);
  sr_convert_result_clear (&result);
  return done;
}

static void
sr_job_export_finalize (GObject *object)
{
  SrJobExport *self = SR_JOB_EXPORT (object);

  sr_job_input_free (self->input);
  g_free (self->output);
  g_strfreev (self->collections);
  G_OBJECT_CLASS (sr_job_export_parent_class)->finalize (object);
}

static void
sr_job_export_class_init (SrJobExportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_job_export_finalize;
  SR_JOB_CLASS (klass)->run = sr_job_export_run;
}

static void
sr_job_export_init (SrJobExport *self)
{
}

SrJob *
sr_job_export_new (const SrJobInput       *input,
                   SrConvertFormat         format,
                   const char             *output,
                   const SrConvertOptions *options)
{
  g_autofree char *shown = sr_job_input_describe (input);
  g_autofree char *title = g_strdup_printf ("Export of %s", shown);
  SrJobExport     *self = g_object_new (SR_TYPE_JOB_EXPORT, "action", "export", "title", title,
                                        "vault", input->vault, NULL);

  self->input = sr_job_input_copy (input);
  self->format = format;
  self->output = g_canonicalize_filename (output, NULL);
  if (options != NULL)
    {
      self->collections = g_strdupv ((char **) options->collections);
      self->overwrite = options->overwrite;
    }
  return SR_JOB (self);
}
