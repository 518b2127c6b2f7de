/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "crypto/sr-digest.h"
#include "crypto/sr-random.h"
#include "crypto/sr-sealer.h"
#include "repo/sr-key.h"
#include "sr-storage-fault.h"
#include "sr-storage-memory.h"
#include "sr-test-util.h"
#include "storage/sr-storage-local.h"

static const SrScryptParams cheap = { 16, 1, 1 };

static SrSecret *
make_master (void)
{
  SrSecret *master = sr_secret_new (SR_KEY_SIZE);

  sr_test_fill_random (5, sr_secret_get_writable (master), SR_KEY_SIZE);
  return master;
}

static SrSecret *
make_password (const char *text)
{
  return sr_secret_new_from (text, strlen (text));
}

static void
add (SrStorage  *storage,
     const char *text,
     SrId       *id)
{
  g_autoptr (SrSecret) master = make_master ();
  g_autoptr (SrSecret) password = make_password (text);
  g_autoptr (GError)   error = NULL;

  g_assert_true (sr_key_add (storage, master, password, "me", "here", &cheap, id, NULL, &error));
  g_assert_no_error (error);
}

static void
check_opens (SrStorage  *storage,
             const char *text,
             const SrId *id)
{
  g_autoptr (SrSecret) master = make_master ();
  g_autoptr (SrSecret) password = make_password (text);
  g_autoptr (SrSecret) found = NULL;
  g_autoptr (GError)   error = NULL;
  SrId                 used;

  found = sr_key_search (storage, password, &used, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sr_secret_equal (found, master));
  g_assert_true (sr_id_equal (&used, id));
}

static void
check_opens_not (SrStorage  *storage,
                 const char *text,
                 gint        code)
{
  g_autoptr (SrSecret) password = make_password (text);
  g_autoptr (SrSecret) found = NULL;
  g_autoptr (GError)   error = NULL;

  found = sr_key_search (storage, password, NULL, NULL, &error);
  g_assert_null (found);
  g_assert_error (error, SR_ERROR, code);
}

static void
test_add_and_search (void)
{
  g_autoptr (SrStorage) storage = sr_storage_memory_new ();
  SrId                  first, second;

  check_opens_not (storage, "one", SR_ERROR_DAMAGED);
  add (storage, "one", &first);
  add (storage, "zwei ✓", &second);
  check_opens (storage, "one", &first);
  check_opens (storage, "zwei ✓", &second);
  check_opens_not (storage, "One", SR_ERROR_WRONG_PASSWORD);
  check_opens_not (storage, "", SR_ERROR_WRONG_PASSWORD);
}

/* What stock restic wrote; see the folder's README for its master key. */
static void
test_restic (void)
{
  g_autofree char      *path = g_test_build_filename (G_TEST_DIST, "data", "restic-init",
                                                      "vault", NULL);
  g_autofree char      *from = g_test_build_filename (G_TEST_DIST, "data", "restic-init",
                                                      "password", NULL);
  g_autoptr (SrStorage) storage = sr_storage_local_new (path);
  g_autofree char      *text = NULL;
  g_autoptr (SrSecret)  password = NULL;
  g_autoptr (SrSecret)  master = NULL;
  g_autoptr (GString)   hex = g_string_new (NULL);
  g_autoptr (GError)    error = NULL;
  const guint8         *bytes;

  g_assert_true (g_file_get_contents (from, &text, NULL, &error));
  password = make_password (g_strchomp (text));
  master = sr_key_search (storage, password, NULL, NULL, &error);
  g_assert_no_error (error);
  bytes = sr_secret_get_data (master);
  for (guint i = 0; i < SR_KEY_SIZE; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);
  g_assert_cmpstr (hex->str, ==,
                   "c40d08a1d8db8ca580feedad55e3e7e03d4708bc112ed69e0ad3bffe07510e4a"
                   "5f1f611b1007c19395e04a0855dcc3d6f6b89102c0201d024446c604c86aaf04");
}

