/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "record/sr-decimal.h"
#include "record/sr-json-cursor.h"
#include "record/sr-search.h"
#include "record/sr-value.h"

typedef enum
{
  ANYWHERE,
  EQUAL,
  NOT_EQUAL,
  CONTAINS,
  LESS,
  GREATER,
} Relation;

/**
 * Term:
 * @field: (nullable): %NULL with %ANYWHERE
 * @folded: @text as it is compared without regard to case
 * @is_number, @is_date: what else @text can be taken for
 */
typedef struct
{
  Relation relation;
  char    *field;
  char    *text;
  char    *folded;
  gboolean is_ascii;
  gboolean is_number;
  gboolean is_date;
  SrMoment moment;
} Term;

struct _SrSearch
{
  GArray *terms; /* of Term */
};

static void
clear_term (gpointer data)
{
  Term *term = data;

  g_free (term->field);
  g_free (term->text);
  g_free (term->folded);
}

/* The same for all ways to write a text: case, and letters with accents in one or two pieces. */
static char *
fold (const char *text,
      gsize       size)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) size);
  g_autofree char *cased = g_utf8_casefold (valid, -1);

  return g_utf8_normalize (cased, -1, G_NORMALIZE_ALL_COMPOSE);
}

static gboolean
is_ascii (const char *text,
          gsize       size)
{
  for (gsize i = 0; i < size; i++)
    if ((guint8) text[i] >= 0x80)
      return FALSE;
  return TRUE;
}

/* The first sign behind a field's name. */
static Relation
find_relation (const char *term,
               gsize      *at,
               gsize      *size)
{
  *at = strcspn (term, "=!~<>");
  *size = 1;
  if (*at == 0)
    return ANYWHERE;
  switch (term[*at])
    {
    case '=':
      return EQUAL;
    case '~':
      return CONTAINS;
    case '<':
      return LESS;
    case '>':
      return GREATER;
    case '!':
      *size = 2;
      return term[*at + 1] == '=' ? NOT_EQUAL : ANYWHERE;
    default:
      return ANYWHERE;
    }
}

static gboolean
add_term (SrSearch   *self,
          const char *text,
          GError    **error)
{
  gsize at;
  gsize size;
  Term  term = { .relation = find_relation (text, &at, &size) };

  if (text[0] == '\0')
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID, "There is no text to search for");
      return FALSE;
    }
  if (term.relation != ANYWHERE)
    term.field = g_strndup (text, at);
  term.text = g_strdup (term.relation != ANYWHERE ? text + at + size : text);
  if (term.text[0] == '\0' && term.relation != EQUAL && term.relation != NOT_EQUAL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "Nothing stands behind the sign of “%s”", text);
      clear_term (&term);
      return FALSE;
    }
  size = strlen (term.text);
  term.is_ascii = is_ascii (term.text, size);
  term.folded = fold (term.text, size);
  term.is_number = sr_text_is_number (term.text, size);
  term.is_date = sr_moment_parse (&term.moment, term.text, size);
  g_array_append_val (self->terms, term);
  return TRUE;
}

SrSearch *
sr_search_new (const char *const *terms,
               GError           **error)
{
  g_autoptr (SrSearch) self = g_new0 (SrSearch, 1);

  self->terms = g_array_new (FALSE, FALSE, sizeof (Term));
  g_array_set_clear_func (self->terms, clear_term);
  for (; terms != NULL && *terms != NULL; terms++)
    if (!g_utf8_validate (*terms, -1, NULL))
      {
        g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                             "The text to search for is not UTF-8");
        return NULL;
      }
    else if (!add_term (self, *terms, error))
      return NULL;
  return g_steal_pointer (&self);
}

void
sr_search_free (SrSearch *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->terms);
  g_free (self);
}

