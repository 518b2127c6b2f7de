/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Prints a recovery kit (element-type SrKitLine) after the system's dialog, over @parent's window.
 * Returns: whether it was sent to a printer; FALSE without @error: the person did not want it */
gboolean sr_kit_print (GPtrArray *kit,
                       GtkWidget *parent,
                       GError   **error);
/* Writes it as PDF that only the user can read. */
gboolean sr_kit_export (GPtrArray  *kit,
                        const char *path,
                        GError    **error);

G_END_DECLS
