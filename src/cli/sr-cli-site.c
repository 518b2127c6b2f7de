/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-site.h"

#include "base/sr-words.h"

#include "cli/sr-cli-json.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"
#include "job/sr-site-test.h"

SrSite *
sr_cli_find_site (SrCli       *cli,
                  SrSiteStore *store,
                  const char  *name_or_id,
                  GError     **error)
{
  return sr_site_store_find (store, name_or_id, error);
}

static void
warn_of_file (const char   *path,
              const GError *why,
              gpointer      user_data)
{
  SrCli *cli = user_data;

  cli->n_damaged++;
  sr_cli_warn (cli, "%s", why->message);
}

GPtrArray *
sr_cli_list_sites (SrCli       *cli,
                   SrSiteStore *store,
                   GError     **error)
{
  return sr_site_store_list (store, warn_of_file, cli, error);
}

void
sr_cli_json_add_site (JsonBuilder *builder,
                      SrSite      *site)
{
  g_autoptr (JsonNode) node = sr_site_to_json (site);
  JsonObject          *object = json_node_get_object (node);
  g_autoptr (GList)    members = json_object_get_members (object);

  json_builder_begin_object (builder);
  sr_cli_json_add_string (builder, "id", sr_site_get_id (site));
  for (GList *at = members; at != NULL; at = at->next)
    {
      /* Says how the file is written, which is not what is asked here; one called "id" would be
       * somebody else's. */
      if (g_str_equal (at->data, "format") || g_str_equal (at->data, "id"))
        continue;
      json_builder_set_member_name (builder, at->data);
      json_builder_add_value (builder, json_object_dup_member (object, at->data));
    }
  json_builder_end_object (builder);
}

/* --- sites ----------------------------------------------------------------------------------- */

static void
print_source (SrCli              *cli,
              const SrSiteSource *source)
{
  g_autofree char *location = sr_text_name (source->location);
  g_autofree char *kind = sr_text_name (source->kind_name);
  g_autofree char *excludes =
      source->excludes != NULL ? g_strjoinv (", ", source->excludes) : NULL;
  g_autofree char    *shown = excludes != NULL ? sr_text_name (excludes) : NULL;
  g_autoptr (GString) line = g_string_new (NULL);

  g_string_append_printf (line, "  source  %-10s  %s\n", kind, location);
  if (source->kind == SR_SOURCE_OTHER)
    g_string_append (line,
                     "                      not protected: this program cannot back it up yet\n");
  if (shown != NULL)
    g_string_append_printf (line, "                      without %s\n", shown);
  if (source->ignore_file != NULL)
    g_string_append_printf (line, "                      obeys files called %s\n",
                            source->ignore_file);
  if (source->one_file_system)
    g_string_append (line, "                      not into other file systems\n");
  sr_cli_print_text (cli, line->str);
}

static void
print_place (SrCli      *cli,
             const char *word,
             const char *path)
{
  g_autofree char *shown = sr_text_name (path);
  g_autofree char *line = g_strdup_printf ("  %-18s  %s\n", word, shown);

  sr_cli_print_text (cli, line);
}

void
sr_cli_print_site (SrCli  *cli,
                   SrSite *site)
{
  g_autofree char *name = sr_text_name (sr_site_get_name (site));
  g_autofree char *head = g_strdup_printf ("%s (%s, %s)\n", name, sr_site_get_environment (site),
                                           sr_site_get_id (site));
  GPtrArray       *sources = sr_site_get_sources (site);
  GPtrArray       *vaults = sr_site_get_vaults (site);
  GPtrArray       *files = sr_site_get_files (site);

  sr_cli_print_text (cli, head);
  for (guint i = 0; i < sources->len; i++)
    print_source (cli, g_ptr_array_index (sources, i));
  for (guint i = 0; i < vaults->len; i++)
    print_place (cli, "vault", ((SrSiteVault *) g_ptr_array_index (vaults, i))->location);
  for (guint i = 0; i < files->len; i++)
    print_place (cli, "file", ((SrSiteFile *) g_ptr_array_index (files, i))->path);
  if (sources->len == 0)
    sr_cli_print_text (cli, "  no source: nothing is backed up\n");
  if (vaults->len == 0)
    sr_cli_print_text (cli, "  no vault: there is no place for backups\n");
}

