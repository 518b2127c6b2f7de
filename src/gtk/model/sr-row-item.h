/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-target.h"
#include "verdict/sr-verdict.h"

G_BEGIN_DECLS

#define SR_TYPE_ROW_ITEM (sr_row_item_get_type ())
/**
 * SrRowItem:
 *
 * One thing that was looked at, as a row shows it. Read-only properties, none of them %NULL:
 *   title       "Checksums"
 *   sentence    what was found
 *   word        the result in a word, translated: "Passed"; empty if there is none
 *   icon-name   symbolic icon of the result
 *   css-class   "success", "warning", "error", "dim-label" or empty
 */
G_DECLARE_FINAL_TYPE (SrRowItem, sr_row_item, SR, ROW_ITEM, GObject)

SrRowItem *sr_row_item_new (const char *title,
                            const char *sentence,
                            const char *word,
                            const char *icon_name,
                            const char *css_class);
SrRowItem *sr_row_item_new_for_check (const SrCheck *check);
SrRowItem *sr_row_item_new_for_preflight (const SrPreflightRow *row);
/* A row for what is being looked at now. */
SrRowItem *sr_row_item_new_waiting (const char *title,
                                    const char *sentence);

const char *sr_row_item_get_title (SrRowItem *self);
const char *sr_row_item_get_sentence (SrRowItem *self);
const char *sr_row_item_get_word (SrRowItem *self);
const char *sr_row_item_get_icon_name (SrRowItem *self);
const char *sr_row_item_get_css_class (SrRowItem *self);

G_END_DECLS
