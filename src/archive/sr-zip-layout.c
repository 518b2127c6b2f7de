/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include "archive/sr-zip-layout.h"

#include <stdlib.h>

#include "archive/sr-name-table.h"
#include "archive/sr-zip-format.h"
#include "archive/sr-zip-local.h"
#include "archive/sr-zip-stream.h"
#include "base/sr-error.h"

typedef struct
{
  const SrZipReaderParts *parts;
  SrZipFindingFunc        func;
  gpointer                user_data;
} Check;

static void
report (const Check *self,
        SrZipFinding finding,
        guint        index,
        const char  *format,
        ...) G_GNUC_PRINTF (4, 5);

static void
report (const Check *self,
        SrZipFinding finding,
        guint        index,
        const char  *format,
        ...)
{
  g_autofree char *sentence = NULL;
  va_list          arguments;

  va_start (arguments, format);
  sentence = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  self->func (finding, index, sentence, self->user_data);
}

static const char *
name_of (gconstpointer directory,
         guint         index)
{
  return ((const SrZipDirectory *) directory)->entries[index].name;
}

static void
check_duplicates (const Check *self)
{
  const SrZipDirectory   *directory = &self->parts->directory;
  g_autoptr (SrNameTable) names = sr_name_table_new (directory->n_entries, name_of, directory);

  for (guint i = 0; i < directory->n_entries; i++)
    {
      g_autofree char *shown = NULL;

      if (!sr_name_table_add (names, i))
        continue;
      shown = sr_guard_show_name (directory->entries[i].name);
      report (self, SR_ZIP_DUPLICATE_NAME, i,
              "“%s” is there more than once; unpacked, only the last remains", shown);
    }
}

static void
check_entry (const Check *self,
             guint        index)
{
  const SrContainerEntry *entry = &self->parts->directory.entries[index];
  const SrZipItem        *item = &self->parts->directory.items[index];
  g_autoptr (GError)      fault = NULL;
  g_autofree char        *why = sr_zip_item_why_unreadable (item);

  if ((item->flags & SR_ZIP_ITEM_NUL) != 0)
    {
      g_autofree char *shown = sr_guard_show_name (entry->name);

      report (self, SR_ZIP_UNSAFE_NAME, index,
              "The name “%s” has a NUL, where other programs would end it", shown);
    }
  if (!sr_guard_check_name (entry->name, &fault))
    self->func (SR_ZIP_UNSAFE_NAME, index, fault->message, self->user_data);
  if (why != NULL)
    {
      g_autofree char *shown = sr_guard_show_name (entry->name);

      report (self, SR_ZIP_NOT_READABLE, index, "“%s” in the ZIP file %s", shown, why);
    }
}

static int
compare_offsets (gconstpointer a,
                 gconstpointer b,
                 gpointer      user_data)
{
  const SrZipDirectory *directory = user_data;
  guint64               first = directory->items[*(const guint32 *) a].offset;
  guint64               second = directory->items[*(const guint32 *) b].offset;

  return first < second ? -1 : first > second;
}

/* Returns: (nullable): the entries by where they lie; %NULL if that is how they are listed */
static guint32 *
make_order (const SrZipDirectory *directory)
{
  guint    n = directory->n_entries;
  guint    i = 1;
  guint32 *order;

  while (i < n && directory->items[i - 1].offset < directory->items[i].offset)
    i++;
  if (i >= n)
    return NULL;
  order = g_new (guint32, n);
  for (i = 0; i < n; i++)
    order[i] = i;
  qsort_r (order, n, sizeof *order, compare_offsets, (gpointer) directory);
  return order;
}

/* @taken: where the entries before end; moved on */
static gboolean
check_place (const Check *self,
             guint        index,
             guint64     *taken,
             GError     **error)
{
  const SrZipDirectory *directory = &self->parts->directory;
  const SrZipItem      *item = &directory->items[index];
  g_autofree char      *difference = NULL;
  g_autofree char      *shown = NULL;
  g_autoptr (GError)    fault = NULL;
  guint64               end;

  if (!sr_zip_local_compare (&self->parts->source, directory, index, &end, &difference, &fault))
    {
      if (sr_error_is (fault, SR_ERROR_DAMAGED))
        {
          self->func (SR_ZIP_BAD_DATA, index, fault->message, self->user_data);
          return TRUE;
        }
      g_propagate_error (error, g_steal_pointer (&fault));
      return FALSE;
    }
  shown = sr_guard_show_name (directory->entries[index].name);
  if (difference != NULL)
    report (self, SR_ZIP_LOCAL_DIFFERS, index, "“%s” in the ZIP file %s", shown, difference);
  if (item->offset < *taken)
    report (self, SR_ZIP_OVERLAP, index, "“%s” shares bytes with the entry before it", shown);
  else if (item->offset > *taken && *taken > 0)
    report (self, SR_ZIP_GAP, index,
            "%" G_GUINT64_FORMAT " bytes before “%s” belong to no entry", item->offset - *taken,
            shown);
  else if (item->offset > *taken)
    report (self, SR_ZIP_LEADING_BYTES, G_MAXUINT,
            "%" G_GUINT64_FORMAT " bytes lie before the first entry", item->offset);
  *taken = MAX (*taken, end);
  return TRUE;
}

static void
check_end (const Check *self,
           guint64      taken)
{
  const SrZipDirectory *directory = &self->parts->directory;
  const SrZipEnd       *end = &directory->end;
  guint64               size = self->parts->source.size;

  if (directory->n_entries > 0 && taken < end->directory)
    report (self, SR_ZIP_GAP, G_MAXUINT,
            "%" G_GUINT64_FORMAT
            " bytes between the last entry and the directory belong to nothing",
            end->directory - taken);
  if (directory->n_entries == 0 && end->directory > 0)
    report (self, SR_ZIP_LEADING_BYTES, G_MAXUINT,
            "%" G_GUINT64_FORMAT " bytes lie before a directory without entries", end->directory);
  if (end->end < size)
    report (self, SR_ZIP_TRAILING_BYTES, G_MAXUINT,
            "%" G_GUINT64_FORMAT " bytes lie behind the end of the ZIP file", size - end->end);
  if (end->comment_cut)
    report (self, SR_ZIP_TRAILING_BYTES, G_MAXUINT,
            "The comment at the end of the ZIP file is cut off");
  if (end->ambiguous)
    report (self, SR_ZIP_AMBIGUOUS_END, G_MAXUINT,
            "The ZIP file has more than one end; another program may see another content in it");
}

gboolean
sr_zip_layout_check (const SrZipReaderParts *parts,
                     SrZipFindingFunc        func,
                     gpointer                user_data,
                     GCancellable           *cancellable,
                     GError                **error)
{
  Check                 self = { .parts = parts, .func = func, .user_data = user_data };
  const SrZipDirectory *directory = &parts->directory;
  g_autofree guint32   *order = make_order (directory);
  guint64               taken = 0;

  check_duplicates (&self);
  for (guint i = 0; i < directory->n_entries; i++)
    {
      if (sr_check_cancelled (cancellable, error))
        return FALSE;
      check_entry (&self, i);
      if (!check_place (&self, order != NULL ? order[i] : i, &taken, error))
        return FALSE;
    }
  check_end (&self, taken);
  return TRUE;
}
