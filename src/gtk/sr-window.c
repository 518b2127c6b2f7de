/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <glib/gi18n.h>

#include "gtk/sr-application.h"
#include "gtk/sr-compat.h"
#include "gtk/sr-first-start.h"
#include "gtk/sr-site-page.h"
#include "gtk/sr-site-row.h"
#include "gtk/sr-split.h"
#include "gtk/sr-window.h"

#if ADW_CHECK_VERSION(1, 4, 0)
#define TEMPLATE "/io/github/strongroom/Strongroom/sr-window-14.ui"
#else
#define TEMPLATE "/io/github/strongroom/Strongroom/sr-window-12.ui"
#endif

struct _SrWindow
{
  AdwApplicationWindow parent_instance;

  GListModel *sites;    /* of SrSiteItem; owned */
  GSettings  *settings; /* owned; NULL if the schema is not installed */
  SrSiteItem *site;     /* whose page is at the bottom; owned; NULL: the first start */
  GPtrArray  *trail;    /* of SrPage, owned by the stack; the last is in sight */
  SrPage     *told;     /* the page that knows that it is in sight; a weak pointer */
  SrWizard   *wizard;   /* owned by the stack of stages */
  gboolean    narrow;   /* no room for side bar and page */

  /* From the template. */
  AdwToastOverlay *toasts;
  GtkStack        *stages;
  AdwBin          *wizard_bin;
  GtkWidget       *split;
  GtkListBox      *site_list;
  AdwHeaderBar    *header;
  GtkWidget       *back;
  AdwBin          *actions;
  AdwBin          *jobs;
  GtkStack        *pages;
  GtkWidget       *menu_button;

  AdwWindowTitle *title; /* owned */
};

G_DEFINE_FINAL_TYPE (SrWindow, sr_window, ADW_TYPE_APPLICATION_WINDOW)

/* --- layout ----------------------------------------------------------------------------------- */

static gboolean
has_sites (SrWindow *self)
{
  return self->sites != NULL && g_list_model_get_n_items (self->sites) > 0;
}

/* Only the page is shown: either there is no room or nothing to put into the side bar. */
static gboolean
is_alone (SrWindow *self)
{
  return self->narrow || !has_sites (self);
}

static void
show_content (SrWindow *self,
              gboolean  show)
{
  g_object_set (self->split, "show-content", show, NULL);
}

static gboolean
shows_content (SrWindow *self)
{
  gboolean show = FALSE;

  g_object_get (self->split, "show-content", &show, NULL);
  return show;
}

static void
follow_layout (SrWindow *self)
{
  gboolean alone = is_alone (self);

  if (!has_sites (self))
    show_content (self, TRUE);
  g_object_set (self->split, "collapsed", alone, NULL);
  gtk_widget_set_visible (self->back, self->trail->len > 1 || (alone && has_sites (self)));
  gtk_widget_set_visible (self->menu_button, alone && self->trail->len <= 1);
}

#if ADW_CHECK_VERSION(1, 4, 0)

static void
on_breakpoint_apply (SrWindow *self)
{
  self->narrow = TRUE;
  follow_layout (self);
}

static void
on_breakpoint_unapply (SrWindow *self)
{
  self->narrow = FALSE;
  follow_layout (self);
}

