/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* What libadwaita and GTK call differently from version to version, under one name each: dialogs,
 * file choosers, preferences, spinner. Nothing else of the application asks for a version, but for
 * the template of the window. Threads: main. */

/* A question with two answers. */
typedef struct
{
  const char *heading;     /* what happens: "Delete 3 Snapshots?" */
  const char *body;        /* what is lost, in words; may be NULL */
  const char *cancel;      /* the safe answer, which Return and Escape give; NULL: "_Cancel" */
  const char *accept;      /* the verb, with mnemonic */
  gboolean    destructive; /* the button is red, and Return never presses it */
  const char *typed;       /* must be typed before the button can be pressed; NULL: nothing */
  GtkWidget  *extra;       /* (transfer floating) (nullable): shown below the body */
} SrConfirm;

/* Asks over @parent's window. @callback gets the result for sr_compat_confirm_finish(). */
void sr_compat_confirm (GtkWidget          *parent,
                        const SrConfirm    *question,
                        GAsyncReadyCallback callback,
                        gpointer            data);
/* Returns: TRUE if the verb was chosen. */
gboolean sr_compat_confirm_finish (GAsyncResult *result);

/* What a file chooser is asked for. */
typedef enum
{
  SR_CHOOSE_OPEN,
  SR_CHOOSE_SAVE,
  SR_CHOOSE_FOLDER,
} SrChoose;

/* Lets the person choose a file. @name is proposed for saving (else NULL); @filters is a
 * GListModel of GtkFileFilter or NULL. */
void sr_compat_choose_file (GtkWidget          *parent,
                            SrChoose            what,
                            const char         *title,
                            const char         *name,
                            GListModel         *filters,
                            GAsyncReadyCallback callback,
                            gpointer            data);
/* Returns: (transfer full) (nullable): the file; NULL without an error if none was chosen. */
GFile *sr_compat_choose_file_finish (GAsyncResult *result,
                                     GError      **error);

/* Shows @child (transfer floating) in a dialog of its own with a header bar. */
void sr_compat_present_dialog (GtkWidget  *parent,
                               const char *title,
                               GtkWidget  *child,
                               int         width,
                               int         height);
/* Closes the dialog that sr_compat_present_dialog() put @child in. */
void sr_compat_close_dialog (GtkWidget *child);

/* Shows an AdwPreferencesPage (transfer floating). */
void sr_compat_present_preferences (GtkWidget *parent,
                                    GtkWidget *page);
void sr_compat_present_about (GtkWidget *parent);

/* A picture that something is going on; turns while it is shown. */
GtkWidget *sr_compat_spinner_new (void);

/* Opens an address or a file with what the desktop has for it. */
void sr_compat_launch (GtkWidget  *parent,
                       const char *uri);

G_END_DECLS
