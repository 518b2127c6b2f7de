/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <adwaita.h>

#include "gtk/model/sr-site-list.h"
#include "gtk/sr-window.h"
#include "job/sr-job-queue.h"

G_BEGIN_DECLS

#define SR_APPLICATION_ID "io.github.strongroom.Strongroom"

#define SR_TYPE_APPLICATION (sr_application_get_type ())
/* The application: its windows, its actions, and what they have in common.
 * Actions of the application, which also D-Bus and notifications reach:
 *   app.protect                sets up a site
 *   app.restore-file           asks for a backup file and opens it
 *   app.open-file (s)          opens the backup file of that URI
 *   app.show-site (s)          shows the site of that id
 *   app.help (s)               shows a help page, see sr-help-topics.h
 *   app.preferences, app.about, app.quit */
G_DECLARE_FINAL_TYPE (SrApplication, sr_application, SR, APPLICATION, AdwApplication)

/* Registers templates, icons and types; safe to call twice. Before anything else of this folder. */
void sr_application_init_resources (void);

SrApplication *sr_application_new (GApplicationFlags flags);

/* (transfer none): the SrSiteItems the side bar shows. */
GListStore *sr_application_get_sites (SrApplication *self);
/* (transfer none): what keeps them as the sites' folder has them; once it was started. */
SrSiteList *sr_application_get_site_list (SrApplication *self);
/* (transfer none): where all jobs of the window run. Made at the first call, with the history where
 * that can be opened. */
SrJobQueue *sr_application_get_queue (SrApplication *self);
/* (transfer none): the window, made if there is none. */
SrWindow *sr_application_ensure_window (SrApplication *self);
/* Opens a backup file in @window. Returns: FALSE if that is not possible; the person was told. */
gboolean sr_application_open_file (SrApplication *self,
                                   SrWindow      *window,
                                   GFile         *file);

/* (transfer full) (nullable): the settings; NULL where the schema is not installed, as in a build
 * folder, and then nothing is remembered. */
GSettings *sr_application_dup_settings (void);

G_END_DECLS
