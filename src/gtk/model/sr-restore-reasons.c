/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/model/sr-restore-model-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/sr-error.h"
#include "gtk/model/sr-choice-item.h"
#include "gtk/model/sr-say.h"
#include "record/sr-search.h"

/* --- what can be chosen
 * ------------------------------------------------------------------------- */

static const char *
find_records_problem (SrRestoreModel *self)
{
  return sr_file_model_get_reason (self->file, SR_FILE_RECORDS);
}

const char *
sr_restore_model_get_what_problem (SrRestoreModel *self,
                                   SrRestoreWhat   what)
{
  switch (what)
    {
    case SR_RESTORE_COLLECTIONS:
    case SR_RESTORE_RECORDS:
      return find_records_problem (self);
    case SR_RESTORE_FILES:
      if (g_list_model_get_n_items (sr_restore_model_get_entries (self)) < 2)
        return _ ("The backup is one single file.");
      return NULL;
    case SR_RESTORE_ALL:
    default:
      return NULL;
    }
}

static const char *
find_database_problem (SrRestoreModel *self,
                       SrRestoreWhere  where)
{
  if (self->what == SR_RESTORE_FILES)
    return _ ("Chosen files go into a folder.");
  if (where == SR_RESTORE_TO_MARIADB && !SR_HAVE_LIBMARIADB)
    return _ ("This program was built without a client for MariaDB and MySQL.");
  if (where == SR_RESTORE_TO_POSTGRES && !SR_HAVE_LIBPQ)
    return _ ("This program was built without a client for PostgreSQL.");
  return find_records_problem (self);
}

const char *
sr_restore_model_get_where_problem (SrRestoreModel *self,
                                    SrRestoreWhere  where)
{
  switch (where)
    {
    case SR_RESTORE_TO_FOLDER:
      if (self->what == SR_RESTORE_COLLECTIONS || self->what == SR_RESTORE_RECORDS)
        return _ ("Chosen records go into a database or a new file; a folder takes files.");
      return NULL;
    case SR_RESTORE_TO_FILE:
      if (self->what == SR_RESTORE_RECORDS)
        return _ ("Records that a search found go into a database.");
      if (self->what == SR_RESTORE_FILES)
        return _ ("Chosen files go into a folder.");
      return NULL;
    case SR_RESTORE_TO_SQLITE:
    case SR_RESTORE_TO_MARIADB:
    case SR_RESTORE_TO_POSTGRES:
    default:
      return find_database_problem (self, where);
    }
}

void
sr_restore_model_leave_impossible (SrRestoreModel *self)
{
  for (guint where = 0; where < SR_N_RESTORE_WHERE; where++)
    {
      if (sr_restore_model_get_where_problem (self, self->where) == NULL)
        return;
      if (sr_restore_model_get_where_problem (self, where) == NULL)
        g_object_set (self, "where", where, NULL);
    }
}

/* --- what is missing
 * ---------------------------------------------------------------------------- */

/* Returns: (transfer full) (nullable): the terms of the search; %NULL with @error set */
static char **
parse_terms (SrRestoreModel *self,
             GError        **error)
{
  char           **terms = NULL;
  g_autofree char *text = g_strstrip (g_strdup (self->texts[PROP_TERMS]));
  SrSearch        *search;

  if (text[0] == '\0')
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                           _ ("Say which records: a word in them, or FIELD=VALUE."));
      return NULL;
    }
  if (!g_shell_parse_argv (text, NULL, &terms, NULL))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                           _ ("A quotation mark has no partner."));
      return NULL;
    }
  search = sr_search_new ((const char *const *) terms, error);
  if (search == NULL)
    g_clear_pointer (&terms, g_strfreev);
  else
    sr_search_free (search);
  return terms;
}

static void
find_what_reason (SrRestoreModel *self)
{
  const char        *problem = sr_restore_model_get_what_problem (self, self->what);
  g_autoptr (GError) error = NULL;

  if (problem == NULL && self->what == SR_RESTORE_COLLECTIONS &&
      sr_choice_list_count_chosen (sr_restore_model_get_collections (self)) == 0)
    problem = _ ("Choose at least one collection.");
  if (problem == NULL && self->what == SR_RESTORE_FILES &&
      sr_choice_list_count_chosen (sr_restore_model_get_entries (self)) == 0)
    problem = _ ("Choose at least one file.");
  if (problem == NULL && self->what == SR_RESTORE_RECORDS)
    {
      g_auto (GStrv) terms = parse_terms (self, &error);

      problem = terms == NULL ? error->message : NULL;
    }
  sr_restore_model_set_text (self, PROP_WHAT_REASON, problem);
}

