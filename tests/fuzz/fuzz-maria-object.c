/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* Statements of a dump that are to run on a server. What is made of one is made of that again as
 * the same, and holds no comment that servers read in different ways. The first byte chooses how
 * the server reads. */

#include "config.h"

#include <string.h>

#include "sr-fuzz.h"
#include "target/sr-maria-ddl.h"
#include "target/sr-maria-object.h"

static const char *const modes[] = { "", "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "ORACLE" };

static SrMariaObject *
parse (const char *statement,
       guint8      choice)
{
  g_autoptr (GHashTable) others = g_hash_table_new (g_str_hash, g_str_equal);
  SrMariaSurroundings    around = { .database = "shop", .source = "old", .others = others };
  SrTargetObject         object = { .name = "x", .table = "x", .statement = statement };

  g_hash_table_add (others, (gpointer) "mysql");
  object.mode = modes[choice % 4];
  object.kind = (choice & 16) != 0 ? SR_TARGET_OBJECT_INDEX : SR_TARGET_OBJECT_OTHER;
  around.syntax.is_mariadb = (choice & 4) != 0;
  around.syntax.version = (choice & 8) != 0 ? 101119 : 80036;
  return sr_maria_object_parse (&object, &around, NULL);
}

static void
check_object (const char *statement,
              guint8      choice)
{
  g_autoptr (SrMariaObject) made = parse (statement, choice);
  g_autoptr (SrMariaObject) again = NULL;
  g_autoptr (GError)        error = NULL;

  if (made == NULL || made->kind == SR_MARIA_SEQUENCE || made->kind == SR_MARIA_VALUE)
    return;
  again = parse (made->create->sql, choice);
  sr_fuzz_assert (again != NULL && again->kind == made->kind);
  sr_fuzz_assert (strcmp (again->create->sql, made->create->sql) == 0);
  sr_fuzz_assert (again->definer == NULL);
}

static char *
refer (const char *name,
       gpointer    user_data)
{
  return g_strdup ("`other`");
}

static void
check_table (const char *statement,
             guint8      choice)
{
  static const char *const databases[] = { "shop", "old", NULL };
  SrMariaDdlOptions        options = {
           .name = "`x`", .reference = refer, .sequence = refer, .databases = databases
  };
  g_autofree char *made = NULL;
  g_autofree char *again = NULL;

  options.syntax.is_mariadb = (choice & 4) != 0;
  options.syntax.version = (choice & 8) != 0 ? 101119 : 80036;
  made = sr_maria_ddl_rewrite (statement, &options, NULL);
  if (made == NULL)
    return;
  again = sr_maria_ddl_rewrite (made, &options, NULL);
  sr_fuzz_assert (again != NULL && strcmp (again, made) == 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autofree char *statement = NULL;

  if (size < 2)
    return 0;
  statement = g_utf8_make_valid ((const char *) data + 1, (gssize) size - 1);
  check_object (statement, data[0]);
  check_table (statement, data[0]);
  return 0;
}
