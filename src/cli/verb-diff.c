/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-json.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"
#include "job/sr-browse.h"

#define N_KINDS (SR_DIFF_TYPE + 1)

static gboolean metadata;

static const GOptionEntry entries[] = {
  { "metadata", 0, 0, G_OPTION_ARG_NONE, &metadata,
    "Also where only mode, owner, times or attributes differ", NULL },
  G_OPTION_ENTRY_NULL
};

static const char *const kind_names[N_KINDS] = {
  [SR_DIFF_ADDED] = "added",
  [SR_DIFF_REMOVED] = "removed",
  [SR_DIFF_CONTENT] = "changed",
  [SR_DIFF_METADATA] = "metadata",
  [SR_DIFF_TYPE] = "type",
};

static const char kind_letters[N_KINDS] = {
  [SR_DIFF_ADDED] = '+',
  [SR_DIFF_REMOVED] = '-',
  [SR_DIFF_CONTENT] = 'M',
  [SR_DIFF_METADATA] = 'U',
  [SR_DIFF_TYPE] = 'T',
};

typedef struct
{
  SrCli        *cli;
  JsonBuilder  *builder;
  SrCliJsonList list;
  guint64       counts[N_KINDS];
  guint64       bytes_added;
  guint64       bytes_removed;
} Comparison;

static void
add_json (Comparison   *self,
          const char   *path,
          SrDiffKind    kind,
          const SrNode *old_node,
          const SrNode *new_node)
{
  const SrNode *node = new_node != NULL ? new_node : old_node;

  json_builder_begin_object (self->builder);
  sr_cli_json_add_name (self->builder, "path", path);
  sr_cli_json_add_string (self->builder, "change", kind_names[kind]);
  sr_cli_json_add_string (self->builder, "type", sr_entry_type_name (node->entry.type));
  if (old_node != NULL && old_node->entry.type == SR_ENTRY_FILE)
    sr_cli_json_add_int (self->builder, "old_size", old_node->entry.size);
  if (new_node != NULL && new_node->entry.type == SR_ENTRY_FILE)
    sr_cli_json_add_int (self->builder, "new_size", new_node->entry.size);
  json_builder_end_object (self->builder);
  sr_cli_json_list_add (&self->list, self->builder);
}

static gboolean
show_difference (const char   *path,
                 SrDiffKind    kind,
                 const SrNode *old_node,
                 const SrNode *new_node,
                 gpointer      user_data,
                 GError      **error)
{
  Comparison      *self = user_data;
  const SrNode    *node = new_node != NULL ? new_node : old_node;
  g_autofree char *shown = NULL;
  g_autofree char *line = NULL;

  self->counts[kind]++;
  if (new_node != NULL && new_node->entry.type == SR_ENTRY_FILE && kind != SR_DIFF_METADATA)
    self->bytes_added += new_node->entry.size;
  if (old_node != NULL && old_node->entry.type == SR_ENTRY_FILE && kind != SR_DIFF_METADATA)
    self->bytes_removed += old_node->entry.size;
  if (self->cli->json)
    {
      add_json (self, path, kind, old_node, new_node);
      return TRUE;
    }
  shown = sr_text_name (path);
  line = g_strdup_printf ("%c  %s%s\n", kind_letters[kind], shown,
                          node->entry.type == SR_ENTRY_DIR ? "/" : "");
  sr_cli_print_text (self->cli, line);
  return TRUE;
}

static void
begin (Comparison       *self,
       const SrSnapshot *from,
       const SrSnapshot *to)
{
  g_autofree char *head = NULL;
  char             old_id[SR_ID_HEX_SIZE];
  char             new_id[SR_ID_HEX_SIZE];

  if (!self->cli->json)
    return;
  head = g_strdup_printf ("{\"from\":\"%s\",\"to\":\"%s\",\n\"entries\":[",
                          sr_id_to_hex (&from->id, old_id), sr_id_to_hex (&to->id, new_id));
  sr_cli_json_list_begin (&self->list, self->cli, head);
}

static void
end (Comparison *self)
{
  g_autofree char *added = sr_size_text (self->bytes_added);
  g_autofree char *removed = sr_size_text (self->bytes_removed);
  g_autofree char *text = NULL;
  g_autofree char *tail = NULL;

  if (!self->cli->json)
    {
      sr_cli_say (self->cli,
                  "%" G_GUINT64_FORMAT " added, %" G_GUINT64_FORMAT " removed, %" G_GUINT64_FORMAT
                  " changed; files hold %s instead of %s",
                  self->counts[SR_DIFF_ADDED], self->counts[SR_DIFF_REMOVED],
                  self->counts[SR_DIFF_CONTENT] + self->counts[SR_DIFF_TYPE], added, removed);
      return;
    }
  json_builder_begin_object (self->builder);
  for (guint i = 0; i < N_KINDS; i++)
    sr_cli_json_add_int (self->builder, kind_names[i], self->counts[i]);
  sr_cli_json_add_int (self->builder, "bytes_added", self->bytes_added);
  sr_cli_json_add_int (self->builder, "bytes_removed", self->bytes_removed);
  json_builder_end_object (self->builder);
  text = sr_cli_json_to_text (self->builder);
  tail = g_strdup_printf ("],\n\"counts\":%s}", text);
  sr_cli_json_list_end (&self->list, tail);
}

static gboolean
run_diff (SrCli             *cli,
          const char *const *arguments,
          GError           **error)
{
  g_autoptr (SrRepo)      repo = NULL;
  g_autoptr (SrLock)      lock = NULL;
  g_autoptr (GPtrArray)   snapshots = NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  Comparison              comparison = { .cli = cli, .builder = builder };
  const SrSnapshot       *from;
  const SrSnapshot       *to;
  gboolean                done;

  if (!sr_cli_check_arguments (arguments, 2, 2, error))
    return FALSE;
  repo = sr_cli_open_vault (cli, error);
  if (repo == NULL || !sr_cli_prepare_browse (cli, repo, &lock, &snapshots, error))
    return FALSE;
  from = sr_repo_find_snapshot (repo, snapshots, arguments[0], NULL, error);
  to = from != NULL ? sr_repo_find_snapshot (repo, snapshots, arguments[1], NULL, error) : NULL;
  if (to == NULL)
    return FALSE;
  begin (&comparison, from, to);
  done = sr_browse_diff (repo, &from->tree, &to->tree, metadata, show_difference, &comparison,
                         cli->cancellable, error);
  if (done || cli->json)
    end (&comparison);
  return done;
}

const SrCliVerb sr_verb_diff = {
  .name = "diff",
  .arguments = "SNAPSHOT SNAPSHOT",
  .summary = "Tell what differs between two snapshots",
  .examples = "  strongroomctl diff 1a2b3c4d latest\n"
              "  strongroomctl diff 1a2b3c4d 5e6f7a8b --metadata\n",
  .entries = entries,
  .run = run_diff,
};
