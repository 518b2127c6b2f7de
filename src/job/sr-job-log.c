/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-job-log.h"

#include "base/sr-words.h"

#define NS_PER_SECOND ((gint64) 1000000000)

struct _SrJobLog
{
  GMutex     lock;
  GPtrArray *entries; /* (element-type SrLogEntry); under lock, as is all below */
  guint64    left_out;
};

void
sr_log_entry_free (SrLogEntry *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_free (self);
}

const char *
sr_log_level_name (SrLogLevel level)
{
  static const char *const names[] = { "detail", "note", "warning", "error" };

  return (guint) level < G_N_ELEMENTS (names) ? names[level] : "note";
}

static SrLogEntry *
new_entry (gint64     time_ns,
           SrLogLevel level,
           char      *text)
{
  SrLogEntry *self = g_new0 (SrLogEntry, 1);

  self->time_ns = time_ns;
  self->level = level;
  self->text = text;
  return self;
}

SrJobLog *
sr_job_log_new (void)
{
  SrJobLog *self = g_new0 (SrJobLog, 1);

  g_mutex_init (&self->lock);
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_log_entry_free);
  return self;
}

void
sr_job_log_free (SrJobLog *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->entries);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
sr_job_log_add (SrJobLog  *self,
                gint64     time_ns,
                SrLogLevel level,
                char      *text)
{
  guint room = level == SR_LOG_DETAIL ? SR_JOB_LOG_DETAILS_SIZE : SR_JOB_LOG_SIZE;

  if (!g_utf8_validate (text, -1, NULL))
    {
      char *valid = g_utf8_make_valid (text, -1);

      g_free (text);
      text = valid;
    }
  g_mutex_lock (&self->lock);
  if (self->entries->len < room)
    {
      g_ptr_array_add (self->entries, new_entry (time_ns, level, text));
      text = NULL;
    }
  else
    self->left_out++;
  g_mutex_unlock (&self->lock);
  g_free (text);
}

guint
sr_job_log_get_size (SrJobLog *self)
{
  guint size;

  g_mutex_lock (&self->lock);
  size = self->entries->len;
  g_mutex_unlock (&self->lock);
  return size;
}

GPtrArray *
sr_job_log_get (SrJobLog *self,
                guint     first)
{
  GPtrArray *copies = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_log_entry_free);

  g_mutex_lock (&self->lock);
  for (guint i = first; i < self->entries->len; i++)
    {
      const SrLogEntry *entry = g_ptr_array_index (self->entries, i);

      g_ptr_array_add (copies, new_entry (entry->time_ns, entry->level, g_strdup (entry->text)));
    }
  g_mutex_unlock (&self->lock);
  return copies;
}

static void
append_entry (GString          *text,
              const SrLogEntry *entry)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (entry->time_ns / NS_PER_SECOND);
  g_autofree char      *shown =
      time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup ("?");

  g_string_append_printf (text, "%s %s: %s\n", shown, sr_log_level_name (entry->level),
                          entry->text);
}

char *
sr_job_log_to_text (SrJobLog *self)
{
  GString *text = g_string_new (NULL);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->entries->len; i++)
    append_entry (text, g_ptr_array_index (self->entries, i));
  if (self->left_out > 0)
    {
      g_autofree char *counted =
          sr_counted (self->left_out, "further entry was", "further entries were");

      g_string_append_printf (text, "%s left out: there is no room for more\n", counted);
    }
  g_mutex_unlock (&self->lock);
  return g_string_free (text, FALSE);
}
