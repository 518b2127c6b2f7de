/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/sr-page.h"

G_BEGIN_DECLS

#define SR_TYPE_HELP (sr_help_get_type ())
/* A help page: text, steps, and commands with a button that copies them. */
G_DECLARE_FINAL_TYPE (SrHelp, sr_help, SR, HELP, SrPage)

/* @topic is the name of one of sr_help_topics. Returns: (nullable): NULL if there is none such. */
GtkWidget *sr_help_new (const char *topic);

G_END_DECLS
