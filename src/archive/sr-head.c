/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-head.h"
#include "record/sr-sql-records.h"

#define TAR_MAGIC_AT  257
#define EXCERPT_BYTES 160

typedef struct
{
  const char *bytes;
  gsize       size;
  SrHeadType  type;
} Magic;

#define MAGIC(text, type)         \
  {                               \
    text, sizeof (text) - 1, type \
  }

static const Magic magics[] = {
  MAGIC ("PK\003\004", SR_HEAD_ZIP),
  MAGIC ("PK\005\006", SR_HEAD_ZIP),
  MAGIC ("\x1f\x8b", SR_HEAD_ARCHIVE),
  MAGIC ("\xfd"
         "7zXZ\0",
         SR_HEAD_ARCHIVE),
  MAGIC ("BZh", SR_HEAD_ARCHIVE),
  MAGIC ("\x28\xb5\x2f\xfd", SR_HEAD_ARCHIVE),
  MAGIC ("7z\xbc\xaf\x27\x1c", SR_HEAD_ARCHIVE),
  MAGIC ("!<arch>\n", SR_HEAD_ARCHIVE),
  MAGIC ("070701", SR_HEAD_ARCHIVE),
  MAGIC ("070702", SR_HEAD_ARCHIVE),
  MAGIC ("070707", SR_HEAD_ARCHIVE),
  MAGIC ("SQLite format 3\0", SR_HEAD_SQLITE),
  MAGIC ("\x6d\xe2\x99\x81", SR_HEAD_MONGODUMP),
  MAGIC ("PGDMP", SR_HEAD_PG_CUSTOM),
};

static gboolean
begins_with (const char *text,
             gsize       size,
             const char *what)
{
  gsize length = strlen (what);

  return size >= length && g_ascii_strncasecmp (text, what, length) == 0;
}

static gboolean
is_only (const guint8 *head,
         gsize         size,
         guint8        byte)
{
  for (gsize i = 0; i < size; i++)
    if (head[i] != byte)
      return FALSE;
  return TRUE;
}

static gboolean
is_hex (const char *head,
        gsize       size)
{
  for (gsize i = 0; i < size; i++)
    if (!g_ascii_isxdigit (head[i]) || g_ascii_isupper (head[i]))
      return FALSE;
  return size >= 32 && size % 32 == 0;
}

/* Text in UTF-8, the last character perhaps cut. */
static gboolean
is_text (const char *head,
         gsize       size)
{
  const char *end;

  if (memchr (head, '\0', size) != NULL)
    return FALSE;
  return g_utf8_validate (head, (gssize) size, &end) || head + size - end < 4;
}

/* Whether all byte values occur about as often as in noise. */
static gboolean
is_random (const guint8 *head,
           gsize         size)
{
  guint  counts[256] = { 0 };
  double square = 0;
  double expected = (double) size / 256;

  if (size < 32)
    return FALSE;
  for (gsize i = 0; i < size; i++)
    counts[head[i]]++;
  for (guint i = 0; i < 256; i++)
    square += (counts[i] - expected) * (counts[i] - expected) / expected;
  /* chi-squared of 255 degrees of freedom; beyond 400 it is as good as never noise */
  return square < 400;
}

/* Fields of one line, quotes regarded. Returns: 0 if it does not end */
static guint
count_fields (const char **line,
              const char  *end,
              char         delimiter)
{
  const char *at = *line;
  gboolean    quoted = FALSE;
  guint       n = 1;

  for (; at < end && (quoted || *at != '\n'); at++)
    {
      if (*at == '"')
        quoted = !quoted;
      else if (*at == delimiter && !quoted)
        n++;
    }
  *line = at + 1;
  return at < end ? n : 0;
}

/* A heading and at least one line, all of as many fields. */
static gboolean
is_csv (const char *head,
        gsize       size)
{
  const char *delimiters = ",;\t";

  for (const char *d = delimiters; *d != '\0'; d++)
    {
      const char *line = head;
      guint       first = count_fields (&line, head + size, *d);
      guint       n_lines = 1;
      guint       n = first;

      while (n == first && first > 1 && line < head + size)
        {
          n = count_fields (&line, head + size, *d);
          n_lines += n == first;
        }
      if (first > 1 && n_lines > 1 && (n == first || n == 0))
        return TRUE;
    }
  return FALSE;
}