static void
test_list (void)
{
  g_autoptr (SrStorage) storage = sr_storage_memory_new ();
  g_autoptr (GPtrArray) infos = NULL;
  g_autoptr (GBytes)    rubbish = g_bytes_new_static ("{}", 2);
  g_autoptr (GError)    error = NULL;
  SrId                  id;
  SrId                  damaged = { { 1 } };
  guint                 n_unreadable = 99;
  const SrKeyInfo      *info;

  add (storage, "one", &id);
  sr_storage_memory_replace (SR_STORAGE_MEMORY (storage), SR_FILE_KEY, &damaged, rubbish);
  infos = sr_key_list (storage, &n_unreadable, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (infos->len, ==, 1);
  g_assert_cmpuint (n_unreadable, ==, 1);
  info = infos->pdata[0];
  g_assert_true (sr_id_equal (&info->id, &id));
  g_assert_cmpstr (info->username, ==, "me");
  g_assert_cmpstr (info->hostname, ==, "here");
  g_assert_cmpuint (info->params.n, ==, 16);
  g_assert_cmpuint (strlen (info->created), >, 18);
}

/* Replaces @from by @to in a key file. */
static void
change_key_file (SrStorage  *storage,
                 const SrId *id,
                 const char *from,
                 const char *to)
{
  g_autoptr (GBytes)  bytes = sr_storage_memory_peek (SR_STORAGE_MEMORY (storage), SR_FILE_KEY, id);
  g_autoptr (GString) text = g_string_new_len (g_bytes_get_data (bytes, NULL),
                                               (gssize) g_bytes_get_size (bytes));
  g_autoptr (GBytes)  changed = NULL;

  g_assert_cmpuint (g_string_replace (text, from, to, 1), ==, 1);
  changed = g_bytes_new (text->str, text->len);
  sr_storage_memory_replace (SR_STORAGE_MEMORY (storage), SR_FILE_KEY, id, changed);
}

static const struct
{
  const char *from;
  const char *to;
} damages[] = {
  { "{\"created\"", "\"created\"" },
  { "\"scrypt\"", "\"argon2\"" },
  { "\"N\":16", "\"N\":15" },
  { "\"N\":16", "\"N\":1073741824" },
  { "\"N\":16", "\"N\":-16" },
  { "\"N\":16", "\"N\":99999999999999999999" },
  { "\"r\":1", "\"r\":0" },
  { "\"r\":1", "\"r\":\"1\"" },
  { "\"p\":1", "\"q\":1" },
  { "\"salt\":\"", "\"salt\":\"AAAA" },
  { "\"salt\"", "\"pepper\"" },
  { "\"data\"", "\"date\"" },
  { "\"data\":\"", "\"data\":\"\",\"old\":\"" },
};

static void
test_damaged_are_skipped (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (damages); i++)
    {
      g_autoptr (SrStorage) storage = sr_storage_memory_new ();
      SrId                  damaged, sound;

      add (storage, "one", &damaged);
      change_key_file (storage, &damaged, damages[i].from, damages[i].to);
      check_opens_not (storage, "one", SR_ERROR_DAMAGED);
      add (storage, "two", &sound);
      check_opens (storage, "two", &sound);
      check_opens_not (storage, "one", SR_ERROR_WRONG_PASSWORD);
    }
}

/* Not even the part of the file that no password protects keeps the key from opening. */
static void
test_comments_do_not_matter (void)
{
  g_autoptr (SrStorage) storage = sr_storage_memory_new ();
  SrId                  id;

  add (storage, "one", &id);
  change_key_file (storage, &id, "\"me\"", "\"mf\"");
  check_opens (storage, "one", &id);
}

static void
test_at_most_twenty (void)
{
  g_autoptr (SrStorage) storage = sr_storage_memory_new ();
  g_autoptr (GPtrArray) infos = NULL;
  guint                 n_opening = 0;

  for (guint i = 0; i < 24; i++)
    {
      g_autofree char *text = g_strdup_printf ("password %u", i);
      SrId             id;

      add (storage, text, &id);
    }
  for (guint i = 0; i < 24; i++)
    {
      g_autofree char     *text = g_strdup_printf ("password %u", i);
      g_autoptr (SrSecret) password = make_password (text);
      g_autoptr (SrSecret) master = sr_key_search (storage, password, NULL, NULL, NULL);

      n_opening += master != NULL;
    }
  g_assert_cmpuint (n_opening, ==, 20);
}

