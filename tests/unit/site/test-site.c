/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "site/sr-site.h"

#include "base/sr-error.h"
#include "base/sr-json.h"

#include <string.h>

#define MAX_SIZE (1024 * 1024)

static SrSite *
parse (const char *text,
       GError    **error)
{
  g_autoptr (JsonObject) object = sr_json_parse_object (text, strlen (text), MAX_SIZE, 32, error);

  return object != NULL ? sr_site_from_json (object, "shop-1a2b3c", error) : NULL;
}

static char *
format (SrSite *site)
{
  g_autoptr (JsonNode) node = sr_site_to_json (site);

  return json_to_string (node, FALSE);
}

static void
test_new (void)
{
  g_autoptr (SrSite) site = sr_site_new ("  Cafe\xcc\x81 S\xc3\xbc"
                                         "d (neu)! ");
  g_autoptr (SrSite) other = sr_site_new ("\xe5\xba\x97");
  g_autoptr (SrSite) traversal = sr_site_new ("../../etc/passwd");
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (sr_site_get_name (site), ==, "Caf\xc3\xa9 S\xc3\xbc"
                                                "d (neu)!");
  g_assert_true (g_regex_match_simple ("^cafe-sud-neu-[0-9a-f]{6}$", sr_site_get_id (site), 0, 0));
  g_assert_true (g_regex_match_simple ("^site-[0-9a-f]{6}$", sr_site_get_id (other), 0, 0));
  g_assert_true (
      g_regex_match_simple ("^etc-passwd-[0-9a-f]{6}$", sr_site_get_id (traversal), 0, 0));
  g_assert_cmpstr (sr_site_get_environment (site), ==, "production");
  g_assert_true (sr_site_validate (site, &error));
  g_assert_no_error (error);
}

static void
test_add_and_remove (void)
{
  g_autoptr (SrSite) site = sr_site_new ("Shop");
  SrSiteSource      *source = sr_site_add_source (site, SR_SOURCE_FOLDER, "/srv/erp/");
  SrSiteVault       *vault = sr_site_add_vault (site, "/media/disk/vault");
  SrSiteFile        *file = sr_site_add_file (site, "/srv/./down/b.zip");

  g_assert_cmpstr (source->location, ==, "/srv/erp");
  g_assert_cmpstr (source->kind_name, ==, "folder");
  g_assert_true (sr_site_add_source (site, SR_SOURCE_FOLDER, "/srv/x/../erp") == source);
  g_assert_true (sr_site_add_vault (site, "/media/disk/vault/") == vault);
  g_assert_nonnull (vault->added);
  g_assert_true (g_str_has_suffix (vault->added, "Z"));
  g_assert_true (sr_site_add_file (site, "/srv/down/b.zip") == file);
  g_assert_cmpuint (sr_site_get_sources (site)->len, ==, 1);
  g_assert_true (sr_site_remove_source (site, "/srv/erp/"));
  g_assert_false (sr_site_remove_source (site, "/srv/erp"));
  g_assert_true (sr_site_remove_vault (site, "/media/disk//vault"));
  g_assert_false (sr_site_remove_vault (site, "/media/disk/vault"));
  g_assert_true (sr_site_remove_file (site, "/srv/down/b.zip"));
  g_assert_false (sr_site_remove_file (site, "/srv/down/b.zip"));
}

/* Every level keeps what it does not know, and kinds of sources that are not known at all. */
static void
test_unknown_is_kept (void)
{
  const char *text =
      "{\"format\":1,\"name\":\"Shop\",\"environment\":\"test\","
      "\"sources\":[{\"kind\":\"folder\",\"location\":\"/srv/erp\",\"excludes\":[\"*.tmp\"],"
      "\"ignore_file\":\".gitignore\",\"one_file_system\":true,\"x\":{\"y\":[1,null]}},"
      "{\"kind\":\"sqlite\",\"location\":\"/srv/erp.db\"},"
      "{\"kind\":\"mariadb\",\"location\":\"mysql://u@localhost/shop\",\"one_file_system\":7,"
      "\"excludes\":\"odd\"}],"
      "\"vaults\":[{\"location\":\"/media/v\",\"added\":\"2026-11-20T14:15:00Z\",\"weight\":0.5}],"
      "\"files\":[{\"path\":\"/srv/b.zip\",\"note\":\"x\"}],"
      "\"plan\":{\"hour\":3},\"big\":9223372036854775807}";
  g_autoptr (GError) error = NULL;
  g_autoptr (SrSite) site = parse (text, &error);
  g_autofree char   *again = NULL;
  SrSiteSource      *source;

  g_assert_no_error (error);
  again = format (site);
  g_assert_cmpstr (again, ==, text);
  source = g_ptr_array_index (sr_site_get_sources (site), 0);
  g_assert_cmpint (source->kind, ==, SR_SOURCE_FOLDER);
  g_assert_cmpstr (source->excludes[0], ==, "*.tmp");
  g_assert_cmpstr (source->ignore_file, ==, ".gitignore");
  g_assert_true (source->one_file_system);
  source = g_ptr_array_index (sr_site_get_sources (site), 2);
  g_assert_cmpint (source->kind, ==, SR_SOURCE_OTHER);
  g_assert_cmpstr (source->kind_name, ==, "mariadb");
  g_assert_cmpstr (sr_site_get_environment (site), ==, "test");
  g_assert_cmpstr (sr_site_get_id (site), ==, "shop-1a2b3c");
}

