#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# Backup files restored into real database servers by the program itself: with a safety backup that
# can be put back, and refused where something would be lost.
here_early=$(cd -- "$(dirname -- "$0")" && pwd)
support=$here_early/../support
if [ -z "${STRONGROOM_TEST_MARIADB_SOCKET:-}" ]; then
  exec "$support/with-mariadb" "$support/with-postgres" "$0" "$@"
fi
. "$here_early/lib.sh" "$@"
need psql mariadb

samples=$here/../data/samples
mariadb_target="mariadb://$STRONGROOM_TEST_MARIADB_USER@localhost/$STRONGROOM_TEST_MARIADB_DATABASE"
mariadb_target+="?socket=$STRONGROOM_TEST_MARIADB_SOCKET"
postgres_target="postgresql://$PGUSER@/$PGDATABASE?socket=$PGHOST"

into_mariadb() {
  "$CTL" restore-file "$@" --into "$mariadb_target" \
    --password-file "$STRONGROOM_TEST_MARIADB_PASSWORD_FILE" </dev/null
}

into_postgres() {
  "$CTL" restore-file "$@" --into "$postgres_target" </dev/null
}

my() {
  MYSQL_PWD=$STRONGROOM_TEST_MARIADB_PASSWORD mariadb -S "$STRONGROOM_TEST_MARIADB_SOCKET" \
    -u "$STRONGROOM_TEST_MARIADB_USER" "$STRONGROOM_TEST_MARIADB_DATABASE" -N -e "$1"
}

pg() {
  psql -X -q -A -t -c "$1"
}

clear_mariadb() {
  my "set foreign_key_checks = 0; $(my 'select concat("drop table `", table_name, "`;") from
    information_schema.tables where table_schema = database()')"
}

clear_postgres() {
  pg "set client_min_messages = error; drop schema public cascade; create schema public"
}

# --- a dump that no server reads, into MariaDB -------------------------------------------------------

passes "a dry run of webeenthere's dump" into_mariadb "$samples/webeenthere-database.sql" --dry-run
is "$(my 'show tables')" "" "has made nothing"
my "CREATE DATABASE ${STRONGROOM_TEST_MARIADB_DATABASE}__strongroom_stage_0000abcd"
my "CREATE DATABASE ${STRONGROOM_TEST_MARIADB_DATABASE}__strongroom_keep_0000abcd"
passes "webeenthere's dump is restored" into_mariadb "$samples/webeenthere-database.sql"
like "$output" '^Cleaning up after a restore that did not end' "what one left before is told in a line"
unlike "$output" 'sr-target' "that speaks of no part of the program"
like "$output" "users: 1 value had been destroyed by the export" "and says what is lost"
is "$(my 'select count(*) from websites')" 23 "with all its websites"
is "$(my 'select count(*) from users')" 5 "and users"
like "$(my 'select created_at from users where username = "john_doe"')" \
  '^20[0-9-]{8} [0-9]{2}:[0-9]{2}:[0-9]{2}$' "whose times are times"
exits 9 "again without --replace" into_mariadb "$samples/webeenthere-database.sql"
exits 9 "again without a safety backup" into_mariadb "$samples/webeenthere-database.sql" --replace
my 'update users set username = concat("changed-", username)'
exits 9 "again where nobody can be asked" into_mariadb "$samples/webeenthere-database.sql" \
  --replace --safety "$scratch/before.sql"
is "$(my 'select count(*) from users where username like "changed-%"')" 5 "and nothing has changed"
passes "again with all that" into_mariadb "$samples/webeenthere-database.sql" --replace \
  --safety "$scratch/before.sql" --yes
is "$(my 'select count(*) from users where username like "changed-%"')" 0 "replaces"
passes "the safety backup goes back" into_mariadb "$scratch/before.sql" --replace \
  --safety "$scratch/before-2.sql" --yes
is "$(my 'select count(*) from users where username like "changed-%"')" 5 "with what was there"
is "$(stat -c %a "$scratch/before.sql")" 600 "only its owner may read the safety backup"
is "$(my 'show databases' | grep -c strongroom_stage)" 0 "no stage is left behind"

# --- only some records -------------------------------------------------------------------------------

