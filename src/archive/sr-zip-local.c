/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include "archive/sr-zip-local.h"

#include "archive/sr-zip-format.h"
#include "base/sr-error.h"

/* Signature, CRC-32 and two sizes of 64 bits. */
#define MAX_DESCRIPTOR_SIZE 24

static gboolean
fail_entry (const SrZipDirectory *directory,
            guint                 index,
            const char           *fault,
            GError              **error)
{
  g_autofree char *shown = sr_guard_show_name (directory->entries[index].name);

  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "“%s” in the ZIP file %s", shown, fault);
  return FALSE;
}

static gboolean
read_header (const SrZipSource    *source,
             const SrZipDirectory *directory,
             guint                 index,
             guint8               *header,
             guint64              *position,
             GError              **error)
{
  const SrZipItem *item = &directory->items[index];
  guint64          limit = directory->end.directory;

  if (item->offset > limit || limit - item->offset < SR_ZIP_LOCAL_SIZE)
    return fail_entry (directory, index, "lies outside of it: the directory is damaged", error);
  if (!sr_zip_source_read (source, item->offset, header, SR_ZIP_LOCAL_SIZE, error))
    return FALSE;
  if (sr_zip_get32 (header) != SR_ZIP_LOCAL_SIGNATURE)
    return fail_entry (directory, index, "is not where the directory says", error);
  *position = item->offset + SR_ZIP_LOCAL_SIZE + sr_zip_get16 (header + 26) +
              sr_zip_get16 (header + 28);
  if (*position > limit || item->packed > limit - *position)
    return fail_entry (directory, index, "goes beyond the end of the content", error);
  return TRUE;
}

gboolean
sr_zip_local_find_data (const SrZipSource    *source,
                        const SrZipDirectory *directory,
                        guint                 index,
                        guint64              *position,
                        GError              **error)
{
  guint8 header[SR_ZIP_LOCAL_SIZE];

  return read_header (source, directory, index, header, position, error);
}

/* The descriptor comes with its signature or without, with sizes of 32 or of 64 bits; nothing but
 * its values tells which. */
static gsize
match_descriptor (const guint8           *p,
                  gsize                   size,
                  const SrZipItem        *item,
                  const SrContainerEntry *entry)
{
  for (guint with = 0; with < 2; with++)
    {
      gsize skip = with == 0 ? 4 : 0;

      if (size < skip + 12 || (skip > 0 && sr_zip_get32 (p) != SR_ZIP_DESCRIPTOR_SIGNATURE) ||
          sr_zip_get32 (p + skip) != item->crc)
        continue;
      if (size >= skip + 20 && sr_zip_get64 (p + skip + 4) == item->packed &&
          sr_zip_get64 (p + skip + 12) == entry->size)
        return skip + 20;
      if (sr_zip_get32 (p + skip + 4) == (guint32) item->packed &&
          sr_zip_get32 (p + skip + 8) == (guint32) entry->size)
        return skip + 12;
    }
  return 0;
}

static gboolean
compare_descriptor (const SrZipSource    *source,
                    const SrZipDirectory *directory,
                    guint                 index,
                    guint64              *end,
                    char                **difference,
                    GError              **error)
{
  guint8 bytes[MAX_DESCRIPTOR_SIZE];
  gsize  size = (gsize) MIN (sizeof bytes, directory->end.directory - *end);
  gsize  matched;

  if (!sr_zip_source_read (source, *end, bytes, size, error))
    return FALSE;
  matched = match_descriptor (bytes, size, &directory->items[index], &directory->entries[index]);
  if (matched == 0)
    *difference = g_strdup ("has other sizes or another CRC-32 behind its content than in the "
                            "directory");
  *end += matched;
  return TRUE;
}

/* Replaces sizes that did not fit into 32 bits. */
static void
read_local_sizes (const guint8 *header,
                  const guint8 *extra,
                  guint64      *packed,
                  guint64      *size)
{
  gsize         left;
  const guint8 *p =
      sr_zip_find_extra (extra, sr_zip_get16 (header + 28), SR_ZIP_EXTRA_ZIP64, &left);

  *packed = sr_zip_get32 (header + 18);
  *size = sr_zip_get32 (header + 22);
  if (p != NULL && *size == G_MAXUINT32 && left >= 8)
    {
      *size = sr_zip_get64 (p);
      p += 8;
      left -= 8;
    }
  if (p != NULL && *packed == G_MAXUINT32 && left >= 8)
    *packed = sr_zip_get64 (p);
}

/* What a data descriptor brings later is 0 here, or already right. */
static const char *
compare_numbers (const guint8           *header,
                 const guint8           *extra,
                 const SrZipItem        *item,
                 const SrContainerEntry *entry)
{
  guint16  flags = sr_zip_get16 (header + 6);
  gboolean later = (flags & SR_ZIP_FLAG_DESCRIPTOR) != 0;
  guint32  crc = sr_zip_get32 (header + 14);
  guint64  packed;
  guint64  size;

  read_local_sizes (header, extra, &packed, &size);
  if (sr_zip_get16 (header + 8) != item->method)
    return "is packed by another method than the directory says";
  if (((flags ^ item->flags) & SR_ZIP_FLAG_ENCRYPTED) != 0)
    return "is encrypted by one header and not by the other";
  if (later && (packed == 0 || packed == G_MAXUINT32) && (size == 0 || size == G_MAXUINT32))
    return NULL;
  if (packed != item->packed || size != entry->size)
    return "has other sizes in front of its content than in the directory";
  if (crc != item->crc && !(later && crc == 0))
    return "has another CRC-32 in front of its content than in the directory";
  return NULL;
}

gboolean
sr_zip_local_compare (const SrZipSource    *source,
                      const SrZipDirectory *directory,
                      guint                 index,
                      guint64              *end,
                      char                **difference,
                      GError              **error)
{
  const SrZipItem        *item = &directory->items[index];
  const SrContainerEntry *entry = &directory->entries[index];
  guint8                  header[SR_ZIP_LOCAL_SIZE];
  guint64                 data;
  gsize                   name_size;
  gsize                   rest_size;
  g_autofree guint8      *rest = NULL;
  const char             *fault;

  *difference = NULL;
  if (!read_header (source, directory, index, header, &data, error))
    return FALSE;
  *end = data + item->packed;
  name_size = sr_zip_get16 (header + 26);
  rest_size = (gsize) (data - item->offset) - SR_ZIP_LOCAL_SIZE;
  /* never without a byte, so that there is a place to point to */
  rest = g_malloc (rest_size + 1);
  if (!sr_zip_source_read (source, item->offset + SR_ZIP_LOCAL_SIZE, rest, rest_size, error))
    return FALSE;
  fault = compare_numbers (header, rest + name_size, item, entry);
  if (fault == NULL && (item->flags & SR_ZIP_ITEM_RENAMED) == 0 &&
      (name_size != strlen (entry->name) || memcmp (rest, entry->name, name_size) != 0))
    fault = "has another name in front of its content than in the directory";
  if ((sr_zip_get16 (header + 6) & SR_ZIP_FLAG_DESCRIPTOR) != 0 &&
      !compare_descriptor (source, directory, index, end, difference, error))
    return FALSE;
  if (fault != NULL)
    {
      g_free (*difference);
      *difference = g_strdup (fault);
    }
  return TRUE;
}
