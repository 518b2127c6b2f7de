/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "job/sr-dotenv.h"

#include "base/sr-error.h"

#include <string.h>

/* "NAME@LINE=VALUE" of each, with "$" behind the line if something is left to be put in. */
static char *
show (const char *text,
      gsize       size)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (SrDotenv) env = sr_dotenv_parse (text, size, &error);
  GString             *shown = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < sr_dotenv_get_n_entries (env); i++)
    {
      const SrDotenvEntry *entry = sr_dotenv_get_entry (env, i);

      g_string_append_printf (shown, "%s@%u%s=%s|", entry->name, entry->line,
                              entry->interpolates ? "$" : "", entry->value);
    }
  return g_string_free (shown, FALSE);
}

typedef struct
{
  const char *text;
  const char *expected;
} Case;

static const Case cases[] = {
  { "", "" },
  { "A=1", "A@1=1|" },
  { "A=1\nB=2\n", "A@1=1|B@2=2|" },
  { "A=1\r\nB=2\r\n\r\nC=3", "A@1=1|B@2=2|C@4=3|" },
  { "A=1\rB=2", "A@1=1|B@2=2|" },
  { "\xef\xbb\xbf"
    "A=1",
    "A@1=1|" },
  { "# A=1\n  # x\n\nB=2", "B@4=2|" },
  { "export A=1\n\texport\tB = 2 ", "A@1=1|B@2=2|" },
  { "exportA=1\nexport=2", "exportA@1=1|export@2=2|" },
  { "A=1 # note\nB=1#2\nC= # note\nD=#x", "A@1=1|B@2=1#2|C@3=|D@4=|" },
  { "A=\nB", "A@1=|" },
  { "A='a b # c' # note\nB=2", "A@1=a b # c|B@2=2|" },
  { "A=\"a \\\"b\\\" \\n\\$C\\x\"", "A@1=a \"b\" \n$C\\x|" },
  { "A='a\\nb'", "A@1=a\\nb|" },
  { "A=`a 'b' \"c\"`", "A@1=a 'b' \"c\"|" },
  { "A=\"1\n2\r\n3\"\nB=4", "A@1=1\n2\r\n3|B@4=4|" },
  { "A=\"1\nB=2", "A@1=\"1|B@2=2|" },
  { "A='it's'\nB=2", "A@1=it|B@2=2|" },
  { "A=a b c", "A@1=a b c|" },
  { "A=\"\\", "A@1=\"\\|" },
  { "A=${B}\nC=$D\nE=5$\nF='${G}'\nH=\"$I\"\nJ=`${K}`",
    "A@1$=${B}|C@2$=$D|E@3=5$|F@4=${G}|H@5$=$I|J@6$=${K}|" },
  { "1A=1\n=2\nA B=3\nA: 4\nA-B.C=5", "A-B.C@5=5|" },
  { "A=1\nA=2", "A@1=1|A@2=2|" },
  { "A=caf\xe9", "A@1=caf\xe9|" },
};

static void
test_syntax (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize              size = strlen (cases[i].text);
      g_autofree guint8 *exact = g_memdup2 (cases[i].text, size);
      g_autofree char   *shown = show ((const char *) exact, size);

      g_assert_cmpstr (shown, ==, cases[i].expected);
    }
}

static void
test_find (void)
{
  const char          *text = "A=1\nB=2\nA=3\n";
  g_autoptr (SrDotenv) env = sr_dotenv_parse (text, strlen (text), NULL);

  g_assert_cmpstr (sr_dotenv_find (env, "A")->value, ==, "3");
  g_assert_cmpuint (sr_dotenv_find (env, "A")->line, ==, 3);
  g_assert_cmpstr (sr_dotenv_find (env, "B")->value, ==, "2");
  g_assert_null (sr_dotenv_find (env, "C"));
}

static void
test_refused (void)
{
  static const char   binary[] = "A=hush\0B=2";
  g_autoptr (GString) many = g_string_new (NULL);
  g_autoptr (GError)  error = NULL;

  g_assert_null (sr_dotenv_parse (binary, sizeof binary - 1, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
  g_assert_null (strstr (error->message, "hush"));
  g_clear_error (&error);
  for (int i = 0; i < 10001; i++)
    g_string_append (many, "A=1\n");
  g_assert_null (sr_dotenv_parse (many->str, many->len, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dotenv/syntax", test_syntax);
  g_test_add_func ("/dotenv/find", test_find);
  g_test_add_func ("/dotenv/refused", test_refused);
  return g_test_run ();
}
