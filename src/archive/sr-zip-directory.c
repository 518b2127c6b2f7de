/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <libdeflate.h>
#include <sys/stat.h>
#include <time.h>

#include "archive/sr-zip-directory.h"

#include "archive/sr-zip-format.h"
#include "base/sr-error.h"

/* A record with the longest name, extra field and comment is a little smaller. */
#define WINDOW_SIZE ((gsize) 256 * 1024)
/* A million entries have names of this length together, and no honest file more. */
#define MAX_NAMES_SIZE ((guint64) 256 << 20)
/* What stands for a NUL in a name: U+2400, a picture of it. */
#define NUL_PICTURE "\342\220\200"

/* The directory, through a window that moves on. */
typedef struct
{
  const SrZipSource *source;
  guint64            position; /* of the first byte not taken */
  guint64            end;
  guint8            *window;
  gsize              used; /* of window */
  gsize              filled;
} Cursor;

/* A record of the directory, in the window. */
typedef struct
{
  const guint8 *fixed;
  const guint8 *name;
  const guint8 *extra;
  gsize         name_size;
  gsize         extra_size;
  gboolean      renamed;
} Record;

static gboolean
fail_at (const Cursor *cursor,
         const char   *fault,
         GError      **error)
{
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
               "The ZIP file's directory is damaged at byte %" G_GUINT64_FORMAT ": %s",
               cursor->position, fault);
  return FALSE;
}

/* Returns: (nullable): @size bytes in a row, not taken yet */
static const guint8 *
peek (Cursor  *self,
      gsize    size,
      GError **error)
{
  gsize held = self->filled - self->used;
  gsize more;

  if (size > self->end - self->position)
    {
      fail_at (self, "the last entry goes beyond its end", error);
      return NULL;
    }
  if (held >= size)
    return self->window + self->used;
  memmove (self->window, self->window + self->used, held);
  self->used = 0;
  self->filled = held;
  more = (gsize) MIN (WINDOW_SIZE - held, self->end - self->position - held);
  if (!sr_zip_source_read (self->source, self->position + held, self->window + held, more, error))
    return NULL;
  self->filled += more;
  return self->window;
}

static void
take (Cursor *self,
      gsize   size)
{
  self->used += size;
  self->position += size;
}

/* Info-ZIP's path in UTF-8 counts only if it was made for this very name: programs that rename
 * entries leave it behind. */
static void
choose_name (Record *self)
{
  gsize         size;
  const guint8 *path;

  if ((sr_zip_get16 (self->fixed + 8) & SR_ZIP_FLAG_UTF8) != 0)
    return;
  path = sr_zip_find_extra (self->extra, self->extra_size, SR_ZIP_EXTRA_UNICODE_PATH, &size);
  if (path == NULL || size <= 5 || path[0] != 1 ||
      sr_zip_get32 (path + 1) != libdeflate_crc32 (0, self->name, self->name_size) ||
      !g_utf8_validate_len ((const char *) path + 5, size - 5, NULL))
    return;
  self->name = path + 5;
  self->name_size = size - 5;
  self->renamed = TRUE;
}

/* @size: of the whole record, to be taken; 0 at the end
 * Returns: %FALSE with @error set */
static gboolean
read_record (Cursor  *cursor,
             Record  *record,
             gsize   *size,
             GError **error)
{
  const guint8 *p;
  gsize         name_size;
  gsize         extra_size;

  *size = 0;
  if (cursor->position == cursor->end)
    return TRUE;
  p = peek (cursor, 4, error);
  if (p == NULL)
    return FALSE;
  if (sr_zip_get32 (p) == SR_ZIP_DIGITAL_SIGNATURE)
    return TRUE;
  if (sr_zip_get32 (p) != SR_ZIP_CENTRAL_SIGNATURE)
    return fail_at (cursor, "no entry begins here", error);
  p = peek (cursor, SR_ZIP_CENTRAL_SIZE, error);
  if (p == NULL)
    return FALSE;
  name_size = sr_zip_get16 (p + 28);
  extra_size = sr_zip_get16 (p + 30);
  *size = SR_ZIP_CENTRAL_SIZE + name_size + extra_size + sr_zip_get16 (p + 32);
  p = peek (cursor, *size, error);
  if (p == NULL)
    return FALSE;
  *record = (Record){
    .fixed = p,
    .name = p + SR_ZIP_CENTRAL_SIZE,
    .name_size = name_size,
    .extra = p + SR_ZIP_CENTRAL_SIZE + name_size,
    .extra_size = extra_size,
  };
  choose_name (record);
  return TRUE;
}

