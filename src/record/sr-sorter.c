/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "base/sr-temp-file.h"
#include "record/sr-sorter.h"

#define MIN_MEMORY   (64 * 1024)
#define MAX_MEMORY   (1024 * 1024 * 1024)
#define MAX_PAYLOAD  (1024 * 1024 * 1024)
#define WRITE_BUFFER (256 * 1024)

/* What is read at once of each part that is merged. */
#define CURSOR_BUFFER_MIN (16 * 1024)
#define CURSOR_BUFFER_MAX (256 * 1024)

/* Items between two looks at the cancellable. */
#define ITEMS 8192

/* In front of each item, in memory and on the disk: sizes of key and payload. */
typedef struct
{
  guint32 key_size;
  guint32 payload_size;
} Head;

/* @prefix: the first bytes of the key, so that most comparisons need not look further; @place: in
 * the data, which is also the order they came in */
typedef struct
{
  guint64 prefix;
  guint64 place;
} Entry;

/* A sorted part of the file. */
typedef struct
{
  guint64 begin;
  guint64 end;
} Run;

/* Reads a run. @position: in the file, of what is read next; @begin, @filled: in @buffer, what is
 * not used yet; @head: of the item that begins at @begin */
typedef struct
{
  guint   order;
  guint64 position;
  guint64 end;
  guint8 *buffer;
  gsize   begin;
  gsize   filled;
  Head    head;
} Cursor;

/* Writes a run. */
typedef struct
{
  int     fd;
  guint64 position;
  guint8 *buffer;
  gsize   filled;
} Writer;

struct _SrSorter
{
  char *temp_dir;
  gsize memory;
  guint n_items; /* since the last look at the cancellable */
  guint n_spilled;

  /* what is in memory */
  GByteArray *data;
  GArray     *entries; /* (element-type Entry) */
  guint       next_entry;

  /* what is on the disk */
  int     fd;
  guint64 file_size;
  GArray *runs; /* (element-type Run) */

  /* merging: @heap holds the cursors with items, the smallest first */
  Cursor     *cursors;
  guint       n_cursors;
  gsize       cursor_buffer;
  Cursor    **heap;
  guint       n_heap;
  gboolean    has_given; /* the first of @heap is still at the item given last */
  GByteArray *large;     /* a payload that is larger than a cursor's buffer */
};

SrSorter *
sr_sorter_new (const char *temp_dir,
               gsize       memory)
{
  SrSorter *self = g_new0 (SrSorter, 1);

  self->temp_dir = g_strdup (temp_dir != NULL ? temp_dir : g_get_tmp_dir ());
  self->memory = CLAMP (memory, MIN_MEMORY, MAX_MEMORY);
  self->data = g_byte_array_new ();
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  self->runs = g_array_new (FALSE, FALSE, sizeof (Run));
  self->large = g_byte_array_new ();
  self->fd = -1;
  return self;
}

static void
close_merge (SrSorter *self)
{
  for (guint i = 0; i < self->n_cursors; i++)
    g_free (self->cursors[i].buffer);
  g_clear_pointer (&self->cursors, g_free);
  g_clear_pointer (&self->heap, g_free);
  self->n_cursors = 0;
  self->n_heap = 0;
  self->has_given = FALSE;
}

void
sr_sorter_free (SrSorter *self)
{
  if (self == NULL)
    return;
  close_merge (self);
  if (self->fd >= 0)
    close (self->fd);
  g_byte_array_unref (self->data);
  g_byte_array_unref (self->large);
  g_array_unref (self->entries);
  g_array_unref (self->runs);
  g_free (self->temp_dir);
  g_free (self);
}

guint
sr_sorter_get_n_spilled (SrSorter *self)
{
  return self->n_spilled;
}

static gboolean
check_cancelled_at_times (SrSorter     *self,
                          GCancellable *cancellable,
                          GError      **error)
{
  if (++self->n_items < ITEMS)
    return FALSE;
  self->n_items = 0;
  return sr_check_cancelled (cancellable, error);
}