static void
init_layout (SrWindow *self)
{
  AdwBreakpoint *breakpoint =
      adw_breakpoint_new (adw_breakpoint_condition_parse ("max-width: 680sp"));

  g_signal_connect_object (breakpoint, "apply", G_CALLBACK (on_breakpoint_apply), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (breakpoint, "unapply", G_CALLBACK (on_breakpoint_unapply), self,
                           G_CONNECT_SWAPPED);
  adw_application_window_add_breakpoint (ADW_APPLICATION_WINDOW (self), breakpoint);
}

#else

static void
on_split_narrow (SrWindow *self)
{
  self->narrow = sr_split_get_narrow (SR_SPLIT (self->split));
  follow_layout (self);
}

static void
init_layout (SrWindow *self)
{
  g_signal_connect_object (self->split, "notify::narrow", G_CALLBACK (on_split_narrow), self,
                           G_CONNECT_SWAPPED);
}

#endif

/* --- pages ------------------------------------------------------------------------------------ */

/* The header bar shows what the page in sight says. */
static void
follow_page (SrWindow *self)
{
  SrPage    *page = sr_window_get_page (self);
  GtkWidget *title = sr_page_get_title_widget (page);

  adw_window_title_set_title (self->title, sr_page_get_title (page));
  adw_window_title_set_subtitle (self->title, sr_page_get_subtitle (page));
  adw_header_bar_set_title_widget (self->header, title != NULL ? title : GTK_WIDGET (self->title));
  adw_bin_set_child (self->actions, sr_page_get_action_widget (page));
  gtk_window_set_title (GTK_WINDOW (self), sr_page_get_title (page));
}

static void
on_page_notify (SrWindow   *self,
                GParamSpec *spec,
                SrPage     *page)
{
  if (page == sr_window_get_page (self))
    follow_page (self);
}

static void
tell_pages (SrWindow *self)
{
  SrPage *page = self->wizard == NULL ? sr_window_get_page (self) : NULL;

  if (page == self->told)
    return;
  if (self->told != NULL)
    sr_page_tell_shown (self->told, FALSE);
  g_set_weak_pointer (&self->told, page);
  if (page != NULL)
    sr_page_tell_shown (page, TRUE);
}

static void
show_last (SrWindow *self)
{
  SrPage *page = sr_window_get_page (self);

  gtk_stack_set_visible_child (self->pages, GTK_WIDGET (page));
  follow_page (self);
  follow_layout (self);
  tell_pages (self);
}

static void
add_page (SrWindow *self,
          SrPage   *page)
{
  gtk_stack_add_child (self->pages, GTK_WIDGET (page));
  g_ptr_array_add (self->trail, page);
  g_signal_connect_object (page, "notify", G_CALLBACK (on_page_notify), self, G_CONNECT_SWAPPED);
}

static void
drop_page (SrWindow *self,
           SrPage   *page)
{
  g_signal_handlers_disconnect_by_data (page, self);
  if (page == self->told)
    {
      sr_page_tell_shown (page, FALSE);
      g_clear_weak_pointer (&self->told);
    }
  gtk_stack_remove (self->pages, GTK_WIDGET (page));
}

/* Shows a page in place of all there are. */
static void
start_from (SrWindow *self,
            SrPage   *page)
{
  guint before = self->trail->len;

  add_page (self, page);
  show_last (self);
  for (guint n = 0; n < before; n++)
    drop_page (self, g_ptr_array_index (self->trail, n));
  if (before > 0)
    g_ptr_array_remove_range (self->trail, 0, before);
  follow_layout (self);
}

static void
show_first_start (SrWindow *self)
{
  g_clear_object (&self->site);
  start_from (self, SR_PAGE (sr_first_start_new ()));
}

static void
open_site (SrWindow   *self,
           SrSiteItem *site)
{
  if (site != self->site || self->trail->len == 0)
    {
      g_set_object (&self->site, site);
      start_from (self, SR_PAGE (sr_site_page_new (self, site)));
      if (self->settings != NULL)
        g_settings_set_string (self->settings, "selected-site", sr_site_item_get_id (site));
    }
  while (self->trail->len > 1)
    sr_window_back (self);
}

/* --- sites ------------------------------------------------------------------------------------ */

static GtkWidget *
make_row (gpointer item,
          gpointer data)
{
  return sr_site_row_new (SR_SITE_ITEM (item));
}

/* Returns: (transfer none) (nullable): the row of a site. */
static SrSiteRow *
row_of (SrWindow   *self,
        const char *site_id)
{
  GtkListBoxRow *row;

  for (int n = 0; (row = gtk_list_box_get_row_at_index (self->site_list, n)) != NULL; n++)
    if (strcmp (sr_site_item_get_id (sr_site_row_get_item (SR_SITE_ROW (row))), site_id) == 0)
      return SR_SITE_ROW (row);
  return NULL;
}

static void
select_row_of_site (SrWindow *self)
{
  SrSiteRow *row = self->site != NULL ? row_of (self, sr_site_item_get_id (self->site)) : NULL;

  if (row != NULL)
    gtk_list_box_select_row (self->site_list, GTK_LIST_BOX_ROW (row));
}

static void
on_site_activated (SrWindow      *self,
                   GtkListBoxRow *row)
{
  open_site (self, sr_site_row_get_item (SR_SITE_ROW (row)));
  show_content (self, TRUE);
  follow_layout (self);
}

/* The page in sight belongs to a site that may be gone. */
static void
on_sites_changed (SrWindow *self)
{
  if (!has_sites (self))
    {
      if (self->site != NULL || self->trail->len == 0)
        show_first_start (self);
    }
  else if (self->site == NULL || row_of (self, sr_site_item_get_id (self->site)) == NULL)
    {
      g_autofree char *last = NULL;
      SrSiteRow       *row;

      if (self->settings != NULL)
        last = g_settings_get_string (self->settings, "selected-site");
      row = last != NULL ? row_of (self, last) : NULL;
      if (row == NULL)
        row = SR_SITE_ROW (gtk_list_box_get_row_at_index (self->site_list, 0));
      open_site (self, sr_site_row_get_item (row));
    }
  select_row_of_site (self);
  follow_layout (self);
}

/* --- what is dropped, and closing ------------------------------------------------------------- */

static gboolean
on_drop (GtkDropTarget *target,
         const GValue  *value,
         double         x,
         double         y,
         gpointer       data)
{
  SrWindow *self = SR_WINDOW (data);
  GSList   *files = g_value_get_boxed (value);

  if (files == NULL || self->wizard != NULL)
    return FALSE;
  return sr_application_open_file (SR_APPLICATION (gtk_window_get_application (GTK_WINDOW (self))),
                                   self, G_FILE (files->data));
}

static void
init_drop (SrWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

static void
on_wizard_closed (SrWindow *self)
{
  self->wizard = NULL;
  gtk_stack_set_visible_child_name (self->stages, "main");
  adw_bin_set_child (self->wizard_bin, NULL);
  tell_pages (self);
}

static gboolean
sr_window_close_request (GtkWindow *window)
{
  SrWindow *self = SR_WINDOW (window);

  if (self->wizard != NULL && *sr_wizard_get_at_stake (self->wizard) != '\0')
    {
      sr_wizard_ask_to_close (self->wizard);
      return TRUE;
    }
  return GTK_WINDOW_CLASS (sr_window_parent_class)->close_request (window);
}

static void
on_back_action (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       data)
{
  SrWindow *self = SR_WINDOW (data);

  if (self->wizard != NULL)
    sr_wizard_back (self->wizard);
  else
    sr_window_back (self);
}

static void
on_menu_action (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       data)
{
  SrWindow *self = SR_WINDOW (data);

  if (gtk_widget_get_visible (self->menu_button))
    gtk_menu_button_popup (GTK_MENU_BUTTON (self->menu_button));
}

static void
restore_size (SrWindow *self)
{
  int      width, height;
  gboolean maximized;

  self->settings = sr_application_dup_settings ();
  if (self->settings == NULL)
    return;
  g_settings_get (self->settings, "window-size", "(ii)", &width, &height);
  maximized = g_settings_get_boolean (self->settings, "window-maximized");
  gtk_window_set_default_size (GTK_WINDOW (self), MAX (width, 360), MAX (height, 294));
  if (maximized)
    gtk_window_maximize (GTK_WINDOW (self));
}

static void
save_size (SrWindow *self)
{
  int width, height;

  if (self->settings == NULL)
    return;
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set (self->settings, "window-size", "(ii)", width, height);
  g_settings_set_boolean (self->settings, "window-maximized",
                          gtk_window_is_maximized (GTK_WINDOW (self)));
}

/* --- class ------------------------------------------------------------------------------------ */

static void
sr_window_unmap (GtkWidget *widget)
{
  save_size (SR_WINDOW (widget));
  GTK_WIDGET_CLASS (sr_window_parent_class)->unmap (widget);
}

static void
sr_window_dispose (GObject *object)
{
  SrWindow *self = SR_WINDOW (object);

  if (self->site_list != NULL)
    gtk_list_box_bind_model (self->site_list, NULL, NULL, NULL, NULL);
  self->site_list = NULL;
  for (guint n = 0; self->trail != NULL && n < self->trail->len; n++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->trail, n), self);
  g_clear_pointer (&self->trail, g_ptr_array_unref);
  g_clear_weak_pointer (&self->told);
  g_clear_object (&self->sites);
  g_clear_object (&self->site);
  g_clear_object (&self->settings);
  g_clear_object (&self->title);
  G_OBJECT_CLASS (sr_window_parent_class)->dispose (object);
}

static void
sr_window_class_init (SrWindowClass *class)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = sr_window_dispose;
  widget_class->unmap = sr_window_unmap;
  GTK_WINDOW_CLASS (class)->close_request = sr_window_close_request;

  gtk_widget_class_set_template_from_resource (widget_class, TEMPLATE);
  gtk_widget_class_bind_template_child (widget_class, SrWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, SrWindow, stages);
  gtk_widget_class_bind_template_child (widget_class, SrWindow, wizard_bin);
  gtk_widget_class_bind_template_child (widget_class, SrWindow, split);
  gtk_widget_class_bind_template_child (widget_class, SrWindow, site_list);
  gtk_widget_class_bind_template_child (widget_class, SrWindow, header);
  gtk_widget_class_bind_template_child (widget_class, SrWindow, back);
  gtk_widget_class_bind_template_child (widget_class, SrWindow, actions);
  gtk_widget_class_bind_template_child (widget_class, SrWindow, jobs);
  gtk_widget_class_bind_template_child (widget_class, SrWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, SrWindow, menu_button);
  gtk_widget_class_bind_template_callback (widget_class, on_site_activated);
}

