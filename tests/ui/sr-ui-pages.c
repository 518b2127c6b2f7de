/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#include "config.h"

#include "sr-ui-pages.h"

const SrUiPage sr_ui_pages[] = {
  { "first-start", sr_ui_page_first_start },
  { "sites", sr_ui_page_sites },
  { "side-bar", sr_ui_page_side_bar },
  { "wizard", sr_ui_page_wizard },
  { "confirm", sr_ui_page_confirm },
  { "help-erp-gone", sr_ui_page_help_erp_gone },
  { "help-lost-password", sr_ui_page_help_lost_password },
  { "help-without-strongroom", sr_ui_page_help_without_strongroom },
  { "preferences", sr_ui_page_preferences },
  { "about", sr_ui_page_about },
  { NULL, NULL },
};
