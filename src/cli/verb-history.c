/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "base/sr-output-file.h"
#include "base/sr-words.h"
#include "cli/sr-cli-json.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"
#include "job/sr-rebuild-history.h"
#include "site/sr-site-store.h"
#include "state/sr-history-export.h"

#include <gio/gunixoutputstream.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_LIMIT 50
#define NS_PER_S      G_GINT64_CONSTANT (1000000000)
#define DAY_LETTERS   10 /* 2026-01-31 */

static char    *site_name;
static char    *action;
static char    *state_name;
static char    *since;
static char    *until;
static char    *words;
static int      limit = -1;
static char    *format;
static char    *output;
static gboolean overwrite;

static const GOptionEntry entries[] = {
  { "site", 0, 0, G_OPTION_ARG_STRING, &site_name, "Only runs of this site, by name or id",
    "SITE" },
  { "action", 0, 0, G_OPTION_ARG_STRING, &action,
    "Only runs of this kind (backup, restore, verify …)", "ACTION" },
  { "state", 0, 0, G_OPTION_ARG_STRING, &state_name,
    "Only running, done, incomplete, failed, cancelled or interrupted", "STATE" },
  { "since", 0, 0, G_OPTION_ARG_STRING, &since, "Begun at or after this time, or so long ago (7d)",
    "TIME" },
  { "until", 0, 0, G_OPTION_ARG_STRING, &until, "Begun before this time", "TIME" },
  { "search", 0, 0, G_OPTION_ARG_STRING, &words,
    "All these words occur, in the log too; the beginning of a word is enough", "WORDS" },
  { "limit", 0, 0, G_OPTION_ARG_INT, &limit, "At most N runs, 0 for all (50; export: all)", "N" },
  { "format", 0, 0, G_OPTION_ARG_STRING, &format, "For export: csv or json (csv)", "FORMAT" },
  { "output", 0, 0, G_OPTION_ARG_FILENAME, &output, "For export: a file instead of the terminal",
    "FILE" },
  { "overwrite", 0, 0, G_OPTION_ARG_NONE, &overwrite, "For export: replace the file", NULL },
  G_OPTION_ENTRY_NULL
};

/* --- options
 * ------------------------------------------------------------------------------------ */

/* A time, a day, or a span before now. */
static gboolean
parse_moment (const char *text,
              gint64     *ns,
              GError    **error)
{
  g_autofree char *day = NULL;
  SrTime           time;

  if (text == NULL || sr_text_parse_duration (text, ns, NULL))
    {
      *ns = text != NULL ? sr_clock_now_ns (NULL) - *ns : 0;
      return TRUE;
    }
  if (strlen (text) == DAY_LETTERS)
    day = g_strconcat (text, " 00:00:00", NULL);
  if (!sr_text_parse_time (day != NULL ? day : text, &time, error))
    return FALSE;
  *ns = (gint64) time.ts.tv_sec * NS_PER_S + time.ts.tv_nsec;
  return TRUE;
}

/* A site that is gone still has its runs: its id is then taken as given. Returns: (transfer
 * full) */
static char *
find_site (const char *name)
{
  g_autoptr (SrSiteStore) store = sr_site_store_new (NULL);
  g_autoptr (SrSite)      site = sr_site_store_find (store, name, NULL);

  return g_strdup (site != NULL ? sr_site_get_id (site) : name);
}

/* @site: (out) (transfer full): what the filter points to */
static gboolean
parse_filter (SrRunFilter *filter,
              char       **site,
              GError     **error)
{
  SrRunState state;

  *filter = (SrRunFilter) SR_RUN_FILTER_INIT;
  *site = site_name != NULL ? find_site (site_name) : NULL;
  filter->site = *site;
  filter->action = action;
  filter->text = words;
  filter->limit = limit > 0 ? (guint) limit : 0;
  if (state_name != NULL && !sr_run_state_from_name (state_name, &state))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "“%s” is no state: it is running, done, incomplete, failed, cancelled or "
                   "interrupted",
                   state_name);
      return FALSE;
    }
  if (state_name != NULL)
    filter->state = (int) state;
  return parse_moment (since, &filter->since_ns, error) &&
         parse_moment (until, &filter->until_ns, error);
}

static SrHistory *
open_history (GError **error)
{
  SrHistory *history = sr_history_open (NULL, NULL, error);

  if (history == NULL && error != NULL && sr_error_is (*error, SR_ERROR_DAMAGED))
    {
      g_autofree char *message = g_steal_pointer (&(*error)->message);

      (*error)->message =
          g_strconcat (message, ". Use “strongroomctl history rebuild --vault …”", NULL);
    }
  return history;
}

/* --- list and show
 * ------------------------------------------------------------------------------ */

