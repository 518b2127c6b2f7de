/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-file.h"

#include "cli/sr-cli-json.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"
#include "job/sr-snapshot-container.h"

#include <string.h>

#define SNAPSHOT_PREFIX "snapshot:"
#define MAX_ATTEMPTS    3

static SrPasswordSource key = { .fd = -1 };
static char            *temp_dir;
static char            *max_entries;
static char            *max_entry_size;
static char            *max_total;
static char            *max_ratio;
static char            *max_depth;

const GOptionEntry sr_cli_file_entries[] = {
  { "key-file", 0, 0, G_OPTION_ARG_FILENAME, &key.file,
    "Read the key of an encrypted backup from the first line of a file", "FILE" },
  { "key-command", 0, 0, G_OPTION_ARG_FILENAME, &key.command,
    "Read that key from what a command prints", "COMMAND" },
  { "key-fd", 0, 0, G_OPTION_ARG_INT, &key.fd, "Read that key from an open descriptor", "N" },
  { "temp-dir", 0, 0, G_OPTION_ARG_FILENAME, &temp_dir,
    "Where to unpack what must be read at random", "DIR" },
  { "max-entries", 0, 0, G_OPTION_ARG_STRING, &max_entries, "Most entries of one container",
    "NUMBER" },
  { "max-entry-size", 0, 0, G_OPTION_ARG_STRING, &max_entry_size,
    "Most that one entry may unfold to", "SIZE" },
  { "max-total", 0, 0, G_OPTION_ARG_STRING, &max_total, "Most that all of a file may unfold to",
    "SIZE" },
  { "max-ratio", 0, 0, G_OPTION_ARG_STRING, &max_ratio, "Most bytes that one byte may unfold to",
    "NUMBER" },
  { "max-depth", 0, 0, G_OPTION_ARG_STRING, &max_depth, "Most containers inside each other",
    "NUMBER" },
  G_OPTION_ENTRY_NULL
};

static gboolean
parse_limit (const char *option,
             const char *text,
             guint64     maximum,
             guint64    *value,
             GError    **error)
{
  guint64 number;

  if (text == NULL)
    return TRUE;
  if (!sr_text_parse_size (text, &number, error))
    {
      g_prefix_error (error, "--%s: ", option);
      return FALSE;
    }
  if (number == 0 || number > maximum)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "--%s is from 1 to %" G_GUINT64_FORMAT ", not %s", option, maximum, text);
      return FALSE;
    }
  *value = number;
  return TRUE;
}

static gboolean
parse_limits (SrGuardLimits *limits,
              GError       **error)
{
  guint64 entries;
  guint64 ratio;
  guint64 depth;

  *limits = sr_guard_default_limits;
  entries = limits->max_entries;
  ratio = limits->max_ratio;
  depth = limits->max_depth;
  if (!parse_limit ("max-entries", max_entries, G_MAXINT32, &entries, error) ||
      !parse_limit ("max-entry-size", max_entry_size, G_MAXINT64, &limits->max_entry_size, error) ||
      !parse_limit ("max-total", max_total, G_MAXINT64, &limits->max_total, error) ||
      !parse_limit ("max-ratio", max_ratio, G_MAXINT32, &ratio, error) ||
      !parse_limit ("max-depth", max_depth, 64, &depth, error))
    return FALSE;
  limits->max_entries = (guint) entries;
  limits->max_ratio = (guint) ratio;
  limits->max_depth = (guint) depth;
  return TRUE;
}

/* A key from an option is tried once; on the terminal one may be mistyped. An empty answer means to
 * go on without. */
