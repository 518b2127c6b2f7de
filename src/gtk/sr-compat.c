/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include <glib/gi18n.h>

#include "gtk/sr-compat.h"

#define APPLICATION_ID "io.github.strongroom.Strongroom"

#define RESPONSE_CANCEL "cancel"
#define RESPONSE_ACCEPT "accept"

static GtkWindow *
window_of (GtkWidget *widget)
{
  GtkRoot *root = widget != NULL ? gtk_widget_get_root (widget) : NULL;

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

/* --- a question ------------------------------------------------------------------------------- */

#if ADW_CHECK_VERSION(1, 5, 0)
typedef AdwAlertDialog SrQuestion;
#define question_set_response_enabled adw_alert_dialog_set_response_enabled
#else
typedef AdwMessageDialog SrQuestion;
#define question_set_response_enabled adw_message_dialog_set_response_enabled
#endif

/* What an entry for the typed name knows. */
typedef struct
{
  SrQuestion *question; /* holds the entry, so it outlives it */
  char       *typed;
} SrTyped;

static void
free_typed (gpointer  data,
            GClosure *closure)
{
  SrTyped *typed = data;

  g_free (typed->typed);
  g_free (typed);
}

static void
on_typed (GtkEditable *editable,
          gpointer     data)
{
  SrTyped         *typed = data;
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (editable)));

  question_set_response_enabled (typed->question, RESPONSE_ACCEPT,
                                 strcmp (text, typed->typed) == 0);
}

static GtkWidget *
make_typed_entry (SrQuestion *question,
                  const char *typed)
{
  g_autofree char *title = g_strdup_printf (_ ("Type “%s” to go on"), typed);
  g_autofree char *markup = g_markup_escape_text (title, -1);
  GtkWidget       *list = gtk_list_box_new ();
  GtkWidget       *entry = adw_entry_row_new ();
  SrTyped         *known = g_new0 (SrTyped, 1);

  known->question = question;
  known->typed = g_strstrip (g_strdup (typed));
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (entry), markup);
  gtk_list_box_append (GTK_LIST_BOX (list), entry);
  g_signal_connect_data (entry, "changed", G_CALLBACK (on_typed), known, free_typed, 0);
  question_set_response_enabled (question, RESPONSE_ACCEPT, FALSE);
  return list;
}

/* Returns: (transfer floating) (nullable): what stands below the body. */
static GtkWidget *
make_extra (SrQuestion      *question,
            const SrConfirm *asked)
{
  GtkWidget *box;

  if (asked->typed == NULL)
    return asked->extra;
  if (asked->extra == NULL)
    return make_typed_entry (question, asked->typed);
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_box_append (GTK_BOX (box), asked->extra);
  gtk_box_append (GTK_BOX (box), make_typed_entry (question, asked->typed));
  return box;
}

#if ADW_CHECK_VERSION(1, 5, 0)

static void
on_answer (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (GTask) task = data;
  const char       *answer = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result);

  g_task_return_boolean (task, strcmp (answer, RESPONSE_ACCEPT) == 0);
}

static GtkWidget *
make_centered (const char *text,
               const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

/* Heading and body in labels of our own: libadwaita 1.7 measures its own heading with less width
 * than it needs as soon as it has to wrap, and warns. */
static GtkWidget *
make_content (SrQuestion      *question,
              const SrConfirm *asked)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *extra = make_extra (question, asked);

  gtk_box_append (GTK_BOX (box), make_centered (asked->heading, "title-2"));
  if (asked->body != NULL)
    gtk_box_append (GTK_BOX (box), make_centered (asked->body, "body"));
  if (extra != NULL)
    gtk_box_append (GTK_BOX (box), extra);
  return box;
}

static void
ask (GtkWidget       *parent,
     const SrConfirm *asked,
     GTask           *task)
{
  AdwAlertDialog *dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (NULL, NULL));

  adw_dialog_set_title (ADW_DIALOG (dialog), asked->heading);
  adw_alert_dialog_add_responses (dialog, RESPONSE_CANCEL,
                                  asked->cancel != NULL ? asked->cancel : _ ("_Cancel"),
                                  RESPONSE_ACCEPT, asked->accept, NULL);
  adw_alert_dialog_set_close_response (dialog, RESPONSE_CANCEL);
  adw_alert_dialog_set_default_response (dialog, asked->destructive ? RESPONSE_CANCEL
                                                                    : RESPONSE_ACCEPT);
  adw_alert_dialog_set_response_appearance (dialog, RESPONSE_ACCEPT,
                                            asked->destructive ? ADW_RESPONSE_DESTRUCTIVE
                                                               : ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_extra_child (dialog, make_content (dialog, asked));
  /* A question that goes with its window has the safe answer. */
  if (window_of (parent) != NULL)
    g_signal_connect_object (window_of (parent), "unrealize", G_CALLBACK (adw_dialog_force_close),
                             dialog, G_CONNECT_SWAPPED);
  adw_alert_dialog_choose (dialog, parent, NULL, on_answer, task);
}

