/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-json.h"
#include "cli/sr-cli-keyring.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"
#include "job/sr-keys.h"
#include "job/sr-recovery-kit.h"

static char *new_password_file;

static const GOptionEntry entries[] = {
  { "new-password-file", 0, 0, G_OPTION_ARG_FILENAME, &new_password_file,
    "Read the new password from the first line of a file", "FILE" },
  G_OPTION_ENTRY_NULL
};

static SrSecret *
get_new_password (SrCli   *cli,
                  GError **error)
{
  SrPasswordSource source = { .file = new_password_file, .fd = -1 };

  if (new_password_file != NULL)
    return sr_password_source_read (&source, cli->cancellable, error);
  if (sr_password_can_ask ())
    return sr_password_ask ("New password", TRUE, cli->cancellable, error);
  g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                       "There is no terminal to ask for the new password: use "
                       "--new-password-file");
  return NULL;
}

static void
print_id (SrCli      *cli,
          const char *what,
          const SrId *id)
{
  g_autoptr (JsonBuilder) builder = NULL;
  char                    hex[SR_ID_HEX_SIZE];

  if (!cli->json)
    {
      sr_cli_say (cli, "%s: %.8s", what, sr_id_to_hex (id, hex));
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  sr_cli_json_add_id (builder, "id", id);
  json_builder_end_object (builder);
  sr_cli_json_print (cli, builder);
}

static void
print_list_json (SrCli      *cli,
                 GPtrArray  *keys,
                 const SrId *current)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < keys->len; i++)
    {
      const SrKeyInfo *key = g_ptr_array_index (keys, i);

      json_builder_begin_object (builder);
      sr_cli_json_add_id (builder, "id", &key->id);
      sr_cli_json_add_bool (builder, "current", sr_id_equal (&key->id, current));
      sr_cli_json_add_string (builder, "created", key->created);
      sr_cli_json_add_string (builder, "username", key->username);
      sr_cli_json_add_string (builder, "hostname", key->hostname);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  sr_cli_json_print (cli, builder);
}

static void
print_list (SrCli      *cli,
            GPtrArray  *keys,
            const SrId *current)
{
  g_autoptr (SrTable) table = sr_table_new ("", "ID", "User", "Host", "Created", NULL);
  g_autofree char    *text = NULL;

  for (guint i = 0; i < keys->len; i++)
    {
      const SrKeyInfo *key = g_ptr_array_index (keys, i);
      char             hex[SR_ID_HEX_SIZE];

      sr_id_to_hex (&key->id, hex);
      sr_table_add (table, g_strdup (sr_id_equal (&key->id, current) ? "*" : " "),
                    g_strndup (hex, 8), sr_text_name (key->username != NULL ? key->username : ""),
                    sr_text_name (key->hostname != NULL ? key->hostname : ""),
                    sr_text_name (key->created != NULL ? key->created : ""));
    }
  text = sr_table_format (table, TRUE);
  sr_cli_print_text (cli, text);
}

static gboolean
list_keys (SrCli   *cli,
           SrRepo  *repo,
           GError **error)
{
  guint                 n_unreadable = 0;
  g_autoptr (GPtrArray) keys =
      sr_key_list (sr_repo_get_storage (repo), &n_unreadable, cli->cancellable, error);

  if (keys == NULL)
    return FALSE;
  if (cli->json)
    print_list_json (cli, keys, sr_repo_get_key_id (repo));
  else
    print_list (cli, keys, sr_repo_get_key_id (repo));
  if (n_unreadable > 0)
    {
      sr_cli_warn (cli, "%u key file%s cannot be read", n_unreadable, n_unreadable == 1 ? "" : "s");
      cli->exit_code = SR_EXIT_DAMAGE;
    }
  return TRUE;
}

static gboolean
add_key (SrCli   *cli,
         SrRepo  *repo,
         GError **error)
{
  g_autoptr (SrSecret) password = get_new_password (cli, error);
  SrId                 id;

  if (password == NULL || !sr_keys_add (repo, password, &id, cli->cancellable, error))
    return FALSE;
  print_id (cli, "Password added; its key", &id);
  return TRUE;
}

