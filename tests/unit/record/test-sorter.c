/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "base/sr-error.h"
#include "record/sr-sorter.h"
#include "sr-test-util.h"

#define SMALL (64 * 1024)

/* Keys of 1 to 8 letters of few, so that many are equal; the payload is the number, then
 * filling. */
static void
add_items (SrSorter *sorter,
           guint     n,
           gsize     max_payload)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *payload = g_malloc0 (max_payload + sizeof n);

  for (guint32 i = 0; i < n; i++)
    {
      guint64 random;
      char    key[9];
      gsize   size = 0;

      sr_test_fill_random (i, &random, sizeof random);
      for (guint64 left = random; size < 1 + random % 8; left /= 3)
        key[size++] = (char) ('a' + left % 3);
      memcpy (payload, &i, sizeof i);
      memset (payload + sizeof i, (int) (i % 251), max_payload);
      g_assert_true (sr_sorter_add (sorter, key, size, payload,
                                    sizeof i + random % (max_payload + 1), NULL, &error));
      g_assert_no_error (error);
    }
}

static void
assert_sorted (SrSorter *sorter,
               guint     n,
               gsize     max_payload)
{
  g_autoptr (GByteArray) last = g_byte_array_new ();
  g_autoptr (GError)     error = NULL;
  g_autofree guint8     *seen = g_malloc0 (n + 1);
  SrSorterItem           item;
  guint32                last_number = 0;
  guint                  count = 0;

  g_assert_true (sr_sorter_finish (sorter, NULL, &error));
  while (sr_sorter_next (sorter, &item, NULL, &error) > 0)
    {
      guint32 number;
      guint64 random;
      int     order = 0;

      g_assert_cmpuint (item.payload_size, >=, sizeof number);
      memcpy (&number, item.payload, sizeof number);
      sr_test_fill_random (number, &random, sizeof random);
      g_assert_cmpuint (item.payload_size, ==, sizeof number + random % (max_payload + 1));
      for (gsize i = sizeof number; i < item.payload_size; i++)
        g_assert_cmpuint (item.payload[i], ==, number % 251);
      g_assert_cmpuint (item.key_size, ==, 1 + random % 8);
      if (count > 0)
        order = memcmp (last->data, item.key, MIN (last->len, item.key_size));
      if (order == 0)
        order = (last->len > item.key_size) - (last->len < item.key_size);
      g_assert_cmpint (order, <=, 0);
      g_assert_true (count == 0 || order < 0 || last_number < number);
      g_assert_cmpuint (seen[number]++, ==, 0);
      g_byte_array_set_size (last, 0);
      g_byte_array_append (last, item.key, (guint) item.key_size);
      last_number = number;
      count++;
    }
  g_assert_no_error (error);
  g_assert_cmpuint (count, ==, n);
  g_assert_cmpint (sr_sorter_next (sorter, &item, NULL, &error), ==, 0);
}

static void
test_memory (void)
{
  g_autoptr (SrSorter) sorter = sr_sorter_new (NULL, 1024 * 1024);

  add_items (sorter, 5000, 100);
  assert_sorted (sorter, 5000, 100);
  g_assert_cmpuint (sr_sorter_get_n_spilled (sorter), ==, 0);
}

static void
test_empty (void)
{
  g_autoptr (SrSorter) sorter = sr_sorter_new (NULL, 0);

  assert_sorted (sorter, 0, 0);
}

/* More parts than can be merged at once, so that there are parts of parts. */
static void
test_spilled (void)
{
  char                *dir = sr_test_mkdir ();
  g_autoptr (SrSorter) sorter = sr_sorter_new (dir, SMALL);
  g_autoptr (GDir)     listing = NULL;

  add_items (sorter, 20000, 60);
  listing = g_dir_open (dir, 0, NULL);
  g_assert_null (g_dir_read_name (listing));
  assert_sorted (sorter, 20000, 60);
  g_assert_cmpuint (sr_sorter_get_n_spilled (sorter), >, 16);
  sr_test_rmdir (dir);
}

