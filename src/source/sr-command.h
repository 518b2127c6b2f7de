/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrCommand:
 *
 * A command whose standard output is backed up. It counts only if it ends with status 0.
 */
typedef struct _SrCommand SrCommand;

SrCommand *sr_command_new (const char *const *argv,
                           GError           **error);
void       sr_command_free (SrCommand *self);
/* Returns: bytes, 0 at the end, -1 with @error set */
gssize sr_command_read (SrCommand    *self,
                        gpointer      buffer,
                        gsize         size,
                        GCancellable *cancellable,
                        GError      **error);
/* After the end: %SR_ERROR_CHILD with the status and what it said if it failed. */
gboolean sr_command_finish (SrCommand    *self,
                            GCancellable *cancellable,
                            GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrCommand, sr_command_free)

G_END_DECLS
