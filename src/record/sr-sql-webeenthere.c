/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "record/sr-sql-types.h"
#include "record/sr-sql-webeenthere.h"

#define OBJECT       "[object Object]"
#define INVALID_DATE "Invalid Date"
#define REPLACEMENT  "\xef\xbf\xbd"
/* The longest name of a time zone in brackets. */
#define MAX_ZONE 100
/* "Fri Nov 20 2026 05:13:38 GMT+0800" with a year of four digits */
#define DATE_SIZE 33
/* From here on neighbouring whole numbers are one as floating ones. */
#define FLOAT_LIMIT "9007199254740992"

typedef enum
{
  KIND_NULL,
  KIND_NUMBER,
  KIND_STRING,
  KIND_DATE,
  KIND_INVALID_DATE,
  KIND_OBJECT,
  KIND_RAW,
} Kind;

/* @start, @size: from the row's beginning */
typedef struct
{
  Kind  kind;
  gsize start;
  gsize size;
} Field;

/* @has_reached_end: a place could not be judged for want of text
 * @is_short: and more may come */
typedef struct
{
  SrSqlBareRow      *row;
  const SrSqlTarget *target;
  const char        *start;
  SrSqlSpan          span;
  guint              n;
  gboolean           has_reached_end;
  gboolean           is_short;
} Scan;

void
sr_sql_bare_row_init (SrSqlBareRow *self)
{
  self->fields = g_array_new (FALSE, TRUE, sizeof (Field));
  self->searches = g_array_new (FALSE, TRUE, sizeof (gsize));
}

void
sr_sql_bare_row_clear (SrSqlBareRow *self)
{
  g_clear_pointer (&self->fields, g_array_unref);
  g_clear_pointer (&self->searches, g_array_unref);
}

static void
reach_end (Scan *self)
{
  self->has_reached_end = TRUE;
  self->is_short |= !self->span.eof;
}

static SrColumnType
get_type (const SrSqlTarget *target,
          guint              i)
{
  const SrColumn *column = sr_sql_target_get_column (target, i);

  return column != NULL ? column->type : SR_COLUMN_UNKNOWN;
}

/* Whether @text stands at @p; sets is_short if the text ends within it. */
static gboolean
starts_with (Scan       *self,
             const char *p,
             const char *text)
{
  gsize size = strlen (text);
  gsize there = (gsize) (self->span.end - p);

  if (there >= size)
    return memcmp (p, text, size) == 0;
  if (memcmp (p, text, there) == 0)
    reach_end (self);
  return FALSE;
}

static const char *
scan_number (Scan       *self,
             const char *p)
{
  const char *start = p;

  while (p < self->span.end && p - start < 400 &&
         (g_ascii_isdigit (*p) || *p == '-' || *p == '+' || *p == '.' || *p == 'e'))
    p++;
  if (p == self->span.end)
    reach_end (self);
  return p > start && (g_ascii_isdigit (*start) || *start == '-') ? p : NULL;
}

/* "Fri Nov 20 2026 05:13:38 GMT+0800 (Philippine Standard Time)" */
static const char *
scan_date (Scan       *self,
           const char *p)
{
  static const char pattern[] = "Aaa Aaa 00 0000 00:00:00 GMT+0000";
  const char       *end;

  for (guint i = 0; i < DATE_SIZE; i++)
    {
      char     c;
      gboolean fits;

      if (p + i == self->span.end)
        {
          reach_end (self);
          return NULL;
        }
      c = p[i];
      switch (pattern[i])
        {
        case 'A':
          fits = g_ascii_isupper (c);
          break;
        case 'a':
          fits = g_ascii_islower (c);
          break;
        case '0':
          fits = g_ascii_isdigit (c);
          break;
        case '+':
          fits = c == '+' || c == '-';
          break;
        default:
          fits = c == pattern[i];
        }
      if (!fits)
        return NULL;
    }
  p += DATE_SIZE;
  if (!starts_with (self, p, " ("))
    return p;
  end = memchr (p, ')', MIN (MAX_ZONE, (gsize) (self->span.end - p)));
  if (end == NULL && self->span.end - p < MAX_ZONE)
    reach_end (self);
  return end != NULL ? end + 1 : p;
}

