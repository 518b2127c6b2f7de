/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-discover.h"
#include "job/sr-dotenv.h"

G_BEGIN_DECLS

/**
 * SrDiscoverWalk:
 * @envs, @databases, @folders, @prisma: (element-type filename): absolute paths in the order of the
 *   walk; @prisma: folders with a schema.prisma, from which its paths count
 * @driver: of the databases that package.json files name a driver for; -1 if none or several
 * @was_cut: whether there was more than is looked at
 *
 * What lies in a project.
 */
typedef struct
{
  GPtrArray *envs;
  GPtrArray *databases;
  GPtrArray *folders;
  GPtrArray *prisma;
  int        driver;
  gboolean   has_other_driver;
  gboolean   was_cut;
} SrDiscoverWalk;

void     sr_discover_walk_init (SrDiscoverWalk *self);
void     sr_discover_walk_clear (SrDiscoverWalk *self);
gboolean sr_discover_walk_run (SrDiscoverWalk *self,
                               const char     *root,
                               GCancellable   *cancellable,
                               GError        **error);

/* Takes @location, @where and @reason (nullable). What is there already learns where else it was
 * found. */
void sr_discovery_add (SrDiscovery  *self,
                       SrFindingKind kind,
                       char         *location,
                       char         *where,
                       char         *reason);

/* The findings that the variables of a file tell. @shown: the file's name, for people; @folder:
 * where it lies */
void sr_discover_env (SrDiscovery          *discovery,
                      const SrDiscoverWalk *walk,
                      const SrDotenv       *env,
                      const char           *shown,
                      const char           *folder);

/**
 * sr_discover_parse_url:
 * @value: of a variable; may hold a password
 * @location: (out) (transfer full): scheme, user, host, port and database; less if @value is
 *   malformed, and never what could be a part of a password
 *
 * Returns: whether @value is the URL of a database
 */
gboolean sr_discover_parse_url (const char    *value,
                                SrFindingKind *kind,
                                char         **location);
/* A kind as settings call it: "mysql", "pgsql", "django.db.backends.sqlite3" … Returns: -1 if it is
 * none */
int sr_discover_kind_from_word (const char *word);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SrDiscoverWalk, sr_discover_walk_clear)

G_END_DECLS