void
sr_cli_print_sites (SrCli     *cli,
                    GPtrArray *sites)
{
  g_autoptr (SrTable) table =
      sr_table_new ("ID", "Name", "Environment", ">Sources", ">Vaults", ">Files", NULL);
  g_autofree char *text = NULL;

  for (guint i = 0; i < sites->len; i++)
    {
      SrSite *site = g_ptr_array_index (sites, i);

      sr_table_add (table, g_strdup (sr_site_get_id (site)), sr_text_name (sr_site_get_name (site)),
                    g_strdup (sr_site_get_environment (site)),
                    sr_text_count (sr_site_get_sources (site)->len),
                    sr_text_count (sr_site_get_vaults (site)->len),
                    sr_text_count (sr_site_get_files (site)->len));
    }
  text = sr_table_format (table, TRUE);
  if (sites->len > 0)
    sr_cli_print_text (cli, text);
  sr_cli_say (cli, "%u site%s", sites->len, sites->len == 1 ? "" : "s");
}

/* --- what was found -------------------------------------------------------------------------- */

void
sr_cli_json_add_discovery (JsonBuilder       *builder,
                           const SrDiscovery *discovery)
{
  json_builder_set_member_name (builder, "findings");
  json_builder_begin_array (builder);
  for (guint i = 0; i < discovery->findings->len; i++)
    {
      const SrFinding *finding = g_ptr_array_index (discovery->findings, i);

      json_builder_begin_object (builder);
      sr_cli_json_add_string (builder, "kind", sr_discovered_kind_name (finding->kind));
      sr_cli_json_add_name (builder, "location", finding->location);
      sr_cli_json_add_string (builder, "where", finding->where);
      sr_cli_json_add_bool (builder, "protectable", finding->is_protectable);
      sr_cli_json_add_string (builder, "reason", finding->reason);
      if (finding->size >= 0)
        sr_cli_json_add_int (builder, "size", (guint64) finding->size);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "notes");
  json_builder_begin_array (builder);
  for (guint i = 0; i < discovery->notes->len; i++)
    json_builder_add_string_value (builder, g_ptr_array_index (discovery->notes, i));
  json_builder_end_array (builder);
}

void
sr_cli_print_discovery (SrCli             *cli,
                        const SrDiscovery *discovery)
{
  g_autofree char *folder = sr_text_name (discovery->folder);

  if (discovery->findings->len == 0)
    sr_cli_say (cli, "Nothing to protect was found in %s", folder);
  else
    sr_cli_say (cli, "Found in %s:", folder);
  for (guint i = 0; i < discovery->findings->len; i++)
    {
      const SrFinding *finding = g_ptr_array_index (discovery->findings, i);
      g_autofree char *location = sr_text_name (finding->location);
      g_autofree char *size =
          finding->size >= 0 ? sr_size_text ((guint64) finding->size) : g_strdup ("");

      sr_cli_say (cli, "  %s %s%s%s (by %s)", sr_finding_kind_title (finding->kind), location,
                  size[0] != '\0' ? ", " : "", size, finding->where);
      if (!finding->is_protectable)
        sr_cli_say (cli, "    not yet protected: %s", finding->reason);
    }
  for (guint i = 0; i < discovery->notes->len; i++)
    sr_cli_warn (cli, "%s", (const char *) g_ptr_array_index (discovery->notes, i));
}

/* --- test ------------------------------------------------------------------------------------ */

void
sr_cli_json_add_site_test (JsonBuilder *builder,
                           GPtrArray   *items)
{
  sr_cli_json_add_string (builder, "result",
                          sr_site_test_level_name (sr_site_test_get_worst (items)));
  json_builder_set_member_name (builder, "items");
  json_builder_begin_array (builder);
  for (guint i = 0; i < items->len; i++)
    {
      const SrSiteTestItem *item = g_ptr_array_index (items, i);

      json_builder_begin_object (builder);
      sr_cli_json_add_string (builder, "level", sr_site_test_level_name (item->level));
      sr_cli_json_add_string (builder, "subject", item->subject);
      sr_cli_json_add_name (builder, "location", item->location);
      sr_cli_json_add_string (builder, "check", item->check);
      sr_cli_json_add_string (builder, "message", item->sentence);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

void
sr_cli_print_site_test (SrCli     *cli,
                        SrSite    *site,
                        GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    {
      const SrSiteTestItem *item = g_ptr_array_index (items, i);
      g_autofree char      *location =
          sr_text_name (item->location != NULL ? item->location : sr_site_get_name (site));
      g_autofree char *sentence = sr_text_message (item->sentence);
      g_autofree char *line =
          g_strdup_printf ("%-8s %s %s: %s\n", sr_site_test_level_name (item->level), item->subject,
                           location, sentence);

      /* What is in order is not asked for with --quiet. */
      if (!cli->quiet || item->level != SR_SITE_TEST_OK)
        sr_cli_print_text (cli, line);
    }
}
