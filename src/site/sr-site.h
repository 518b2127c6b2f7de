/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * SrSourceKind:
 * @SR_SOURCE_FOLDER: a folder or file, with all below
 * @SR_SOURCE_SQLITE: a SQLite database
 * @SR_SOURCE_OTHER: a kind that this program does not know or cannot back up yet: kept as it is in
 *   the file, shown as not protected, never skipped silently
 */
typedef enum
{
  SR_SOURCE_FOLDER,
  SR_SOURCE_SQLITE,
  SR_SOURCE_OTHER,
} SrSourceKind;

/**
 * SrSiteSource:
 * @kind_name: as it stands in the file: "folder", "sqlite", …
 * @location: absolute path; of %SR_SOURCE_OTHER: a location without a password, for showing
 * @excludes: (array zero-terminated=1) (nullable): restic's patterns, for folders
 * @ignore_file: (nullable): name of a file with gitignore's patterns, read per folder
 */
typedef struct
{
  SrSourceKind kind;
  char        *kind_name;
  char        *location;
  char       **excludes;
  char        *ignore_file;
  gboolean     one_file_system;
  JsonObject  *unknown; /* (nullable): members we do not know, written back */
} SrSiteSource;

/* @location: of the vault, as for --vault; @added: UTC, "2026-11-20T14:15:00Z" (nullable) */
typedef struct
{
  char       *location;
  char       *added;
  JsonObject *unknown;
} SrSiteVault;

/* A backup file, or a folder of them, that is kept beside. */
typedef struct
{
  char       *path;
  char       *added;
  JsonObject *unknown;
} SrSiteFile;

#define SR_TYPE_SITE (sr_site_get_type ())
G_DECLARE_FINAL_TYPE (SrSite, sr_site, SR, SITE, GObject)

/**
 * sr_site_new:
 * @name: what a person calls it
 *
 * One ERP installation that is protected. Plain data, never a secret; docs/site-format.md describes
 * the file. The id is made from the name and random letters ("shop-7f3a2c"), stays when the name
 * changes, and is the file's name.
 *
 * Threads: one at a time.
 */
SrSite *sr_site_new (const char *name);

const char *sr_site_get_id (SrSite *self);
const char *sr_site_get_name (SrSite *self);
void        sr_site_set_name (SrSite     *self,
                              const char *name);
/* "production", "staging", "test", "development" or any other short word; never %NULL */
const char *sr_site_get_environment (SrSite *self);
void        sr_site_set_environment (SrSite     *self,
                                     const char *environment);

/* (element-type SrSiteSource), (element-type SrSiteVault), (element-type SrSiteFile); transfer
 * none */
GPtrArray *sr_site_get_sources (SrSite *self);
GPtrArray *sr_site_get_vaults (SrSite *self);
GPtrArray *sr_site_get_files (SrSite *self);

/* Adds, or gives what is there with the same location. @path: made absolute. Returns: (transfer
 * none) */
SrSiteSource *sr_site_add_source (SrSite      *self,
                                  SrSourceKind kind,
                                  const char  *location);
SrSiteVault  *sr_site_add_vault (SrSite     *self,
                                 const char *location);
SrSiteFile   *sr_site_add_file (SrSite     *self,
                                const char *path);
/* Returns: whether it was there */
gboolean sr_site_remove_source (SrSite     *self,
                                const char *location);
gboolean sr_site_remove_vault (SrSite     *self,
                               const char *location);
gboolean sr_site_remove_file (SrSite     *self,
                              const char *path);

/* Checks what a person or a file gave: a name, known environment letters, absolute paths, no
 * password in a location, nothing twice. %SR_ERROR_INVALID names the member and the remedy. */
gboolean sr_site_validate (SrSite  *self,
                           GError **error);

/* Members that are not known are kept and come back with sr_site_to_json(). A file of a newer
 * major format is refused: %SR_ERROR_UNSUPPORTED. */
SrSite   *sr_site_from_json (JsonObject *object,
                             const char *id,
                             GError    **error);
JsonNode *sr_site_to_json (SrSite *self);

G_END_DECLS
