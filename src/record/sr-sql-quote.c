/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "record/sr-sql-quote.h"

void
sr_sql_append_name (GString     *sql,
                    SrSqlDialect dialect,
                    const char  *name)
{
  char quote = dialect == SR_SQL_MYSQL ? '`' : '"';

  g_string_append_c (sql, quote);
  for (; *name != '\0'; name++)
    {
      if (*name == quote)
        g_string_append_c (sql, quote);
      g_string_append_c (sql, *name);
    }
  g_string_append_c (sql, quote);
}

static void
append_hex (GString      *sql,
            gconstpointer data,
            gsize         size)
{
  static const char digits[] = "0123456789abcdef";
  const guint8     *bytes = data;
  gsize             at = sql->len;

  g_string_set_size (sql, at + 2 * size);
  for (gsize i = 0; i < size; i++)
    {
      sql->str[at++] = digits[bytes[i] >> 4];
      sql->str[at++] = digits[bytes[i] & 15];
    }
}

/* Appends text in which each byte of @from is a backslash and the byte of @to in its place. */
static void
append_escaped (GString    *sql,
                const char *text,
                gsize       size,
                const char *from,
                const char *to,
                gsize       n)
{
  const char *end = text + size;

  while (text < end)
    {
      const char *stop = text;
      const char *found = NULL;

      for (; stop < end; stop++)
        if (((guchar) *stop < ' ' || *stop == '\\' || *stop == '\'') &&
            (found = memchr (from, *stop, n)) != NULL)
          break;
      g_string_append_len (sql, text, stop - text);
      if (stop == end)
        return;
      g_string_append_c (sql, '\\');
      g_string_append_c (sql, to[found - from]);
      text = stop + 1;
    }
}

static void
append_doubled (GString    *sql,
                const char *text,
                gsize       size)
{
  const char *end = text + size;

  g_string_append_c (sql, '\'');
  while (text < end)
    {
      const char *quote = memchr (text, '\'', (gsize) (end - text));
      const char *stop = quote != NULL ? quote + 1 : end;

      g_string_append_len (sql, text, stop - text);
      if (quote != NULL)
        g_string_append_c (sql, '\'');
      text = stop;
    }
  g_string_append_c (sql, '\'');
}

void
sr_sql_append_text (GString     *sql,
                    SrSqlDialect dialect,
                    const char  *text,
                    gsize        size)
{
  if (dialect == SR_SQL_MYSQL)
    {
      g_string_append_c (sql, '\'');
      append_escaped (sql, text, size, "\0\n\r\032\\'", "0nrZ\\'", 6);
      g_string_append_c (sql, '\'');
    }
  else if (dialect == SR_SQL_SQLITE && memchr (text, '\0', size) != NULL)
    {
      g_string_append (sql, "CAST(");
      sr_sql_append_bytes (sql, dialect, text, size);
      g_string_append (sql, " AS TEXT)");
    }
  else
    append_doubled (sql, text, size);
}

void
sr_sql_append_bytes (GString      *sql,
                     SrSqlDialect  dialect,
                     gconstpointer data,
                     gsize         size)
{
  /* 0x alone is no value. */
  if (size == 0 && dialect != SR_SQL_SQLITE)
    {
      g_string_append (sql, "''");
      return;
    }
  g_string_append (sql, dialect == SR_SQL_MYSQL      ? "0x"
                        : dialect == SR_SQL_POSTGRES ? "'\\x"
                                                     : "X'");
  append_hex (sql, data, size);
  if (dialect != SR_SQL_MYSQL)
    g_string_append_c (sql, '\'');
}

void
sr_sql_append_copy_text (GString    *sql,
                         const char *text,
                         gsize       size)
{
  append_escaped (sql, text, size, "\b\f\n\r\t\v\\", "bfnrtv\\", 7);
}

void
sr_sql_append_copy_bytes (GString      *sql,
                          gconstpointer data,
                          gsize         size)
{
  g_string_append (sql, "\\\\x");
  append_hex (sql, data, size);
}
