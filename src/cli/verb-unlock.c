/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-json.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"

static gboolean remove_all;

static const GOptionEntry entries[] = {
  { "all", 0, 0, G_OPTION_ARG_NONE, &remove_all,
    "Remove all locks, also those of programs that may be running", NULL },
  G_OPTION_ENTRY_NULL
};

static void
add_lock (JsonBuilder      *builder,
          const SrLockInfo *lock)
{
  json_builder_begin_object (builder);
  sr_cli_json_add_id (builder, "id", &lock->id);
  sr_cli_json_add_bool (builder, "readable", lock->readable);
  if (lock->readable)
    {
      sr_cli_json_add_time (builder, "time", &lock->time);
      sr_cli_json_add_bool (builder, "exclusive", lock->exclusive);
      sr_cli_json_add_string (builder, "hostname", lock->hostname);
      sr_cli_json_add_string (builder, "username", lock->username);
      sr_cli_json_add_int (builder, "pid", (guint64) MAX (lock->pid, 0));
    }
  json_builder_end_object (builder);
}

static void
print_json (SrCli     *cli,
            guint      n_removed,
            GPtrArray *left)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  sr_cli_json_add_int (builder, "removed", n_removed);
  json_builder_set_member_name (builder, "left");
  json_builder_begin_array (builder);
  for (guint i = 0; i < left->len; i++)
    add_lock (builder, g_ptr_array_index (left, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  sr_cli_json_print (cli, builder);
}

static void
print_text (SrCli     *cli,
            guint      n_removed,
            GPtrArray *left)
{
  sr_cli_say (cli, "%u lock%s removed", n_removed, n_removed == 1 ? "" : "s");
  for (guint i = 0; i < left->len; i++)
    {
      const SrLockInfo *lock = g_ptr_array_index (left, i);
      g_autofree char  *time = sr_text_time (&lock->time);
      g_autofree char  *user = sr_text_name (lock->username != NULL ? lock->username : "?");
      g_autofree char  *host = sr_text_name (lock->hostname != NULL ? lock->hostname : "?");

      if (lock->readable)
        sr_cli_say (cli, "Left: %s lock of process %" G_GINT64_FORMAT " of %s on %s, %s",
                    lock->exclusive ? "exclusive" : "shared", lock->pid, user, host, time);
      else
        sr_cli_say (cli, "Left: a lock that cannot be read");
    }
}

static gboolean
run_unlock (SrCli             *cli,
            const char *const *arguments,
            GError           **error)
{
  g_autoptr (SrRepo)    repo = NULL;
  g_autoptr (GPtrArray) left = NULL;
  guint                 n_removed = 0;

  if (!sr_cli_check_arguments (arguments, 0, 0, error))
    return FALSE;
  repo = sr_cli_open_vault (cli, error);
  if (repo == NULL ||
      !sr_lock_remove_stale (repo, remove_all, &n_removed, cli->cancellable, error))
    return FALSE;
  left = sr_lock_list (repo, cli->cancellable, error);
  if (left == NULL)
    return FALSE;
  if (cli->json)
    print_json (cli, n_removed, left);
  else
    print_text (cli, n_removed, left);
  return TRUE;
}

const SrCliVerb sr_verb_unlock = {
  .name = "unlock",
  .summary = "Remove locks that programs left behind",
  .examples = "  strongroomctl unlock\n"
              "  strongroomctl unlock --all    # only when you know that no program runs\n",
  .entries = entries,
  .writes = TRUE,
  .run = run_unlock,
};
