/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-discover-private.h"

#include "site/sr-site-location.h"

#include <string.h>

typedef struct
{
  SrDiscovery          *discovery;
  const SrDiscoverWalk *walk;
  const SrDotenv       *env;
  const char           *shown;
  const char           *folder;
} Search;

/* Where Prisma's schema lies by habit; paths in its URL count from there. */
static const char *const usual_folders[] = { "", "prisma", "database/prisma", "db", "data" };

static char *
say_where (const Search        *search,
           const SrDotenvEntry *entry)
{
  return g_strdup_printf ("%s in %s, line %u", entry->name, search->shown, entry->line);
}

static char *
say_not_yet (SrFindingKind kind)
{
  if (kind == SR_FINDING_OTHER)
    return g_strdup ("A database of this kind cannot be a source; keep its dumps as files");
  return g_strdup_printf ("A %s cannot be a source yet; until then keep its dumps: “strongroomctl "
                          "backup --stdin-from-command”",
                          sr_finding_kind_title (kind));
}

static gboolean
name_has (const char        *name,
          const char *const *parts)
{
  g_autofree char *upper = g_ascii_strup (name, -1);

  for (; *parts != NULL; parts++)
    if (strstr (upper, *parts) != NULL)
      return TRUE;
  return FALSE;
}

/* --- SQLite ---------------------------------------------------------------------------------- */

static gboolean
add_sqlite_if_there (const Search        *search,
                     const SrDotenvEntry *entry,
                     const char          *folder,
                     const char          *path)
{
  g_autofree char *joined = g_path_is_absolute (path) ? g_strdup (path)
                                                      : g_build_filename (folder, path, NULL);
  g_autofree char *absolute = sr_path_make_absolute (joined);

  if (!sr_discover_is_sqlite (absolute, NULL))
    return FALSE;
  sr_discovery_add (search->discovery, SR_FINDING_SQLITE, g_steal_pointer (&absolute),
                    say_where (search, entry), NULL);
  return TRUE;
}

/* From each folder that a program could mean; where it is nowhere, what the file's own folder would
 * make of it is told. */
static void
add_sqlite (const Search        *search,
            const SrDotenvEntry *entry,
            const char          *path)
{
  g_autofree char *joined = NULL;
  char            *absolute;
  char            *reason;
  gboolean         found = FALSE;

  for (guint i = 0; i < search->walk->prisma->len; i++)
    found |= add_sqlite_if_there (search, entry, search->walk->prisma->pdata[i], path);
  for (gsize i = 0; i < G_N_ELEMENTS (usual_folders); i++)
    {
      g_autofree char *folder = g_build_filename (search->folder, usual_folders[i], NULL);

      found |= add_sqlite_if_there (search, entry, folder, path);
    }
  if (found)
    return;
  joined = g_path_is_absolute (path) ? g_strdup (path)
                                     : g_build_filename (search->folder, path, NULL);
  absolute = sr_path_make_absolute (joined);
  reason = g_strdup (g_file_test (absolute, G_FILE_TEST_EXISTS)
                         ? "What is there is no SQLite database (or an encrypted one)"
                         : "There is no such file; is the database elsewhere, or not made yet?");
  sr_discovery_add (search->discovery, SR_FINDING_SQLITE, absolute, say_where (search, entry),
                    reason);
}

/**
 * sqlite_path_of_url:
 *
 * "file:./dev.db?x=y", "sqlite:///srv/x.db", "sqlite://./x.db", "jdbc:sqlite:x.db".
 *
 * Returns: (transfer full) (nullable)
 */
static char *
sqlite_path_of_url (const char *value)
{
  static const char *const prefixes[] = { "file:", "sqlite:", "sqlite3:", "jdbc:sqlite:" };

  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      const char      *path = value + strlen (prefixes[i]);
      gsize            length;
      g_autofree char *plain = NULL;
      g_autofree char *unescaped = NULL;

      if (!g_str_has_prefix (value, prefixes[i]))
        continue;
      if (strncmp (path, "//", 2) == 0)
        path += 2;
      length = strcspn (path, "?#");
      if (length == 0 || path[0] == ':') /* ":memory:" */
        return NULL;
      plain = g_strndup (path, length);
      unescaped = g_uri_unescape_string (plain, NULL);
      return unescaped != NULL ? g_steal_pointer (&unescaped) : g_steal_pointer (&plain);
    }
  return NULL;
}

