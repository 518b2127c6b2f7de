/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define SR_TYPE_SITE_ITEM (sr_site_item_get_type ())
/* What the side bar shows of one site. All properties are set from the main thread and notify:
 *   id            what the site's file is called; never changes
 *   name          as its owner calls it
 *   environment   "Production", "Test" …, already translated; empty: not said
 *   state         how it stands in words: "Backed up 3 hours ago"
 *   icon-name     the symbolic icon of that state
 *   css-class     "success", "warning", "error" or empty: the colour of the icon
 * The state is never told by colour alone. */
G_DECLARE_FINAL_TYPE (SrSiteItem, sr_site_item, SR, SITE_ITEM, GObject)

SrSiteItem *sr_site_item_new (const char *id,
                              const char *name);

const char *sr_site_item_get_id (SrSiteItem *self);
const char *sr_site_item_get_name (SrSiteItem *self);
const char *sr_site_item_get_environment (SrSiteItem *self);
const char *sr_site_item_get_state (SrSiteItem *self);
const char *sr_site_item_get_icon_name (SrSiteItem *self);
const char *sr_site_item_get_css_class (SrSiteItem *self);

void sr_site_item_set_name (SrSiteItem *self,
                            const char *name);
void sr_site_item_set_environment (SrSiteItem *self,
                                   const char *environment);
/* Sets what changes together. */
void sr_site_item_set_state (SrSiteItem *self,
                             const char *state,
                             const char *icon_name,
                             const char *css_class);

G_END_DECLS
