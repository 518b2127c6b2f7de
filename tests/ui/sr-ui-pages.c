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
  { "file", sr_ui_page_file_complete },
  { "file-suspicious", sr_ui_page_file_broken },
  { "file-key", sr_ui_page_file_key },
  { "file-failed", sr_ui_page_file_failed },
  { "records", sr_ui_page_records },
  { "restore-what", sr_ui_page_restore_what },
  { "restore-records", sr_ui_page_restore_records },
  { "restore-where", sr_ui_page_restore_where },
  { "restore-server", sr_ui_page_restore_server },
  { "restore-checks", sr_ui_page_restore_checks },
  { "restore-in-the-way", sr_ui_page_restore_in_the_way },
  { "restore-nothing-lost", sr_ui_page_restore_nothing_lost },
  { "restore-loss", sr_ui_page_restore_loss },
  { "restore-progress", sr_ui_page_restore_progress },
  { "restore-report", sr_ui_page_restore_report },
  { "restore-failed", sr_ui_page_restore_failed },
  { NULL, NULL },
};
