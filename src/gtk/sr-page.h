/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define SR_TYPE_PAGE (sr_page_get_type ())
/* What the content side of the window shows: a site, the details of a backup, the first start.
 * The window draws the header bar and takes from the page what belongs into it:
 *   title           in words, also what the screen reader says of the page
 *   subtitle        below the title, may be empty
 *   title-widget    instead of the title, such as a view switcher
 *   action-widget   at the end of the header bar
 * A page is made from a template whose parent is SrPage. */
G_DECLARE_DERIVABLE_TYPE (SrPage, sr_page, SR, PAGE, AdwBin)

struct _SrPageClass
{
  AdwBinClass parent_class;

  /* The page is in sight (again), or no longer. */
  void (*shown) (SrPage *self);
  void (*hidden) (SrPage *self);

  gpointer padding[4];
};

const char *sr_page_get_title (SrPage *self);
void        sr_page_set_title (SrPage     *self,
                               const char *title);
const char *sr_page_get_subtitle (SrPage *self);
void        sr_page_set_subtitle (SrPage     *self,
                                  const char *subtitle);
/* (transfer none) (nullable) */
GtkWidget *sr_page_get_title_widget (SrPage *self);
void       sr_page_set_title_widget (SrPage    *self,
                                     GtkWidget *widget);
/* (transfer none) (nullable) */
GtkWidget *sr_page_get_action_widget (SrPage *self);
void       sr_page_set_action_widget (SrPage    *self,
                                      GtkWidget *widget);

/* For the window alone. */
void sr_page_tell_shown (SrPage  *self,
                         gboolean shown);

G_END_DECLS