static void
test_least (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrSite) site = parse ("{\"format\":1,\"name\":\"x\"}", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (sr_site_get_environment (site), ==, "production");
  g_assert_cmpuint (sr_site_get_sources (site)->len, ==, 0);
}

/* A path is bytes. */
static void
test_odd_paths (void)
{
  const char            *odd = "/srv/caf\xe9 \"\n\\\t";
  g_autoptr (SrSite)     site = sr_site_new ("Shop");
  g_autoptr (GError)     error = NULL;
  g_autoptr (SrSite)     read = NULL;
  g_autofree char       *text = NULL;
  const SrSiteSource    *source;
  static const char      decomposed[] = "/srv/cafe\xcc\x81";
  g_autoptr (JsonObject) object = NULL;

  sr_site_add_source (site, SR_SOURCE_FOLDER, odd);
  sr_site_add_source (site, SR_SOURCE_SQLITE, decomposed);
  sr_site_add_vault (site, odd);
  sr_site_add_file (site, odd);
  text = format (site);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  read = parse (text, &error);
  g_assert_no_error (error);
  source = g_ptr_array_index (sr_site_get_sources (read), 0);
  g_assert_cmpstr (source->location, ==, odd);
  source = g_ptr_array_index (sr_site_get_sources (read), 1);
  g_assert_cmpstr (source->location, ==, decomposed);
  g_assert_cmpstr (((SrSiteVault *) sr_site_get_vaults (read)->pdata[0])->location, ==, odd);
  g_assert_cmpstr (((SrSiteFile *) sr_site_get_files (read)->pdata[0])->path, ==, odd);
}

typedef struct
{
  const char *text;
  int         code;
  const char *message; /* a part of it */
} BadCase;

#define SITE(rest)   "{\"format\":1,\"name\":\"Shop\"," rest "}"
#define SOURCE(rest) SITE ("\"sources\":[{\"kind\":\"sqlite\",\"location\":\"/a\"},{" rest "}]")
#define VAULT(rest)  SITE ("\"vaults\":[{" rest "}]")

