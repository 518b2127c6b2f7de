/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-source"

#include "config.h"

#include "source/sr-wildmatch.h"

#include <string.h>

/* Source: git's documentation (gitignore(5)) and the behaviour of its wildmatch.c. The pattern
 * becomes a row of tokens; matching keeps the set of tokens that may come next, as bits. */

typedef enum
{
  TOKEN_BYTE,
  TOKEN_CLASS,
  TOKEN_STAR,    /* any bytes but slashes */
  TOKEN_ANY,     /* any bytes */
  TOKEN_FOLDERS, /* nothing, or any bytes that end with a slash */
} TokenKind;

typedef struct
{
  guint64 bits[4];
} ByteSet;

typedef struct
{
  TokenKind kind;
  guint8    byte;
  guint     set; /* number of a class in @sets */
} Token;

struct _SrWildmatch
{
  GArray *tokens;
  GArray *sets;
};

typedef struct
{
  const char *begin;
  const char *at;
  const char *end;
  gboolean    slashes_count;
} Source;

static void
set_add (ByteSet *set,
         guint8   byte)
{
  set->bits[byte / 64] |= (guint64) 1 << (byte % 64);
}

static gboolean
set_has (const ByteSet *set,
         guint8         byte)
{
  return (set->bits[byte / 64] >> (byte % 64)) & 1;
}

/* The byte @ahead places on, NUL behind the end. */
static char
peek (const Source *source,
      gsize         ahead)
{
  return (gsize) (source->end - source->at) > ahead ? source->at[ahead] : '\0';
}

static void
add_token (SrWildmatch *self,
           TokenKind    kind,
           guint8       byte)
{
  Token token = { kind, byte, self->sets->len - (kind == TOKEN_CLASS ? 1 : 0) };

  g_array_append_val (self->tokens, token);
}

/* The C locale's classes, whatever the locale is. */
static gboolean
byte_is_of_class (guint8      byte,
                  const char *name,
                  gsize       length)
{
  static const struct
  {
    const char *name;
    GAsciiType  type;
  } classes[] = {
    { "alnum", G_ASCII_ALNUM },
    { "alpha", G_ASCII_ALPHA },
    { "cntrl", G_ASCII_CNTRL },
    { "digit", G_ASCII_DIGIT },
    { "graph", G_ASCII_GRAPH },
    { "lower", G_ASCII_LOWER },
    { "print", G_ASCII_PRINT },
    { "punct", G_ASCII_PUNCT },
    { "space", G_ASCII_SPACE },
    { "upper", G_ASCII_UPPER },
    { "xdigit", G_ASCII_XDIGIT },
  };

  if (length == 5 && memcmp (name, "blank", 5) == 0)
    return byte == ' ' || byte == '\t';
  if (length == 5 && memcmp (name, "space", 5) == 0 && byte == '\v')
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    if (strlen (classes[i].name) == length && memcmp (classes[i].name, name, length) == 0)
      return (g_ascii_table[byte] & classes[i].type) != 0;
  return FALSE;
}

static gboolean
class_is_known (const char *name,
                gsize       length)
{
  for (guint byte = 0; byte < 128; byte++)
    if (byte_is_of_class ((guint8) byte, name, length))
      return TRUE;
  return FALSE;
}

/* At "[:" inside brackets. Returns: %FALSE if malformed; @named tells whether it was a named class
 * at all, "[" is an ordinary byte otherwise */
static gboolean
take_named_class (Source   *source,
                  ByteSet  *set,
                  gboolean *named)
{
  const char *name = source->at + 2;
  const char *close = memchr (name, ']', (gsize) (source->end - name));

  *named = FALSE;
  if (close == NULL)
    return FALSE;
  if (close == name || close[-1] != ':')
    return TRUE;
  *named = TRUE;
  if (!class_is_known (name, (gsize) (close - name) - 1))
    return FALSE;
  for (guint byte = 0; byte < 256; byte++)
    if (byte_is_of_class ((guint8) byte, name, (gsize) (close - name) - 1))
      set_add (set, (guint8) byte);
  source->at = close;
  return TRUE;
}

/* The second half of a range, at "-". */
static gboolean
take_range (Source  *source,
            ByteSet *set,
            guint8   low)
{
  source->at++;
  if (peek (source, 0) == '\\')
    source->at++;
  if (peek (source, 0) == '\0')
    return FALSE;
  for (guint byte = low; byte <= (guint8) *source->at; byte++)
    set_add (set, (guint8) byte);
  return TRUE;
}

/* Inside brackets up to the closing one. A closing bracket that comes first is an ordinary byte. */
static gboolean
take_class_members (Source  *source,
                    ByteSet *set)
{
  guint8 previous = 0;

  do
    {
      char     c = peek (source, 0);
      gboolean named = FALSE;
      char     after = peek (source, 1);
      gboolean range = c == '-' && previous != 0 && after != '\0' && after != ']';

      if (c == '\0')
        return FALSE;
      if (range && !take_range (source, set, previous))
        return FALSE;
      if (!range && c == '[' && peek (source, 1) == ':' && !take_named_class (source, set, &named))
        return FALSE;
      if (c == '\\')
        {
          source->at++;
          c = peek (source, 0);
          if (c == '\0')
            return FALSE;
        }
      previous = range || named ? 0 : (guint8) c;
      if (previous != 0)
        set_add (set, previous);
      source->at++;
    }
  while (peek (source, 0) != ']');
  return TRUE;
}