/* A value that shows its own end. Returns: behind it, %NULL if it is raw */
static const char *
scan_plain (Scan       *self,
            const char *p,
            Kind       *kind)
{
  const char *behind;

  if (p == self->span.end)
    {
      reach_end (self);
      return NULL;
    }
  switch (*p)
    {
    case '\'':
      *kind = KIND_STRING;
      behind = sr_sql_scan_quoted (p + 1, self->span, '\'', FALSE);
      if (behind == NULL)
        reach_end (self);
      return behind;
    case 'N':
      *kind = KIND_NULL;
      return starts_with (self, p, "NULL") ? p + 4 : NULL;
    case 'I':
      *kind = KIND_INVALID_DATE;
      return starts_with (self, p, INVALID_DATE) ? p + strlen (INVALID_DATE) : NULL;
    case '[':
      *kind = KIND_OBJECT;
      return starts_with (self, p, OBJECT) ? p + strlen (OBJECT) : NULL;
    default:
      if (g_ascii_isupper (*p))
        {
          *kind = KIND_DATE;
          return scan_date (self, p);
        }
      *kind = KIND_NUMBER;
      return scan_number (self, p);
    }
}

/* Whether what a column of that type holds may be written as @kind. */
static gboolean
may_be (SrColumnType type,
        Kind         kind)
{
  switch (type)
    {
    case SR_COLUMN_BYTES:
    case SR_COLUMN_BITS:
      return kind == KIND_NULL;
    case SR_COLUMN_GEOMETRY:
      return kind == KIND_NULL || kind == KIND_OBJECT;
    case SR_COLUMN_JSON:
      return kind == KIND_NULL || kind == KIND_STRING || kind == KIND_OBJECT;
    case SR_COLUMN_BOOLEAN:
    case SR_COLUMN_INTEGER:
    case SR_COLUMN_REAL:
    case SR_COLUMN_DECIMAL:
      return kind == KIND_NULL || kind == KIND_STRING || kind == KIND_NUMBER;
    case SR_COLUMN_DATE:
    case SR_COLUMN_TIMESTAMP:
      return kind == KIND_NULL || kind == KIND_STRING || kind == KIND_DATE ||
             kind == KIND_INVALID_DATE;
    case SR_COLUMN_TIME:
    case SR_COLUMN_TEXT:
    case SR_COLUMN_ENUM:
    case SR_COLUMN_ARRAY:
      return kind == KIND_NULL || kind == KIND_STRING;
    case SR_COLUMN_UNKNOWN:
    default:
      return TRUE;
    }
}

/* Whether values of that type may stand raw, so that their end has to be searched. */
static gboolean
may_be_raw (SrColumnType type)
{
  return type == SR_COLUMN_BYTES || type == SR_COLUMN_BITS || type == SR_COLUMN_GEOMETRY ||
         type == SR_COLUMN_JSON || type == SR_COLUMN_UNKNOWN;
}

/* Whether the row ends at @p: a bracket, and behind it another row or the end of the statement. */
static gboolean
is_row_end (Scan       *self,
            const char *p)
{
  if (!starts_with (self, p, ")"))
    return FALSE;
  p++;
  return starts_with (self, p, ",\n(") || starts_with (self, p, ";\n\n") ||
         starts_with (self, p, ";\r\n\r\n") || starts_with (self, p, ",\r\n(") ||
         (self->span.eof && self->span.end - p <= 2 && starts_with (self, p, ";"));
}

static gboolean fits_from (Scan       *self,
                           guint       i,
                           const char *p);

/* Whether behind value @i, which ends at @p, the rest of the row follows. */
static gboolean
fits_behind (Scan       *self,
             guint       i,
             const char *p)
{
  if (i + 1 == self->n)
    return is_row_end (self, p);
  return starts_with (self, p, ", ") && fits_from (self, i + 1, p + 2);
}

/* The next place from @p on where a raw value @i may end. */
static const char *
next_candidate (Scan       *self,
                guint       i,
                const char *p)
{
  return memchr (p, i + 1 == self->n ? ')' : ',', (gsize) (self->span.end - p));
}

