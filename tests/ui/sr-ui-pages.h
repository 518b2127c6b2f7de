/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/sr-application.h"

G_BEGIN_DECLS

/* A page, dialog or wizard page that pictures are taken of and that every test of "each page" runs
 * on: does it fit 360 px, has every control a name … */
typedef struct
{
  const char *name; /* of the picture's file: "first-start" */
  /* Brings it into sight in a window that was made for it. @scratch is a folder for files, gone
   * afterwards. What goes on by itself must be at rest when this returns. */
  void (*show) (SrWindow   *window,
                const char *scratch);
} SrUiPage;

/* All there are, in the order of a tour; ends with an entry without a name. A page is added as one
 * line here and one function in a sr-ui-pages-THING.c. */
extern const SrUiPage sr_ui_pages[];

/* sr-ui-pages-restore.c */
void sr_ui_page_file_complete (SrWindow   *window,
                               const char *scratch);
void sr_ui_page_file_broken (SrWindow   *window,
                             const char *scratch);
void sr_ui_page_file_key (SrWindow   *window,
                          const char *scratch);
void sr_ui_page_file_failed (SrWindow   *window,
                             const char *scratch);
void sr_ui_page_records (SrWindow   *window,
                         const char *scratch);
void sr_ui_page_restore_what (SrWindow   *window,
                              const char *scratch);
void sr_ui_page_restore_records (SrWindow   *window,
                                 const char *scratch);
void sr_ui_page_restore_where (SrWindow   *window,
                               const char *scratch);
void sr_ui_page_restore_server (SrWindow   *window,
                                const char *scratch);
void sr_ui_page_restore_checks (SrWindow   *window,
                                const char *scratch);
void sr_ui_page_restore_in_the_way (SrWindow   *window,
                                    const char *scratch);
void sr_ui_page_restore_nothing_lost (SrWindow   *window,
                                      const char *scratch);
void sr_ui_page_restore_loss (SrWindow   *window,
                              const char *scratch);
void sr_ui_page_restore_progress (SrWindow   *window,
                                  const char *scratch);
void sr_ui_page_restore_report (SrWindow   *window,
                                const char *scratch);
void sr_ui_page_restore_failed (SrWindow   *window,
                                const char *scratch);

/* sr-ui-pages-shell.c */
void sr_ui_page_first_start (SrWindow   *window,
                             const char *scratch);
void sr_ui_page_sites (SrWindow   *window,
                       const char *scratch);
void sr_ui_page_side_bar (SrWindow   *window,
                          const char *scratch);
void sr_ui_page_wizard (SrWindow   *window,
                        const char *scratch);
void sr_ui_page_confirm (SrWindow   *window,
                         const char *scratch);
void sr_ui_page_help_erp_gone (SrWindow *window, const char *scratch);
void sr_ui_page_help_lost_password (SrWindow *window, const char *scratch);
void sr_ui_page_help_without_strongroom (SrWindow *window, const char *scratch);
void sr_ui_page_preferences (SrWindow *window, const char *scratch);
void sr_ui_page_about (SrWindow *window, const char *scratch);

/* sr-ui-pages-protect.c */
void sr_ui_page_protect_what (SrWindow *window, const char *scratch);
void sr_ui_page_protect_found (SrWindow *window, const char *scratch);
void sr_ui_page_protect_where (SrWindow *window, const char *scratch);
void sr_ui_page_protect_occupied (SrWindow *window, const char *scratch);
void sr_ui_page_protect_password (SrWindow *window, const char *scratch);
void sr_ui_page_protect_own_password (SrWindow *window, const char *scratch);
void sr_ui_page_protect_existing (SrWindow *window, const char *scratch);
void sr_ui_page_protect_kit (SrWindow *window, const char *scratch);
void sr_ui_page_protect_done (SrWindow *window, const char *scratch);
void sr_ui_page_protect_failed (SrWindow *window, const char *scratch);

G_END_DECLS
