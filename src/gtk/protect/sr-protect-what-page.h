/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/protect/sr-protect-page.h"

G_BEGIN_DECLS

#define SR_TYPE_PROTECT_WHAT_PAGE (sr_protect_what_page_get_type ())
/* What shall be backed up. */
G_DECLARE_FINAL_TYPE (SrProtectWhatPage,
                      sr_protect_what_page,
                      SR,
                      PROTECT_WHAT_PAGE,
                      SrProtectPage)

GtkWidget *sr_protect_what_page_new (SrProtect *protect);
/* Finds what there is at @path; what was found before stays. */
void sr_protect_what_page_look (SrProtectWhatPage *self,
                                const char        *path);

G_END_DECLS
