/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "record/sr-json-index.h"
#include "record/sr-json-scanner.h"

/* Small enough to stay in the processor's second cache between read() and the scan. */
#define READ_SIZE ((gsize) 512 * 1024)
/* Blocks looked at in one go: what they hold stays in the first cache until it is worked off. */
#define CHUNK_BLOCKS 128
#define NOT_KEPT     G_MAXSIZE

struct _SrJsonScanner
{
  GInputStream *stream;

  /* Text from @at to @end is still to come; @keep: from where on it must stay in the buffer.
   * @before: bytes of the stream that left it. */
  guint8  *buffer;
  gsize    capacity;
  gsize    at;
  gsize    end;
  gsize    keep;
  guint64  before;
  gboolean begun;
  gboolean at_end;

  /* Brackets of the text up to @indexed, those from @next_position on still to come; positions
   * count from @index_from, which may lie before the buffer. */
  SrJsonIndexKind  kind;
  SrJsonIndexState state;
  gsize            indexed;
  gssize           index_from;
  guint            n_positions;
  guint            next_position;
  guint32          positions[CHUNK_BLOCKS * SR_JSON_BLOCK + 4];

  /* The closing bracket of each level, from 1 */
  guint  depth;
  guint8 closers[SR_JSON_MAX_DEPTH + 2];
};

SrJsonScanner *
sr_json_scanner_new (GInputStream *stream)
{
  SrJsonScanner *self = g_new0 (SrJsonScanner, 1);

  self->stream = g_object_ref (stream);
  self->capacity = READ_SIZE;
  self->buffer = g_malloc (self->capacity + SR_JSON_BLOCK);
  self->keep = NOT_KEPT;
  self->kind = sr_json_index_best ();
  return self;
}

void
sr_json_scanner_free (SrJsonScanner *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->stream);
  g_free (self->buffer);
  g_free (self);
}

guint64
sr_json_scanner_get_offset (const SrJsonScanner *self)
{
  return self->before + self->at;
}

static gboolean
fail_at (SrErrorCode code,
         const char *what,
         guint64     offset,
         GError    **error)
{
  g_set_error (error, SR_ERROR, code, "This is no valid JSON: %s at byte %" G_GUINT64_FORMAT, what,
               offset);
  return FALSE;
}

static gboolean
fail_end (const SrJsonScanner *self,
          GError             **error)
{
  return fail_at (SR_ERROR_DAMAGED, "it ends too soon,", self->before + self->end, error);
}

gboolean
sr_json_scanner_fail (const SrJsonScanner *self,
                      const char          *what,
                      GError             **error)
{
  if (self->at_end && self->at >= self->end)
    return fail_end (self, error);
  return fail_at (SR_ERROR_INVALID, what, sr_json_scanner_get_offset (self), error);
}

/* Makes room at the end of the buffer: moves what must stay to its front, grows it if that is most
 * of it. */
static void
make_room (SrJsonScanner *self)
{
  gsize from = MIN (self->at, self->keep);

  memmove (self->buffer, self->buffer + from, self->end - from);
  self->before += from;
  self->at -= from;
  self->end -= from;
  self->indexed = self->indexed > from ? self->indexed - from : 0;
  self->index_from -= (gssize) from;
  if (self->keep != NOT_KEPT)
    self->keep -= from;
  if (self->end <= self->capacity / 2)
    return;
  self->capacity *= 2;
  self->buffer = g_realloc (self->buffer, self->capacity + SR_JSON_BLOCK);
}

/* Reads on. At the end of the stream the text is followed by a block of spaces. */
static gboolean
fill (SrJsonScanner *self,
      GCancellable  *cancellable,
      GError       **error)
{
  gssize n;

  make_room (self);
  n = g_input_stream_read (self->stream, self->buffer + self->end, self->capacity - self->end,
                           cancellable, error);
  if (n < 0)
    return FALSE;
  self->end += (gsize) n;
  self->at_end = n == 0;
  if (self->at_end)
    memset (self->buffer + self->end, ' ', SR_JSON_BLOCK);
  return TRUE;
}

static gboolean
begin (SrJsonScanner *self,
       GCancellable  *cancellable,
       GError       **error)
{
  self->begun = TRUE;
  while (self->end < 3 && !self->at_end)
    if (!fill (self, cancellable, error))
      return FALSE;
  if (self->end >= 3 && memcmp (self->buffer, "\xef\xbb\xbf", 3) == 0)
    self->at = 3;
  else if (self->end >= 2 && (memcmp (self->buffer, "\xff\xfe", 2) == 0 ||
                              memcmp (self->buffer, "\xfe\xff", 2) == 0))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                           "This JSON is UTF-16, which no system writes its backups in; convert it "
                           "to UTF-8 first");
      return FALSE;
    }
  return TRUE;
}

