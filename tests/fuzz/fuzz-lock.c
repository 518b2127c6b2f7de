/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* A lock file, opened: whatever it holds, it is listed, readable or not. */

#include "config.h"

#include "repo/sr-lock.h"
#include "sr-fuzz.h"
#include "sr-storage-memory.h"
#include "sr-test-repo.h"

static SrRepo *
get_repo (void)
{
  static SrRepo *repo;

  if (repo == NULL)
    {
      g_autoptr (SrStorage) storage = sr_storage_memory_new ();

      repo = sr_test_repo_create (storage);
    }
  return repo;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  SrRepo               *repo = get_repo ();
  g_autoptr (GPtrArray) locks = NULL;
  const SrLockInfo     *lock;
  guint                 n_removed = 0;
  SrId                  id;

  sr_fuzz_assert (sr_repo_save_unpacked (repo, SR_FILE_LOCK, data, size, &id, NULL, NULL));
  locks = sr_lock_list (repo, NULL, NULL);
  sr_fuzz_assert (locks != NULL && locks->len == 1);
  lock = locks->pdata[0];
  sr_fuzz_assert (sr_id_equal (&lock->id, &id));
  sr_fuzz_assert (lock->readable || !lock->stale);
  sr_fuzz_assert (!lock->owner_dead || lock->stale);
  sr_fuzz_assert (sr_lock_remove_stale (repo, TRUE, &n_removed, NULL, NULL) && n_removed == 1);
  return 0;
}
