/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "base/sr-json.h"
#include "verdict/sr-verdict.h"

/* Checks as letters: aspect (i, c, p, y for privacy) and result (+ passed, ~ notice, ! warning,
 * - failed, ? not made). */
static SrVerdict *
make (const char *checks)
{
  static const char aspects[] = "icpy";
  static const char results[] = "+~!-?";
  SrVerdict        *verdict = sr_verdict_new ();

  for (const char *at = checks; *at != '\0'; at += 2)
    {
      const char *aspect = strchr (aspects, at[0]);
      const char *result = strchr (results, at[1]);

      g_assert_nonnull (aspect);
      g_assert_nonnull (result);
      sr_verdict_add (verdict, "id", "Title", (SrCheckAspect) (aspect - aspects),
                      (SrCheckResult) (result - results), "Said by %.2s.", at);
    }
  return verdict;
}

static void
assert_level (const char    *checks,
              SrVerdictLevel level)
{
  g_autoptr (SrVerdict) verdict = make (checks);

  if (sr_verdict_get_level (verdict) != level)
    g_error ("%s gives %s", checks, sr_verdict_level_name (sr_verdict_get_level (verdict)));
}

static void
test_levels (void)
{
  assert_level ("", SR_VERDICT_SUSPICIOUS);
  assert_level ("i~", SR_VERDICT_SUSPICIOUS);
  assert_level ("i?", SR_VERDICT_SUSPICIOUS);
  assert_level ("i+i?", SR_VERDICT_SUSPICIOUS);
  assert_level ("i+i!", SR_VERDICT_SUSPICIOUS);
  assert_level ("i+i-", SR_VERDICT_BROKEN);
  assert_level ("i-c+p+", SR_VERDICT_BROKEN);
  assert_level ("i+", SR_VERDICT_INTACT);
  assert_level ("i+i~", SR_VERDICT_INTACT);
  assert_level ("c+", SR_VERDICT_SUSPICIOUS);
  assert_level ("c+p+", SR_VERDICT_SUSPICIOUS);
  assert_level ("i+c~", SR_VERDICT_INTACT);
  assert_level ("i+c?", SR_VERDICT_INTACT);
  assert_level ("i+c+c?", SR_VERDICT_INTACT);
  assert_level ("i+c+c?p+", SR_VERDICT_INTACT);
  assert_level ("i+p+", SR_VERDICT_INTACT);
  assert_level ("i+c!", SR_VERDICT_SUSPICIOUS);
  assert_level ("i+c+c!", SR_VERDICT_SUSPICIOUS);
  assert_level ("i+c-", SR_VERDICT_SUSPICIOUS);
  assert_level ("c-", SR_VERDICT_SUSPICIOUS);
  assert_level ("i+c+", SR_VERDICT_COMPLETE);
  assert_level ("i+c+c~", SR_VERDICT_COMPLETE);
  assert_level ("i+c+p~", SR_VERDICT_COMPLETE);
  assert_level ("i+c+p?", SR_VERDICT_COMPLETE);
  assert_level ("i+c+p+p?", SR_VERDICT_COMPLETE);
  assert_level ("i+c+p-", SR_VERDICT_SUSPICIOUS);
  assert_level ("i+c+p+p!", SR_VERDICT_SUSPICIOUS);
  assert_level ("p-", SR_VERDICT_SUSPICIOUS);
  assert_level ("i+c+p+", SR_VERDICT_PROVEN);
  assert_level ("p+c+i+p~", SR_VERDICT_PROVEN);
}

static void
test_privacy (void)
{
  assert_level ("y+", SR_VERDICT_SUSPICIOUS);
  assert_level ("i+y-", SR_VERDICT_INTACT);
  assert_level ("i+c+y!y-y?", SR_VERDICT_COMPLETE);
  assert_level ("i+c+p+y-", SR_VERDICT_PROVEN);
}

static void
assert_sentence (const char *checks,
                 const char *expected)
{
  g_autoptr (SrVerdict) verdict = make (checks);
  g_autofree char      *sentence = sr_verdict_get_sentence (verdict);

  g_assert_cmpstr (sentence, ==, expected);
}