passes "one collection of a RayERP backup" into_mariadb "$samples/rayerp-full.zip" employees
is "$(my 'select count(*) from employees')" 40 "with its records"
clear_mariadb
passes "what a whole RayERP backup would replace" into_mariadb "$samples/rayerp-full.zip" --dry-run
like "$output" "activityLogs.*left out" "says that an empty collection without columns is left out"
passes "a whole RayERP backup" into_mariadb "$samples/rayerp-full.zip"
is "$(my 'select count(*) from employees')" 40 "has all its records"
is "$(my "show tables like 'activityLogs'")" "" "and makes no table of no columns"
my 'create table activityLogs (_id varchar(30) primary key); insert into activityLogs values (1)'
passes "again" into_mariadb "$samples/rayerp-full.zip" --replace --safety "$scratch/ray.sql" --yes
like "$output" "40 records there now, 40 records to come" "tells how many come"
is "$(my 'select count(*) from activityLogs')" 0 "and empties a table that is there"
exits 4 "a collection that is not there" into_mariadb "$samples/rayerp-full.zip" no-such-one
exits 9 "a wrong password" "$CTL" restore-file "$samples/rayerp-full.zip" leaves \
  --into "$mariadb_target" --password-file "$(set_password wrong wrong)"
unlike "$output" "wrong$" "which the message does not repeat"
exits 9 "a password in the location" "$CTL" restore-file "$samples/rayerp-full.zip" \
  --into "mariadb://user:secret-word@localhost/shop"
unlike "$output" "secret-word" "which no message repeats"

# --- a SQLite database whose times are milliseconds ---------------------------------------------------