#else

/* The first answer counts. */
static void
answer_once (GTask   *task,
             gboolean accepted)
{
  if (g_task_get_task_data (task) != NULL)
    return;
  g_task_set_task_data (task, GUINT_TO_POINTER (TRUE), NULL);
  g_task_return_boolean (task, accepted);
}

static void
on_answer (AdwMessageDialog *dialog,
           const char       *answer,
           gpointer          data)
{
  answer_once (data, strcmp (answer, RESPONSE_ACCEPT) == 0);
}

/* With its parent the dialog goes without an answer. */
static void
on_question_unmap (GtkWidget *dialog,
                   gpointer   data)
{
  answer_once (data, FALSE);
}

static void
free_task (gpointer  data,
           GClosure *closure)
{
  g_object_unref (data);
}

static void
ask (GtkWidget       *parent,
     const SrConfirm *asked,
     GTask           *task)
{
  AdwMessageDialog *dialog =
      ADW_MESSAGE_DIALOG (adw_message_dialog_new (window_of (parent), asked->heading, asked->body));

  adw_message_dialog_add_responses (dialog, RESPONSE_CANCEL,
                                    asked->cancel != NULL ? asked->cancel : _ ("_Cancel"),
                                    RESPONSE_ACCEPT, asked->accept, NULL);
  adw_message_dialog_set_close_response (dialog, RESPONSE_CANCEL);
  adw_message_dialog_set_default_response (dialog, asked->destructive ? RESPONSE_CANCEL
                                                                      : RESPONSE_ACCEPT);
  adw_message_dialog_set_response_appearance (dialog, RESPONSE_ACCEPT,
                                              asked->destructive ? ADW_RESPONSE_DESTRUCTIVE
                                                                 : ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_extra_child (dialog, make_extra (dialog, asked));
  /* Not destroy-with-parent: the task keeps the parent, so that it is only unrealized. */
  if (window_of (parent) != NULL)
    g_signal_connect_object (window_of (parent), "unrealize", G_CALLBACK (gtk_window_destroy),
                             dialog, G_CONNECT_SWAPPED);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_answer), task, free_task, 0);
  g_signal_connect (dialog, "unmap", G_CALLBACK (on_question_unmap), task);
  gtk_window_present (GTK_WINDOW (dialog));
}

#endif

void
sr_compat_confirm (GtkWidget          *parent,
                   const SrConfirm    *question,
                   GAsyncReadyCallback callback,
                   gpointer            data)
{
  GTask *task = g_task_new (parent, NULL, callback, data);

  g_task_set_source_tag (task, sr_compat_confirm);
  ask (parent, question, task);
}

gboolean
sr_compat_confirm_finish (GAsyncResult *result)
{
  return g_task_propagate_boolean (G_TASK (result), NULL);
}

/* --- files ------------------------------------------------------------------------------------ */

#if GTK_CHECK_VERSION(4, 10, 0)

static void
on_file_chosen (GObject      *source,
                GAsyncResult *result,
                gpointer      data)
{
  g_autoptr (GTask)  task = data;
  g_autoptr (GError) error = NULL;
  GtkFileDialog     *dialog = GTK_FILE_DIALOG (source);
  GFile             *file = NULL;

  switch (GPOINTER_TO_UINT (g_task_get_task_data (task)))
    {
    case SR_CHOOSE_SAVE:
      file = gtk_file_dialog_save_finish (dialog, result, &error);
      break;
    case SR_CHOOSE_FOLDER:
      file = gtk_file_dialog_select_folder_finish (dialog, result, &error);
      break;
    default:
      file = gtk_file_dialog_open_finish (dialog, result, &error);
    }
  if (error != NULL && !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED) &&
      !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, file, g_object_unref);
}