static guint64
get_prefix (const guint8 *key,
            gsize         size)
{
  guint8  bytes[8] = { 0 };
  guint64 prefix;

  memcpy (bytes, key, MIN (size, sizeof bytes));
  memcpy (&prefix, bytes, sizeof prefix);
  return GUINT64_FROM_BE (prefix);
}

static int
compare_keys (const guint8 *a,
              gsize         size_a,
              const guint8 *b,
              gsize         size_b)
{
  int result = memcmp (a, b, MIN (size_a, size_b));

  return result != 0 ? result : (size_a > size_b) - (size_a < size_b);
}

static const guint8 *
get_item (const guint8 *data,
          const Entry  *entry,
          Head         *head)
{
  memcpy (head, data + entry->place, sizeof *head);
  return data + entry->place + sizeof *head;
}

static int
compare_entries (gconstpointer pointer_a,
                 gconstpointer pointer_b,
                 gpointer      data)
{
  const Entry  *a = pointer_a;
  const Entry  *b = pointer_b;
  const guint8 *key_a;
  const guint8 *key_b;
  Head          head_a;
  Head          head_b;
  int           result;

  if (a->prefix != b->prefix)
    return a->prefix < b->prefix ? -1 : 1;
  key_a = get_item (data, a, &head_a);
  key_b = get_item (data, b, &head_b);
  result = compare_keys (key_a, head_a.key_size, key_b, head_b.key_size);
  return result != 0 ? result : (a->place > b->place) - (a->place < b->place);
}

static void
sort_entries (SrSorter *self)
{
  if (self->entries->len > 1)
    qsort_r (self->entries->data, self->entries->len, sizeof (Entry), compare_entries,
             self->data->data);
}

static gboolean
write_all (SrSorter     *self,
           Writer       *writer,
           gconstpointer data,
           gsize         size,
           GError      **error)
{
  const guint8 *at = data;

  while (size > 0)
    {
      ssize_t n = pwrite (writer->fd, at, size, (off_t) writer->position);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          int              errnum = errno;
          g_autofree char *shown = g_filename_display_name (self->temp_dir);

          sr_set_error_errno (error, errnum, "cannot sort in the folder “%s”", shown);
          return FALSE;
        }
      at += n;
      size -= (gsize) n;
      writer->position += (guint64) n;
    }
  return TRUE;
}

static gboolean
writer_flush (SrSorter *self,
              Writer   *writer,
              GError  **error)
{
  gsize size = writer->filled;

  writer->filled = 0;
  return write_all (self, writer, writer->buffer, size, error);
}

static gboolean
writer_put (SrSorter     *self,
            Writer       *writer,
            gconstpointer data,
            gsize         size,
            GError      **error)
{
  if (size > WRITE_BUFFER - writer->filled && !writer_flush (self, writer, error))
    return FALSE;
  if (size > WRITE_BUFFER)
    return write_all (self, writer, data, size, error);
  if (size > 0)
    memcpy (writer->buffer + writer->filled, data, size);
  writer->filled += size;
  return TRUE;
}

static gboolean
write_entries (SrSorter     *self,
               Writer       *writer,
               GCancellable *cancellable,
               GError      **error)
{
  sort_entries (self);
  for (guint i = 0; i < self->entries->len; i++)
    {
      const Entry  *entry = &g_array_index (self->entries, Entry, i);
      Head          head;
      const guint8 *item = get_item (self->data->data, entry, &head);

      if (check_cancelled_at_times (self, cancellable, error) ||
          !writer_put (self, writer, item - sizeof head,
                       sizeof head + head.key_size + head.payload_size, error))
        return FALSE;
    }
  return writer_flush (self, writer, error);
}

