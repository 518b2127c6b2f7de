/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <adwaita.h>

#include "gtk/model/sr-choice-item.h"
#include "gtk/model/sr-row-item.h"

G_BEGIN_DECLS

/* Rows of lists, made from view-models. Texts out of a backup are never taken for markup. */

/* A result: icon, title, and a word with the sentence. Of a #GtkListBox with #SrRowItem. */
GtkWidget *sr_rows_make_result (gpointer item,
                                gpointer unused);
/* A fact: its name in small letters above what it is. */
GtkWidget *sr_rows_make_fact (gpointer item,
                              gpointer unused);
/* A collection with a bar of its share. Of #SrChoiceItem. */
GtkWidget *sr_rows_make_bar (gpointer item,
                             gpointer unused);
/* A collection or file with a check button that chooses it. */
GtkWidget *sr_rows_make_choice (gpointer item,
                                gpointer unused);

/* With large text the words of a button may take two lines. */
void sr_rows_wrap_button (GtkWidget *button);

/* A button that copies @line, as it is then, to the clipboard and says so; @get_line: Returns:
 * (transfer full). */
typedef char *(*SrRowsLineFunc) (gpointer data);
GtkWidget *sr_rows_make_copy_button (SrRowsLineFunc get_line,
                                     gpointer       data);
/* The same with words on it. */
GtkWidget *sr_rows_make_copy_text_button (SrRowsLineFunc get_line,
                                          gpointer       data);
/* Copies @line and says so at the window's edge. */
void sr_rows_copy_line (GtkWidget  *widget,
                        const char *line);

G_END_DECLS
