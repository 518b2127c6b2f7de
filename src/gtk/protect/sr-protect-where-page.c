/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <glib/gi18n.h>

#include "gtk/model/sr-say.h"
#include "gtk/protect/sr-protect-where-page.h"
#include "gtk/sr-compat.h"

struct _SrProtectWherePage
{
  SrProtectPage parent_instance;

  /* From the template. */
  GtkWidget *folder;
  GtkWidget *verdict;
  GtkWidget *icon;
  GtkWidget *sentence;
  GtkWidget *suggestion;
  GtkWidget *suggestion_label;
  GtkWidget *warning_box;
  GtkWidget *warning;
  GtkWidget *space_box;
  GtkWidget *space_label;
  GtkWidget *space;
};

G_DEFINE_FINAL_TYPE (SrProtectWherePage, sr_protect_where_page, SR_TYPE_PROTECT_PAGE)

static SrProtect *
get_protect (SrProtectWherePage *self)
{
  return sr_protect_page_get_protect (SR_PROTECT_PAGE (self));
}

static void
show_text (GtkWidget  *label,
           GtkWidget  *whole,
           const char *text)
{
  gtk_label_set_label (GTK_LABEL (label), text);
  gtk_widget_set_visible (whole, *text != '\0');
}

static void
follow_space (SrProtectWherePage *self,
              const SrVaultPlace *place)
{
  gboolean         is_known = place != NULL && place->total_bytes > 0;
  g_autofree char *free_bytes = NULL, *all = NULL, *text = NULL;

  gtk_widget_set_visible (self->space_box, is_known);
  if (!is_known)
    return;
  free_bytes = sr_say_size (place->free_bytes);
  all = sr_say_size (place->total_bytes);
  /* TRANSLATORS: sizes: "120 GB of 500 GB free" */
  text = g_strdup_printf (_ ("%s of %s free"), free_bytes, all);
  gtk_label_set_label (GTK_LABEL (self->space_label), text);
  gtk_level_bar_set_value (GTK_LEVEL_BAR (self->space),
                           MIN ((double) place->free_bytes / (double) place->total_bytes, 1.0));
}

static void
follow_suggestion (SrProtectWherePage *self,
                   const SrVaultPlace *place)
{
  g_autofree char *shown = NULL, *text = NULL;

  gtk_widget_set_visible (self->suggestion, place != NULL && place->suggestion != NULL);
  if (place == NULL || place->suggestion == NULL)
    return;
  shown = g_utf8_make_valid (place->suggestion, -1);
  text = g_strdup_printf (_ ("Use “%s”"), shown);
  gtk_label_set_label (GTK_LABEL (self->suggestion_label), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->suggestion),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
follow_icon (SrProtectWherePage *self,
             gboolean            is_ready,
             gboolean            is_unusable)
{
  GtkImage *icon = GTK_IMAGE (self->icon);

  gtk_widget_remove_css_class (self->icon, "success");
  gtk_widget_remove_css_class (self->icon, "warning");
  gtk_widget_remove_css_class (self->icon, "error");
  if (is_ready)
    gtk_image_set_from_icon_name (icon, "strongroom-intact-symbolic");
  else
    gtk_image_set_from_icon_name (icon, is_unusable ? "strongroom-broken-symbolic"
                                                    : "strongroom-suspicious-symbolic");
  gtk_widget_add_css_class (self->icon, is_ready ? "success" : (is_unusable ? "error" : "warning"));
}

static void
follow (gpointer data)
{
  SrProtectWherePage *self = SR_PROTECT_WHERE_PAGE (data);
  const SrVaultPlace *place = sr_protect_get_place (get_protect (self));
  g_autofree char    *path = NULL, *shown = NULL, *sentence = NULL, *warning = NULL;
  gboolean            is_busy, is_ready;
  guint               kind;

  g_object_get (get_protect (self), "place", &path, "place-sentence", &sentence, "place-warning",
                &warning, "place-ready", &is_ready, "place-kind", &kind, "busy", &is_busy, NULL);
  shown = g_utf8_make_valid (*path != '\0' ? path : _ ("Not chosen yet"), -1);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->folder), shown);
  show_text (self->sentence, self->verdict, sentence);
  show_text (self->warning, self->warning_box, warning);
  follow_icon (self, is_ready, kind == SR_VAULT_PLACE_UNUSABLE);
  follow_suggestion (self, place);
  follow_space (self, place);
  sr_wizard_page_set_can_go_next (SR_WIZARD_PAGE (self), is_ready && !is_busy);
}

static void
on_chosen (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (SrProtectWherePage) self = SR_PROTECT_WHERE_PAGE (data);
  g_autoptr (GError)             error = NULL;
  g_autoptr (GFile)              file = sr_compat_choose_file_finish (result, &error);

  if (error != NULL)
    show_text (self->sentence, self->verdict, error->message);
  else if (file != NULL && g_file_peek_path (file) == NULL)
    show_text (self->sentence, self->verdict,
               _ ("This folder cannot be reached as one on this computer; mount it first."));
  else if (file != NULL)
    sr_protect_set_place (get_protect (self), g_file_peek_path (file));
}

static void
on_choose (SrProtectWherePage *self)
{
  sr_compat_choose_file (GTK_WIDGET (self), SR_CHOOSE_FOLDER, _ ("Choose a Folder for the Backups"),
                         NULL, NULL, on_chosen, g_object_ref (self));
}

static void
on_suggestion (SrProtectWherePage *self)
{
  const SrVaultPlace *place = sr_protect_get_place (get_protect (self));
  g_autofree char    *path = place != NULL ? g_strdup (place->suggestion) : NULL;

  if (path != NULL)
    sr_protect_set_place (get_protect (self), path);
}

static void
sr_protect_where_page_constructed (GObject *object)
{
  static const char *const watched[] = { "busy", "place", "place-sentence", "place-ready", NULL };

  G_OBJECT_CLASS (sr_protect_where_page_parent_class)->constructed (object);
  sr_protect_page_watch (SR_PROTECT_PAGE (object), watched, follow);
}

static void
sr_protect_where_page_class_init (SrProtectWherePageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->constructed = sr_protect_where_page_constructed;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/strongroom/Strongroom/protect/sr-protect-where-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrProtectWherePage, folder);
  gtk_widget_class_bind_template_child (widget_class, SrProtectWherePage, verdict);
  gtk_widget_class_bind_template_child (widget_class, SrProtectWherePage, icon);
  gtk_widget_class_bind_template_child (widget_class, SrProtectWherePage, sentence);
  gtk_widget_class_bind_template_child (widget_class, SrProtectWherePage, suggestion);
  gtk_widget_class_bind_template_child (widget_class, SrProtectWherePage, suggestion_label);
  gtk_widget_class_bind_template_child (widget_class, SrProtectWherePage, warning_box);
  gtk_widget_class_bind_template_child (widget_class, SrProtectWherePage, warning);
  gtk_widget_class_bind_template_child (widget_class, SrProtectWherePage, space_box);
  gtk_widget_class_bind_template_child (widget_class, SrProtectWherePage, space_label);
  gtk_widget_class_bind_template_child (widget_class, SrProtectWherePage, space);
  gtk_widget_class_bind_template_callback (widget_class, on_choose);
  gtk_widget_class_bind_template_callback (widget_class, on_suggestion);
}

static void
sr_protect_where_page_init (SrProtectWherePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sr_protect_where_page_new (SrProtect *protect)
{
  return g_object_new (SR_TYPE_PROTECT_WHERE_PAGE, "protect", protect, NULL);
}
