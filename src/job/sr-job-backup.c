/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-job-backup.h"

#include "base/sr-error.h"
#include "base/sr-words.h"
#include "job/sr-backup.h"
#include "job/sr-job-vault.h"
#include "job/sr-snapshot-verdict.h"
#include "repo/sr-lock.h"

#include <string.h>

#define FORMAT 1

/* Shares of the progress. */
#define WEIGHT_OPEN   3
#define WEIGHT_BACKUP 92
#define WEIGHT_JUDGE  5
#define WEIGHT_TOTAL  100

typedef struct
{
  SrSourceKind kind;
  char        *kind_name;
  char        *location;
  char       **excludes;    /* (nullable) */
  char        *ignore_file; /* (nullable) */
  gboolean     one_file_system;
  gboolean     is_missing; /* of this run */
} Source;

struct _SrJobBackup
{
  SrJob parent_instance;

  char      *environment;
  GPtrArray *sources; /* (element-type Source) */
};

G_DEFINE_FINAL_TYPE (SrJobBackup, sr_job_backup, SR_TYPE_JOB)

/* What the options of a backup point to. */
typedef struct
{
  GPtrArray     *paths;  /* (element-type utf8): not owned, %NULL at the end */
  GPtrArray     *sqlite; /* likewise */
  GArray        *rules;  /* (element-type SrWalkerRules) */
  SrPatternList *excludes;
  GPtrArray     *exclude_texts; /* (element-type utf8): owned, %NULL at the end */
} Plan;

static void
source_free (gpointer data)
{
  Source *self = data;

  g_free (self->kind_name);
  g_free (self->location);
  g_strfreev (self->excludes);
  g_free (self->ignore_file);
  g_free (self);
}

