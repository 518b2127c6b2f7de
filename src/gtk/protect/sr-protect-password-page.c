/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <string.h>

#include <glib/gi18n.h>

#include "gtk/model/sr-protect-check.h"
#include "gtk/protect/sr-protect-password-page.h"
#include "gtk/restore/sr-rows.h"

struct _SrProtectPasswordPage
{
  SrProtectPage parent_instance;

  void (*callback) (gpointer data); /* while it is looked at */
  gpointer data;                    /* owned */

  /* From the template. */
  GtkWidget *new_box;
  GtkWidget *generated;
  GtkWidget *own;
  GtkWidget *phrase_box;
  GtkWidget *phrase;
  GtkWidget *own_box;
  GtkWidget *first;
  GtkWidget *second;
  GtkWidget *strength;
  GtkWidget *strength_label;
  GtkWidget *existing_box;
  GtkWidget *existing;
  GtkWidget *problem;
  GtkWidget *keep;
};

G_DEFINE_FINAL_TYPE (SrProtectPasswordPage, sr_protect_password_page, SR_TYPE_PROTECT_PAGE)

static SrProtect *
get_protect (SrProtectPasswordPage *self)
{
  return sr_protect_page_get_protect (SR_PROTECT_PAGE (self));
}

static gboolean
is_existing (SrProtectPasswordPage *self)
{
  const SrVaultPlace *place = sr_protect_get_place (get_protect (self));

  return place != NULL && place->kind == SR_VAULT_PLACE_EXISTING;
}

static void
show_problem (SrProtectPasswordPage *self,
              const char            *text)
{
  gtk_label_set_label (GTK_LABEL (self->problem), text);
  gtk_widget_set_visible (self->problem, *text != '\0');
}

static void
follow (gpointer data)
{
  SrProtectPasswordPage *self = SR_PROTECT_PASSWORD_PAGE (data);
  gboolean               is_ready;
  guint                  strength;

  g_object_get (get_protect (self), "password-ready", &is_ready, "strength", &strength, NULL);
  gtk_level_bar_set_value (GTK_LEVEL_BAR (self->strength), strength);
  gtk_label_set_label (GTK_LABEL (self->strength_label), sr_strength_title (strength));
  sr_wizard_page_set_can_go_next (SR_WIZARD_PAGE (self), is_ready && self->callback == NULL);
}

/* The text of a secret for a widget. Returns: (transfer full): to be wiped */
static char *
secret_text (SrSecret *secret)
{
  return g_strndup (sr_secret_get_data (secret), sr_secret_get_size (secret));
}

static void
free_text (char *text)
{
  sr_secret_wipe (text, strlen (text));
  g_free (text);
}

static void
show_phrase (SrProtectPasswordPage *self)
{
  char *text = secret_text (sr_protect_get_password (get_protect (self)));

  gtk_label_set_label (GTK_LABEL (self->phrase), text);
  free_text (text);
}

static void
take_text (SrProtectPasswordPage *self,
           const char            *text)
{
  g_autoptr (SrSecret) password = NULL;

  if (*text != '\0')
    password = sr_secret_new_from (text, strlen (text));
  sr_protect_set_password (get_protect (self), password);
}

static void
on_typed (SrProtectPasswordPage *self)
{
  const char *first = gtk_editable_get_text (GTK_EDITABLE (self->first));
  const char *second = gtk_editable_get_text (GTK_EDITABLE (self->second));

  show_problem (self, "");
  if (is_existing (self))
    {
      take_text (self, gtk_editable_get_text (GTK_EDITABLE (self->existing)));
      return;
    }
  if (*second != '\0' && !g_str_equal (first, second))
    {
      take_text (self, "");
      show_problem (self, _ ("The two are not the same."));
      return;
    }
  take_text (self, first);
  /* Known only when it was typed twice; how strong it is shows before. */
  if (*second == '\0')
    sr_wizard_page_set_can_go_next (SR_WIZARD_PAGE (self), FALSE);
}

static void
on_another (SrProtectPasswordPage *self)
{
  sr_protect_generate_password (get_protect (self));
  show_phrase (self);
}

static void
on_toggled (SrProtectPasswordPage *self)
{
  gboolean is_own = !gtk_check_button_get_active (GTK_CHECK_BUTTON (self->generated));

  gtk_widget_set_visible (self->phrase_box, !is_own);
  gtk_widget_set_visible (self->own_box, is_own);
  show_problem (self, "");
  if (is_own)
    on_typed (self);
  else
    on_another (self);
}

static void
on_copy (SrProtectPasswordPage *self)
{
  sr_rows_copy_line (self->phrase, gtk_label_get_label (GTK_LABEL (self->phrase)));
}

/* --- looking ---------------------------------------------------------------------------------- */

