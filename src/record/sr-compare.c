/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "record/sr-compare.h"
#include "record/sr-compare-payload.h"
#include "record/sr-field-hasher.h"
#include "record/sr-sorter.h"

#define DEFAULT_MEMORY  (32 * 1024 * 1024)
#define MAX_COLLECTIONS 100000

/* A longer key is cut and its digest put behind it. */
#define MAX_KEY     256
#define KEY_DIGESTS (2 * sizeof (SrDigest128))

/* Shares of the work, in the progress. */
#define READING 45
#define MERGING 10

/* Records between two reports of progress. */
#define RECORDS 1024

enum
{
  OLD,
  NEW,
  N_SIDES,
};

/**
 * @number: in the order they were first seen; items sort by it
 * @columns: digest of each side's columns, zero where records name their own fields
 * @loose: the sides, or two runs of one, do not declare the same columns
 */
typedef struct
{
  guint                number;
  gboolean             seen[N_SIDES];
  SrDigest128          columns[N_SIDES];
  gboolean             loose;
  SrCollectionChanges *changes;
} Collection;

/* One side's items in order. @number: of the collection that @item is of; @head_size: of what its
 * sort key has in front of the key */
typedef struct
{
  SrSorter    *sorter;
  SrSorterItem item;
  gboolean     has_item;
  guint        number;
  gboolean     is_keyed;
  gsize        head_size;
} Side;

typedef struct
{
  const SrCompareOptions *options;
  GCancellable           *cancellable;
  SrFieldHasher          *hasher;
  Side                    sides[N_SIDES];
  guint64                 n_records;
  GHashTable             *by_name;     /* (element-type utf8 Collection), names of the changes */
  GPtrArray              *collections; /* (element-type Collection) owned */

  /* scratch */
  GByteArray *key;
  GByteArray *sort_key;
  GByteArray *payload;
  GByteArray *last_key[N_SIDES];
} Compare;

void
sr_collection_changes_free (SrCollectionChanges *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self);
}

static void
collection_free (gpointer data)
{
  Collection *collection = data;

  sr_collection_changes_free (collection->changes);
  g_free (collection);
}

static void
compare_init (Compare                *self,
              const SrCompareOptions *options,
              GCancellable           *cancellable)
{
  gsize memory = options->memory > 0 ? options->memory : DEFAULT_MEMORY;

  *self = (Compare){ .options = options, .cancellable = cancellable };
  self->hasher = sr_field_hasher_new ();
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->collections = g_ptr_array_new_with_free_func (collection_free);
  self->key = g_byte_array_new ();
  self->sort_key = g_byte_array_new ();
  self->payload = g_byte_array_new ();
  for (guint i = 0; i < N_SIDES; i++)
    {
      self->sides[i].sorter = sr_sorter_new (options->temp_dir, memory / N_SIDES);
      self->last_key[i] = g_byte_array_new ();
    }
}

static void
compare_clear (Compare *self)
{
  sr_field_hasher_free (self->hasher);
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->collections);
  g_byte_array_unref (self->key);
  g_byte_array_unref (self->sort_key);
  g_byte_array_unref (self->payload);
  for (guint i = 0; i < N_SIDES; i++)
    {
      sr_sorter_free (self->sides[i].sorter);
      g_byte_array_unref (self->last_key[i]);
    }
}

/* Columns say the same if their names and declared types do. */
static void
digest_columns (Compare            *self,
                const SrCollection *source,
                SrDigest128        *digest)
{
  g_autoptr (GString) text = g_string_new (NULL);

  *digest = (SrDigest128){ { 0, 0 } };
  if (source->columns == NULL)
    return;
  for (guint i = 0; i < sr_collection_get_n_columns (source); i++)
    {
      const SrColumn *column = sr_collection_get_column (source, i);

      g_string_append_printf (text, "%s%c%s%c%d%c", column->name, 0,
                              column->declared != NULL ? column->declared : "", 0, column->type,
                              0);
    }
  sr_field_hasher_digest_bytes (self->hasher, text->str, text->len, digest);
}

