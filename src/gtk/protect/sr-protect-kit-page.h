/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/protect/sr-protect-page.h"

G_BEGIN_DECLS

#define SR_TYPE_PROTECT_KIT_PAGE (sr_protect_kit_page_get_type ())
/* The recovery kit, to be printed. */
G_DECLARE_FINAL_TYPE (SrProtectKitPage,
                      sr_protect_kit_page,
                      SR,
                      PROTECT_KIT_PAGE,
                      SrProtectPage)

GtkWidget *sr_protect_kit_page_new (SrProtect *protect);
/* Writes it as PDF; the page says what became of it. */
void sr_protect_kit_page_save (SrProtectKitPage *self,
                               const char       *path);

G_END_DECLS