static void
assert_no_checksum (const char *checks,
                    const char *expected)
{
  g_autoptr (SrVerdict) verdict = make (checks);
  g_autofree char      *sentence = NULL;

  sr_verdict_add (verdict, SR_CHECK_NO_CHECKSUM, "Checksum", SR_ASPECT_INTACT, SR_CHECK_NOTICE,
                  "None.");
  sentence = sr_verdict_get_sentence (verdict);
  g_assert_cmpstr (sentence, ==, expected);
}

static void
test_sentence (void)
{
  assert_sentence ("", "Suspicious: whether every byte is as it was written was not looked at.");
  assert_sentence ("c!i-i+i-", "Broken: Said by i-. (and 1 more)");
  assert_sentence ("i+i?c!c-", "Suspicious: Said by c-.");
  assert_sentence ("i+i?c!p!", "Suspicious: Said by c!.");
  assert_sentence ("i+i?", "Suspicious: Said by i?.");
  assert_sentence ("i+c+p-", "Suspicious: Said by p-.");
  assert_sentence ("i+", "Intact: every byte checks out; whether all is there was not looked at.");
  assert_sentence ("i+c?c?",
                   "Intact, every byte checks out, but whether all is there is not known: "
                   "Said by c?. (and 1 more)");
  assert_sentence ("i+c+y-", "Complete: every byte checks out and the records are all there.");
  assert_no_checksum ("i+", "Intact as far as its format can tell, for it carries no checksum; "
                            "whether all is there was not looked at.");
  assert_no_checksum ("i+c?", "Intact as far as its format can tell, for it carries no checksum; "
                              "whether all is there is not known: Said by c?.");
  assert_no_checksum ("i+c+", "Complete as far as its format can tell, for it carries no checksum: "
                              "it can be read to the end and the records are all there.");
  assert_no_checksum ("i+c+p+", "Proven: the records are all there, and it was really restored and "
                                "counted; it carries no checksum.");
  assert_no_checksum ("i-", "Broken: Said by i-.");
  assert_sentence ("i+c+p+", "Proven: every byte checks out, the records are all there, and it was "
                             "really restored and counted.");
}

static void
test_names (void)
{
  SrVerdictLevel level;

  for (int i = SR_VERDICT_BROKEN; i <= SR_VERDICT_PROVEN; i++)
    {
      g_assert_true (sr_verdict_level_from_name (sr_verdict_level_name (i), &level));
      g_assert_cmpint (level, ==, i);
    }
  g_assert_false (sr_verdict_level_from_name ("fine", &level));
  g_assert_cmpstr (sr_check_result_name (SR_CHECK_NOT_MADE), ==, "not-made");
  g_assert_cmpstr (sr_check_aspect_name (SR_ASPECT_PRIVACY), ==, "privacy");
}

static void
test_find (void)
{
  g_autoptr (SrVerdict) verdict = sr_verdict_new ();
  const SrCheck        *check;

  sr_verdict_add (verdict, "a", "A", SR_ASPECT_INTACT, SR_CHECK_PASSED, "first");
  check = sr_verdict_get_check (verdict, 0);
  for (guint i = 0; i < 100; i++)
    sr_verdict_add (verdict, "b", "B", SR_ASPECT_COMPLETE, SR_CHECK_NOTICE, "number %u", i);
  g_assert_true (sr_verdict_find (verdict, "a") == check);
  g_assert_cmpstr (sr_verdict_find (verdict, "b")->sentence, ==, "number 0");
  g_assert_null (sr_verdict_find (verdict, "c"));
  g_assert_cmpuint (sr_verdict_get_n_checks (verdict), ==, 101);
  g_assert_null (sr_verdict_get_check (verdict, 101));
}

static void
test_json (void)
{
  g_autoptr (SrVerdict) verdict = make ("i+i~c!p?y-");
  g_autoptr (JsonNode)  node = sr_verdict_to_json (verdict);
  g_autofree char      *text = json_to_string (node, FALSE);
  g_autoptr (GError)    error = NULL;
  g_autoptr (SrVerdict) back = NULL;
  g_autoptr (JsonNode)  again = NULL;
  g_autofree char      *same = NULL;

  g_assert_true (g_str_has_prefix (
      text, "{\"verdict\":\"suspicious\",\"sentence\":\"Suspicious: Said by c!.\",\"checks\":"
            "[{\"id\":\"id\",\"title\":\"Title\",\"aspect\":\"intact\",\"result\":\"passed\","
            "\"sentence\":\"Said by i+.\"},{"));
  back = sr_verdict_from_json (json_node_get_object (node), &error);
  g_assert_no_error (error);
  again = sr_verdict_to_json (back);
  same = json_to_string (again, FALSE);
  g_assert_cmpstr (same, ==, text);
}

