/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-secret.h"

G_BEGIN_DECLS

/* For programs that with-mariadb runs. All fail the test if the server is not there. */

/* @name: "SOCKET", "USER", … Returns: (transfer none): what with-mariadb set */
const char *sr_test_mariadb_get (const char *name);
SrSecret   *sr_test_mariadb_password (void);
/* Where the database is, for @user. Returns: (transfer full) */
char *sr_test_mariadb_location (const char *user);
/* Runs statements with the server's own client, as it reads them. Returns: (transfer full): what it
 * answers, columns parted by tabs */
char *sr_test_mariadb_run (const char *sql);
/* The same for what stands in a file. */
void sr_test_mariadb_run_file (const char *path);
/* The database as mariadb-dump writes it, without a date. Returns: (transfer full) */
char *sr_test_mariadb_dump (void);
/* All that can be seen of the server: its databases, and the database's dump and checksums.
 * Returns: (transfer full) */
char *sr_test_mariadb_state (void);
/* Makes the database empty. */
void sr_test_mariadb_clear (void);

G_END_DECLS
