/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-sql-lexer.h"

G_BEGIN_DECLS

/**
 * SrPgToken:
 * @name: (nullable): of a word or a quoted name, as PostgreSQL folds it
 * @gap: what stands before it: '\0' nothing, ' ' or '\n'
 * @depth: of brackets around it
 */
typedef struct
{
  SrSqlToken token;
  char      *name;
  char       gap;
  guint      depth;
} SrPgToken;

/* @text: must live as long as what is returned. Returns: (transfer full) (element-type SrPgToken);
 * %NULL if it cannot be read to its end */
GArray *sr_pg_tokens_new (const char *text);

typedef enum
{
  SR_PG_MAP_CALL = 1 << 0, /* a bracket follows the name */
  SR_PG_MAP_BODY = 1 << 1, /* it stands in the body of a routine */
} SrPgMapFlags;

/* @name: behind a dot and the name of a schema, or of anything else. Returns: what is written for
 * @schema, quoted; %NULL: as it stands */
typedef const char *(*SrPgMapFunc) (const char  *schema,
                                    const char  *name,
                                    SrPgMapFlags flags,
                                    gpointer     user_data);

/**
 * sr_pg_tokens_write:
 * @end: place behind the last that is written
 * @home_at: place of a name that @home and a dot are written before; @end or more for none
 * @map: names that are written with a schema; those in the dollar quotes of a routine and in
 *   `'…'::regclass` too
 *
 * Text out of tokens, without comments. Returns: (transfer full)
 */
char *sr_pg_tokens_write (const GArray *tokens,
                          guint         end,
                          guint         home_at,
                          const char   *home,
                          SrPgMapFunc   map,
                          gpointer      user_data);

static inline const SrPgToken *
sr_pg_tokens_get (const GArray *tokens,
                  guint         place)
{
  static const SrPgToken none = { { SR_SQL_TOKEN_END, "", 0 }, NULL, '\0', 0 };

  return place < tokens->len ? &g_array_index (tokens, SrPgToken, place) : &none;
}

G_END_DECLS
