/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-status-text.h"

#include "cli/sr-text.h"
#include "state/sr-history-export.h"

#include <string.h>

#define NS_PER_S G_GINT64_CONSTANT (1000000000)

SrHealth
sr_status_get_health (GPtrArray *statuses)
{
  SrHealth health = statuses->len > 0 ? SR_HEALTH_OK : SR_HEALTH_UNKNOWN;

  for (guint i = 0; i < statuses->len; i++)
    health = sr_health_worse (((SrSiteStatus *) statuses->pdata[i])->health, health);
  return health;
}

/* --- Nagios
 * ------------------------------------------------------------------------------------- */

/* "|" begins the performance data, a line feed the next line. */
static void
append_plain (GString    *out,
              const char *text)
{
  g_autofree char *shown = sr_text_name (text);

  g_strdelimit (shown, "|", '/');
  g_string_append (out, shown);
}

static char *
get_capitals (SrHealth health)
{
  return g_ascii_strup (sr_health_name (health), -1);
}

/* "Shop: backed up 3 hours ago; The vault … cannot be reached" */
static void
append_site (GString            *out,
             const SrSiteStatus *status)
{
  g_autofree char *age = status->age_ns >= 0 ? sr_status_describe_age (status->age_ns) : NULL;

  append_plain (out, status->name);
  if (age != NULL)
    g_string_append_printf (out, ": backed up %s ago", age);
  else
    g_string_append (out, ": never backed up");
  if (status->last_good != NULL && status->last_good->level >= 0)
    g_string_append_printf (
        out, ", %s", sr_verdict_level_name ((SrVerdictLevel) status->last_good->level));
}

static void
append_performance (GString            *out,
                    const SrSiteStatus *status,
                    gint64              warn_ns,
                    gint64              critical_ns)
{
  g_autofree char *label = g_strdup (status->site);

  /* Letters that would end the label; ids made by us have none. */
  g_strdelimit (label, "'=| \t\r\n", '_');
  if (status->age_ns < 0)
    g_string_append_printf (out, " '%s_age'=U", label);
  else
    g_string_append_printf (
        out, " '%s_age'=%" G_GINT64_FORMAT "s;%" G_GINT64_FORMAT ";%" G_GINT64_FORMAT ";0", label,
        status->age_ns / NS_PER_S, warn_ns / NS_PER_S, critical_ns / NS_PER_S);
  if (status->last_good != NULL && status->last_good->bytes >= 0)
    g_string_append_printf (out, " '%s_size'=%" G_GINT64_FORMAT "B;;;0", label,
                            status->last_good->bytes);
}

/* Those that are not well, worst first; or the one site there is; or how many are well. */
static void
append_summary (GString   *out,
                GPtrArray *statuses,
                SrHealth   health)
{
  guint n = 0;

  for (guint i = 0; i < statuses->len; i++)
    {
      const SrSiteStatus *status = statuses->pdata[i];

      if (status->health != health || (health == SR_HEALTH_OK && statuses->len > 1))
        continue;
      g_string_append (out, n++ > 0 ? "; " : "");
      append_site (out, status);
      if (status->reasons->len > 0)
        {
          g_string_append (out, ", ");
          append_plain (out, status->reasons->pdata[0]);
        }
    }
  if (statuses->len == 0)
    g_string_append (out, "no site is set up");
  else if (n == 0)
    g_string_append_printf (out, "all %u sites are backed up", statuses->len);
}

char *
sr_status_to_nagios (GPtrArray *statuses,
                     gint64     warn_ns,
                     gint64     critical_ns)
{
  SrHealth         health = sr_status_get_health (statuses);
  g_autofree char *word = get_capitals (health);
  GString         *out = g_string_new (NULL);

  g_string_append_printf (out, "STRONGROOM %s - ", word);
  append_summary (out, statuses, health);
  if (statuses->len > 0)
    g_string_append (out, " |");
  for (guint i = 0; i < statuses->len; i++)
    append_performance (out, statuses->pdata[i], warn_ns, critical_ns);
  g_string_append_c (out, '\n');
  for (guint i = 0; i < statuses->len; i++)
    {
      const SrSiteStatus *status = statuses->pdata[i];
      g_autofree char    *own = get_capitals (status->health);

      g_string_append_printf (out, "%s: ", own);
      append_site (out, status);
      for (guint j = 0; j < status->reasons->len; j++)
        {
          g_string_append (out, "; ");
          append_plain (out, status->reasons->pdata[j]);
        }
      g_string_append_c (out, '\n');
    }
  return g_string_free (out, FALSE);
}