/* Writes what is in memory as one more run. */
static gboolean
spill (SrSorter     *self,
       GCancellable *cancellable,
       GError      **error)
{
  g_autofree guint8 *buffer = g_malloc (WRITE_BUFFER);
  Writer             writer = { .buffer = buffer };
  Run                run;

  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  if (self->fd < 0)
    self->fd = sr_temp_file_open (self->temp_dir, error);
  if (self->fd < 0)
    return FALSE;
  writer.fd = self->fd;
  writer.position = self->file_size;
  if (!write_entries (self, &writer, cancellable, error))
    return FALSE;
  run = (Run){ self->file_size, writer.position };
  g_array_append_val (self->runs, run);
  self->file_size = writer.position;
  self->n_spilled++;
  g_array_set_size (self->entries, 0);
  g_byte_array_set_size (self->data, 0);
  return TRUE;
}

gboolean
sr_sorter_add (SrSorter     *self,
               gconstpointer key,
               gsize         key_size,
               gconstpointer payload,
               gsize         payload_size,
               GCancellable *cancellable,
               GError      **error)
{
  Head  head;
  gsize size = sizeof head + key_size + payload_size;
  Entry entry;

  if (key_size > SR_SORTER_MAX_KEY || payload_size > MAX_PAYLOAD)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "a key of %" G_GSIZE_FORMAT " bytes with %" G_GSIZE_FORMAT
                   " bytes is too large to be sorted",
                   key_size, payload_size);
      return FALSE;
    }
  if (check_cancelled_at_times (self, cancellable, error))
    return FALSE;
  /* Twice the entries: sorting takes as much again. */
  if (self->entries->len > 0 &&
      self->data->len + size + (self->entries->len + 1) * 2 * sizeof entry > self->memory &&
      !spill (self, cancellable, error))
    return FALSE;
  head = (Head){ (guint32) key_size, (guint32) payload_size };
  entry = (Entry){ get_prefix (key, key_size), self->data->len };
  g_byte_array_append (self->data, (const guint8 *) &head, sizeof head);
  g_byte_array_append (self->data, key, (guint) key_size);
  if (payload_size > 0)
    g_byte_array_append (self->data, payload, (guint) payload_size);
  g_array_append_val (self->entries, entry);
  return TRUE;
}

static gboolean
read_all (SrSorter *self,
          Cursor   *cursor,
          guint8   *at,
          gsize     size,
          GError  **error)
{
  while (size > 0)
    {
      ssize_t n = pread (self->fd, at, size, (off_t) cursor->position);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          sr_set_error_errno (error, n < 0 ? errno : EIO,
                              "cannot read back what was sorted in the folder “%s”",
                              self->temp_dir);
          return FALSE;
        }
      at += n;
      size -= (gsize) n;
      cursor->position += (guint64) n;
    }
  return TRUE;
}

/* Makes at least @size bytes, which is no more than the buffer, stand in it behind @begin. */
static gboolean
cursor_fill (SrSorter *self,
             Cursor   *cursor,
             gsize     size,
             GError  **error)
{
  gsize left = cursor->filled - cursor->begin;
  gsize more;

  if (left >= size)
    return TRUE;
  memmove (cursor->buffer, cursor->buffer + cursor->begin, left);
  cursor->begin = 0;
  cursor->filled = left;
  more = MIN (self->cursor_buffer - left, cursor->end - cursor->position);
  if (left + more < size)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                   "what was sorted in the folder “%s” was changed meanwhile", self->temp_dir);
      return FALSE;
    }
  if (!read_all (self, cursor, cursor->buffer + left, more, error))
    return FALSE;
  cursor->filled += more;
  return TRUE;
}

/* Reads head and key of the item at the cursor. Returns: 0 if there is none */
static int
cursor_load (SrSorter *self,
             Cursor   *cursor,
             GError  **error)
{
  if (cursor->begin == cursor->filled && cursor->position == cursor->end)
    return 0;
  if (!cursor_fill (self, cursor, sizeof cursor->head, error))
    return -1;
  memcpy (&cursor->head, cursor->buffer + cursor->begin, sizeof cursor->head);
  if (cursor->head.key_size > SR_SORTER_MAX_KEY || cursor->head.payload_size > MAX_PAYLOAD)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                   "what was sorted in the folder “%s” was changed meanwhile", self->temp_dir);
      return -1;
    }
  return cursor_fill (self, cursor, sizeof cursor->head + cursor->head.key_size, error) ? 1 : -1;
}