static const char proven_by_claim[] =
    "{\"verdict\":\"proven\",\"sentence\":\"Proven\",\"checks\":[{\"id\":\"x\",\"title\":\"X\","
    "\"aspect\":\"intact\",\"result\":\"failed\","
    "\"sentence\":\"The end \\u001b[2J is missing.\"}]}";

/* A level that the checks do not bear out is not taken over. */
static void
test_json_is_not_believed (void)
{
  g_autoptr (JsonObject) object = sr_json_parse_object (proven_by_claim,
                                                        strlen (proven_by_claim), 4096, 10, NULL);
  g_autoptr (GError)     error = NULL;
  g_autoptr (SrVerdict)  verdict = sr_verdict_from_json (object, &error);
  g_autofree char       *sentence = NULL;

  g_assert_no_error (error);
  sentence = sr_verdict_get_sentence (verdict);
  g_assert_cmpstr (sentence, ==, "Broken: The end \357\277\275[2J is missing.");
}

static void
test_json_invalid (void)
{
  static const char *const texts[] = {
    "{}",
    "{\"checks\":{}}",
    "{\"checks\":[7]}",
    "{\"checks\":[{}]}",
    "{\"checks\":[{\"id\":1,\"title\":\"X\",\"aspect\":\"intact\",\"result\":\"passed\","
    "\"sentence\":\"s\"}]}",
    "{\"checks\":[{\"id\":\"x\",\"title\":\"X\",\"aspect\":\"nice\",\"result\":\"passed\","
    "\"sentence\":\"s\"}]}",
    "{\"checks\":[{\"id\":\"x\",\"title\":\"X\",\"aspect\":\"intact\",\"result\":\"good\","
    "\"sentence\":\"s\"}]}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (JsonObject) object = sr_json_parse_object (texts[i], strlen (texts[i]), 4096, 10,
                                                            NULL);
      g_autoptr (GError)     error = NULL;

      g_assert_null (sr_verdict_from_json (object, &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
    }
}

static void
test_text (void)
{
  g_autoptr (SrVerdict) verdict = make ("y!c?i+");
  g_autofree char      *text = sr_verdict_to_text (verdict);

  g_assert_cmpstr (text, ==,
                   "Intact, every byte checks out, but whether all is there is not known: Said by "
                   "c?.\n"
                   "\nIs every byte as it was written?\n"
                   "  passed    Title: Said by i+.\n"
                   "\nIs everything there?\n"
                   "  not-made  Title: Said by c?.\n"
                   "\nWhat can a stranger read?\n"
                   "  warning   Title: Said by y!.\n");
}

static void
test_hostile_names (void)
{
  g_autoptr (SrVerdict) verdict = sr_verdict_new ();
  g_autofree char      *text = NULL;

  sr_verdict_add (verdict, "x", "X\n", SR_ASPECT_INTACT, SR_CHECK_FAILED, "“%s” is damaged.",
                  "a\nb\033[1m\xff\342\200\256txt");
  g_assert_cmpstr (sr_verdict_get_check (verdict, 0)->sentence, ==,
                   "“a\357\277\275b\357\277\275[1m\357\277\275\357\277\275txt” is damaged.");
  text = sr_verdict_to_text (verdict);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_null (strchr (text, '\033'));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/verdict/levels", test_levels);
  g_test_add_func ("/verdict/privacy", test_privacy);
  g_test_add_func ("/verdict/sentence", test_sentence);
  g_test_add_func ("/verdict/names", test_names);
  g_test_add_func ("/verdict/find", test_find);
  g_test_add_func ("/verdict/json", test_json);
  g_test_add_func ("/verdict/json-is-not-believed", test_json_is_not_believed);
  g_test_add_func ("/verdict/json-invalid", test_json_invalid);
  g_test_add_func ("/verdict/text", test_text);
  g_test_add_func ("/verdict/hostile-names", test_hostile_names);
  return g_test_run ();
}
