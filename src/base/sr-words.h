/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "1 file", "2 files": @one or @many behind the number. Returns: (transfer full) */
char *sr_counted (guint64     number,
                  const char *one,
                  const char *many);
/* "0 B", "999 B", "1.0 KiB", "3.42 GiB": IEC units, about three digits. The one form of sizes in
 * all texts. Returns: (transfer full) */
char *sr_size_text (guint64 bytes);

G_END_DECLS
