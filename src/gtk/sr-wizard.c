/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <glib/gi18n.h>

#include "gtk/sr-compat.h"
#include "gtk/sr-wizard.h"

typedef struct
{
  char *title;
  char *at_stake;

  /* From the template. */
  GtkWidget *back;
  GtkWidget *next;
  GtkLabel  *heading;
  GtkStack  *stack;

  GPtrArray *trail; /* of SrWizardPage, owned by the stack; the last is in sight */
  gboolean   asking;
  gboolean   closed;
} SrWizardPrivate;

enum
{
  PROP_TITLE = 1,
  PROP_AT_STAKE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint       closed_signal;

G_DEFINE_TYPE_WITH_PRIVATE (SrWizard, sr_wizard, ADW_TYPE_BIN)

#define PRIVATE(self) ((SrWizardPrivate *) sr_wizard_get_instance_private (self))

/* The header bar says what the page in sight says. */
static void
follow_page (SrWizard *self)
{
  SrWizardPrivate *priv = PRIVATE (self);
  SrWizardPage    *page = sr_wizard_get_page (self);
  gboolean         first = priv->trail->len <= 1;
  const char      *label;

  if (page == NULL)
    return;
  label = sr_wizard_page_get_next_label (page);
  gtk_label_set_label (priv->heading, sr_wizard_get_title (self));
  gtk_widget_set_visible (priv->next, *label != '\0');
  gtk_button_set_label (GTK_BUTTON (priv->next), label);
  gtk_widget_set_sensitive (priv->next, sr_wizard_page_get_can_go_next (page));
  gtk_widget_remove_css_class (priv->next, "suggested-action");
  gtk_widget_remove_css_class (priv->next, "destructive-action");
  gtk_widget_add_css_class (priv->next, sr_wizard_page_get_destructive (page) ? "destructive-action"
                                                                              : "suggested-action");
  gtk_widget_set_visible (priv->back, sr_wizard_page_get_can_go_back (page));
  gtk_button_set_label (GTK_BUTTON (priv->back), first ? _ ("_Cancel") : _ ("_Back"));
}

static void
on_page_notify (SrWizard     *self,
                GParamSpec   *spec,
                SrWizardPage *page)
{
  if (page == sr_wizard_get_page (self))
    follow_page (self);
}

/* The question stands above the page, where there is room for it: a header bar has none. */
static GtkWidget *
make_heading (SrWizardPage *page)
{
  GtkWidget *label = gtk_label_new (NULL);

  g_object_bind_property (page, "title", label, "label", G_BINDING_SYNC_CREATE);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "title-2");
  gtk_widget_add_css_class (label, "wizard-heading");
  return label;
}

static GtkWidget *
frame_page (SrWizardPage *page)
{
  gboolean   fill = sr_wizard_page_get_fill (page);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scrolled, *clamp = adw_clamp_new ();

  gtk_widget_add_css_class (clamp, "wizard-page");
  if (fill)
    {
      adw_clamp_set_child (ADW_CLAMP (clamp), make_heading (page));
      gtk_box_append (GTK_BOX (box), clamp);
      gtk_widget_set_vexpand (GTK_WIDGET (page), TRUE);
      gtk_box_append (GTK_BOX (box), GTK_WIDGET (page));
      return box;
    }
  gtk_box_append (GTK_BOX (box), make_heading (page));
  gtk_widget_set_vexpand (GTK_WIDGET (page), TRUE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (page));
  adw_clamp_set_child (ADW_CLAMP (clamp), box);
  scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), clamp);
  return scrolled;
}

/* The child of the stack a page lies in. */
static GtkWidget *
frame_of (SrWizard     *self,
          SrWizardPage *page)
{
  GtkWidget *widget = GTK_WIDGET (page);

  while (gtk_widget_get_parent (widget) != GTK_WIDGET (PRIVATE (self)->stack))
    widget = gtk_widget_get_parent (widget);
  return widget;
}

static void
tell_page (SrWizardPage *page,
           gboolean      shown)
{
  SrWizardPageClass *class;

  if (page == NULL)
    return;
  class = SR_WIZARD_PAGE_GET_CLASS (page);
  if (shown && class->shown != NULL)
    class->shown (page);
  else if (!shown && class->hidden != NULL)
    class->hidden (page);
}

static void
show_last (SrWizard *self)
{
  SrWizardPage *page = sr_wizard_get_page (self);

  gtk_stack_set_visible_child (PRIVATE (self)->stack, frame_of (self, page));
  follow_page (self);
  tell_page (page, TRUE);
}

static void
drop_page (SrWizard     *self,
           SrWizardPage *page)
{
  g_signal_handlers_disconnect_by_data (page, self);
  gtk_stack_remove (PRIVATE (self)->stack, frame_of (self, page));
}

static void
on_back_clicked (SrWizard *self)
{
  sr_wizard_back (self);
}

static void
on_next_clicked (SrWizard *self)
{
  SrWizardPage *page = sr_wizard_get_page (self);

  if (page != NULL && sr_wizard_page_get_can_go_next (page))
    g_signal_emit_by_name (page, "next");
}

static void
on_asked (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (SrWizard) self = SR_WIZARD (data);

  PRIVATE (self)->asking = FALSE;
  if (sr_compat_confirm_finish (result))
    sr_wizard_close (self);
}

static void
sr_wizard_dispose (GObject *object)
{
  SrWizardPrivate *priv = PRIVATE (SR_WIZARD (object));

  for (guint n = 0; priv->trail != NULL && n < priv->trail->len; n++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (priv->trail, n), object);
  g_clear_pointer (&priv->trail, g_ptr_array_unref);
  adw_bin_set_child (ADW_BIN (object), NULL);
  G_OBJECT_CLASS (sr_wizard_parent_class)->dispose (object);
}