static void
choose (GtkWidget  *parent,
        SrChoose    what,
        const char *title,
        const char *name,
        GListModel *filters,
        GTask      *task)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  GtkWindow                *window = window_of (parent);

  gtk_file_dialog_set_title (dialog, title);
  if (name != NULL)
    gtk_file_dialog_set_initial_name (dialog, name);
  if (filters != NULL)
    gtk_file_dialog_set_filters (dialog, filters);
  if (what == SR_CHOOSE_SAVE)
    gtk_file_dialog_save (dialog, window, NULL, on_file_chosen, task);
  else if (what == SR_CHOOSE_FOLDER)
    gtk_file_dialog_select_folder (dialog, window, NULL, on_file_chosen, task);
  else
    gtk_file_dialog_open (dialog, window, NULL, on_file_chosen, task);
}

#else

static void
on_file_chosen (GtkNativeDialog *dialog,
                int              response,
                gpointer         data)
{
  g_autoptr (GTask) task = data;
  GFile            *file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_task_return_pointer (task, file, g_object_unref);
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
on_parent_unrealize (GtkNativeDialog *dialog)
{
  g_signal_emit_by_name (dialog, "response", GTK_RESPONSE_CANCEL);
}

static void
choose (GtkWidget  *parent,
        SrChoose    what,
        const char *title,
        const char *name,
        GListModel *filters,
        GTask      *task)
{
  static const GtkFileChooserAction actions[] = {
    [SR_CHOOSE_OPEN] = GTK_FILE_CHOOSER_ACTION_OPEN,
    [SR_CHOOSE_SAVE] = GTK_FILE_CHOOSER_ACTION_SAVE,
    [SR_CHOOSE_FOLDER] = GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
  };
  GtkFileChooserNative *native =
      gtk_file_chooser_native_new (title, window_of (parent), actions[what], NULL, NULL);
  GtkFileChooser *chooser = GTK_FILE_CHOOSER (native);

  if (name != NULL)
    gtk_file_chooser_set_current_name (chooser, name);
  for (guint n = 0; filters != NULL && n < g_list_model_get_n_items (filters); n++)
    {
      g_autoptr (GtkFileFilter) filter = g_list_model_get_item (filters, n);

      gtk_file_chooser_add_filter (chooser, filter);
    }
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (native), TRUE);
  g_signal_connect (native, "response", G_CALLBACK (on_file_chosen), task);
  if (window_of (parent) != NULL)
    g_signal_connect_object (window_of (parent), "unrealize", G_CALLBACK (on_parent_unrealize),
                             native, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (native));
}

#endif

void
sr_compat_choose_file (GtkWidget          *parent,
                       SrChoose            what,
                       const char         *title,
                       const char         *name,
                       GListModel         *filters,
                       GAsyncReadyCallback callback,
                       gpointer            data)
{
  GTask *task = g_task_new (parent, NULL, callback, data);

  g_task_set_source_tag (task, sr_compat_choose_file);
  g_task_set_task_data (task, GUINT_TO_POINTER (what), NULL);
  choose (parent, what, title, name, filters, task);
}

GFile *
sr_compat_choose_file_finish (GAsyncResult *result,
                              GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- dialogs ---------------------------------------------------------------------------------- */

static GtkWidget *
under_header (GtkWidget *child)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_widget_set_vexpand (child, TRUE);
  gtk_box_append (GTK_BOX (box), child);
  return box;
}

#if ADW_CHECK_VERSION(1, 5, 0)

void
sr_compat_present_dialog (GtkWidget  *parent,
                          const char *title,
                          GtkWidget  *child,
                          int         width,
                          int         height)
{
  AdwDialog *dialog = adw_dialog_new ();

  adw_dialog_set_title (dialog, title);
  adw_dialog_set_content_width (dialog, width);
  adw_dialog_set_content_height (dialog, height);
  adw_dialog_set_child (dialog, under_header (child));
  adw_dialog_present (dialog, parent);
}

void
sr_compat_close_dialog (GtkWidget *child)
{
  GtkWidget *dialog = gtk_widget_get_ancestor (child, ADW_TYPE_DIALOG);

  if (dialog != NULL)
    adw_dialog_close (ADW_DIALOG (dialog));
}

#else

