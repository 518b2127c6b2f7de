/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-json.h"

#include <string.h>

void
sr_cli_json_add_string (JsonBuilder *builder,
                        const char  *member,
                        const char  *value)
{
  g_autofree char *valid = value != NULL ? g_utf8_make_valid (value, -1) : NULL;

  json_builder_set_member_name (builder, member);
  if (valid != NULL)
    json_builder_add_string_value (builder, valid);
  else
    json_builder_add_null_value (builder);
}

void
sr_cli_json_add_name (JsonBuilder *builder,
                      const char  *member,
                      const char  *raw)
{
  g_autofree char *raw_member = NULL;
  g_autofree char *base64 = NULL;

  sr_cli_json_add_string (builder, member, raw);
  if (raw == NULL || g_utf8_validate (raw, -1, NULL))
    return;
  raw_member = g_strconcat (member, "_raw", NULL);
  base64 = g_base64_encode ((const guchar *) raw, strlen (raw));
  sr_cli_json_add_string (builder, raw_member, base64);
}

void
sr_cli_json_add_int (JsonBuilder *builder,
                     const char  *member,
                     guint64      value)
{
  json_builder_set_member_name (builder, member);
  json_builder_add_int_value (builder, (gint64) MIN (value, (guint64) G_MAXINT64));
}

void
sr_cli_json_add_bool (JsonBuilder *builder,
                      const char  *member,
                      gboolean     value)
{
  json_builder_set_member_name (builder, member);
  json_builder_add_boolean_value (builder, value);
}

void
sr_cli_json_add_id (JsonBuilder *builder,
                    const char  *member,
                    const SrId  *id)
{
  char hex[SR_ID_HEX_SIZE];

  sr_cli_json_add_string (builder, member, sr_id_to_hex (id, hex));
}

void
sr_cli_json_add_time (JsonBuilder  *builder,
                      const char   *member,
                      const SrTime *time)
{
  g_autoptr (GString) text = g_string_new (NULL);

  sr_time_append (text, time);
  sr_cli_json_add_string (builder, member, text->str);
}

static void
add_timespec (JsonBuilder           *builder,
              const char            *member,
              const struct timespec *time)
{
  SrTime with_zone = { .ts = *time, .offset = sr_time_local_offset (time->tv_sec) };

  sr_cli_json_add_time (builder, member, &with_zone);
}

void
sr_cli_json_add_strings (JsonBuilder *builder,
                         const char  *member,
                         char       **values)
{
  json_builder_set_member_name (builder, member);
  json_builder_begin_array (builder);
  for (gsize i = 0; values != NULL && values[i] != NULL; i++)
    {
      g_autofree char *valid = g_utf8_make_valid (values[i], -1);

      json_builder_add_string_value (builder, valid);
    }
  json_builder_end_array (builder);
}

static void
add_summary (JsonBuilder             *builder,
             const SrSnapshotSummary *summary)
{
  json_builder_set_member_name (builder, "summary");
  json_builder_begin_object (builder);
  sr_cli_json_add_time (builder, "backup_start", &summary->backup_start);
  sr_cli_json_add_time (builder, "backup_end", &summary->backup_end);
  sr_cli_json_add_int (builder, "files_new", summary->files_new);
  sr_cli_json_add_int (builder, "files_changed", summary->files_changed);
  sr_cli_json_add_int (builder, "files_unmodified", summary->files_unmodified);
  sr_cli_json_add_int (builder, "dirs_new", summary->dirs_new);
  sr_cli_json_add_int (builder, "dirs_changed", summary->dirs_changed);
  sr_cli_json_add_int (builder, "dirs_unmodified", summary->dirs_unmodified);
  sr_cli_json_add_int (builder, "data_blobs", summary->data_blobs);
  sr_cli_json_add_int (builder, "tree_blobs", summary->tree_blobs);
  sr_cli_json_add_int (builder, "data_added", summary->data_added);
  sr_cli_json_add_int (builder, "data_added_packed", summary->data_added_packed);
  sr_cli_json_add_int (builder, "total_files_processed", summary->total_files_processed);
  sr_cli_json_add_int (builder, "total_bytes_processed", summary->total_bytes_processed);
  json_builder_end_object (builder);
}

