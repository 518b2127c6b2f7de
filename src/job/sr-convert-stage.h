/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrConvertStage:
 *
 * A private folder beside the place where a result shall be, so that the result appears there only
 * when it is whole, in one step.
 */
typedef struct _SrConvertStage SrConvertStage;

/* @output: file or folder that shall be. Returns: (transfer full) */
SrConvertStage *sr_convert_stage_new (const char *output,
                                      GError    **error);
/* Removes what is left of it. */
void sr_convert_stage_free (SrConvertStage *self);
/* Path of the folder, or of a file in it. Returns: (transfer full) */
char *sr_convert_stage_get_path (SrConvertStage *self,
                                 const char     *name);
/* A new file in it that only its owner may read. Returns: descriptor, or -1 */
int sr_convert_stage_create (SrConvertStage *self,
                             const char     *name,
                             GError        **error);
/* Gives the file @name the place of the output; without @overwrite %SR_ERROR_EXISTS if one came
 * there meanwhile. */
gboolean sr_convert_stage_put_file (SrConvertStage *self,
                                    const char     *name,
                                    gboolean        overwrite,
                                    GError        **error);
/**
 * sr_convert_stage_put_folder:
 * @suffix: what the names of all files in an existing folder must end in
 *
 * Gives the folder itself that place. With @overwrite an existing one gives way, but only if it
 * holds nothing but files such as are put there; %SR_ERROR_REFUSED otherwise.
 */
gboolean sr_convert_stage_put_folder (SrConvertStage *self,
                                      const char     *suffix,
                                      gboolean        overwrite,
                                      GError        **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrConvertStage, sr_convert_stage_free)

G_END_DECLS
