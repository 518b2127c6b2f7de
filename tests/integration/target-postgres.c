/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* Restores into a real PostgreSQL, which tests/support/with-postgres starts around this. What a
 * database holds is told by pg_dump, so that schema, rows, sequences and triggers all count. */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "record/sr-json-records.h"
#include "record/sr-sql-records.h"
#include "target/sr-lpgnexus-schema.h"
#include "target/sr-target.h"

#include "postgres-server.h"

typedef struct
{
  const char *text;
  gsize       size;
  gboolean    sql;
  gboolean    lpg;
  gboolean    replace;
} Backup;

static SrRecordReader *
open_backup (const Backup *backup)
{
  g_autoptr (GInputStream) stream =
      g_memory_input_stream_new_from_data (backup->text, (gssize) backup->size, NULL);

  return backup->sql ? sr_sql_records_new (stream, SR_SQL_POSTGRES)
                     : sr_json_records_new (stream, "records");
}

/* The plan of everything in a backup. Returns: (transfer full): for clear_plan() */
static GArray *
make_plan (const Backup *backup,
           SrTargetPlan *plan)
{
  g_autoptr (SrRecordReader) reader = open_backup (backup);
  g_autoptr (GError)         error = NULL;
  GArray                    *tables = g_array_new (FALSE, TRUE, sizeof (SrTargetTable));
  SrCollection              *collection;

  while (sr_record_reader_next_collection (reader, &collection, NULL, &error) > 0)
    {
      SrTargetTable table = { .collection = sr_collection_ref (collection),
                              .n_records = -1 };

      if (backup->lpg)
        g_assert_true (sr_lpgnexus_set_table (&table));
      g_array_append_val (tables, table);
    }
  g_assert_no_error (error);
  if (backup->lpg)
    sr_lpgnexus_sort_tables ((SrTargetTable *) (void *) tables->data, tables->len);
  *plan = (SrTargetPlan){
    .tables = (SrTargetTable *) (void *) tables->data,
    .n_tables = tables->len,
    .replace = backup->replace,
    .schema = backup->lpg ? sr_lpgnexus_get_schema () : NULL,
  };
  return tables;
}

static void
clear_plan (GArray *tables)
{
  for (guint i = 0; i < tables->len; i++)
    sr_collection_unref ((SrCollection *) g_array_index (tables, SrTargetTable, i).collection);
  g_array_unref (tables);
}

static gboolean
put_all (SrTarget     *target,
         const Backup *backup,
         GError      **error)
{
  g_autoptr (SrRecordReader) reader = open_backup (backup);
  SrCollection              *collection;
  SrRecord                   record;
  int                        more;

  while ((more = sr_record_reader_next_collection (reader, &collection, NULL, error)) > 0)
    {
      int next;

      if (!sr_target_begin_collection (target, collection, NULL, error))
        return FALSE;
      while ((next = sr_record_reader_next (reader, &record, NULL, error)) > 0)
        if (!sr_record_reader_get_fields (reader, &record, error) ||
            !sr_target_put_record (target, &record, NULL, error))
          return FALSE;
      if (next < 0)
        return FALSE;
    }
  return more == 0;
}

static gboolean
restore (SrTarget     *target,
         const Backup *backup,
         GError      **error)
{
  SrTargetPlan          plan;
  GArray               *tables = make_plan (backup, &plan);
  g_autoptr (GPtrArray) counts = NULL;
  gboolean              done = sr_target_begin (target, &plan, NULL, error) &&
                  put_all (target, backup, error) &&
                  (counts = sr_target_verify (target, NULL, error)) != NULL &&
                  sr_target_swap (target, NULL, error);

  clear_plan (tables);
  return done;
}

static Backup
json_backup (const char *text)
{
  return (Backup){ .text = text, .size = strlen (text), .replace = TRUE };
}

