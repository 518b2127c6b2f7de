/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-json.h"
#include "cli/sr-cli-site.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-confirm.h"
#include "cli/sr-text.h"
#include "job/sr-site-test.h"
#include "job/sr-vault.h"
#include "site/sr-site-location.h"

#include <string.h>

/* How often a change is made anew because another program was faster. */
#define MAX_ATTEMPTS 5

static char    *name;
static char    *environment;
static char   **add_sources;
static char   **add_databases;
static char   **add_vaults;
static char   **add_files;
static char   **remove_sources;
static char   **remove_vaults;
static char   **remove_files;
static char   **add_excludes;
static char   **remove_excludes;
static char    *ignore_file;
static gboolean one_file_system;
static char    *from;
static gboolean dry_run;
static gboolean yes;

static const GOptionEntry entries[] = {
  { "name", 0, 0, G_OPTION_ARG_STRING, &name, "What the site is called", "NAME" },
  { "environment", 0, 0, G_OPTION_ARG_STRING, &environment,
    "production, staging, test, development or another word", "WORD" },
  { "from", 0, 0, G_OPTION_ARG_FILENAME, &from,
    "Look what there is to protect: a project's folder, or its .env file", "PATH" },
  { "source", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &add_sources,
    "Back up this folder or file; a SQLite database is known by its content", "PATH" },
  { "sqlite", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &add_databases,
    "Back up this SQLite database", "PATH" },
  { "exclude", 0, 0, G_OPTION_ARG_STRING_ARRAY, &add_excludes,
    "Leave out what fits, as with backup", "PATTERN" },
  { "ignore-file", 0, 0, G_OPTION_ARG_STRING, &ignore_file,
    "Obey the patterns of files of this name", "NAME" },
  { "one-file-system", 0, 0, G_OPTION_ARG_NONE, &one_file_system,
    "Do not go into other file systems", NULL },
  { "vault", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &add_vaults, "Keep backups there", "LOCATION" },
  { "file", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &add_files,
    "A backup file, or a folder of them, that is kept beside", "PATH" },
  { "remove-source", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &remove_sources,
    "Back this up no longer", "PATH" },
  { "remove-exclude", 0, 0, G_OPTION_ARG_STRING_ARRAY, &remove_excludes,
    "Leave it out no longer", "PATTERN" },
  { "remove-vault", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &remove_vaults,
    "Keep no backups there any more; the vault stays", "LOCATION" },
  { "remove-file", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &remove_files,
    "Forget this backup file; it stays", "PATH" },
  { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, "Only tell what would be done", NULL },
  { "yes", 0, 0, G_OPTION_ARG_NONE, &yes, "Do not ask", NULL },
  G_OPTION_ENTRY_NULL
};

/* --- changing -------------------------------------------------------------------------------- */

static gboolean
strv_is_empty (char **list)
{
  return list == NULL || list[0] == NULL;
}

