/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "site/sr-site-location.h"

static const char *const with_password[] = {
  "mysql://root:geheim@localhost/shop",
  "mysql://root:ge@heim@localhost/shop",
  "mysql://:geheim@localhost/shop",
  "postgresql://u:p%40w@db.example:5432/erp?sslmode=require",
  "mongodb+srv://u:pw@cluster0.example.net/erp",
  "mongodb://u:p/w@host/erp",
  "mongodb://u:p?w@host/erp",
  "rest:https://user:pw@backup.example:8000/vault",
  "sftp:user:pw@host:/srv/vault",
  "postgresql://host/db?user=u&password=pw",
  "postgresql://host/db?PassWord=pw",
  "postgresql://host/db?pass%77ord=pw",
  "sqlserver://host;database=x;password=pw",
  "s3:https://host/bucket?secret_access_key=abc",
  "host=localhost password=pw dbname=x",
};

static const char *const without_password[] = {
  "/srv/vault",
  "/srv/user:pw@host/x",
  "/srv/a?password=b",
  "local:/srv/user:pw@host",
  "mysql://root@localhost/shop",
  "mysql://root:@localhost/shop",
  "mysql://localhost:3306/shop",
  "mysql://localhost:3306/a@b",
  "mongodb://a:27017,b:27018/erp",
  "mongodb://[::1]:27017/a@b",
  "sftp:user@host:/srv/vault",
  "sftp://user@host:2222//srv/vault",
  "rest:https://host:8000/vault",
  "postgresql://host/db?sslmode=require",
  "postgresql://host/db?password=",
  "s3:https://host/bucket",
  "",
};

static void
test_password (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (with_password); i++)
    if (!sr_location_has_password (with_password[i]))
      g_error ("%s should have one", with_password[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (without_password); i++)
    if (sr_location_has_password (without_password[i]))
      g_error ("%s should have none", without_password[i]);
}

static void
assert_absolute (const char *location,
                 const char *expected)
{
  g_autofree char *absolute = sr_location_make_absolute (location);

  g_assert_cmpstr (absolute, ==, expected);
}

static void
test_absolute (void)
{
  g_autofree char *here = g_get_current_dir ();
  g_autofree char *below = g_build_filename (here, "vault", NULL);
  g_autofree char *local = g_strconcat ("local:", below, NULL);
  g_autofree char *colon = g_build_filename (here, "sftp:x", NULL);
  g_autofree char *path = sr_path_make_absolute ("sftp:x");

  assert_absolute ("/srv/./a/../vault/", "/srv/vault");
  assert_absolute ("//srv//vault", "/srv/vault");
  assert_absolute ("/", "/");
  assert_absolute ("vault", below);
  assert_absolute ("./vault/", below);
  assert_absolute ("local:vault", local);
  assert_absolute ("sftp:user@host:/x/../y", "sftp:user@host:/x/../y");
  g_assert_cmpstr (path, ==, colon);
}

static void
test_scheme (void)
{
  g_assert_true (sr_location_has_scheme ("local:/x"));
  g_assert_true (sr_location_has_scheme ("mongodb+srv://x"));
  g_assert_false (sr_location_has_scheme ("/a:b"));
  g_assert_false (sr_location_has_scheme ("./a:b"));
  g_assert_false (sr_location_has_scheme ("1a:b"));
  g_assert_false (sr_location_has_scheme ("a"));
  g_assert_false (sr_location_has_scheme (""));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/site-location/password", test_password);
  g_test_add_func ("/site-location/absolute", test_absolute);
  g_test_add_func ("/site-location/scheme", test_scheme);
  return g_test_run ();
}
