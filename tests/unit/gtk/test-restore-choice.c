/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "gtk/model/sr-restore-choice.h"
#include "gtk/model/sr-say.h"

static void
assert_url (const SrTargetLocation *parts,
            const char             *expected)
{
  g_autofree char             *url = sr_restore_choice_make_url (parts);
  g_autoptr (GError)           error = NULL;
  g_autoptr (SrTargetLocation) back = sr_target_location_parse (url, &error);

  g_assert_cmpstr (url, ==, expected);
  g_assert_no_error (error);
  g_assert_cmpstr (back->user, ==, parts->user);
  g_assert_cmpstr (back->host, ==, parts->host);
  g_assert_cmpstr (back->database, ==, parts->database);
  g_assert_cmpstr (back->socket, ==, parts->socket);
  g_assert_cmpuint (back->port, ==, parts->port);
}

static void
test_url (void)
{
  SrTargetLocation plain = { .kind = SR_LOCATION_POSTGRES,
                             .user = (char *) "erp",
                             .host = (char *) "db.example",
                             .port = 5433,
                             .database = (char *) "shop" };
  SrTargetLocation odd = { .kind = SR_LOCATION_MARIADB,
                           .user = (char *) "a b@c",
                           .host = (char *) "::1",
                           .database = (char *) "shop 2" };
  SrTargetLocation by_socket = { .kind = SR_LOCATION_MARIADB,
                                 .database = (char *) "shop",
                                 .socket = (char *) "/run/my sql.sock" };

  assert_url (&plain, "postgresql://erp@db.example:5433/shop");
  assert_url (&odd, "mariadb://a%20b%40c@[::1]/shop%202");
  assert_url (&by_socket, "mariadb:///shop?socket=%2Frun%2Fmy%20sql.sock");
}

static SrRestoreChoice *
make_choice (SrRestoreWhere where,
             const char    *path,
             const char    *location)
{
  SrRestoreChoice *choice = sr_restore_choice_new ();

  choice->path = g_strdup (path);
  choice->where = where;
  choice->location = g_strdup (location);
  return choice;
}

static void
assert_command (SrRestoreChoice *choice,
                const char      *expected)
{
  g_autofree char *line = sr_restore_choice_to_command (choice);

  g_assert_cmpstr (line, ==, expected);
  sr_restore_choice_unref (choice);
}

static void
test_command (void)
{
  static const char *const collections[] = { "customers", "open invoices", NULL };
  static const char *const terms[] = { "city=O'Fallon", "-x", NULL };
  static const char *const files[] = { "-a b", NULL };
  SrRestoreChoice         *choice;

  assert_command (make_choice (SR_RESTORE_TO_FOLDER, "/srv/a.zip", "folder:/srv/new"),
                  "strongroomctl restore-file /srv/a.zip --into folder:/srv/new");
  choice = make_choice (SR_RESTORE_TO_SQLITE, "-a $(b).zip", "sqlite:/srv/my shop.db");
  choice->collections = g_strdupv ((char **) collections);
  choice->terms = g_strdupv ((char **) terms);
  choice->replace = TRUE;
  choice->safety = g_strdup ("/srv/before.db");
  assert_command (choice, "strongroomctl restore-file './-a $(b).zip' customers 'open invoices' "
                          "--into 'sqlite:/srv/my shop.db' '--where=city=O'\\''Fallon' "
                          "--where=-x --replace --safety /srv/before.db");
  choice = make_choice (SR_RESTORE_TO_FOLDER, "a.zip", "folder:/n");
  choice->files = g_strdupv ((char **) files);
  choice->accept = TRUE;
  assert_command (choice, "strongroomctl restore-file a.zip --into folder:/n '--entry=-a b' "
                          "--accept-broken");
  choice = make_choice (SR_RESTORE_TO_FILE, "a.zip", "/srv/tables");
  choice->format = SR_CONVERT_CSV;
  assert_command (choice, "strongroomctl convert a.zip --as csv --output /srv/tables");
}

static void
test_no_secrets (void)
{
  SrRestoreChoice *choice = make_choice (SR_RESTORE_TO_POSTGRES, "a.zip", "postgresql://u@h/d");

  choice->password = sr_secret_new_from ("hush", 4);
  choice->key = sr_secret_new_from ("quiet", 5);
  assert_command (choice, "strongroomctl restore-file a.zip --into postgresql://u@h/d "
                          "--target-password-file PASSWORDFILE --key-file KEYFILE");
}

static void
test_words (void)
{
  g_autofree char *one = sr_say_records (1);
  g_autofree char *many = sr_say_records (12);
  g_autofree char *name = sr_say_name ("a\nb\xff");
  g_autofree char *soon = sr_say_time_left (10.0);
  g_autofree char *later = sr_say_time_left (60.0 * 200.0);

  g_assert_cmpstr (one, ==, "1 record");
  g_assert_cmpstr (many, ==, "12 records");
  g_assert_cmpstr (name, ==, "a\xef\xbf\xbd"
                             "b\xef\xbf\xbd");
  g_assert_cmpstr (soon, ==, "less than a minute left");
  g_assert_cmpstr (later, ==, "about 3 hours left");
  g_assert_null (sr_say_time_left (-1.0));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/restore-choice/url", test_url);
  g_test_add_func ("/restore-choice/command", test_command);
  g_test_add_func ("/restore-choice/no-secrets", test_no_secrets);
  g_test_add_func ("/say/words", test_words);
  return g_test_run ();
}