int
sr_json_scanner_peek (SrJsonScanner *self,
                      GCancellable  *cancellable,
                      GError       **error)
{
  if (!self->begun && !begin (self, cancellable, error))
    return SR_JSON_FAILED;
  for (;;)
    {
      for (; self->at < self->end; self->at++)
        {
          guint8 c = self->buffer[self->at];

          if (c > ' ' || (c != ' ' && c != '\n' && c != '\r' && c != '\t'))
            return c;
        }
      if (self->at_end)
        return SR_JSON_END;
      if (!fill (self, cancellable, error))
        return SR_JSON_FAILED;
    }
}

void
sr_json_scanner_take (SrJsonScanner *self)
{
  self->at++;
}

gboolean
sr_json_scanner_enter (SrJsonScanner *self,
                       GError       **error)
{
  if (self->depth >= SR_JSON_MAX_DEPTH)
    return sr_json_scanner_fail (self, "too many levels", error);
  self->closers[++self->depth] = self->buffer[self->at++] + 2;
  return TRUE;
}

gboolean
sr_json_scanner_leave (SrJsonScanner *self,
                       GError       **error)
{
  if (self->depth == 0 || self->buffer[self->at] != self->closers[self->depth])
    return sr_json_scanner_fail (self, "a comma or another closing bracket was expected", error);
  self->depth--;
  self->at++;
  return TRUE;
}

/* Whether a value that began at @start and goes on at @upto, both in the stream, is too large. */
static gboolean
check_size (SrJsonScanner *self,
            SrJsonPass     pass,
            guint64        start,
            guint64        upto,
            GError       **error)
{
  if (pass == SR_JSON_KEEP_SHORT && upto - start > SR_JSON_MAX_SHORT)
    self->keep = NOT_KEPT;
  if (pass == SR_JSON_PASS_OVER || pass == SR_JSON_KEEP_SHORT ||
      upto - start <= SR_JSON_MAX_ELEMENT)
    return TRUE;
  return fail_at (SR_ERROR_INVALID, "an element of more than 64 MiB", start, error);
}

/* Finds the brackets of the next chunk; all before it have been worked off. */
static gboolean
index_more (SrJsonScanner *self,
            GCancellable  *cancellable,
            GError       **error)
{
  gsize   n_blocks;
  guint8 *nul;

  self->at = self->indexed;
  while (self->end - self->indexed < SR_JSON_BLOCK && !self->at_end)
    if (!fill (self, cancellable, error))
      return FALSE;
  n_blocks = MIN ((self->end - self->indexed) / SR_JSON_BLOCK, CHUNK_BLOCKS);
  if (n_blocks == 0 && self->end > self->indexed)
    n_blocks = 1;
  if (n_blocks == 0)
    return fail_end (self, error);
  self->index_from = (gssize) self->indexed;
  self->n_positions = sr_json_index (self->kind, &self->state, self->buffer + self->indexed,
                                     n_blocks, self->positions);
  self->next_position = 0;
  self->indexed = MIN (self->indexed + n_blocks * SR_JSON_BLOCK, self->end);
  if (!self->state.has_nul)
    return TRUE;
  nul = memchr (self->buffer + self->index_from, 0, n_blocks * SR_JSON_BLOCK);
  return fail_at (SR_ERROR_DAMAGED, "a NUL byte",
                  self->before + (guint64) (nul - self->buffer), error);
}

/* The index goes on from @at, which stands outside of strings. */
static void
sync_index (SrJsonScanner *self)
{
  if (self->at >= self->indexed)
    {
      self->state = (SrJsonIndexState){ 0 };
      self->indexed = self->at;
      self->n_positions = 0;
      self->next_position = 0;
      return;
    }
  while (self->next_position < self->n_positions &&
         self->index_from + self->positions[self->next_position] < (gssize) self->at)
    self->next_position++;
}

/* What stopped walk() that is no end. */
static gboolean
fail_bracket (SrJsonScanner *self,
              guint          depth,
              GError       **error)
{
  gssize at = self->index_from + self->positions[self->next_position];

  self->at = (gsize) at;
  return sr_json_scanner_fail (
      self, depth > SR_JSON_MAX_DEPTH ? "too many levels" : "a bracket that closes another one",
      error);
}

/* Goes through the brackets that are indexed. Returns: the depth behind the last of them, @base at
 * the end of the value. Sets @wrong at a bracket that does not fit. */