static const guint8 *
cursor_get_key (const Cursor *cursor)
{
  return cursor->buffer + cursor->begin + sizeof cursor->head;
}

/* Gives the item at the cursor; what of its payload the buffer cannot hold is read beside it. */
static gboolean
cursor_get (SrSorter     *self,
            Cursor       *cursor,
            SrSorterItem *item,
            GError      **error)
{
  gsize key_end = sizeof cursor->head + cursor->head.key_size;
  gsize size = key_end + cursor->head.payload_size;
  gsize here;

  if (size <= self->cursor_buffer)
    {
      if (!cursor_fill (self, cursor, size, error))
        return FALSE;
      item->payload = cursor->buffer + cursor->begin + key_end;
    }
  else
    {
      here = cursor->filled - cursor->begin - key_end;
      if (size - key_end - here > cursor->end - cursor->position)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                       "what was sorted in the folder “%s” was changed meanwhile", self->temp_dir);
          return FALSE;
        }
      g_byte_array_set_size (self->large, cursor->head.payload_size);
      memcpy (self->large->data, cursor->buffer + cursor->begin + key_end, here);
      if (!read_all (self, cursor, self->large->data + here, cursor->head.payload_size - here,
                     error))
        return FALSE;
      item->payload = self->large->data;
    }
  item->key = cursor_get_key (cursor);
  item->key_size = cursor->head.key_size;
  item->payload_size = cursor->head.payload_size;
  return TRUE;
}

/* Goes behind the item that cursor_get() gave. */
static void
cursor_pass (Cursor *cursor)
{
  gsize size = sizeof cursor->head + cursor->head.key_size + cursor->head.payload_size;

  cursor->begin += MIN (size, cursor->filled - cursor->begin);
}

static gboolean
is_before (const Cursor *a,
           const Cursor *b)
{
  int result = compare_keys (cursor_get_key (a), a->head.key_size, cursor_get_key (b),
                             b->head.key_size);

  return result != 0 ? result < 0 : a->order < b->order;
}

static void
sift_down (SrSorter *self,
           guint     place)
{
  for (;;)
    {
      guint   least = place;
      Cursor *moved = self->heap[place];

      for (guint child = 2 * place + 1; child <= 2 * place + 2 && child < self->n_heap; child++)
        if (is_before (self->heap[child], self->heap[least]))
          least = child;
      if (least == place)
        return;
      self->heap[place] = self->heap[least];
      self->heap[least] = moved;
      place = least;
    }
}

/* Begins to merge @n runs. */
static gboolean
open_merge (SrSorter *self,
            guint     first,
            guint     n,
            GError  **error)
{
  close_merge (self);
  self->cursor_buffer = CLAMP (self->memory / n, CURSOR_BUFFER_MIN, CURSOR_BUFFER_MAX);
  self->cursors = g_new0 (Cursor, n);
  self->heap = g_new0 (Cursor *, n);
  self->n_cursors = n;
  for (guint i = 0; i < n; i++)
    {
      const Run *run = &g_array_index (self->runs, Run, first + i);
      Cursor    *cursor = &self->cursors[i];
      int        loaded;

      *cursor = (Cursor){ .order = i, .position = run->begin, .end = run->end };
      cursor->buffer = g_malloc (self->cursor_buffer);
      loaded = cursor_load (self, cursor, error);
      if (loaded < 0)
        return FALSE;
      if (loaded > 0)
        self->heap[self->n_heap++] = cursor;
    }
  for (guint i = self->n_heap / 2; i-- > 0;)
    sift_down (self, i);
  return TRUE;
}

