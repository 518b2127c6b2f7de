/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The name of what stands at @index of the list that a #SrNameTable is about. */
typedef const char *(*SrNameFunc) (gconstpointer list,
                                   guint         index);

/**
 * SrNameTable:
 *
 * Finds places in a list by their names, for 6 to 12 bytes each: names are asked of the list and
 * not held. A list of a million entries would take five times that in a table of pointers. Whoever
 * makes the list cannot choose names that all fall together.
 */
typedef struct _SrNameTable SrNameTable;

/* @n: how many are added at most; @list: to outlive the table */
SrNameTable *sr_name_table_new (guint         n,
                                SrNameFunc    name_of,
                                gconstpointer list);
void         sr_name_table_free (SrNameTable *self);
/* Of several with one name the last added is found.
 * Returns: whether the name was there before */
gboolean sr_name_table_add (SrNameTable *self,
                            guint        index);
gboolean sr_name_table_find (SrNameTable *self,
                             const char  *name,
                             guint       *index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrNameTable, sr_name_table_free)

G_END_DECLS
