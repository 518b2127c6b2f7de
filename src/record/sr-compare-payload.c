/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "record/sr-compare-payload.h"
#include "record/sr-compare.h"
#include "record/sr-value.h"

/* A record whose fields take more is kept without them. */
#define MAX_SIZE (1024 * 1024)

/* What a person is shown of a value, and the bytes that are kept for it. */
#define SHOWN_CHARS 100
#define KEPT_BYTES  (4 * SHOWN_CHARS + 4)
#define NAME_BYTES  200

/* @text_size: of the key for a person, which stands behind; then the fields; @n_fields: -1 if they
 * were too much */
typedef struct
{
  SrDigest128 strict;
  SrDigest128 loose;
  gint32      n_fields;
  guint32     text_size;
} Head;

/* @name_size, @value_size: of what stands behind */
typedef struct
{
  SrFieldDigest digest;
  guint32       type;
  guint16       name_size;
  guint16       value_size;
} FieldHead;

/* A field as it stands in a payload. */
typedef struct
{
  FieldHead   head;
  const char *name;
  const char *value;
  guint       order;
} Field;

void
sr_compare_payload_begin (GByteArray *payload)
{
  static const Head head = { 0 };

  g_byte_array_set_size (payload, 0);
  g_byte_array_append (payload, (const guint8 *) &head, sizeof head);
}

void
sr_compare_payload_set_key_text (GByteArray *payload,
                                 const char *text)
{
  Head head;

  if (text == NULL)
    return;
  memcpy (&head, payload->data, sizeof head);
  head.text_size = (guint32) strlen (text);
  memcpy (payload->data, &head, sizeof head);
  g_byte_array_append (payload, (const guint8 *) text, head.text_size);
}

/* Cuts UTF-8 in front of a character, and anything else anywhere. */
static gsize
cut (const char *text,
     gsize       size,
     gsize       max)
{
  gsize cut_size = max;

  if (size <= max)
    return size;
  while (cut_size > 0 && ((guint8) text[cut_size] & 0xc0) == 0x80 && max - cut_size < 4)
    cut_size--;
  return cut_size;
}

void
sr_compare_payload_add_field (GByteArray          *payload,
                              const SrField       *field,
                              const SrFieldDigest *digest)
{
  FieldHead field_head = { .digest = *digest, .type = field->value.type };
  Head      head;

  memcpy (&head, payload->data, sizeof head);
  if (head.n_fields < 0)
    return;
  if (payload->len > MAX_SIZE)
    {
      head.n_fields = -1;
      g_byte_array_set_size (payload, (guint) (sizeof head + head.text_size));
      memcpy (payload->data, &head, sizeof head);
      return;
    }
  head.n_fields++;
  memcpy (payload->data, &head, sizeof head);
  field_head.name_size = (guint16) cut (field->name, strlen (field->name), NAME_BYTES);
  field_head.value_size = (guint16) cut (field->value.data, field->value.size, KEPT_BYTES);
  g_byte_array_append (payload, (const guint8 *) &field_head, sizeof field_head);
  g_byte_array_append (payload, (const guint8 *) field->name, field_head.name_size);
  g_byte_array_append (payload, (const guint8 *) field->value.data, field_head.value_size);
}

void
sr_compare_payload_set_digests (GByteArray          *payload,
                                const SrFieldDigest *sum)
{
  Head head;

  memcpy (&head, payload->data, sizeof head);
  head.strict = sum->strict;
  head.loose = sum->loose;
  memcpy (payload->data, &head, sizeof head);
}

static gboolean
read_head (const guint8 *data,
           gsize         size,
           Head         *head)
{
  if (size < sizeof *head)
    return FALSE;
  memcpy (head, data, sizeof *head);
  return head->text_size <= size - sizeof *head;
}

gboolean
sr_compare_payload_equal (const guint8 *old_data,
                          gsize         old_size,
                          const guint8 *new_data,
                          gsize         new_size,
                          gboolean      loose)
{
  Head old_head;
  Head new_head;

  if (!read_head (old_data, old_size, &old_head) || !read_head (new_data, new_size, &new_head))
    return FALSE;
  return loose ? memcmp (&old_head.loose, &new_head.loose, sizeof old_head.loose) == 0
               : memcmp (&old_head.strict, &new_head.strict, sizeof old_head.strict) == 0;
}

char *
sr_compare_payload_get_key_text (const guint8 *data,
                                 gsize         size)
{
  Head head;

  if (!read_head (data, size, &head) || head.text_size == 0)
    return NULL;
  return g_strndup ((const char *) data + sizeof head, head.text_size);
}