static gsize
count_nuls (const Record *record)
{
  gsize n = 0;

  for (const guint8 *p = record->name; p < record->name + record->name_size; p++)
    if (*p == '\0')
      n++;
  return n;
}

static void
cursor_init (Cursor            *self,
             const SrZipSource *source,
             const SrZipEnd    *end,
             guint8            *window)
{
  *self = (Cursor){
    .source = source,
    .position = end->directory,
    .end = end->directory + end->directory_size,
    .window = window,
  };
}

/* Programs that know no ZIP64 write the number of entries modulo 65,536. */
static gboolean
check_count (const Cursor   *cursor,
             const SrZipEnd *end,
             guint64         counted,
             GError        **error)
{
  g_autofree char *fault = NULL;

  if (counted == end->n_entries || (!end->zip64 && (counted & G_MAXUINT16) == end->n_entries))
    return TRUE;
  fault = g_strdup_printf ("it has %" G_GUINT64_FORMAT " entries, but %" G_GUINT64_FORMAT
                           " are announced",
                           counted, end->n_entries);
  return fail_at (cursor, fault, error);
}

static gboolean
survey (const SrZipSource *source,
        const SrZipEnd    *end,
        SrGuard           *guard,
        guint8            *window,
        guint64           *n_entries,
        guint64           *names_size,
        GError           **error)
{
  Cursor cursor;
  Record record;
  gsize  size;

  *n_entries = 0;
  *names_size = 0;
  cursor_init (&cursor, source, end, window);
  if (!sr_guard_check_count (guard, end->n_entries, error))
    return FALSE;
  if (end->n_entries > end->directory_size / SR_ZIP_CENTRAL_SIZE)
    return fail_at (&cursor, "it is too short for the entries announced", error);
  while (TRUE)
    {
      if (!read_record (&cursor, &record, &size, error))
        return FALSE;
      if (size == 0)
        break;
      *n_entries += 1;
      *names_size += record.name_size + count_nuls (&record) * (strlen (NUL_PICTURE) - 1) + 1;
      take (&cursor, size);
      if (!sr_guard_check_count (guard, *n_entries, error))
        return FALSE;
    }
  if (*names_size > MAX_NAMES_SIZE)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                   "The names of the %" G_GUINT64_FORMAT " entries take %" G_GUINT64_FORMAT
                   " bytes; more than %" G_GUINT64_FORMAT " are not held in memory",
                   *n_entries, *names_size, MAX_NAMES_SIZE);
      return FALSE;
    }
  return check_count (&cursor, end, *n_entries, error);
}

/* MS-DOS knows no time zone; all programs take it for the local one. */
static gint64
from_dos_time (guint16 date,
               guint16 time_of_day)
{
  struct tm tm = {
    .tm_year = (date >> 9) + 80,
    .tm_mon = ((date >> 5) & 15) - 1,
    .tm_mday = date & 31,
    .tm_hour = time_of_day >> 11,
    .tm_min = (time_of_day >> 5) & 63,
    .tm_sec = (time_of_day & 31) * 2,
    .tm_isdst = -1,
  };

  if (tm.tm_mon < 0 || tm.tm_mon > 11 || tm.tm_mday == 0)
    return G_MININT64;
  return (gint64) mktime (&tm);
}

