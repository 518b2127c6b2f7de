/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gtk/gtk.h>

#include "gtk/model/sr-site-item.h"
#include "gtk/sr-window.h"

G_BEGIN_DECLS

/* How the parts of the application find each other: the shell knows none of them but through this
 * table. A part that is not there yet is NULL, and then nothing of it is offered. */
typedef struct
{
  /* "Protect an ERP": opens the wizard. */
  void (*protect) (SrWindow *window);
  /* A backup file was chosen, dropped, or named on the command line. */
  void (*open_file) (SrWindow *window,
                     GFile    *file);
  /* Rows for the preferences dialog: (transfer floating) an AdwPreferencesGroup. */
  GtkWidget *(*preferences) (void);
} SrRegistry;

/* A view of a site's page, in the order of the switcher. */
typedef struct
{
  const char *name;      /* as other code calls it: "overview" */
  const char *title;     /* marked with N_() */
  const char *icon_name; /* symbolic */
  /* Returns: (transfer floating): the widget, made when the site is shown first. */
  GtkWidget *(*make) (SrWindow   *window,
                      SrSiteItem *site);
} SrSiteView;

extern const SrRegistry sr_registry;
/* Ends with an entry without a name. */
extern const SrSiteView sr_site_views[];

G_END_DECLS
