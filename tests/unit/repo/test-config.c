/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "repo/sr-config.h"

#define AN_ID    "965b3aae4fbc4648988ba728240cff797204e1b94c97331f97146390a662774d"
#define STANDARD "{\"version\":2,\"id\":\"" AN_ID "\",\"chunker_polynomial\":\"2acc5c9f068d7b\""

static void
test_standard (void)
{
  static const char   json[] = STANDARD "}";
  SrConfig            config;
  g_autoptr (GError)  error = NULL;
  g_autoptr (GString) again = NULL;
  char                hex[SR_ID_HEX_SIZE];

  g_assert_true (sr_config_decode (&config, json, strlen (json), &error));
  g_assert_no_error (error);
  g_assert_cmpuint (config.version, ==, 2);
  g_assert_cmpstr (sr_id_to_hex (&config.id, hex), ==, AN_ID);
  g_assert_cmpuint (config.polynomial, ==, G_GUINT64_CONSTANT (0x2acc5c9f068d7b));
  g_assert_cmpmem (&config.database_chunks, sizeof config.database_chunks,
                   &sr_chunk_sizes_database, sizeof sr_chunk_sizes_database);
  again = sr_config_encode (&config);
  g_assert_cmpstr (again->str, ==, json);
}

static void
test_chunk_sizes (void)
{
  static const char   json[] = STANDARD ",\"strongroom_database_chunks\":[2048,12,32768]}";
  SrConfig            config;
  g_autoptr (GString) again = NULL;

  g_assert_true (sr_config_decode (&config, json, strlen (json), NULL));
  g_assert_cmpuint (config.database_chunks.min, ==, 2048);
  g_assert_cmpuint (config.database_chunks.bits, ==, 12);
  g_assert_cmpuint (config.database_chunks.max, ==, 32768);
  again = sr_config_encode (&config);
  g_assert_cmpstr (again->str, ==, json);
}

static void
test_tolerates (void)
{
  static const char *const good[] = {
    /* as restic writes it, version 1, and members of the future */
    "{\n  \"version\": 1,\n  \"id\": \"" AN_ID "\",\n"
    "  \"chunker_polynomial\": \"2acc5c9f068d7b\"\n}\n",
    "{\"future\":{\"a\":[1]},\"chunker_polynomial\":\"2ACC5C9F068D7B\",\"id\":\"" AN_ID
    "\",\"version\":2}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      SrConfig           config;
      g_autoptr (GError) error = NULL;

      sr_config_decode (&config, good[i], strlen (good[i]), &error);
      g_assert_no_error (error);
      g_assert_cmpuint (config.version, ==, i == 0 ? 1 : 2);
    }
}

static void
test_refuses (void)
{
  static const struct
  {
    const char *json;
    int         code;
  } bad[] = {
    { "", SR_ERROR_DAMAGED },
    { "[]", SR_ERROR_DAMAGED },
    { "{}", SR_ERROR_DAMAGED },
    { STANDARD, SR_ERROR_DAMAGED },
    { STANDARD "}x", SR_ERROR_DAMAGED },
    { "{\"version\":3}", SR_ERROR_UNSUPPORTED },
    { "{\"version\":0}", SR_ERROR_UNSUPPORTED },
    { "{\"version\":\"2\"}", SR_ERROR_DAMAGED },
    { "{\"version\":-2}", SR_ERROR_DAMAGED },
    { "{\"version\":2,\"id\":\"" AN_ID "\"}", SR_ERROR_DAMAGED },
    { "{\"version\":2,\"chunker_polynomial\":\"2acc5c9f068d7b\"}", SR_ERROR_DAMAGED },
    { "{\"version\":2,\"id\":\"12\",\"chunker_polynomial\":\"2acc5c9f068d7b\"}",
      SR_ERROR_DAMAGED },
    { "{\"version\":2,\"id\":\"" AN_ID "\",\"chunker_polynomial\":\"2acc5c9f068d7a\"}",
      SR_ERROR_DAMAGED },
    { "{\"version\":2,\"id\":\"" AN_ID "\",\"chunker_polynomial\":\"\"}", SR_ERROR_DAMAGED },
    { "{\"version\":2,\"id\":\"" AN_ID "\",\"chunker_polynomial\":\"0x2acc5c9f068d7b\"}",
      SR_ERROR_DAMAGED },
    { "{\"version\":2,\"id\":\"" AN_ID "\",\"chunker_polynomial\":\"ffffffffffffffffff\"}",
      SR_ERROR_DAMAGED },
    { "{\"version\":2,\"id\":\"" AN_ID "\",\"chunker_polynomial\":5}", SR_ERROR_DAMAGED },
    { STANDARD ",\"strongroom_database_chunks\":[]}", SR_ERROR_DAMAGED },
    { STANDARD ",\"strongroom_database_chunks\":[63,13,65536]}", SR_ERROR_DAMAGED },
    { STANDARD ",\"strongroom_database_chunks\":[4096,13,65536,1]}", SR_ERROR_DAMAGED },
    { STANDARD ",\"strongroom_database_chunks\":[4096,13,4294967296]}", SR_ERROR_DAMAGED },
    { STANDARD ",\"strongroom_database_chunks\":null}", SR_ERROR_DAMAGED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      SrConfig           config;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i].json);
      g_assert_false (sr_config_decode (&config, bad[i].json, strlen (bad[i].json), &error));
      g_assert_error (error, SR_ERROR, bad[i].code);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/standard", test_standard);
  g_test_add_func ("/config/chunk-sizes", test_chunk_sizes);
  g_test_add_func ("/config/tolerates", test_tolerates);
  g_test_add_func ("/config/refuses", test_refuses);
  return g_test_run ();
}
