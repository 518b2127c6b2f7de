/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Start of the first run that sr_test_history_fill() makes: 2020-01-01 00:00 UTC; one more follows
 * every 25 minutes. */
#define SR_TEST_HISTORY_FIRST (G_GINT64_CONSTANT (1577836800) * 1000000000)
#define SR_TEST_HISTORY_STEP  (G_GINT64_CONSTANT (1500) * 1000000000)

/**
 * sr_test_history_fill:
 * @path: a history that sr_history_open() made
 * @n: how many runs
 *
 * Run I (from 1) is of site "site-(I mod 10)", and
 * - every hundredth failed with error "No space on the disk of run I", all others are done and
 *   complete;
 * - every tenth is a "verify" of /srv/erp/backups, the others are a "backup";
 * - has a log of about ten lines in which "finished" stands always and "rareword" in one of a
 *   thousand.
 */
void sr_test_history_fill (const char *path,
                           guint       n);

G_END_DECLS
