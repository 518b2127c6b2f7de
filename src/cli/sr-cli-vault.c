/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-vault.h"

#include "cli/sr-cli-json.h"
#include "cli/sr-cli-keyring.h"
#include "cli/sr-text.h"
#include "job/sr-vault.h"

#define MAX_ATTEMPTS 3

void
sr_cli_print_text (SrCli      *cli,
                   const char *text)
{
  sr_status_line_print (cli->status, FALSE, text);
}

/* File names in it were escaped already; what an error quotes was not. */
static void
print_line (SrCli      *cli,
            gboolean    is_error,
            const char *text)
{
  g_autofree char *shown = sr_text_message (text);
  g_autofree char *line = g_strconcat (shown, "\n", NULL);

  sr_status_line_print (cli->status, is_error, line);
}

void
sr_cli_say (SrCli      *cli,
            const char *format,
            ...)
{
  g_autofree char *text = NULL;
  va_list          args;

  if (cli->json || cli->quiet)
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  print_line (cli, FALSE, text);
}

static void
print_warning_json (SrCli      *cli,
                    const char *text)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char        *json = NULL;
  g_autofree char        *line = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "warning");
  json_builder_begin_object (builder);
  sr_cli_json_add_string (builder, "message", text);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  json = sr_cli_json_to_text (builder);
  line = g_strconcat (json, "\n", NULL);
  sr_status_line_print (cli->status, TRUE, line);
}

void
sr_cli_warn (SrCli      *cli,
             const char *format,
             ...)
{
  g_autofree char *text = NULL;
  va_list          args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (cli->json)
    print_warning_json (cli, text);
  else
    print_line (cli, TRUE, text);
}

gboolean
sr_cli_check_location (SrCli   *cli,
                       GError **error)
{
  if (cli->location != NULL && cli->location[0] != '\0')
    return TRUE;
  g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                       "No vault is named: use --vault LOCATION, or set the environment variable "
                       "STRONGROOM_VAULT");
  return FALSE;
}

static SrRepo *
open_with_keyring (SrCli      *cli,
                   const char *location,
                   GError    **error)
{
  g_autoptr (SrSecret) password = NULL;

  if (!sr_cli_keyring_look_up (cli, location, TRUE, &password, error))
    return NULL;
  if (password != NULL)
    return sr_vault_open (location, password, cli->cancellable, error);
  g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND,
               "The keyring holds no password of the vault “%s”", location);
  return NULL;
}

/* No option told the password: whatever the keyring answers here, there is the terminal still. */
static SrRepo *
try_keyring (SrCli      *cli,
             const char *location,
             GError    **error)
{
  g_autoptr (SrSecret) password = NULL;
  g_autoptr (GError)   local = NULL;
  SrRepo              *repo;

  if (!sr_cli_keyring_is_there ())
    return NULL;
  if (!sr_cli_keyring_look_up (cli, location, FALSE, &password, &local))
    {
      if (sr_error_is (local, SR_ERROR_LOCKED))
        sr_cli_warn (cli, "%s", local->message);
      return NULL;
    }
  if (password == NULL)
    return NULL;
  repo = sr_vault_open (location, password, cli->cancellable, &local);
  /* The password of a key that was changed elsewhere is only old. */
  if (repo == NULL && !sr_error_is (local, SR_ERROR_WRONG_PASSWORD))
    g_propagate_error (error, g_steal_pointer (&local));
  return repo;
}

static SrRepo *
open_by_asking (SrCli      *cli,
                const char *location,
                GError    **error)
{
  g_autofree char *shown = sr_text_name (location);
  g_autofree char *prompt = g_strdup_printf ("Password of the vault “%s”", shown);

  if (!sr_password_can_ask ())
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                           "There is no terminal to ask for the password: use --password-file, "
                           "--password-command, --password-fd or --keyring");
      return NULL;
    }
  for (int attempt = 1;; attempt++)
    {
      g_autoptr (SrSecret) password = sr_password_ask (prompt, FALSE, cli->cancellable, error);
      g_autoptr (GError)   local = NULL;
      SrRepo              *repo;

      if (password == NULL)
        return NULL;
      repo = sr_vault_open (location, password, cli->cancellable, &local);
      if (repo != NULL)
        return repo;
      if (attempt == MAX_ATTEMPTS || !sr_error_is (local, SR_ERROR_WRONG_PASSWORD))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
      sr_cli_warn (cli, "%s", local->message);
    }
}

