/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include "archive/sr-zip-end.h"

#include "archive/sr-zip-format.h"
#include "base/sr-error.h"

/* An end record with the longest comment there can be. */
#define TAIL_SIZE ((gsize) SR_ZIP_END_SIZE + G_MAXUINT16)
/* Where it is looked for when it is not there: downloads get a page of HTML behind them. */
#define LONG_TAIL_SIZE ((gsize) 1 << 20)

/* One end record that may be the one. */
typedef struct
{
  const SrZipSource *source;
  guint64            position;
  SrZipEnd           end;
  guint              rank;
} Candidate;

static gboolean
has_signature (const SrZipSource *source,
               guint64            position,
               guint32            signature)
{
  guint8 bytes[4];

  return position <= source->size && source->size - position >= sizeof bytes &&
         sr_zip_source_read (source, position, bytes, sizeof bytes, NULL) &&
         sr_zip_get32 (bytes) == signature;
}

static gboolean
fail_directory (const Candidate *self,
                const char      *fault,
                GError         **error)
{
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
               "The ZIP file's end record at byte %" G_GUINT64_FORMAT " %s: the file is damaged",
               self->position, fault);
  return FALSE;
}

/* Where the offsets count from: the directory lies right before the records of the end, and what is
 * missing to the offset it should have was put before the ZIP. Where it does not lie there, the
 * stated offset is taken. */
static gboolean
place_directory (Candidate *self,
                 guint64    stated,
                 guint64    directory_end,
                 GError   **error)
{
  const SrZipSource *source = self->source;
  SrZipEnd          *end = &self->end;
  guint64            adjacent;
  gboolean           stated_fits;

  if (end->directory_size > directory_end)
    return fail_directory (self, "announces a directory longer than the file", error);
  adjacent = directory_end - end->directory_size;
  stated_fits = stated < adjacent && has_signature (source, stated, SR_ZIP_CENTRAL_SIGNATURE);
  if (stated <= adjacent &&
      (end->directory_size == 0 || has_signature (source, adjacent, SR_ZIP_CENTRAL_SIGNATURE)))
    {
      end->directory = adjacent;
      end->base = adjacent - stated;
      end->ambiguous = end->directory_size > 0 && stated_fits;
      return TRUE;
    }
  if (end->directory_size == 0 || !stated_fits)
    return fail_directory (self, "leads to no directory", error);
  end->directory = stated;
  end->base = 0;
  return TRUE;
}

static gboolean
refuse_parts (GError **error)
{
  g_set_error_literal (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                       "The ZIP file is one part of several; join the parts first");
  return FALSE;
}

static gboolean
place_end64 (Candidate    *self,
             const guint8 *locator,
             guint64      *position,
             GError      **error)
{
  guint64 locator_position = self->position - SR_ZIP_LOCATOR_SIZE;
  guint64 stated = sr_zip_get64 (locator + 8);

  if (sr_zip_get32 (locator + 4) != 0 || sr_zip_get32 (locator + 16) > 1)
    return refuse_parts (error);
  if (stated < locator_position && locator_position - stated >= SR_ZIP_END64_SIZE &&
      has_signature (self->source, stated, SR_ZIP_END64_SIGNATURE))
    *position = stated;
  else if (locator_position >= SR_ZIP_END64_SIZE &&
           has_signature (self->source, locator_position - SR_ZIP_END64_SIZE,
                          SR_ZIP_END64_SIGNATURE))
    *position = locator_position - SR_ZIP_END64_SIZE;
  else
    return fail_directory (self, "leads to no ZIP64 end record", error);
  return TRUE;
}

/* Fields of 32 and 16 bits that are not all ones count, also where there is a ZIP64 record. */
static gboolean
read_end64 (Candidate    *self,
            const guint8 *locator,
            const guint8 *small,
            GError      **error)
{
  SrZipEnd *end = &self->end;
  guint8    record[SR_ZIP_END64_SIZE];
  guint64   position;
  guint64   stated;

  if (!place_end64 (self, locator, &position, error))
    return FALSE;
  if (!sr_zip_source_read (self->source, position, record, sizeof record, error))
    return FALSE;
  if (sr_zip_get32 (record + 16) != 0 || sr_zip_get32 (record + 20) != 0 ||
      sr_zip_get64 (record + 24) != sr_zip_get64 (record + 32))
    return refuse_parts (error);
  end->zip64 = TRUE;
  end->n_entries = sr_zip_get64 (record + 32);
  end->directory_size = sr_zip_get64 (record + 40);
  stated = sr_zip_get64 (record + 48);
  if ((sr_zip_get16 (small + 10) != G_MAXUINT16 && sr_zip_get16 (small + 10) != end->n_entries) ||
      (sr_zip_get32 (small + 12) != G_MAXUINT32 &&
       sr_zip_get32 (small + 12) != end->directory_size) ||
      (sr_zip_get32 (small + 16) != G_MAXUINT32 && sr_zip_get32 (small + 16) != stated))
    return fail_directory (self, "contradicts the ZIP64 end record", error);
  return place_directory (self, stated, position, error);
}

