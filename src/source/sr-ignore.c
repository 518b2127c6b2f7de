/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-source"

#include "config.h"

#include "source/sr-ignore.h"

#include "source/sr-wildmatch.h"

#include <string.h>

typedef enum
{
  RULE_LITERAL, /* the whole name or path */
  RULE_ENDING,  /* "*" and a literal */
  RULE_WILD,
} RuleKind;

/* @text: the literal part; for RULE_WILD what stands before the first wildcard
 * @wild: (nullable): the rest, for RULE_WILD */
typedef struct
{
  RuleKind     kind;
  gboolean     negated;
  gboolean     only_dirs;
  gboolean     whole_path; /* a slash in it: compared with the path, not only with the name */
  char        *text;
  gsize        length;
  SrWildmatch *wild;
} Rule;

struct _SrIgnore
{
  GArray *rules;
};

static void
rule_clear (Rule *rule)
{
  g_free (rule->text);
  sr_wildmatch_free (rule->wild);
}

/* Spaces at the end do not count unless a backslash stands before them. */
static gsize
trim_end (const char *line,
          gsize       length)
{
  gsize end = 0;

  for (gsize i = 0; i < length; i++)
    {
      if (line[i] == ' ')
        continue;
      if (line[i] == '\\' && ++i == length)
        return length;
      end = i + 1;
    }
  return end;
}

static gsize
literal_length (const char *text,
                gsize       length)
{
  gsize n = 0;

  while (n < length && strchr ("*?[\\", text[n]) == NULL)
    n++;
  return n;
}

/* @text: the pattern without "!", without the slash at its end and, if it is a path, at its
 * beginning. git compares what stands before the first wildcard by itself, so that "**" right
 * behind it counts as one at the beginning; so do we. */
static gboolean
rule_set_pattern (Rule       *rule,
                  const char *text,
                  gsize       length)
{
  gsize literal = literal_length (text, length);

  if (literal == length)
    rule->kind = RULE_LITERAL;
  else if (!rule->whole_path && text[0] == '*' &&
           literal_length (text + 1, length - 1) == length - 1)
    {
      rule->kind = RULE_ENDING;
      text++;
      literal = length - 1;
    }
  else
    {
      gsize kept = rule->whole_path ? literal : 0;

      rule->kind = RULE_WILD;
      rule->wild = sr_wildmatch_new (text + kept, length - kept, rule->whole_path);
      if (rule->wild == NULL)
        return FALSE;
      literal = kept;
    }
  rule->text = g_strndup (text, literal);
  rule->length = literal;
  return TRUE;
}

static void
add_line (SrIgnore   *self,
          const char *line,
          gsize       length)
{
  Rule rule = { 0 };

  if (length > 0 && line[length - 1] == '\r')
    length--;
  /* the text ends at a NUL, as for git */
  length = trim_end (line, strnlen (line, length));
  if (length == 0 || line[0] == '#')
    return;
  if (line[0] == '!')
    {
      rule.negated = TRUE;
      line++;
      length--;
    }
  if (length > 0 && line[length - 1] == '/')
    {
      rule.only_dirs = TRUE;
      length--;
    }
  if (length == 0)
    return;
  rule.whole_path = memchr (line, '/', length) != NULL;
  if (line[0] == '/')
    {
      line++;
      length--;
    }
  if (length > 0 && rule_set_pattern (&rule, line, length))
    g_array_append_val (self->rules, rule);
}

SrIgnore *
sr_ignore_new (const char *text,
               gsize       size)
{
  SrIgnore *self = g_new0 (SrIgnore, 1);

  self->rules = g_array_new (FALSE, FALSE, sizeof (Rule));
  g_array_set_clear_func (self->rules, (GDestroyNotify) rule_clear);
  if (size >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    {
      text += 3;
      size -= 3;
    }
  while (size > 0)
    {
      const char *end = memchr (text, '\n', size);
      gsize       length = end != NULL ? (gsize) (end - text) : size;

      add_line (self, text, length);
      length += end != NULL;
      text += length;
      size -= length;
    }
  return self;
}

void
sr_ignore_free (SrIgnore *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->rules);
  g_free (self);
}

static gboolean
rule_matches (const Rule *rule,
              const char *text,
              gsize       length)
{
  switch (rule->kind)
    {
    case RULE_LITERAL:
      return length == rule->length && memcmp (text, rule->text, length) == 0;
    case RULE_ENDING:
      return length >= rule->length &&
             memcmp (text + length - rule->length, rule->text, rule->length) == 0;
    case RULE_WILD:
    default:
      return length >= rule->length && memcmp (text, rule->text, rule->length) == 0 &&
             sr_wildmatch_match (rule->wild, text + rule->length);
    }
}

SrIgnoreAnswer
sr_ignore_match (SrIgnore   *self,
                 const char *path,
                 gboolean    is_dir)
{
  const char *slash = strrchr (path, '/');
  const char *name = slash != NULL ? slash + 1 : path;
  gsize       name_length = strlen (name);
  gsize       path_length = (gsize) (name - path) + name_length;

  for (guint i = self->rules->len; i-- > 0;)
    {
      const Rule *rule = &g_array_index (self->rules, Rule, i);

      if (rule->only_dirs && !is_dir)
        continue;
      if (rule->whole_path ? rule_matches (rule, path, path_length)
                           : rule_matches (rule, name, name_length))
        return rule->negated ? SR_IGNORE_INCLUDED : SR_IGNORE_EXCLUDED;
    }
  return SR_IGNORE_UNDECIDED;
}
