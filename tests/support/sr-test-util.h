/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A fresh folder below the system's temporary folder. Returns: (transfer full): its path; remove
 * with sr_test_rmdir() */
char *sr_test_mkdir (void);
/* Removes @path and everything below it, then frees @path. */
void sr_test_rmdir (char *path);
/* Fills @data with bytes that depend only on @seed (splitmix64). */
void sr_test_fill_random (guint64  seed,
                          gpointer data,
                          gsize    size);
/* Writes a file below @dir; @name may contain slashes, folders are made. */
void sr_test_write_file (const char   *dir,
                         const char   *name,
                         gconstpointer data,
                         gsize         size);

G_END_DECLS