static SrHeadType
guess_text (const char *head,
            gsize       size)
{
  const char *text = head;
  const char *end = head + size;

  if (size >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    text += 3;
  while (text < end && g_ascii_isspace (*text))
    text++;
  if (begins_with (text, (gsize) (end - text), "<!doctype html") ||
      begins_with (text, (gsize) (end - text), "<html"))
    return SR_HEAD_HTML;
  if (begins_with (text, (gsize) (end - text), "<?xml"))
    return SR_HEAD_XML;
  if (text < end && *text == '{')
    return SR_HEAD_JSON_OBJECT;
  if (text < end && *text == '[')
    return SR_HEAD_JSON_ARRAY;
  if (sr_sql_guess_dialect (head, size) != SR_SQL_NONE)
    return SR_HEAD_SQL;
  if (is_hex (head, MIN (size, 4096)))
    return SR_HEAD_HEX;
  if (is_text (head, size))
    return is_csv (head, size) ? SR_HEAD_CSV : SR_HEAD_TEXT;
  return SR_HEAD_BINARY;
}

SrHeadType
sr_head_guess (gconstpointer head,
               gsize         size)
{
  SrHeadType type;

  if (size == 0)
    return SR_HEAD_EMPTY;
  if (is_only (head, size, 0))
    return SR_HEAD_ZEROS;
  for (guint i = 0; i < G_N_ELEMENTS (magics); i++)
    if (size >= magics[i].size && memcmp (head, magics[i].bytes, magics[i].size) == 0)
      return magics[i].type;
  if (size >= TAR_MAGIC_AT + 5 && memcmp ((const char *) head + TAR_MAGIC_AT, "ustar", 5) == 0)
    return SR_HEAD_ARCHIVE;
  type = guess_text (head, size);
  if (type == SR_HEAD_BINARY && is_random (head, size))
    return SR_HEAD_RANDOM;
  return type;
}

const char *
sr_head_type_describe (SrHeadType type)
{
  static const char *const texts[] = {
    [SR_HEAD_EMPTY] = "an empty file",
    [SR_HEAD_ZEROS] = "a file of zeros",
    [SR_HEAD_ZIP] = "a ZIP archive",
    [SR_HEAD_ARCHIVE] = "an archive",
    [SR_HEAD_SQLITE] = "a SQLite database",
    [SR_HEAD_MONGODUMP] = "a mongodump archive",
    [SR_HEAD_HTML] = "a web page (HTML)",
    [SR_HEAD_XML] = "an XML text",
    [SR_HEAD_JSON_OBJECT] = "a JSON text",
    [SR_HEAD_JSON_ARRAY] = "a JSON text",
    [SR_HEAD_SQL] = "an SQL dump",
    [SR_HEAD_PG_CUSTOM] = "a PostgreSQL dump in pg_dump's own format",
    [SR_HEAD_CSV] = "a CSV text",
    [SR_HEAD_HEX] = "encrypted hexadecimal text",
    [SR_HEAD_TEXT] = "a text of no known form",
    [SR_HEAD_RANDOM] = "encrypted or otherwise unreadable data",
    [SR_HEAD_BINARY] = "binary data of no known form",
  };

  return texts[type];
}

char *
sr_head_excerpt (gconstpointer head,
                 gsize         size)
{
  g_autofree char *text = g_utf8_make_valid (head, (gssize) MIN (size, SR_HEAD_SIZE));
  g_autofree char *lower = g_ascii_strdown (text, -1);
  char            *title = strstr (lower, "<title>");
  char            *end = title != NULL ? strstr (title, "</title>") : NULL;
  g_autofree char *chosen = NULL;
  const char      *cut;

  if (end != NULL)
    chosen = g_strndup (text + (title - lower) + 7, (gsize) (end - title - 7));
  else
    chosen = g_strdup (text);
  for (char *c = chosen; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  g_strstrip (chosen);
  if (strlen (chosen) <= EXCERPT_BYTES)
    return g_steal_pointer (&chosen);
  cut = g_utf8_find_prev_char (chosen, chosen + EXCERPT_BYTES);
  return g_strdup_printf ("%.*s…", (int) (cut != NULL ? cut - chosen : 0), chosen);
}
