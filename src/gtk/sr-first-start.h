/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/sr-page.h"

G_BEGIN_DECLS

#define SR_TYPE_FIRST_START (sr_first_start_get_type ())
/* What is shown before anything is set up: the two ways in. */
G_DECLARE_FINAL_TYPE (SrFirstStart, sr_first_start, SR, FIRST_START, SrPage)

GtkWidget *sr_first_start_new (void);

G_END_DECLS