/* With a list of their own, else all. */
static gboolean
is_meant (const SrSiteSource *source)
{
  if (source->kind != SR_SOURCE_FOLDER)
    return FALSE;
  if (strv_is_empty (add_sources))
    return TRUE;
  for (gsize i = 0; add_sources[i] != NULL; i++)
    {
      g_autofree char *absolute = sr_path_make_absolute (add_sources[i]);

      if (strcmp (absolute, source->location) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
change_excludes (SrSiteSource *source)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char *const       *old = (const char *const *) source->excludes;
  g_auto (GStrv)           list = NULL;

  for (gsize i = 0; old != NULL && old[i] != NULL; i++)
    if (remove_excludes == NULL ||
        !g_strv_contains ((const char *const *) remove_excludes, old[i]))
      g_strv_builder_add (builder, old[i]);
  for (gsize i = 0; add_excludes != NULL && add_excludes[i] != NULL; i++)
    if (old == NULL || !g_strv_contains (old, add_excludes[i]))
      g_strv_builder_add (builder, add_excludes[i]);
  list = g_strv_builder_end (builder);
  g_strfreev (source->excludes);
  source->excludes = list[0] != NULL ? g_steal_pointer (&list) : NULL;
}

static void
change_rules (SrSite *site)
{
  GPtrArray *sources = sr_site_get_sources (site);

  for (guint i = 0; i < sources->len; i++)
    {
      SrSiteSource *source = g_ptr_array_index (sources, i);

      if (!is_meant (source))
        continue;
      if (add_excludes != NULL || remove_excludes != NULL)
        change_excludes (source);
      if (ignore_file != NULL)
        {
          g_free (source->ignore_file);
          source->ignore_file = ignore_file[0] != '\0' ? g_strdup (ignore_file) : NULL;
        }
      if (one_file_system)
        source->one_file_system = TRUE;
    }
}

static gboolean
refuse_path (SrErrorCode code,
             const char *format,
             const char *path,
             GError    **error)
{
  g_autofree char *shown = sr_text_name (path);
  GString         *text = g_string_new (format);

  g_string_replace (text, "@", shown, 1);
  g_set_error_literal (error, SR_ERROR, code, text->str);
  g_string_free (text, TRUE);
  return FALSE;
}

static gboolean
add_source (SrSite     *site,
            const char *path,
            gboolean    must_be_sqlite,
            GError    **error)
{
  gboolean is_sqlite = sr_discover_is_sqlite (path, NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return refuse_path (SR_ERROR_NOT_FOUND, "There is nothing at “@” to be backed up", path, error);
  if (must_be_sqlite && !is_sqlite)
    return refuse_path (SR_ERROR_INVALID,
                        "“@” does not begin as a SQLite database does; --source takes any file",
                        path, error);
  sr_site_add_source (site, is_sqlite ? SR_SOURCE_SQLITE : SR_SOURCE_FOLDER, path);
  return TRUE;
}

static gboolean
remove_all (SrSite *site,
            char  **locations,
            gboolean (*remove) (SrSite *, const char *),
            GError **error)
{
  for (gsize i = 0; locations != NULL && locations[i] != NULL; i++)
    if (!remove (site, locations[i]))
      return refuse_path (SR_ERROR_NOT_FOUND, "The site has no “@”; see “site show”", locations[i],
                          error);
  return TRUE;
}

/* They are paths, but somebody may take them for URLs. The text is not repeated: there may be a
 * secret in it. */
static gboolean
check_secrets (GError **error)
{
  char **const lists[] = { add_sources, add_databases, add_files,
                           remove_sources, remove_vaults, remove_files };

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    for (gsize j = 0; lists[i] != NULL && lists[i][j] != NULL; j++)
      if (sr_location_has_password (lists[i][j]))
        {
          g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                               "A location that was given holds a password; leave it out");
          return FALSE;
        }
  return TRUE;
}

/* What the options say. Nothing is stored yet. */
static gboolean
apply_options (SrSite  *site,
               GError **error)
{
  if (!check_secrets (error) || !remove_all (site, remove_sources, sr_site_remove_source, error) ||
      !remove_all (site, remove_vaults, sr_site_remove_vault, error) ||
      !remove_all (site, remove_files, sr_site_remove_file, error))
    return FALSE;
  if (name != NULL)
    sr_site_set_name (site, name);
  if (environment != NULL)
    sr_site_set_environment (site, environment);
  for (gsize i = 0; add_sources != NULL && add_sources[i] != NULL; i++)
    if (!add_source (site, add_sources[i], FALSE, error))
      return FALSE;
  for (gsize i = 0; add_databases != NULL && add_databases[i] != NULL; i++)
    if (!add_source (site, add_databases[i], TRUE, error))
      return FALSE;
  for (gsize i = 0; add_vaults != NULL && add_vaults[i] != NULL; i++)
    sr_site_add_vault (site, add_vaults[i]);
  for (gsize i = 0; add_files != NULL && add_files[i] != NULL; i++)
    sr_site_add_file (site, add_files[i]);
  change_rules (site);
  return sr_site_validate (site, error);
}

/* A database that cannot be backed up yet becomes a source that is shown as not protected. */
static void
apply_discovery (SrSite            *site,
                 const SrDiscovery *discovery)
{
  for (guint i = 0; i < discovery->findings->len; i++)
    {
      const SrFinding *finding = g_ptr_array_index (discovery->findings, i);
      SrSiteSource    *source;

      if (finding->is_protectable)
        sr_site_add_source (site,
                            finding->kind == SR_FINDING_SQLITE ? SR_SOURCE_SQLITE
                                                               : SR_SOURCE_FOLDER,
                            finding->location);
      else if (finding->kind > SR_FINDING_FOLDER)
        {
          source = sr_site_add_source (site, SR_SOURCE_OTHER, finding->location);
          g_free (source->kind_name);
          source->kind_name = g_strdup (sr_discovered_kind_name (finding->kind));
        }
    }
}

static void
warn_of_vaults (SrCli *cli)
{
  for (gsize i = 0; add_vaults != NULL && add_vaults[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char   *shown = sr_text_name (add_vaults[i]);

      if (!sr_vault_exists (add_vaults[i], cli->cancellable, &error))
        sr_cli_warn (cli,
                     error != NULL ? "The vault “%s” cannot be looked at: %s"
                                   : "There is no vault at “%s” yet: “strongroomctl init” "
                                     "makes one%s",
                     shown, error != NULL ? error->message : "");
    }
}

/* --- the words ------------------------------------------------------------------------------- */

static void
print_result (SrCli             *cli,
              SrSite            *site,
              const SrDiscovery *discovery,
              const char        *said)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!cli->json)
    {
      if (discovery != NULL)
        sr_cli_print_discovery (cli, discovery);
      sr_cli_say (cli, "%s", said);
      if (!cli->quiet)
        sr_cli_print_site (cli, site);
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "site");
  sr_cli_json_add_site (builder, site);
  sr_cli_json_add_bool (builder, "dry_run", dry_run);
  if (discovery != NULL)
    sr_cli_json_add_discovery (builder, discovery);
  json_builder_end_object (builder);
  sr_cli_json_print (cli, builder);
}

static gboolean
check_new_name (SrSiteStore *store,
                const char  *wanted,
                GError     **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (SrSite) other = sr_site_store_find (store, wanted, &local);

  if (other == NULL && sr_error_is (local, SR_ERROR_NOT_FOUND))
    return TRUE;
  /* another case is another name, though either finds it while there is but one */
  if (other != NULL && strcmp (sr_site_get_name (other), wanted) != 0 &&
      strcmp (sr_site_get_id (other), wanted) != 0)
    return TRUE;
  if (other == NULL && !sr_error_is (local, SR_ERROR_INVALID))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  return refuse_path (SR_ERROR_EXISTS,
                      "There is a site “@” already: change it with “site edit”, or choose another "
                      "--name",
                      wanted, error);
}

static gboolean
run_add (SrCli             *cli,
         SrSiteStore       *store,
         const char *const *arguments,
         GError           **error)
{
  g_autoptr (SrDiscovery) discovery = NULL;
  g_autoptr (SrSite)      site = NULL;

  if (!sr_cli_check_arguments (arguments, 0, 0, error))
    return FALSE;
  if (from != NULL && (discovery = sr_discover (from, cli->cancellable, error)) == NULL)
    return FALSE;
  if (name == NULL && discovery == NULL)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                           "A new site needs a name: --name NAME, or --from PATH");
      return FALSE;
    }
  site = sr_site_new (name != NULL ? name : discovery->name);
  if (!check_new_name (store, sr_site_get_name (site), error))
    return FALSE;
  if (discovery != NULL)
    apply_discovery (site, discovery);
  if (!apply_options (site, error) || (!dry_run && !sr_site_store_save (store, site, error)))
    return FALSE;
  print_result (cli, site, discovery, dry_run ? "Would be added:" : "Added:");
  warn_of_vaults (cli);
  return TRUE;
}