static char *
read_sample (Backup *backup)
{
  g_autofree char   *path = g_test_build_filename (G_TEST_DIST, "data", "samples",
                                                   "lpgnexus-backup.json", NULL);
  g_autoptr (GError) error = NULL;
  char              *text = NULL;
  gsize              size = 0;

  g_file_get_contents (path, &text, &size, &error);
  g_assert_no_error (error);
  *backup = (Backup){ .text = text, .size = size, .lpg = TRUE };
  return text;
}

static void
assert_lpg (const char *database)
{
  assert_query (database,
                "SELECT (SELECT count(*) FROM \"Customer\"), (SELECT count(*) FROM \"Cylinder\"),"
                " (SELECT count(*) FROM \"CylinderTransaction\"),"
                " (SELECT count(*) FROM \"CylinderEntry\"), (SELECT count(*) FROM \"User\")",
                "25|40|10|60|4");
  assert_query (database,
                "SELECT \"createdAt\", \"updatedAt\", \"additionalContacts\"::text, name"
                " FROM \"Customer\" WHERE id = 'cmwojh9ax0006ayqxngxdz2il'",
                "2026-10-01 00:00:00|2026-11-20 05:29:11.001|[{\"name\": \"n\", \"phone\": \"1\"}]|"
                "Zoë \"Z\" O'Neil 1");
  assert_query (database, "SELECT labels, sections->0->>'title' FROM \"DailyNote\"", "{l1,l2}|a");
  assert_query (database, "SELECT status, \"billEndDate\" FROM \"Bill\"",
                "PARTIALLY_PAID|2026-10-31 00:00:00");
  assert_query (database, "SELECT \"unitPrice\", verified FROM \"InventoryItem\"", "2400.5|f");
  assert_query (database,
                "SELECT count(*) FROM \"CylinderEntry\" WHERE \"paymentAmount\" = 5000"
                " AND \"emptyCylinderReceived\" = 2",
                "20");
  assert_query (database,
                "SELECT nextval ('\"Customer_customerCode_seq\"') -"
                " (SELECT max (\"customerCode\") FROM \"Customer\")",
                "1");
}

static void
test_lpg_empty (void)
{
  Backup                    backup;
  g_autofree char          *text = read_sample (&backup);
  g_autofree char          *database = make_database (NULL);
  g_autofree char          *before = describe (database);
  g_autoptr (SrTarget)      target = open_target (database);
  g_autoptr (SrPreflight)   preflight = sr_preflight_new ();
  g_autoptr (GOutputStream) saved = g_memory_output_stream_new_resizable ();
  g_autoptr (GError)        error = NULL;
  SrTargetPlan              plan;
  GArray                   *tables = make_plan (&backup, &plan);
  guint64                   written = 1;

  g_assert_true (sr_target_preflight (target, &plan, preflight, NULL, &error));
  g_assert_true (sr_preflight_is_ok (preflight));
  g_assert_true (sr_target_back_up (target, saved, &written, NULL, &error));
  g_assert_cmpuint (written, ==, 0);
  clear_plan (tables);
  g_assert_true (restore (target, &backup, &error));
  g_assert_no_error (error);
  assert_query (database, "SELECT \"adminId\" = id FROM \"User\" WHERE role = 'ADMIN' LIMIT 1",
                "t");
  g_assert_true (sr_target_undo (target, &error));
  g_assert_no_error (error);
  g_assert_true (sr_target_discard (target, &error));
  assert_unchanged (database, before);
  /* Once more, to stay. */
  g_assert_true (restore (target, &backup, &error));
  g_assert_true (sr_target_discard (target, &error));
  g_assert_no_error (error);
  assert_lpg (database);
  assert_query (database,
                "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'strongroom%'", "0");
  assert_query (database, "SELECT count(*) FROM pg_constraint WHERE contype = 'f'", "18");
}

/* A live database as the ERP has it: another customer with an invoice, one of the backup's with
 * another, a log that only refers, and a trigger. */
