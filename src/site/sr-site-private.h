/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "site/sr-site.h"

G_BEGIN_DECLS

/* What the files of a site share. */

#define SR_SITE_FORMAT   1
#define SR_SITE_MAX_SIZE ((gsize) 1024 * 1024)

struct _SrSite
{
  GObject parent_instance;

  char       *id;
  char       *name;
  char       *environment;
  GPtrArray  *sources;
  GPtrArray  *vaults;
  GPtrArray  *files;
  JsonObject *unknown; /* (nullable) */

  /* SHA-256 of the file as it was read or written last; NULL: never stored */
  char *revision;
};

SrSiteSource *sr_site_source_new (SrSourceKind kind,
                                  const char  *kind_name);
void          sr_site_source_free (SrSiteSource *self);
void          sr_site_vault_free (SrSiteVault *self);
void          sr_site_file_free (SrSiteFile *self);

/* "folder", "sqlite"; any other word is %SR_SOURCE_OTHER. */
SrSourceKind sr_source_kind_from_name (const char *name);
/* A site without a name. */
SrSite *sr_site_new_with_id (const char *id);
/* Letters, digits, "-" and "_": nothing that could lead out of a folder. */
gboolean sr_site_id_is_valid (const char *id);

G_END_DECLS
