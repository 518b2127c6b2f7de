/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <glib/gi18n.h>

#include "gtk/protect/sr-protect-wizard.h"
#include "gtk/restore/sr-file-page.h"
#include "gtk/sr-registry.h"

const SrRegistry sr_registry = {
  .protect = sr_protect_wizard_open,
  .open_file = sr_file_page_open,
  .preferences = NULL,
};

const SrSiteView sr_site_views[] = {
  { NULL, NULL, NULL, NULL },
};
