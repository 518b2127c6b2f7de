/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/sr-application.h"

G_BEGIN_DECLS

/* For tests with a window: the application in this process, and the main loop run until a condition
 * holds. Programs run under tests/support/with-display. */

/* Instead of g_test_init(): also initialises GTK and libadwaita and checks that there is a
 * display. */
void sr_ui_test_init (int    *argc,
                      char ***argv);

/* (transfer none): the application, registered, with no window at first. There is one in a process:
 * GTK keeps it. */
SrApplication *sr_ui_test_application (void);
/* Presents its window in a size and waits until it is drawn. Returns: (transfer none). */
SrWindow *sr_ui_test_open_window (SrApplication *application,
                                  int            width,
                                  int            height);
/* Closes all windows, waits until they are freed, and forgets the sites. */
void sr_ui_test_close (SrApplication *application);

/* Runs the main loop until @condition returns TRUE; a test fails after a generous while. */
void sr_ui_test_wait (gboolean (*condition) (gpointer data),
                      gpointer    data,
                      const char *what);
/* Runs the main loop until everything that waits now is done and a frame was drawn after it. */
void sr_ui_test_settle (GtkWidget *widget);

/* (transfer none) (nullable): the first widget within @root of a type, in the order of the tree,
 * that is mapped and, if @name is not NULL, whose label, title or tooltip is @name (mnemonics left
 * out). */
GtkWidget *sr_ui_test_find (GtkWidget  *root,
                            GType       type,
                            const char *name);
/* How many there are. */
guint sr_ui_test_count (GtkWidget  *root,
                        GType       type,
                        const char *name);
/* Clicks a button found so; it must be there and sensitive. */
void sr_ui_test_click (GtkWidget  *root,
                       const char *name);

/* A site for tests. Returns: (transfer full). */
SrSiteItem *sr_ui_test_site (const char *id,
                             const char *name,
                             const char *environment,
                             const char *state,
                             const char *icon_name,
                             const char *css_class);

G_END_DECLS
