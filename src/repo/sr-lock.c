/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <string.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "base/sr-user.h"
#include "repo/sr-json-writer.h"
#include "repo/sr-lock-owner.h"
#include "repo/sr-lock-private.h"

#define NS_PER_SECOND G_GINT64_CONSTANT (1000000000)
#define NS_PER_MINUTE (60 * NS_PER_SECOND)

/* restic's times (format notes 1.9) */
#define SETTLE_US     (200 * 1000)
#define REFRESH_NS    (5 * NS_PER_MINUTE)
#define GIVE_UP_NS    (22 * NS_PER_MINUTE + NS_PER_MINUTE / 2)
#define STALE_SECONDS (30 * 60)
/* The thread looks at the clock this often, so that a computer that slept is soon up to date. */
#define TICK_US (10 * G_USEC_PER_SEC)
/* While waiting for another's lock. */
#define FIRST_PAUSE_US (500 * 1000)
#define MAX_PAUSE_US   (10 * G_USEC_PER_SEC)

/* Pauses in seconds before an unreadable lock is read again: it may be half written. */
static const guint unreadable_pauses[] = { 5, 10, 20 };

struct _SrLock
{
  SrRepo     *repo;
  gboolean    exclusive;
  SrLockOwner owner;

  GMutex  lock;
  SrId    id;           /* of the current file; under lock */
  GArray *left_over;    /* of SrId: files that could not be removed; under lock */
  gint64  refreshed_ns; /* wall clock; under lock */
  GError *lost;         /* why we no longer hold it; under lock */

  GThread *thread;
  GMutex   stop_lock;
  GCond    stop_changed;
  gboolean stop; /* under stop_lock */
};

static gint64
now_ns (SrLock *self)
{
  return sr_clock_now_ns (sr_repo_get_clock (self->repo));
}

static SrLock *
lock_new (SrRepo  *repo,
          gboolean exclusive)
{
  SrLock *self = g_new0 (SrLock, 1);

  self->repo = g_object_ref (repo);
  self->exclusive = exclusive;
  sr_lock_owner_init_self (&self->owner);
  self->left_over = g_array_new (FALSE, FALSE, sizeof (SrId));
  g_mutex_init (&self->lock);
  g_mutex_init (&self->stop_lock);
  g_cond_init (&self->stop_changed);
  return self;
}

static void
lock_free (SrLock *self)
{
  g_object_unref (self->repo);
  sr_lock_owner_clear (&self->owner);
  g_clear_error (&self->lost);
  g_array_unref (self->left_over);
  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->stop_lock);
  g_cond_clear (&self->stop_changed);
  g_free (self);
}

static GString *
encode (SrLock *self,
        gint64  ns)
{
  GString         *json = g_string_new ("{\"time\":\"");
  struct timespec  time = { ns / NS_PER_SECOND, ns % NS_PER_SECOND };
  g_autofree char *user = g_utf8_make_valid (sr_get_user_name (), -1);

  sr_time_append_local (json, &time);
  g_string_append_printf (json, "\",\"exclusive\":%s,\"hostname\":",
                          self->exclusive ? "true" : "false");
  sr_json_append_string (json, self->owner.hostname, -1);
  g_string_append (json, ",\"username\":");
  sr_json_append_string (json, user, -1);
  g_string_append_printf (json, ",\"pid\":%" G_GINT64_FORMAT, self->owner.origin.pid);
  if (getuid () != 0)
    g_string_append_printf (json, ",\"uid\":%u", getuid ());
  if (getgid () != 0)
    g_string_append_printf (json, ",\"gid\":%u", getgid ());
  if (self->owner.origin.is_known)
    {
      g_string_append_c (json, ',');
      sr_lock_owner_append_origin (&self->owner, json);
    }
  g_string_append_c (json, '}');
  return json;
}

static void
remove_left_over (SrLock *self)
{
  for (guint i = self->left_over->len; i > 0; i--)
    if (sr_lock_remove_file (self->repo, &g_array_index (self->left_over, SrId, i - 1), NULL, NULL))
      g_array_remove_index_fast (self->left_over, i - 1);
}

/* Removes a file of ours, now or later. */
static void
remove_file (SrLock     *self,
             const SrId *id)
{
  g_array_append_val (self->left_over, *id);
  remove_left_over (self);
}

/* Writes a new lock file. */
static gboolean
write_file (SrLock       *self,
            SrId         *id,
            gint64       *ns,
            GCancellable *cancellable,
            GError      **error)
{
  g_autoptr (GString) json = NULL;

  *ns = now_ns (self);
  json = encode (self, *ns);
  memset (id, 0, sizeof *id);
  if (sr_repo_save_unpacked (self->repo, SR_FILE_LOCK, json->str, json->len, id, cancellable,
                             error))
    return TRUE;
  /* It may be there all the same: only the answer got lost. */
  remove_file (self, id);
  return FALSE;
}