static SrSecret *
ask_key (const char *hint,
         guint       attempt,
         gpointer    user_data,
         GError    **error)
{
  SrCli               *cli = user_data;
  g_autofree char     *prompt = NULL;
  g_autoptr (GError)   local = NULL;
  g_autoptr (SrSecret) answer = NULL;

  if (sr_password_source_is_set (&key))
    return attempt == 0 ? sr_password_source_read (&key, cli->cancellable, error) : NULL;
  if (!sr_password_can_ask () || attempt >= MAX_ATTEMPTS)
    return NULL;
  if (attempt > 0)
    sr_cli_warn (cli, "That key does not fit");
  prompt = g_strdup_printf ("Key of the backup: %s (empty: go on without)", hint);
  answer = sr_password_ask (prompt, FALSE, cli->cancellable, &local);
  if (answer == NULL && !sr_error_is (local, SR_ERROR_INVALID))
    g_propagate_error (error, g_steal_pointer (&local));
  return g_steal_pointer (&answer);
}

static SrBackupFile *
open_snapshot (SrCli                     *cli,
               const char                *text,
               const SrBackupFileOptions *options,
               GError                   **error)
{
  g_autoptr (SrRepo)      repo = NULL;
  g_autoptr (SrLock)      lock = NULL;
  g_autoptr (GPtrArray)   snapshots = NULL;
  g_autoptr (SrContainer) container = NULL;
  g_autofree char        *name = NULL;
  g_autofree char        *folder = NULL;
  SrSnapshotFilter        filter = sr_cli_get_filter (cli);
  const SrSnapshot       *snapshot;

  repo = sr_cli_open_vault (cli, error);
  if (repo == NULL || !sr_cli_prepare_browse (cli, repo, &lock, &snapshots, error))
    return NULL;
  sr_text_split_snapshot (text, &name, &folder);
  snapshot = sr_repo_find_snapshot (repo, snapshots, name, &filter, error);
  if (snapshot == NULL)
    return NULL;
  container = sr_snapshot_container_new (repo, snapshot, folder != NULL ? folder : "/",
                                         cli->cancellable, error);
  if (container == NULL)
    return NULL;
  /* what is read from it later must not be pruned meanwhile */
  if (lock != NULL)
    g_ptr_array_add (cli->locks, g_steal_pointer (&lock));
  return sr_backup_file_open_container (container, options, cli->cancellable, error);
}

SrBackupFile *
sr_cli_open_file (SrCli      *cli,
                  const char *argument,
                  GError    **error)
{
  SrBackupFile       *file;
  SrGuardLimits       limits;
  SrBackupFileOptions options = {
    .limits = &limits,
    .temp_dir = temp_dir,
    .ask_key = ask_key,
    .user_data = cli,
  };

  if (!sr_password_source_check (&key, error) || !parse_limits (&limits, error))
    return NULL;
  if (g_str_has_prefix (argument, SNAPSHOT_PREFIX))
    file = open_snapshot (cli, argument + strlen (SNAPSHOT_PREFIX), &options, error);
  else
    file = sr_backup_file_open (argument, &options, cli->cancellable, error);
  cli->reads_file |= file != NULL;
  return file;
}

void
sr_cli_note_damage (SrCli        *cli,
                    SrBackupFile *file)
{
  const GError         *reason = sr_backup_file_get_error (file);
  g_autoptr (GPtrArray) left_out = sr_backup_file_get_left_out (file);

  for (guint i = 0; i < left_out->len; i++)
    sr_cli_warn (cli, "%s", (const char *) g_ptr_array_index (left_out, i));
  if (reason == NULL)
    return;
  sr_cli_warn (cli, "%s", reason->message);
  cli->exit_code = sr_cli_exit_code_from_error (reason);
  if (cli->exit_code == SR_EXIT_USAGE)
    cli->exit_code = SR_EXIT_DAMAGE;
}

static const char *
encryption_name (SrBackupEncryption encryption)
{
  static const char *const names[] = {
    [SR_ENCRYPTION_NONE] = "none",
    [SR_ENCRYPTION_CLAIMED] = "claimed",
    [SR_ENCRYPTION_DEFAULT] = "default",
    [SR_ENCRYPTION_KEY] = "key",
    [SR_ENCRYPTION_LOCKED] = "locked",
  };

  return names[encryption];
}