static void
sr_wizard_finalize (GObject *object)
{
  SrWizardPrivate *priv = PRIVATE (SR_WIZARD (object));

  g_free (priv->title);
  g_free (priv->at_stake);
  G_OBJECT_CLASS (sr_wizard_parent_class)->finalize (object);
}

static void
sr_wizard_get_property (GObject    *object,
                        guint       id,
                        GValue     *value,
                        GParamSpec *spec)
{
  SrWizard *self = SR_WIZARD (object);

  switch (id)
    {
    case PROP_TITLE:
      g_value_set_string (value, sr_wizard_get_title (self));
      break;
    case PROP_AT_STAKE:
      g_value_set_string (value, sr_wizard_get_at_stake (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
sr_wizard_set_property (GObject      *object,
                        guint         id,
                        const GValue *value,
                        GParamSpec   *spec)
{
  SrWizard *self = SR_WIZARD (object);

  switch (id)
    {
    case PROP_TITLE:
      g_free (PRIVATE (self)->title);
      PRIVATE (self)->title = g_value_dup_string (value);
      follow_page (self);
      break;
    case PROP_AT_STAKE:
      sr_wizard_set_at_stake (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

static void
sr_wizard_class_init (SrWizardClass *class)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = sr_wizard_dispose;
  object_class->finalize = sr_wizard_finalize;
  object_class->get_property = sr_wizard_get_property;
  object_class->set_property = sr_wizard_set_property;
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "",
                                                G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_AT_STAKE] =
      g_param_spec_string ("at-stake", NULL, NULL, "",
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  closed_signal = g_signal_new ("closed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/strongroom/Strongroom/sr-wizard.ui");
  gtk_widget_class_bind_template_child_private (widget_class, SrWizard, back);
  gtk_widget_class_bind_template_child_private (widget_class, SrWizard, next);
  gtk_widget_class_bind_template_child_private (widget_class, SrWizard, heading);
  gtk_widget_class_bind_template_child_private (widget_class, SrWizard, stack);
  gtk_widget_class_bind_template_callback (widget_class, on_back_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_next_clicked);
}

static void
sr_wizard_init (SrWizard *self)
{
  PRIVATE (self)->trail = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/** Makes a wizard without pages. */
GtkWidget *
sr_wizard_new (const char *title)
{
  return g_object_new (SR_TYPE_WIZARD, "title", title, NULL);
}

const char *
sr_wizard_get_title (SrWizard *self)
{
  const char *title = PRIVATE (self)->title;

  return title != NULL ? title : "";
}

const char *
sr_wizard_get_at_stake (SrWizard *self)
{
  const char *sentence = PRIVATE (self)->at_stake;

  return sentence != NULL ? sentence : "";
}

void
sr_wizard_set_at_stake (SrWizard   *self,
                        const char *sentence)
{
  SrWizardPrivate *priv = PRIVATE (self);

  if (g_strcmp0 (priv->at_stake, sentence) == 0)
    return;
  g_free (priv->at_stake);
  priv->at_stake = g_strdup (sentence);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AT_STAKE]);
}

SrWizardPage *
sr_wizard_get_page (SrWizard *self)
{
  GPtrArray *trail = PRIVATE (self)->trail;

  return trail != NULL && trail->len > 0 ? g_ptr_array_index (trail, trail->len - 1) : NULL;
}

void
sr_wizard_push (SrWizard     *self,
                SrWizardPage *page)
{
  SrWizardPrivate *priv = PRIVATE (self);

  tell_page (sr_wizard_get_page (self), FALSE);
  gtk_stack_add_child (priv->stack, frame_page (page));
  g_ptr_array_add (priv->trail, page);
  g_signal_connect_object (page, "notify", G_CALLBACK (on_page_notify), self, G_CONNECT_SWAPPED);
  show_last (self);
}

void
sr_wizard_replace (SrWizard     *self,
                   SrWizardPage *page)
{
  SrWizardPrivate *priv = PRIVATE (self);
  guint            before = priv->trail->len;

  sr_wizard_push (self, page);
  for (guint n = 0; n < before; n++)
    drop_page (self, g_ptr_array_index (priv->trail, n));
  if (before > 0)
    g_ptr_array_remove_range (priv->trail, 0, before);
  follow_page (self);
}

void
sr_wizard_back (SrWizard *self)
{
  SrWizardPrivate *priv = PRIVATE (self);
  SrWizardPage    *page = sr_wizard_get_page (self);

  if (page != NULL && !sr_wizard_page_get_can_go_back (page))
    return;
  if (priv->trail->len <= 1)
    {
      sr_wizard_ask_to_close (self);
      return;
    }
  tell_page (page, FALSE);
  g_ptr_array_remove_index (priv->trail, priv->trail->len - 1);
  show_last (self);
  drop_page (self, page);
}

void
sr_wizard_ask_to_close (SrWizard *self)
{
  SrWizardPrivate *priv = PRIVATE (self);
  SrConfirm        question = { 0 };

  if (*sr_wizard_get_at_stake (self) == '\0')
    {
      sr_wizard_close (self);
      return;
    }
  if (priv->asking)
    return;
  priv->asking = TRUE;
  question.heading = _ ("Close and Lose What Was Entered?");
  question.body = priv->at_stake;
  question.cancel = _ ("_Keep Open");
  question.accept = _ ("_Close");
  question.destructive = TRUE;
  sr_compat_confirm (GTK_WIDGET (self), &question, on_asked, g_object_ref (self));
}

void
sr_wizard_close (SrWizard *self)
{
  if (PRIVATE (self)->closed)
    return;
  PRIVATE (self)->closed = TRUE;
  tell_page (sr_wizard_get_page (self), FALSE);
  g_signal_emit (self, closed_signal, 0);
}
