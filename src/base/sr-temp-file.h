/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * sr_temp_file_open:
 * @dir: folder
 *
 * Returns: a descriptor of a new empty file in @dir that only its owner may read and that has no
 *   name (or had one only for a moment, where the file system cannot do without), or -1 with @error
 *   set
 */
int sr_temp_file_open (const char *dir,
                       GError    **error);

/**
 * sr_temp_file_choose_dir:
 * @dirs: (array zero-terminated=1): in order of preference
 * @size: how many bytes are needed
 *
 * Returns: (transfer none): the first folder that files can be made in and that has room for @size
 *   bytes and some more, so that a program which lives on that disk does not stop for want of
 *   space; %NULL with @error set, which names the folder that came nearest
 */
const char *sr_temp_file_choose_dir (const char *const *dirs,
                                     guint64            size,
                                     GError           **error);

G_END_DECLS