static char *
make_time (gint64 ns)
{
  struct timespec time = { .tv_sec = (time_t) (ns / NS_PER_S) };

  return ns != 0 ? sr_text_timespec (&time) : g_strdup ("");
}

static char *
make_name (const char *text)
{
  return text != NULL ? sr_text_name (text) : g_strdup ("");
}

static const char *
get_level (const SrRun *run)
{
  return run->level >= 0 ? sr_verdict_level_name ((SrVerdictLevel) run->level) : "";
}

static void
print_table (SrCli     *cli,
             GPtrArray *runs)
{
  g_autoptr (SrTable) table =
      sr_table_new (">ID", "Begun", "Action", "State", "Site", "Verdict", "What came of it", NULL);
  g_autofree char *text = NULL;

  for (guint i = 0; i < runs->len; i++)
    {
      const SrRun *run = runs->pdata[i];

      sr_table_add (table, g_strdup_printf ("%" G_GINT64_FORMAT, run->id),
                    make_time (run->started_ns), make_name (run->action),
                    g_strdup (sr_run_state_name (run->state)),
                    make_name (run->site_name != NULL ? run->site_name : run->site),
                    g_strdup (get_level (run)),
                    make_name (run->error != NULL ? run->error : run->sentence));
    }
  text = sr_table_format (table, TRUE);
  if (runs->len > 0)
    sr_cli_print_text (cli, text);
}

static void
add_run (JsonBuilder *builder,
         const SrRun *run)
{
  json_builder_add_value (builder, sr_run_to_json (run));
}

static gboolean
list_runs (SrCli   *cli,
           GError **error)
{
  g_autoptr (SrHistory)   history = NULL;
  g_autoptr (GPtrArray)   runs = NULL;
  g_autoptr (JsonBuilder) builder = NULL;
  g_autofree char        *site = NULL;
  SrRunFilter             filter;
  guint64                 count;

  if (!parse_filter (&filter, &site, error))
    return FALSE;
  if (limit < 0)
    filter.limit = DEFAULT_LIMIT;
  history = open_history (error);
  runs = history != NULL ? sr_history_query (history, &filter, cli->cancellable, error) : NULL;
  if (runs == NULL || !sr_history_count (history, &filter, &count, cli->cancellable, error))
    return FALSE;
  if (cli->json)
    {
      builder = json_builder_new ();
      json_builder_begin_array (builder);
      for (guint i = 0; i < runs->len; i++)
        add_run (builder, runs->pdata[i]);
      json_builder_end_array (builder);
      sr_cli_json_print (cli, builder);
      return TRUE;
    }
  print_table (cli, runs);
  if (runs->len < count)
    sr_cli_say (cli, "The newest %u of %" G_GUINT64_FORMAT " runs", runs->len, count);
  else
    sr_cli_say (cli, "%u run%s", runs->len, runs->len == 1 ? "" : "s");
  return TRUE;
}

/* What is kept of one run. */
typedef struct
{
  SrRun      *run;
  SrVerdict  *verdict;
  JsonObject *counts;
  char       *log;
} Shown;

static void
shown_clear (Shown *self)
{
  g_clear_pointer (&self->run, sr_run_free);
  g_clear_object (&self->verdict);
  g_clear_pointer (&self->counts, json_object_unref);
  g_free (self->log);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Shown, shown_clear)

