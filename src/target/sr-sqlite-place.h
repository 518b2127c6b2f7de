/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-target.h"
#include <sys/stat.h>

G_BEGIN_DECLS

/**
 * SrSqlitePlace:
 * @full_path: without links
 * @name: last part of it
 * @stage: (nullable): name of the stage; after the swap of what stood there before
 * @dir_fd: folder of both
 * @moved: (element-type utf8): endings of files beside it that were moved beside the stage
 *
 * A database file's name with those of the files that SQLite keeps beside it, and what changes
 * them.
 */
typedef struct
{
  SrTarget   *target; /* for its steps; not owned */
  char       *full_path;
  char       *name;
  char       *stage;
  int         dir_fd;
  gboolean    had_old;
  struct stat old;
  GPtrArray  *moved;
} SrSqlitePlace;

void sr_sqlite_place_init (SrSqlitePlace *self,
                           SrTarget      *target);
void sr_sqlite_place_clear (SrSqlitePlace *self);
/* Looks the path up; may be called again. */
gboolean sr_sqlite_place_find (SrSqlitePlace *self,
                               const char    *path,
                               GError       **error);
/* What restores that broke off left beside it, without what could be removed. To be found first.
 * Returns: (transfer full) (element-type filename) */
GPtrArray *sr_sqlite_place_find_leftovers (SrSqlitePlace *self);
/* Makes the stage; what dead processes staged here goes. Returns: a descriptor, or -1 with @error
 * set */
int sr_sqlite_place_make_stage (SrSqlitePlace *self,
                                GError       **error);
/* A file beside the stage: "-wal". Returns: a descriptor, or -1 with @error set */
int sr_sqlite_place_make_beside (SrSqlitePlace *self,
                                 const char    *ending,
                                 GError       **error);
/* Owner, permissions and the attributes that say who may read it, as the old file has them. */
gboolean sr_sqlite_place_copy_owner (SrSqlitePlace *self,
                                     int            stage_fd,
                                     GError       **error);
/**
 * sr_sqlite_place_exchange:
 * @keep_beside: the -wal and -journal beside the file hold what it lacks; they go with it
 *
 * The stage takes the name; what stood there is called as the stage was. A failure takes it back.
 */
gboolean sr_sqlite_place_exchange (SrSqlitePlace *self,
                                   gboolean       keep_beside,
                                   GError       **error);
/* The other way. */
gboolean sr_sqlite_place_exchange_back (SrSqlitePlace *self,
                                        GError       **error);
/* Removes the stage and what lies beside it. */
gboolean sr_sqlite_place_remove_stage (SrSqlitePlace *self,
                                       GError       **error);

G_END_DECLS
