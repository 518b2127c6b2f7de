/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SR_TYPE_SQUEEZER (sr_squeezer_get_type ())
/* Shows its child `wide` where there is room for it and `narrow` elsewhere. The property
 * `is-narrow` follows, a moment after the layout, so that other widgets may be bound to it.
 * (libadwaita has one of these for each of its versions, none for all.) */
G_DECLARE_FINAL_TYPE (SrSqueezer, sr_squeezer, SR, SQUEEZER, GtkWidget)

gboolean sr_squeezer_get_is_narrow (SrSqueezer *self);

G_END_DECLS