static const char LIVE[] =
    "CREATE TABLE \"Invoice\" (id text PRIMARY KEY, \"customerId\" text NOT NULL,"
    " \"billId\" text, CONSTRAINT invoice_customer FOREIGN KEY (\"customerId\") REFERENCES"
    " \"Customer\" (id) ON DELETE CASCADE ON UPDATE CASCADE DEFERRABLE);"
    "COMMENT ON CONSTRAINT invoice_customer ON \"Invoice\" IS 'whose it\\is';"
    "CREATE TABLE \"InvoiceLine\" (id int PRIMARY KEY, invoice text REFERENCES \"Invoice\" (id)"
    " ON DELETE CASCADE, cents numeric(12, 2), double numeric GENERATED ALWAYS AS (cents * 2)"
    " STORED);"
    "CREATE TABLE \"ActivityLog\" (id int PRIMARY KEY, \"userId\" text REFERENCES \"User\" (id)"
    " ON DELETE SET NULL);"
    "INSERT INTO \"User\" (id, name, email, \"updatedAt\") VALUES ('gone', 'G', 'g@x', now ());"
    "INSERT INTO \"User\" (id, name, email, \"updatedAt\")"
    " VALUES ('cmwojd5g70001ku4xwqheyvqx', 'A', 'a@x', now ());"
    "INSERT INTO \"Customer\" (id, name, \"contactNumber\", \"customerType\", \"cylinderType\","
    " \"billType\", \"updatedAt\", \"adminId\") VALUES"
    " ('new', 'N', '1', 'X', 'Y', 'Z', now (), 'cmwojd5g70001ku4xwqheyvqx'),"
    " ('cmwojh9ax0006ayqxngxdz2il', 'old name', '1', 'X', 'Y', 'Z', now (),"
    " 'cmwojd5g70001ku4xwqheyvqx');"
    "INSERT INTO \"Invoice\" VALUES ('i1', 'new', NULL), ('i2', 'cmwojh9ax0006ayqxngxdz2il', NULL);"
    "INSERT INTO \"InvoiceLine\" (id, invoice, cents) VALUES (1, 'i1', 1.25), (2, 'i2', 2.50);"
    "INSERT INTO \"ActivityLog\" VALUES (1, 'gone'), (2, 'cmwojd5g70001ku4xwqheyvqx');"
    "CREATE VIEW codes AS SELECT \"customerCode\" FROM \"Customer\";"
    "CREATE FUNCTION shout () RETURNS trigger LANGUAGE plpgsql AS"
    " $$BEGIN RAISE EXCEPTION 'the trigger ran'; END$$;"
    "CREATE TRIGGER shout BEFORE INSERT OR UPDATE OR DELETE ON \"Customer\""
    " FOR EACH ROW EXECUTE FUNCTION shout ();"
    "CREATE TRIGGER always AFTER TRUNCATE ON \"Customer\" EXECUTE FUNCTION shout ();"
    "ALTER TABLE \"Customer\" ENABLE ALWAYS TRIGGER always;"
    "CREATE TRIGGER asleep AFTER INSERT ON \"Customer\" EXECUTE FUNCTION shout ();"
    "ALTER TABLE \"Customer\" DISABLE TRIGGER asleep;";

static const SrPreflightRow *
find_row (const SrPreflight *preflight,
          const char        *title,
          const char        *words)
{
  for (guint i = 0; i < preflight->rows->len; i++)
    {
      const SrPreflightRow *row = preflight->rows->pdata[i];

      if (strcmp (row->title, title) == 0 && strstr (row->sentence, words) != NULL)
        return row;
    }
  return NULL;
}