static Collection *
enter_collection (Compare            *self,
                  guint               side,
                  const SrCollection *source,
                  GError            **error)
{
  Collection *collection = g_hash_table_lookup (self->by_name, source->name);
  SrDigest128 columns;

  digest_columns (self, source, &columns);
  if (collection == NULL)
    {
      if (self->collections->len == MAX_COLLECTIONS)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "there are more than %d collections",
                       MAX_COLLECTIONS);
          return NULL;
        }
      collection = g_new0 (Collection, 1);
      collection->number = self->collections->len;
      collection->changes = g_new0 (SrCollectionChanges, 1);
      collection->changes->name = g_strdup (source->name);
      g_ptr_array_add (self->collections, collection);
      g_hash_table_insert (self->by_name, collection->changes->name, collection);
    }
  else if (collection->seen[side])
    collection->loose |= memcmp (&columns, &collection->columns[side], sizeof columns) != 0;
  else if (side == NEW)
    collection->loose |= memcmp (&columns, &collection->columns[OLD], sizeof columns) != 0;
  collection->seen[side] = TRUE;
  collection->columns[side] = columns;
  return collection;
}

/* Number of the collection and whether there is a key; sorts as bytes. */
static void
begin_sort_key (Compare          *self,
                const Collection *collection,
                gboolean          is_keyed)
{
  guint32 word = collection->number << 1 | (is_keyed ? 0 : 1);
  guint32 big = GUINT32_TO_BE (word);
  guint8  byte = (guint8) MIN (word, 0xff);

  g_byte_array_set_size (self->sort_key, 0);
  g_byte_array_append (self->sort_key, &byte, 1);
  if (byte == 0xff)
    g_byte_array_append (self->sort_key, (const guint8 *) &big, sizeof big);
}

static gboolean
read_sort_key (const Compare *self,
               Side          *side,
               GError       **error)
{
  const guint8 *key = side->item.key;
  gsize         size = side->item.key_size;
  guint32       word = size > 0 ? key[0] : 0;
  gsize         head = word == 0xff ? 5 : 1;

  if (head > 1 && size >= head)
    {
      memcpy (&word, key + 1, sizeof word);
      word = GUINT32_FROM_BE (word);
    }
  side->number = word >> 1;
  side->is_keyed = (word & 1) == 0;
  side->head_size = head;
  if (size >= head && side->number < self->collections->len &&
      (side->is_keyed || size == head + KEY_DIGESTS))
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "what was sorted was changed meanwhile");
  return FALSE;
}

static void
append_key (Compare *self)
{
  SrDigest128 digest;
  gsize       size = self->key->len;

  if (size > MAX_KEY)
    size = MAX_KEY - sizeof digest;
  g_byte_array_append (self->sort_key, self->key->data, (guint) size);
  if (size == self->key->len)
    return;
  sr_field_hasher_digest_bytes (self->hasher, self->key->data, self->key->len, &digest);
  g_byte_array_append (self->sort_key, (const guint8 *) &digest, sizeof digest);
}

static SrColumnType
get_column_type (const SrCollection *source,
                 guint               index,
                 const char         *name)
{
  int place;

  if (source->columns == NULL)
    return SR_COLUMN_UNKNOWN;
  if (index < sr_collection_get_n_columns (source) &&
      strcmp (sr_collection_get_column (source, index)->name, name) == 0)
    return sr_collection_get_column (source, index)->type;
  place = sr_collection_find_column (source, name);
  return place >= 0 ? sr_collection_get_column (source, (guint) place)->type : SR_COLUMN_UNKNOWN;
}

/* Puts the record into the sorter: a key with the digests behind it, or the digests as the key. */
static gboolean
add_record (Compare            *self,
            guint               side,
            Collection         *collection,
            const SrCollection *source,
            const SrRecord     *record,
            GError            **error)
{
  gboolean      is_keyed = sr_record_get_key (record, source, self->key);
  gboolean      with_fields = is_keyed && self->options->with_fields;
  SrFieldDigest sum = { 0 };

  sr_compare_payload_begin (self->payload);
  if (is_keyed && self->options->func != NULL)
    {
      g_autofree char *text = sr_record_get_key_text (record, source);

      sr_compare_payload_set_key_text (self->payload, text);
    }
  for (guint i = 0; i < record->n_fields; i++)
    {
      const SrField *field = &record->fields[i];
      SrFieldDigest  digest;

      sr_field_hasher_digest (self->hasher, field, get_column_type (source, i, field->name),
                              &digest);
      sr_digest128_add (&sum.strict, &digest.strict);
      sr_digest128_add (&sum.loose, &digest.loose);
      if (with_fields)
        sr_compare_payload_add_field (self->payload, field, &digest);
    }
  begin_sort_key (self, collection, is_keyed);
  if (is_keyed)
    {
      append_key (self);
      sr_compare_payload_set_digests (self->payload, &sum);
    }
  else
    {
      collection->changes->by_digest = TRUE;
      g_byte_array_append (self->sort_key, (const guint8 *) &sum.loose, sizeof sum.loose);
      g_byte_array_append (self->sort_key, (const guint8 *) &sum.strict, sizeof sum.strict);
      g_byte_array_set_size (self->payload, 0);
    }
  return sr_sorter_add (self->sides[side].sorter, self->sort_key->data, self->sort_key->len,
                        self->payload->data, self->payload->len, self->cancellable, error);
}