static gboolean
run_edit (SrCli             *cli,
          SrSiteStore       *store,
          const char *const *arguments,
          GError           **error)
{
  g_autoptr (SrDiscovery) discovery = NULL;

  if (!sr_cli_check_arguments (arguments, 1, 1, error))
    return FALSE;
  if (from != NULL && (discovery = sr_discover (from, cli->cancellable, error)) == NULL)
    return FALSE;
  for (int attempt = 1;; attempt++)
    {
      g_autoptr (GError) local = NULL;
      g_autoptr (SrSite) site = sr_cli_find_site (cli, store, arguments[0], error);

      if (site == NULL)
        return FALSE;
      if (discovery != NULL)
        apply_discovery (site, discovery);
      if (!apply_options (site, error))
        return FALSE;
      if (dry_run || sr_site_store_save (store, site, &local))
        {
          print_result (cli, site, discovery, dry_run ? "Would become:" : "Changed:");
          warn_of_vaults (cli);
          return TRUE;
        }
      /* What was asked for is asked of the site as it is now. */
      if (attempt == MAX_ATTEMPTS || !sr_error_is (local, SR_ERROR_LOCKED))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
}

static gboolean
run_list (SrCli             *cli,
          SrSiteStore       *store,
          const char *const *arguments,
          GError           **error)
{
  g_autoptr (GPtrArray)   sites = NULL;
  g_autoptr (JsonBuilder) builder = NULL;

  if (!sr_cli_check_arguments (arguments, 0, 0, error))
    return FALSE;
  sites = sr_cli_list_sites (cli, store, error);
  if (sites == NULL)
    return FALSE;
  if (cli->n_damaged > 0)
    cli->exit_code = SR_EXIT_DAMAGE;
  if (!cli->json)
    {
      sr_cli_print_sites (cli, sites);
      return TRUE;
    }
  builder = json_builder_new ();
  json_builder_begin_array (builder);
  for (guint i = 0; i < sites->len; i++)
    sr_cli_json_add_site (builder, g_ptr_array_index (sites, i));
  json_builder_end_array (builder);
  sr_cli_json_print (cli, builder);
  return TRUE;
}

static gboolean
run_show (SrCli             *cli,
          SrSiteStore       *store,
          const char *const *arguments,
          GError           **error)
{
  g_autoptr (SrSite)      site = NULL;
  g_autoptr (JsonBuilder) builder = NULL;

  if (!sr_cli_check_arguments (arguments, 1, 1, error))
    return FALSE;
  site = sr_cli_find_site (cli, store, arguments[0], error);
  if (site == NULL)
    return FALSE;
  if (!cli->json)
    {
      sr_cli_print_site (cli, site);
      return TRUE;
    }
  builder = json_builder_new ();
  sr_cli_json_add_site (builder, site);
  sr_cli_json_print (cli, builder);
  return TRUE;
}

static gboolean
confirm_removal (SrCli   *cli,
                 SrSite  *site,
                 GError **error)
{
  g_autofree char *shown = sr_text_name (sr_site_get_name (site));
  g_autofree char *question = NULL;

  if (yes)
    return TRUE;
  question = g_strdup_printf ("Remove the site “%s”? Its vaults with all backups, their passwords "
                              "in the keyring, its backup files and its history stay.",
                              shown);
  return sr_confirm_ask (cli, question, "--yes", error);
}

static gboolean
run_remove (SrCli             *cli,
            SrSiteStore       *store,
            const char *const *arguments,
            GError           **error)
{
  g_autoptr (SrSite)      site = NULL;
  g_autofree char        *shown = NULL;
  g_autoptr (JsonBuilder) builder = NULL;

  if (!sr_cli_check_arguments (arguments, 1, 1, error))
    return FALSE;
  site = sr_cli_find_site (cli, store, arguments[0], error);
  if (site == NULL || !confirm_removal (cli, site, error) ||
      !sr_site_store_remove (store, site, error))
    return FALSE;
  shown = sr_text_name (sr_site_get_name (site));
  sr_cli_say (cli, "The site “%s” is removed. These stay: its vaults with all backups, their "
                   "passwords in the keyring, its backup files, and its history.",
              shown);
  for (guint i = 0; i < sr_site_get_vaults (site)->len; i++)
    {
      const SrSiteVault *vault = g_ptr_array_index (sr_site_get_vaults (site), i);
      g_autofree char   *location = sr_text_name (vault->location);

      sr_cli_say (cli, "  vault  %s", location);
    }
  if (!cli->json)
    return TRUE;
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "removed");
  sr_cli_json_add_site (builder, site);
  json_builder_end_object (builder);
  sr_cli_json_print (cli, builder);
  return TRUE;
}