static guint
walk (SrJsonScanner *self,
      guint          base,
      guint          depth,
      gboolean      *wrong)
{
  const guint8  *text = self->buffer + self->index_from;
  const guint32 *position = self->positions + self->next_position;
  const guint32 *end = self->positions + self->n_positions;
  guint8        *closers = self->closers;

  /* Opening brackets have bit 1 set, closing ones not; a closing one is two above its opening one.
   * No branch depends on which it is. */
  for (; position < end; position++)
    {
      guint8 c = text[*position];
      guint  opens = c >> 1 & 1;

      if (G_UNLIKELY (((guint) (closers[depth] ^ c) & (opens - 1)) != 0))
        {
          *wrong = TRUE;
          break;
        }
      closers[depth + 1] = c + 2;
      depth += opens * 2 - 1;
      if (G_UNLIKELY (depth - base - 1 >= SR_JSON_MAX_DEPTH - base))
        {
          *wrong = depth != base;
          break;
        }
    }
  self->next_position = (guint) (position - self->positions);
  return depth;
}

static gboolean
pass_container (SrJsonScanner *self,
                SrJsonPass     pass,
                GCancellable  *cancellable,
                GError       **error)
{
  const guint64 start = sr_json_scanner_get_offset (self);
  const guint   base = self->depth;
  guint         depth = base;
  gboolean      wrong = FALSE;

  sync_index (self);
  for (;;)
    {
      if (self->next_position < self->n_positions)
        {
          depth = walk (self, base, depth, &wrong);
          if (wrong)
            return fail_bracket (self, depth, error);
          if (depth == base)
            break;
        }
      if (!check_size (self, pass, start, self->before + self->indexed, error) ||
          !index_more (self, cancellable, error))
        return FALSE;
    }
  self->at = (gsize) (self->index_from + self->positions[self->next_position++]) + 1;
  return check_size (self, pass, start, sr_json_scanner_get_offset (self), error);
}

static gboolean
pass_string (SrJsonScanner *self,
             SrJsonPass     pass,
             GCancellable  *cancellable,
             GError       **error)
{
  const guint64 start = sr_json_scanner_get_offset (self);
  gboolean      escaped = FALSE;

  self->at++;
  for (;;)
    {
      for (; self->at < self->end; self->at++)
        {
          guint8 c = self->buffer[self->at];

          if (c == 0)
            return fail_at (SR_ERROR_DAMAGED, "a NUL byte", sr_json_scanner_get_offset (self),
                            error);
          if (escaped)
            escaped = FALSE;
          else if (c == '\\')
            escaped = TRUE;
          else if (c == '"')
            {
              self->at++;
              return check_size (self, pass, start, sr_json_scanner_get_offset (self), error);
            }
        }
      if (!check_size (self, pass, start, sr_json_scanner_get_offset (self), error))
        return FALSE;
      if (self->at_end)
        return fail_end (self, error);
      if (!fill (self, cancellable, error))
        return FALSE;
    }
}

static gboolean
is_of_word (guint8 c)
{
  return g_ascii_isalnum (c) || c == '-' || c == '+' || c == '.';
}

/* A number, or true, false or null. */
static gboolean
pass_word (SrJsonScanner *self,
           GCancellable  *cancellable,
           GError       **error)
{
  const guint64 start = sr_json_scanner_get_offset (self);

  for (;;)
    {
      while (self->at < self->end && is_of_word (self->buffer[self->at]))
        self->at++;
      if (sr_json_scanner_get_offset (self) - start > SR_JSON_MAX_SHORT)
        return fail_at (SR_ERROR_INVALID, "a number of too many digits", start, error);
      if (self->at < self->end || self->at_end)
        break;
      if (!fill (self, cancellable, error))
        return FALSE;
    }
  return sr_json_scanner_get_offset (self) > start ||
         sr_json_scanner_fail (self, "a value was expected", error);
}

gboolean
sr_json_scanner_pass (SrJsonScanner *self,
                      SrJsonPass     pass,
                      const char   **text,
                      gsize         *size,
                      GCancellable  *cancellable,
                      GError       **error)
{
  guint8   c;
  gboolean good;

  if (self->at >= self->end)
    return fail_end (self, error);
  c = self->buffer[self->at];
  self->keep = pass == SR_JSON_KEEP || pass == SR_JSON_KEEP_SHORT ? self->at : NOT_KEPT;
  if (c == '{' || c == '[')
    good = pass_container (self, pass, cancellable, error);
  else if (c == '"')
    good = pass_string (self, pass, cancellable, error);
  else
    good = pass_word (self, cancellable, error);
  *text = NULL;
  *size = 0;
  if (good && self->keep != NOT_KEPT)
    {
      *text = (const char *) self->buffer + self->keep;
      *size = self->at - self->keep;
    }
  self->keep = NOT_KEPT;
  return good;
}
