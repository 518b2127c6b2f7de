/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-json.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-node-text.h"
#include "cli/sr-text.h"
#include "job/sr-browse.h"

#include <fnmatch.h>
#include <string.h>

static char   **snapshot_names;
static gboolean ignore_case;

static const GOptionEntry entries[] = {
  { "snapshot", 0, 0, G_OPTION_ARG_STRING_ARRAY, &snapshot_names,
    "Look only there; may be given again", "SNAPSHOT" },
  { "ignore-case", 0, 0, G_OPTION_ARG_NONE, &ignore_case,
    "Take small and capital letters as the same", NULL },
  G_OPTION_ENTRY_NULL
};

typedef struct
{
  SrCli             *cli;
  const char *const *patterns;
  const SrSnapshot  *snapshot;
  gboolean           announced; /* @snapshot was named already */
  JsonBuilder       *builder;   /* the matches of one snapshot, in JSON mode */
  guint64            n_found;
} Search;

/* A pattern with a slash is meant for the whole path, any other for the name. */
static gboolean
fits (const char        *path,
      const char *const *patterns)
{
  const char *slash = strrchr (path, '/');
  const char *name = slash != NULL ? slash + 1 : path;
  int         flags = FNM_PATHNAME | (ignore_case ? FNM_CASEFOLD : 0);

  for (gsize i = 0; patterns[i] != NULL; i++)
    if (fnmatch (patterns[i], strchr (patterns[i], '/') != NULL ? path : name, flags) == 0)
      return TRUE;
  return FALSE;
}

static void
announce (Search *search)
{
  g_autofree char *time = sr_text_time (&search->snapshot->time);
  char             hex[SR_ID_HEX_SIZE];

  if (!search->announced && !search->cli->json)
    sr_cli_say (search->cli, "Snapshot %.8s of %s:", sr_id_to_hex (&search->snapshot->id, hex),
                time);
  search->announced = TRUE;
}

static gboolean
look_at (const char   *path,
         const SrNode *node,
         gpointer      user_data,
         GError      **error)
{
  Search          *search = user_data;
  g_autofree char *line = NULL;

  if (!fits (path, search->patterns))
    return TRUE;
  search->n_found++;
  announce (search);
  if (search->cli->json)
    {
      json_builder_begin_object (search->builder);
      sr_cli_json_add_node (search->builder, path, node);
      json_builder_end_object (search->builder);
      return TRUE;
    }
  line = sr_node_text (path, node, search->cli->verbose);
  sr_cli_print_text (search->cli, line);
  return TRUE;
}

/* What is missing may still be found behind it, or in another snapshot. */
static void
warn_of_damage (const char   *path,
                const GError *why,
                gpointer      user_data)
{
  Search          *search = user_data;
  g_autofree char *shown = sr_text_name (path);
  char             hex[SR_ID_HEX_SIZE];

  sr_cli_warn (search->cli, "Snapshot %.8s was searched in part only: %s: %s",
               sr_id_to_hex (&search->snapshot->id, hex), shown, why->message);
  search->cli->n_damaged++;
}

static gboolean
search_snapshot (Search        *search,
                 SrRepo        *repo,
                 SrCliJsonList *list,
                 GError       **error)
{
  gboolean done;

  search->announced = FALSE;
  json_builder_begin_object (search->builder);
  sr_cli_json_add_id (search->builder, "snapshot", &search->snapshot->id);
  sr_cli_json_add_time (search->builder, "time", &search->snapshot->time);
  json_builder_set_member_name (search->builder, "matches");
  json_builder_begin_array (search->builder);
  done = sr_browse_list (repo, &search->snapshot->tree, "/", TRUE, look_at, warn_of_damage,
                         search, search->cli->cancellable, error);
  json_builder_end_array (search->builder);
  json_builder_end_object (search->builder);
  if (search->announced && search->cli->json)
    sr_cli_json_list_add (list, search->builder);
  else
    json_builder_reset (search->builder);
  return done;
}

static gboolean
search_all (Search    *search,
            SrRepo    *repo,
            GPtrArray *snapshots,
            GError   **error)
{
  SrCliJsonList list = { 0 };
  gboolean      done = TRUE;

  if (search->cli->json)
    sr_cli_json_list_begin (&list, search->cli, "[");
  for (guint i = 0; i < snapshots->len && done; i++)
    {
      search->snapshot = g_ptr_array_index (snapshots, i);
      done = search_snapshot (search, repo, &list, error);
    }
  if (search->cli->json)
    sr_cli_json_list_end (&list, "]");
  return done;
}

static gboolean
run_find (SrCli             *cli,
          const char *const *arguments,
          GError           **error)
{
  g_autoptr (SrRepo)      repo = NULL;
  g_autoptr (SrLock)      lock = NULL;
  g_autoptr (GPtrArray)   all = NULL;
  g_autoptr (GPtrArray)   chosen = NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  Search                  search = { .cli = cli, .patterns = arguments, .builder = builder };

  if (!sr_cli_check_arguments (arguments, 1, G_MAXUINT, error))
    return FALSE;
  repo = sr_cli_open_vault (cli, error);
  if (repo == NULL || !sr_cli_prepare_browse (cli, repo, &lock, &all, error))
    return FALSE;
  chosen = sr_cli_choose_snapshots (cli, repo, all, (const char *const *) snapshot_names, error);
  if (chosen == NULL || !search_all (&search, repo, chosen, error))
    return FALSE;
  if (search.n_found == 0)
    sr_cli_say (cli, "Nothing found in %u snapshot%s", chosen->len, chosen->len == 1 ? "" : "s");
  if (cli->n_damaged > 0)
    cli->exit_code = SR_EXIT_DAMAGE;
  return TRUE;
}

const SrCliVerb sr_verb_find = {
  .name = "find",
  .arguments = "PATTERN…",
  .summary = "Look for files by name in all snapshots",
  .examples = "  strongroomctl find 'invoice-2026-*.pdf'\n"
              "  strongroomctl find '/srv/erp/*/config.json' --snapshot latest\n",
  .entries = entries,
  .chooses = TRUE,
  .run = run_find,
};