gboolean
sr_restore_model_is_server (SrRestoreModel *self)
{
  return self->where == SR_RESTORE_TO_MARIADB || self->where == SR_RESTORE_TO_POSTGRES;
}

static const char *
find_path_problem (SrRestoreModel *self)
{
  const char *path = self->texts[PROP_PATH];

  if (path[0] == '\0')
    return self->where == SR_RESTORE_TO_FOLDER ? _ ("Choose a folder.") : _ ("Choose a file.");
  if (!g_path_is_absolute (path))
    return _ ("Write the whole path, beginning with a slash.");
  return NULL;
}

static const char *
find_server_problem (SrRestoreModel *self)
{
  const char *port = self->texts[PROP_PORT];

  if (self->texts[PROP_DATABASE][0] == '\0')
    return _ ("Name the database.");
  if (port[0] != '\0' && !g_ascii_string_to_unsigned (port, 10, 1, 65535, NULL, NULL))
    return _ ("A port is a number from 1 to 65535.");
  return NULL;
}

static char *
make_location (SrRestoreModel *self)
{
  SrTargetLocation parts = {
    .kind = self->where == SR_RESTORE_TO_POSTGRES ? SR_LOCATION_POSTGRES : SR_LOCATION_MARIADB,
    .user = self->texts[PROP_USER],
    .host = self->texts[PROP_HOST],
    .port = (guint) g_ascii_strtoull (self->texts[PROP_PORT], NULL, 10),
    .socket = self->texts[PROP_SOCKET],
    .database = self->texts[PROP_DATABASE],
    .schema = self->where == SR_RESTORE_TO_POSTGRES ? self->texts[PROP_SCHEMA] : NULL,
    .tls = self->texts[PROP_TLS],
  };

  if (self->where == SR_RESTORE_TO_FOLDER)
    return g_strconcat ("folder:", self->texts[PROP_PATH], NULL);
  if (self->where == SR_RESTORE_TO_SQLITE)
    return g_strconcat ("sqlite:", self->texts[PROP_PATH], NULL);
  if (self->where == SR_RESTORE_TO_FILE)
    return g_strdup (self->texts[PROP_PATH]);
  return sr_restore_choice_make_url (&parts);
}

static void
find_where_reason (SrRestoreModel *self)
{
  const char        *problem = sr_restore_model_get_where_problem (self, self->where);
  g_autoptr (GError) error = NULL;

  if (problem == NULL)
    problem =
        sr_restore_model_is_server (self) ? find_server_problem (self) : find_path_problem (self);
  if (problem == NULL && self->where != SR_RESTORE_TO_FILE)
    {
      g_autofree char             *location = make_location (self);
      g_autoptr (SrTargetLocation) parts = sr_target_location_parse (location, &error);

      problem = parts == NULL ? error->message : NULL;
    }
  sr_restore_model_set_text (self, PROP_WHERE_REASON, problem);
}

gboolean
sr_restore_model_is_broken (SrRestoreModel *self)
{
  SrVerdict *verdict = sr_file_model_get_verdict (self->file);

  return verdict != NULL && sr_verdict_get_level (verdict) == SR_VERDICT_BROKEN;
}

static void
find_loss_reason (SrRestoreModel *self)
{
  const char *problem = NULL;

  if (strcmp (self->texts[PROP_CHECKS_STATE], "passed") != 0)
    problem = _ ("The target has not passed the checks.");
  else if (sr_restore_model_is_broken (self) && !self->accept)
    problem = _ ("The backup is broken. Say that what is whole of it shall be restored.");
  else if (self->loses && self->texts[PROP_SAFETY][0] == '\0')
    problem = _ ("Choose a file that what is there is saved to first.");
  else if (self->loses && !g_path_is_absolute (self->texts[PROP_SAFETY]))
    problem = _ ("Write the whole path of the safety backup, beginning with a slash.");
  else if (self->loses &&
           strcmp (self->texts[PROP_TYPED_NAME], self->texts[PROP_EXPECTED_NAME]) != 0)
    problem = _ ("Type the name to confirm.");
  sr_restore_model_set_text (self, PROP_LOSS_REASON, problem);
}

