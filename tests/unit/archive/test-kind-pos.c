/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <string.h>

#include "crypto/sr-digest.h"
#include "sr-test-backup.h"


static void
test_sample (void)
{
  sr_test_backup_expect (sr_test_backup_sample ("pos-database.backup", NULL),
                         "pos complete none\n"
                         "zip.checksums intact passed\n"
                         "pos.components complete passed\n"
                         "pos.digest intact passed\n"
                         "sqlite.integrity intact passed\n"
                         "records.read intact passed\n"
                         "privacy.password-hashes privacy warning\n"
                         "AuditLog=0 Communication=0 Customer=0 NCFSequence=4 Payment=0 Product=3 "
                         "ProductBatch=0 Quotation=0 QuotationItem=0 RNCRegistry=0 Refund=0 "
                         "RefundItem=0 Sale=0 SaleItem=0 Setting=5 StockMovement=0 SyncStatus=0 "
                         "User=3");
}

static void
test_locked (void)
{
  sr_test_backup_expect (sr_test_backup_sample ("pos-database-encrypted.backup", "wrong"),
                         "pos suspicious locked\n"
                         "encryption.locked intact not-made\n"
                         "completeness complete not-made\n");
}

static void
test_key (void)
{
  g_autoptr (SrBackupFile) file = NULL;

  file = sr_test_backup_sample ("pos-database-encrypted.backup", "run-pos-backup-key");
  g_assert_cmpint (sr_backup_file_get_encryption (file), ==, SR_ENCRYPTION_KEY);
  sr_test_backup_expect (g_steal_pointer (&file),
                         "pos complete key\n"
                         "zip.checksums intact passed\n"
                         "pos.components complete passed\n"
                         "pos.digest intact passed\n"
                         "sqlite.integrity intact passed\n"
                         "records.read intact passed\n"
                         "privacy.password-hashes privacy warning\n"
                         "AuditLog=0 Communication=0 Customer=0 NCFSequence=4 Payment=0 Product=3 "
                         "ProductBatch=0 Quotation=0 QuotationItem=0 RNCRegistry=0 Refund=0 "
                         "RefundItem=0 Sale=0 SaleItem=0 Setting=5 StockMovement=0 SyncStatus=0 "
                         "User=3");
}

/* One component, "cache", of these bytes and announced with this digest. */
static SrBackupFile *
make_cache (const char *checksum,
            const char *encrypted)
{
  g_autofree char *metadata = NULL;

  metadata = g_strdup_printf ("{\"id\":\"1\",\"name\":\"a\",\"type\":\"cache\",\"encrypted\":%s,"
                              "\"components\":[{\"name\":\"cache\",\"size\":22,\"checksum\":"
                              "\"%s\"}],\"retention\":{}}",
                              encrypted, checksum);
  /* an empty ZIP has NUL bytes, which a text cannot hold: what lies there is none */
  return sr_test_backup_zip ("a.backup", "cache.zip", "PK 22 bytes of nothing", "metadata.json",
                             metadata, NULL);
}

static void
test_digest (void)
{
  g_autoptr (SrDigest) digest = sr_digest_new ();
  g_autofree char     *sentence = NULL;
  char                 hex[SR_ID_HEX_SIZE];
  SrId                 id;

  sr_digest_update (digest, "PK 22 bytes of nothing", 22);
  sr_digest_finish (digest, &id);
  sentence = sr_test_backup_sentence (make_cache (sr_id_to_hex (&id, hex), "false"), "pos.digest");
  g_assert_nonnull (strstr (sentence, "are as announced"));
  g_free (sentence);
  hex[0] = hex[0] == 'a' ? 'b' : 'a';
  sentence = sr_test_backup_sentence (make_cache (hex, "false"), "pos.digest");
  g_assert_nonnull (strstr (sentence, "SHA-256 differs"));
}

static void
test_claim (void)
{
  g_autofree char *sentence = sr_test_backup_sentence (make_cache ("", "true"), "encryption.claim");

  g_assert_nonnull (strstr (sentence, "this file is not"));
}

static void
test_missing (void)
{
  g_autofree char *sentence = NULL;

  sentence = sr_test_backup_sentence (
      sr_test_backup_zip ("a.backup", "cache.zip", "none", "metadata.json",
                          "{\"components\":[{\"name\":\"database\"}],\"retention\":{}}", NULL),
      "pos.components");
  g_assert_cmpstr (sentence, ==, "The component “database” is announced and missing.");
}

static void
test_nothing (void)
{
  sr_test_backup_expect (sr_test_backup_zip ("a.backup", "metadata.json",
                                             "{\"components\":[],\"retention\":{}}", NULL),
                         "pos suspicious none\n"
                         "zip.checksums intact passed\n"
                         "pos.components complete failed\n"
                         "pos.database complete notice\n"
                         "records.read complete notice\n");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kind-pos/sample", test_sample);
  g_test_add_func ("/kind-pos/locked", test_locked);
  g_test_add_func ("/kind-pos/key", test_key);
  g_test_add_func ("/kind-pos/digest", test_digest);
  g_test_add_func ("/kind-pos/claim", test_claim);
  g_test_add_func ("/kind-pos/missing", test_missing);
  g_test_add_func ("/kind-pos/nothing", test_nothing);
  return g_test_run ();
}
