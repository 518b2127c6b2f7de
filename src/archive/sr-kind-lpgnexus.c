/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-chain-records.h"
#include "archive/sr-json-head.h"
#include "archive/sr-lpgnexus-rows.h"
#include "base/sr-error.h"
#include "record/sr-json-records.h"

/* The reply of the automatic backup holds the backup as one string of it. */
#define REPLY_MARK "\"data\":\""
#define CLIENT_MAX ((guint64) 50 * 1024 * 1024)

typedef enum
{
  FORM_NONE,
  FORM_WRAPPED, /* {"version", "backupDate", "data": {…}} */
  FORM_ROOT,    /* {"customers": […], …} */
  FORM_REPLY,   /* {"success": true, …, "data": "…"} */
} Form;

typedef struct
{
  Form  form;
  gsize offset; /* of the backup in the file */
} Lpg;

static gboolean
is_collection (const char *name)
{
  return g_strv_contains (sr_lpg_collections, name);
}

/* What stands between the quotes of the reply's "data", as far as the head goes, made plain.
 * Returns: (transfer full) (nullable) */
static char *
unescape_reply (SrBackupFile *file,
                gsize        *offset)
{
  const char      *head = (const char *) file->head;
  const char      *found = memmem (head, file->n_head, REPLY_MARK, strlen (REPLY_MARK));
  g_autofree char *text = NULL;

  if (found == NULL)
    return NULL;
  found += strlen (REPLY_MARK);
  *offset = (gsize) (found - head);
  text = g_strndup (found, file->n_head - *offset);
  return g_strcompress (text);
}

static gboolean
looks_wrapped (GPtrArray *members)
{
  const SrJsonMember *data = sr_json_head_find (members, "data");
  guint               n_known = 0;
  guint               n_inside = 0;

  if (data == NULL || data->type != '{')
    return FALSE;
  for (guint i = 0; i < members->len; i++)
    {
      const SrJsonMember *member = g_ptr_array_index (members, i);

      if (g_strcmp0 (member->parent, "data") != 0)
        continue;
      n_inside++;
      n_known += is_collection (member->name);
    }
  return n_known > 0 || (n_inside == 0 && (members->len == 1 ||
                                           sr_json_head_find (members, "backupDate") != NULL));
}

/* Names that other programs use as well must be several. */
static gboolean
looks_like_root (GPtrArray *members)
{
  guint n = 0;

  for (guint i = 0; i < members->len; i++)
    {
      const SrJsonMember *member = g_ptr_array_index (members, i);

      if (member->parent == NULL && member->type == '[' && is_collection (member->name))
        n += g_str_has_prefix (member->name, "cylinder") ? 2 : 1;
    }
  return n >= 2;
}

static Form
find_form (SrBackupFile *file,
           gsize        *offset)
{
  g_autoptr (GPtrArray) members = NULL;
  g_autoptr (GPtrArray) inner = NULL;
  g_autofree char      *text = NULL;

  *offset = 0;
  if (file->type != SR_HEAD_JSON_OBJECT)
    return FORM_NONE;
  members = sr_json_head_scan ((const char *) file->head, file->n_head);
  if (looks_wrapped (members))
    return FORM_WRAPPED;
  if (looks_like_root (members))
    return FORM_ROOT;
  if (sr_json_head_find (members, "backupId") == NULL)
    return FORM_NONE;
  text = unescape_reply (file, offset);
  if (text == NULL)
    return FORM_NONE;
  inner = sr_json_head_scan (text, strlen (text));
  return looks_wrapped (inner) ? FORM_REPLY : FORM_NONE;
}

static gboolean
lpgnexus_matches (SrBackupFile *file)
{
  gsize offset;

  return find_form (file, &offset) != FORM_NONE;
}

static gboolean
lpgnexus_open (SrBackupFile *file,
               GCancellable *cancellable,
               GError      **error)
{
  static const char *const forms[] = {
    [FORM_NONE] = "",
    [FORM_WRAPPED] = "as downloaded",
    [FORM_ROOT] = "of an older release, collections at the root",
    [FORM_REPLY] = "the automatic backup's reply, the backup as a text in it",
  };
  Lpg                  *self = g_new0 (Lpg, 1);
  g_autoptr (GPtrArray) members = NULL;
  g_autofree char      *text = NULL;
  const SrJsonMember   *version;
  const SrJsonMember   *date;

  file->data = self;
  file->free_data = g_free;
  self->form = find_form (file, &self->offset);
  if (self->form == FORM_REPLY)
    text = unescape_reply (file, &self->offset);
  members = sr_json_head_scan (text != NULL ? text : (const char *) file->head,
                               text != NULL ? strlen (text) : file->n_head);
  version = sr_json_head_find (members, "version");
  date = sr_json_head_find (members, "backupDate");
  file->created = date != NULL ? g_strdup (date->text) : NULL;
  sr_backup_file_add_fact (file, "version", version != NULL ? version->text : NULL);
  sr_backup_file_add_fact (file, "form", forms[self->form]);
  if (version != NULL && version->text != NULL)
    sr_backup_file_set_title (file, "LPG Nexus backup (%s)", version->text);
  return TRUE;
}

