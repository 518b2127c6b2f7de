/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/model/sr-file-model.h"
#include "gtk/sr-window.h"

G_BEGIN_DECLS

#define SR_TYPE_FILE_PAGE (sr_file_page_get_type ())
/* A backup file: what it is, its verdict, and what can be done with it. The file is opened and
 * judged in the background while the page is shown. */
G_DECLARE_FINAL_TYPE (SrFilePage, sr_file_page, SR, FILE_PAGE, SrPage)

GtkWidget *sr_file_page_new (SrFileModel *model);
/* (transfer none) */
SrFileModel *sr_file_page_get_model (SrFilePage *self);

/* Opens @file on a page of its own in @window. */
void sr_file_page_open (SrWindow *window,
                        GFile    *file);

G_END_DECLS
