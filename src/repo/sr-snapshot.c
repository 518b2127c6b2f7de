/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include "base/sr-error.h"
#include "repo/sr-json-reader.h"
#include "repo/sr-json-writer.h"
#include "repo/sr-snapshot.h"

/* The counters of a summary, in the order in which they are written. */
static const struct
{
  const char *name;
  gsize       offset;
} counters[] = {
  { "files_new", G_STRUCT_OFFSET (SrSnapshotSummary, files_new) },
  { "files_changed", G_STRUCT_OFFSET (SrSnapshotSummary, files_changed) },
  { "files_unmodified", G_STRUCT_OFFSET (SrSnapshotSummary, files_unmodified) },
  { "dirs_new", G_STRUCT_OFFSET (SrSnapshotSummary, dirs_new) },
  { "dirs_changed", G_STRUCT_OFFSET (SrSnapshotSummary, dirs_changed) },
  { "dirs_unmodified", G_STRUCT_OFFSET (SrSnapshotSummary, dirs_unmodified) },
  { "data_blobs", G_STRUCT_OFFSET (SrSnapshotSummary, data_blobs) },
  { "tree_blobs", G_STRUCT_OFFSET (SrSnapshotSummary, tree_blobs) },
  { "data_added", G_STRUCT_OFFSET (SrSnapshotSummary, data_added) },
  { "data_added_packed", G_STRUCT_OFFSET (SrSnapshotSummary, data_added_packed) },
  { "total_files_processed", G_STRUCT_OFFSET (SrSnapshotSummary, total_files_processed) },
  { "total_bytes_processed", G_STRUCT_OFFSET (SrSnapshotSummary, total_bytes_processed) },
};

SrSnapshot *
sr_snapshot_new (void)
{
  SrSnapshot *self = g_new0 (SrSnapshot, 1);

  self->paths = g_new0 (char *, 1);
  self->excludes = g_new0 (char *, 1);
  self->tags = g_new0 (char *, 1);
  return self;
}

SrSnapshot *
sr_snapshot_copy (const SrSnapshot *self)
{
  SrSnapshot *copy = g_memdup2 (self, sizeof *self);

  copy->paths = g_strdupv (self->paths);
  copy->hostname = g_strdup (self->hostname);
  copy->username = g_strdup (self->username);
  copy->excludes = g_strdupv (self->excludes);
  copy->tags = g_strdupv (self->tags);
  copy->program_version = g_strdup (self->program_version);
  return copy;
}

void
sr_snapshot_free (SrSnapshot *self)
{
  if (self == NULL)
    return;
  g_strfreev (self->paths);
  g_free (self->hostname);
  g_free (self->username);
  g_strfreev (self->excludes);
  g_strfreev (self->tags);
  g_free (self->program_version);
  g_free (self);
}

static void
append_id (GString    *out,
           const char *name,
           const SrId *id)
{
  char hex[SR_ID_HEX_SIZE];

  g_string_append_printf (out, ",\"%s\":\"%s\"", name, sr_id_to_hex (id, hex));
}

static void
append_text (GString    *out,
             const char *name,
             const char *text)
{
  if (text == NULL || *text == '\0')
    return;
  g_string_append_printf (out, ",\"%s\":", name);
  sr_json_append_string (out, text, -1);
}

static void
append_list (GString    *out,
             const char *name,
             char      **list)
{
  g_string_append_printf (out, ",\"%s\":[", name);
  for (gsize i = 0; list[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      sr_json_append_string (out, list[i], -1);
    }
  g_string_append_c (out, ']');
}

static void
append_time (GString      *out,
             const char   *name,
             const SrTime *time)
{
  g_string_append_printf (out, "\"%s\":\"", name);
  sr_time_append (out, time);
  g_string_append_c (out, '"');
}

static void
append_summary (GString                 *out,
                const SrSnapshotSummary *summary)
{
  g_string_append (out, ",\"summary\":{");
  append_time (out, "backup_start", &summary->backup_start);
  g_string_append_c (out, ',');
  append_time (out, "backup_end", &summary->backup_end);
  for (gsize i = 0; i < G_N_ELEMENTS (counters); i++)
    g_string_append_printf (out, ",\"%s\":%" G_GUINT64_FORMAT, counters[i].name,
                            G_STRUCT_MEMBER (guint64, summary, counters[i].offset));
  g_string_append_c (out, '}');
}

GString *
sr_snapshot_encode (const SrSnapshot *self)
{
  GString *out = g_string_new ("{");

  append_time (out, "time", &self->time);
  if (self->has_parent)
    append_id (out, "parent", &self->parent);
  append_id (out, "tree", &self->tree);
  append_list (out, "paths", self->paths);
  append_text (out, "hostname", self->hostname);
  append_text (out, "username", self->username);
  if (self->uid != 0)
    g_string_append_printf (out, ",\"uid\":%u", self->uid);
  if (self->gid != 0)
    g_string_append_printf (out, ",\"gid\":%u", self->gid);
  if (self->excludes[0] != NULL)
    append_list (out, "excludes", self->excludes);
  if (self->tags[0] != NULL)
    append_list (out, "tags", self->tags);
  if (self->has_original)
    append_id (out, "original", &self->original);
  append_text (out, "program_version", self->program_version);
  if (self->has_summary)
    append_summary (out, &self->summary);
  g_string_append_c (out, '}');
  return out;
}

static gboolean
read_counter (SrSnapshotSummary *summary,
              SrJsonReader      *reader,
              GError           **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (counters); i++)
    if (sr_json_reader_text_is (reader, counters[i].name))
      return sr_json_reader_read_uint64 (reader, counters[i].name, G_MAXUINT64,
                                         G_STRUCT_MEMBER_P (summary, counters[i].offset), error);
  return sr_json_reader_skip (reader, error);
}

