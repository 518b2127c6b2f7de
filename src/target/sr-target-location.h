/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  SR_LOCATION_FOLDER,
  SR_LOCATION_SQLITE,
  SR_LOCATION_MARIADB,
  SR_LOCATION_POSTGRES,
} SrLocationKind;

/**
 * SrTargetLocation:
 * @path: (nullable): of a folder or a SQLite file
 * @user: (nullable): of a server, as all below; %NULL: its client's default
 * @host: (nullable): name or address; %NULL if a socket is given or the client's default is meant
 * @port: 0 for the server's usual one
 * @socket: (nullable): MariaDB: path of the socket; PostgreSQL: its folder, or the socket in it
 * @database: never empty for a server
 * @schema: (nullable): PostgreSQL: in which tables are looked for and made
 * @tls: (nullable): "require", "verify-ca", "verify-full" or, for MariaDB, "off"; %NULL: as the
 *   client does by itself
 *
 * Where a restore goes, taken apart.
 */
typedef struct
{
  SrLocationKind kind;
  char          *path;
  char          *user;
  char          *host;
  guint          port;
  char          *socket;
  char          *database;
  char          *schema;
  char          *tls;
} SrTargetLocation;

/**
 * sr_target_location_parse:
 * @text: see sr_target_open(); a server's may end in `?socket=PATH&schema=NAME&tls=HOW`
 *
 * Percent escapes in the parts of a URL are undone. Errors never repeat what might be a password.
 *
 * Returns: (transfer full): %SR_ERROR_INVALID if it is none, %SR_ERROR_REFUSED if a password is in
 *   it
 */
SrTargetLocation *sr_target_location_parse (const char *text,
                                            GError    **error);
SrTargetLocation *sr_target_location_copy (const SrTargetLocation *self);
void              sr_target_location_free (SrTargetLocation *self);
/* For a person, without secrets: "database shop on db.example:5433", "folder /srv/x". Returns:
 * (transfer full): valid UTF-8 */
char *sr_target_location_to_display (const SrTargetLocation *self);
/* Whether the server runs on this machine: a socket, or an address of loopback. */
gboolean sr_target_location_is_local (const SrTargetLocation *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrTargetLocation, sr_target_location_free)

G_END_DECLS
