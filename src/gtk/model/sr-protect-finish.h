/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-secret.h"
#include "site/sr-site-store.h"

G_BEGIN_DECLS

/* What is done when an ERP was set up to be protected: on a worker, so apart from the view-model.
 * @keyring_problem: (nullable): set by the run */
typedef struct
{
  char     *folder;
  SrSite   *site;
  char     *vault;
  SrSecret *password;
  gboolean  keep_password;
  char     *keyring_problem;
} SrProtectFinish;

/* @folder: of the sites; @site: taken; @vault: absolute path */
SrProtectFinish *sr_protect_finish_new (const char *folder,
                                        SrSite     *site,
                                        const char *vault,
                                        SrSecret   *password,
                                        gboolean    keep_password);
void             sr_protect_finish_free (SrProtectFinish *self);
/* An #SrWorkerFunc. A vault that is there is opened, which proves the password; else one is
 * made. */
gboolean sr_protect_finish_run (gpointer      self,
                                GCancellable *cancellable,
                                GError      **error);

G_END_DECLS