static void
test_lpg_existing (void)
{
  Backup                    backup;
  g_autofree char          *text = read_sample (&backup);
  g_autofree char          *schema = g_strconcat (sr_lpgnexus_get_schema (), LIVE, NULL);
  g_autofree char          *database = make_database (schema);
  g_autofree char          *before = describe (database);
  g_autoptr (SrTarget)      target = open_target (database);
  g_autoptr (SrPreflight)   preflight = sr_preflight_new ();
  g_autoptr (SrPreflight)   refused = sr_preflight_new ();
  g_autoptr (GOutputStream) saved = g_memory_output_stream_new_resizable ();
  g_autoptr (GError)        error = NULL;
  SrTargetPlan              plan;
  GArray                   *tables = make_plan (&backup, &plan);
  guint64                   written = 0;
  g_autofree char          *copy = NULL;

  g_assert_true (sr_target_preflight (target, &plan, refused, NULL, &error));
  g_assert_false (sr_preflight_is_ok (refused));
  plan.replace = backup.replace = TRUE;
  g_assert_true (sr_target_preflight (target, &plan, preflight, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (sr_preflight_is_ok (preflight));
  g_assert_cmpuint (preflight->losses->len, ==, 13);
  g_assert_nonnull (find_row (preflight, "References", "2 records of “Invoice”"));
  g_assert_nonnull (find_row (preflight, "Triggers", "always (Customer), shout (Customer)"));
  g_assert_true (sr_target_back_up (target, saved, &written, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (written, >, 1000);
  g_output_stream_close (saved, NULL, NULL);
  copy = g_strndup (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (saved)), written);
  g_assert_nonnull (strstr (copy, "COPY public.\"Invoice\""));
  g_assert_nonnull (strstr (copy, "old name"));
  clear_plan (tables);
  g_assert_true (restore (target, &backup, &error));
  g_assert_no_error (error);
  assert_query (database, "SELECT string_agg (id, ',' ORDER BY id) FROM \"Invoice\"", "i2");
  assert_query (database, "SELECT id, double FROM \"InvoiceLine\"", "2|5.00");
  assert_query (database, "SELECT id, \"userId\" FROM \"ActivityLog\" ORDER BY id",
                "1|\n2|cmwojd5g70001ku4xwqheyvqx");
  assert_query (
      database,
      "SELECT string_agg (tgname::text || tgenabled::text, ',' ORDER BY tgname) FROM pg_trigger"
      " WHERE NOT tgisinternal",
      "alwaysA,asleepD,shoutO");
  g_assert_true (sr_target_undo (target, &error));
  g_assert_no_error (error);
  g_assert_true (sr_target_discard (target, &error));
  assert_unchanged (database, before);
  g_assert_true (restore (target, &backup, &error));
  g_assert_no_error (error);
  g_assert_true (sr_target_discard (target, &error));
  assert_lpg (database);
}

static const char SHOP[] =
    "CREATE TYPE state AS ENUM ('new', 'paid');"
    "CREATE TABLE item (id serial PRIMARY KEY, parent int REFERENCES item, name text NOT NULL,"
    " state state, price numeric(8, 2) DEFAULT 7, tags text[], extra jsonb, at timestamptz,"
    " day date, raw bytea, big bigint, small smallint, ok boolean, ref uuid,"
    " code int GENERATED ALWAYS AS IDENTITY);"
    "CREATE TABLE sale (id int PRIMARY KEY, item int REFERENCES item ON DELETE CASCADE);"
    "CREATE TABLE note (id int PRIMARY KEY, item int REFERENCES item ON DELETE CASCADE);"
    "CREATE FUNCTION touch () RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$;"
    "CREATE TRIGGER touch BEFORE INSERT ON item FOR EACH ROW EXECUTE FUNCTION touch ();"
    "ALTER TABLE item DISABLE TRIGGER touch;"
    "INSERT INTO item (name, parent) VALUES ('a', NULL), ('b', 1), ('c', 1);"
    "ALTER TABLE item ENABLE TRIGGER touch;"
    "INSERT INTO sale VALUES (1, 1), (2, 3); INSERT INTO note VALUES (1, 1), (2, 3);";

#define SHOP_BACKUP                                                                            \
  "{\"item\": [{\"id\": 2, \"parent\": 1, \"name\": \"b\\tx\\\\N\", \"state\": \"paid\"},"     \
  " {\"id\": 1, \"parent\": null, \"name\": \"a\", \"price\": 12.50, \"extra\": {\"k\": [1]}," \
  " \"tags\": [\"x,\\\"y\\\\\", null, \"\"], \"at\": \"2026-01-02T03:04:05.678Z\"},"           \
  " {\"id\": 40, \"name\": \"z\", \"code\": 9, \"unknown\": null}],"                           \
  " \"sale\": [{\"id\": 1, \"item\": 40}], \"fresh\": []}"

static void
test_every_step (void)
{
  Backup           backup = json_backup (SHOP_BACKUP);
  g_autofree char *database = make_database (SHOP);
  g_autofree char *before = NULL;
  guint            n = 0;
  gboolean         passed = FALSE;

  run_sql (database, "CREATE TABLE fresh (id int)");
  before = describe (database);
  while (!passed)
    {
      g_autoptr (SrTarget) target = open_target (database);
      g_autoptr (GError)   error = NULL;
      Faults               faults = { 0, ++n, NULL };

      sr_target_set_fault_func (target, fail_step, &faults);
      passed = restore (target, &backup, &error) && sr_target_undo (target, &error) &&
               sr_target_discard (target, &error);
      g_assert_true (passed == (faults.failed == NULL));
      if (!passed)
        g_assert_error (error, SR_ERROR, SR_ERROR_FAILED);
      sr_target_set_fault_func (target, NULL, NULL);
      g_test_message ("%u: %s", n, faults.failed);
      /* Failed at undoing: what was restored is whole still. */
      if (error != NULL && strstr (error->message, "undone") != NULL)
        {
          assert_query (database, "SELECT count(*), sum (id) FROM item", "3|43");
          g_assert_true (sr_target_undo (target, NULL));
        }
      g_assert_true (sr_target_discard (target, NULL));
      assert_unchanged (database, before);
    }
  g_assert_cmpuint (n, >, 30);
}

static void
test_values (void)
{
  Backup               backup = json_backup (SHOP_BACKUP);
  g_autofree char     *database = make_database (SHOP);
  g_autoptr (SrTarget) target = open_target (database);
  g_autoptr (GError)   error = NULL;

  run_sql (database, "CREATE TABLE fresh (id int)");
  g_assert_true (restore (target, &backup, &error));
  g_assert_no_error (error);
  assert_query (database,
                "SELECT id, parent, name, state, price, tags, extra, at AT TIME ZONE 'UTC'"
                " FROM item ORDER BY id",
                "1||a||12.50|{\"x,\\\"y\\\\\",NULL,\"\"}|{\"k\": [1]}|2026-01-02 03:04:05.678\n"
                "2|1|b\tx\\N|paid|7.00|||\n40||z||7.00|||");
  assert_query (database, "SELECT nextval ('item_id_seq'), code FROM item WHERE id = 40", "41|9");
  /* Rows that referred to what is gone went with it. */
  assert_query (database, "SELECT string_agg (id::text, ',') FROM note", "1");
}

/* Each is refused with the record named, and nothing happens. */
static void
test_refused (void)
{
  static const struct
  {
    const char *fields;
    const char *words;
  } cases[] = {
    { "\"state\": \"lost\"", "allows new, paid" },
    { "\"price\": 1.005", "rounded" },
    { "\"price\": \"x\"", "no number" },
    { "\"price\": 1e12", "overflow" },
    { "\"at\": \"yesterday\"", "no date" },
    { "\"day\": \"2026-01-02T10:00:00Z\"", "time would be lost" },
    { "\"small\": 40000", "out of range" },
    { "\"big\": 9223372036854775808", "whole number" },
    { "\"big\": 1.5", "whole number" },
    { "\"ok\": 2", "neither true nor false" },
    { "\"ref\": \"zzz\"", "uuid" },
    { "\"name\": \"a\\u0000b\"", "NUL" },
    { "\"name\": null", "null value" },
    { "\"id\": 1", "duplicate key" },
    { "\"lacking\": 1", "no column “lacking”" },
    { "\"tags\": {\"a\": 1}", "no list" },
    { "\"extra\": {\"a\": \"\\u0000\"}", "Unicode" },
  };
  g_autofree char *database = make_database (SHOP);
  g_autofree char *before = describe (database);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf (
          "{\"item\": [{\"id\": 1, \"name\": \"a\"}, {\"id\": 7, \"name\": \"b\", %s}]}",
          cases[i].fields);
      Backup               backup = json_backup (text);
      g_autoptr (SrTarget) target = open_target (database);
      g_autoptr (GError)   error = NULL;

      g_assert_false (restore (target, &backup, &error));
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, cases[i].words));
      g_assert_nonnull (strstr (error->message, "ecord 2 of “item”"));
      g_assert_true (sr_target_discard (target, NULL));
      assert_unchanged (database, before);
    }
}

