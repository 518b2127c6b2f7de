/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-json.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-status-text.h"
#include "cli/sr-text.h"
#include "site/sr-site-store.h"

#define NS_PER_S G_GINT64_CONSTANT (1000000000)

static char *format;
static char *warn_age;
static char *critical_age;

static const GOptionEntry entries[] = {
  { "format", 0, 0, G_OPTION_ARG_STRING, &format, "text, json, nagios or prometheus (text)",
    "FORMAT" },
  { "warn-age", 0, 0, G_OPTION_ARG_STRING, &warn_age,
    "A last good backup of this age is worth a warning (26h)", "AGE" },
  { "critical-age", 0, 0, G_OPTION_ARG_STRING, &critical_age, "One of this age is critical (50h)",
    "AGE" },
  G_OPTION_ENTRY_NULL
};

typedef enum
{
  FORMAT_TEXT,
  FORMAT_JSON,
  FORMAT_NAGIOS,
  FORMAT_PROMETHEUS,
} Format;

static const char *const format_names[] = { "text", "json", "nagios", "prometheus" };

typedef struct
{
  SrCli     *cli;
  Format     format;
  gint64     warn_ns;
  gint64     critical_ns;
  GPtrArray *statuses; /* (element-type SrSiteStatus) */
  guint      n_damaged;
} Status;

static gboolean
parse_format (Status  *self,
              GError **error)
{
  self->format = self->cli->json ? FORMAT_JSON : FORMAT_TEXT;
  if (format == NULL)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (format_names); i++)
    if (g_str_equal (format, format_names[i]))
      {
        self->format = (Format) i;
        return TRUE;
      }
  g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
               "“%s” is no format: it is text, json, nagios or prometheus", format);
  return FALSE;
}

static gboolean
parse_ages (Status  *self,
            GError **error)
{
  self->warn_ns = SR_STATUS_WARN_AGE_NS;
  self->critical_ns = SR_STATUS_CRITICAL_AGE_NS;
  if ((warn_age != NULL && !sr_text_parse_duration (warn_age, &self->warn_ns, error)) ||
      (critical_age != NULL && !sr_text_parse_duration (critical_age, &self->critical_ns, error)))
    return FALSE;
  if (self->warn_ns <= self->critical_ns)
    return TRUE;
  g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                       "The age that is worth a warning is above the one that is critical");
  return FALSE;
}

/* A site whose file cannot be read is watched by nobody: that is no matter to be silent about. */
static void
add_damaged (const char   *path,
             const GError *why,
             gpointer      user_data)
{
  Status          *self = user_data;
  SrSiteStatus    *status = g_new0 (SrSiteStatus, 1);
  g_autofree char *name = g_path_get_basename (path);

  status->site = g_filename_display_name (name);
  status->name = g_strdup (status->site);
  status->age_ns = -1;
  status->health = SR_HEALTH_UNKNOWN;
  status->vaults = g_ptr_array_new ();
  status->reasons = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (status->reasons, g_strdup (why->message));
  g_ptr_array_add (self->statuses, status);
  self->n_damaged++;
}

/* Returns: (transfer full): the sites named, or all */
static GPtrArray *
choose_sites (Status            *self,
              const char *const *names,
              GError           **error)
{
  g_autoptr (SrSiteStore) store = sr_site_store_new (NULL);
  g_autoptr (GPtrArray)   sites = NULL;

  if (names[0] == NULL)
    return sr_site_store_list (store, add_damaged, self, error);
  sites = g_ptr_array_new_with_free_func (g_object_unref);
  for (gsize i = 0; names[i] != NULL; i++)
    {
      SrSite *site = sr_site_store_find (store, names[i], error);

      if (site == NULL)
        return NULL;
      g_ptr_array_add (sites, site);
    }
  return g_steal_pointer (&sites);
}

static gboolean
collect (Status            *self,
         const char *const *names,
         GError           **error)
{
  GCancellable         *cancellable = self->cli->cancellable;
  g_autoptr (GPtrArray) sites = choose_sites (self, names, error);
  g_autoptr (SrHistory) history = sites != NULL ? sr_history_open (NULL, NULL, error) : NULL;

  if (history == NULL)
    return FALSE;
  for (guint i = 0; i < sites->len; i++)
    {
      SrSiteStatus *status =
          sr_site_status_read (history, sites->pdata[i], NULL, self->warn_ns, self->critical_ns,
                               cancellable, error);

      if (status == NULL)
        return FALSE;
      g_ptr_array_add (self->statuses, status);
    }
  return TRUE;
}

/* --- text
 * --------------------------------------------------------------------------------------- */

