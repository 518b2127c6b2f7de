/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/model/sr-protect-finish.h"

#include "job/sr-vault.h"
#include "state/sr-keyring.h"

SrProtectFinish *
sr_protect_finish_new (const char *folder,
                       SrSite     *site,
                       const char *vault,
                       SrSecret   *password,
                       gboolean    keep_password)
{
  SrProtectFinish *self = g_new0 (SrProtectFinish, 1);

  self->folder = g_strdup (folder);
  self->site = site;
  self->vault = g_strdup (vault);
  self->password = sr_secret_ref (password);
  self->keep_password = keep_password;
  return self;
}

void
sr_protect_finish_free (SrProtectFinish *self)
{
  g_clear_pointer (&self->password, sr_secret_unref);
  g_clear_object (&self->site);
  g_free (self->folder);
  g_free (self->vault);
  g_free (self->keyring_problem);
  g_free (self);
}

static SrRepo *
open_or_create (SrProtectFinish *self,
                GCancellable    *cancellable,
                GError         **error)
{
  g_autoptr (GError) why = NULL;

  if (sr_vault_exists (self->vault, cancellable, &why))
    return sr_vault_open (self->vault, self->password, cancellable, error);
  if (why != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&why));
      return NULL;
    }
  return sr_vault_create (self->vault, self->password, NULL, cancellable, error);
}

/* A password that cannot be kept is asked for each time: a nuisance, and no reason to stop. */
static void
keep_password (SrProtectFinish *self,
               SrRepo          *repo,
               GCancellable    *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *shown = g_utf8_make_valid (self->vault, -1);
  g_autofree char   *label = g_strdup_printf ("Strongroom vault %s", shown);
  char               hex[SR_ID_HEX_SIZE];

  if (sr_keyring_store (SR_KEYRING_VAULT, sr_id_to_hex (sr_repo_get_key_id (repo), hex), label,
                        self->password, cancellable, &error) != SR_KEYRING_DONE)
    self->keyring_problem = g_strdup (error->message);
}

gboolean
sr_protect_finish_run (gpointer      data,
                       GCancellable *cancellable,
                       GError      **error)
{
  SrProtectFinish        *self = data;
  g_autoptr (SrSiteStore) store = sr_site_store_new (self->folder);
  g_autoptr (SrRepo)      repo = NULL;

  if (!sr_site_validate (self->site, error))
    return FALSE;
  repo = open_or_create (self, cancellable, error);
  if (repo == NULL)
    return FALSE;
  if (self->keep_password)
    keep_password (self, repo, cancellable);
  return sr_site_store_save (store, self->site, error);
}
