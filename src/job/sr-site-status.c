/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-site-status.h"

#include "base/sr-error.h"
#include "base/sr-words.h"
#include "job/sr-vault.h"

#include <string.h>

/* Runs looked at a time for the last good one. */
#define PAGE 100

#define BACKUP "backup"

#define NS_PER_S G_GINT64_CONSTANT (1000000000)

const char *
sr_health_name (SrHealth health)
{
  static const char *const names[] = { "ok", "warning", "critical", "unknown" };

  return names[health];
}

SrHealth
sr_health_worse (SrHealth a,
                 SrHealth b)
{
  static const int weights[] = { 0, 2, 3, 1 };

  return weights[a] >= weights[b] ? a : b;
}

static void
presence_free (gpointer data)
{
  SrVaultPresence *self = data;

  g_free (self->location);
  g_free (self->why);
  g_free (self);
}

void
sr_site_status_free (SrSiteStatus *self)
{
  if (self == NULL)
    return;
  g_free (self->site);
  g_free (self->name);
  g_clear_pointer (&self->last_good, sr_run_free);
  g_clear_pointer (&self->last_run, sr_run_free);
  g_clear_pointer (&self->last_failure, sr_run_free);
  g_clear_pointer (&self->vaults, g_ptr_array_unref);
  g_clear_pointer (&self->reasons, g_ptr_array_unref);
  g_free (self);
}

char *
sr_status_describe_age (gint64 ns)
{
  gint64 minutes = MAX (ns, 0) / NS_PER_S / 60;

  if (minutes < 1)
    return g_strdup ("less than a minute");
  if (minutes < 120)
    return sr_counted ((guint64) minutes, "minute", "minutes");
  if (minutes < 48 * 60)
    return sr_counted ((guint64) minutes / 60, "hour", "hours");
  return sr_counted ((guint64) minutes / 60 / 24, "day", "days");
}

/* --- what the history says
 * ----------------------------------------------------------------------- */

static gboolean
is_good (const SrRun *run)
{
  return run->state == SR_RUN_DONE && run->level != SR_VERDICT_BROKEN &&
         run->level != SR_VERDICT_SUSPICIOUS;
}

/* Done, but not to be relied on. */
static gboolean
is_doubtful (const SrRun *run)
{
  return !is_good (run) && (run->state == SR_RUN_DONE || run->state == SR_RUN_INCOMPLETE);
}

static gboolean
is_failure (const SrRun *run)
{
  return run->state == SR_RUN_FAILED || run->state == SR_RUN_INTERRUPTED;
}

/* @doubtful: (out): the newest of those behind which no good one came */
static gboolean
find_backups (SrSiteStatus *self,
              SrHistory    *history,
              SrRun       **doubtful,
              GCancellable *cancellable,
              GError      **error)
{
  SrRunFilter filter = SR_RUN_FILTER_INIT;
  guint       got;

  filter.site = self->site;
  filter.action = BACKUP;
  filter.limit = PAGE;
  do
    {
      g_autoptr (GPtrArray) runs = sr_history_query (history, &filter, cancellable, error);

      if (runs == NULL)
        return FALSE;
      got = runs->len;
      for (guint i = 0; i < got && self->last_good == NULL; i++)
        {
          const SrRun *run = runs->pdata[i];

          if (is_good (run))
            self->last_good = sr_run_copy (run);
          else if (is_failure (run) && self->last_failure == NULL)
            self->last_failure = sr_run_copy (run);
          else if (is_doubtful (run) && *doubtful == NULL)
            *doubtful = sr_run_copy (run);
        }
      if (got > 0)
        filter.before_id = ((SrRun *) runs->pdata[got - 1])->id;
    }
  while (got == PAGE && self->last_good == NULL);
  return TRUE;
}

static gboolean
find_last_run (SrSiteStatus *self,
               SrHistory    *history,
               GCancellable *cancellable,
               GError      **error)
{
  SrRunFilter           filter = SR_RUN_FILTER_INIT;
  g_autoptr (GPtrArray) runs = NULL;

  filter.site = self->site;
  filter.limit = PAGE;
  runs = sr_history_query (history, &filter, cancellable, error);
  for (guint i = 0; runs != NULL && i < runs->len && self->last_run == NULL; i++)
    if (((SrRun *) runs->pdata[i])->state != SR_RUN_RUNNING)
      self->last_run = sr_run_copy (runs->pdata[i]);
  return runs != NULL;
}

/* --- what follows from it
 * ------------------------------------------------------------------------ */

static void
add_reason (SrSiteStatus *self,
            SrHealth      health,
            const char   *format,
            ...) G_GNUC_PRINTF (3, 4);

