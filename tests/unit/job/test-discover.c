/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "job/sr-discover.h"

#include "base/sr-error.h"
#include "sr-test-util.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* All that sr_sqlite_is_database() looks at. */
static void
write_database (const char *dir,
                const char *name)
{
  guint8 head[512] = "SQLite format 3";

  head[16] = 0x10; /* pages of 4096 bytes */
  head[18] = head[19] = 1;
  head[21] = 64;
  head[22] = head[23] = 32;
  sr_test_write_file (dir, name, head, sizeof head);
}

static void
write_text (const char *dir,
            const char *name,
            const char *text)
{
  sr_test_write_file (dir, name, text, strlen (text));
}

/* "kind location (where)[ - reason]" a line, @dir left out. */
static char *
show (SrDiscovery *discovery,
      const char  *dir)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < discovery->findings->len; i++)
    {
      const SrFinding *finding = g_ptr_array_index (discovery->findings, i);

      g_assert_true (finding->is_protectable == (finding->reason == NULL));
      g_string_append_printf (text, "%s%s %s (%s)\n", finding->is_protectable ? "" : "!",
                              sr_discovered_kind_name (finding->kind), finding->location,
                              finding->where);
    }
  g_string_replace (text, dir, "~", 0);
  return g_strdup (text->str);
}

static void
assert_found (const char *dir,
              const char *name,
              const char *expected)
{
  g_autofree char        *path = g_build_filename (dir, name, NULL);
  g_autoptr (GError)      error = NULL;
  g_autoptr (SrDiscovery) discovery = sr_discover (path, NULL, &error);
  g_autofree char        *shown = NULL;

  g_assert_no_error (error);
  shown = show (discovery, dir);
  g_assert_cmpstr (shown, ==, expected);
  for (guint i = 0; i < discovery->findings->len; i++)
    {
      const SrFinding *finding = g_ptr_array_index (discovery->findings, i);

      g_assert_null (strstr (finding->location, "hush"));
      g_assert_true (finding->reason == NULL || strstr (finding->reason, "hush") == NULL);
    }
}

typedef struct
{
  const char *env;
  const char *expected;
} EnvCase;