static void
plan_clear (Plan *self)
{
  g_clear_pointer (&self->paths, g_ptr_array_unref);
  g_clear_pointer (&self->sqlite, g_ptr_array_unref);
  g_clear_pointer (&self->rules, g_array_unref);
  g_clear_pointer (&self->excludes, sr_pattern_list_free);
  g_clear_pointer (&self->exclude_texts, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Plan, plan_clear)

/* --- what to back up
 * ---------------------------------------------------------------------------- */

/* So that wildcards in the name of a folder are no wildcards. */
static char *
escape (const char *folder)
{
  GString *text = g_string_new (NULL);

  for (; *folder != '\0'; folder++)
    {
      if (strchr ("*?[]\\", *folder) != NULL)
        g_string_append_c (text, '\\');
      g_string_append_c (text, *folder);
    }
  return g_string_free (text, FALSE);
}

/* A source's pattern holds below that source only. One that names a place from "/" on says itself
 * where it holds. */
static char *
confine (const char *folder,
         const char *pattern)
{
  gboolean         takes_back = pattern[0] == '!';
  g_autofree char *escaped = escape (strcmp (folder, "/") == 0 ? "" : folder);

  if (takes_back)
    pattern++;
  if (pattern[0] == '/')
    return g_strconcat (takes_back ? "!" : "", pattern, NULL);
  return g_strconcat (takes_back ? "!" : "", escaped, "/**/", pattern, NULL);
}

static gboolean
add_folder (Plan         *plan,
            const Source *source,
            GError      **error)
{
  SrWalkerRules rules = { source->location, source->ignore_file, source->one_file_system };

  g_ptr_array_add (plan->paths, source->location);
  g_array_append_val (plan->rules, rules);
  for (char **pattern = source->excludes; pattern != NULL && *pattern != NULL; pattern++)
    {
      char *confined;

      if ((*pattern)[0] == '\0')
        continue;
      confined = confine (source->location, *pattern);
      g_ptr_array_add (plan->exclude_texts, confined);
      if (!sr_pattern_list_add (plan->excludes, confined, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
make_plan (SrJobBackup *self,
           Plan        *plan,
           GError     **error)
{
  plan->paths = g_ptr_array_new ();
  plan->sqlite = g_ptr_array_new ();
  plan->rules = g_array_new (FALSE, FALSE, sizeof (SrWalkerRules));
  plan->excludes = sr_pattern_list_new ();
  plan->exclude_texts = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < self->sources->len; i++)
    {
      const Source *source = g_ptr_array_index (self->sources, i);

      if (source->kind == SR_SOURCE_SQLITE)
        g_ptr_array_add (plan->sqlite, source->location);
      else if (source->kind == SR_SOURCE_FOLDER && !add_folder (plan, source, error))
        return FALSE;
    }
  if (plan->paths->len + plan->sqlite->len == 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "The site “%s” has nothing that can be backed up: add a folder or a SQLite "
                   "database to it",
                   sr_job_get_site_name (SR_JOB (self)));
      return FALSE;
    }
  g_ptr_array_add (plan->paths, NULL);
  g_ptr_array_add (plan->sqlite, NULL);
  g_ptr_array_add (plan->exclude_texts, NULL);
  return TRUE;
}

/* Never skipped in silence. Returns: (transfer full) (nullable): "“mongodb://…” (mongodb), …" */
static char *
tell_unprotected (SrJobBackup *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->sources->len; i++)
    {
      const Source *source = g_ptr_array_index (self->sources, i);

      if (source->kind != SR_SOURCE_OTHER)
        continue;
      g_string_append_printf (text, "%s“%s” (%s)", text->len > 0 ? ", " : "", source->location,
                              source->kind_name);
      sr_job_log (SR_JOB (self), SR_LOG_WARNING,
                  "Not protected: this version cannot back up “%s” (%s)", source->location,
                  source->kind_name);
    }
  return g_string_free (text, text->len == 0);
}

/* --- the description
 * ---------------------------------------------------------------------------- */

static gboolean
is_elsewhere_too (GPtrArray  *databases,
                  guint       own,
                  const char *table)
{
  for (guint i = 0; i < databases->len; i++)
    {
      const SrBackupDatabase *other = g_ptr_array_index (databases, i);

      if (i != own && g_ptr_array_find_with_equal_func (other->tables, table, g_str_equal, NULL))
        return TRUE;
    }
  return FALSE;
}

/* Two databases with a table of one name: a count by name would be true of neither. */
static JsonArray *
list_collections (GPtrArray *databases)
{
  JsonArray *list = json_array_new ();

  for (guint i = 0; i < databases->len; i++)
    {
      const SrBackupDatabase *database = g_ptr_array_index (databases, i);
      g_autofree char        *entry = g_strconcat ("database/", database->name, NULL);

      for (guint t = 0; t < database->tables->len; t++)
        {
          const char *table = g_ptr_array_index (database->tables, t);
          JsonObject *one = json_object_new ();

          json_object_set_string_member (one, "name", table);
          if (!is_elsewhere_too (databases, i, table))
            json_object_set_int_member (one, "count",
                                        (gint64) g_array_index (database->counts, guint64, t));
          json_object_set_string_member (one, "entry", entry);
          json_array_add_object_element (list, one);
        }
    }
  return list;
}

static JsonArray *
list_databases (GPtrArray *databases)
{
  JsonArray *list = json_array_new ();

  for (guint i = 0; i < databases->len; i++)
    {
      const SrBackupDatabase *database = g_ptr_array_index (databases, i);
      g_autofree char        *entry = g_strconcat ("database/", database->name, NULL);
      g_autofree char        *path = g_filename_display_name (database->path);
      JsonObject             *one = json_object_new ();

      json_object_set_string_member (one, "entry", entry);
      json_object_set_string_member (one, "path", path);
      json_object_set_int_member (one, "size", (gint64) database->size);
      json_array_add_object_element (list, one);
    }
  return list;
}

static JsonArray *
list_sources (SrJobBackup *self)
{
  JsonArray *list = json_array_new ();

  for (guint i = 0; i < self->sources->len; i++)
    {
      const Source    *source = g_ptr_array_index (self->sources, i);
      g_autofree char *location = g_filename_display_name (source->location);
      JsonObject      *one = json_object_new ();

      json_object_set_string_member (one, "kind", source->kind_name);
      json_object_set_string_member (one, "location", location);
      json_object_set_boolean_member (one, "stored",
                                      source->kind != SR_SOURCE_OTHER && !source->is_missing);
      json_array_add_object_element (list, one);
    }
  return list;
}

static void
note_counts (SrJobBackup *self,
             GPtrArray   *databases)
{
  g_autoptr (JsonObject) counts = json_object_new ();
  gint64                 records = 0;

  for (guint i = 0; i < databases->len; i++)
    {
      const SrBackupDatabase *database = g_ptr_array_index (databases, i);

      for (guint t = 0; t < database->tables->len; t++)
        {
          const char *table = g_ptr_array_index (database->tables, t);
          gint64      count = (gint64) g_array_index (database->counts, guint64, t);

          records += count;
          if (!is_elsewhere_too (databases, i, table))
            json_object_set_int_member (counts, table, count);
        }
    }
  if (databases->len == 0)
    return;
  sr_job_edit_run (SR_JOB (self))->records = records;
  sr_job_set_counts (SR_JOB (self), counts);
}

static char *
describe (GPtrArray *databases,
          gpointer   user_data,
          GError   **error)
{
  SrJobBackup         *self = user_data;
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject          *object = json_object_new ();
  JsonObject          *site = json_object_new ();

  json_object_set_string_member (site, "id", sr_job_get_site (SR_JOB (self)));
  json_object_set_string_member (site, "name", sr_job_get_site_name (SR_JOB (self)));
  json_object_set_string_member (site, "environment", self->environment);
  json_object_set_int_member (object, "format", FORMAT);
  json_object_set_string_member (object, "program", "strongroom " SR_VERSION);
  json_object_set_object_member (object, "site", site);
  json_object_set_array_member (object, "sources", list_sources (self));
  json_object_set_array_member (object, "databases", list_databases (databases));
  json_object_set_array_member (object, "collections", list_collections (databases));
  json_node_take_object (node, object);
  note_counts (self, databases);
  return json_to_string (node, TRUE);
}

/* --- the work
 * ----------------------------------------------------------------------------------- */

/* A folder that is not there is worse than a file in one, and told as such. */
static void
report (const char   *path,
        const char   *action,
        guint64       size,
        const GError *error,
        gpointer      user_data)
{
  SrJobBackup *self = user_data;

  if (strcmp (action, "missing") != 0)
    {
      sr_job_report (path, action, size, error, user_data);
      return;
    }
  for (guint i = 0; i < self->sources->len; i++)
    {
      Source *source = g_ptr_array_index (self->sources, i);

      if (source->kind == SR_SOURCE_FOLDER && strcmp (source->location, path) == 0)
        source->is_missing = TRUE;
    }
  sr_job_log (SR_JOB (self), SR_LOG_ERROR, "Not backed up: %s", error->message);
}

/* Returns: (transfer full) (nullable): "“/a”, “/b”": the folders that were not there */
static char *
list_missing (SrJobBackup *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->sources->len; i++)
    {
      const Source    *source = g_ptr_array_index (self->sources, i);
      g_autofree char *shown = g_filename_display_name (source->location);

      if (source->is_missing)
        g_string_append_printf (text, "%s“%s”", text->len > 0 ? ", " : "", shown);
    }
  return g_string_free (text, text->len == 0);
}

static gboolean
back_up (SrJobBackup    *self,
         SrRepo         *repo,
         const Plan     *plan,
         SrBackupResult *result,
         SrProgress     *progress,
         GCancellable   *cancellable,
         GError        **error)
{
  SrBackupOptions options = {
    .paths = (const char *const *) plan->paths->pdata,
    .sqlite = (const char *const *) plan->sqlite->pdata,
    .excludes = plan->excludes,
    .exclude_texts = (const char *const *) plan->exclude_texts->pdata,
    .rules = (const SrWalkerRules *) (gpointer) plan->rules->data,
    .n_rules = plan->rules->len,
    .skip_missing = TRUE,
    .mark_incomplete = TRUE,
    .describe = describe,
    .describe_data = self,
    .report = report,
    .user_data = self,
  };
  SrRun *run = sr_job_edit_run (SR_JOB (self));

  if (!sr_backup_run (repo, &options, result, progress, cancellable, error))
    return FALSE;
  sr_job_note_snapshot (SR_JOB (self), result->snapshot);
  run->bytes_added = (gint64) result->snapshot->summary.data_added_packed;
  return TRUE;
}

/* Returns: (transfer full) (nullable): a backup stands though its verdict could not be had */
static SrVerdict *
judge (SrJobBackup          *self,
       SrRepo               *repo,
       const SrBackupResult *result,
       SrProgress           *progress,
       GCancellable         *cancellable,
       GError              **error)
{
  SrSnapshotJudgeOptions how = { .just_stored = result };
  g_autoptr (GPtrArray)  others = NULL;
  SrLock                *lock = sr_lock_acquire (repo, FALSE, 0, cancellable, error);
  SrVerdict             *verdict = NULL;

  if (lock == NULL)
    return NULL;
  others = sr_repo_list_snapshots (repo, NULL, NULL, cancellable, NULL);
  how.others = others;
  if (sr_repo_load_index (repo, NULL, NULL, NULL, cancellable, error))
    verdict =
        sr_snapshot_judge (repo, result->snapshot, &how, NULL, progress, cancellable, error);
  sr_lock_release (lock);
  return verdict;
}

static void
give_verdict (SrJobBackup          *self,
              SrRepo               *repo,
              const SrBackupResult *result,
              const char           *unprotected,
              SrProgress           *progress,
              GCancellable         *cancellable)
{
  g_autoptr (GError)    reason = NULL;
  g_autoptr (SrVerdict) verdict = judge (self, repo, result, progress, cancellable, &reason);
  g_autofree char      *missing = list_missing (self);

  if (verdict == NULL)
    {
      sr_job_log (SR_JOB (self), SR_LOG_WARNING, "The snapshot is stored but was not judged: %s",
                  reason->message);
      return;
    }
  if (missing != NULL)
    sr_verdict_add (verdict, "site.missing", "Missing folders", SR_ASPECT_COMPLETE,
                    SR_CHECK_WARNING,
                    "%s could not be read and is not in it: look whether a drive is not connected "
                    "or a folder was moved.",
                    missing);
  /* what is there is sound, but nobody shall take it for all of the site */
  if (unprotected != NULL)
    sr_verdict_add (verdict, "site.sources", "Sources", SR_ASPECT_COMPLETE, SR_CHECK_NOT_MADE,
                    "Of the site, %s is not in it and not protected: this version cannot back up "
                    "that kind.",
                    unprotected);
  sr_job_set_verdict (SR_JOB (self), verdict);
}

static gboolean
sr_job_backup_run (SrJob        *job,
                   SrProgress   *progress,
                   GCancellable *cancellable,
                   GError      **error)
{
  SrJobBackup           *self = SR_JOB_BACKUP (job);
  g_autoptr (SrProgress) opening = NULL;
  g_autoptr (SrProgress) storing = NULL;
  g_autoptr (SrProgress) judging = NULL;
  g_autoptr (SrRepo)     repo = NULL;
  g_auto (Plan)          plan = { 0 };
  SrBackupResult         result = { 0 };
  guint64                failed;
  g_autofree char       *unprotected = NULL;

  if (!make_plan (self, &plan, error))
    return FALSE;
  unprotected = tell_unprotected (self);
  opening = sr_progress_step (progress, WEIGHT_OPEN, WEIGHT_TOTAL, "Opening the vault");
  repo = sr_job_open_vault (job, NULL, cancellable, error);
  if (repo == NULL)
    return FALSE;
  sr_progress_finish (opening);
  storing = sr_progress_step (progress, WEIGHT_BACKUP, WEIGHT_TOTAL, "Backing up");
  if (!back_up (self, repo, &plan, &result, storing, cancellable, error))
    {
      sr_backup_result_clear (&result);
      return FALSE;
    }
  sr_progress_finish (storing);
  judging = sr_progress_step (progress, WEIGHT_JUDGE, WEIGHT_TOTAL, "Looking at what was stored");
  give_verdict (self, repo, &result, unprotected, judging, cancellable);
  failed = result.failed;
  sr_backup_result_clear (&result);
  if (failed == 0)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_INCOMPLETE,
               "The snapshot is stored, but %" G_GUINT64_FORMAT
               " of what it should hold could not be read; the log names %s",
               failed, failed == 1 ? "it" : "them");
  return FALSE;
}