static gint64
read_time (const Record *record)
{
  gsize         size;
  const guint8 *p = sr_zip_find_extra (record->extra, record->extra_size, SR_ZIP_EXTRA_TIME, &size);

  if (p != NULL && size >= 5 && (p[0] & 1) != 0)
    return (gint32) sr_zip_get32 (p + 1);
  p = sr_zip_find_extra (record->extra, record->extra_size, SR_ZIP_EXTRA_NTFS, &size);
  /* tag 1, three times of 100 ns since 1601 */
  if (p != NULL && size >= 32 && sr_zip_get16 (p + 4) == 1 && sr_zip_get16 (p + 6) >= 24)
    return (gint64) (sr_zip_get64 (p + 8) / 10000000) - G_GINT64_CONSTANT (11644473600);
  return from_dos_time (sr_zip_get16 (record->fixed + 14), sr_zip_get16 (record->fixed + 12));
}

static SrEntryType
read_type (const Record *record,
           guint32      *mode)
{
  gboolean is_unix = record->fixed[5] == 3 || record->fixed[5] == 19;
  guint32  attributes = sr_zip_get32 (record->fixed + 38);
  guint32  unix_mode = is_unix ? attributes >> 16 : 0;

  *mode = unix_mode & 07777;
  if (record->name_size > 0 && record->name[record->name_size - 1] == '/')
    return SR_ENTRY_DIR;
  switch (unix_mode & S_IFMT)
    {
    case S_IFDIR:
      return SR_ENTRY_DIR;
    case S_IFLNK:
      return SR_ENTRY_SYMLINK;
    case S_IFBLK:
      return SR_ENTRY_BLOCK_DEVICE;
    case S_IFCHR:
      return SR_ENTRY_CHAR_DEVICE;
    case S_IFIFO:
      return SR_ENTRY_FIFO;
    case S_IFSOCK:
      return SR_ENTRY_SOCKET;
    default:
      return SR_ENTRY_FILE;
    }
}

/* Replaces what did not fit into 32 bits, in the order of 4.5.3. */
static gboolean
read_sizes (const Cursor *cursor,
            const Record *record,
            guint64      *size,
            guint64      *packed,
            guint64      *offset,
            GError      **error)
{
  guint64      *fields[] = { size, packed, offset };
  gsize         left = 0;
  const guint8 *p =
      sr_zip_find_extra (record->extra, record->extra_size, SR_ZIP_EXTRA_ZIP64, &left);

  *packed = sr_zip_get32 (record->fixed + 20);
  *size = sr_zip_get32 (record->fixed + 24);
  *offset = sr_zip_get32 (record->fixed + 42);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      if (*fields[i] != G_MAXUINT32)
        continue;
      /* Without the field it is a number like any other. */
      if (p == NULL)
        continue;
      if (left < 8)
        return fail_at (cursor, "an entry's ZIP64 field is too short", error);
      *fields[i] = sr_zip_get64 (p);
      p += 8;
      left -= 8;
    }
  return TRUE;
}

static void
copy_name (char        **next,
           const Record *record)
{
  char *to = *next;

  for (gsize i = 0; i < record->name_size; i++)
    {
      if (record->name[i] != '\0')
        *to++ = (char) record->name[i];
      else
        {
          memcpy (to, NUL_PICTURE, strlen (NUL_PICTURE));
          to += strlen (NUL_PICTURE);
        }
    }
  *to++ = '\0';
  *next = to;
}