static const EnvCase env_cases[] = {
  { "DATABASE_URL=mysql://root:hush@localhost:3306/shop?ssl=1",
    "!mysql mysql://root@localhost:3306/shop (DATABASE_URL in .env, line 1)\n" },
  { "DATABASE_URL=mysql://root:hu/sh@hush@localhost/shop",
    "!mysql mysql://root@localhost/shop (DATABASE_URL in .env, line 1)\n" },
  { "DATABASE_URL=mysql://root:hush#hush?x@localhost/shop",
    "!mysql mysql://root@localhost/shop (DATABASE_URL in .env, line 1)\n" },
  { "DATABASE_URL=mysql://root:hush", "!mysql mysql:// (DATABASE_URL in .env, line 1)\n" },
  { "DATABASE_URL=mysql://root:pa/hush", "!mysql mysql:// (DATABASE_URL in .env, line 1)\n" },
  { "X=1\nDIRECT_URL=\"postgres://u@db.example/erp?password=hush\"",
    "!postgresql postgresql://u@db.example/erp (DIRECT_URL in .env, line 2)\n" },
  { "DATABASE_URL=postgresql:///erp?host=/run/postgresql",
    "!postgresql postgresql:///erp (DATABASE_URL in .env, line 1)\n" },
  { "MONGO_URI=mongodb+srv://u:hush@cluster0.x.mongodb.net/rayerp?retryWrites=true",
    "!mongodb mongodb+srv://u@cluster0.x.mongodb.net/rayerp (MONGO_URI in .env, line 1)\n" },
  { "MONGODB_URI=mongodb://a:27017,b:27018/erp",
    "!mongodb mongodb://a:27017,b:27018/erp (MONGODB_URI in .env, line 1)\n" },
  { "DB_URL=jdbc:mariadb://h/d?user=u&password=hush",
    "!mariadb mariadb://h/d (DB_URL in .env, line 1)\n" },
  { "DATABASE_URL=postgresql+psycopg2://u:hush@h/d",
    "!postgresql postgresql://u@h/d (DATABASE_URL in .env, line 1)\n" },
  { "DATABASE_URL=sqlserver://h:1433;database=x;user=sa;password=hush",
    "!other sqlserver://h:1433 (DATABASE_URL in .env, line 1)\n" },
  { "DATABASE_URL=postgres://${U}:${P}@${H}:${PORT}/${N}",
    "!postgresql postgresql://${U}@${H}:${PORT}/${N} (DATABASE_URL in .env, line 1)\n" },
  { "SHADOW_DATABASE_URL=postgres://u:hush@h/d\nREDIS_URL=redis://:hush@h\nSITE=https://u:hush@h/",
    "" },
  { "DATABASE_URL=mysql://a:hush@h/d\nDATABASE_URL=mysql://b:hush@h/d",
    "!mysql mysql://b@h/d (DATABASE_URL in .env, line 2)\n" },
  { "DATABASE_URL=mysql://a:hush@h/d\nDIRECT_URL=mysql://a:hush2@h/d",
    "!mysql mysql://a@h/d (DATABASE_URL in .env, line 1; DIRECT_URL in .env, line 2)\n" },
  { "DB_HOST=localhost\nDB_USER=erp\nDB_PASSWORD=hush\nDB_NAME=shop\nDB_PORT=3306",
    "!mysql mysql://erp@localhost:3306/shop (DB_HOST in .env, line 1)\n" },
  { "DB_CONNECTION=pgsql\nDB_HOST=db\nDB_DATABASE=erp\nDB_USERNAME=u\nDB_PASSWORD=hush",
    "!postgresql postgresql://u@db/erp (DB_HOST in .env, line 2)\n" },
  { "DB_HOST=db\nDB_NAME=erp", "!other database://db/erp (DB_HOST in .env, line 1)\n" },
  { "POSTGRES_USER=u\nPOSTGRES_PASSWORD=hush\nPOSTGRES_DB=erp",
    "!postgresql postgresql://u@/erp (POSTGRES_DB in .env, line 3)\n" },
  { "PGHOST=h\nPGDATABASE=erp\nPGPASSWORD=hush",
    "!postgresql postgresql://h/erp (PGHOST in .env, line 1)\n" },
  { "MYSQL_HOST=h\nMYSQL_DATABASE='x y:hush@'", "!mysql mysql://h (MYSQL_HOST in .env, line 1)\n" },
  { "DB_NAME=erp", "" },
  { "DATABASE_URL=file:./missing.db",
    "!sqlite ~/missing.db (DATABASE_URL in .env, line 1)\n" },
  { "DATABASE_URL=file::memory:\nDATABASE_URL2=sqlite::memory:", "" },
  { "UPLOAD_DIR=/no/such/folder\nUPLOADS_PATH=../\nMEDIA_ROOT=./", "" },
};

static void
test_env (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (env_cases); i++)
    {
      char            *above = sr_test_mkdir ();
      g_autofree char *dir = g_build_filename (above, "shop", NULL);

      write_text (dir, ".env", env_cases[i].env);
      g_test_message ("%s", env_cases[i].env);
      assert_found (dir, ".env", env_cases[i].expected);
      sr_test_rmdir (above);
    }
}

/* A point of sale with Prisma and SQLite: the path counts from the schema's folder. */
static void
test_prisma (void)
{
  char *dir = sr_test_mkdir ();

  write_text (dir, ".env", "DATABASE_URL=\"file:./dev.db?connection_limit=1\"\r\nKEY='hush'\r\n");
  write_text (dir, "database/prisma/schema.prisma", "datasource db {}");
  write_database (dir, "database/prisma/dev.db");
  write_text (dir, "public/uploads/logo.png", "x");
  write_text (dir, "uploads/a.png", "x");
  write_text (dir, "src/uploads/page.tsx", "x");
  write_database (dir, "node_modules/thing/cache.db");
  write_database (dir, ".git/x.db");
  assert_found (dir, "",
                "sqlite ~/database/prisma/dev.db (DATABASE_URL in .env, line 1; its content)\n"
                "folder ~/public/uploads (its name)\n"
                "folder ~/uploads (its name)\n");
  assert_found (dir, ".env",
                "sqlite ~/database/prisma/dev.db (DATABASE_URL in .env, line 1; its content)\n"
                "folder ~/public/uploads (its name)\n"
                "folder ~/uploads (its name)\n");
  assert_found (dir, "database/prisma/dev.db",
                "sqlite ~/database/prisma/dev.db (its content)\n");
  sr_test_rmdir (dir);
}

