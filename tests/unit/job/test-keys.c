/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include "base/sr-error.h"
#include "job/sr-keys.h"
#include "repo/sr-lock.h"
#include "sr-storage-fault.h"
#include "sr-storage-memory.h"
#include "sr-test-repo.h"

typedef struct
{
  SrStorage *files;
  SrStorage *storage;
  SrClock   *clock;
  SrRepo    *repo;
  SrSecret  *password;
} Fixture;

static void
set_up (Fixture      *self,
        gconstpointer data)
{
  self->files = sr_storage_memory_new ();
  self->storage = sr_storage_fault_new (self->files);
  self->clock = sr_clock_new_fake (G_GINT64_CONSTANT (1700000000) * 1000000000);
  self->repo = sr_test_repo_create (self->storage);
  sr_repo_set_clock (self->repo, self->clock);
  self->password = sr_secret_new_from ("another", 7);
}

static void
tear_down (Fixture      *self,
           gconstpointer data)
{
  sr_secret_unref (self->password);
  g_object_unref (self->repo);
  sr_clock_unref (self->clock);
  g_object_unref (self->storage);
  g_object_unref (self->files);
}

static guint
count (Fixture   *self,
       SrFileType type)
{
  return sr_storage_memory_get_n_files (SR_STORAGE_MEMORY (self->files), type);
}

static gboolean
opens (Fixture  *self,
       SrSecret *password)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrRepo) repo = sr_repo_open (self->storage, password, NULL, &error);

  if (repo == NULL)
    g_assert_error (error, SR_ERROR, SR_ERROR_WRONG_PASSWORD);
  return repo != NULL;
}

static void
test_add_and_remove (Fixture      *self,
                     gconstpointer data)
{
  g_autoptr (SrSecret) first = sr_test_repo_password ();
  g_autoptr (GError)   error = NULL;
  SrId                 added;
  SrId                 removed;
  char                 hex[SR_ID_HEX_SIZE];

  g_assert_true (sr_keys_add (self->repo, self->password, &added, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (opens (self, self->password));
  g_assert_true (opens (self, first));
  sr_id_to_hex (&added, hex);
  hex[10] = '\0';
  g_assert_true (sr_keys_remove (self->repo, hex, &removed, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (sr_id_equal (&added, &removed));
  g_assert_false (opens (self, self->password));
  g_assert_true (opens (self, first));
  g_assert_cmpuint (count (self, SR_FILE_LOCK), ==, 0);
}

static void
test_remove_refused (Fixture      *self,
                     gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  SrId               id;
  char               hex[SR_ID_HEX_SIZE];

  sr_id_to_hex (sr_repo_get_key_id (self->repo), hex);
  g_assert_false (sr_keys_remove (self->repo, hex, &id, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (sr_keys_remove (self->repo, "xyz", &id, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (sr_keys_remove (self->repo, "", &id, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
  g_assert_cmpuint (count (self, SR_FILE_KEY), ==, 1);
  g_assert_cmpuint (count (self, SR_FILE_LOCK), ==, 0);
}

static void
test_change (Fixture      *self,
             gconstpointer data)
{
  g_autoptr (SrSecret) first = sr_test_repo_password ();
  g_autoptr (GError)   error = NULL;
  SrId                 id;

  g_assert_true (sr_keys_change (self->repo, self->password, &id, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (opens (self, self->password));
  g_assert_false (opens (self, first));
  g_assert_cmpuint (count (self, SR_FILE_KEY), ==, 1);
  g_assert_cmpuint (count (self, SR_FILE_LOCK), ==, 0);
}

static void
test_locked (Fixture      *self,
             gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  SrLock            *lock = sr_lock_acquire (self->repo, FALSE, 0, NULL, &error);
  SrId               id;

  g_assert_no_error (error);
  g_assert_false (sr_keys_change (self->repo, self->password, &id, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_LOCKED);
  g_clear_error (&error);
  g_assert_false (sr_keys_remove (self->repo, "a", &id, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_LOCKED);
  g_clear_error (&error);
  g_assert_true (sr_keys_add (self->repo, self->password, &id, NULL, &error));
  g_assert_no_error (error);
  sr_lock_release (lock);
}

/* At every moment one of the two passwords opens the vault. */
static void
test_change_faults (Fixture      *self,
                    gconstpointer data)
{
  g_autoptr (SrSecret) first = sr_test_repo_password ();
  SrStorageMemory     *files = SR_STORAGE_MEMORY (self->files);
  SrStorage           *before = sr_storage_memory_clone (files);
  gboolean             reached = TRUE;

  for (guint call = 1; reached; call++)
    {
      g_autoptr (GError) error = NULL;
      SrId               id;
      gboolean           good;

      sr_storage_memory_restore (files, SR_STORAGE_MEMORY (before));
      sr_storage_fault_plan (SR_STORAGE_FAULT (self->storage), SR_FAULT_FAIL, call, SR_ERROR_IO);
      good = sr_keys_change (self->repo, self->password, &id, NULL, &error);
      reached = sr_storage_fault_was_reached (SR_STORAGE_FAULT (self->storage));
      sr_storage_fault_plan (SR_STORAGE_FAULT (self->storage), SR_FAULT_NONE, 0, SR_ERROR_IO);
      g_assert_true (good || error != NULL);
      g_assert_true (opens (self, first) || opens (self, self->password));
      if (good)
        g_assert_true (opens (self, self->password));
      sr_lock_remove_stale (self->repo, TRUE, NULL, NULL, NULL);
    }
  g_object_unref (before);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/keys/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("add-and-remove", test_add_and_remove);
  ADD ("remove-refused", test_remove_refused);
  ADD ("change", test_change);
  ADD ("locked", test_locked);
  ADD ("change-faults", test_change_faults);
#undef ADD
  return g_test_run ();
}