static GInputStream *
open_stream (SrBackupFile *file,
             GCancellable *cancellable,
             GError      **error)
{
  const Lpg               *self = file->data;
  g_autoptr (GInputStream) stream = NULL;
  gsize                    left = self->offset;

  stream = sr_container_open_entry (file->container, file->single, cancellable, error);
  if (stream == NULL || self->form != FORM_REPLY)
    return g_steal_pointer (&stream);
  while (left > 0)
    {
      gssize n = g_input_stream_skip (stream, left, cancellable, error);

      if (n <= 0)
        return NULL;
      left -= (gsize) n;
    }
  return sr_json_unescape_stream_new (stream);
}

static SrRecordReader *
lpgnexus_read (SrBackupFile *file,
               const char   *collection,
               GCancellable *cancellable,
               GError      **error)
{
  g_autoptr (GInputStream) stream = open_stream (file, cancellable, error);

  if (stream == NULL)
    return NULL;
  return sr_chain_records_filter (sr_json_records_new (stream, "records"), collection);
}

/* --- judging ---------------------------------------------------------------------------------- */

typedef struct
{
  SrLpgRows  *rows;
  GHashTable *seen; /* collections */
} LpgJudge;

static void
lpg_judge_free (gpointer data)
{
  LpgJudge *self = data;

  sr_lpg_rows_free (self->rows);
  g_hash_table_unref (self->seen);
  g_free (self);
}

static gboolean
lpgnexus_judge (SrJudge *judge,
                GError **error)
{
  LpgJudge *self = g_new0 (LpgJudge, 1);

  self->rows = sr_lpg_rows_new ();
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  judge->data = self;
  judge->free_data = lpg_judge_free;
  sr_verdict_add (judge->verdict, "lpgnexus.scope", "What is never contained", SR_ASPECT_COMPLETE,
                  SR_CHECK_NOTICE,
                  "Invoices, the activity log and access codes are in no backup of this server.");
  sr_verdict_add (judge->verdict, "completeness", "Completeness", SR_ASPECT_COMPLETE,
                  SR_CHECK_NOT_MADE, "Nothing in it tells how many records there should be.");
  if (judge->file->size > CLIENT_MAX)
    sr_verdict_add (judge->verdict, "lpgnexus.size", "Size", SR_ASPECT_COMPLETE, SR_CHECK_NOTICE,
                    "The server's own restore takes at most 50 MB; this is larger.");
  return TRUE;
}

static gboolean
lpgnexus_judge_record (SrJudge            *judge,
                       const SrCollection *collection,
                       SrRecordReader     *reader,
                       SrRecord           *record,
                       GError            **error)
{
  LpgJudge *self = judge->data;

  if (record->fields == NULL && !sr_record_reader_get_fields (reader, record, error))
    return FALSE;
  sr_lpg_rows_add (self->rows, collection->name, record);
  return TRUE;
}

static void
lpgnexus_judge_collection (SrJudge            *judge,
                           const SrCollection *collection)
{
  LpgJudge *self = judge->data;

  g_hash_table_add (self->seen, g_strdup (collection->name));
}

static void
lpgnexus_judge_end (SrJudge        *judge,
                    SrRecordReader *reader)
{
  LpgJudge           *self = judge->data;
  g_autoptr (GString) missing = g_string_new (NULL);
  guint               n_missing = 0;
  guint               n = 0;

  for (; sr_lpg_collections[n] != NULL; n++)
    if (!g_hash_table_contains (self->seen, sr_lpg_collections[n]))
      g_string_append_printf (missing, "%s%s", n_missing++ > 0 ? ", " : "", sr_lpg_collections[n]);
  if (n_missing > 0)
    sr_verdict_add (judge->verdict, "lpgnexus.collections", "Expected collections",
                    SR_ASPECT_COMPLETE, SR_CHECK_WARNING,
                    "Of the %u collections, these are missing: %s.", n, missing->str);
  else
    sr_verdict_add (judge->verdict, "lpgnexus.collections", "Expected collections",
                    SR_ASPECT_COMPLETE, SR_CHECK_PASSED, "All of the %u collections are there.", n);
  sr_lpg_rows_judge (self->rows, judge);
}

const SrKind sr_kind_lpgnexus = {
  .kind = SR_BACKUP_LPGNEXUS,
  .name = "lpgnexus",
  .title = "LPG Nexus backup",
  .matches = lpgnexus_matches,
  .open = lpgnexus_open,
  .read = lpgnexus_read,
  .judge = lpgnexus_judge,
  .judge_collection = lpgnexus_judge_collection,
  .judge_record = lpgnexus_judge_record,
  .judge_end = lpgnexus_judge_end,
};