static void
add_reason (SrSiteStatus *self,
            SrHealth      health,
            const char   *format,
            ...)
{
  gboolean leads = sr_health_worse (self->health, health) != self->health;
  va_list  arguments;

  va_start (arguments, format);
  g_ptr_array_insert (self->reasons, leads ? 0 : -1, g_strdup_vprintf (format, arguments));
  va_end (arguments);
  self->health = sr_health_worse (health, self->health);
}

static void
judge_age (SrSiteStatus *self,
           gint64        warn_ns,
           gint64        critical_ns)
{
  g_autofree char *age = self->age_ns >= 0 ? sr_status_describe_age (self->age_ns) : NULL;

  if (age == NULL)
    add_reason (self, SR_HEALTH_CRITICAL, "There is no good backup yet");
  else if (self->age_ns >= critical_ns)
    add_reason (self, SR_HEALTH_CRITICAL, "The last good backup is %s old", age);
  else if (self->age_ns >= warn_ns)
    add_reason (self, SR_HEALTH_WARNING, "The last good backup is %s old", age);
}

static void
judge_backups (SrSiteStatus *self,
               const SrRun  *doubtful)
{
  const SrRun *failure = self->last_failure;

  if (failure != NULL)
    add_reason (self, SR_HEALTH_WARNING, "A later backup %s%s%s",
                failure->state == SR_RUN_FAILED ? "failed" : "was interrupted",
                failure->error != NULL ? ": " : "", failure->error != NULL ? failure->error : "");
  if (doubtful == NULL)
    return;
  if (doubtful->state == SR_RUN_INCOMPLETE)
    add_reason (self, SR_HEALTH_WARNING, "A later backup is incomplete");
  else
    add_reason (self, SR_HEALTH_WARNING, "A later backup is %s%s%s",
                sr_verdict_level_name ((SrVerdictLevel) doubtful->level),
                doubtful->sentence != NULL ? ": " : "",
                doubtful->sentence != NULL ? doubtful->sentence : "");
}

static void
look_at_vault (SrSiteStatus *self,
               const char   *location,
               GCancellable *cancellable)
{
  g_autoptr (GError) why = NULL;
  SrVaultPresence   *presence = g_new0 (SrVaultPresence, 1);

  presence->location = g_strdup (location);
  presence->reachable = sr_vault_exists (location, cancellable, &why);
  if (!presence->reachable)
    {
      presence->why = g_strdup (why != NULL ? why->message : "There is no vault");
      add_reason (self, SR_HEALTH_WARNING, "The vault “%s” cannot be reached: %s", location,
                  presence->why);
    }
  g_ptr_array_add (self->vaults, presence);
}

static void
look_at_vaults (SrSiteStatus *self,
                SrSite       *site,
                GCancellable *cancellable)
{
  GPtrArray *vaults = sr_site_get_vaults (site);

  for (guint i = 0; i < vaults->len; i++)
    look_at_vault (self, ((SrSiteVault *) vaults->pdata[i])->location, cancellable);
  if (vaults->len == 0)
    add_reason (self, SR_HEALTH_WARNING, "The site has no vault to keep backups in");
}

/* A good backup of the rest does not make up for what is in none. */
static void
look_at_sources (SrSiteStatus *self,
                 SrSite       *site)
{
  GPtrArray          *sources = sr_site_get_sources (site);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < sources->len; i++)
    {
      const SrSiteSource *source = sources->pdata[i];

      if (source->kind == SR_SOURCE_OTHER)
        g_string_append_printf (text, "%s“%s” (%s)", text->len > 0 ? ", " : "", source->location,
                                source->kind_name);
    }
  if (text->len > 0)
    add_reason (self, SR_HEALTH_WARNING, "Not protected: %s; no backup of the site holds it",
                text->str);
}

SrSiteStatus *
sr_site_status_read (SrHistory    *history,
                     SrSite       *site,
                     SrClock      *clock,
                     gint64        warn_ns,
                     gint64        critical_ns,
                     GCancellable *cancellable,
                     GError      **error)
{
  g_autoptr (SrSiteStatus) self = g_new0 (SrSiteStatus, 1);
  g_autoptr (SrRun)        doubtful = NULL;

  self->site = g_strdup (sr_site_get_id (site));
  self->name = g_strdup (sr_site_get_name (site));
  self->age_ns = -1;
  self->vaults = g_ptr_array_new_with_free_func (presence_free);
  self->reasons = g_ptr_array_new_with_free_func (g_free);
  if (!find_backups (self, history, &doubtful, cancellable, error) ||
      !find_last_run (self, history, cancellable, error))
    return NULL;
  /* A clock that was set back makes no backup older. */
  if (self->last_good != NULL)
    self->age_ns = MAX (sr_clock_now_ns (clock) - self->last_good->started_ns, 0);
  judge_age (self, warn_ns, critical_ns);
  judge_backups (self, doubtful);
  look_at_sources (self, site);
  look_at_vaults (self, site, cancellable);
  if (sr_check_cancelled (cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}