static int
merge_next (SrSorter     *self,
            SrSorterItem *item,
            GCancellable *cancellable,
            GError      **error)
{
  if (check_cancelled_at_times (self, cancellable, error))
    return -1;
  if (self->has_given)
    {
      int loaded;

      cursor_pass (self->heap[0]);
      loaded = cursor_load (self, self->heap[0], error);
      if (loaded < 0)
        return -1;
      if (loaded == 0)
        self->heap[0] = self->heap[--self->n_heap];
      if (self->n_heap > 0)
        sift_down (self, 0);
    }
  self->has_given = self->n_heap > 0;
  if (self->n_heap == 0)
    return 0;
  return cursor_get (self, self->heap[0], item, error) ? 1 : -1;
}

/* Merges @n runs into one that the writer writes. */
static gboolean
merge_into (SrSorter     *self,
            guint         first,
            guint         n,
            Writer       *writer,
            GCancellable *cancellable,
            GError      **error)
{
  SrSorterItem item;
  int          more;

  if (!open_merge (self, first, n, error))
    return FALSE;
  while ((more = merge_next (self, &item, cancellable, error)) > 0)
    {
      Head head = { (guint32) item.key_size, (guint32) item.payload_size };

      if (!writer_put (self, writer, &head, sizeof head, error) ||
          !writer_put (self, writer, item.key, item.key_size, error) ||
          !writer_put (self, writer, item.payload, item.payload_size, error))
        return FALSE;
    }
  return more == 0 && writer_flush (self, writer, error);
}

/* Makes fewer and longer runs, in a file of their own, of so many that they cannot be merged at
 * once. */
static gboolean
merge_once (SrSorter     *self,
            guint         fan_in,
            GCancellable *cancellable,
            GError      **error)
{
  g_autofree guint8 *buffer = g_malloc (WRITE_BUFFER);
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (Run));
  Writer             writer = { .buffer = buffer };
  gboolean           good = TRUE;

  writer.fd = sr_temp_file_open (self->temp_dir, error);
  if (writer.fd < 0)
    return FALSE;
  for (guint i = 0; i < self->runs->len && good; i += fan_in)
    {
      Run run = { .begin = writer.position };

      good = merge_into (self, i, MIN (fan_in, self->runs->len - i), &writer, cancellable, error);
      run.end = writer.position;
      g_array_append_val (runs, run);
    }
  close_merge (self);
  if (!good)
    {
      close (writer.fd);
      return FALSE;
    }
  close (self->fd);
  self->fd = writer.fd;
  self->file_size = writer.position;
  g_array_unref (self->runs);
  self->runs = g_steal_pointer (&runs);
  return TRUE;
}

gboolean
sr_sorter_finish (SrSorter     *self,
                  GCancellable *cancellable,
                  GError      **error)
{
  guint fan_in = (guint) (self->memory / CURSOR_BUFFER_MIN);

  if (self->runs->len == 0)
    {
      sort_entries (self);
      return TRUE;
    }
  if (self->entries->len > 0 && !spill (self, cancellable, error))
    return FALSE;
  g_byte_array_unref (self->data);
  self->data = g_byte_array_new ();
  g_array_unref (self->entries);
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  while (self->runs->len > fan_in)
    if (!merge_once (self, fan_in, cancellable, error))
      return FALSE;
  return open_merge (self, 0, self->runs->len, error);
}

int
sr_sorter_next (SrSorter     *self,
                SrSorterItem *item,
                GCancellable *cancellable,
                GError      **error)
{
  Head head;

  if (self->runs->len > 0)
    return merge_next (self, item, cancellable, error);
  if (check_cancelled_at_times (self, cancellable, error))
    return -1;
  if (self->next_entry == self->entries->len)
    return 0;
  item->key = get_item (self->data->data,
                        &g_array_index (self->entries, Entry, self->next_entry++), &head);
  item->key_size = head.key_size;
  item->payload = item->key + head.key_size;
  item->payload_size = head.payload_size;
  return 1;
}
