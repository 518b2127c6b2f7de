/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrOutputFile:
 *
 * A file that appears under its name only when it is whole: written under a name of its own in the
 * same folder, synced, and renamed. For content too large for sr_atomic_file_write_at().
 */
typedef struct _SrOutputFile SrOutputFile;

/**
 * sr_output_file_open:
 * @path: where it shall be; a device, a pipe or a socket is written to as it is
 * @overwrite: replace a file that is there; %SR_ERROR_EXISTS otherwise
 * @mode: permission bits
 *
 * Returns: (transfer full)
 */
SrOutputFile *sr_output_file_open (const char *path,
                                   gboolean    overwrite,
                                   guint       mode,
                                   GError    **error);
/* Closes it; removes what was written unless sr_output_file_commit() succeeded. */
void sr_output_file_free (SrOutputFile *self);
/* For reading back too. Owned by @self. */
int sr_output_file_get_fd (SrOutputFile *self);
/* Owned by @self; not buffered. */
GOutputStream *sr_output_file_get_stream (SrOutputFile *self);
/* Syncs the file, gives it its name, and syncs the folder. */
gboolean sr_output_file_commit (SrOutputFile *self,
                                GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrOutputFile, sr_output_file_free)

G_END_DECLS