/* --- test ------------------------------------------------------------------------------------ */

/* Returns: (transfer full): those named, or all */
static GPtrArray *
choose_sites (SrCli             *cli,
              SrSiteStore       *store,
              const char *const *names,
              GError           **error)
{
  g_autoptr (GPtrArray) sites = NULL;

  if (names[0] == NULL)
    return sr_cli_list_sites (cli, store, error);
  sites = g_ptr_array_new_with_free_func (g_object_unref);
  for (gsize i = 0; names[i] != NULL; i++)
    {
      SrSite *site = sr_cli_find_site (cli, store, names[i], error);

      if (site == NULL)
        return NULL;
      g_ptr_array_add (sites, site);
    }
  return g_steal_pointer (&sites);
}

static gboolean
test_one (SrCli       *cli,
          SrSite      *site,
          JsonBuilder *builder,
          GError     **error)
{
  g_autoptr (GPtrArray) items = sr_site_test (site, cli->cancellable, error);

  if (items == NULL)
    return FALSE;
  if (sr_site_test_get_worst (items) == SR_SITE_TEST_PROBLEM)
    cli->exit_code = SR_EXIT_FAILED;
  if (!cli->json)
    {
      sr_cli_print_site_test (cli, site, items);
      return TRUE;
    }
  json_builder_begin_object (builder);
  sr_cli_json_add_string (builder, "id", sr_site_get_id (site));
  sr_cli_json_add_string (builder, "name", sr_site_get_name (site));
  sr_cli_json_add_site_test (builder, items);
  json_builder_end_object (builder);
  return TRUE;
}