static gboolean
take_class (SrWildmatch *self,
            Source      *source)
{
  ByteSet  set = { 0 };
  gboolean negated = peek (source, 1) == '!' || peek (source, 1) == '^';

  source->at += negated ? 2 : 1;
  if (!take_class_members (source, &set))
    return FALSE;
  source->at++;
  for (guint i = 0; i < 4 && negated; i++)
    set.bits[i] = ~set.bits[i];
  if (source->slashes_count)
    set.bits['/' / 64] &= ~((guint64) 1 << ('/' % 64));
  g_array_append_val (self->sets, set);
  add_token (self, TOKEN_CLASS, 0);
  return TRUE;
}

static void
take_question_mark (SrWildmatch *self,
                    Source      *source)
{
  ByteSet set = { { G_MAXUINT64, G_MAXUINT64, G_MAXUINT64, G_MAXUINT64 } };

  if (source->slashes_count)
    set.bits['/' / 64] &= ~((guint64) 1 << ('/' % 64));
  g_array_append_val (self->sets, set);
  add_token (self, TOKEN_CLASS, 0);
  source->at++;
}

/* "**" counts only between slashes or the ends of the pattern; elsewhere it is one star. */
static void
take_stars (SrWildmatch *self,
            Source      *source)
{
  gboolean after_slash = source->at == source->begin || source->at[-1] == '/';
  gsize    n = 0;
  char     next;

  while (peek (source, n) == '*')
    n++;
  source->at += n;
  next = peek (source, 0);
  if (!source->slashes_count)
    add_token (self, TOKEN_ANY, 0);
  else if (n > 1 && after_slash && next == '/')
    {
      add_token (self, TOKEN_FOLDERS, 0);
      source->at++;
    }
  else if (n > 1 && after_slash && (next == '\0' || (next == '\\' && peek (source, 1) == '/')))
    add_token (self, TOKEN_ANY, 0);
  else
    add_token (self, TOKEN_STAR, 0);
}

static gboolean
take_token (SrWildmatch *self,
            Source      *source)
{
  switch (peek (source, 0))
    {
    case '*':
      take_stars (self, source);
      return TRUE;
    case '?':
      take_question_mark (self, source);
      return TRUE;
    case '[':
      return take_class (self, source);
    case '\\':
      source->at++;
      break;
    default:
      break;
    }
  if (source->at == source->end)
    return FALSE;
  add_token (self, TOKEN_BYTE, (guint8) *source->at++);
  return TRUE;
}

SrWildmatch *
sr_wildmatch_new (const char *pattern,
                  gsize       length,
                  gboolean    slashes_count)
{
  g_autoptr (SrWildmatch) self = g_new0 (SrWildmatch, 1);
  Source                  source = { pattern, pattern, pattern + length, slashes_count };

  self->tokens = g_array_new (FALSE, FALSE, sizeof (Token));
  self->sets = g_array_new (FALSE, FALSE, sizeof (ByteSet));
  while (source.at < source.end)
    if (!take_token (self, &source))
      return NULL;
  return g_steal_pointer (&self);
}

void
sr_wildmatch_free (SrWildmatch *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->tokens);
  g_array_unref (self->sets);
  g_free (self);
}

/* Puts token @i into the set of those that may come next, with all that stand behind tokens which
 * match nothing. */
static void
states_add (const SrWildmatch *self,
            guint64           *states,
            guint              i)
{
  while (TRUE)
    {
      states[i / 64] |= (guint64) 1 << (i % 64);
      if (i == self->tokens->len || g_array_index (self->tokens, Token, i).kind < TOKEN_STAR)
        return;
      i++;
    }
}

static void
states_step (const SrWildmatch *self,
             guint64           *next,
             guint              i,
             guint8             byte)
{
  const Token *token = &g_array_index (self->tokens, Token, i);

  switch (token->kind)
    {
    case TOKEN_BYTE:
      if (token->byte == byte)
        states_add (self, next, i + 1);
      break;
    case TOKEN_CLASS:
      if (set_has (&g_array_index (self->sets, ByteSet, token->set), byte))
        states_add (self, next, i + 1);
      break;
    case TOKEN_STAR:
      if (byte != '/')
        states_add (self, next, i);
      break;
    case TOKEN_ANY:
      states_add (self, next, i);
      break;
    case TOKEN_FOLDERS:
    default:
      /* here the token behind it may come only after a slash */
      next[i / 64] |= (guint64) 1 << (i % 64);
      if (byte == '/')
        states_add (self, next, i + 1);
      break;
    }
}

gboolean
sr_wildmatch_match (const SrWildmatch *self,
                    const char        *text)
{
  guint               n_tokens = self->tokens->len;
  guint               n_words = n_tokens / 64 + 1;
  guint64             on_stack[8];
  g_autofree guint64 *on_heap = n_words > 4 ? g_new (guint64, n_words * 2) : NULL;
  guint64            *now = on_heap != NULL ? on_heap : on_stack;
  guint64            *next = now + n_words;

  memset (now, 0, n_words * sizeof *now);
  states_add (self, now, 0);
  for (; *text != '\0'; text++)
    {
      guint64  any = 0;
      guint64 *swap = now;

      memset (next, 0, n_words * sizeof *next);
      for (guint word = 0; word < n_words; word++)
        for (guint64 bits = now[word]; bits != 0; bits &= bits - 1)
          {
            guint i = word * 64 + (guint) __builtin_ctzll (bits);

            if (i < n_tokens)
              states_step (self, next, i, (guint8) *text);
          }
      for (guint word = 0; word < n_words; word++)
        any |= next[word];
      if (any == 0)
        return FALSE;
      now = next;
      next = swap;
    }
  return (now[n_tokens / 64] >> (n_tokens % 64)) & 1;
}
