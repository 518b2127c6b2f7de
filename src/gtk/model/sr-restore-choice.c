/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/model/sr-restore-choice.h"

#include "gtk/model/sr-say.h"
#include <string.h>

SrRestoreChoice *
sr_restore_choice_new (void)
{
  SrRestoreChoice *self = g_new0 (SrRestoreChoice, 1);

  g_atomic_ref_count_init (&self->references);
  return self;
}

SrRestoreChoice *
sr_restore_choice_ref (SrRestoreChoice *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
sr_restore_choice_unref (SrRestoreChoice *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->path);
  g_clear_pointer (&self->key, sr_secret_unref);
  g_strfreev (self->collections);
  g_strfreev (self->terms);
  g_strfreev (self->files);
  g_free (self->location);
  g_clear_pointer (&self->password, sr_secret_unref);
  g_free (self->safety);
  g_free (self);
}

/* --- location
 * ----------------------------------------------------------------------------------- */

static void
append_escaped (GString    *url,
                const char *before,
                const char *text)
{
  g_autofree char *escaped = NULL;

  if (text == NULL || text[0] == '\0')
    return;
  escaped = g_uri_escape_string (text, NULL, TRUE);
  g_string_append_printf (url, "%s%s", before, escaped);
}

static void
append_option (GString    *url,
               gboolean   *has_options,
               const char *name,
               const char *value)
{
  g_autofree char *before = g_strdup_printf ("%s%s=", *has_options ? "&" : "?", name);

  if (value == NULL || value[0] == '\0')
    return;
  append_escaped (url, before, value);
  *has_options = TRUE;
}

/* An IPv6 address stands in brackets, and its colons as they are. */
static void
append_host (GString    *url,
             const char *host)
{
  if (host == NULL || host[0] == '\0')
    return;
  if (strchr (host, ':') != NULL && host[0] != '[')
    g_string_append_printf (url, "[%s]", host);
  else if (host[0] == '[')
    g_string_append (url, host);
  else
    append_escaped (url, "", host);
}

char *
sr_restore_choice_make_url (const SrTargetLocation *location)
{
  g_autoptr (GString) url = g_string_new (
      location->kind == SR_LOCATION_POSTGRES ? "postgresql://" : "mariadb://");
  gboolean has_options = FALSE;

  if (location->user != NULL && location->user[0] != '\0')
    {
      append_escaped (url, "", location->user);
      g_string_append_c (url, '@');
    }
  append_host (url, location->host);
  if (location->port > 0)
    g_string_append_printf (url, ":%u", location->port);
  g_string_append_c (url, '/');
  append_escaped (url, "", location->database);
  append_option (url, &has_options, "socket", location->socket);
  append_option (url, &has_options, "schema", location->schema);
  append_option (url, &has_options, "tls", location->tls);
  return g_string_free (g_steal_pointer (&url), FALSE);
}

/* --- command
 * ------------------------------------------------------------------------------------ */

static void
add (GPtrArray  *arguments,
     const char *text)
{
  g_ptr_array_add (arguments, g_strdup (text));
}

static void
add_option (GPtrArray  *arguments,
            const char *name,
            const char *value)
{
  add (arguments, name);
  g_ptr_array_add (arguments, sr_say_argument (value));
}

static void
add_restore (const SrRestoreChoice *self,
             GPtrArray             *arguments)
{
  add_option (arguments, "--into", self->location);
  for (guint i = 0; self->terms != NULL && self->terms[i] != NULL; i++)
    {
      g_autofree char *term = g_strconcat ("--where=", self->terms[i], NULL);

      add (arguments, term);
    }
  for (guint i = 0; self->files != NULL && self->files[i] != NULL; i++)
    {
      g_autofree char *entry = g_strconcat ("--entry=", self->files[i], NULL);

      add (arguments, entry);
    }
  if (self->replace)
    {
      add (arguments, "--replace");
      if (self->safety != NULL)
        add_option (arguments, "--safety", self->safety);
    }
  if (self->accept)
    add (arguments, "--accept-broken");
  if (self->password != NULL)
    {
      add (arguments, "--target-password-file");
      add (arguments, "PASSWORDFILE");
    }
}

char *
sr_restore_choice_to_command (const SrRestoreChoice *self)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new_with_free_func (g_free);

  add (arguments, "strongroomctl");
  add (arguments, self->where == SR_RESTORE_TO_FILE ? "convert" : "restore-file");
  g_ptr_array_add (arguments, sr_say_argument (self->path));
  for (guint i = 0; self->collections != NULL && self->collections[i] != NULL; i++)
    add (arguments, self->collections[i]);
  if (self->where == SR_RESTORE_TO_FILE)
    {
      add_option (arguments, "--as", sr_convert_format_name (self->format));
      add_option (arguments, "--output", self->location);
    }
  else
    add_restore (self, arguments);
  if (self->key != NULL)
    {
      add (arguments, "--key-file");
      add (arguments, "KEYFILE");
    }
  g_ptr_array_add (arguments, NULL);
  return sr_say_command ((const char *const *) arguments->pdata);
}