char *
sr_status_to_nagios_unknown (const char *why)
{
  GString *out = g_string_new ("STRONGROOM UNKNOWN - ");

  append_plain (out, why);
  g_string_append_c (out, '\n');
  return g_string_free (out, FALSE);
}

/* --- Prometheus
 * --------------------------------------------------------------------------------- */

/* @value: (out): FALSE: this site has none */
typedef gboolean (*GetValueFunc) (const SrSiteStatus *status,
                                  double             *value);

static gboolean
get_health (const SrSiteStatus *status,
            double             *value)
{
  *value = status->health;
  return TRUE;
}

/* To the second, which a double holds. */
static gboolean
get_start (const SrRun *run,
           double      *value)
{
  if (run == NULL)
    return FALSE;
  *value = (double) (run->started_ns / NS_PER_S);
  return TRUE;
}

static gboolean
get_last_good (const SrSiteStatus *status,
               double             *value)
{
  return get_start (status->last_good, value);
}

static gboolean
get_last_failure (const SrSiteStatus *status,
                  double             *value)
{
  return get_start (status->last_failure, value);
}

static gboolean
get_age (const SrSiteStatus *status,
         double             *value)
{
  *value = (double) (status->age_ns / NS_PER_S);
  return status->age_ns >= 0;
}

static gboolean
get_number (gint64  number,
            double *value)
{
  *value = (double) number;
  return number >= 0;
}

static gboolean
get_bytes (const SrSiteStatus *status,
           double             *value)
{
  return status->last_good != NULL && get_number (status->last_good->bytes, value);
}

static gboolean
get_records (const SrSiteStatus *status,
             double             *value)
{
  return status->last_good != NULL && get_number (status->last_good->records, value);
}

static gboolean
get_level (const SrSiteStatus *status,
           double             *value)
{
  return status->last_good != NULL && get_number (status->last_good->level, value);
}

static const struct
{
  const char  *name;
  const char  *help;
  GetValueFunc get;
} gauges[] = {
  { "strongroom_site_status", "How the site stands: 0 ok, 1 warning, 2 critical, 3 unknown.",
    get_health },
  { "strongroom_site_last_good_backup_timestamp_seconds",
    "When the last good backup was begun, since 1970 UTC.", get_last_good },
  { "strongroom_site_last_good_backup_age_seconds",
    "How old the last good backup was when this was written.", get_age },
  { "strongroom_site_last_good_backup_verdict",
    "Its verdict: 2 intact, 3 complete, 4 proven; absent if none was given.", get_level },
  { "strongroom_site_last_good_backup_size_bytes", "What the last good backup holds.", get_bytes },
  { "strongroom_site_last_good_backup_records", "Records counted in the last good backup.",
    get_records },
  { "strongroom_site_last_failed_backup_timestamp_seconds",
    "When the newest failed backup was begun; absent if a good one came later.",
    get_last_failure },
};

static void
append_label (GString    *out,
              const char *name,
              const char *value)
{
  g_autofree char *valid = g_utf8_make_valid (value, -1);

  g_string_append_printf (out, "%s=\"", name);
  for (const char *at = valid; *at != '\0'; at++)
    if (*at == '\\' || *at == '"')
      g_string_append_printf (out, "\\%c", *at);
    else if (*at == '\n')
      g_string_append (out, "\\n");
    else
      g_string_append_c (out, *at);
  g_string_append_c (out, '"');
}

