/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-source"

#include "config.h"

#include "source/sr-pattern.h"

#include "base/sr-error.h"
#include "source/sr-glob.h"

#include <string.h>

/* Paths with more components than this need a buffer of their own. */
#define COMPONENTS_ON_STACK 64

typedef enum
{
  PART_LITERAL,
  PART_GLOB,
  PART_ANY_DEPTH, /* "**" */
} PartKind;

typedef struct
{
  PartKind kind;
  char    *text;
  gsize    length;
} Part;

/* @parts: the first is "/" for an absolute pattern */
typedef struct
{
  gboolean negated;
  guint    n_parts;
  guint    n_any_depth; /* how many of them are "**" */
  Part    *parts;
} Pattern;

/* What the patterns say about a path. */
typedef struct
{
  gboolean matched;
  gboolean child_may_match;
} Answer;

typedef struct
{
  const char *text;
  gsize       length;
} Component;

typedef struct
{
  Component *components;
  guint      n_components;
} Path;

struct _SrPatternList
{
  GPtrArray *patterns;
  gboolean   has_negated;
};

static void
pattern_free (Pattern *self)
{
  for (guint i = 0; i < self->n_parts; i++)
    g_free (self->parts[i].text);
  g_free (self->parts);
  g_free (self);
}

/* As path/filepath.Clean() of Go: no empty and no "." component, ".." resolved by its text. */
static GPtrArray *
clean_components (const char *path)
{
  gboolean          absolute = path[0] == '/';
  g_auto (GStrv)    pieces = g_strsplit (path, "/", -1);
  GPtrArray        *parts = g_ptr_array_new_with_free_func (g_free);
  const char *const root = "/";

  if (absolute)
    g_ptr_array_add (parts, g_strdup (root));
  for (guint i = 0; pieces[i] != NULL; i++)
    {
      const char *last = parts->len > 0 ? parts->pdata[parts->len - 1] : NULL;

      if (pieces[i][0] == '\0' || strcmp (pieces[i], ".") == 0)
        continue;
      if (strcmp (pieces[i], "..") != 0 ||
          (!absolute && (last == NULL || strcmp (last, "..") == 0)))
        g_ptr_array_add (parts, g_strdup (pieces[i]));
      else if (strcmp (last, root) != 0)
        g_ptr_array_set_size (parts, (int) parts->len - 1);
    }
  if (parts->len == 0)
    g_ptr_array_add (parts, g_strdup ("."));
  else if (absolute && parts->len == 1)
    g_ptr_array_add (parts, g_strdup ("")); /* "/" splits into these two */
  return parts;
}

static PartKind
kind_of_part (const char *text)
{
  /* restic takes the nothing behind the slash of the pattern "/" for "**" as well */
  if (strcmp (text, "**") == 0 || text[0] == '\0')
    return PART_ANY_DEPTH;
  return strpbrk (text, "\\[]*?") != NULL ? PART_GLOB : PART_LITERAL;
}

static Pattern *
pattern_new (const char *text)
{
  Pattern              *self = g_new0 (Pattern, 1);
  g_autoptr (GPtrArray) parts = NULL;

  self->negated = text[0] == '!';
  parts = clean_components (self->negated ? text + 1 : text);
  self->n_parts = parts->len;
  self->parts = g_new0 (Part, parts->len);
  for (guint i = 0; i < parts->len; i++)
    {
      self->parts[i].text = g_steal_pointer (&parts->pdata[i]);
      self->parts[i].length = strlen (self->parts[i].text);
      self->parts[i].kind = kind_of_part (self->parts[i].text);
      self->n_any_depth += self->parts[i].kind == PART_ANY_DEPTH;
    }
  return self;
}

static gboolean
pattern_is_valid (const Pattern *self)
{
  for (guint i = 0; i < self->n_parts; i++)
    if (!sr_glob_is_valid (self->parts[i].text))
      return FALSE;
  return TRUE;
}

static gboolean
part_matches (const Part      *part,
              const Component *component)
{
  if (part->kind == PART_ANY_DEPTH)
    return TRUE;
  if (part->kind == PART_GLOB)
    return sr_glob_match (part->text, component->text, component->length);
  return part->length == component->length &&
         memcmp (part->text, component->text, part->length) == 0;
}

/* Whether the parts from @begin up to @end match the components from @offset on. */
static gboolean
run_matches (const Pattern *self,
             guint          begin,
             guint          end,
             const Path    *path,
             guint          offset)
{
  if (offset > path->n_components || end - begin > path->n_components - offset)
    return FALSE;
  for (guint i = end; i-- > begin;)
    if (!part_matches (&self->parts[i], &path->components[offset + i - begin]))
      return FALSE;
  return TRUE;
}

/* The number of the next "**" from @begin on, or that of parts. */
static guint
find_end_of_run (const Pattern *self,
                 guint          begin)
{
  while (begin < self->n_parts && self->parts[begin].kind != PART_ANY_DEPTH)
    begin++;
  return begin;
}

/* Finds the runs of parts between "**" one behind the other, each at the first place it fits: what
 * a later place allows for the rest, the first allows as well. A pattern need not reach the end of
 * the path, so that it also matches everything below.
 *
 * restic puts stars for one "**" after the other, and while it does, counts each that is still to
 * come as one component. A path that is too short for that does not match; nor does it here. */
