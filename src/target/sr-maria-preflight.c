/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-maria-preflight.h"

#include <string.h>

#include "base/sr-error.h"
#include "target/sr-maria-catalogue.h"
#include "target/sr-maria-ddl.h"
#include "target/sr-maria-dump.h"
#include "target/sr-maria-swap.h"
#include "base/sr-words.h"

#define OLDEST_MARIADB 100400
#define OLDEST_MYSQL   50700
/* Bytes of a table beyond which its records are not counted one by one. */
#define EXACT_SIZE ((guint64) 1024 * 1024 * 1024)

static const char *const needed_rights[] = {
  "SELECT",
  "INSERT",
  "CREATE",
  "DROP",
  "ALTER",
  "INDEX",
  "REFERENCES",
  "TRIGGER",
};

static const struct
{
  SrMariaObjectKind kind;
  const char       *right;
} object_rights[] = {
  { SR_MARIA_VIEW, "CREATE VIEW" },
  { SR_MARIA_FUNCTION, "CREATE ROUTINE" },
  { SR_MARIA_PROCEDURE, "ALTER ROUTINE" },
  { SR_MARIA_EVENT, "EVENT" },
};

static void
look_at_version (SrMaria     *maria,
                 SrPreflight *result)
{
  gboolean is_mariadb = sr_maria_is_mariadb (maria);
  gulong   oldest = is_mariadb ? OLDEST_MARIADB : OLDEST_MYSQL;
  gboolean ok = sr_maria_get_version (maria) >= oldest;

  sr_preflight_add (result, "Version", ok, FALSE, "%s %s%s", is_mariadb ? "MariaDB" : "MySQL",
                    sr_maria_get_version_text (maria),
                    ok ? "" : "; MariaDB 10.4 and MySQL 5.7 are the oldest that can be restored "
                              "into");
}

static gboolean
look_at_settings (SrMaria      *maria,
                  SrPreflight  *result,
                  GCancellable *cancellable,
                  GError      **error)
{
  guint64 charsets = 0;
  guint64 read_only = 0;
  gsize   packet = sr_maria_get_max_statement (maria) / 1024 / 1024 + 1;

  if (!sr_maria_query_number (maria,
                              "SELECT COUNT(*) FROM information_schema.character_sets WHERE "
                              "character_set_name = 'utf8mb4'",
                              &charsets, cancellable, error) ||
      !sr_maria_query_number (maria, "SELECT @@global.read_only", &read_only, cancellable, error))
    return FALSE;
  sr_preflight_add (
      result, "Settings", charsets > 0 && read_only == 0, packet < 16,
      "%s%s%s%" G_GSIZE_FORMAT " MiB%s", read_only != 0 ? "The server is read-only. " : "",
      charsets == 0 ? "The server does not know utf8mb4. " : "", "A record may have ", packet,
      packet < 16 ? "; a larger one fails until max_allowed_packet is raised" : "");
  return TRUE;
}

static gboolean
is_kind_planned (SrMariaObjects   *objects,
                 SrMariaObjectKind kind)
{
  for (guint i = 0; i < objects->planned->len; i++)
    if (((const SrMariaPlanned *) g_ptr_array_index (objects->planned, i))->object->kind == kind)
      return TRUE;
  return FALSE;
}

static void
append_missing (GString    *missing,
                GHashTable *known,
                const char *right)
{
  if (!g_hash_table_contains (known, right))
    g_string_append_printf (missing, "%s%s", missing->len > 0 ? ", " : "", right);
}

static gboolean
look_at_rights (SrMaria        *maria,
                SrMariaObjects *objects,
                SrPreflight    *result,
                GCancellable   *cancellable,
                GError        **error)
{
  g_autofree char      *database = sr_maria_literal (sr_maria_get_database (maria));
  g_autoptr (MYSQL_RES) rights = sr_maria_queryf (
      maria, cancellable, error,
      "SELECT privilege_type FROM information_schema.user_privileges UNION SELECT privilege_type "
      "FROM information_schema.schema_privileges WHERE %s LIKE table_schema",
      database);
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GString)    missing = g_string_new (NULL);
  MYSQL_ROW              row;

  if (rights == NULL)
    return FALSE;
  while ((row = mysql_fetch_row (rights)) != NULL)
    g_hash_table_add (known, g_strdup (row[0]));
  for (guint i = 0; i < G_N_ELEMENTS (needed_rights); i++)
    append_missing (missing, known, needed_rights[i]);
  for (guint i = 0; i < G_N_ELEMENTS (object_rights); i++)
    if (is_kind_planned (objects, object_rights[i].kind))
      append_missing (missing, known, object_rights[i].right);
  if (missing->len == 0)
    sr_preflight_add (result, "Rights", TRUE, FALSE, "All that are needed");
  else
    sr_preflight_add (result, "Rights", TRUE, TRUE,
                      "Not found for this user, though a role may have them: %s", missing->str);
  return TRUE;
}