SrRepo *
sr_cli_open_vault_at (SrCli                  *cli,
                      const char             *location,
                      const SrPasswordSource *source,
                      GError                **error)
{
  g_autoptr (SrSecret) password = NULL;
  g_autoptr (GError)   local = NULL;
  g_autofree char     *shown = sr_text_name (location);
  SrRepo              *repo;

  if (!sr_password_source_check (source, error))
    return NULL;
  /* Before anybody is asked for the password of what is not there. */
  if (!sr_vault_exists (location, cli->cancellable, &local))
    {
      if (local != NULL)
        g_propagate_error (error, g_steal_pointer (&local));
      else
        g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND,
                     "There is no vault at “%s”; “strongroomctl init” makes one", shown);
      return NULL;
    }
  if (source->keyring)
    return open_with_keyring (cli, location, error);
  if (sr_password_source_is_set (source))
    {
      password = sr_password_source_read (source, cli->cancellable, error);
      return password != NULL ? sr_vault_open (location, password, cli->cancellable, error) : NULL;
    }
  repo = try_keyring (cli, location, &local);
  if (repo != NULL)
    return repo;
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  return open_by_asking (cli, location, error);
}

SrRepo *
sr_cli_open_vault (SrCli   *cli,
                   GError **error)
{
  if (!sr_cli_check_location (cli, error))
    return NULL;
  return sr_cli_open_vault_at (cli, cli->location, &cli->password, error);
}

/* Or nothing with --no-lock. @lock: (out) (transfer full) (nullable) */
static gboolean
lock_shared (SrCli   *cli,
             SrRepo  *repo,
             SrLock **lock,
             GError **error)
{
  g_autoptr (GError) local = NULL;

  *lock = NULL;
  if (cli->no_lock)
    return TRUE;
  *lock = sr_lock_acquire (repo, FALSE, 0, cli->cancellable, &local);
  if (*lock != NULL)
    return TRUE;
  if (sr_error_is (local, SR_ERROR_PERMISSION))
    g_prefix_error (&local, "No lock can be taken (--no-lock reads without one): ");
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

SrSnapshotFilter
sr_cli_get_filter (SrCli *cli)
{
  return (SrSnapshotFilter){
    .hosts = (const char *const *) cli->hosts,
    .tags = (const char *const *) cli->tags,
    .paths = (const char *const *) cli->paths,
  };
}

/* The message names the file. */
static void
warn_of_damage (SrFileType    type,
                const SrId   *id,
                const GError *error,
                gpointer      user_data)
{
  SrCli *cli = user_data;

  cli->n_damaged++;
  sr_cli_warn (cli, "%s", error->message);
}

GPtrArray *
sr_cli_list_snapshots (SrCli   *cli,
                       SrRepo  *repo,
                       GError **error)
{
  return sr_repo_list_snapshots (repo, warn_of_damage, cli, cli->cancellable, error);
}

GPtrArray *
sr_cli_choose_snapshots (SrCli             *cli,
                         SrRepo            *repo,
                         GPtrArray         *all,
                         const char *const *names,
                         GError           **error)
{
  SrSnapshotFilter filter = sr_cli_get_filter (cli);

  return sr_repo_choose_snapshots (repo, all, names, &filter, error);
}

gboolean
sr_cli_prepare_browse (SrCli      *cli,
                       SrRepo     *repo,
                       SrLock    **lock,
                       GPtrArray **snapshots,
                       GError    **error)
{
  g_autoptr (SrLock)    own = NULL;
  g_autoptr (GPtrArray) list = NULL;

  if (!lock_shared (cli, repo, &own, error))
    return FALSE;
  list = sr_cli_list_snapshots (cli, repo, error);
  if (list == NULL ||
      !sr_repo_load_index (repo, NULL, warn_of_damage, cli, cli->cancellable, error))
    return FALSE;
  *lock = g_steal_pointer (&own);
  *snapshots = g_steal_pointer (&list);
  return TRUE;
}
