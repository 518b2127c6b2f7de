/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-json.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-node-text.h"
#include "cli/sr-text.h"
#include "job/sr-browse.h"

static gboolean recursive;
static gboolean long_form;

static const GOptionEntry entries[] = {
  { "recursive", 0, 0, G_OPTION_ARG_NONE, &recursive, "Also what lies in folders below", NULL },
  { "long", 0, 0, G_OPTION_ARG_NONE, &long_form, "With mode, owner, size and time", NULL },
  G_OPTION_ENTRY_NULL
};

typedef struct
{
  SrCli        *cli;
  JsonBuilder  *builder;
  SrCliJsonList list;
} Listing;

static gboolean
show_entry (const char   *path,
            const SrNode *node,
            gpointer      user_data,
            GError      **error)
{
  Listing         *listing = user_data;
  g_autofree char *line = NULL;

  if (listing->cli->json)
    {
      json_builder_begin_object (listing->builder);
      sr_cli_json_add_node (listing->builder, path, node);
      json_builder_end_object (listing->builder);
      sr_cli_json_list_add (&listing->list, listing->builder);
      return TRUE;
    }
  line = sr_node_text (path, node, long_form);
  sr_cli_print_text (listing->cli, line);
  return TRUE;
}

static void
begin (Listing          *listing,
       const SrSnapshot *snapshot)
{
  g_autofree char *text = NULL;
  g_autofree char *head = NULL;

  if (!listing->cli->json)
    return;
  json_builder_begin_object (listing->builder);
  sr_cli_json_add_snapshot (listing->builder, snapshot);
  json_builder_end_object (listing->builder);
  text = sr_cli_json_to_text (listing->builder);
  json_builder_reset (listing->builder);
  head = g_strdup_printf ("{\"snapshot\":%s,\n\"entries\":[", text);
  sr_cli_json_list_begin (&listing->list, listing->cli, head);
}

static gboolean
list_all (Listing           *listing,
          SrRepo            *repo,
          const SrSnapshot  *snapshot,
          const char        *folder,
          const char *const *paths,
          GError           **error)
{
  if (paths[0] == NULL)
    return sr_browse_list (repo, &snapshot->tree, folder != NULL ? folder : "/", recursive,
                           show_entry, NULL, listing, listing->cli->cancellable, error);
  for (gsize i = 0; paths[i] != NULL; i++)
    {
      g_autofree char *whole = g_build_filename ("/", folder != NULL ? folder : "", paths[i], NULL);

      if (!sr_browse_list (repo, &snapshot->tree, whole, recursive, show_entry, NULL, listing,
                           listing->cli->cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
run_ls (SrCli             *cli,
        const char *const *arguments,
        GError           **error)
{
  g_autoptr (SrRepo)      repo = NULL;
  g_autoptr (SrLock)      lock = NULL;
  g_autoptr (GPtrArray)   snapshots = NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char        *name = NULL;
  g_autofree char        *folder = NULL;
  SrSnapshotFilter        filter = sr_cli_get_filter (cli);
  Listing                 listing = { .cli = cli, .builder = builder };
  const SrSnapshot       *snapshot;
  gboolean                done;

  if (!sr_cli_check_arguments (arguments, 1, G_MAXUINT, error))
    return FALSE;
  repo = sr_cli_open_vault (cli, error);
  if (repo == NULL || !sr_cli_prepare_browse (cli, repo, &lock, &snapshots, error))
    return FALSE;
  sr_text_split_snapshot (arguments[0], &name, &folder);
  snapshot = sr_repo_find_snapshot (repo, snapshots, name, &filter, error);
  if (snapshot == NULL)
    return FALSE;
  begin (&listing, snapshot);
  done = list_all (&listing, repo, snapshot, folder, arguments + 1, error);
  if (cli->json)
    sr_cli_json_list_end (&listing.list, "]}");
  return done;
}

const SrCliVerb sr_verb_ls = {
  .name = "ls",
  .arguments = "SNAPSHOT [PATH…]",
  .summary = "List what is in a snapshot",
  .examples = "  strongroomctl ls latest /srv/erp/uploads --long\n"
              "  strongroomctl ls 1a2b3c4d --recursive --json\n",
  .entries = entries,
  .chooses = TRUE,
  .run = run_ls,
};
