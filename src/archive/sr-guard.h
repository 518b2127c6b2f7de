/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-container.h"

G_BEGIN_DECLS

/**
 * SrGuardLimits:
 * @max_entries: of one container
 * @max_entry_size: bytes one entry may unfold to
 * @max_total: bytes everything may unfold to, nested containers included
 * @max_ratio: unfolded bytes for one packed one, judged beyond the first 64 MiB that an entry
 *   unfolds to
 * @max_depth: containers inside each other
 *
 * How much an untrusted file may cost.
 */
typedef struct
{
  guint   max_entries;
  guint64 max_entry_size;
  guint64 max_total;
  guint   max_ratio;
  guint   max_depth;
} SrGuardLimits;

/* 1,000,000 entries, 1 TiB, 4 TiB, 1,100 (deflate's own bound is 1,032), 4 */
extern const SrGuardLimits sr_guard_default_limits;

/**
 * SrGuard:
 *
 * Counts what opening an untrusted file costs and says stop: %SR_ERROR_REFUSED that names the
 * limit, its value, the entry, and how to raise it. One for a file and everything nested in it.
 *
 * Threads: any; reference counted atomically.
 */
typedef struct _SrGuard SrGuard;

/* @limits: (nullable): %NULL for the default */
SrGuard *sr_guard_new (const SrGuardLimits *limits);
SrGuard *sr_guard_ref (SrGuard *self);
void     sr_guard_unref (SrGuard *self);
/* Returns: (transfer none): what @self goes by */
const SrGuardLimits *sr_guard_get_limits (SrGuard *self);
/* A container inside another is entered; to be left again. */
gboolean sr_guard_enter (SrGuard    *self,
                         const char *name,
                         GError    **error);
void     sr_guard_leave (SrGuard *self);
/* Judges what a container says it has, before memory is taken for it. */
gboolean sr_guard_check_count (SrGuard *self,
                               guint64  n_entries,
                               GError **error);
/* @fresh: bytes unfolded now, counted towards the total; @unpacked, @packed: of this entry until
 *   now
 * (@packed 0 if that is not known) */
gboolean sr_guard_add (SrGuard    *self,
                       const char *name,
                       guint64     fresh,
                       guint64     unpacked,
                       guint64     packed,
                       GError    **error);

/**
 * sr_guard_check_name:
 *
 * Whether an entry's name may become a path below a folder: relative, no empty, "." or ".."
 * component, no NUL, at most 255 bytes a component and 4,095 in all, no backslash or drive letter
 * that Windows programs would take for a path. Trailing slash allowed.
 *
 * Returns: %FALSE with %SR_ERROR_REFUSED that shows the name
 */
gboolean sr_guard_check_name (const char *name,
                              GError    **error);

/* Returns: (transfer full): an entry's name as a message or a sentence may show it: valid UTF-8
 * without control characters, cut when long */
char *sr_guard_show_name (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrGuard, sr_guard_unref)

G_END_DECLS
