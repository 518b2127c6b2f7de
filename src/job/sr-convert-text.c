/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-convert-text.h"

#include "record/sr-json-text.h"

#include <string.h>

static void
begin_value (SrConvertText *self,
             const char    *name)
{
  if (self->depth > 0)
    {
      g_string_append (self->text, self->is_empty ? "\n" : ",\n");
      g_string_append_printf (self->text, "%*s", (int) (2 * self->depth), "");
    }
  if (name != NULL)
    {
      sr_json_text_append_string (self->text, name, strlen (name));
      g_string_append (self->text, ": ");
    }
  self->is_empty = FALSE;
}

void
sr_convert_text_init (SrConvertText *self)
{
  *self = (SrConvertText){ .text = g_string_new (NULL) };
  sr_convert_text_open (self, NULL, '{');
}

void
sr_convert_text_open (SrConvertText *self,
                      const char    *name,
                      char           bracket)
{
  begin_value (self, name);
  g_string_append_c (self->text, bracket);
  self->depth++;
  self->is_empty = TRUE;
}

void
sr_convert_text_close (SrConvertText *self,
                       char           bracket)
{
  self->depth--;
  if (!self->is_empty)
    g_string_append_printf (self->text, "\n%*s", (int) (2 * self->depth), "");
  g_string_append_c (self->text, bracket);
  self->is_empty = FALSE;
}

void
sr_convert_text_add_string (SrConvertText *self,
                            const char    *name,
                            const char    *value)
{
  begin_value (self, name);
  if (value == NULL)
    g_string_append (self->text, "null");
  else
    sr_json_text_append_string (self->text, value, strlen (value));
}

void
sr_convert_text_add_number (SrConvertText *self,
                            const char    *name,
                            guint64        value)
{
  begin_value (self, name);
  g_string_append_printf (self->text, "%" G_GUINT64_FORMAT, value);
}

void
sr_convert_text_add_bool (SrConvertText *self,
                          const char    *name,
                          gboolean       value)
{
  begin_value (self, name);
  g_string_append (self->text, value ? "true" : "false");
}

GBytes *
sr_convert_text_finish (SrConvertText *self)
{
  sr_convert_text_close (self, '}');
  return g_string_free_to_bytes (g_steal_pointer (&self->text));
}

char *
sr_convert_time_text (GDateTime *when)
{
  g_autoptr (GDateTime) utc = g_date_time_to_utc (when);
  g_autofree char      *seconds = g_date_time_format (utc, "%Y-%m-%dT%H:%M:%S");

  return g_strdup_printf ("%s.%03dZ", seconds, g_date_time_get_microsecond (utc) / 1000);
}