static gboolean
is_sqlite_path_name (const char *name)
{
  static const char *const names[] = {
    "SQLITE_PATH", "SQLITE_FILE", "SQLITE_DB", "SQLITE_DATABASE", "SQLITE_DB_PATH",
    "SQLITE_FILENAME", "SQLITE_STORAGE", "DB_PATH", "DB_FILE", "DB_FILENAME", "DB_STORAGE",
    "DATABASE_PATH", "DATABASE_FILE", "DATABASE_FILENAME", NULL
  };

  return g_strv_contains (names, name);
}

/* --- one variable ---------------------------------------------------------------------------- */

static gboolean
is_folder_name (const char *name)
{
  static const char *const parts[] = { "UPLOAD", "MEDIA", "STORAGE", "ATTACHMENT", "FILES", NULL };
  static const char *const places[] = { "DIR", "PATH", "FOLDER", "ROOT", "LOCATION", NULL };

  return name_has (name, parts) && name_has (name, places);
}

static gboolean
contains (const char *folder,
          const char *path)
{
  gsize length = strlen (folder);

  return length <= 1 || (strncmp (path, folder, length) == 0 && strchr ("/", path[length]) != NULL);
}

static void
add_folder (const Search        *search,
            const SrDotenvEntry *entry)
{
  g_autofree char *joined = g_path_is_absolute (entry->value)
                                ? g_strdup (entry->value)
                                : g_build_filename (search->folder, entry->value, NULL);
  g_autofree char *absolute = sr_path_make_absolute (joined);

  /* A variable of that name may mean a path in a URL or a bucket: only what is there counts, and
   * not what the project itself lies in. */
  if (!contains (absolute, search->folder) && g_file_test (absolute, G_FILE_TEST_IS_DIR))
    sr_discovery_add (search->discovery, SR_FINDING_FOLDER, g_steal_pointer (&absolute),
                      say_where (search, entry), NULL);
}

static void
look_at_entry (const Search        *search,
               const SrDotenvEntry *entry)
{
  static const char *const database_parts[] = { "DATABASE", "DB", "SQLITE", "DSN", "PRISMA", NULL };
  static const char *const passing_parts[] = { "SHADOW", NULL };
  g_autofree char         *location = NULL;
  g_autofree char         *path = NULL;
  SrFindingKind            kind;

  /* Prisma empties a shadow database at will. */
  if (entry->value[0] == '\0' || name_has (entry->name, passing_parts))
    return;
  if (sr_discover_parse_url (entry->value, &kind, &location))
    {
      sr_discovery_add (search->discovery, kind, g_steal_pointer (&location),
                        say_where (search, entry), say_not_yet (kind));
      return;
    }
  if (entry->interpolates)
    return;
  path = name_has (entry->name, database_parts) ? sqlite_path_of_url (entry->value) : NULL;
  if (path != NULL)
    add_sqlite (search, entry, path);
  else if (is_sqlite_path_name (entry->name) && strstr (entry->value, "://") == NULL)
    add_sqlite (search, entry, entry->value);
  else if (is_folder_name (entry->name))
    add_folder (search, entry);
}

/* --- several variables ----------------------------------------------------------------------- */

/* Returns: (nullable): the variable PREFIX_SUFFIX with a value, of the first suffix that there
 * is */
static const SrDotenvEntry *
find_part (const Search      *search,
           const char        *prefix,
           const char *const *suffixes)
{
  for (; *suffixes != NULL; suffixes++)
    {
      g_autofree char     *name = g_strconcat (prefix, *suffixes, NULL);
      const SrDotenvEntry *entry = sr_dotenv_find (search->env, name);

      if (entry != NULL && entry->value[0] != '\0')
        return entry;
    }
  return NULL;
}

#define PART(search, prefix, ...) \
  find_part (search, prefix, (const char *const[]){ __VA_ARGS__, NULL })

