/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/protect/sr-protect-page.h"

G_BEGIN_DECLS

#define SR_TYPE_PROTECT_PASSWORD_PAGE (sr_protect_password_page_get_type ())
/* The vault's password: a new one, or that of a vault which is there. */
G_DECLARE_FINAL_TYPE (SrProtectPasswordPage,
                      sr_protect_password_page,
                      SR,
                      PROTECT_PASSWORD_PAGE,
                      SrProtectPage)

GtkWidget *sr_protect_password_page_new (SrProtect *protect);
/* Looks whether the password opens a vault that is there, and says so if not. @callback is called
 * if it does. */
void sr_protect_password_page_check (SrProtectPasswordPage *self,
                                     void (*callback) (gpointer data),
                                     GObject *data);

G_END_DECLS