static gboolean
run_test (SrCli             *cli,
          SrSiteStore       *store,
          const char *const *arguments,
          GError           **error)
{
  g_autoptr (GPtrArray)   sites = choose_sites (cli, store, arguments, error);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (sites == NULL)
    return FALSE;
  if (cli->n_damaged > 0)
    cli->exit_code = SR_EXIT_DAMAGE;
  json_builder_begin_array (builder);
  for (guint i = 0; i < sites->len; i++)
    if (!test_one (cli, g_ptr_array_index (sites, i), builder, error))
      return FALSE;
  json_builder_end_array (builder);
  if (cli->json)
    sr_cli_json_print (cli, builder);
  else if (sites->len == 0)
    sr_cli_say (cli, "There are no sites");
  return TRUE;
}

/* --- the verb -------------------------------------------------------------------------------- */

typedef struct
{
  const char *word;
  gboolean (*run) (SrCli *, SrSiteStore *, const char *const *, GError **);
  gboolean takes_content; /* what a site holds */
  gboolean takes_removals;
} Word;

static const Word words[] = {
  { "add", run_add, TRUE, FALSE },
  { "list", run_list, FALSE, FALSE },
  { "show", run_show, FALSE, FALSE },
  { "edit", run_edit, TRUE, TRUE },
  { "remove", run_remove, FALSE, FALSE },
  { "test", run_test, FALSE, FALSE },
};

static gboolean
check_options (const Word *word,
               GError    **error)
{
  const char *wrong = NULL;

  if (!word->takes_content &&
      (name != NULL || environment != NULL || from != NULL || add_sources != NULL ||
       add_databases != NULL || add_vaults != NULL || add_files != NULL || add_excludes != NULL ||
       ignore_file != NULL || one_file_system || dry_run))
    wrong = "takes no option that tells what is in a site";
  else if (!word->takes_removals && (remove_sources != NULL || remove_vaults != NULL ||
                                     remove_files != NULL || remove_excludes != NULL))
    wrong = "takes no --remove-… option; “site edit” does";
  else if (yes && word->run != run_remove)
    wrong = "asks nothing, so --yes has no meaning";
  if (wrong == NULL)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "“site %s” %s", word->word, wrong);
  return FALSE;
}

static gboolean
run_site (SrCli             *cli,
          const char *const *arguments,
          GError           **error)
{
  g_autoptr (SrSiteStore) store = NULL;
  g_autofree char        *shown = NULL;

  if (arguments[0] == NULL)
    return sr_cli_check_arguments (arguments, 1, 2, error);
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (strcmp (arguments[0], words[i].word) != 0)
        continue;
      if (!check_options (&words[i], error))
        return FALSE;
      store = sr_site_store_new (NULL);
      return words[i].run (cli, store, arguments + 1, error);
    }
  shown = sr_text_name (arguments[0]);
  g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
               "“site %s” is nothing: it is site add, list, show, edit, remove or test", shown);
  return FALSE;
}

const SrCliVerb sr_verb_site = {
  .name = "site",
  .arguments = "add|list|show|edit|remove|test [SITE]",
  .summary = "Sites: what is protected, and where its backups are kept",
  .examples =
      "  strongroomctl site add --name Shop --from /srv/shop --vault /media/disk/vault\n"
      "  strongroomctl site add --from /srv/shop/.env --dry-run\n"
      "  strongroomctl site edit Shop --source /srv/shop/invoices --exclude '*.tmp'\n"
      "  strongroomctl site test Shop\n",
  .entries = entries,
  .own_vault = TRUE,
  .run = run_site,
};