/* No wider than the window it belongs to: on a small screen that is all there is. */
static void
set_size (GtkWidget *dialog,
          GtkWidget *parent,
          int        width,
          int        height)
{
  GtkWindow *window = window_of (parent);
  int        room = window != NULL ? gtk_widget_get_width (GTK_WIDGET (window)) : 0;

  gtk_window_set_default_size (GTK_WINDOW (dialog), room > 0 ? MIN (width, room) : width, height);
}

static gboolean
on_escape (GtkWidget *widget,
           GVariant  *arguments,
           gpointer   data)
{
  gtk_window_close (GTK_WINDOW (widget));
  return TRUE;
}

void
sr_compat_present_dialog (GtkWidget  *parent,
                          const char *title,
                          GtkWidget  *child,
                          int         width,
                          int         height)
{
  GtkWidget             *dialog = adw_window_new ();
  GtkEventController    *keys = gtk_shortcut_controller_new ();
  GtkShortcutController *shortcuts = GTK_SHORTCUT_CONTROLLER (keys);

  gtk_window_set_title (GTK_WINDOW (dialog), title);
  set_size (dialog, parent, width, height);
  gtk_window_set_modal (GTK_WINDOW (dialog), TRUE);
  gtk_window_set_transient_for (GTK_WINDOW (dialog), window_of (parent));
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
  adw_window_set_content (ADW_WINDOW (dialog), under_header (child));
  gtk_shortcut_controller_add_shortcut (
      shortcuts, gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                   gtk_callback_action_new (on_escape, NULL, NULL)));
  gtk_widget_add_controller (dialog, keys);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
sr_compat_close_dialog (GtkWidget *child)
{
  GtkWindow *window = window_of (child);

  if (window != NULL)
    gtk_window_close (window);
}

#endif

void
sr_compat_present_preferences (GtkWidget *parent,
                               GtkWidget *page)
{
#if ADW_CHECK_VERSION(1, 5, 0)
  AdwDialog *dialog = adw_preferences_dialog_new ();

  adw_preferences_dialog_add (ADW_PREFERENCES_DIALOG (dialog), ADW_PREFERENCES_PAGE (page));
  adw_dialog_present (dialog, parent);
#else
  GtkWidget *window = adw_preferences_window_new ();

  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (window), ADW_PREFERENCES_PAGE (page));
  set_size (window, parent, 640, 576);
  gtk_window_set_transient_for (GTK_WINDOW (window), window_of (parent));
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (window), TRUE);
  gtk_window_present (GTK_WINDOW (window));
#endif
}

void
sr_compat_present_about (GtkWidget *parent)
{
#if ADW_CHECK_VERSION(1, 5, 0)
  AdwDialog *about = adw_about_dialog_new ();
#else
  GtkWidget *about = adw_about_window_new ();
#endif

  g_object_set (about, "application-name", _ ("Strongroom"), "application-icon", APPLICATION_ID,
                "version", SR_VERSION, "developer-name", _ ("The Strongroom authors"),
                "license-type", GTK_LICENSE_GPL_3_0, "comments",
                _ ("Backs up an ERP, proves that the backup can be restored, and restores it, even "
                   "when the ERP is gone."),
                /* Translators: your name, one line a person; it is shown in the About dialog. */
                "translator-credits", _ ("translator-credits"), NULL);
#if ADW_CHECK_VERSION(1, 5, 0)
  adw_dialog_present (about, parent);
#else
  gtk_window_set_transient_for (GTK_WINDOW (about), window_of (parent));
  gtk_window_set_modal (GTK_WINDOW (about), TRUE);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (about), TRUE);
  gtk_window_present (GTK_WINDOW (about));
#endif
}

GtkWidget *
sr_compat_spinner_new (void)
{
#if ADW_CHECK_VERSION(1, 6, 0)
  return adw_spinner_new ();
#else
  GtkWidget *spinner = gtk_spinner_new ();

  gtk_spinner_set_spinning (GTK_SPINNER (spinner), TRUE);
  return spinner;
#endif
}

void
sr_compat_launch (GtkWidget  *parent,
                  const char *uri)
{
#if GTK_CHECK_VERSION(4, 10, 0)
  g_autoptr (GtkUriLauncher) launcher = gtk_uri_launcher_new (uri);

  gtk_uri_launcher_launch (launcher, window_of (parent), NULL, NULL, NULL);
#else
  gtk_show_uri (window_of (parent), uri, GDK_CURRENT_TIME);
#endif
}
