/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-backup-file-private.h"
#include "base/sr-error.h"
#include "base/sr-json.h"

/* The file archives of the webeenthere server, packed or unpacked; its dumps are SQL
 * (sr-kind-sql.c). */

#define DATABASE         "database.sql"
#define METADATA         "data/backups/backup-metadata.json"
#define TOKENS           "data/tokens.json"
#define PLACEHOLDER      "-- Database Backup\n"
#define PLACEHOLDER_SIZE 19

static const char *const root_files[] = { "package.json", "package-lock.json", ".env.example",
                                          "no-changes.txt", DATABASE, NULL };

static gboolean
is_own_name (const char *name)
{
  return g_str_has_prefix (name, "data/") || g_str_has_prefix (name, "uploads/") ||
         strcmp (name, "data") == 0 || strcmp (name, "uploads") == 0 ||
         g_strv_contains (root_files, name);
}

/* Nothing but what that server packs, and something that only it has. */
static gboolean
webeenthere_tar_matches (SrBackupFile *file)
{
  guint    n = sr_container_get_n_entries (file->outer);
  guint    index;
  gboolean own = sr_backup_file_find (file, METADATA, &index) ||
                 sr_backup_file_find (file, TOKENS, &index) ||
                 sr_backup_file_find (file, "no-changes.txt", &index) ||
                 (sr_backup_file_find (file, DATABASE, &index) &&
                  sr_container_get_entry (file->outer, index)->size == PLACEHOLDER_SIZE);

  for (guint i = 0; own && i < n; i++)
    own = is_own_name (sr_container_get_entry (file->outer, i)->name);
  return own;
}

static const char *
guess_type (SrBackupFile *file)
{
  guint index;

  if (sr_backup_file_find (file, DATABASE, &index))
    return "full";
  /* an archive of all files always has both of these, one of changes hardly ever */
  if (sr_backup_file_find (file, "package.json", &index) &&
      sr_backup_file_find (file, "package-lock.json", &index))
    return "files";
  return "incremental";
}

static gboolean
webeenthere_tar_open (SrBackupFile *file,
                      GCancellable *cancellable,
                      GError      **error)
{
  file->type_name = g_strdup (guess_type (file));
  sr_backup_file_set_title (file, "webeenthere archive (%s)", file->type_name);
  return TRUE;
}

/* --- judging ---------------------------------------------------------------------------------- */

static gboolean
is_placeholder (SrJudge *judge,
                guint    index)
{
  char  head[PLACEHOLDER_SIZE + 1];
  gsize size = sizeof head;

  return sr_container_read_head (judge->file->container, index, head, &size, judge->cancellable,
                                 NULL) &&
         size == PLACEHOLDER_SIZE && memcmp (head, PLACEHOLDER, size) == 0;
}

static void
judge_database (SrJudge *judge)
{
  const char *id = "webeenthere.database";
  guint       index;

  if (!sr_backup_file_find (judge->file, DATABASE, &index))
    sr_verdict_add (judge->verdict, id, "Database", SR_ASPECT_COMPLETE, SR_CHECK_NOTICE,
                    "Backups of this type hold files only; the database is backed up apart.");
  else if (is_placeholder (judge, index))
    sr_verdict_add (judge->verdict, id, "Database", SR_ASPECT_COMPLETE, SR_CHECK_FAILED,
                    "It is called full, but where the database should be is a placeholder of %d "
                    "bytes: it holds no database.",
                    PLACEHOLDER_SIZE);
  else
    sr_verdict_add (judge->verdict, id, "Database", SR_ASPECT_COMPLETE, SR_CHECK_NOTICE,
                    "“%s” is more than the placeholder that this server writes; it was not looked "
                    "into.",
                    DATABASE);
}

/* How many backups the server lists as encrypted; it encrypts none. */
static guint
count_claims (JsonObject *metadata)
{
  JsonArray *backups = sr_json_array_or_null (metadata, "backups");
  guint      n = 0;

  for (guint i = 0; backups != NULL && i < json_array_get_length (backups); i++)
    {
      JsonNode *node = json_array_get_element (backups, i);

      n += JSON_NODE_HOLDS_OBJECT (node) &&
           sr_json_bool_or (json_node_get_object (node), "isEncrypted", FALSE);
    }
  return n;
}

static void
judge_metadata (SrJudge *judge)
{
  g_autofree char       *backups = NULL;
  g_autoptr (GError)     reason = NULL;
  g_autoptr (JsonObject) metadata = NULL;
  guint                  index;
  guint                  n;

  if (sr_backup_file_find (judge->file, TOKENS, &index))
    sr_verdict_add (judge->verdict, "privacy.tokens", "Live tokens", SR_ASPECT_PRIVACY,
                    SR_CHECK_WARNING,
                    "“%s” is in it: links to verify accounts and to reset passwords.", TOKENS);
  if (!sr_backup_file_find (judge->file, METADATA, &index))
    return;
  metadata = sr_backup_file_read_object (judge->file, METADATA, judge->cancellable, &reason);
  if (metadata == NULL)
    {
      sr_verdict_add (judge->verdict, "webeenthere.metadata", "List of backups",
                      SR_ASPECT_COMPLETE, SR_CHECK_NOTICE, "It cannot be read: %s.",
                      reason->message);
      return;
    }
  n = count_claims (metadata);
  backups = sr_verdict_counted (n, "backup", "backups");
  if (n > 0)
    sr_verdict_add (judge->verdict, "encryption.claim", "Encryption as announced",
                    SR_ASPECT_PRIVACY, SR_CHECK_WARNING,
                    "The server lists %s as encrypted; it encrypts none.", backups);
}

static void
judge_links (SrJudge *judge)
{
  guint            n = sr_container_get_n_entries (judge->file->container);
  guint            n_links = 0;
  g_autofree char *links = NULL;

  for (guint i = 0; i < n; i++)
    n_links += sr_container_get_entry (judge->file->container, i)->type == SR_ENTRY_SYMLINK;
  links = sr_verdict_counted (n_links, "symbolic link is", "symbolic links are");
  if (n_links > 0)
    sr_verdict_add (judge->verdict, "container.links", "Symbolic links", SR_ASPECT_INTACT,
                    SR_CHECK_NOTICE, "%s in it; none is followed.", links);
}

static gboolean
webeenthere_tar_judge (SrJudge *judge,
                       GError **error)
{
  if (strcmp (judge->file->type_name, "incremental") == 0)
    sr_verdict_add (judge->verdict, "webeenthere.incremental", "Content", SR_ASPECT_COMPLETE,
                    SR_CHECK_WARNING,
                    "It holds only what changed since the backup before it; alone it restores "
                    "nothing whole.");
  else if (strcmp (judge->file->type_name, "files") == 0)
    sr_verdict_add (judge->verdict, "webeenthere.files", "Content", SR_ASPECT_COMPLETE,
                    SR_CHECK_NOT_MADE,
                    "Nothing in it tells which files there should be; the server writes no list.");
  if (judge->options->quick)
    return TRUE;
  judge_database (judge);
  judge_metadata (judge);
  judge_links (judge);
  return TRUE;
}

const SrKind sr_kind_webeenthere_tar = {
  .kind = SR_BACKUP_WEBEENTHERE_TAR,
  .name = "webeenthere-tar",
  .title = "webeenthere archive",
  .matches = webeenthere_tar_matches,
  .open = webeenthere_tar_open,
  .judge = webeenthere_tar_judge,
};
