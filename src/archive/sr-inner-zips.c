/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-inner-zips.h"
#include "base/sr-error.h"

static void
inner_zip_free (gpointer data)
{
  SrInnerZip *inner = data;

  g_free (inner->name);
  g_clear_object (&inner->zip);
  g_free (inner->reason);
  g_free (inner);
}

static SrZipReader *
open_inner (SrBackupFile *self,
            guint         index,
            GCancellable *cancellable,
            GError      **error)
{
  const SrContainerEntry  *entry = sr_container_get_entry (self->outer, index);
  g_autoptr (GInputStream) stream = NULL;
  SrZipReader             *zip = NULL;
  guint64                  size = 0;
  int                      fd;

  if (!sr_guard_enter (self->guard, entry->name, error))
    return NULL;
  stream = sr_container_open_entry (self->outer, index, cancellable, error);
  if (stream != NULL)
    {
      fd = sr_spool_stream (stream, entry->name, self->guard, self->temp_dir, &size, cancellable,
                            error);
      if (fd >= 0)
        zip = sr_zip_reader_new (fd, 0, size, self->guard, error);
    }
  sr_guard_leave (self->guard);
  return zip;
}

/* All entries of @zip below a folder of its name. */
static void
add_below (SrContainer *view,
           const char  *name,
           SrContainer *zip)
{
  guint n = sr_container_get_n_entries (zip);

  sr_view_container_add_folder (view, name);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = NULL;

      path = g_strconcat (name, "/", sr_container_get_entry (zip, i)->name, NULL);
      sr_view_container_add (view, path, zip, i, NULL, FALSE);
    }
}

static gboolean
add_inner (SrBackupFile *self,
           SrContainer  *view,
           guint         index,
           GPtrArray    *zips,
           GCancellable *cancellable,
           GError      **error)
{
  const SrContainerEntry *entry = sr_container_get_entry (self->outer, index);
  g_autoptr (GError)      reason = NULL;
  SrInnerZip             *inner;
  SrZipReader            *zip = open_inner (self, index, cancellable, &reason);

  if (zip == NULL && !sr_error_is (reason, SR_ERROR_DAMAGED) &&
      !sr_error_is (reason, SR_ERROR_INVALID) && !sr_error_is (reason, SR_ERROR_UNSUPPORTED))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  inner = g_new0 (SrInnerZip, 1);
  inner->name = g_strdup (entry->name);
  inner->zip = zip;
  inner->reason = reason != NULL ? g_strdup (reason->message) : NULL;
  g_ptr_array_add (zips, inner);
  if (zip != NULL)
    add_below (view, entry->name, SR_CONTAINER (zip));
  else
    sr_view_container_add (view, entry->name, self->outer, index, NULL, FALSE);
  return TRUE;
}

GPtrArray *
sr_backup_file_show_inner_zips (SrBackupFile      *self,
                                const char *const *names,
                                GCancellable      *cancellable,
                                GError           **error)
{
  g_autoptr (GPtrArray)   zips = g_ptr_array_new_with_free_func (inner_zip_free);
  g_autoptr (SrContainer) view = sr_view_container_new (sr_container_get_title (self->outer));
  guint                   n = sr_container_get_n_entries (self->outer);

  for (guint i = 0; i < n; i++)
    {
      const SrContainerEntry *entry = sr_container_get_entry (self->outer, i);

      if (entry->type != SR_ENTRY_FILE || !g_strv_contains (names, entry->name))
        sr_view_container_add (view, entry->name, self->outer, i, NULL, FALSE);
      else if (!add_inner (self, view, i, zips, cancellable, error))
        return NULL;
    }
  sr_backup_file_set_container (self, view);
  return g_steal_pointer (&zips);
}

gboolean
sr_judge_inner_zips (SrJudge   *judge,
                     GPtrArray *zips,
                     GError   **error)
{
  for (guint i = 0; i < zips->len; i++)
    {
      const SrInnerZip *inner = g_ptr_array_index (zips, i);

      if (inner->zip == NULL)
        sr_verdict_add (judge->verdict, "zip.inner", "Inner archives", SR_ASPECT_INTACT,
                        SR_CHECK_FAILED, "“%s” cannot be opened: %s.", inner->name, inner->reason);
      else if (!judge->options->quick && !sr_judge_zip (judge, inner->zip, inner->name, error))
        return FALSE;
    }
  return TRUE;
}

const SrInnerZip *
sr_inner_zips_find (GPtrArray  *zips,
                    const char *name)
{
  for (guint i = 0; zips != NULL && i < zips->len; i++)
    {
      const SrInnerZip *inner = g_ptr_array_index (zips, i);

      if (strcmp (inner->name, name) == 0)
        return inner;
    }
  return NULL;
}
