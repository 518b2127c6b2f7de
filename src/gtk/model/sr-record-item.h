/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-record-window.h"

G_BEGIN_DECLS

#define SR_TYPE_RECORD_ITEM (sr_record_item_get_type ())
/**
 * SrRecordItem:
 *
 * A record of a table; empty until it was read. Read-only property:
 *   loaded   whether it was
 */
G_DECLARE_FINAL_TYPE (SrRecordItem, sr_record_item, SR, RECORD_ITEM, GObject)

SrRecordItem *sr_record_item_new (void);
gboolean      sr_record_item_is_loaded (SrRecordItem *self);
/* Copies. */
void sr_record_item_load (SrRecordItem         *self,
                          const SrWindowRecord *record);
/* Number in its collection, from 0. */
guint64 sr_record_item_get_number (SrRecordItem *self);
/* (nullable): %NULL while it is not loaded, or where the record has no such field */
const char *sr_record_item_get_text (SrRecordItem *self,
                                     guint         field);
/* Whether only the beginning of the value, or a part of the fields, is known. */
gboolean sr_record_item_is_cut (SrRecordItem *self);

G_END_DECLS