static void
set_locked (SrRepo           *repo,
            const SrLockInfo *info,
            GError          **error)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (info->time.ts.tv_sec);
  g_autofree char      *since = time != NULL ? g_date_time_format (time, "%F %T") : NULL;
  gint64                age = sr_clock_now_ns (sr_repo_get_clock (repo)) / NS_PER_SECOND -
               (gint64) info->time.ts.tv_sec;

  const char      *user = info->username != NULL ? info->username : "?";
  const char      *host = info->hostname != NULL ? info->hostname : "?";
  g_autofree char *advice = NULL;

  if (!info->readable)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_LOCKED,
                           "The vault has a lock that cannot be read; if no other program works "
                           "on the vault, “unlock --all” removes it");
      return;
    }
  if (info->stale)
    advice = g_strdup_printf ("That is %" G_GINT64_FORMAT " minutes ago: it has probably ended "
                              "badly. “unlock” removes its lock",
                              age / 60);
  g_set_error (error, SR_ERROR, SR_ERROR_LOCKED,
               "The vault is locked%s by process %" G_GINT64_FORMAT " of %s on %s, which last "
               "refreshed its lock at %s. %s",
               info->exclusive ? " exclusively" : "", info->pid, user, host,
               since != NULL ? since : "?", advice != NULL ? advice : "Wait until it is done");
}

/* Reads all locks but @own once. Removes those of dead owners. @unreadable: (out)
 * Returns: %FALSE with %SR_ERROR_LOCKED if one conflicts */