static void
test_remove (void)
{
  g_autoptr (SrStorage) storage = sr_storage_memory_new ();
  g_autoptr (GError)    error = NULL;
  SrId                  first, second;
  SrId                  none = { { 3 } };

  add (storage, "one", &first);
  g_assert_false (sr_key_remove (storage, &first, NULL, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
  g_clear_error (&error);
  add (storage, "two", &second);
  g_assert_false (sr_key_remove (storage, &first, &first, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (sr_key_remove (storage, &none, &first, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  check_opens (storage, "one", &first);
  g_assert_true (sr_key_remove (storage, &first, &second, NULL, &error));
  g_assert_no_error (error);
  check_opens_not (storage, "one", SR_ERROR_WRONG_PASSWORD);
  check_opens (storage, "two", &second);
}

static gboolean
change (SrStorage  *storage,
        const SrId *old,
        GError    **error)
{
  g_autoptr (SrSecret) master = make_master ();
  g_autoptr (SrSecret) password = make_password ("new");
  SrId                 id;

  return sr_key_change (storage, master, old, password, "me", "here", &cheap, &id, NULL, error);
}

static gboolean
opens (SrStorage  *storage,
       const char *text)
{
  g_autoptr (SrSecret) password = make_password (text);
  g_autoptr (SrSecret) master = sr_key_search (storage, password, NULL, NULL, NULL);

  return master != NULL;
}

/* Whatever fails: at least one of the passwords opens the vault, and only a success takes the old
 * one away. */
static void
test_change_with_faults (void)
{
  static const SrFault faults[] = { SR_FAULT_FAIL, SR_FAULT_FAIL_FROM, SR_FAULT_FAIL_AFTER,
                                    SR_FAULT_CUT_SILENTLY, SR_FAULT_FLIP };

  for (guint k = 0; k < G_N_ELEMENTS (faults); k++)
    for (guint call = 1;; call++)
      {
        g_autoptr (SrStorage) memory = sr_storage_memory_new ();
        g_autoptr (SrStorage) storage = sr_storage_fault_new (memory);
        g_autoptr (GError)    error = NULL;
        SrId                  old;
        gboolean              ok;

        add (memory, "old", &old);
        sr_storage_fault_plan (SR_STORAGE_FAULT (storage), faults[k], call, SR_ERROR_IO);
        ok = change (storage, &old, &error);
        if (!sr_storage_fault_was_reached (SR_STORAGE_FAULT (storage)))
          {
            g_assert_true (ok);
            break;
          }
        if (ok)
          {
            g_assert_no_error (error);
            g_assert_true (opens (memory, "new"));
            g_assert_false (opens (memory, "old"));
          }
        else
          {
            g_assert_nonnull (error);
            g_assert_true (opens (memory, "old") || opens (memory, "new"));
          }
      }
}

static void
test_cancelled (void)
{
  g_autoptr (SrStorage)    storage = sr_storage_memory_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SrSecret)     master = make_master ();
  g_autoptr (SrSecret)     found = NULL;
  g_autoptr (GError)       error = NULL;
  SrId                     id;

  add (storage, "one", &id);
  g_cancellable_cancel (cancellable);
  found = sr_key_search (storage, master, NULL, cancellable, &error);
  g_assert_null (found);
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (sr_key_add (storage, master, master, "me", "here", &cheap, &id, cancellable,
                              &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/key/add-and-search", test_add_and_search);
  g_test_add_func ("/key/restic", test_restic);
  g_test_add_func ("/key/list", test_list);
  g_test_add_func ("/key/damaged-are-skipped", test_damaged_are_skipped);
  g_test_add_func ("/key/comments-do-not-matter", test_comments_do_not_matter);
  g_test_add_func ("/key/at-most-twenty", test_at_most_twenty);
  g_test_add_func ("/key/remove", test_remove);
  g_test_add_func ("/key/change-with-faults", test_change_with_faults);
  g_test_add_func ("/key/cancelled", test_cancelled);
  return g_test_run ();
}