static const char *
encryption_sentence (SrBackupEncryption encryption)
{
  static const char *const sentences[] = {
    [SR_ENCRYPTION_NONE] = "no: anyone who has the file can read it",
    [SR_ENCRYPTION_CLAIMED] = "it says so, but is not: anyone who has the file can read it",
    [SR_ENCRYPTION_DEFAULT] = "opened with the server's built-in default key: change it",
    [SR_ENCRYPTION_KEY] = "yes, opened with the key given",
    [SR_ENCRYPTION_LOCKED] = "yes, and no key that was given fits (--key-file, --key-command)",
  };

  return sentences[encryption];
}

/* What a snapshot holds of a backup file was decrypted, and is as safe as the vault. */
static gboolean
is_imported (GPtrArray *facts)
{
  for (guint i = 0; i + 1 < facts->len; i += 2)
    if (strcmp (g_ptr_array_index (facts, i), "imported") == 0)
      return TRUE;
  return FALSE;
}

void
sr_cli_say_file (SrCli        *cli,
                 SrBackupFile *file)
{
  GPtrArray       *facts = sr_backup_file_get_facts (file);
  g_autofree char *size = sr_size_text (sr_backup_file_get_size (file));
  const char      *encryption = encryption_sentence (sr_backup_file_get_encryption (file));

  if (is_imported (facts) && sr_backup_file_get_encryption (file) == SR_ENCRYPTION_NONE)
    encryption = "by the vault";

  sr_cli_say (cli, "%s", sr_backup_file_get_title (file));
  sr_cli_say (cli, "  Size        %s", size);
  if (sr_backup_file_get_type_name (file) != NULL)
    sr_cli_say (cli, "  Type        %s", sr_backup_file_get_type_name (file));
  if (sr_backup_file_get_created (file) != NULL)
    sr_cli_say (cli, "  Made        %s", sr_backup_file_get_created (file));
  sr_cli_say (cli, "  Encrypted   %s", encryption);
  for (guint i = 0; i + 1 < facts->len; i += 2)
    {
      g_autofree char *name = g_strdup (g_ptr_array_index (facts, i));

      name[0] = g_ascii_toupper (name[0]);
      sr_cli_say (cli, "  %-10s  %s", name, (const char *) g_ptr_array_index (facts, i + 1));
    }
}

void
sr_cli_json_add_file (JsonBuilder  *builder,
                      SrBackupFile *file)
{
  GPtrArray    *facts = sr_backup_file_get_facts (file);
  const GError *reason = sr_backup_file_get_error (file);

  sr_cli_json_add_string (builder, "kind", sr_backup_kind_name (sr_backup_file_get_kind (file)));
  sr_cli_json_add_string (builder, "title", sr_backup_file_get_title (file));
  if (sr_backup_file_get_type_name (file) != NULL)
    sr_cli_json_add_string (builder, "type", sr_backup_file_get_type_name (file));
  if (sr_backup_file_get_created (file) != NULL)
    sr_cli_json_add_string (builder, "created", sr_backup_file_get_created (file));
  sr_cli_json_add_int (builder, "size", sr_backup_file_get_size (file));
  sr_cli_json_add_string (builder, "encryption",
                          encryption_name (sr_backup_file_get_encryption (file)));
  json_builder_set_member_name (builder, "facts");
  json_builder_begin_object (builder);
  for (guint i = 0; i + 1 < facts->len; i += 2)
    sr_cli_json_add_string (builder, g_ptr_array_index (facts, i),
                            g_ptr_array_index (facts, i + 1));
  json_builder_end_object (builder);
  if (reason == NULL)
    return;
  json_builder_set_member_name (builder, "error");
  json_builder_begin_object (builder);
  sr_cli_json_add_error (builder, reason);
  json_builder_end_object (builder);
}

void
sr_cli_json_add_verdict (JsonBuilder *builder,
                         SrVerdict   *verdict)
{
  json_builder_set_member_name (builder, "verdict");
  json_builder_add_value (builder, sr_verdict_to_json (verdict));
}

void
sr_cli_print_verdict (SrCli     *cli,
                      SrVerdict *verdict)
{
  g_autofree char *text = sr_verdict_to_text (verdict);
  g_autofree char *shown = sr_text_message (text);

  sr_cli_print_text (cli, shown);
}
