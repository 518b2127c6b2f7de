/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/model/sr-protect.h"
#include "job/sr-recovery-kit.h"

G_BEGIN_DECLS

/* Whether the password opens the vault that is there; one that will be made takes any. Nothing is
 * written. %SR_ERROR_WRONG_PASSWORD */
void     sr_protect_check_password_async (SrProtect          *self,
                                          GCancellable       *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer            data);
gboolean sr_protect_check_password_finish (SrProtect    *self,
                                           GAsyncResult *result,
                                           GError      **error);

/* What is to be printed, with what was decided. Returns: (transfer full) (element-type SrKitLine):
 * as of sr_recovery_kit_new() */
GPtrArray *sr_protect_make_kit (SrProtect *self);

/* "Weak", "Strong" …: of a %SrPassphraseStrength */
const char *sr_strength_title (guint strength);

G_END_DECLS