static gboolean
pattern_matches_at (const Pattern *self,
                    const Path    *path,
                    guint          offset)
{
  guint length = self->n_parts;
  guint begin = 0;

  while (begin < self->n_parts)
    {
      guint end = find_end_of_run (self, begin);
      guint start = offset;

      while (end > begin && !run_matches (self, begin, end, path, start))
        if (begin == 0 || ++start >= path->n_components)
          return FALSE;
      if (begin > 0)
        length += start - offset;
      if (begin > 0 && length > path->n_components)
        return FALSE;
      if (end < self->n_parts)
        length--;
      offset = start + end - begin;
      begin = end + 1;
    }
  return TRUE;
}

static gboolean
pattern_matches (const Pattern *self,
                 const Path    *path)
{
  gboolean path_absolute = path->components[0].text[0] == '/';
  guint    first = path_absolute ? 1 : 0;

  if (self->parts[0].text[0] == '/')
    return pattern_matches_at (self, path, 0);
  if (self->n_any_depth == self->n_parts)
    return first < path->n_components && pattern_matches_at (self, path, first);
  for (guint offset = first; offset < path->n_components; offset++)
    if (pattern_matches_at (self, path, offset))
      return TRUE;
  return FALSE;
}

/* Whether a path below could match: the part of an absolute pattern before "**" and the path agree
 * as far as both go. */
static gboolean
pattern_may_match_child (const Pattern *self,
                         const Path    *path)
{
  guint n = MIN (self->n_parts, path->n_components);

  if (self->parts[0].text[0] != '/')
    return TRUE;
  for (guint i = 0; i < n && self->parts[i].kind != PART_ANY_DEPTH; i++)
    if (!part_matches (&self->parts[i], &path->components[i]))
      return FALSE;
  return TRUE;
}

static Answer
answer_path (const SrPatternList *self,
             const Path          *path,
             gboolean             want_child)
{
  Answer answer = { FALSE, FALSE };

  for (guint i = 0; i < self->patterns->len; i++)
    {
      const Pattern *pattern = self->patterns->pdata[i];
      gboolean       matches = pattern_matches (pattern, path);

      if (pattern->negated)
        {
          answer.matched = answer.matched && !matches;
          answer.child_may_match = answer.child_may_match && !matches;
          continue;
        }
      answer.matched = answer.matched || matches;
      if (want_child && !answer.child_may_match)
        answer.child_may_match = pattern_may_match_child (pattern, path);
      if (answer.matched && !self->has_negated && (answer.child_may_match || !want_child))
        break;
    }
  return answer;
}

/* The first component of an absolute path is "/". */
static void
split_path (Path       *self,
            const char *path)
{
  const char *end;

  if (path[0] == '/' && path[1] == '\0')
    {
      self->components[self->n_components++] = (Component){ path, 1 };
      return;
    }
  if (path[0] == '/')
    self->components[self->n_components++] = (Component){ path++, 1 };
  for (;; path = end + 1)
    {
      end = strchrnul (path, '/');
      self->components[self->n_components++] = (Component){ path, (gsize) (end - path) };
      if (*end == '\0')
        return;
    }
}

static guint
count_components (const char *path)
{
  guint n = 2;

  for (; *path != '\0'; path++)
    n += *path == '/';
  return n;
}

static Answer
match_path (const SrPatternList *self,
            const char          *path,
            gboolean             want_child)
{
  Component             on_stack[COMPONENTS_ON_STACK];
  g_autofree Component *on_heap = NULL;
  Path                  split = { on_stack, 0 };
  guint                 count = count_components (path);

  if (count > G_N_ELEMENTS (on_stack))
    split.components = on_heap = g_new (Component, count);
  split_path (&split, path);
  return answer_path (self, &split, want_child);
}

SrPatternList *
sr_pattern_list_new (void)
{
  SrPatternList *self = g_new0 (SrPatternList, 1);

  self->patterns = g_ptr_array_new_with_free_func ((GDestroyNotify) pattern_free);
  return self;
}

void
sr_pattern_list_free (SrPatternList *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->patterns);
  g_free (self);
}

gboolean
sr_pattern_list_add (SrPatternList *self,
                     const char    *pattern,
                     GError       **error)
{
  Pattern *parsed;

  if (pattern[0] == '\0')
    return TRUE;
  parsed = pattern_new (pattern);
  if (!pattern_is_valid (parsed))
    {
      g_autofree char *shown = g_utf8_make_valid (pattern, -1);

      pattern_free (parsed);
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "The pattern “%s” is malformed: a bracket is not closed, a range is not "
                   "complete, or a backslash stands at the end",
                   shown);
      return FALSE;
    }
  self->has_negated = self->has_negated || parsed->negated;
  g_ptr_array_add (self->patterns, parsed);
  return TRUE;
}

gboolean
sr_pattern_list_is_empty (SrPatternList *self)
{
  return self->patterns->len == 0;
}

gboolean
sr_pattern_list_match (SrPatternList *self,
                       const char    *path,
                       gboolean      *child_may_match)
{
  gboolean want_child = child_may_match != NULL;
  Answer   answer = { FALSE, FALSE };

  if (path[0] != '\0' && self->patterns->len > 0)
    answer = match_path (self, path, want_child);
  if (want_child)
    *child_may_match = answer.child_may_match;
  return answer.matched;
}