static gboolean
check_others_once (SrLock       *self,
                   const SrId   *own,
                   gboolean     *unreadable,
                   GCancellable *cancellable,
                   GError      **error)
{
  g_autoptr (GPtrArray) infos = sr_lock_list (self->repo, cancellable, error);

  *unreadable = FALSE;
  if (infos == NULL)
    return FALSE;
  for (guint i = 0; i < infos->len; i++)
    {
      const SrLockInfo *info = infos->pdata[i];

      if (own != NULL && sr_id_equal (&info->id, own))
        continue;
      if (info->owner_dead && sr_lock_remove_file (self->repo, &info->id, cancellable, NULL))
        continue;
      if (info->readable && !info->exclusive && !self->exclusive)
        continue;
      *unreadable = !info->readable;
      set_locked (self->repo, info, error);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_others (SrLock       *self,
              const SrId   *own,
              GCancellable *cancellable,
              GError      **error)
{
  for (guint i = 0;; i++)
    {
      g_autoptr (GError) why = NULL;
      gboolean           unreadable;

      if (check_others_once (self, own, &unreadable, cancellable, &why))
        return TRUE;
      if (!unreadable || i == G_N_ELEMENTS (unreadable_pauses))
        {
          g_propagate_error (error, g_steal_pointer (&why));
          return FALSE;
        }
      if (!sr_clock_sleep (sr_repo_get_clock (self->repo),
                           unreadable_pauses[i] * (gint64) G_USEC_PER_SEC, cancellable, error))
        return FALSE;
    }
}

/* One attempt: look, write, wait until others may have seen it, look again. */
static gboolean
try_to_lock (SrLock       *self,
             GCancellable *cancellable,
             GError      **error)
{
  SrId   id;
  gint64 ns;

  if (!check_others (self, NULL, cancellable, error) ||
      !write_file (self, &id, &ns, cancellable, error))
    return FALSE;
  if (sr_clock_sleep (sr_repo_get_clock (self->repo), SETTLE_US, cancellable, error) &&
      check_others (self, &id, cancellable, error))
    {
      self->id = id;
      self->refreshed_ns = ns;
      return TRUE;
    }
  remove_file (self, &id);
  return FALSE;
}

static gboolean
lock_patiently (SrLock       *self,
                gint64        wait_us,
                GCancellable *cancellable,
                GError      **error)
{
  SrClock *clock = sr_repo_get_clock (self->repo);
  gint64   end = sr_clock_monotonic_us (clock) + wait_us;
  gint64   pause = FIRST_PAUSE_US;

  for (;;)
    {
      g_autoptr (GError) why = NULL;
      gint64             left;

      if (try_to_lock (self, cancellable, &why))
        return TRUE;
      left = end - sr_clock_monotonic_us (clock);
      if (!sr_error_is (why, SR_ERROR_LOCKED) || left <= 0)
        {
          g_propagate_error (error, g_steal_pointer (&why));
          return FALSE;
        }
      /* Not in step with another who waits for the same. */
      if (!sr_clock_sleep (clock,
                           MIN (pause / 2 + g_random_int_range (0, (gint32) pause / 2), left),
                           cancellable, error))
        return FALSE;
      pause = MIN (pause * 2, MAX_PAUSE_US);
    }
}

/* Under lock. Somebody took our lock away, and may be deleting what we rely on: that cannot be
 * mended by writing a new one. */
static gboolean
lose (SrLock  *self,
      GError **error)
{
  if (self->lost == NULL)
    self->lost = g_error_new_literal (SR_ERROR, SR_ERROR_LOCKED,
                                      "The lock on the vault was removed by another program, which "
                                      "may have changed the vault; nothing more is written. Start "
                                      "again");
  g_propagate_error (error, g_error_copy (self->lost));
  return FALSE;
}

/* Under lock. Returns: whether our file is there; %FALSE with @error if not, or if that cannot be
 * told */
static gboolean
check_file (SrLock       *self,
            GCancellable *cancellable,
            GError      **error)
{
  g_autoptr (GError) why = NULL;
  guint64            size;

  if (sr_storage_get_size (sr_repo_get_storage (self->repo), SR_FILE_LOCK, &self->id, &size,
                           cancellable, &why))
    return TRUE;
  if (sr_error_is (why, SR_ERROR_NOT_FOUND))
    return lose (self, error);
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

/* Under lock. A new file first, so that at no moment we have none. The old one has to be there
 * before and after that: what was removed must not come back. */
static gboolean
refresh (SrLock       *self,
         GCancellable *cancellable,
         GError      **error)
{
  SrId   id;
  SrId   old = self->id;
  gint64 ns;

  if (!check_file (self, cancellable, error) || !write_file (self, &id, &ns, cancellable, error))
    return FALSE;
  if (!check_file (self, cancellable, error))
    {
      remove_file (self, &id);
      return FALSE;
    }
  self->id = id;
  self->refreshed_ns = ns;
  remove_file (self, &old);
  return TRUE;
}

/* Under lock. The wall clock counts, as it goes on while a computer sleeps; one that was set back
 * needs a new file too. */
static gboolean
is_older_than (SrLock *self,
               gint64  ns)
{
  gint64 age = now_ns (self) - self->refreshed_ns;

  return age >= ns || age < 0;
}

gboolean
sr_lock_refresh (SrLock  *self,
                 GError **error)
{
  gboolean ok = TRUE;

  g_mutex_lock (&self->lock);
  if (self->lost != NULL)
    ok = lose (self, error);
  else if (is_older_than (self, REFRESH_NS))
    ok = refresh (self, NULL, error);
  g_mutex_unlock (&self->lock);
  return ok;
}

gboolean
sr_lock_check (SrLock       *self,
               GCancellable *cancellable,
               GError      **error)
{
  gboolean ok;

  g_mutex_lock (&self->lock);
  if (self->lost != NULL)
    ok = lose (self, error);
  else if (is_older_than (self, GIVE_UP_NS))
    ok = refresh (self, cancellable, error);
  else
    ok = check_file (self, cancellable, error);
  g_mutex_unlock (&self->lock);
  return ok;
}

static gpointer
keep_fresh (gpointer data)
{
  SrLock *self = data;

  g_mutex_lock (&self->stop_lock);
  while (!self->stop)
    {
      g_autoptr (GError) error = NULL;

      g_cond_wait_until (&self->stop_changed, &self->stop_lock, g_get_monotonic_time () + TICK_US);
      if (self->stop)
        break;
      g_mutex_unlock (&self->stop_lock);
      if (!sr_lock_refresh (self, &error))
        g_info ("The lock could not be refreshed: %s", error->message);
      g_mutex_lock (&self->stop_lock);
    }
  g_mutex_unlock (&self->stop_lock);
  return NULL;
}

SrLock *
sr_lock_acquire (SrRepo       *repo,
                 gboolean      exclusive,
                 gint64        wait_us,
                 GCancellable *cancellable,
                 GError      **error)
{
  SrLock *self = lock_new (repo, exclusive);

  if (!lock_patiently (self, wait_us, cancellable, error))
    {
      lock_free (self);
      return NULL;
    }
  self->thread = g_thread_new ("lock", keep_fresh, self);
  return self;
}

void
sr_lock_release (SrLock *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->stop_lock);
  self->stop = TRUE;
  g_cond_signal (&self->stop_changed);
  g_mutex_unlock (&self->stop_lock);
  g_thread_join (self->thread);
  remove_file (self, &self->id);
  /* it would keep others out: once more */
  remove_left_over (self);
  if (self->left_over->len > 0)
    g_info ("A lock could not be removed; it counts as given up when this process has ended");
  lock_free (self);
}