static int
kind_of_port (const char *port)
{
  if (strcmp (port, "3306") == 0)
    return SR_FINDING_MYSQL;
  if (strcmp (port, "5432") == 0)
    return SR_FINDING_POSTGRESQL;
  return strcmp (port, "27017") == 0 ? (int) SR_FINDING_MONGODB : -1;
}

/* What the variables' names say, else what one of them says, the port, or the project's driver. */
static SrFindingKind
kind_of_group (const Search *search,
               const char   *prefix)
{
  const SrDotenvEntry *word = PART (search, prefix, "CONNECTION", "DIALECT", "TYPE", "CLIENT",
                                    "ENGINE", "DRIVER", "PROVIDER");
  const SrDotenvEntry *port = PART (search, prefix, "PORT");
  int                  kind = sr_discover_kind_from_word (prefix);

  if (kind < 0 && strcmp (prefix, "PG") == 0)
    kind = SR_FINDING_POSTGRESQL;
  if (kind < 0 && word != NULL)
    kind = sr_discover_kind_from_word (word->value);
  if (kind < 0 && port != NULL)
    kind = kind_of_port (port->value);
  if (kind < 0 && !search->walk->has_other_driver)
    kind = search->walk->driver;
  return kind >= 0 ? (SrFindingKind) kind : SR_FINDING_OTHER;
}

static gboolean
is_plain (const char *text)
{
  for (; *text != '\0'; text++)
    if (!g_ascii_isalnum (*text) && strchr ("._-${}", *text) == NULL)
      return FALSE;
  return TRUE;
}

static void
append_part (GString             *location,
             const char          *before,
             const SrDotenvEntry *entry,
             const char          *after)
{
  if (entry != NULL && is_plain (entry->value))
    g_string_append_printf (location, "%s%s%s", before, entry->value, after);
}

static void
look_at_group (const Search *search,
               const char   *prefix)
{
  const SrDotenvEntry *host = PART (search, prefix, "HOST", "HOSTNAME", "SERVER", "SOCKET");
  const SrDotenvEntry *name = PART (search, prefix, "NAME", "DATABASE", "DB", "DBNAME", "DB_NAME");
  const SrDotenvEntry *user = PART (search, prefix, "USER", "USERNAME", "DB_USER");
  const SrDotenvEntry *port = PART (search, prefix, "PORT");
  SrFindingKind        kind = kind_of_group (search, prefix);
  GString             *location;

  if (name == NULL || (host == NULL && user == NULL && kind == SR_FINDING_OTHER))
    return;
  if (kind == SR_FINDING_SQLITE)
    {
      if (!name->interpolates && name->value[0] != ':')
        add_sqlite (search, name, name->value);
      return;
    }
  if (host == NULL && user == NULL)
    return;
  location = g_string_new (kind == SR_FINDING_OTHER ? "database" : sr_discovered_kind_name (kind));
  g_string_append (location, "://");
  append_part (location, "", user, "@");
  append_part (location, "", host, "");
  append_part (location, ":", port, "");
  append_part (location, "/", name, "");
  sr_discovery_add (search->discovery, kind, g_string_free (location, FALSE),
                    say_where (search, host != NULL ? host : name),
                    kind == SR_FINDING_OTHER
                        ? g_strdup ("It is not told what kind of database this is; only SQLite "
                                    "can be a source yet")
                        : say_not_yet (kind));
}

void
sr_discover_env (SrDiscovery          *discovery,
                 const SrDiscoverWalk *walk,
                 const SrDotenv       *env,
                 const char           *shown,
                 const char           *folder)
{
  static const char *const prefixes[] = {
    "DB_",
    "DATABASE_",
    "MYSQL_",
    "MARIADB_",
    "POSTGRES_",
    "POSTGRESQL_",
    "PG",
    "MONGO_",
    "MONGODB_",
  };
  const Search search = { discovery, walk, env, shown, folder };

  for (guint i = 0; i < sr_dotenv_get_n_entries (env); i++)
    {
      const SrDotenvEntry *entry = sr_dotenv_get_entry (env, i);

      /* An earlier one of the same name counts for nothing. */
      if (sr_dotenv_find (env, entry->name) == entry)
        look_at_entry (&search, entry);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    look_at_group (&search, prefixes[i]);
}