/* The first end of the raw value @i that begins at @p behind which the rest follows. Once it is
 * found all values before have their ends too; where none was found there is none further on. */
static const char *
find_raw_end (Scan       *self,
              guint       i,
              const char *p)
{
  gsize      *none_from = &g_array_index (self->row->searches, gsize, i);
  const char *stop = *none_from != 0 ? self->start + *none_from : self->span.end;
  const char *candidate;

  for (candidate = next_candidate (self, i, p); candidate != NULL && candidate < stop;
       candidate = next_candidate (self, i, candidate + 1))
    {
      if (fits_behind (self, i, candidate))
        return candidate;
      if (self->is_short)
        return NULL;
    }
  if (*none_from == 0 || p < stop)
    *none_from = (gsize) (p - self->start);
  reach_end (self);
  return NULL;
}

static void
set_field (Scan       *self,
           guint       i,
           Kind        kind,
           const char *start,
           const char *end)
{
  Field *field = &g_array_index (self->row->fields, Field, i);

  *field = (Field){ kind, (gsize) (start - self->start), (gsize) (end - start) };
}

/* Whether value @i and all behind it can be read from @p on. Goes from value to value in a loop, so
 * that only raw values nest, and each of those at most once a place. */
static gboolean
fits_from (Scan       *self,
           guint       i,
           const char *p)
{
  for (;; i++)
    {
      SrColumnType type = get_type (self->target, i);
      Kind         kind = KIND_RAW;
      const char  *behind = scan_plain (self, p, &kind);

      if (self->is_short)
        return FALSE;
      if (behind != NULL && may_be (type, kind))
        {
          gboolean is_last = i + 1 == self->n;

          if (is_last ? is_row_end (self, behind) : starts_with (self, behind, ", "))
            {
              set_field (self, i, kind, p, behind);
              if (is_last)
                return TRUE;
              p = behind + 2;
              continue;
            }
        }
      if (self->is_short || !may_be_raw (type))
        return FALSE;
      behind = find_raw_end (self, i, p);
      if (behind == NULL)
        return FALSE;
      set_field (self, i, KIND_RAW, p, behind);
      return TRUE;
    }
}

const char *
sr_sql_bare_row_scan (SrSqlBareRow      *self,
                      const SrSqlTarget *target,
                      const char        *p,
                      SrSqlSpan          span,
                      gboolean          *failed)
{
  Scan         scan = { self, target, p, span, target->names->len, FALSE, FALSE };
  const Field *last;

  *failed = FALSE;
  g_array_set_size (self->fields, scan.n);
  g_array_set_size (self->searches, 0);
  g_array_set_size (self->searches, scan.n);
  if (scan.n == 0 || !starts_with (&scan, p, "(") || !fits_from (&scan, 0, p + 1))
    {
      *failed = !scan.has_reached_end;
      return NULL;
    }
  last = &g_array_index (self->fields, Field, scan.n - 1);
  return p + last->start + last->size + 1;
}

static gboolean
is_rounded (const char *text,
            gsize       size)
{
  if (size > 0 && *text == '-')
    text++, size--;
  if (memchr (text, 'e', size) != NULL || memchr (text, '.', size) != NULL)
    return TRUE;
  return size > strlen (FLOAT_LIMIT) ||
         (size == strlen (FLOAT_LIMIT) && memcmp (text, FLOAT_LIMIT, size) >= 0);
}

