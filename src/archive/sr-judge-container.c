/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-backup-file-private.h"
#include "base/sr-error.h"
#include "base/sr-words.h"

#define PIECE         ((gsize) 256 * 1024)
#define N_FINDINGS    (SR_ZIP_NOT_READABLE + 1)
#define MAX_SENTENCES 3

/* --- ZIP -------------------------------------------------------------------------------------- */

typedef struct
{
  guint    n[N_FINDINGS];
  GString *sentences[N_FINDINGS];
} Findings;

/* How each finding counts. One that unpackers read in different ways is a warning. */
typedef struct
{
  SrZipFinding  finding;
  const char   *id;
  const char   *title;
  SrCheckResult result;
} FindingCheck;

static const FindingCheck finding_checks[] = {
  { SR_ZIP_BAD_CRC, "zip.crc", "Checksums", SR_CHECK_FAILED },
  { SR_ZIP_BAD_DATA, "zip.data", "Compressed data", SR_CHECK_FAILED },
  { SR_ZIP_LOCAL_DIFFERS, "zip.headers", "Headers", SR_CHECK_WARNING },
  { SR_ZIP_OVERLAP, "zip.overlap", "Places of entries", SR_CHECK_FAILED },
  { SR_ZIP_DUPLICATE_NAME, "zip.duplicates", "Names twice", SR_CHECK_WARNING },
  { SR_ZIP_UNSAFE_NAME, "zip.names", "Unsafe names", SR_CHECK_WARNING },
  { SR_ZIP_LEADING_BYTES, "zip.leading", "Bytes before the archive", SR_CHECK_WARNING },
  { SR_ZIP_TRAILING_BYTES, "zip.trailing", "Bytes behind the archive", SR_CHECK_WARNING },
  { SR_ZIP_GAP, "zip.gap", "Bytes between entries", SR_CHECK_NOTICE },
  { SR_ZIP_NOT_READABLE, "zip.readable", "Readable entries", SR_CHECK_NOT_MADE },
};

static void
on_finding (SrZipFinding finding,
            guint        index,
            const char  *sentence,
            gpointer     user_data)
{
  Findings *self = user_data;

  if ((guint) finding >= N_FINDINGS)
    return;
  if (self->n[finding]++ >= MAX_SENTENCES)
    return;
  if (self->sentences[finding] == NULL)
    self->sentences[finding] = g_string_new (sentence);
  else
    g_string_append_printf (self->sentences[finding], "; %s", sentence);
}

static void
add_findings (SrJudge    *judge,
              Findings   *findings,
              const char *where)
{
  guint n_bad = 0;

  for (guint i = 0; i < G_N_ELEMENTS (finding_checks); i++)
    {
      const FindingCheck *check = &finding_checks[i];
      guint               n = findings->n[check->finding];

      if (n == 0)
        continue;
      n_bad += check->result == SR_CHECK_FAILED || check->result == SR_CHECK_NOT_MADE;
      if (n > MAX_SENTENCES)
        g_string_append_printf (findings->sentences[check->finding], " (%u in all)", n);
      sr_verdict_add (judge->verdict, check->id, check->title, SR_ASPECT_INTACT, check->result,
                      "%s%s%s", where, findings->sentences[check->finding]->str,
                      g_str_has_suffix (findings->sentences[check->finding]->str, ".") ? "" : ".");
      g_string_free (findings->sentences[check->finding], TRUE);
    }
  if (n_bad == 0)
    sr_verdict_add (judge->verdict, "zip.checksums", "Checksums", SR_ASPECT_INTACT,
                    SR_CHECK_PASSED, "%sEvery entry unfolds to what its checksum says.", where);
}

gboolean
sr_judge_zip (SrJudge     *judge,
              SrZipReader *zip,
              const char  *name,
              GError     **error)
{
  g_autofree char *shown = name != NULL ? sr_guard_show_name (name) : NULL;
  g_autofree char *where = name != NULL ? g_strdup_printf ("“%s”: ", shown) : g_strdup ("");
  Findings         findings = { 0 };
  gboolean         ok;

  ok = sr_zip_reader_verify_rest (zip, on_finding, &findings, judge->progress,
                                  judge->cancellable, error);
  if (ok)
    add_findings (judge, &findings, where);
  else
    for (guint i = 0; i < N_FINDINGS; i++)
      if (findings.sentences[i] != NULL)
        g_string_free (findings.sentences[i], TRUE);
  return ok;
}

/* --- all others ------------------------------------------------------------------------------- */