static gboolean
read_summary (SrSnapshot   *self,
              SrJsonReader *reader,
              GError      **error)
{
  SrJsonToken token = sr_json_reader_next (reader, error);
  int         more;

  if (token == SR_JSON_NULL)
    return TRUE;
  if (token != SR_JSON_OBJECT_BEGIN)
    {
      if (token != SR_JSON_ERROR)
        g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED, "summary is not an object");
      return FALSE;
    }
  self->has_summary = TRUE;
  while ((more = sr_json_reader_next_member (reader, error)) > 0)
    {
      SrSnapshotSummary *summary = &self->summary;
      gboolean           good;

      if (sr_json_reader_text_is (reader, "backup_start"))
        good = sr_json_reader_read_time (reader, "backup_start", &summary->backup_start, error);
      else if (sr_json_reader_text_is (reader, "backup_end"))
        good = sr_json_reader_read_time (reader, "backup_end", &summary->backup_end, error);
      else
        good = read_counter (summary, reader, error);
      if (!good)
        return FALSE;
    }
  return more == 0;
}

/* Texts, numbers and lists. @known: (out): whether it was one of them */
static gboolean
read_plain_member (SrSnapshot   *self,
                   SrJsonReader *reader,
                   gboolean     *known,
                   GError      **error)
{
  const struct
  {
    const char *name;
    char      **text;
    char     ***list;
    guint32    *number;
  } members[] = {
    { "paths", NULL, &self->paths, NULL },
    { "hostname", &self->hostname, NULL, NULL },
    { "username", &self->username, NULL, NULL },
    { "uid", NULL, NULL, &self->uid },
    { "gid", NULL, NULL, &self->gid },
    { "excludes", NULL, &self->excludes, NULL },
    { "tags", NULL, &self->tags, NULL },
    { "program_version", &self->program_version, NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    {
      const char *name = members[i].name;

      if (!sr_json_reader_text_is (reader, name))
        continue;
      *known = TRUE;
      if (members[i].text != NULL)
        return sr_json_reader_read_string (reader, name, members[i].text, error);
      if (members[i].list != NULL)
        return sr_json_reader_read_strings (reader, name, members[i].list, error);
      return sr_json_reader_read_uint32 (reader, name, members[i].number, error);
    }
  *known = FALSE;
  return TRUE;
}

static gboolean
read_member (SrSnapshot   *self,
             SrJsonReader *reader,
             gboolean     *has_time,
             gboolean     *has_tree,
             GError      **error)
{
  gboolean known;

  if (!read_plain_member (self, reader, &known, error))
    return FALSE;
  if (known)
    return TRUE;
  if (sr_json_reader_text_is (reader, "time"))
    {
      *has_time = TRUE;
      return sr_json_reader_read_time (reader, "time", &self->time, error);
    }
  if (sr_json_reader_text_is (reader, "tree"))
    return sr_json_reader_read_id (reader, "tree", &self->tree, has_tree, error);
  if (sr_json_reader_text_is (reader, "parent"))
    return sr_json_reader_read_id (reader, "parent", &self->parent, &self->has_parent, error);
  if (sr_json_reader_text_is (reader, "original"))
    return sr_json_reader_read_id (reader, "original", &self->original, &self->has_original,
                                   error);
  if (sr_json_reader_text_is (reader, "summary"))
    return read_summary (self, reader, error);
  return sr_json_reader_skip (reader, error);
}

static gboolean
read_all (SrSnapshot   *self,
          SrJsonReader *reader,
          GError      **error)
{
  gboolean has_time = FALSE;
  gboolean has_tree = FALSE;
  int      more;

  if (!sr_json_reader_expect (reader, SR_JSON_OBJECT_BEGIN, "The snapshot", error))
    return FALSE;
  while ((more = sr_json_reader_next_member (reader, error)) > 0)
    if (!read_member (self, reader, &has_time, &has_tree, error))
      return FALSE;
  if (more < 0 || !sr_json_reader_expect (reader, SR_JSON_END, "The end", error))
    return FALSE;
  if (has_time && has_tree)
    return TRUE;
  g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED, "time or tree is missing");
  return FALSE;
}

static void
replace_null_list (char ***list)
{
  if (*list == NULL)
    *list = g_new0 (char *, 1);
}

SrSnapshot *
sr_snapshot_decode (const SrId   *id,
                    gconstpointer json,
                    gsize         size,
                    GError      **error)
{
  g_autoptr (SrJsonReader) reader = sr_json_reader_new (json, size);
  g_autoptr (SrSnapshot)   self = sr_snapshot_new ();

  self->id = *id;
  if (!read_all (self, reader, error))
    return NULL;
  replace_null_list (&self->paths);
  replace_null_list (&self->excludes);
  replace_null_list (&self->tags);
  return g_steal_pointer (&self);
}