/* --- the object
 * --------------------------------------------------------------------------------- */

static void
sr_job_backup_finalize (GObject *object)
{
  SrJobBackup *self = SR_JOB_BACKUP (object);

  g_free (self->environment);
  g_ptr_array_unref (self->sources);
  G_OBJECT_CLASS (sr_job_backup_parent_class)->finalize (object);
}

static void
sr_job_backup_class_init (SrJobBackupClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_job_backup_finalize;
  SR_JOB_CLASS (klass)->run = sr_job_backup_run;
}

static void
sr_job_backup_init (SrJobBackup *self)
{
  self->sources = g_ptr_array_new_with_free_func (source_free);
}

static void
copy_source (SrJobBackup        *self,
             const SrSiteSource *from)
{
  Source *source = g_new0 (Source, 1);

  source->kind = from->kind;
  source->kind_name = g_strdup (from->kind_name);
  source->location = from->kind == SR_SOURCE_OTHER
                         ? g_strdup (from->location)
                         : g_canonicalize_filename (from->location, "/");
  source->excludes = g_strdupv (from->excludes);
  source->ignore_file = g_strdup (from->ignore_file);
  source->one_file_system = from->one_file_system;
  g_ptr_array_add (self->sources, source);
}

SrJob *
sr_job_backup_new (SrSite     *site,
                   const char *vault)
{
  g_autofree char *title = g_strdup_printf ("Backup of “%s”", sr_site_get_name (site));
  GPtrArray       *sources = sr_site_get_sources (site);
  SrJobBackup     *self;

  self = g_object_new (SR_TYPE_JOB_BACKUP, "action", "backup", "title", title, "vault", vault,
                       "site", sr_site_get_id (site), "site-name", sr_site_get_name (site), NULL);
  self->environment = g_strdup (sr_site_get_environment (site));
  for (guint i = 0; i < sources->len; i++)
    copy_source (self, g_ptr_array_index (sources, i));
  return SR_JOB (self);
}