static gboolean
read_run (Compare        *self,
          guint           side,
          SrRecordReader *reader,
          SrCollection   *source,
          SrProgress     *progress,
          GError        **error)
{
  Collection *collection = enter_collection (self, side, source, error);
  SrRecord    record;
  guint64     n = 0;
  int         more = -1;

  if (collection == NULL)
    return FALSE;
  while ((more = sr_record_reader_next (reader, &record, self->cancellable, error)) > 0)
    {
      if (!sr_record_reader_get_fields (reader, &record, error) ||
          !add_record (self, side, collection, source, &record, error))
        return FALSE;
      self->n_records++;
      if (++n == RECORDS)
        {
          sr_progress_add (progress, 0, n);
          n = 0;
        }
    }
  sr_progress_add (progress, 0, n);
  return more == 0;
}

static gboolean
read_side (Compare        *self,
           guint           side,
           SrRecordReader *reader,
           SrProgress     *progress,
           GError        **error)
{
  SrCollection *source;
  int           more;

  while ((more = sr_record_reader_next_collection (reader, &source, self->cancellable, error)) > 0)
    {
      sr_progress_set_current (progress, source->name);
      if (!read_run (self, side, reader, source, progress, error))
        break;
    }
  if (more != 0)
    {
      g_prefix_error (error, "the %s backup: ", side == OLD ? "old" : "new");
      return FALSE;
    }
  sr_progress_finish (progress);
  return sr_sorter_finish (self->sides[side].sorter, self->cancellable, error);
}

static Collection *
get_collection (Compare    *self,
                const Side *side)
{
  return g_ptr_array_index (self->collections, side->number);
}

/* Keys that stand twice on a side, counted once each. */
static void
count_duplicates (Compare *self,
                  guint    place)
{
  Side       *side = &self->sides[place];
  GByteArray *last = self->last_key[place];
  gboolean    is_same = side->is_keyed && last->len == side->item.key_size + 1 &&
                     memcmp (last->data + 1, side->item.key, side->item.key_size) == 0;
  guint8 mark = is_same ? 1 : 0;

  if (is_same && last->data[0] == 0)
    get_collection (self, side)->changes->duplicates++;
  g_byte_array_set_size (last, 0);
  g_byte_array_append (last, &mark, 1);
  g_byte_array_append (last, side->item.key, (guint) side->item.key_size);
}

static gboolean
advance (Compare *self,
         guint    place,
         GError **error)
{
  Side *side = &self->sides[place];
  int   more = sr_sorter_next (side->sorter, &side->item, self->cancellable, error);

  side->has_item = more > 0;
  if (more <= 0)
    return more == 0;
  if (!read_sort_key (self, side, error))
    return FALSE;
  count_duplicates (self, place);
  return TRUE;
}

/* Which side has the smaller item: less than 0 for the old one. */
static int
compare_sides (Compare *self)
{
  const Side *old_side = &self->sides[OLD];
  const Side *new_side = &self->sides[NEW];
  gsize       old_size = old_side->item.key_size;
  gsize       new_size = new_side->item.key_size;
  int         result;

  if (!old_side->has_item || !new_side->has_item)
    return old_side->has_item ? -1 : 1;
  if (!old_side->is_keyed && !new_side->is_keyed && old_side->number == new_side->number &&
      get_collection (self, old_side)->loose)
    {
      old_size = old_side->head_size + sizeof (SrDigest128);
      new_size = old_size;
    }
  result = memcmp (old_side->item.key, new_side->item.key, MIN (old_size, new_size));
  return result != 0 ? result : (old_size > new_size) - (old_size < new_size);
}