static void
append_head (GString    *out,
             const char *name,
             const char *help)
{
  g_string_append_printf (out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void
append_sample (GString            *out,
               const char         *name,
               const SrSiteStatus *status,
               double              value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (out, "%s{", name);
  append_label (out, "site", status->site);
  g_string_append_c (out, ',');
  append_label (out, "name", status->name);
  g_string_append_printf (out, "} %s\n", g_ascii_formatd (number, sizeof number, "%.0f", value));
}

static void
append_vaults (GString   *out,
               GPtrArray *statuses)
{
  append_head (out, "strongroom_vault_reachable", "Whether the vault of the site can be reached.");
  for (guint i = 0; i < statuses->len; i++)
    {
      const SrSiteStatus *status = statuses->pdata[i];

      for (guint j = 0; j < status->vaults->len; j++)
        {
          const SrVaultPresence *vault = status->vaults->pdata[j];

          g_string_append (out, "strongroom_vault_reachable{");
          append_label (out, "site", status->site);
          g_string_append_c (out, ',');
          append_label (out, "vault", vault->location);
          g_string_append_printf (out, "} %d\n", vault->reachable ? 1 : 0);
        }
    }
}

char *
sr_status_to_prometheus (GPtrArray *statuses)
{
  GString *out = g_string_new (NULL);

  append_head (out, "strongroom_sites", "How many sites are set up.");
  g_string_append_printf (out, "strongroom_sites %u\n", statuses->len);
  for (gsize i = 0; i < G_N_ELEMENTS (gauges); i++)
    {
      append_head (out, gauges[i].name, gauges[i].help);
      for (guint j = 0; j < statuses->len; j++)
        {
          double value;

          if (gauges[i].get (statuses->pdata[j], &value))
            append_sample (out, gauges[i].name, statuses->pdata[j], value);
        }
    }
  append_vaults (out, statuses);
  return g_string_free (out, FALSE);
}

/* --- JSON
 * --------------------------------------------------------------------------------------- */

static void
add_run (JsonObject  *object,
         const char  *member,
         const SrRun *run)
{
  if (run != NULL)
    json_object_set_member (object, member, sr_run_to_json (run));
  else
    json_object_set_null_member (object, member);
}

static void
add_shown (JsonObject *object,
           const char *member,
           const char *text)
{
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;

  if (valid != NULL)
    json_object_set_string_member (object, member, valid);
  else
    json_object_set_null_member (object, member);
}

static JsonObject *
make_site (const SrSiteStatus *status)
{
  JsonObject *object = json_object_new ();
  JsonArray  *reasons = json_array_new ();
  JsonArray  *vaults = json_array_new ();

  add_shown (object, "site", status->site);
  add_shown (object, "name", status->name);
  json_object_set_string_member (object, "status", sr_health_name (status->health));
  for (guint i = 0; i < status->reasons->len; i++)
    {
      g_autofree char *valid = g_utf8_make_valid (status->reasons->pdata[i], -1);

      json_array_add_string_element (reasons, valid);
    }
  json_object_set_array_member (object, "reasons", reasons);
  if (status->age_ns >= 0)
    json_object_set_int_member (object, "age_seconds", status->age_ns / NS_PER_S);
  else
    json_object_set_null_member (object, "age_seconds");
  add_run (object, "last_good", status->last_good);
  add_run (object, "last_failure", status->last_failure);
  add_run (object, "last_run", status->last_run);
  for (guint i = 0; i < status->vaults->len; i++)
    {
      const SrVaultPresence *vault = status->vaults->pdata[i];
      JsonObject            *one = json_object_new ();

      add_shown (one, "location", vault->location);
      json_object_set_boolean_member (one, "reachable", vault->reachable);
      add_shown (one, "why", vault->why);
      json_array_add_object_element (vaults, one);
    }
  json_object_set_array_member (object, "vaults", vaults);
  return object;
}

JsonNode *
sr_status_to_json (GPtrArray *statuses)
{
  JsonNode   *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  JsonArray  *sites = json_array_new ();

  for (guint i = 0; i < statuses->len; i++)
    json_array_add_object_element (sites, make_site (statuses->pdata[i]));
  json_object_set_string_member (object, "status",
                                 sr_health_name (sr_status_get_health (statuses)));
  json_object_set_array_member (object, "sites", sites);
  json_node_take_object (node, object);
  return node;
}
