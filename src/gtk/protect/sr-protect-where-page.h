/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/protect/sr-protect-page.h"

G_BEGIN_DECLS

#define SR_TYPE_PROTECT_WHERE_PAGE (sr_protect_where_page_get_type ())
/* Where the vault is or will be. */
G_DECLARE_FINAL_TYPE (SrProtectWherePage,
                      sr_protect_where_page,
                      SR,
                      PROTECT_WHERE_PAGE,
                      SrProtectPage)

GtkWidget *sr_protect_where_page_new (SrProtect *protect);

G_END_DECLS