#define INSIDE "{\"item\": [{\"id\": 5, \"name\": \"x\", \"parent\": 6}]}"

static void
test_references (void)
{
  Backup               dangling = json_backup ("{\"sale\": [{\"id\": 5, \"item\": 77}]}");
  Backup               inside = json_backup (INSIDE);
  Backup               restricted = json_backup ("{\"item\": [{\"id\": 5, \"name\": \"x\"}]}");
  g_autofree char     *database = make_database (SHOP);
  g_autofree char     *before = NULL;
  g_autoptr (SrTarget) target = open_target (database);
  g_autoptr (GError)   error = NULL;

  run_sql (database, "CREATE TABLE hard (id int REFERENCES item); INSERT INTO hard VALUES (1)");
  before = describe (database);
  g_assert_false (restore (target, &dangling, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "are not in the database (one to “77”"));
  g_clear_error (&error);
  g_assert_true (sr_target_discard (target, NULL));
  g_assert_false (restore (target, &inside, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "the backup does not hold (one to “6”"));
  g_clear_error (&error);
  g_assert_true (sr_target_discard (target, NULL));
  g_assert_false (restore (target, &restricted, &error));
  g_assert_nonnull (strstr (error->message, "hard_id_fkey"));
  g_assert_nonnull (strstr (error->message, "Nothing was changed"));
  g_assert_nonnull (strstr (error->message, "Key (id)=(1)"));
  g_assert_true (sr_target_discard (target, NULL));
  assert_unchanged (database, before);
}

