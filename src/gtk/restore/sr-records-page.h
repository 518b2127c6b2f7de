/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/model/sr-record-list.h"
#include "gtk/sr-page.h"

G_BEGIN_DECLS

#define SR_TYPE_RECORDS_PAGE (sr_records_page_get_type ())
/* The records of a backup file: a table for each collection, a search, and the details of one. */
G_DECLARE_FINAL_TYPE (SrRecordsPage, sr_records_page, SR, RECORDS_PAGE, SrPage)

GtkWidget    *sr_records_page_new (SrFileModel *file);
SrRecordList *sr_records_page_get_list (SrRecordsPage *self);

G_END_DECLS
