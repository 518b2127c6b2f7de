/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "base/sr-error.h"
#include "target/sr-folder-target.h"
#include "target/sr-mariadb-target.h"
#include "target/sr-sqlite-target.h"
#include "target/sr-target-location.h"
#include "target/sr-target.h"

#if SR_HAVE_LIBPQ
#include "target/sr-postgres-target.h"
#endif

/* Not called by a build that has both clients. */
static G_GNUC_UNUSED SrTarget *
refuse (GError    **error,
        const char *what)
{
  g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
               "This build of Strongroom was made without the client library of %s; convert the "
               "backup to SQL and load that with its own client",
               what);
  return NULL;
}

SrTarget *
sr_target_open (const char *location,
                SrSecret   *password,
                GError    **error)
{
  g_autoptr (SrTargetLocation) parsed = sr_target_location_parse (location, error);

  if (parsed == NULL)
    return NULL;
  switch (parsed->kind)
    {
    case SR_LOCATION_SQLITE:
      return sr_sqlite_target_new (parsed->path);
    case SR_LOCATION_POSTGRES:
#if SR_HAVE_LIBPQ
      return sr_postgres_target_new (parsed, password);
#else
      return refuse (error, "PostgreSQL");
#endif
    case SR_LOCATION_MARIADB:
#if SR_HAVE_LIBMARIADB
      return sr_mariadb_target_new (parsed, password);
#else
      return refuse (error, "MariaDB and MySQL");
#endif
    case SR_LOCATION_FOLDER:
    default:
      return sr_folder_target_new (parsed->path);
    }
}

gboolean
sr_target_wants_password (const char *location)
{
  g_autoptr (SrTargetLocation) parsed = sr_target_location_parse (location, NULL);

  return parsed != NULL &&
         (parsed->kind == SR_LOCATION_POSTGRES || parsed->kind == SR_LOCATION_MARIADB);
}
