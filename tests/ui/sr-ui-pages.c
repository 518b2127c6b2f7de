/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#include "config.h"

#include "sr-ui-pages.h"

const SrUiPage sr_ui_pages[] = {
  { "first-start", sr_ui_page_first_start },
  { "sites", sr_ui_page_sites },
  { "side-bar", sr_ui_page_side_bar },
  { "wizard", sr_ui_page_wizard },
  { NULL, NULL },
};