/* The settings in a folder of their own, the kind of database told by the driver. */
static void
test_backend (void)
{
  char *dir = sr_test_mkdir ();

  write_text (dir, "backend/.env", "DB_HOST=localhost\nDB_USER=root\nDB_PASS=hush\nDB_NAME=web\n");
  write_text (dir, "backend/.env.example", "DATABASE_URL=mysql://u@h/other");
  write_text (dir, "backend/package.json", "{\"dependencies\":{\"mysql2\":\"^3\"}}");
  write_text (dir, "backend/uploads/a", "x");
  write_text (dir, "backend/public/uploads/sub/uploads/a", "x");
  write_text (dir, "backend/data/tokens.json", "[]");
  write_text (dir, "frontend/src/data/list.json", "[]");
  assert_found (dir, "",
                "!mysql mysql://root@localhost/web (DB_HOST in backend/.env, line 1)\n"
                "folder ~/backend/data (its name)\n"
                "folder ~/backend/public/uploads (its name)\n"
                "folder ~/backend/uploads (its name)\n");
  sr_test_rmdir (dir);
}

static void
test_folders_and_paths (void)
{
  char                   *dir = sr_test_mkdir ();
  g_autofree char        *link = g_build_filename (dir, "uploads", NULL);
  g_autofree char        *damaged = g_build_filename (dir, "pipe", NULL);
  g_autoptr (GError)      error = NULL;
  g_autoptr (SrDiscovery) discovery = NULL;

  write_text (dir, ".env", "DB_PATH=./var/erp.sqlite\nUPLOAD_DIR=scans\n");
  write_database (dir, "var/erp.sqlite");
  write_text (dir, "scans/1", "x");
  write_text (dir, ".env.local", "A=hush\n");
  g_assert_cmpint (symlink ("/", link), ==, 0);
  g_assert_cmpint (mkfifo (damaged, 0600), ==, 0);
  assert_found (dir, "",
                "sqlite ~/var/erp.sqlite (DB_PATH in .env, line 1; its content)\n"
                "folder ~/scans (UPLOAD_DIR in .env, line 2)\n");
  sr_test_write_file (dir, ".env.local", "A=hush\0", 7);
  discovery = sr_discover (dir, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (discovery->notes->len, ==, 1);
  g_assert_nonnull (strstr (discovery->notes->pdata[0], ".env.local"));
  g_assert_null (strstr (discovery->notes->pdata[0], "hush"));
  sr_test_rmdir (dir);
}

static void
test_refused (void)
{
  char                    *dir = sr_test_mkdir ();
  static const char *const names[] = { "missing", "binary", "large" };
  static const int         codes[] = { SR_ERROR_NOT_FOUND, SR_ERROR_INVALID, SR_ERROR_INVALID };
  g_autofree char         *large = g_strnfill (1024 * 1024 + 1, '#');
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;

  sr_test_write_file (dir, "binary", "A=hush\0", 7);
  write_text (dir, "large", large);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (dir, names[i], NULL);

      g_assert_null (sr_discover (path, NULL, &error));
      g_assert_error (error, SR_ERROR, codes[i]);
      g_assert_nonnull (strstr (error->message, names[i]));
      g_assert_null (strstr (error->message, "hush"));
      g_clear_error (&error);
    }
  g_cancellable_cancel (cancelled);
  g_assert_null (sr_discover (dir, cancelled, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
  sr_test_rmdir (dir);
}

static void
test_deep (void)
{
  char                   *dir = sr_test_mkdir ();
  g_autoptr (GError)      error = NULL;
  g_autoptr (SrDiscovery) discovery = NULL;

  write_database (dir, "1/2/3/4/5/6/7/8/deep.db");
  write_database (dir, "1/shallow.db");
  discovery = sr_discover (dir, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (discovery->findings->len, ==, 1);
  g_assert_cmpuint (discovery->notes->len, ==, 1);
  g_assert_cmpint (((SrFinding *) discovery->findings->pdata[0])->size, ==, 512);
  sr_test_rmdir (dir);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/discover/env", test_env);
  g_test_add_func ("/discover/prisma", test_prisma);
  g_test_add_func ("/discover/backend", test_backend);
  g_test_add_func ("/discover/folders-and-paths", test_folders_and_paths);
  g_test_add_func ("/discover/refused", test_refused);
  g_test_add_func ("/discover/deep", test_deep);
  return g_test_run ();
}