static gboolean
tell (Compare       *self,
      const Side    *side,
      SrRecordChange change,
      GArray        *fields,
      GError       **error)
{
  const SrCompareOptions *options = self->options;
  g_autofree char        *key = NULL;

  if (options->func == NULL)
    return TRUE;
  if (side->is_keyed)
    key = sr_compare_payload_get_key_text (side->item.payload, side->item.payload_size);
  return options->func (get_collection (self, side)->changes->name, change, key,
                        fields != NULL ? (const SrFieldChange *) (gconstpointer) fields->data
                                       : NULL,
                        fields != NULL ? fields->len : 0, options->user_data, error);
}

static gboolean
take_single (Compare *self,
             guint    place,
             GError **error)
{
  Side                *side = &self->sides[place];
  SrCollectionChanges *changes = get_collection (self, side)->changes;

  if (place == OLD)
    changes->removed++;
  else
    changes->added++;
  return tell (self, side, place == OLD ? SR_RECORD_REMOVED : SR_RECORD_ADDED, NULL, error) &&
         advance (self, place, error);
}

static gboolean
take_pair (Compare *self,
           GError **error)
{
  Side              *old_side = &self->sides[OLD];
  Side              *new_side = &self->sides[NEW];
  Collection        *collection = get_collection (self, old_side);
  g_autoptr (GArray) fields = NULL;

  if (!old_side->is_keyed ||
      sr_compare_payload_equal (old_side->item.payload, old_side->item.payload_size,
                                new_side->item.payload, new_side->item.payload_size,
                                collection->loose))
    collection->changes->same++;
  else
    {
      collection->changes->changed++;
      if (self->options->with_fields && self->options->func != NULL)
        fields = sr_compare_payload_diff (old_side->item.payload, old_side->item.payload_size,
                                          new_side->item.payload, new_side->item.payload_size,
                                          collection->loose);
      if (!tell (self, new_side, SR_RECORD_CHANGED, fields, error))
        return FALSE;
    }
  return advance (self, OLD, error) && advance (self, NEW, error);
}

static gboolean
merge (Compare    *self,
       SrProgress *progress,
       GError    **error)
{
  sr_progress_set_totals (progress, 0, self->n_records, FALSE);
  if (!advance (self, OLD, error) || !advance (self, NEW, error))
    return FALSE;
  while (self->sides[OLD].has_item || self->sides[NEW].has_item)
    {
      int order = compare_sides (self);

      if (order == 0 ? !take_pair (self, error)
                     : !take_single (self, order < 0 ? OLD : NEW, error))
        return FALSE;
      sr_progress_add (progress, 0, order == 0 ? 2 : 1);
    }
  sr_progress_finish (progress);
  return TRUE;
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  const SrCollectionChanges *const *first = a;
  const SrCollectionChanges *const *second = b;

  return strcmp ((*first)->name, (*second)->name);
}

static GPtrArray *
take_changes (Compare *self)
{
  GPtrArray *result = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_collection_changes_free);

  for (guint i = 0; i < self->collections->len; i++)
    {
      Collection *collection = g_ptr_array_index (self->collections, i);

      collection->changes->only_in_old = !collection->seen[NEW];
      collection->changes->only_in_new = !collection->seen[OLD];
      g_ptr_array_add (result, g_steal_pointer (&collection->changes));
    }
  g_ptr_array_sort (result, compare_names);
  return result;
}

GPtrArray *
sr_compare_records (SrRecordReader         *old_reader,
                    SrRecordReader         *new_reader,
                    const SrCompareOptions *options,
                    SrProgress             *progress,
                    GCancellable           *cancellable,
                    GError                **error)
{
  static const SrCompareOptions nothing = { 0 };
  const double                  whole = 2 * READING + MERGING;
  g_autoptr (SrProgress)        reading_old = NULL;
  g_autoptr (SrProgress)        reading_new = NULL;
  g_autoptr (SrProgress)        merging = NULL;
  GPtrArray                    *result = NULL;
  Compare                       compare;

  reading_old = sr_progress_step (progress, READING, whole, "Reading the old backup");
  reading_new = sr_progress_step (progress, READING, whole, "Reading the new backup");
  merging = sr_progress_step (progress, MERGING, whole, "Comparing");
  compare_init (&compare, options != NULL ? options : &nothing, cancellable);
  if (read_side (&compare, OLD, old_reader, reading_old, error) &&
      read_side (&compare, NEW, new_reader, reading_new, error) &&
      merge (&compare, merging, error))
    result = take_changes (&compare);
  compare_clear (&compare);
  return result;
}