static void
sr_window_init (SrWindow *self)
{
  static const GActionEntry actions[] = {
    { .name = "back", .activate = on_back_action },
    { .name = "menu", .activate = on_menu_action },
  };

  self->trail = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  self->title = ADW_WINDOW_TITLE (g_object_ref_sink (adw_window_title_new (NULL, NULL)));
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  init_layout (self);
  init_drop (self);
  restore_size (self);
}

/* --- public ----------------------------------------------------------------------------------- */

GtkWidget *
sr_window_new (GtkApplication *application,
               GListModel     *sites)
{
  SrWindow *self = g_object_new (SR_TYPE_WINDOW, "application", application, NULL);

  self->sites = g_object_ref (sites);
  gtk_list_box_bind_model (self->site_list, sites, make_row, NULL, NULL);
  g_signal_connect_object (sites, "items-changed", G_CALLBACK (on_sites_changed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  on_sites_changed (self);
  return GTK_WIDGET (self);
}

GtkWidget *
sr_window_show_site (SrWindow   *self,
                     const char *site_id)
{
  SrSiteRow *row = row_of (self, site_id);

  if (row == NULL)
    return NULL;
  open_site (self, sr_site_row_get_item (row));
  select_row_of_site (self);
  show_content (self, TRUE);
  follow_layout (self);
  return g_ptr_array_index (self->trail, 0);
}

SrSiteItem *
sr_window_get_site (SrWindow *self)
{
  return self->site;
}

void
sr_window_push_page (SrWindow *self,
                     SrPage   *page)
{
  add_page (self, page);
  show_content (self, TRUE);
  show_last (self);
}

gboolean
sr_window_back (SrWindow *self)
{
  if (self->trail->len > 1)
    {
      SrPage *page = sr_window_get_page (self);

      g_ptr_array_remove_index (self->trail, self->trail->len - 1);
      show_last (self);
      drop_page (self, page);
      return TRUE;
    }
  if (!is_alone (self) || !has_sites (self) || !shows_content (self))
    return FALSE;
  show_content (self, FALSE);
  return TRUE;
}

SrPage *
sr_window_get_page (SrWindow *self)
{
  return self->trail->len > 0 ? g_ptr_array_index (self->trail, self->trail->len - 1) : NULL;
}

gboolean
sr_window_open_wizard (SrWindow *self,
                       SrWizard *wizard)
{
  if (self->wizard != NULL)
    sr_wizard_ask_to_close (self->wizard);
  if (self->wizard != NULL)
    {
      g_object_ref_sink (wizard);
      g_object_unref (wizard);
      return FALSE;
    }
  self->wizard = wizard;
  adw_bin_set_child (self->wizard_bin, GTK_WIDGET (wizard));
  g_signal_connect_object (wizard, "closed", G_CALLBACK (on_wizard_closed), self,
                           G_CONNECT_SWAPPED);
  gtk_stack_set_visible_child_name (self->stages, "wizard");
  tell_pages (self);
  return TRUE;
}

SrWizard *
sr_window_get_wizard (SrWindow *self)
{
  return self->wizard;
}

void
sr_window_toast (SrWindow   *self,
                 const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (markup));
}

void
sr_window_add_toast (SrWindow *self,
                     AdwToast *toast)
{
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
sr_window_set_jobs_widget (SrWindow  *self,
                           GtkWidget *widget)
{
  adw_bin_set_child (self->jobs, widget);
}

SrWindow *
sr_window_of (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  return SR_IS_WINDOW (root) ? SR_WINDOW (root) : NULL;
}
