/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SR_TYPE_SPLIT (sr_split_get_type ())
/* Side bar and content side by side; collapsed: one of them alone. It is what
 * AdwNavigationSplitView is for versions of libadwaita that have none, with the same names. It
 * does not collapse by itself: the property `narrow` tells, a moment after the layout, that the
 * width is too little for both, and its owner decides. Too narrow for both it shows one, whatever
 * is set. */
G_DECLARE_FINAL_TYPE (SrSplit, sr_split, SR, SPLIT, GtkWidget)

/* Less than this is too narrow for both, in pixels. */
#define SR_SPLIT_NARROW_WIDTH 680

void     sr_split_set_collapsed (SrSplit *self,
                                 gboolean collapsed);
gboolean sr_split_get_show_content (SrSplit *self);
void     sr_split_set_show_content (SrSplit *self,
                                    gboolean show_content);
gboolean sr_split_get_narrow (SrSplit *self);

G_END_DECLS
