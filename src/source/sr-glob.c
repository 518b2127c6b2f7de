/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-source"

#include "config.h"

#include "source/sr-glob.h"

#include <string.h>

#define RUNE_ERROR 0xfffd

/* A piece of a pattern between two stars. */
typedef struct
{
  gboolean    star; /* a star stands before it */
  const char *text;
  gsize       length;
} Chunk;

typedef struct
{
  const char *text;
  gsize       length;
} Rest;

typedef enum
{
  MATCH_NO,
  MATCH_YES,
  MATCH_MALFORMED,
} Match;

/* One UTF-8 character; a byte that begins none counts as U+FFFD of length 1. */
static gunichar
decode_rune (const char *text,
             gsize       length,
             gsize      *used)
{
  gunichar rune;

  *used = MIN (length, 1);
  if (length == 0)
    return RUNE_ERROR;
  if ((guchar) text[0] < 0x80)
    return (guchar) text[0];
  rune = g_utf8_get_char_validated (text, (gssize) length);
  if (rune == (gunichar) -1 || rune == (gunichar) -2)
    return RUNE_ERROR;
  *used = (gsize) g_unichar_to_utf8 (rune, NULL);
  return rune;
}

static Chunk
next_chunk (const char **pattern)
{
  const char *p = *pattern;
  Chunk       chunk = { 0 };
  gboolean    in_range = FALSE;

  while (*p == '*')
    {
      chunk.star = TRUE;
      p++;
    }
  chunk.text = p;
  for (; *p != '\0'; p++)
    {
      if (*p == '\\' && p[1] != '\0')
        p++;
      else if (*p == '[')
        in_range = TRUE;
      else if (*p == ']')
        in_range = FALSE;
      else if (*p == '*' && !in_range)
        break;
    }
  chunk.length = (gsize) (p - chunk.text);
  *pattern = p;
  return chunk;
}

/* One end of a range in brackets. Something must follow it, at least the closing bracket. */
static gboolean
take_range_end (Rest     *pattern,
                gunichar *rune)
{
  gsize used;

  if (pattern->length == 0 || pattern->text[0] == '-' || pattern->text[0] == ']')
    return FALSE;
  if (pattern->text[0] == '\\')
    {
      pattern->text++;
      pattern->length--;
      if (pattern->length == 0)
        return FALSE;
    }
  *rune = decode_rune (pattern->text, pattern->length, &used);
  if (*rune == RUNE_ERROR && used == 1)
    return FALSE;
  pattern->text += used;
  pattern->length -= used;
  return pattern->length > 0;
}

/* @pattern begins behind the opening bracket and ends behind the closing one. */
static Match
match_class (Rest    *pattern,
             gunichar rune)
{
  gboolean negated = FALSE;
  gboolean found = FALSE;

  if (pattern->length > 0 && pattern->text[0] == '^')
    {
      negated = TRUE;
      pattern->text++;
      pattern->length--;
    }
  for (guint n = 0; n == 0 || pattern->text[0] != ']'; n++)
    {
      gunichar low;
      gunichar high;

      if (!take_range_end (pattern, &low))
        return MATCH_MALFORMED;
      high = low;
      if (pattern->text[0] == '-')
        {
          pattern->text++;
          pattern->length--;
          if (!take_range_end (pattern, &high))
            return MATCH_MALFORMED;
        }
      if (low <= rune && rune <= high)
        found = TRUE;
    }
  pattern->text++;
  pattern->length--;
  return found != negated ? MATCH_YES : MATCH_NO;
}

/* Matches @chunk at the beginning of @name. Goes on to the end of the chunk after a mismatch, to
 * learn whether it is well formed. */
static Match
match_chunk (const Chunk *chunk,
             Rest         name,
             Rest        *rest)
{
  Rest     pattern = { chunk->text, chunk->length };
  gboolean failed = FALSE;

  while (pattern.length > 0)
    {
      gsize    used = 0;
      gunichar rune = 0;
      char     c = pattern.text[0];

      if (name.length == 0)
        failed = TRUE;
      if (!failed && (c == '[' || c == '?'))
        rune = decode_rune (name.text, name.length, &used);
      if (c == '\\')
        {
          pattern.text++;
          pattern.length--;
          if (pattern.length == 0)
            return MATCH_MALFORMED;
        }
      if (c != '[' && c != '?')
        {
          failed = failed || pattern.text[0] != name.text[0];
          used = 1;
        }
      else if (c == '?')
        failed = failed || name.text[0] == '/';
      pattern.text++;
      pattern.length--;
      if (c == '[')
        {
          Match match = match_class (&pattern, rune);

          if (match == MATCH_MALFORMED)
            return MATCH_MALFORMED;
          failed = failed || match == MATCH_NO;
        }
      if (!failed)
        {
          name.text += used;
          name.length -= used;
        }
    }
  *rest = name;
  return failed ? MATCH_NO : MATCH_YES;
}

gboolean
sr_glob_is_valid (const char *pattern)
{
  while (*pattern != '\0')
    {
      Chunk chunk = next_chunk (&pattern);
      Rest  rest;

      if (match_chunk (&chunk, (Rest){ "", 0 }, &rest) == MATCH_MALFORMED)
        return FALSE;
    }
  return TRUE;
}

/* The leftmost place behind a star is enough: what a later one could match, this one's rest can. */
static gboolean
match_after_star (const Chunk *chunk,
                  gboolean     is_last,
                  Rest         name,
                  Rest        *rest)
{
  while (name.length > 0 && name.text[0] != '/')
    {
      name.text++;
      name.length--;
      if (match_chunk (chunk, name, rest) == MATCH_YES && (!is_last || rest->length == 0))
        return TRUE;
    }
  return FALSE;
}

gboolean
sr_glob_match (const char *pattern,
               const char *name,
               gsize       name_length)
{
  Rest rest = { name, name_length };

  while (*pattern != '\0')
    {
      Chunk    chunk = next_chunk (&pattern);
      gboolean is_last = *pattern == '\0';
      Rest     after;

      if (chunk.star && chunk.length == 0)
        return memchr (rest.text, '/', rest.length) == NULL;
      if (match_chunk (&chunk, rest, &after) == MATCH_YES && (!is_last || after.length == 0))
        rest = after;
      else if (!chunk.star || !match_after_star (&chunk, is_last, rest, &rest))
        return FALSE;
    }
  return rest.length == 0;
}