static void
test_at_once (void)
{
  Backup               backup = json_backup ("{\"sale\": [{\"id\": 5, \"item\": 1}]}");
  g_autofree char     *database = make_database (SHOP);
  g_autoptr (SrTarget) first = open_target (database);
  g_autoptr (SrTarget) second = open_target (database);
  g_autoptr (GError)   error = NULL;
  SrTargetPlan         plan;
  GArray              *tables = make_plan (&backup, &plan);

  g_assert_true (sr_target_begin (first, &plan, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (sr_target_begin (second, &plan, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_LOCKED);
  g_clear_error (&error);
  g_assert_true (sr_target_discard (first, &error));
  g_assert_true (sr_target_begin (second, &plan, NULL, &error));
  g_assert_no_error (error);
  clear_plan (tables);
  /* What is dropped unfinished leaves nothing. */
  g_clear_object (&second);
  assert_query (database,
                "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'strongroom%'", "0");
}

/* A dump of PostgreSQL's own, with its columns, into tables that do not exist. */
static void
test_new_tables (void)
{
  static const char dump[] =
      "CREATE TABLE public.thing (\n    id bigint NOT NULL,\n    name character varying(20),\n"
      "    price numeric(10,2),\n    at timestamp with time zone,\n    raw bytea,\n"
      "    ok boolean,\n    tags text[],\n    doc jsonb\n);\n"
      "COPY public.thing (id, name, price, at, raw, ok, tags, doc) FROM stdin;\n"
      "1\tone\\ttab\t9999999.99\t2026-01-02 03:04:05.123456+02\t\\\\x00ff\tt\t{a,\"b "
      "c\"}\t\"text\"\n"
      "2\t\\N\t\\N\t\\N\t\\N\tf\t\\N\t\\N\n\\.\n\n"
      "ALTER TABLE ONLY public.thing\n    ADD CONSTRAINT thing_pkey PRIMARY KEY (id);\n"
      "--\n-- PostgreSQL database dump complete\n--\n";
  Backup               backup = { .text = dump, .size = strlen (dump), .sql = TRUE };
  g_autofree char     *database = make_database (NULL);
  g_autofree char     *before = describe (database);
  g_autoptr (SrTarget) target = open_target (database);
  g_autoptr (GError)   error = NULL;

  g_assert_true (restore (target, &backup, &error));
  g_assert_no_error (error);
  assert_query (
      database,
      "SELECT id, name, price, at AT TIME ZONE 'UTC', raw, ok, tags, doc"
      " FROM thing ORDER BY id",
      "1|one\ttab|9999999.99|2026-01-02 01:04:05.123456|\\x00ff|t|{a,\"b c\"}|\"text\"\n2|||||f||");
  g_assert_true (sr_target_undo (target, &error));
  g_assert_true (sr_target_discard (target, &error));
  assert_unchanged (database, before);
}

static void
test_password (void)
{
  g_autofree char          *right = g_strdup (g_getenv ("PGPASSWORD"));
  g_autofree char          *database = NULL;
  g_autofree char          *location = NULL;
  g_autoptr (SrSecret)      wrong = sr_secret_new_from ("wrong", 5);
  g_autoptr (SrSecret)      secret = NULL;
  g_autoptr (SrTarget)      refused = NULL;
  g_autoptr (SrTarget)      target = NULL;
  g_autoptr (SrPreflight)   preflight = sr_preflight_new ();
  g_autoptr (GOutputStream) saved = g_memory_output_stream_new_resizable ();
  g_autoptr (GError)        error = NULL;
  Backup                    backup = json_backup ("{\"sale\": [{\"id\": 5, \"item\": 1}]}");
  SrTargetPlan              plan;
  GArray                   *tables;
  guint64                   written = 0;

  if (right == NULL)
    {
      g_test_skip ("the server asks for no password");
      return;
    }
  database = make_database (SHOP);
  location = location_of (database);
  secret = sr_secret_new_from (right, strlen (right));
  tables = make_plan (&backup, &plan);
  g_unsetenv ("PGPASSWORD");
  refused = sr_target_open (location, wrong, &error);
  g_assert_false (sr_target_preflight (refused, &plan, preflight, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_AUTH);
  g_clear_error (&error);
  target = sr_target_open (location, secret, &error);
  g_assert_true (sr_target_preflight (target, &plan, preflight, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (sr_target_back_up (target, saved, &written, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (written, >, 500);
  clear_plan (tables);
  g_setenv ("PGPASSWORD", right, TRUE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (g_getenv ("PGHOST") == NULL)
    {
      g_print ("1..0 # SKIP run it by tests/support/with-postgres\n");
      return 0;
    }
  g_test_add_func ("/postgres/lpg/empty", test_lpg_empty);
  g_test_add_func ("/postgres/lpg/existing", test_lpg_existing);
  g_test_add_func ("/postgres/every-step", test_every_step);
  g_test_add_func ("/postgres/values", test_values);
  g_test_add_func ("/postgres/refused", test_refused);
  g_test_add_func ("/postgres/references", test_references);
  g_test_add_func ("/postgres/at-once", test_at_once);
  g_test_add_func ("/postgres/new-tables", test_new_tables);
  g_test_add_func ("/postgres/password", test_password);
  return g_test_run ();
}
