/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/model/sr-file-model.h"
#include "gtk/model/sr-record-item.h"

G_BEGIN_DECLS

#define SR_TYPE_RECORD_LIST (sr_record_list_get_type ())
/**
 * SrRecordList:
 *
 * The records of a collection as a #GListModel of #SrRecordItem, however many there are: read once
 * in the background and then page by page as rows come into sight; memory is bounded. Read-only
 * properties:
 *   state      "empty", "reading", "ready", "failed"
 *   error      why it is not all there
 *   count      "1,234 records", with what is being read
 *   n-fields   how many fields are known
 *
 * Threads: the main context in which it was made.
 */
G_DECLARE_FINAL_TYPE (SrRecordList, sr_record_list, SR, RECORD_LIST, GObject)

SrRecordList *sr_record_list_new (SrFileModel *file);
/**
 * sr_record_list_show:
 * @collection: as the backup calls it
 * @search: (nullable): a search as a person types it; see sr_search_new()
 *
 * Begins anew; what was read for another choice is dropped.
 */
void        sr_record_list_show (SrRecordList *self,
                                 const char   *collection,
                                 const char   *search);
void        sr_record_list_stop (SrRecordList *self);
const char *sr_record_list_get_state (SrRecordList *self);
guint       sr_record_list_get_n_fields (SrRecordList *self);
/* Returns: (transfer full) (nullable) */
char *sr_record_list_get_field (SrRecordList *self,
                                guint         field);

G_END_DECLS
