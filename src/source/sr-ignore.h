/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrIgnore:
 *
 * The rules of one gitignore file (gitignore(5)), which hold for its folder and below.
 *
 * Threads: matching from several threads at once is fine.
 */
typedef struct _SrIgnore SrIgnore;

typedef enum
{
  SR_IGNORE_UNDECIDED,
  SR_IGNORE_EXCLUDED,
  SR_IGNORE_INCLUDED, /* by a rule with "!" */
} SrIgnoreAnswer;

/* @text: content of the file, @size bytes. Malformed lines are skipped, as git does. */
SrIgnore *sr_ignore_new (const char *text,
                         gsize       size);
void      sr_ignore_free (SrIgnore *self);
/* @path: relative to the folder of the file, without a leading slash. What lies below an excluded
 * folder is excluded too; that is for the caller to see to, by not going into it. */
SrIgnoreAnswer sr_ignore_match (SrIgnore   *self,
                                const char *path,
                                gboolean    is_dir);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrIgnore, sr_ignore_free)

G_END_DECLS
