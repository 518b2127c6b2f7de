/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-report.h"

#include "cli/sr-cli-json.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"

#include <string.h>

#define MAX_ERRORS 1000

void
sr_cli_report_init (SrCliReport *self,
                    SrCli       *cli)
{
  self->cli = cli;
  self->errors = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
  self->n_errors = 0;
}

void
sr_cli_report_clear (SrCliReport *self)
{
  g_clear_pointer (&self->errors, g_ptr_array_unref);
}

static void
keep_error (SrCliReport  *self,
            const char   *path,
            const char   *action,
            const GError *error)
{
  g_autoptr (JsonBuilder) builder = NULL;

  self->n_errors++;
  if (!self->cli->json || self->errors->len >= MAX_ERRORS)
    return;
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  sr_cli_json_add_name (builder, "path", path);
  sr_cli_json_add_string (builder, "action", action);
  sr_cli_json_add_error (builder, error);
  json_builder_end_object (builder);
  g_ptr_array_add (self->errors, json_builder_get_root (builder));
}

void
sr_cli_report_func (const char   *path,
                    const char   *action,
                    guint64       size,
                    const GError *error,
                    gpointer      user_data)
{
  SrCliReport     *self = user_data;
  g_autofree char *shown = NULL;
  /* Without privilege no owner can be set: that is told as a number, unless more is asked for. */
  gboolean is_minor = strcmp (action, "metadata") == 0;

  if (error != NULL)
    keep_error (self, path, action, error);
  if (self->cli->json || (!self->cli->verbose && (error == NULL || is_minor)))
    return;
  shown = sr_text_name (path);
  if (error != NULL)
    sr_cli_warn (self->cli, "%s  %s: %s", action, shown, error->message);
  else
    sr_cli_say (self->cli, "%s  %s", action, shown);
}

void
sr_cli_report_add_json (SrCliReport *self,
                        JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "errors");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->errors->len; i++)
    json_builder_add_value (builder, json_node_copy (g_ptr_array_index (self->errors, i)));
  json_builder_end_array (builder);
}
