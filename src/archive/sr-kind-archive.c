/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-backup-file-private.h"
#include "archive/sr-kind-json.h"
#include "base/sr-error.h"

/* What is left: archives and folders of anything, and files that are nothing we know. */

static gboolean
archive_matches (SrBackupFile *file)
{
  return sr_file_container_get_fd (file->outer) < 0 || sr_backup_file_is_broken_zip (file) ||
         (file->type == SR_HEAD_ARCHIVE && file->error != NULL);
}

static gboolean
archive_open (SrBackupFile *file,
              GCancellable *cancellable,
              GError      **error)
{
  const char *title = sr_container_get_title (file->outer);

  if (file->error != NULL)
    sr_backup_file_set_title (file, "damaged archive");
  else if (strcmp (title, "folder") == 0)
    sr_backup_file_set_title (file, "folder");
  else
    sr_backup_file_set_title (file, "archive (%s)", title);
  return TRUE;
}

static void
judge_links (SrJudge *judge)
{
  SrContainer     *container = judge->file->container;
  guint            n = sr_container_get_n_entries (container);
  guint            n_links = 0;
  g_autofree char *links = NULL;

  for (guint i = 0; i < n; i++)
    n_links += sr_container_get_entry (container, i)->type == SR_ENTRY_SYMLINK;
  links = sr_verdict_counted (n_links, "symbolic link is", "symbolic links are");
  if (n_links > 0)
    sr_verdict_add (judge->verdict, "container.links", "Symbolic links", SR_ASPECT_INTACT,
                    SR_CHECK_NOTICE, "%s in it; none is followed.", links);
}

static gboolean
archive_judge (SrJudge *judge,
               GError **error)
{
  judge_links (judge);
  return TRUE;
}

static gboolean
unknown_matches (SrBackupFile *file)
{
  return TRUE;
}

static gboolean
unknown_open (SrBackupFile *file,
              GCancellable *cancellable,
              GError      **error)
{
  g_autofree char *excerpt = sr_head_excerpt (file->head, file->n_head);
  const char      *what = sr_head_type_describe (file->type);
  GError          *reason;

  sr_backup_file_set_title (file, "no backup (%s)", what);
  if (sr_json_is_error_reply (file))
    reason = g_error_new (SR_ERROR, SR_ERROR_INVALID,
                          "It is no backup but a server's answer saved as one: %s", excerpt);
  else if (file->type == SR_HEAD_HTML)
    reason = g_error_new (SR_ERROR, SR_ERROR_INVALID,
                          "It is no backup but a web page saved as one: “%s”", excerpt);
  else if (file->type == SR_HEAD_PG_CUSTOM)
    reason = g_error_new (SR_ERROR, SR_ERROR_UNSUPPORTED,
                          "It is a PostgreSQL dump in pg_dump's own format; pg_restore makes SQL "
                          "of it (pg_restore --file=dump.sql FILE)");
  else if (file->type == SR_HEAD_TEXT || file->type == SR_HEAD_XML)
    reason = g_error_new (SR_ERROR, SR_ERROR_INVALID, "It is no backup but %s: “%s”", what,
                          excerpt);
  else
    reason = g_error_new (SR_ERROR, SR_ERROR_INVALID, "It is no backup but %s", what);
  sr_backup_file_fail (file, reason);
  return TRUE;
}

const SrKind sr_kind_archive = {
  .kind = SR_BACKUP_ARCHIVE,
  .name = "archive",
  .title = "archive",
  .matches = archive_matches,
  .open = archive_open,
  .judge = archive_judge,
};

const SrKind sr_kind_unknown = {
  .kind = SR_BACKUP_UNKNOWN,
  .name = "unknown",
  .title = "no backup",
  .matches = unknown_matches,
  .open = unknown_open,
};
