/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Returns: (transfer floating): the page of the preferences dialog: what is remembered here, and
 * the groups of the registry. */
GtkWidget *sr_preferences_new (void);

/* Makes the settings count that are not asked for each time: the appearance. */
void sr_preferences_apply (GSettings *settings);

G_END_DECLS
