/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SR_TYPE_CHOICE_ITEM (sr_choice_item_get_type ())
/**
 * SrChoiceItem:
 *
 * A collection or an entry of a backup that can be chosen. Properties:
 *   name       as a person reads it: valid UTF-8 without control characters (read-only)
 *   amount     "25 records", "1.2 MB"; empty if nobody knows (read-only)
 *   fraction   of the largest of its list, 0.0 to 1.0: the length of its bar (read-only)
 *   chosen     (read-write)
 */
G_DECLARE_FINAL_TYPE (SrChoiceItem, sr_choice_item, SR, CHOICE_ITEM, GObject)

/* @raw: as the backup calls it, raw bytes; @number: records or bytes, -1 if unknown */
SrChoiceItem *sr_choice_item_new (const char *raw,
                                  const char *name,
                                  const char *amount,
                                  gint64      number,
                                  double      fraction);
const char   *sr_choice_item_get_raw (SrChoiceItem *self);
const char   *sr_choice_item_get_name (SrChoiceItem *self);
const char   *sr_choice_item_get_amount (SrChoiceItem *self);
gint64        sr_choice_item_get_number (SrChoiceItem *self);
double        sr_choice_item_get_fraction (SrChoiceItem *self);
gboolean      sr_choice_item_get_chosen (SrChoiceItem *self);
void          sr_choice_item_set_chosen (SrChoiceItem *self,
                                         gboolean      chosen);

/* Of a list of them: what is chosen, as the backup calls it. Returns: (transfer full) (array
 * zero-terminated=1): empty if nothing is */
char **sr_choice_list_get_chosen (GListModel *list);
guint  sr_choice_list_count_chosen (GListModel *list);

G_END_DECLS