/* What must be typed: the last part of what is replaced. */
static void
find_expected_name (SrRestoreModel *self)
{
  g_autofree char *base = g_path_get_basename (self->texts[PROP_PATH]);
  g_autofree char *shown = sr_say_name (base);

  sr_restore_model_set_text (self, PROP_EXPECTED_NAME,
                             sr_restore_model_is_server (self) ? self->texts[PROP_DATABASE]
                                                               : shown);
}

/* Beside what is replaced, or in the person's home, with the time in its name. */
static void
propose_safety (SrRestoreModel *self)
{
  static const char *const suffixes[] = { ".tar", ".db", ".sql", ".sql", "" };
  g_autoptr (GDateTime)    now = g_date_time_new_now_local ();
  g_autofree char         *when = g_date_time_format (now, "%Y-%m-%d-%H%M%S");
  g_autofree char         *name = NULL;
  g_autofree char         *path = NULL;
  g_autofree char         *folder = NULL;

  if (!self->safety_is_mine)
    return;
  if (sr_restore_model_is_server (self))
    folder = g_strdup (g_get_home_dir ());
  else
    folder = g_path_get_dirname (self->texts[PROP_PATH]);
  name = g_strdup_printf ("%s-before-%s%s",
                          self->texts[PROP_EXPECTED_NAME][0] != '\0'
                              ? self->texts[PROP_EXPECTED_NAME]
                              : "target",
                          when, suffixes[self->where]);
  g_strdelimit (name, "/", '_');
  path = g_build_filename (folder, name, NULL);
  sr_restore_model_set_text (self, PROP_SAFETY, path);
}

void
sr_restore_model_find_reasons (SrRestoreModel *self)
{
  find_what_reason (self);
  find_where_reason (self);
  find_loss_reason (self);
}

void
sr_restore_model_propose (SrRestoreModel *self)
{
  find_expected_name (self);
  propose_safety (self);
  find_loss_reason (self);
}

/* --- choice
 * ------------------------------------------------------------------------------------- */

SrRestoreChoice *
sr_restore_model_get_choice (SrRestoreModel *self)
{
  SrRestoreChoice *choice = sr_restore_choice_new ();

  choice->path = g_strdup (sr_file_model_get_path (self->file));
  if (sr_file_model_get_key (self->file) != NULL)
    choice->key = sr_secret_ref (sr_file_model_get_key (self->file));
  choice->where = self->where;
  if (self->what == SR_RESTORE_COLLECTIONS || self->what == SR_RESTORE_RECORDS)
    choice->collections = sr_choice_list_get_chosen (sr_restore_model_get_collections (self));
  if (self->what == SR_RESTORE_RECORDS)
    choice->terms = parse_terms (self, NULL);
  if (self->what == SR_RESTORE_FILES)
    choice->files = sr_choice_list_get_chosen (sr_restore_model_get_entries (self));
  choice->location = make_location (self);
  if (sr_restore_model_is_server (self) && self->password != NULL)
    choice->password = sr_secret_ref (self->password);
  choice->keep_password = self->keep_password;
  choice->safety = self->loses ? g_strdup (self->texts[PROP_SAFETY]) : NULL;
  choice->format = self->format;
  choice->replace = self->loses && strcmp (self->texts[PROP_TYPED_NAME],
                                           self->texts[PROP_EXPECTED_NAME]) == 0;
  choice->accept = self->accept;
  return choice;
}

char *
sr_restore_model_get_command (SrRestoreModel *self)
{
  g_autoptr (SrRestoreChoice) choice = sr_restore_model_get_choice (self);

  return sr_restore_choice_to_command (choice);
}

char *
sr_restore_model_describe_target (SrRestoreModel *self)
{
  g_autofree char             *location = make_location (self);
  g_autoptr (SrTargetLocation) parts = NULL;

  if (self->where == SR_RESTORE_TO_FILE)
    return sr_say_name (location);
  parts = sr_target_location_parse (location, NULL);
  return parts != NULL ? sr_target_location_to_display (parts) : sr_say_name (location);
}
