/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-target.h"

static void
free_row (gpointer data)
{
  SrPreflightRow *row = data;

  g_free (row->title);
  g_free (row->sentence);
  g_free (row);
}

static void
free_loss (gpointer data)
{
  SrTargetLoss *loss = data;

  g_free (loss->name);
  g_free (loss);
}

SrPreflight *
sr_preflight_new (void)
{
  SrPreflight *self = g_new0 (SrPreflight, 1);

  self->rows = g_ptr_array_new_with_free_func (free_row);
  self->losses = g_ptr_array_new_with_free_func (free_loss);
  return self;
}

void
sr_preflight_free (SrPreflight *self)
{
  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->losses);
  g_free (self);
}

void
sr_preflight_add (SrPreflight *self,
                  const char  *title,
                  gboolean     ok,
                  gboolean     warning,
                  const char  *format,
                  ...)
{
  SrPreflightRow *row = g_new0 (SrPreflightRow, 1);
  va_list         args;

  row->title = g_strdup (title);
  row->ok = ok;
  row->warning = warning;
  va_start (args, format);
  row->sentence = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (self->rows, row);
}

void
sr_preflight_add_loss (SrPreflight *self,
                       const char  *name,
                       guint64      existing,
                       gint64       incoming)
{
  SrTargetLoss *loss = g_new0 (SrTargetLoss, 1);

  loss->name = g_strdup (name);
  loss->existing = existing;
  loss->incoming = incoming;
  g_ptr_array_add (self->losses, loss);
}

void
sr_preflight_add_file_loss (SrPreflight *self,
                            const char  *name,
                            guint64      existing,
                            gint64       incoming)
{
  SrTargetLoss *loss;

  sr_preflight_add_loss (self, name, existing, incoming);
  loss = g_ptr_array_index (self->losses, self->losses->len - 1);
  loss->in_bytes = TRUE;
}

void
sr_preflight_add_leftovers (SrPreflight *self,
                            GPtrArray   *names)
{
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *shown = g_filename_display_name (g_ptr_array_index (names, i));

      sr_preflight_add (self, "Left over", TRUE, TRUE,
                        "“%s” lies beside it, left by a restore that broke off or still runs. It "
                        "may be what stood there before; it is not touched.",
                        shown);
    }
}

gboolean
sr_preflight_is_ok (const SrPreflight *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (!((SrPreflightRow *) g_ptr_array_index (self->rows, i))->ok)
      return FALSE;
  return TRUE;
}