static gboolean
load_shown (Shown     *self,
            SrHistory *history,
            gint64     id,
            GError   **error)
{
  g_autoptr (GError) local = NULL;

  self->run = sr_history_get (history, id, &local);
  if (local == NULL)
    self->verdict = sr_history_get_verdict (history, id, &local);
  if (local == NULL)
    self->counts = sr_history_get_counts (history, id, &local);
  if (local == NULL)
    self->log = sr_history_get_log (history, id, &local);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static void
print_shown_json (SrCli       *cli,
                  const Shown *self)
{
  g_autoptr (JsonNode) node = sr_run_to_json (self->run);
  JsonObject          *object = json_node_get_object (node);
  g_autofree char     *text = NULL;
  g_autofree char     *line = NULL;

  if (self->verdict != NULL)
    json_object_set_member (object, "checks", sr_verdict_to_json (self->verdict));
  if (self->counts != NULL)
    json_object_set_object_member (object, "counts", json_object_ref (self->counts));
  if (self->log != NULL)
    json_object_set_string_member (object, "log", self->log);
  text = json_to_string (node, FALSE);
  line = g_strconcat (text, "\n", NULL);
  sr_cli_print_text (cli, line);
}

static void
append_line (GString    *out,
             const char *label,
             const char *value)
{
  g_autofree char *shown = value != NULL ? sr_text_name (value) : NULL;

  if (shown != NULL && *shown != '\0')
    g_string_append_printf (out, "%-12s%s\n", label, shown);
}

static void
append_number (GString    *out,
               const char *label,
               gint64      value,
               gboolean    is_size)
{
  g_autofree char *text = value < 0 ? NULL
                          : is_size ? sr_size_text ((guint64) value)
                                    : sr_text_count ((guint64) value);

  append_line (out, label, text);
}

static void
append_counts (GString    *out,
               JsonObject *counts)
{
  g_autoptr (GList) names = json_object_get_members (counts);

  g_string_append (out, "\nRecords\n");
  for (GList *l = names; l != NULL; l = l->next)
    {
      JsonNode        *node = json_object_get_member (counts, l->data);
      g_autofree char *name = sr_text_name (l->data);

      g_string_append_printf (out, "%12" G_GINT64_FORMAT "  %s\n",
                              JSON_NODE_HOLDS_VALUE (node) ? json_node_get_int (node) : -1, name);
    }
}

static void
print_shown (SrCli       *cli,
             const Shown *self)
{
  const SrRun        *run = self->run;
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char    *id = g_strdup_printf ("%" G_GINT64_FORMAT, run->id);
  g_autofree char    *begun = make_time (run->started_ns);
  g_autofree char    *ended = make_time (run->ended_ns);
  g_autofree char    *verdict = self->verdict != NULL ? sr_verdict_to_text (self->verdict) : NULL;
  g_autofree char    *log = self->log != NULL ? sr_text_message (self->log) : NULL;

  append_line (out, "Run", id);
  append_line (out, "Action", run->action);
  append_line (out, "State", sr_run_state_name (run->state));
  append_line (out, "Site", run->site_name != NULL ? run->site_name : run->site);
  append_line (out, "Begun", begun);
  append_line (out, "Ended", ended);
  append_line (out, "Vault", run->vault);
  append_line (out, "Snapshot", run->snapshot);
  append_line (out, "Path", run->path);
  append_number (out, "Size", run->bytes, TRUE);
  append_number (out, "Added", run->bytes_added, TRUE);
  append_number (out, "Files", run->files, FALSE);
  append_number (out, "Records", run->records, FALSE);
  append_line (out, "Verdict", get_level (run));
  append_line (out, "Result", run->sentence);
  append_line (out, "Error", run->error);
  if (run->rebuilt)
    append_line (out, "Origin", "found in the vault, so that only what a snapshot tells is known");
  if (verdict != NULL)
    g_string_append_printf (out, "\n%s", verdict);
  if (self->counts != NULL)
    append_counts (out, self->counts);
  if (log != NULL)
    g_string_append_printf (out, "\nLog\n%s%s", log, g_str_has_suffix (log, "\n") ? "" : "\n");
  sr_cli_print_text (cli, out->str);
}

static gboolean
show_run (SrCli      *cli,
          const char *text,
          GError    **error)
{
  g_autoptr (SrHistory) history = NULL;
  g_auto (Shown)        shown = { 0 };
  guint64               id;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, &id, NULL))
    {
      g_autofree char *name = sr_text_name (text);

      g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "“%s” is no number of a run", name);
      return FALSE;
    }
  history = open_history (error);
  if (history == NULL || !load_shown (&shown, history, (gint64) id, error))
    return FALSE;
  if (cli->json)
    print_shown_json (cli, &shown);
  else
    print_shown (cli, &shown);
  return TRUE;
}

/* --- export and rebuild
 * ------------------------------------------------------------------------- */

static gboolean
parse_format (SrHistoryFormat *parsed,
              GError         **error)
{
  *parsed = SR_HISTORY_CSV;
  if (format == NULL || g_str_equal (format, "csv"))
    return TRUE;
  *parsed = SR_HISTORY_JSON;
  if (g_str_equal (format, "json"))
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "“%s” is no format: it is csv or json", format);
  return FALSE;
}

static gboolean
export_runs (SrCli   *cli,
             GError **error)
{
  g_autoptr (SrHistory)     history = NULL;
  g_autoptr (SrOutputFile)  file = NULL;
  g_autoptr (GOutputStream) stream = NULL;
  g_autofree char          *site = NULL;
  SrHistoryFormat           kind;
  SrRunFilter               filter;
  guint64                   n = 0;

  if (!parse_filter (&filter, &site, error) || !parse_format (&kind, error))
    return FALSE;
  history = open_history (error);
  if (history == NULL)
    return FALSE;
  if (output != NULL)
    {
      file = sr_output_file_open (output, overwrite, 0600, error);
      stream = file != NULL ? g_object_ref (sr_output_file_get_stream (file)) : NULL;
    }
  else
    stream = g_unix_output_stream_new (STDOUT_FILENO, FALSE);
  if (stream == NULL ||
      !sr_history_export (history, &filter, kind, stream, &n, cli->cancellable, error) ||
      (file != NULL && !sr_output_file_commit (file, error)))
    return FALSE;
  if (file != NULL)
    sr_cli_say (cli, "%" G_GUINT64_FORMAT " run%s", n, n == 1 ? "" : "s");
  return TRUE;
}