void
sr_cli_json_add_snapshot (JsonBuilder      *builder,
                          const SrSnapshot *snapshot)
{
  char hex[SR_ID_HEX_SIZE];

  sr_cli_json_add_string (builder, "id", sr_id_to_hex (&snapshot->id, hex));
  hex[8] = '\0';
  sr_cli_json_add_string (builder, "short_id", hex);
  sr_cli_json_add_time (builder, "time", &snapshot->time);
  if (snapshot->has_parent)
    sr_cli_json_add_id (builder, "parent", &snapshot->parent);
  sr_cli_json_add_id (builder, "tree", &snapshot->tree);
  sr_cli_json_add_strings (builder, "paths", snapshot->paths);
  sr_cli_json_add_string (builder, "hostname", snapshot->hostname);
  sr_cli_json_add_string (builder, "username", snapshot->username);
  sr_cli_json_add_int (builder, "uid", snapshot->uid);
  sr_cli_json_add_int (builder, "gid", snapshot->gid);
  sr_cli_json_add_strings (builder, "excludes", snapshot->excludes);
  sr_cli_json_add_strings (builder, "tags", snapshot->tags);
  if (snapshot->has_original)
    sr_cli_json_add_id (builder, "original", &snapshot->original);
  sr_cli_json_add_string (builder, "program_version", snapshot->program_version);
  if (snapshot->has_summary)
    add_summary (builder, &snapshot->summary);
}

void
sr_cli_json_add_node (JsonBuilder  *builder,
                      const char   *path,
                      const SrNode *node)
{
  const SrEntry *entry = &node->entry;

  sr_cli_json_add_name (builder, "path", path);
  sr_cli_json_add_string (builder, "type", sr_entry_type_name (entry->type));
  sr_cli_json_add_int (builder, "mode", entry->mode);
  sr_cli_json_add_int (builder, "uid", entry->uid);
  sr_cli_json_add_int (builder, "gid", entry->gid);
  sr_cli_json_add_string (builder, "user", entry->user);
  sr_cli_json_add_string (builder, "group", entry->group);
  if (entry->type == SR_ENTRY_FILE)
    sr_cli_json_add_int (builder, "size", entry->size);
  add_timespec (builder, "mtime", &entry->mtime);
  if (entry->links > 1)
    sr_cli_json_add_int (builder, "links", entry->links);
  if (entry->link_target != NULL)
    sr_cli_json_add_name (builder, "link_target", entry->link_target);
}

void
sr_cli_json_add_error (JsonBuilder  *builder,
                       const GError *error)
{
  const char *code = error->domain == SR_ERROR ? sr_error_code_name ((SrErrorCode) error->code)
                                               : "failed";

  sr_cli_json_add_string (builder, "code", code);
  sr_cli_json_add_string (builder, "message", error->message);
}

char *
sr_cli_json_to_text (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);

  return json_to_string (root, FALSE);
}

void
sr_cli_json_print (SrCli       *cli,
                   JsonBuilder *builder)
{
  g_autofree char *text = sr_cli_json_to_text (builder);
  g_autofree char *line = g_strconcat (text, "\n", NULL);

  sr_status_line_print (cli->status, FALSE, line);
}

void
sr_cli_json_list_begin (SrCliJsonList *self,
                        SrCli         *cli,
                        const char    *head)
{
  self->cli = cli;
  self->begun = FALSE;
  sr_status_line_print (cli->status, FALSE, head);
}

void
sr_cli_json_list_add (SrCliJsonList *self,
                      JsonBuilder   *builder)
{
  g_autofree char *text = sr_cli_json_to_text (builder);
  g_autofree char *piece = g_strconcat (self->begun ? ",\n" : "\n", text, NULL);

  sr_status_line_print (self->cli->status, FALSE, piece);
  json_builder_reset (builder);
  self->begun = TRUE;
}

void
sr_cli_json_list_end (SrCliJsonList *self,
                      const char    *tail)
{
  g_autofree char *piece = g_strconcat (tail, "\n", NULL);

  sr_status_line_print (self->cli->status, FALSE, piece);
}