/* @needle: folded, ASCII */
static gboolean
contains_ascii (const char *text,
                gsize       size,
                const char *needle)
{
  const gsize length = strlen (needle);
  const char  first[3] = { needle[0], g_ascii_toupper (needle[0]), '\0' };

  for (gsize i = 0; i + length <= size; i++)
    if ((text[i] == first[0] || text[i] == first[1]) &&
        g_ascii_strncasecmp (text + i, needle, length) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
contains (const Term *term,
          const char *text,
          gsize       size)
{
  g_autofree char *folded = NULL;

  if (is_ascii (text, size))
    return term->is_ascii && contains_ascii (text, size, term->folded);
  folded = fold (text, size);
  return strstr (folded, term->folded) != NULL;
}

/* Text inside JSON is found whatever way it is escaped. */
static gboolean
value_contains (const Term    *term,
                const SrValue *value)
{
  g_autofree char *plain = NULL;
  gsize            size;

  if (value->type == SR_VALUE_NULL)
    return FALSE;
  if (value->type != SR_VALUE_JSON || memchr (value->data, '\\', value->size) == NULL)
    return contains (term, value->data, value->size);
  plain = g_malloc (value->size + 1);
  size = sr_json_decode_string (value->data, value->size, plain);
  return contains (term, plain, size);
}

/* Compares a value with what the term says, as number, date or text. Returns: %FALSE if there is
 * no order between them; @order is less than, equal to or greater than 0 */
static gboolean
compare (const Term    *term,
         const SrValue *value,
         int           *order)
{
  g_autofree char *mongo = sr_value_get_mongo_number (value);
  const char      *text = mongo != NULL ? mongo : value->data;
  const gsize      size = mongo != NULL ? strlen (mongo) : value->size;
  const gsize      length = strlen (term->text);
  SrMoment         moment;

  if (term->is_number && sr_text_is_number (text, size))
    {
      g_autoptr (SrDecimal) difference = sr_decimal_new ();

      if (sr_decimal_add (difference, text, size) &&
          sr_decimal_subtract (difference, term->text, length))
        {
          *order = sr_decimal_get_sign (difference);
          return TRUE;
        }
    }
  if (term->is_date && sr_moment_parse (&moment, text, size))
    {
      *order = sr_moment_compare (&moment, &term->moment);
      return TRUE;
    }
  *order = memcmp (text, term->text, MIN (size, length));
  if (*order == 0 && size != length)
    *order = size < length ? -1 : 1;
  return !term->is_number && !term->is_date;
}

static gboolean
field_fits (const Term    *term,
            const SrField *field)
{
  const gboolean absent = field == NULL || field->value.type == SR_VALUE_NULL;
  gboolean       ordered;
  int            order;

  if (absent)
    return (term->relation == EQUAL && term->text[0] == '\0') ||
           (term->relation == NOT_EQUAL && term->text[0] != '\0');
  if (term->relation == CONTAINS)
    return value_contains (term, &field->value);
  ordered = compare (term, &field->value, &order);
  switch (term->relation)
    {
    case EQUAL:
      return order == 0;
    case NOT_EQUAL:
      return order != 0;
    case LESS:
      return ordered && order < 0;
    case GREATER:
      return ordered && order > 0;
    case ANYWHERE:
    case CONTAINS:
    default:
      return FALSE;
    }
}

static gboolean
term_fits (const Term     *term,
           const SrRecord *record)
{
  if (term->relation != ANYWHERE)
    return field_fits (term, sr_record_find (record, term->field));
  for (guint i = 0; i < record->n_fields; i++)
    if (value_contains (term, &record->fields[i].value))
      return TRUE;
  return FALSE;
}

int
sr_search_match (SrSearch       *self,
                 SrRecordReader *reader,
                 SrRecord       *record,
                 GError        **error)
{
  if (record->fields == NULL && self->terms->len > 0 &&
      !sr_record_reader_get_fields (reader, record, error))
    return -1;
  for (guint i = 0; i < self->terms->len; i++)
    if (!term_fits (&g_array_index (self->terms, Term, i), record))
      return 0;
  return 1;
}
