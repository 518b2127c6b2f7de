/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* Makes the sets of the benchmark: the same bytes for the same seed on every machine. */

#include "config.h"

#include "gen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static guint64
parse_count (const char *text)
{
  guint64 value;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, &value, NULL))
    {
      g_printerr ("A count is needed\n");
      exit (2);
    }
  return value;
}

static int
make (const SrGen *gen,
      const char  *set,
      const char  *count)
{
  if (strcmp (set, "a") == 0)
    sr_gen_collections (gen);
  else if (strcmp (set, "b") == 0)
    sr_gen_uploads (gen);
  else if (strcmp (set, "c") == 0)
    sr_gen_small_files (gen);
  else if (strcmp (set, "d") == 0)
    sr_gen_database (gen);
  else if (strcmp (set, "many") == 0)
    sr_gen_many (gen, parse_count (count));
  else if (strcmp (set, "stream") == 0)
    sr_gen_stream (gen, parse_count (count));
  else
    {
      g_printerr ("There is no set \"%s\"\n", set);
      return 2;
    }
  return 0;
}

int
main (int    argc,
      char **argv)
{
  int          day = 1;
  gint64       seed = 20240229;
  SrGen        gen = { .scale = 1.0 };
  GOptionEntry entries[] = {
    { "scale", 0, 0, G_OPTION_ARG_DOUBLE, &gen.scale, "Size, 1.0 is the full set", "FACTOR" },
    { "day", 0, 0, G_OPTION_ARG_INT, &day, "2: the set with its changes", "DAY" },
    { "uniform", 0, 0, G_OPTION_ARG_NONE, &gen.uniform, "Changes all over, not at the end", NULL },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "What the content depends on", "NUMBER" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("a|b|c|d|many|stream DIR [COUNT]");
  g_autoptr (GError)         error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc < 3 || day < 1 || day > 2)
    {
      g_printerr ("%s\n", error != NULL ? error->message : "Name a set and a folder");
      return 2;
    }
  gen.seed = (guint64) seed;
  gen.day = (guint) day;
  gen.dir = argv[2];
  return make (&gen, argv[1], argc > 3 ? argv[3] : NULL);
}
