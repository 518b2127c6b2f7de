/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "crypto/sr-passphrase.h"
#include "gtk/model/sr-protect-source.h"
#include "job/sr-vault-place.h"
#include "site/sr-site-store.h"

G_BEGIN_DECLS

#define SR_TYPE_PROTECT (sr_protect_get_type ())
/**
 * SrProtect:
 *
 * What is decided while an ERP is set up to be protected: what, where to keep it, the password.
 * Nothing is written before sr_protect_finish_async(). Properties, all notified on the main thread:
 *   busy            something is being looked at
 *   name            of the site; proposed from what was found
 *   environment     "production", "test" …
 *   n-chosen        sources that will be backed up
 *   place           absolute path of the vault, empty if not chosen
 *   place-kind      a %SrVaultPlaceKind
 *   place-sentence  what was found there
 *   place-warning   that one broken disk would take sources and vault; empty if not
 *   place-ready     a vault can be made or opened there
 *   strength        a %SrPassphraseStrength
 *   password-ready  good enough, or, for a vault that is there, something was typed
 *   keep-password   in the keyring; TRUE at first
 *
 * Threads: the main one; what blocks runs on workers.
 */
G_DECLARE_FINAL_TYPE (SrProtect, sr_protect, SR, PROTECT, GObject)

/* @store: where the site will be saved */
SrProtect *sr_protect_new (SrSiteStore *store);

/* GListModel of SrProtectSource. (transfer none) */
GListModel *sr_protect_get_sources (SrProtect *self);
/* (element-type utf8) (transfer none): what could not be looked at, a sentence each */
GPtrArray *sr_protect_get_notes (SrProtect *self);

/* Finds what there is below @path: the folder of a project, its .env file, a SQLite database. A
 * folder in which nothing is found is a source itself. What was there already stays. */
void     sr_protect_look_async (SrProtect          *self,
                                const char         *path,
                                GCancellable       *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer            data);
gboolean sr_protect_look_finish (SrProtect    *self,
                                 GAsyncResult *result,
                                 GError      **error);
/* Adds @path as it is, without looking into it. */
void sr_protect_add_folder (SrProtect  *self,
                            const char *path);

/* Chooses the vault's place and looks at it; the properties follow. */
void sr_protect_set_place (SrProtect  *self,
                           const char *path);
/* (nullable) (transfer none): what was found, once it was looked at */
const SrVaultPlace *sr_protect_get_place (SrProtect *self);

/* (nullable) @password */
void sr_protect_set_password (SrProtect *self,
                              SrSecret  *password);
/* Returns: (transfer none) (nullable) */
SrSecret *sr_protect_get_password (SrProtect *self);
/* A new one that can be printed and typed, set and returned. Returns: (transfer none) */
SrSecret *sr_protect_generate_password (SrProtect *self);
/* Whether the password is such a one. */
gboolean sr_protect_is_password_generated (SrProtect *self);

/* Makes the vault, or opens the one that is there; keeps the password in the keyring where that was
 * wished; saves the site. Done again after a failure it goes on where it failed.
 *
 * @keyring_problem: (out) (transfer full) (nullable): why the password could not be kept, if so:
 *   the rest is done */
void    sr_protect_finish_async (SrProtect          *self,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            data);
SrSite *sr_protect_finish_finish (SrProtect    *self,
                                  GAsyncResult *result,
                                  char        **keyring_problem,
                                  GError      **error);

G_END_DECLS
