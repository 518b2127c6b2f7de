/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrFindingKind:
 * @SR_FINDING_FOLDER: a folder of uploaded or generated files
 * @SR_FINDING_OTHER: a database of a kind that is not named here, or not told
 */
typedef enum
{
  SR_FINDING_SQLITE,
  SR_FINDING_FOLDER,
  SR_FINDING_MARIADB,
  SR_FINDING_MYSQL,
  SR_FINDING_POSTGRESQL,
  SR_FINDING_MONGODB,
  SR_FINDING_OTHER,
} SrFindingKind;

/**
 * SrFinding:
 * @location: absolute path, raw bytes, or the URL of a database without a password
 * @where: how it was found, for a person: "DATABASE_URL in .env, line 3"
 * @is_protectable: whether it can be a source now
 * @reason: (nullable): why it cannot, as a sentence, if so
 * @size: bytes of a SQLite database, -1 where it is not known
 */
typedef struct
{
  SrFindingKind kind;
  char         *location;
  char         *where;
  gboolean      is_protectable;
  char         *reason;
  gint64        size;
} SrFinding;

/**
 * SrDiscovery:
 * @folder: absolute path of the project
 * @name: what the site could be called: the name of the folder
 * @findings: (element-type SrFinding): nothing twice; databases that settings name first, then
 *   SQLite databases by content, then folders
 * @notes: (element-type utf8): what could not be looked at, a sentence each
 */
typedef struct
{
  char      *folder;
  char      *name;
  GPtrArray *findings;
  GPtrArray *notes;
} SrDiscovery;

/**
 * sr_discover:
 * @path: the folder of a project, its .env file, or a SQLite database
 *
 * Finds what there is to protect: databases that .env files name, SQLite databases by their
 * content, and folders of uploads. The walk is bounded (depth, number of entries), follows no links
 * and leaves out what other programs made or fetched (node_modules, .git, …). With a .env file only
 * that one is read, and the folder it lies in is the project.
 *
 * What is secret in a .env file gets into no finding, note, error or log.
 *
 * Threads: blocks on disk; not for a main loop's thread.
 *
 * Returns: (transfer full): %SR_ERROR_NOT_FOUND if there is nothing at @path, %SR_ERROR_INVALID for
 *   a file that is neither
 */
SrDiscovery *sr_discover (const char   *path,
                          GCancellable *cancellable,
                          GError      **error);
void         sr_discovery_free (SrDiscovery *self);
/* "folder", "sqlite", "mariadb", "mysql", "postgresql", "mongodb", "other": as kinds of sources are
 * called */
const char *sr_discovered_kind_name (SrFindingKind kind);
/* "SQLite database", "PostgreSQL database": for a person */
const char *sr_finding_kind_title (SrFindingKind kind);
/* Whether a regular file is at @path that begins as a SQLite database does. @size: (optional) */
gboolean sr_discover_is_sqlite (const char *path,
                                gint64     *size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrDiscovery, sr_discovery_free)

G_END_DECLS