typedef struct
{
  SrJudge *judge;
  guint8  *piece;
  guint64  n_files;
  guint64  bytes;
  guint    n_unsafe;
  char    *unsafe;
} Reading;

static gboolean
read_entry (SrContainer            *container,
            guint                   index,
            const SrContainerEntry *entry,
            GInputStream           *stream,
            gpointer                user_data,
            GError                **error)
{
  Reading           *self = user_data;
  g_autoptr (GError) reason = NULL;
  gssize             n;

  if (!sr_guard_check_name (entry->name, &reason) && self->n_unsafe++ == 0)
    self->unsafe = g_strdup (reason->message);
  if (stream == NULL)
    return TRUE;
  sr_progress_set_current (self->judge->progress, entry->name);
  while ((n = g_input_stream_read (stream, self->piece, PIECE, self->judge->cancellable, error)) >
         0)
    {
      self->bytes += (guint64) n;
      sr_progress_add (self->judge->progress, (guint64) n, 0);
    }
  self->n_files++;
  return n == 0;
}

static gboolean
is_fatal (const GError *reason)
{
  return sr_error_is (reason, SR_ERROR_CANCELLED) || sr_error_is (reason, SR_ERROR_REFUSED) ||
         sr_error_is (reason, SR_ERROR_NO_SPACE);
}

static void
add_reading (SrJudge      *judge,
             Reading      *reading,
             const GError *reason)
{
  const char      *title = sr_container_get_title (judge->file->outer);
  g_autofree char *unsafe = sr_verdict_counted (reading->n_unsafe, "name is", "names are");
  g_autofree char *files = sr_verdict_counted (reading->n_files, "file", "files");
  g_autofree char *size = sr_size_text (reading->bytes);

  if (reading->n_unsafe > 0)
    sr_verdict_add (judge->verdict, "container.names", "Unsafe names", SR_ASPECT_INTACT,
                    SR_CHECK_WARNING, "%s not safe to unpack: %s", unsafe, reading->unsafe);
  if (reason != NULL)
    sr_verdict_add (judge->verdict, "container.read", "Readable to the end", SR_ASPECT_INTACT,
                    SR_CHECK_FAILED, "After %s: %s.", files, reason->message);
  else
    sr_verdict_add (judge->verdict, "container.read", "Readable to the end", SR_ASPECT_INTACT,
                    SR_CHECK_PASSED,
                    "All of it can be read to the end: %s, %s (%s).", files, size, title);
}

/* A plain file and a folder of such are only bytes: one that was changed and still makes sense is
 * seen by nobody. */
static void
tell_no_checksum (SrJudge *judge)
{
  SrContainer *outer = judge->file->outer;
  gboolean     plain = sr_file_container_get_fd (outer) >= 0 || sr_folder_container_is (outer) ||
                   sr_archive_container_is_plain (outer);

  if (plain && !judge->file->kind->checksums && judge->options->sha256 == NULL)
    sr_verdict_add (judge->verdict, SR_CHECK_NO_CHECKSUM, "Checksum", SR_ASPECT_INTACT,
                    SR_CHECK_NOTICE,
                    "It carries no checksum: that no byte changed since it was made cannot be "
                    "seen. A digest noted elsewhere can be given with --sha256.");
}

static gboolean
judge_by_reading (SrJudge *judge,
                  GError **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE);
  Reading            reading = { .judge = judge, .piece = piece };
  g_autoptr (GError) reason = NULL;
  gboolean           ok;

  ok = sr_container_visit (judge->file->outer, read_entry, &reading, judge->cancellable, &reason);
  if (!ok && is_fatal (reason))
    g_propagate_error (error, g_steal_pointer (&reason));
  else
    add_reading (judge, &reading, reason);
  g_free (reading.unsafe);
  if (ok)
    tell_no_checksum (judge);
  return ok || reason != NULL;
}

gboolean
sr_judge_container (SrJudge *judge,
                    GError **error)
{
  SrBackupFile *file = judge->file;

  if (sr_backup_file_is_closed (file))
    return TRUE;
  if (judge->options->quick)
    {
      sr_verdict_add (judge->verdict, "container.read", "Readable to the end", SR_ASPECT_INTACT,
                      SR_CHECK_NOT_MADE, "The content was not read, as asked for.");
      return TRUE;
    }
  if (SR_IS_ZIP_READER (file->outer))
    return sr_judge_zip (judge, SR_ZIP_READER (file->outer), NULL, error);
  return judge_by_reading (judge, error);
}