static void
on_checked (GObject      *object,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (SrProtectPasswordPage) self = SR_PROTECT_PASSWORD_PAGE (data);
  g_autoptr (GObject)               owner = g_steal_pointer (&self->data);
  g_autoptr (GError)                error = NULL;
  void (*callback) (gpointer data) = self->callback;

  self->callback = NULL;
  follow (self);
  /* Back was pressed meanwhile. */
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (sr_protect_check_password_finish (SR_PROTECT (object), result, &error))
    callback (owner);
  else
    show_problem (self, error->message);
}

void
sr_protect_password_page_check (SrProtectPasswordPage *self,
                                void (*callback) (gpointer data),
                                GObject *data)
{
  if (self->callback != NULL)
    return;
  self->callback = callback;
  self->data = g_object_ref (data);
  show_problem (self, "");
  follow (self);
  sr_protect_check_password_async (get_protect (self), NULL, on_checked, g_object_ref (self));
}

/* --- class ------------------------------------------------------------------------------------ */

static void
begin (SrProtectPasswordPage *self)
{
  SrProtect *protect = get_protect (self);
  SrSecret  *password = sr_protect_get_password (protect);
  gboolean   is_there = is_existing (self);
  char      *typed;

  gtk_widget_set_visible (self->existing_box, is_there);
  gtk_widget_set_visible (self->new_box, !is_there);
  gtk_widget_set_visible (self->own_box, FALSE);
  if (is_there)
    {
      sr_protect_set_password (protect, NULL);
      return;
    }
  if (password == NULL || sr_protect_is_password_generated (protect))
    {
      if (password == NULL)
        sr_protect_generate_password (protect);
      show_phrase (self);
      /* what is there is kept: it may have been printed */
      g_signal_handlers_block_by_func (self->generated, on_toggled, self);
      gtk_check_button_set_active (GTK_CHECK_BUTTON (self->generated), TRUE);
      g_signal_handlers_unblock_by_func (self->generated, on_toggled, self);
      return;
    }
  typed = secret_text (password);
  gtk_editable_set_text (GTK_EDITABLE (self->first), typed);
  gtk_editable_set_text (GTK_EDITABLE (self->second), typed);
  free_text (typed);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->own), TRUE);
  gtk_widget_set_visible (self->phrase_box, FALSE);
  gtk_widget_set_visible (self->own_box, TRUE);
}

static void
sr_protect_password_page_constructed (GObject *object)
{
  static const char *const watched[] = { "password-ready", "strength", NULL };
  SrProtectPasswordPage   *self = SR_PROTECT_PASSWORD_PAGE (object);

  G_OBJECT_CLASS (sr_protect_password_page_parent_class)->constructed (object);
  begin (self);
  g_object_bind_property (get_protect (self), "keep-password", self->keep, "active",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  sr_protect_page_watch (SR_PROTECT_PAGE (self), watched, follow);
}

static void
sr_protect_password_page_class_init (SrProtectPasswordPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->constructed = sr_protect_password_page_constructed;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/strongroom/Strongroom/protect/sr-protect-password-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SrProtectPasswordPage, new_box);
  gtk_widget_class_bind_template_child (widget_class, SrProtectPasswordPage, generated);
  gtk_widget_class_bind_template_child (widget_class, SrProtectPasswordPage, own);
  gtk_widget_class_bind_template_child (widget_class, SrProtectPasswordPage, phrase_box);
  gtk_widget_class_bind_template_child (widget_class, SrProtectPasswordPage, phrase);
  gtk_widget_class_bind_template_child (widget_class, SrProtectPasswordPage, own_box);
  gtk_widget_class_bind_template_child (widget_class, SrProtectPasswordPage, first);
  gtk_widget_class_bind_template_child (widget_class, SrProtectPasswordPage, second);
  gtk_widget_class_bind_template_child (widget_class, SrProtectPasswordPage, strength);
  gtk_widget_class_bind_template_child (widget_class, SrProtectPasswordPage, strength_label);
  gtk_widget_class_bind_template_child (widget_class, SrProtectPasswordPage, existing_box);
  gtk_widget_class_bind_template_child (widget_class, SrProtectPasswordPage, existing);
  gtk_widget_class_bind_template_child (widget_class, SrProtectPasswordPage, problem);
  gtk_widget_class_bind_template_child (widget_class, SrProtectPasswordPage, keep);
  gtk_widget_class_bind_template_callback (widget_class, on_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_typed);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_another);
  gtk_widget_class_bind_template_callback (widget_class, sr_wizard_page_next);
}

static void
sr_protect_password_page_init (SrProtectPasswordPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sr_protect_password_page_new (SrProtect *protect)
{
  return g_object_new (SR_TYPE_PROTECT_PASSWORD_PAGE, "protect", protect, NULL);
}
