/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include "base/sr-error.h"
#include "target/sr-target-location.h"
#include "target/sr-target.h"

static void
test_paths (void)
{
  static const struct
  {
    const char    *text;
    SrLocationKind kind;
    const char    *path;
  } cases[] = {
    { "/srv/erp", SR_LOCATION_FOLDER, "/srv/erp" },
    { "relative/x", SR_LOCATION_FOLDER, "relative/x" },
    { "folder:/a://b", SR_LOCATION_FOLDER, "/a://b" },
    { "/a://b", SR_LOCATION_FOLDER, "/a://b" },
    { "sqlite:/srv/pos.db", SR_LOCATION_SQLITE, "/srv/pos.db" },
    { "folder:sqlite:x", SR_LOCATION_FOLDER, "sqlite:x" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError)           error = NULL;
      g_autoptr (SrTargetLocation) parsed = sr_target_location_parse (cases[i].text, &error);

      g_assert_no_error (error);
      g_assert_cmpint (parsed->kind, ==, cases[i].kind);
      g_assert_cmpstr (parsed->path, ==, cases[i].path);
      g_assert_false (sr_target_wants_password (cases[i].text));
    }
}

static void
test_servers (void)
{
  static const struct
  {
    const char    *text;
    SrLocationKind kind;
    const char    *user;
    const char    *host;
    guint          port;
    const char    *database;
    const char    *socket;
    gboolean       local;
  } cases[] = {
    { "postgresql://ann@db.example:5433/shop", SR_LOCATION_POSTGRES, "ann", "db.example", 5433,
      "shop", NULL, FALSE },
    { "postgres://db/shop?socket=/run/pg&tls=require", SR_LOCATION_POSTGRES, NULL, "db", 0, "shop",
      "/run/pg", TRUE },
    { "mysql://root@[::1]:33/a%2Eb", SR_LOCATION_MARIADB, "root", "::1", 33, "a.b", NULL, TRUE },
    { "mariadb://r%40x@/erp?socket=%2Frun%2Fm.sock", SR_LOCATION_MARIADB, "r@x", NULL, 0, "erp",
      "/run/m.sock", TRUE },
    { "mariadb:///erp", SR_LOCATION_MARIADB, NULL, NULL, 0, "erp", NULL, TRUE },
    { "postgresql://u@[fe80::1]/d", SR_LOCATION_POSTGRES, "u", "fe80::1", 0, "d", NULL, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError)           error = NULL;
      g_autoptr (SrTargetLocation) first = sr_target_location_parse (cases[i].text, &error);
      g_autoptr (SrTargetLocation) parsed = NULL;

      g_assert_no_error (error);
      parsed = sr_target_location_copy (first);
      g_assert_cmpint (parsed->kind, ==, cases[i].kind);
      g_assert_cmpstr (parsed->user, ==, cases[i].user);
      g_assert_cmpstr (parsed->host, ==, cases[i].host);
      g_assert_cmpuint (parsed->port, ==, cases[i].port);
      g_assert_cmpstr (parsed->database, ==, cases[i].database);
      g_assert_cmpstr (parsed->socket, ==, cases[i].socket);
      g_assert_cmpint (sr_target_location_is_local (parsed), ==, cases[i].local);
      g_assert_true (sr_target_wants_password (cases[i].text));
    }
}

/* What is refused, and that no part of a password is repeated. */
static void
test_refused (void)
{
  static const struct
  {
    const char *text;
    int         code;
  } cases[] = {
    { "postgresql://ann:hunter2@db/shop", SR_ERROR_REFUSED },
    { "postgresql://ann:hun/ter2@db/shop", SR_ERROR_REFUSED },
    { "postgresql://ann:hun?ter2@db/shop", SR_ERROR_REFUSED },
    { "mariadb://ann@db/shop?password=hunter2", SR_ERROR_REFUSED },
    { "mariadb://ann@db/shop?passwd=hunter2", SR_ERROR_REFUSED },
    { "mariadb://ann@db/shop?schema=hunter2", SR_ERROR_INVALID },
    { "mariadb://ann@db/shop?hunter2", SR_ERROR_INVALID },
    { "mariadb://ann@db/shop?tls=hunter2", SR_ERROR_INVALID },
    { "mariadb://ann@db/shop?socket=a&socket=b", SR_ERROR_INVALID },
    { "mariadb://ann@db:hunter2/shop", SR_ERROR_INVALID },
    { "mariadb://ann@db:0/shop", SR_ERROR_INVALID },
    { "mariadb://ann@db:65536/shop", SR_ERROR_INVALID },
    { "mariadb://ann@[::1/shop", SR_ERROR_INVALID },
    { "mariadb://ann@[::1]33/shop", SR_ERROR_INVALID },
    { "mariadb://ann@db", SR_ERROR_INVALID },
    { "mariadb://ann@db/", SR_ERROR_INVALID },
    { "mariadb://ann@db/a/b", SR_ERROR_INVALID },
    { "mariadb://ann@db/a%0ab", SR_ERROR_INVALID },
    { "mariadb://ann@db/a%00b", SR_ERROR_INVALID },
    { "mariadb://@db/a", SR_ERROR_INVALID },
    { "mongodb://ann@db/a", SR_ERROR_UNSUPPORTED },
    { "sqlite:", SR_ERROR_INVALID },
    { "", SR_ERROR_INVALID },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError)           error = NULL;
      g_autoptr (SrTargetLocation) parsed = sr_target_location_parse (cases[i].text, &error);

      g_test_message ("%s", cases[i].text);
      g_assert_null (parsed);
      g_assert_error (error, SR_ERROR, cases[i].code);
      g_assert_null (strstr (error->message, "hun"));
      g_assert_null (strstr (error->message, "ter2"));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/target-location/paths", test_paths);
  g_test_add_func ("/target-location/servers", test_servers);
  g_test_add_func ("/target-location/refused", test_refused);
  return g_test_run ();
}
