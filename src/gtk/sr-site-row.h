/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gtk/gtk.h>

#include "gtk/model/sr-site-item.h"

G_BEGIN_DECLS

#define SR_TYPE_SITE_ROW (sr_site_row_get_type ())
/* A site in the side bar: icon, name, environment and state, bound to its SrSiteItem. */
G_DECLARE_FINAL_TYPE (SrSiteRow, sr_site_row, SR, SITE_ROW, GtkListBoxRow)

GtkWidget  *sr_site_row_new (SrSiteItem *item);
SrSiteItem *sr_site_row_get_item (SrSiteRow *self);

G_END_DECLS