static gboolean
read_candidate (Candidate    *self,
                const guint8 *record,
                GError      **error)
{
  SrZipEnd *end = &self->end;
  guint64   comment = sr_zip_get16 (record + 20);
  guint64   after = self->source->size - self->position - SR_ZIP_END_SIZE;
  guint8    locator[SR_ZIP_LOCATOR_SIZE];

  memset (end, 0, sizeof *end);
  end->comment_cut = comment > after;
  end->end = self->position + SR_ZIP_END_SIZE + MIN (comment, after);
  if (self->position >= sizeof locator)
    {
      if (!sr_zip_source_read (self->source, self->position - sizeof locator, locator,
                               sizeof locator, error))
        return FALSE;
      if (sr_zip_get32 (locator) == SR_ZIP_LOCATOR_SIGNATURE)
        return read_end64 (self, locator, record, error);
    }
  if (sr_zip_get16 (record + 4) != 0 || sr_zip_get16 (record + 6) != 0 ||
      sr_zip_get16 (record + 8) != sr_zip_get16 (record + 10))
    return refuse_parts (error);
  end->n_entries = sr_zip_get16 (record + 10);
  end->directory_size = sr_zip_get32 (record + 12);
  return place_directory (self, sr_zip_get32 (record + 16), self->position, error);
}

/* Whether @other lies where it is just content: in an entry that is itself a ZIP, not packed. */
static gboolean
lies_inside (const Candidate *other,
             const Candidate *chosen)
{
  return other->position < chosen->end.directory;
}

/* Returns: whether one was found that leads to a directory; @error tells of the last that does not
 */
static gboolean
search (const SrZipSource *source,
        const guint8      *tail,
        gsize              tail_size,
        Candidate         *best,
        GError           **error)
{
  gboolean found = FALSE;

  for (gsize i = tail_size - SR_ZIP_END_SIZE + 1; i-- > 0;)
    {
      Candidate          now = { .source = source, .position = source->size - tail_size + i };
      g_autoptr (GError) fault = NULL;

      if (tail[i] != 'P' || sr_zip_get32 (tail + i) != SR_ZIP_END_SIGNATURE)
        continue;
      if (!read_candidate (&now, tail + i, &fault))
        {
          if (!found && *error == NULL)
            *error = g_steal_pointer (&fault);
          continue;
        }
      now.rank = (now.end.end == source->size && !now.end.comment_cut ? 2 : 0) +
                 (now.end.base == 0 ? 1 : 0);
      if (!found)
        *best = now;
      else if (now.rank > best->rank)
        {
          now.end.ambiguous = TRUE;
          *best = now;
        }
      else if (!lies_inside (&now, best))
        best->end.ambiguous = TRUE;
      found = TRUE;
    }
  return found;
}

static void
set_no_end_error (const SrZipSource *source,
                  GError           **error)
{
  if (has_signature (source, 0, SR_ZIP_LOCAL_SIGNATURE) ||
      has_signature (source, 0, SR_ZIP_DESCRIPTOR_SIGNATURE))
    g_set_error (
        error, SR_ERROR, SR_ERROR_INVALID,
        "The ZIP file is cut off: it begins as one, but its directory, which stands at the "
        "end, is missing; %" G_GUINT64_FORMAT " bytes are there",
        source->size);
  else
    g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                         "The file is no ZIP: it neither begins nor ends as one");
}

gboolean
sr_zip_end_find (const SrZipSource *source,
                 SrZipEnd          *end,
                 GError           **error)
{
  g_autofree guint8 *tail = NULL;
  g_autoptr (GError) fault = NULL;
  gsize              sizes[] = { TAIL_SIZE, LONG_TAIL_SIZE };

  for (guint i = 0; i < G_N_ELEMENTS (sizes) && source->size >= SR_ZIP_END_SIZE; i++)
    {
      gsize     size = (gsize) MIN (sizes[i], source->size);
      Candidate best = { 0 };

      tail = g_realloc (tail, size);
      if (!sr_zip_source_read (source, source->size - size, tail, size, error))
        return FALSE;
      if (search (source, tail, size, &best, &fault))
        {
          *end = best.end;
          return TRUE;
        }
    }
  if (fault == NULL)
    set_no_end_error (source, error);
  else
    g_propagate_error (error, g_steal_pointer (&fault));
  return FALSE;
}
