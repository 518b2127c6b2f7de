/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-job.h"
#include "site/sr-site.h"
#include "state/sr-keyring.h"

G_BEGIN_DECLS

/* Programs that link this call the engine through it: the calls listed in its meson.build are
 * counted and checked on the way, and the keyring is one of its own. */

/* From now on a call of the engine in the calling thread fails the test; @forbid FALSE: no more. */
void sr_test_engine_forbid_here (gboolean forbid);
/* How many calls went through since the program began. */
guint sr_test_engine_get_n_calls (void);
/* Cancels @job when call number @n from now on comes; 0 for none. */
void sr_test_engine_cancel_at (SrJob *job,
                               guint  n);

/* What the keyring answers; %SR_KEYRING_DONE with @password, which is also what storing sets. */
void      sr_test_engine_set_keyring (SrKeyringResult result,
                                      const char     *password);
SrSecret *sr_test_engine_get_stored (void);

/**
 * SrTestShop:
 *
 * A site with a folder of three files and a database of two tables (3 customers, 2 invoices), and a
 * vault whose password is "test".
 */
typedef struct
{
  char   *dir;
  char   *files;    /* DIR/files */
  char   *database; /* DIR/shop.db */
  char   *vault;    /* DIR/vault */
  SrSite *site;
} SrTestShop;

/* For g_test_add(). The keyring holds the password. */
void sr_test_shop_set_up (SrTestShop   *self,
                          gconstpointer data);
void sr_test_shop_tear_down (SrTestShop   *self,
                             gconstpointer data);
/* Runs @job in a queue, with calls of the engine forbidden here, until it ended. Takes @job.
 * Returns: (transfer full) */
SrJob *sr_test_shop_run (SrJob *job);
/* The same, and it must be done. */
SrJob *sr_test_shop_run_well (SrJob *job);
/* The same with a history, which must have what the job says of itself: state, verdict, counts,
 * error and log. */
SrJob *sr_test_shop_run_noted (SrJob     *job,
                               SrJobState state);
/**
 * sr_test_shop_cancel_anywhere:
 * @make: a new job; (transfer full)
 * @look: what must be so after one that was cancelled, or done
 *
 * Cancels jobs of a kind at one call of the engine after the other, until one is done: it was
 * cancelled or did all, and no lock stays in the vault.
 */
void sr_test_shop_cancel_anywhere (SrTestShop *self,
                                   SrJob *(*make) (gpointer data),
                                   void (*look) (SrJob   *job,
                                                 gboolean done,
                                                 gpointer data),
                                   gpointer data);
/* A backup of the shop. Returns: (transfer full): id of the snapshot */
char *sr_test_shop_back_up (SrTestShop *self);
/* How many snapshots the vault has. */
guint sr_test_shop_count_snapshots (SrTestShop *self);
/* A file of three megabytes that compress to nothing less, so that most of its bytes lie in the
 * vault's largest pack. */
void sr_test_shop_add_big_file (SrTestShop *self,
                                const char *name);
/* Returns: (transfer full): path of the vault's largest pack */
char *sr_test_shop_find_pack (SrTestShop *self);
/* Flips a byte in the middle of a file. */
void sr_test_shop_damage (const char *path);
/* (transfer full) */
char *sr_test_shop_path (SrTestShop *self,
                         const char *name);

G_END_DECLS