static char *
describe_backup (const SrSiteStatus *status)
{
  g_autofree char *age = status->age_ns >= 0 ? sr_status_describe_age (status->age_ns) : NULL;

  return age != NULL ? g_strdup_printf ("%s ago", age) : g_strdup ("never");
}

static char *
describe_failure (const SrSiteStatus *status)
{
  struct timespec time = { 0 };

  if (status->last_failure == NULL)
    return g_strdup ("none");
  time.tv_sec = (time_t) (status->last_failure->started_ns / NS_PER_S);
  return sr_text_timespec (&time);
}

static char *
describe_vaults (const SrSiteStatus *status)
{
  guint n = 0;

  for (guint i = 0; i < status->vaults->len; i++)
    n += ((SrVaultPresence *) status->vaults->pdata[i])->reachable;
  if (status->vaults->len <= 1)
    return g_strdup (status->vaults->len == 0 ? "none" : n > 0 ? "reachable"
                                                               : "not reachable");
  return g_strdup_printf ("%u of %u reachable", n, status->vaults->len);
}

static void
print_text (Status *self)
{
  g_autoptr (SrTable) table = sr_table_new ("Status", "Site", "Good backup", "Verdict",
                                            "Failed since", "Vault", "Why", NULL);
  g_autofree char    *text = NULL;

  for (guint i = 0; i < self->statuses->len; i++)
    {
      const SrSiteStatus *status = self->statuses->pdata[i];
      const SrRun        *good = status->last_good;

      sr_table_add (table, g_strdup (sr_health_name (status->health)), sr_text_name (status->name),
                    describe_backup (status),
                    g_strdup (good != NULL && good->level >= 0
                                  ? sr_verdict_level_name ((SrVerdictLevel) good->level)
                                  : ""),
                    describe_failure (status), describe_vaults (status),
                    status->reasons->len > 0 ? sr_text_name (status->reasons->pdata[0])
                                             : g_strdup (""));
    }
  text = sr_table_format (table, TRUE);
  if (self->statuses->len > 0)
    sr_cli_print_text (self->cli, text);
  else
    sr_cli_say (self->cli, "No site is set up");
}

static void
print_json (Status *self)
{
  g_autoptr (JsonNode) node = sr_status_to_json (self->statuses);
  g_autofree char     *text = json_to_string (node, FALSE);
  g_autofree char     *line = g_strconcat (text, "\n", NULL);

  sr_cli_print_text (self->cli, line);
}

static void
print_nagios (Status *self)
{
  g_autofree char *text =
      sr_status_to_nagios (self->statuses, self->warn_ns, self->critical_ns);

  sr_cli_print_text (self->cli, text);
  self->cli->exit_code = (SrExitCode) sr_status_get_health (self->statuses);
}

static void
print_status (Status *self)
{
  g_autofree char *text = NULL;

  switch (self->format)
    {
    case FORMAT_JSON:
      print_json (self);
      break;
    case FORMAT_NAGIOS:
      print_nagios (self);
      break;
    case FORMAT_PROMETHEUS:
      text = sr_status_to_prometheus (self->statuses);
      sr_cli_print_text (self->cli, text);
      break;
    case FORMAT_TEXT:
    default:
      print_text (self);
    }
  if (self->n_damaged > 0 && self->format != FORMAT_NAGIOS)
    self->cli->exit_code = SR_EXIT_DAMAGE;
}

static gboolean
run_status (SrCli             *cli,
            const char *const *arguments,
            GError           **error)
{
  g_autoptr (GPtrArray) statuses =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sr_site_status_free);
  g_autoptr (GError) local = NULL;
  Status             self = { .cli = cli, .statuses = statuses };

  if (!parse_format (&self, error))
    return FALSE;
  if (parse_ages (&self, &local) && collect (&self, arguments, &local))
    {
      print_status (&self);
      return TRUE;
    }
  if (self.format == FORMAT_NAGIOS)
    {
      g_autofree char *text = sr_status_to_nagios_unknown (local->message);

      sr_cli_print_text (cli, text);
      cli->exit_code = (SrExitCode) SR_HEALTH_UNKNOWN;
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

const SrCliVerb sr_verb_status = {
  .name = "status",
  .arguments = "[SITE…]",
  .summary = "Tell how each site stands, for people and for monitoring",
  .examples =
      "  strongroomctl status\n"
      "  strongroomctl status --format nagios --warn-age 26h --critical-age 50h\n"
      "  strongroomctl status --format prometheus > /var/lib/node_exporter/strongroom.prom\n",
  .entries = entries,
  .run = run_status,
};