/* Returns: whether the number is exact, or -1 */
static int
count_records (SrMaria      *maria,
               const char   *table,
               guint64      *count,
               GCancellable *cancellable,
               GError      **error)
{
  g_autofree char *in = sr_maria_literal (sr_maria_get_database (maria));
  g_autofree char *of = sr_maria_literal (table);
  g_autofree char *quoted = sr_maria_quote_in (sr_maria_get_database (maria), table);
  g_autofree char *exact = g_strdup_printf ("SELECT COUNT(*) FROM %s", quoted);
  g_autofree char *size = g_strdup_printf ("SELECT data_length FROM information_schema.tables "
                                           "WHERE table_schema = %s AND table_name = %s",
                                           in, of);
  g_autofree char *about = g_strdup_printf ("SELECT table_rows FROM information_schema.tables "
                                            "WHERE table_schema = %s AND table_name = %s",
                                            in, of);
  guint64          bytes = 0;

  if (!sr_maria_query_number (maria, size, &bytes, cancellable, error) ||
      !sr_maria_query_number (maria, bytes > EXACT_SIZE ? about : exact, count, cancellable, error))
    return -1;
  return bytes > EXACT_SIZE ? 0 : 1;
}

static char *
refer (const char *name,
       gpointer    user_data)
{
  return sr_maria_quote (name);
}

/* What would be refused in the midst of a restore is better said before it. */
static void
look_at_definition (SrMaria             *maria,
                    const SrTargetPlan  *plan,
                    const SrTargetTable *wanted,
                    SrPreflight         *result)
{
  const char *const  databases[] = { sr_maria_get_database (maria), plan->database, NULL };
  SrMariaDdlOptions  options = { .name = "x",
                                 .reference = refer,
                                 .sequence = refer,
                                 .syntax = { .version = sr_maria_get_version (maria),
                                             .is_mariadb = sr_maria_is_mariadb (maria) },
                                 .databases = databases };
  const char        *ddl = wanted->collection->ddl;
  g_autofree char   *sql = NULL;
  g_autoptr (GError) reason = NULL;

  if (ddl == NULL || wanted->collection->is_view ||
      !sr_maria_ddl_is_native (ddl, plan->dialect == SR_SQL_MYSQL))
    return;
  sql = sr_maria_ddl_rewrite (ddl, &options, &reason);
  if (sql == NULL)
    sr_preflight_add (result, "Tables", FALSE, FALSE, "“%s”: %s", wanted->collection->name,
                      reason->message);
}

/* The history is what the server keeps; a dump of today's records does not have it. */
static gboolean
look_at_versions (SrMaria      *maria,
                  const char   *table,
                  SrPreflight  *result,
                  GCancellable *cancellable,
                  GError      **error)
{
  g_autofree char *of = sr_maria_literal (table);
  g_autofree char *sql =
      g_strdup_printf ("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = "
                       "DATABASE() AND table_name = %s AND table_type = 'SYSTEM VERSIONED'",
                       of);
  guint64 count = 0;

  if (!sr_maria_query_number (maria, sql, &count, cancellable, error))
    return FALSE;
  if (count > 0)
    sr_preflight_add (result, "History", TRUE, TRUE,
                      "“%s” is system-versioned: the history of its records goes with the table "
                      "that is replaced, and neither the backup nor the safety backup holds it",
                      table);
  return TRUE;
}

static gboolean
has_foreign_keys (const SrTargetPlan *plan)
{
  for (guint i = 0; i < plan->n_tables; i++)
    {
      const char *ddl = plan->tables[i].collection->ddl;

      if (ddl != NULL && strstr (ddl, " FOREIGN KEY ") != NULL)
        return TRUE;
    }
  return FALSE;
}

/* Within one database two tables cannot have foreign keys of one name, not even for a moment. */
static gboolean
look_at_names (SrMaria            *maria,
               const SrTargetPlan *plan,
               SrPreflight        *result,
               GCancellable       *cancellable,
               GError            **error)
{
  guint64 count = 0;

  if (!has_foreign_keys (plan))
    return TRUE;
  if (!sr_maria_query_number (maria,
                              "SELECT COUNT(*) FROM information_schema.user_privileges WHERE "
                              "privilege_type = 'CREATE'",
                              &count, cancellable, error))
    return FALSE;
  if (count == 0)
    sr_preflight_add (result, "Foreign keys", TRUE, TRUE,
                      "This user may not make databases to restore beside, so that foreign keys "
                      "get other names: “NAME__sr_…” for “NAME”");
  return TRUE;
}