void
sr_sql_bare_row_add_notes (const SrSqlBareRow *self,
                           const SrSqlTarget  *target,
                           const char         *row,
                           SrRecordReader     *reader)
{
  gboolean is_guessed = FALSE;

  for (guint i = 0; i < self->fields->len; i++)
    {
      const Field *field = &g_array_index (self->fields, Field, i);
      const char  *text = row + field->start;

      if (field->kind == KIND_INVALID_DATE)
        sr_record_reader_add_note (reader, SR_NOTE_LOST_DATE);
      else if (field->kind == KIND_OBJECT)
        sr_record_reader_add_note (reader, SR_NOTE_LOST_BYTES);
      else if (field->kind == KIND_NUMBER && get_type (target, i) == SR_COLUMN_INTEGER &&
               is_rounded (text, field->size))
        sr_record_reader_add_note (reader, SR_NOTE_ROUNDED);
      else if (field->kind == KIND_RAW)
        {
          is_guessed = TRUE;
          if (get_type (target, i) == SR_COLUMN_JSON ||
              memmem (text, field->size, REPLACEMENT, strlen (REPLACEMENT)) != NULL)
            sr_record_reader_add_note (reader, SR_NOTE_LOST_BYTES);
        }
    }
  if (is_guessed)
    sr_record_reader_add_note (reader, SR_NOTE_GUESSED);
}

/* The wall clock's date and time; the offset says where the server stood and no more. */
static gboolean
append_date (GByteArray  *bytes,
             const char  *text,
             SrColumnType type)
{
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  char              sql[32];

  for (guint month = 0; month < 12; month++)
    if (memcmp (months + 3 * month, text + 4, 3) == 0)
      {
        int n = g_snprintf (sql, sizeof sql, "%.4s-%02u-%.2s", text + 11, month + 1, text + 8);

        if (type != SR_COLUMN_DATE)
          n += g_snprintf (sql + n, sizeof sql - (gsize) n, " %.8s", text + 16);
        g_byte_array_append (bytes, (const guint8 *) sql, (guint) n);
        return TRUE;
      }
  return FALSE;
}

static void
append_string (GByteArray *bytes,
               const char *p,
               const char *end)
{
  while (p < end)
    {
      const char *quote = memchr (p, '\'', (gsize) (end - p));
      const char *stop = quote != NULL ? quote + 1 : end;

      g_byte_array_append (bytes, (const guint8 *) p, (guint) (stop - p));
      p = quote != NULL ? quote + 2 : end;
    }
}

static SrValueType
append_raw (GByteArray  *bytes,
            const char  *text,
            gsize        size,
            SrColumnType type)
{
  gboolean is_lost = memmem (text, size, REPLACEMENT, strlen (REPLACEMENT)) != NULL;

  g_byte_array_append (bytes, (const guint8 *) text, (guint) size);
  if (is_lost || type == SR_COLUMN_JSON || type == SR_COLUMN_GEOMETRY)
    return SR_VALUE_LOST;
  return type == SR_COLUMN_UNKNOWN ? SR_VALUE_TEXT : SR_VALUE_BYTES;
}

static SrValueType
append_field (GByteArray  *bytes,
              const Field *field,
              const char  *text,
              SrColumnType type)
{
  switch (field->kind)
    {
    case KIND_NULL:
      return SR_VALUE_NULL;
    case KIND_STRING:
      append_string (bytes, text + 1, text + field->size - 1);
      return SR_VALUE_TEXT;
    case KIND_DATE:
      if (append_date (bytes, text, type))
        return SR_VALUE_TEXT;
      g_byte_array_append (bytes, (const guint8 *) text, (guint) field->size);
      return SR_VALUE_LOST;
    case KIND_RAW:
      return append_raw (bytes, text, field->size, type);
    case KIND_NUMBER:
    case KIND_INVALID_DATE:
    case KIND_OBJECT:
    default:
      g_byte_array_append (bytes, (const guint8 *) text, (guint) field->size);
      return field->kind == KIND_NUMBER ? SR_VALUE_NUMBER : SR_VALUE_LOST;
    }
}

void
sr_sql_bare_row_decode (const SrSqlBareRow *self,
                        const SrSqlTarget  *target,
                        const char         *row,
                        SrSqlValues        *values)
{
  sr_sql_values_reset (values);
  for (guint i = 0; i < self->fields->len; i++)
    {
      const Field *field = &g_array_index (self->fields, Field, i);
      gsize        begin = sr_sql_values_begin (values);
      SrValueType  type =
          append_field (values->bytes, field, row + field->start, get_type (target, i));

      sr_sql_values_end (values, target, SR_SQL_WEBEENTHERE, type, begin);
    }
}