static gboolean
keep_record (SrZipDirectory *self,
             const Cursor   *cursor,
             const Record   *record,
             char          **next_name,
             GError        **error)
{
  SrContainerEntry *entry = &self->entries[self->n_entries];
  SrZipItem        *item = &self->items[self->n_entries];
  guint32           disk = sr_zip_get16 (record->fixed + 34);
  guint64           offset;

  if (disk != 0 && disk != G_MAXUINT16)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                           "The ZIP file is one part of several; join the parts first");
      return FALSE;
    }
  if (!read_sizes (cursor, record, &entry->size, &item->packed, &offset, error))
    return FALSE;
  item->offset =
      offset <= self->end.directory - self->end.base ? offset + self->end.base : G_MAXUINT64;
  item->crc = sr_zip_get32 (record->fixed + 16);
  item->method = sr_zip_get16 (record->fixed + 10);
  item->flags = sr_zip_get16 (record->fixed + 8) &
                (guint16) ~(SR_ZIP_ITEM_RENAMED | SR_ZIP_ITEM_NUL);
  if (count_nuls (record) > 0)
    item->flags |= SR_ZIP_ITEM_RENAMED | SR_ZIP_ITEM_NUL;
  if (record->renamed)
    item->flags |= SR_ZIP_ITEM_RENAMED;
  entry->name = *next_name;
  entry->type = read_type (record, &entry->mode);
  entry->mtime = read_time (record);
  copy_name (next_name, record);
  self->n_entries++;
  return TRUE;
}

/* No honest file says so; one made by hand lets every entry use the same bytes. */
static gboolean
check_packed_sum (const SrZipDirectory *self,
                  const SrZipSource    *source,
                  GError              **error)
{
  guint64 left = source->size;

  for (guint i = 0; i < self->n_entries; i++)
    {
      guint64 needs = self->items[i].packed;

      /* an entry that alone cannot be is found when it is opened */
      if (needs > source->size)
        continue;
      if (needs > left)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                       "The entries of the ZIP file share bytes: together they take more than the "
                       "%" G_GUINT64_FORMAT " bytes of the file, as in a ZIP bomb",
                       source->size);
          return FALSE;
        }
      left -= needs;
    }
  return TRUE;
}

static gboolean
fill (SrZipDirectory    *self,
      const SrZipSource *source,
      guint8            *window,
      guint64            n_entries,
      guint64            names_size,
      GError           **error)
{
  char  *next_name = self->names;
  Cursor cursor;
  Record record;
  gsize  size;

  cursor_init (&cursor, source, &self->end, window);
  while (self->n_entries < n_entries)
    {
      if (!read_record (&cursor, &record, &size, error))
        return FALSE;
      /* it is the same file, but somebody may write to it meanwhile */
      if (size == 0 || record.name_size + count_nuls (&record) * (strlen (NUL_PICTURE) - 1) + 1 >
                           names_size - (gsize) (next_name - self->names))
        return fail_at (&cursor, "it changed while it was read", error);
      if (!keep_record (self, &cursor, &record, &next_name, error))
        return FALSE;
      take (&cursor, size);
    }
  return check_packed_sum (self, source, error);
}

gboolean
sr_zip_directory_load (SrZipDirectory    *self,
                       const SrZipSource *source,
                       SrGuard           *guard,
                       GError           **error)
{
  g_autofree guint8 *window = g_malloc (WINDOW_SIZE);
  guint64            n_entries;
  guint64            names_size;

  if (!sr_zip_end_find (source, &self->end, error))
    return FALSE;
  if (!survey (source, &self->end, guard, window, &n_entries, &names_size, error))
    return FALSE;
  self->entries = g_try_new0 (SrContainerEntry, n_entries);
  self->items = g_try_new0 (SrZipItem, n_entries);
  self->good = g_try_new0 (guint8, n_entries);
  self->names = g_try_malloc (names_size);
  if (n_entries > 0 && (self->entries == NULL || self->items == NULL || self->names == NULL ||
                        self->good == NULL))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_FAILED,
                   "There is not enough memory for the %" G_GUINT64_FORMAT
                   " entries of the ZIP file",
                   n_entries);
      return FALSE;
    }
  return fill (self, source, window, n_entries, names_size, error);
}

void
sr_zip_directory_clear (SrZipDirectory *self)
{
  for (guint i = 0; i < self->n_entries; i++)
    g_free (self->entries[i].link_target);
  g_clear_pointer (&self->entries, g_free);
  g_clear_pointer (&self->items, g_free);
  g_clear_pointer (&self->good, g_free);
  g_clear_pointer (&self->names, g_free);
  self->n_entries = 0;
}