clear_mariadb
passes "POS into an empty MariaDB" into_mariadb "$samples/pos-database.backup"
passes "POS into an empty PostgreSQL" into_postgres "$samples/pos-database.backup"
while read -r table column count first; do
  is "$(my "set time_zone = '+00:00'; select count(*), unix_timestamp(min(\`$column\`)) from \`$table\`" | tr '\t' ' ')" \
    "$count $first" "$table in MariaDB"
  is "$(pg "select count(*), extract(epoch from min(\"$column\"))::numeric(20,6) from \"$table\"" |
    tr '|' ' ')" "$count $first" "$table in PostgreSQL"
done < <(python3 - "$samples/pos-database.backup" "$scratch" <<'PY'
import sqlite3, sys, zipfile
db = sqlite3.connect(zipfile.ZipFile(sys.argv[1]).extract("database.db", sys.argv[2]))
for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
    times = [row[1] for row in db.execute(f'PRAGMA table_info ("{table}")') if row[2] == "DATETIME"]
    if not times:
        continue
    count, first = db.execute(f'SELECT count(*), min("{times[0]}") FROM "{table}"').fetchone()
    if isinstance(first, int):
        print(table, times[0], count, f"{first // 1000}.{first % 1000:03d}000")
PY
)
clear_mariadb
clear_postgres
# --- the password from the keyring -------------------------------------------------------------------

. "$here/keyring.sh"
start_bus
start_keyring
passes "a restore keeps the password in the keyring" into_mariadb "$samples/rayerp-full.zip" leaves \
  --store-in-keyring
passes "the next one finds it there" "$CTL" restore-file "$samples/rayerp-full.zip" roles \
  --into "$mariadb_target" </dev/null
is "$(my 'select count(*) from roles')" 11 "and has done its work"
lock_keyring
exits 9 "with a locked keyring it is refused" "$CTL" restore-file "$samples/rayerp-full.zip" tasks \
  --into "$mariadb_target" </dev/null
like "$output" 'locked' "and told why"
stop_keyring

# --- what is no table comes too, or is told ------------------------------------------------------------

cat >"$scratch/shop.sql" <<'SQL'
-- MariaDB dump 10.19
CREATE TABLE `bills` (`id` int NOT NULL, PRIMARY KEY (`id`)) ENGINE=InnoDB;
INSERT INTO `bills` VALUES (1),(2);
/*!50001 CREATE VIEW `dues` AS SELECT 1 AS `id` */;
/*!50003 CREATE*/ /*!50003 TRIGGER told BEFORE INSERT ON bills FOR EACH ROW SET NEW.id = 1 */;
CREATE DEFINER=`root`@`%` PROCEDURE `reach`() GRANT ALL ON *.* TO me;
-- Dump completed
SQL
passes "a dump with a view and a trigger" into_mariadb "$scratch/shop.sql" --dry-run
like "$output" "Made: triggers told; views dues" "says that they come"
like "$output" 'Not restored: the routine “reach”: it says GRANT' "and what does not"
passes "and it is restored" into_mariadb "$scratch/shop.sql"
my 'insert into bills values (9)' >/dev/null 2>&1 # the trigger makes it 1, which is there
is "$(my 'select group_concat(id) from bills; select id from dues')" "$(printf '1,2\n1')" \
  "with both at work"
is "$(my "select count(*) from information_schema.routines where routine_schema = database()")" 0 \
  "and without the other"
cat >"$scratch/few.sql" <<'SQL'
-- MariaDB dump 10.19
CREATE TABLE `k` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `x` varchar(5) NOT NULL DEFAULT 'q',
  `n` decimal(9,2) unsigned NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `u` (`x`)
);
CREATE TABLE `c` (`k` int(11), CONSTRAINT `f` FOREIGN KEY (`k`) REFERENCES `k` (`id`));
INSERT INTO `k` VALUES (5,'a',4);
INSERT INTO `c` VALUES (5);
-- Dump completed
SQL
passes "a dump whose tables name no engine" into_mariadb "$scratch/few.sql"
is "$(my 'insert into k (n) values (1); select group_concat(id, x order by id) from k')" "5a,6q" \
  "has defaults and numbers that the server gives"
is "$(my 'insert into k (x, n) values ("a", 1)' 2>&1 | grep -c Duplicate)" 1 "unique keys"
is "$(my 'insert into c values (99)' 2>&1 | grep -c 'foreign key')" 1 "and foreign keys"
like "$(my 'select column_type from information_schema.columns where table_name = "k" and
  table_schema = database() and column_name = "n"')" 'unsigned' "and columns as they are"
printf '[{"_id":"a","v":"x"},{"_id":"b","v":1},{"_id":"c","v":[1]}]' >"$scratch/mixed.json"
passes "fields of mixed type" into_mariadb "$scratch/mixed.json"
is "$(my 'select group_concat(v order by _id) from mixed')" '"x",1,[1]' "are JSON in MariaDB"
passes "fields of mixed type again" into_postgres "$scratch/mixed.json"
is "$(pg "select string_agg(v::text, ',' order by _id) from mixed")" '"x",1,[1]' "and in PostgreSQL"
clear_mariadb
clear_postgres

# --- LPG Nexus, whose own restore loses columns, into PostgreSQL --------------------------------------

passes "LPG Nexus into an empty database" into_postgres "$samples/lpgnexus-backup.json"
is "$(pg 'select count(*) from "Customer"')" 25 "with all customers"
is "$(pg 'select count(*) from "User" where status is null')" 0 "and the status of each user"
is "$(pg 'select data_type from information_schema.columns where table_name = '\''Customer'\'' and
  column_name = '\''createdAt'\''')" "timestamp without time zone" "times are times"
last=$(pg 'select max("customerCode") from "Customer"')
is "$(pg "select nextval(pg_get_serial_sequence('\"Customer\"', 'customerCode'))")" "$((last + 1))" \
  "the next customer gets the next number"
new_vault vault
pg "update \"Customer\" set name = 'changed'"
passes "again, what is there being saved in a vault" into_postgres "$samples/lpgnexus-backup.json" \
  --replace --safety-vault "$STRONGROOM_VAULT" --safety-password-file "$password_file" --yes
is "$(pg "select count(*) from \"Customer\" where name = 'changed'")" 0 "replaces"
passes "the vault's copy goes back" "$CTL" restore-file snapshot:latest --into "$postgres_target" \
  --password-file "$password_file" --replace --safety "$scratch/pg.sql" --yes
is "$(pg "select count(*) from \"Customer\" where name = 'changed'")" 25 "with what was there"
is "$(pg "select count(*) from pg_namespace where nspname like 'strongroom%'")" 0 \
  "no stage is left behind"

passes "into a folder it is the dump" "$CTL" restore-file snapshot:latest --into "$scratch/dump" \
  --password-file "$password_file"
like "$(cat "$scratch/dump/database/before.sql")" '^-- PostgreSQL database dump' "as a file"
passes "MariaDB is filled" into_mariadb "$samples/rayerp-full.zip" employees
passes "and replaced, what is there being saved in a vault" into_mariadb \
  "$samples/rayerp-full.zip" employees --where 'salary>50000' --replace --yes \
  --safety-vault "$STRONGROOM_VAULT" --safety-password-file "$password_file"
passes "the vault's copy goes back" "$CTL" restore-file snapshot:latest --into "$mariadb_target" \
  --password-file "$password_file" --replace --safety "$scratch/my.sql" --yes \
  --target-password-file "$STRONGROOM_TEST_MARIADB_PASSWORD_FILE"
is "$(my 'select count(*) from employees')" 40 "with what was there"
clear_mariadb

# --- two dumps compared, whose key stands behind the data ---------------------------------------------

pg 'create table t (id int, b text); insert into t select g, $$x$$ || g from generate_series(1, 1000) g;
  alter table t add primary key (id)'
pg_dump -t t >"$scratch/old.sql"
pg 'update t set b = $$y$$ where id = 5; delete from t where id = 7; insert into t values (2000, $$n$$)'
pg_dump -t t >"$scratch/new.sql"
passes "two dumps of pg_dump are compared" "$CTL" compare "$scratch/old.sql" "$scratch/new.sql" --fields
like "$output" '^M t 5$' "by the primary key"
like "$output" '^    b: x5 -> y$' "down to the field"
like "$output" '^t +1 +1 +1 +998$' "and counted"

done_testing
