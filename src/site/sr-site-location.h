/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether @location begins with a scheme ("local:", "mysql://") instead of being a mere path. */
gboolean sr_location_has_scheme (const char *location);

/**
 * sr_location_has_password:
 * @location: a path, "SCHEME:…" or a URL
 *
 * Whether a password or another secret stands in it: behind the user's name, or as a parameter
 * ("?password=…"). A mere path has none, whatever it is called. In doubt there is one: a secret in
 * a file cannot be called back.
 */
gboolean sr_location_has_password (const char *location);

/**
 * sr_location_make_absolute:
 *
 * A path, also one behind "local:", is made absolute from the working folder, and "." and ".." in
 * it are resolved; links are kept as they are written. What has another scheme is copied.
 *
 * Returns: (transfer full)
 */
char *sr_location_make_absolute (const char *location);
/* The same for what is a path in any case, with ":" in it or not. Returns: (transfer full) */
char *sr_path_make_absolute (const char *path);

G_END_DECLS