static gboolean
change_key (SrCli   *cli,
            SrRepo  *repo,
            GError **error)
{
  g_autoptr (SrSecret) password = get_new_password (cli, error);
  SrId                 old_id = *sr_repo_get_key_id (repo);
  SrId                 id;

  if (password == NULL || !sr_keys_change (repo, password, &id, cli->cancellable, error))
    return FALSE;
  sr_cli_keyring_replace (cli, &old_id, &id, password);
  print_id (cli, "Password changed; its key", &id);
  return TRUE;
}

static gboolean
remove_key (SrCli      *cli,
            SrRepo     *repo,
            const char *name,
            GError    **error)
{
  SrId id;

  if (!sr_keys_remove (repo, name, &id, cli->cancellable, error))
    return FALSE;
  sr_cli_keyring_drop (cli, &id);
  print_id (cli, "Key removed", &id);
  return TRUE;
}

static void
print_kit_json (SrCli     *cli,
                GPtrArray *kit)
{
  static const char *const styles[] = { "title", "heading", "text", "fact", "fixed", "secret" };
  g_autoptr (JsonBuilder)  builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < kit->len; i++)
    {
      const SrKitLine *line = g_ptr_array_index (kit, i);

      json_builder_begin_object (builder);
      sr_cli_json_add_string (builder, "style", styles[line->style]);
      sr_cli_json_add_string (builder, "text", line->text);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  sr_cli_json_print (cli, builder);
}

/* Without the password: what a command prints is soon in a file. */
static gboolean
print_kit (SrCli  *cli,
           SrRepo *repo)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char      *made = g_date_time_format (now, "%Y-%m-%d %H:%M");
  g_autofree char      *location = sr_text_name (cli->location);
  g_autofree char      *text = NULL;
  g_autoptr (GPtrArray) kit = NULL;
  char                  key[SR_ID_HEX_SIZE];
  char                  vault[SR_ID_HEX_SIZE];
  SrRecoveryKitFacts    facts = {
       .location = location,
       .vault_id = sr_id_to_hex (&sr_repo_get_config (repo)->id, vault),
       .key_id = sr_id_to_hex (sr_repo_get_key_id (repo), key),
       .made = made,
  };

  kit = sr_recovery_kit_new (&facts);
  if (cli->json)
    {
      print_kit_json (cli, kit);
      return TRUE;
    }
  text = sr_recovery_kit_to_text (kit);
  sr_cli_print_text (cli, text);
  return TRUE;
}

static gboolean
check_arguments (const char *const *arguments,
                 GError           **error)
{
  static const char *const words[] = { "list", "add", "remove", "change", "kit", NULL };
  g_autofree char         *shown = NULL;

  if (!sr_cli_check_arguments (arguments, 1, 2, error))
    return FALSE;
  if (g_strv_contains (words, arguments[0]))
    return g_str_equal (arguments[0], "remove")
               ? sr_cli_check_arguments (arguments, 2, 2, error)
               : sr_cli_check_arguments (arguments, 1, 1, error);
  shown = sr_text_name (arguments[0]);
  g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
               "“key %s” is nothing: it is key list, add, remove, change or kit", shown);
  return FALSE;
}

static gboolean
run_key (SrCli             *cli,
         const char *const *arguments,
         GError           **error)
{
  g_autoptr (SrRepo) repo = NULL;

  if (!check_arguments (arguments, error))
    return FALSE;
  repo = sr_cli_open_vault (cli, error);
  if (repo == NULL)
    return FALSE;
  if (g_str_equal (arguments[0], "list"))
    return list_keys (cli, repo, error);
  if (g_str_equal (arguments[0], "add"))
    return add_key (cli, repo, error);
  if (g_str_equal (arguments[0], "change"))
    return change_key (cli, repo, error);
  if (g_str_equal (arguments[0], "kit"))
    return print_kit (cli, repo);
  return remove_key (cli, repo, arguments[1], error);
}

const SrCliVerb sr_verb_key = {
  .name = "key",
  .arguments = "list|add|remove|change|kit [KEY]",
  .summary = "Passwords of the vault: list, add, remove, change, recovery kit",
  .examples = "  strongroomctl key list\n"
              "  strongroomctl key add --new-password-file /etc/second.password\n"
              "  strongroomctl key remove 1a2b3c4d\n"
              "  strongroomctl key kit | lp\n",
  .entries = entries,
  .writes = TRUE,
  .run = run_key,
};