/* A damaged one is moved away, not thrown away. Returns: (transfer full) */
static SrHistory *
open_or_make_history (SrCli   *cli,
                      GError **error)
{
  g_autoptr (GError)    local = NULL;
  g_autoptr (SrHistory) history = sr_history_open (NULL, NULL, &local);
  g_autofree char      *aside = NULL;

  if (history != NULL && sr_history_check (history, cli->cancellable, &local))
    return g_steal_pointer (&history);
  g_clear_object (&history);
  if (!sr_error_is (local, SR_ERROR_DAMAGED))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  aside = sr_history_set_aside (NULL, error);
  if (aside == NULL)
    return NULL;
  sr_cli_warn (cli, "%s. The damaged file lies at “%s” now", local->message, aside);
  return sr_history_open (NULL, NULL, error);
}

static void
report_snapshot (const char   *path,
                 const char   *word,
                 guint64       size,
                 const GError *error,
                 gpointer      user_data)
{
  SrCli *cli = user_data;

  if (error != NULL)
    sr_cli_warn (cli, "Snapshot %.8s: %s", path, error->message);
  else if (cli->verbose)
    sr_cli_say (cli, "%-8s %s", word, path);
}

static void
print_rebuilt (SrCli                 *cli,
               const SrRebuildResult *result)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!cli->json)
    {
      sr_cli_say (cli, "%u of %u snapshots added to the history", result->added,
                  result->snapshots);
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  sr_cli_json_add_int (builder, "snapshots", result->snapshots);
  sr_cli_json_add_int (builder, "added", result->added);
  sr_cli_json_add_int (builder, "damaged", result->damaged);
  json_builder_end_object (builder);
  sr_cli_json_print (cli, builder);
}

static gboolean
rebuild (SrCli   *cli,
         GError **error)
{
  g_autoptr (SrRepo)    repo = sr_cli_open_vault (cli, error);
  g_autoptr (SrHistory) history = repo != NULL ? open_or_make_history (cli, error) : NULL;
  g_autofree char      *site = site_name != NULL ? find_site (site_name) : NULL;
  SrRebuildResult       result = { 0 };
  SrRebuildOptions      options = {
         .vault = cli->location,
         .site = site,
         .site_name = site_name,
         .report = report_snapshot,
         .user_data = cli,
  };

  if (history == NULL || !sr_rebuild_history_run (history, repo, &options, &result, cli->progress,
                                                  cli->cancellable, error))
    return FALSE;
  sr_status_line_end (cli->status);
  print_rebuilt (cli, &result);
  if (result.damaged > 0)
    cli->exit_code = SR_EXIT_DAMAGE;
  return TRUE;
}

static gboolean
run_history (SrCli             *cli,
             const char *const *arguments,
             GError           **error)
{
  gboolean exports = g_strcmp0 (arguments[0], "export") == 0;
  gboolean shows = g_strcmp0 (arguments[0], "show") == 0;

  if (arguments[0] != NULL && !exports && !shows && g_strcmp0 (arguments[0], "rebuild") != 0)
    {
      g_autofree char *name = sr_text_name (arguments[0]);

      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "“%s” is nothing history can do: it is show, export or rebuild", name);
      return FALSE;
    }
  if (!exports && (format != NULL || output != NULL || overwrite))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                           "--format, --output and --overwrite go with export only");
      return FALSE;
    }
  if (!sr_cli_check_arguments (arguments, shows ? 2 : 0, shows ? 2 : 1, error))
    return FALSE;
  if (arguments[0] == NULL)
    return list_runs (cli, error);
  if (shows)
    return show_run (cli, arguments[1], error);
  return exports ? export_runs (cli, error) : rebuild (cli, error);
}

const SrCliVerb sr_verb_history = {
  .name = "history",
  .arguments = "[show ID | export | rebuild]",
  .summary = "List, search, show and export what was run",
  .examples = "  strongroomctl history --site Shop --state failed --since 30d\n"
              "  strongroomctl history --search 'customers missing'\n"
              "  strongroomctl history show 17\n"
              "  strongroomctl history export --format csv --output runs.csv\n"
              "  strongroomctl history rebuild --vault /mnt/backup/vault\n",
  .entries = entries,
  .run = run_history,
};
