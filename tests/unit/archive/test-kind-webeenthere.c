/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <string.h>

#include "sr-test-backup.h"


static void
test_dump (void)
{
  sr_test_backup_expect (sr_test_backup_sample ("webeenthere-database.sql", NULL),
                         "webeenthere suspicious none\n"
                         "container.read intact passed\n"
                         "file.no-checksum intact notice\n"
                         "webeenthere.dialect complete notice\n"
                         "webeenthere.scope complete notice\n"
                         "sql.end intact passed\n"
                         "records.read intact passed\n"
                         "records.lost-bytes complete warning\n"
                         "records.nul complete notice\n"
                         "records.guessed complete notice\n"
                         "privacy.password-hashes privacy warning\n"
                         "activity_logs=10 feedback=5 forum_categories=3 forum_replies=10 "
                         "forum_threads=5 help_articles=8 help_categories=3 payment_transactions=1 "
                         "plans=3 subscription_logs=5 support_messages=5 support_tickets=3 "
                         "system_settings=5 templates=18 user_plan=5 users=5 websites=23 "
                         "ai_prompts=0 custom_blocks=0 feedback_responses=0 forum_reply_likes=0 "
                         "forum_thread_likes=0 help_article_votes=0 invoices=0 media_assets=0 "
                         "website_analytics=0");
}

/* What a dump's head and its end tell alike is one fact. */
static void
test_facts (void)
{
  g_autoptr (SrBackupFile) file = sr_test_backup_sample ("webeenthere-database.sql", NULL);
  g_autofree char         *sentence = NULL;
  GPtrArray               *facts = g_ptr_array_ref (sr_backup_file_get_facts (file));
  guint                    n = 0;

  sentence = sr_test_backup_sentence (g_object_ref (file), "sql.end");
  for (guint i = 0; i < facts->len; i += 2)
    n += strcmp (g_ptr_array_index (facts, i), "database") == 0;
  g_assert_cmpuint (n, ==, 1);
  g_ptr_array_unref (facts);
}

static void
test_full (void)
{
  sr_test_backup_expect (sr_test_backup_sample ("webeenthere-full.tar.gz", NULL),
                         "webeenthere-tar suspicious none\n"
                         "container.read intact passed\n"
                         "webeenthere.database complete failed\n"
                         "privacy.tokens privacy warning\n"
                         "encryption.claim privacy warning\n");
}

/* A folder or an archive of the same files is the same backup. */
static void
test_incremental (void)
{
  sr_test_backup_expect (sr_test_backup_zip ("a.zip", "no-changes.txt", "nothing changed", NULL),
                         "webeenthere-tar suspicious none\n"
                         "zip.checksums intact passed\n"
                         "webeenthere.incremental complete warning\n"
                         "webeenthere.database complete notice\n");
}

static void
test_files (void)
{
  sr_test_backup_expect (sr_test_backup_zip ("a.zip", "package.json", "{}", "package-lock.json",
                                             "{}", "data/tokens.json", "{}", NULL),
                         "webeenthere-tar intact none\n"
                         "zip.checksums intact passed\n"
                         "webeenthere.files complete not-made\n"
                         "webeenthere.database complete notice\n"
                         "privacy.tokens privacy warning\n");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kind-webeenthere/dump", test_dump);
  g_test_add_func ("/kind-webeenthere/facts", test_facts);
  g_test_add_func ("/kind-webeenthere/full", test_full);
  g_test_add_func ("/kind-webeenthere/incremental", test_incremental);
  g_test_add_func ("/kind-webeenthere/files", test_files);
  return g_test_run ();
}
