/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-state"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "state/sr-history-export.h"

/* Runs read at once. */
#define PAGE 500

#define NS_PER_S G_GINT64_CONSTANT (1000000000)

static const char *const columns[] = {
  "id", "started", "ended", "action", "state", "site", "site_name", "vault", "snapshot", "path",
  "bytes", "bytes_added", "files", "records", "verdict", "sentence", "error", "rebuilt"
};

/* Returns: (transfer full) (nullable): %NULL for 0, which is no time, and for what is no year */
static char *
make_time (gint64 ns)
{
  g_autoptr (GDateTime) time = ns != 0 ? g_date_time_new_from_unix_utc (ns / NS_PER_S) : NULL;

  return time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : NULL;
}

static void
add_text (JsonObject *object,
          const char *member,
          const char *text)
{
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;

  if (valid != NULL)
    json_object_set_string_member (object, member, valid);
  else
    json_object_set_null_member (object, member);
}

static void
add_time (JsonObject *object,
          const char *member,
          gint64      ns)
{
  g_autofree char *text = make_time (ns);

  add_text (object, member, text);
}

/* -1: nobody counted. */
static void
add_number (JsonObject *object,
            const char *member,
            gint64      number)
{
  if (number >= 0)
    json_object_set_int_member (object, member, number);
  else
    json_object_set_null_member (object, member);
}

JsonNode *
sr_run_to_json (const SrRun *run)
{
  JsonObject *object = json_object_new ();
  JsonNode   *node = json_node_new (JSON_NODE_OBJECT);

  json_object_set_int_member (object, "id", run->id);
  add_time (object, "started", run->started_ns);
  add_time (object, "ended", run->ended_ns);
  add_text (object, "action", run->action);
  add_text (object, "state", sr_run_state_name (run->state));
  add_text (object, "site", run->site);
  add_text (object, "site_name", run->site_name);
  add_text (object, "vault", run->vault);
  add_text (object, "snapshot", run->snapshot);
  add_text (object, "path", run->path);
  add_number (object, "bytes", run->bytes);
  add_number (object, "bytes_added", run->bytes_added);
  add_number (object, "files", run->files);
  add_number (object, "records", run->records);
  add_text (object, "verdict",
            run->level >= 0 ? sr_verdict_level_name ((SrVerdictLevel) run->level) : NULL);
  add_text (object, "sentence", run->sentence);
  add_text (object, "error", run->error);
  json_object_set_boolean_member (object, "rebuilt", run->rebuilt);
  json_node_take_object (node, object);
  return node;
}

/* A spreadsheet runs a cell that begins like a formula. */
static void
append_cell_text (GString    *out,
                  const char *text)
{
  gboolean is_formula = *text != '\0' && strchr ("=+-@\t\r", *text) != NULL;

  if (!is_formula && strpbrk (text, ",;\"\r\n") == NULL && *text != ' ')
    {
      g_string_append (out, text);
      return;
    }
  g_string_append (out, is_formula ? "\"'" : "\"");
  for (const char *at = text; *at != '\0'; at++)
    {
      if (*at == '"')
        g_string_append_c (out, '"');
      g_string_append_c (out, *at);
    }
  g_string_append_c (out, '"');
}

static void
append_cell (GString  *out,
             JsonNode *value)
{
  if (JSON_NODE_HOLDS_NULL (value))
    return;
  if (json_node_get_value_type (value) == G_TYPE_STRING)
    append_cell_text (out, json_node_get_string (value));
  else if (json_node_get_value_type (value) == G_TYPE_BOOLEAN)
    g_string_append (out, json_node_get_boolean (value) ? "true" : "false");
  else
    g_string_append_printf (out, "%" G_GINT64_FORMAT, json_node_get_int (value));
}

static void
append_heading (GString *out)
{
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    g_string_append_printf (out, "%s%s", i > 0 ? "," : "", columns[i]);
  g_string_append (out, "\r\n");
}

static void
append_run (GString        *out,
            const SrRun    *run,
            SrHistoryFormat format,
            gboolean        first)
{
  g_autoptr (JsonNode) node = sr_run_to_json (run);
  JsonObject          *object = json_node_get_object (node);

  if (format == SR_HISTORY_JSON)
    {
      g_autofree char *text = json_to_string (node, FALSE);

      g_string_append_printf (out, "%s\n%s", first ? "" : ",", text);
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      append_cell (out, json_object_get_member (object, columns[i]));
    }
  g_string_append (out, "\r\n");
}

static gboolean
write_out (GOutputStream *stream,
           GString       *out,
           GCancellable  *cancellable,
           GError       **error)
{
  if (!g_output_stream_write_all (stream, out->str, out->len, NULL, cancellable, error))
    {
      sr_error_take_io (error, "Writing the runs of the history");
      return FALSE;
    }
  g_string_truncate (out, 0);
  return TRUE;
}

gboolean
sr_history_export (SrHistory         *self,
                   const SrRunFilter *filter,
                   SrHistoryFormat    format,
                   GOutputStream     *stream,
                   guint64           *n,
                   GCancellable      *cancellable,
                   GError           **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  SrRunFilter         page = *filter;
  guint64             written = 0;
  guint               got;

  if (format == SR_HISTORY_CSV)
    append_heading (out);
  else
    g_string_append_c (out, '[');
  do
    {
      guint64               left = filter->limit > 0 ? filter->limit - written : PAGE;
      g_autoptr (GPtrArray) runs = NULL;

      page.limit = (guint) MIN (left, PAGE);
      runs = page.limit > 0 ? sr_history_query (self, &page, cancellable, error)
                            : g_ptr_array_new ();
      if (runs == NULL)
        return FALSE;
      got = runs->len;
      for (guint i = 0; i < got; i++)
        append_run (out, runs->pdata[i], format, written++ == 0);
      if (got > 0)
        page.before_id = ((SrRun *) runs->pdata[got - 1])->id;
      if (!write_out (stream, out, cancellable, error))
        return FALSE;
    }
  while (got == PAGE);
  if (format == SR_HISTORY_JSON)
    g_string_append (out, written > 0 ? "\n]\n" : "]\n");
  if (n != NULL)
    *n = written;
  return write_out (stream, out, cancellable, error) &&
         g_output_stream_flush (stream, cancellable, error);
}