/* Payloads larger than what is read at once, and than the memory. */
static void
test_large_payloads (void)
{
  g_autoptr (SrSorter) sorter = sr_sorter_new (NULL, SMALL);

  add_items (sorter, 100, 200000);
  assert_sorted (sorter, 100, 200000);
  g_assert_cmpuint (sr_sorter_get_n_spilled (sorter), >, 50);
}

static void
test_long_keys (void)
{
  g_autoptr (SrSorter) sorter = sr_sorter_new (NULL, SMALL);
  g_autoptr (GError)   error = NULL;
  guint8               key[SR_SORTER_MAX_KEY + 1] = { 0 };
  SrSorterItem         item;

  for (guint i = 100; i-- > 0;)
    {
      key[SR_SORTER_MAX_KEY - 1] = (guint8) i;
      g_assert_true (sr_sorter_add (sorter, key, SR_SORTER_MAX_KEY, "x", 1, NULL, &error));
    }
  g_assert_true (sr_sorter_add (sorter, "", 0, NULL, 0, NULL, &error));
  g_assert_false (sr_sorter_add (sorter, key, sizeof key, "x", 1, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_true (sr_sorter_finish (sorter, NULL, &error));
  g_assert_cmpint (sr_sorter_next (sorter, &item, NULL, &error), ==, 1);
  g_assert_cmpuint (item.key_size, ==, 0);
  for (guint i = 0; i < 100; i++)
    {
      g_assert_cmpint (sr_sorter_next (sorter, &item, NULL, &error), ==, 1);
      g_assert_cmpuint (item.key_size, ==, SR_SORTER_MAX_KEY);
      g_assert_cmpuint (item.key[SR_SORTER_MAX_KEY - 1], ==, i);
    }
  g_assert_cmpint (sr_sorter_next (sorter, &item, NULL, &error), ==, 0);
}

static gboolean
add_until_error (SrSorter     *sorter,
                 GCancellable *cancellable,
                 GError      **error)
{
  for (guint i = 0; i < 1000000; i++)
    if (!sr_sorter_add (sorter, &i, sizeof i, "some payload", 12, cancellable, error))
      return FALSE;
  return TRUE;
}

static void
test_cancel (void)
{
  g_autoptr (SrSorter)     sorter = sr_sorter_new (NULL, SMALL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;
  SrSorterItem             item;
  int                      more;

  add_items (sorter, 20000, 10);
  g_assert_true (sr_sorter_finish (sorter, cancellable, &error));
  g_cancellable_cancel (cancellable);
  do
    more = sr_sorter_next (sorter, &item, cancellable, &error);
  while (more > 0);
  g_assert_cmpint (more, ==, -1);
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
  g_clear_error (&error);
  g_clear_pointer (&sorter, sr_sorter_free);
  sorter = sr_sorter_new (NULL, SMALL);
  g_assert_false (add_until_error (sorter, cancellable, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
}

static void
test_no_folder (void)
{
  g_autoptr (SrSorter) sorter = sr_sorter_new ("/nonexistent/folder", SMALL);
  g_autoptr (GError)   error = NULL;

  g_assert_false (add_until_error (sorter, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "/nonexistent/folder"));
}

/* The limit for the size of a file stands for a full disk, in a process of its own. */
static void
test_no_space (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (SrSorter) sorter = sr_sorter_new (NULL, SMALL);
      g_autoptr (GError)   error = NULL;
      struct rlimit        limit = { 200000, 200000 };

      signal (SIGXFSZ, SIG_IGN);
      g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
      g_assert_false (add_until_error (sorter, NULL, &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_IO);
      g_assert_nonnull (strstr (error->message, g_get_tmp_dir ()));
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sorter/memory", test_memory);
  g_test_add_func ("/sorter/empty", test_empty);
  g_test_add_func ("/sorter/spilled", test_spilled);
  g_test_add_func ("/sorter/large-payloads", test_large_payloads);
  g_test_add_func ("/sorter/long-keys", test_long_keys);
  g_test_add_func ("/sorter/cancel", test_cancel);
  g_test_add_func ("/sorter/no-folder", test_no_folder);
  g_test_add_func ("/sorter/no-space", test_no_space);
  return g_test_run ();
}
