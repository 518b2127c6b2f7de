/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SrNameList:
 *
 * The names in one folder, in ascending order of their bytes. They lie in two blocks of memory
 * however many there are, and the blocks serve the next folder again.
 *
 * Threads: one thread at a time.
 */
typedef struct _SrNameList SrNameList;

SrNameList *sr_name_list_new (void);
void        sr_name_list_free (SrNameList *self);
/* Forgets the names; memory beyond a moderate amount is given back. */
void sr_name_list_clear (SrNameList *self);
/* Not in order before sr_name_list_sort(). Returns: %FALSE if the names are 4 GiB together */
gboolean sr_name_list_add (SrNameList *self,
                           const char *name,
                           gsize       length);
/**
 * sr_name_list_read:
 * @fd: a folder, open for reading
 *
 * Adds the names in the folder but "." and "..". What was read before an error stays.
 *
 * Returns: 0, or a value of errno
 */
int sr_name_list_read (SrNameList *self,
                       int         fd);
/* Puts the names in order; of equal ones one is kept. */
void        sr_name_list_sort (SrNameList *self);
guint       sr_name_list_get_count (const SrNameList *self);
const char *sr_name_list_get (const SrNameList *self,
                              guint             i);
/* Returns: the number of the name that is @name followed by @suffix, or -1 */
gint64 sr_name_list_find (const SrNameList *self,
                          const char       *name,
                          const char       *suffix);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrNameList, sr_name_list_free)

G_END_DECLS
