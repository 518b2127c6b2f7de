/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrSqliteHold:
 *
 * A SQLite database that nobody else may use while it is held, with everything that was committed
 * in its file. Ending it changes nothing on the disk, so that its name may have gone to another
 * file meanwhile.
 */
typedef struct _SrSqliteHold SrSqliteHold;

/**
 * sr_sqlite_hold_new:
 *
 * %SR_ERROR_LOCKED if another program has it open or locked. What is no database or a broken one
 * cannot be locked; it is held all the same, see sr_sqlite_hold_is_damaged().
 *
 * Returns: (transfer full)
 */
SrSqliteHold *sr_sqlite_hold_new (const char *path,
                                  GError    **error);
void          sr_sqlite_hold_free (SrSqliteHold *self);
gboolean      sr_sqlite_hold_is_damaged (SrSqliteHold *self);
/* The file byte for byte. @func gets each piece. */
typedef gboolean (*SrSqliteHoldFunc) (gconstpointer data,
                                      gsize         size,
                                      gpointer      user_data,
                                      GError      **error);
gboolean sr_sqlite_hold_read (SrSqliteHold    *self,
                              SrSqliteHoldFunc func,
                              gpointer         user_data,
                              GCancellable    *cancellable,
                              GError         **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrSqliteHold, sr_sqlite_hold_free)

G_END_DECLS