static gboolean
look_at_table (SrMaria             *maria,
               const SrTargetPlan  *plan,
               const SrTargetTable *wanted,
               GPtrArray           *names,
               SrPreflight         *result,
               GCancellable        *cancellable,
               GError             **error)
{
  const char      *name = wanted->table != NULL ? wanted->table : wanted->collection->name;
  g_autofree char *engine = NULL;
  g_autofree char *records = NULL;
  gboolean         found = FALSE;
  gboolean         is_view = FALSE;
  guint64          count = 0;
  int              exact;

  if (!sr_maria_find_table (maria, sr_maria_get_database (maria), name, &found, &is_view, &engine,
                            cancellable, error))
    return FALSE;
  if (!found)
    {
      if (sr_target_table_is_empty (wanted))
        sr_preflight_add (result, "Tables", TRUE, TRUE,
                          "“%s” is left out: it has no records in the backup, which does not tell "
                          "its columns, and there is no such table here",
                          name);
      else
        look_at_definition (maria, plan, wanted, result);
      return TRUE;
    }
  if (is_view)
    {
      sr_preflight_add (result, "Views", TRUE, TRUE,
                        "“%s” is a view here; its records follow from other tables and are not "
                        "restored",
                        name);
      return TRUE;
    }
  g_ptr_array_add (names, g_strdup (name));
  look_at_definition (maria, plan, wanted, result);
  if (!look_at_versions (maria, name, result, cancellable, error))
    return FALSE;
  exact = count_records (maria, name, &count, cancellable, error);
  if (exact < 0)
    return FALSE;
  records = sr_counted (count, "record", "records");
  sr_preflight_add_loss (result, name, count, wanted->n_records);
  if (!plan->replace)
    sr_preflight_add (result, "Existing data", FALSE, FALSE, "“%s” exists already, with %s%s", name,
                      exact == 0 ? "about " : "", records);
  else if (exact == 0)
    sr_preflight_add (result, "Existing data", TRUE, TRUE,
                      "“%s” is large: about %s by the server's estimate", name, records);
  if (engine != NULL && g_ascii_strcasecmp (engine, "InnoDB") != 0)
    sr_preflight_add (result, "Engine", TRUE, TRUE,
                      "“%s” is kept by %s, which does not guard against a crash as InnoDB does",
                      name, engine);
  return TRUE;
}

static gboolean
look_at_surroundings (SrMaria      *maria,
                      GPtrArray    *names,
                      SrPreflight  *result,
                      GCancellable *cancellable,
                      GError      **error)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  const char           *program = NULL;
  g_autoptr (GError)    reason = NULL;
  g_autofree char      *version = NULL;

  if (!sr_maria_swap_check (maria, names, problems, cancellable, error))
    return FALSE;
  for (guint i = 0; i < problems->len; i++)
    sr_preflight_add (result, "Triggers", FALSE, FALSE, "%s",
                      (const char *) g_ptr_array_index (problems, i));
  if (names->len == 0 && !result->replaces_objects)
    return TRUE;
  version = sr_maria_dump_find (sr_maria_is_mariadb (maria), &program, &reason);
  sr_preflight_add (result, "Safety backup", version != NULL, FALSE, "%s",
                    version != NULL ? version : reason->message);
  return TRUE;
}

gboolean
sr_maria_preflight (SrMaria            *maria,
                    const SrTargetPlan *plan,
                    SrMariaObjects     *objects,
                    SrPreflight        *result,
                    GCancellable       *cancellable,
                    GError            **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  look_at_version (maria, result);
  if (!look_at_settings (maria, result, cancellable, error) ||
      !look_at_rights (maria, objects, result, cancellable, error) ||
      !look_at_names (maria, plan, result, cancellable, error))
    return FALSE;
  for (guint i = 0; i < plan->n_tables; i++)
    if (!look_at_table (maria, plan, &plan->tables[i], names, result, cancellable, error))
      return FALSE;
  sr_preflight_add (result, "Space", TRUE, TRUE,
                    "The server does not tell how much is free; about twice the data is needed "
                    "while old and new stand beside each other");
  sr_maria_objects_tell (objects, result);
  result->replaces_objects = sr_maria_objects_replace (objects);
  return look_at_surroundings (maria, names, result, cancellable, error);
}