static const BadCase bad_cases[] = {
  { "{}", SR_ERROR_INVALID, "format" },
  { "{\"format\":0,\"name\":\"x\"}", SR_ERROR_INVALID, "“format” must be 1" },
  { "{\"format\":\"1\",\"name\":\"x\"}", SR_ERROR_INVALID, "format" },
  { "{\"format\":2,\"name\":7}", SR_ERROR_UNSUPPORTED, "newer Strongroom" },
  { "{\"format\":1}", SR_ERROR_INVALID, "name" },
  { "{\"format\":1,\"name\":\"\"}", SR_ERROR_INVALID, "“name” is empty" },
  { "{\"format\":1,\"name\":\"  \"}", SR_ERROR_INVALID, "“name” is empty" },
  { "{\"format\":1,\"name\":\"\\u200b\"}", SR_ERROR_INVALID, "“name” is empty" },
  { "{\"format\":1,\"name\":\"a\\nb\"}", SR_ERROR_INVALID, "cannot be seen" },
  { "{\"format\":1,\"name\":\"a\\u202eb\"}", SR_ERROR_INVALID, "cannot be seen" },
  { SITE ("\"environment\":\"\""), SR_ERROR_INVALID, "“environment” must be one word" },
  { SITE ("\"environment\":\"a b\""), SR_ERROR_INVALID, "“environment” must be one word" },
  { SITE ("\"environment\":null"), SR_ERROR_INVALID, "environment" },
  { SITE ("\"sources\":{}"), SR_ERROR_INVALID, "sources" },
  { SITE ("\"sources\":[1]"), SR_ERROR_INVALID, "“sources[0]” is no object" },
  { SOURCE ("\"location\":\"/b\""), SR_ERROR_INVALID, "“sources[1]”: " },
  { SOURCE ("\"kind\":\"folder\""), SR_ERROR_INVALID, "location" },
  { SOURCE ("\"kind\":\"folder\",\"location\":\"b\""), SR_ERROR_INVALID,
    "“sources[1].location” must be an absolute path" },
  { SOURCE ("\"kind\":\"folder\",\"location\":\"\""), SR_ERROR_INVALID, "absolute path" },
  { SOURCE ("\"kind\":\"folder\",\"location\":\"/a\""), SR_ERROR_INVALID,
    "“sources[1].location” is there already" },
  { SOURCE ("\"kind\":\"\",\"location\":\"/b\""), SR_ERROR_INVALID, "“sources[1].kind”" },
  { SOURCE ("\"kind\":\"folder\",\"location\":\"/b\",\"location_raw\":\"AA==\""), SR_ERROR_INVALID,
    "location_raw" },
  { SOURCE ("\"kind\":\"folder\",\"location\":\"/b\",\"location_raw\":\"\""), SR_ERROR_INVALID,
    "location_raw" },
  { SOURCE ("\"kind\":\"folder\",\"location\":\"/b\",\"excludes\":\"x\""), SR_ERROR_INVALID,
    "excludes" },
  { SOURCE ("\"kind\":\"folder\",\"location\":\"/b\",\"excludes\":[\"x\",2]"), SR_ERROR_INVALID,
    "“excludes[1]” is no text" },
  { SOURCE ("\"kind\":\"folder\",\"location\":\"/b\",\"excludes\":[\"\"]"), SR_ERROR_INVALID,
    "empty pattern" },
  { SOURCE ("\"kind\":\"folder\",\"location\":\"/b\",\"ignore_file\":\"a/b\""), SR_ERROR_INVALID,
    "without a folder" },
  { SOURCE ("\"kind\":\"folder\",\"location\":\"/b\",\"one_file_system\":1"), SR_ERROR_INVALID,
    "one_file_system" },
  { SOURCE ("\"kind\":\"sqlite\",\"location\":\"/b\",\"excludes\":[\"x\"]"), SR_ERROR_INVALID,
    "nothing can be left out" },
  { SOURCE ("\"kind\":\"mysql\",\"location\":\"mysql://u:hush@h/d\""), SR_ERROR_INVALID,
    "“sources[1].location” holds a password" },
  { VAULT ("\"location\":\"\""), SR_ERROR_INVALID, "“vaults[0].location” is empty" },
  { VAULT ("\"location\":\"local:a\""), SR_ERROR_INVALID, "absolute path" },
  { VAULT ("\"location\":\"rest:https://u:hush@h/d\""), SR_ERROR_INVALID, "holds a password" },
  { VAULT ("\"location\":\"/v\",\"added\":\"yesterday\""), SR_ERROR_INVALID,
    "“vaults[0].added” is no time" },
  { VAULT ("\"location\":\"/v\"},{\"location\":\"/v\""), SR_ERROR_INVALID,
    "“vaults[1].location” is there already" },
  { SITE ("\"files\":[{\"path\":\"b.zip\"}]"), SR_ERROR_INVALID, "“files[0].path” must be" },
  { SITE ("\"files\":[{\"path\":\"/b\"},{\"path\":\"/b\"}]"), SR_ERROR_INVALID,
    "“files[1].path” is there already" },
};

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad_cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SrSite) site = parse (bad_cases[i].text, &error);

      g_test_message ("%s", bad_cases[i].text);
      g_assert_null (site);
      g_assert_error (error, SR_ERROR, bad_cases[i].code);
      if (strstr (error->message, bad_cases[i].message) == NULL)
        g_error ("“%s” lacks “%s”", error->message, bad_cases[i].message);
      g_assert_null (strstr (error->message, "hush"));
    }
}

static void
test_bad_from_person (void)
{
  g_autofree char *long_name = g_strnfill (201, 'x');

  for (int i = 0; i < 5; i++)
    {
      g_autoptr (SrSite) site = sr_site_new (i == 0   ? "a\xff"
                                             : i == 1 ? long_name
                                                      : "Shop");
      g_autoptr (GError) error = NULL;
      SrSiteSource      *source = sr_site_add_source (site, SR_SOURCE_FOLDER, "/srv");

      if (i == 2)
        sr_site_set_environment (site, "\xff");
      else if (i == 3)
        source->excludes = g_strsplit ("a\xff", ",", -1);
      else if (i == 4)
        sr_site_add_vault (site, "sftp:user:hush@host:/x");
      g_assert_false (sr_site_validate (site, &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
      g_assert_null (strstr (error->message, "hush"));
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
}

static void
test_bad_id (void)
{
  static const char *const ids[] = {
    "", ".", "..", "../x", "a/b", "-a", "a b", "a.json", "\xc3\xa9"
  };
  g_autoptr (JsonObject) object = NULL;
  const char            *text = "{\"format\":1,\"name\":\"x\"}";

  object = sr_json_parse_object (text, strlen (text), MAX_SIZE, 8, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (sr_site_from_json (object, ids[i], &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/site/new", test_new);
  g_test_add_func ("/site/add-and-remove", test_add_and_remove);
  g_test_add_func ("/site/unknown-is-kept", test_unknown_is_kept);
  g_test_add_func ("/site/least", test_least);
  g_test_add_func ("/site/odd-paths", test_odd_paths);
  g_test_add_func ("/site/bad", test_bad);
  g_test_add_func ("/site/bad-from-person", test_bad_from_person);
  g_test_add_func ("/site/bad-id", test_bad_id);
  return g_test_run ();
}
