/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* JSON as `JSON.stringify (x, null, 2)` writes it, for the descriptions that servers put into their
 * backups. */

/* A text of nested objects and arrays; members come as they are added. */
typedef struct
{
  GString *text;
  guint    depth;
  gboolean is_empty; /* nothing stands yet in the innermost object or array */
} SrConvertText;

/* Begins with the root object. */
void sr_convert_text_init (SrConvertText *self);
/* @name: (nullable): of an object's member; %NULL for an element of an array. @bracket: '{' or
 * '[' */
void sr_convert_text_open (SrConvertText *self,
                           const char    *name,
                           char           bracket);
void sr_convert_text_close (SrConvertText *self,
                            char           bracket);
/* @value: (nullable): null */
void sr_convert_text_add_string (SrConvertText *self,
                                 const char    *name,
                                 const char    *value);
void sr_convert_text_add_number (SrConvertText *self,
                                 const char    *name,
                                 guint64        value);
void sr_convert_text_add_bool (SrConvertText *self,
                               const char    *name,
                               gboolean       value);
/* Closes the root. Returns: (transfer full): the text, without a line end */
GBytes *sr_convert_text_finish (SrConvertText *self);

/* "2026-11-20T05:18:05.591Z". Returns: (transfer full) */
char *sr_convert_time_text (GDateTime *when);

G_END_DECLS