/* Returns: (nullable) (element-type Field): without those that are as good as none */
static GArray *
read_fields (const guint8 *data,
             gsize         size,
             gboolean      loose)
{
  static const SrDigest128 none = { { 0, 0 } };
  g_autoptr (GArray)       fields = g_array_new (FALSE, FALSE, sizeof (Field));
  Head                     head;
  gsize                    at;

  if (!read_head (data, size, &head) || head.n_fields < 0)
    return NULL;
  at = sizeof head + head.text_size;
  for (gint32 i = 0; i < head.n_fields; i++)
    {
      Field field = { .order = (guint) i };

      if (size - at < sizeof field.head)
        return NULL;
      memcpy (&field.head, data + at, sizeof field.head);
      at += sizeof field.head;
      if (size - at < (gsize) field.head.name_size + field.head.value_size)
        return NULL;
      field.name = (const char *) data + at;
      field.value = field.name + field.head.name_size;
      at += (gsize) field.head.name_size + field.head.value_size;
      if (!loose || memcmp (&field.head.digest.loose, &none, sizeof none) != 0)
        g_array_append_val (fields, field);
    }
  return g_steal_pointer (&fields);
}

static int
compare_by_name (gconstpointer a,
                 gconstpointer b)
{
  const Field *first = a;
  const Field *second = b;
  int          result = memcmp (&first->head.digest.name, &second->head.digest.name,
                                sizeof first->head.digest.name);

  return result != 0 ? result : (first->order > second->order) - (first->order < second->order);
}

static int
compare_by_order (gconstpointer a,
                  gconstpointer b)
{
  const Field *first = *(const Field *const *) a;
  const Field *second = *(const Field *const *) b;

  return (first->order > second->order) - (first->order < second->order);
}

static char *
show (const Field *field)
{
  g_autofree char *value = NULL;
  SrValue          cut_value;

  if (field == NULL)
    return NULL;
  value = g_strndup (field->value, field->head.value_size);
  memcpy (value, field->value, field->head.value_size);
  cut_value = (SrValue){ (SrValueType) field->head.type, value, field->head.value_size };
  return sr_value_to_display (&cut_value, SHOWN_CHARS);
}

static void
clear_change (gpointer data)
{
  SrFieldChange *change = data;

  g_free ((char *) change->name);
  g_free ((char *) change->old_text);
  g_free ((char *) change->new_text);
}

static gboolean
is_same_value (const Field *a,
               const Field *b,
               gboolean     loose)
{
  return loose ? memcmp (&a->head.digest.loose, &b->head.digest.loose, sizeof (SrDigest128)) == 0
               : memcmp (&a->head.digest.strict, &b->head.digest.strict, sizeof (SrDigest128)) == 0;
}

static void
add_change (GArray      *changes,
            const Field *old_field,
            const Field *new_field)
{
  const Field        *named = new_field != NULL ? new_field : old_field;
  g_autofree char    *name = g_strndup (named->name, named->head.name_size);
  const SrFieldChange change = { g_utf8_make_valid (name, -1), show (old_field),
                                 show (new_field) };

  g_array_append_val (changes, change);
}

/* Pairs fields of the same name, the first with the first and so on; both are in order of name.
 * @pairs: (element-type Field): pointers to the new one, or the old one if there is no new one;
 * @partners: what each of them is beside */
static void
pair_fields (GArray     *old_fields,
             GArray     *new_fields,
             GHashTable *partners,
             GPtrArray  *of_new,
             GPtrArray  *of_old)
{
  guint i = 0;
  guint j = 0;

  while (i < old_fields->len || j < new_fields->len)
    {
      Field *a = i < old_fields->len ? &g_array_index (old_fields, Field, i) : NULL;
      Field *b = j < new_fields->len ? &g_array_index (new_fields, Field, j) : NULL;
      int    order = a == NULL   ? 1
                     : b == NULL ? -1
                                 : memcmp (&a->head.digest.name, &b->head.digest.name,
                                           sizeof (SrDigest128));

      if (order < 0)
        g_ptr_array_add (of_old, a);
      else
        g_ptr_array_add (of_new, b);
      if (order == 0)
        g_hash_table_insert (partners, b, a);
      i += order <= 0;
      j += order >= 0;
    }
  g_ptr_array_sort (of_new, compare_by_order);
  g_ptr_array_sort (of_old, compare_by_order);
}

GArray *
sr_compare_payload_diff (const guint8 *old_data,
                         gsize         old_size,
                         const guint8 *new_data,
                         gsize         new_size,
                         gboolean      loose)
{
  g_autoptr (GArray)     old_fields = read_fields (old_data, old_size, loose);
  g_autoptr (GArray)     new_fields = read_fields (new_data, new_size, loose);
  g_autoptr (GHashTable) partners = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray)  of_new = g_ptr_array_new ();
  g_autoptr (GPtrArray)  of_old = g_ptr_array_new ();
  GArray                *changes;

  if (old_fields == NULL || new_fields == NULL)
    return NULL;
  changes = g_array_new (FALSE, FALSE, sizeof (SrFieldChange));
  g_array_set_clear_func (changes, clear_change);
  g_array_sort (old_fields, compare_by_name);
  g_array_sort (new_fields, compare_by_name);
  pair_fields (old_fields, new_fields, partners, of_new, of_old);
  for (guint i = 0; i < of_new->len; i++)
    {
      const Field *field = g_ptr_array_index (of_new, i);
      const Field *partner = g_hash_table_lookup (partners, field);

      if (partner == NULL || !is_same_value (partner, field, loose))
        add_change (changes, partner, field);
    }
  for (guint i = 0; i < of_old->len; i++)
    add_change (changes, g_ptr_array_index (of_old, i), NULL);
  return changes;
}
