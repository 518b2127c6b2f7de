/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/model/sr-row-item.h"

#include <glib/gi18n-lib.h>

enum
{
  PROP_TITLE = 1,
  PROP_SENTENCE,
  PROP_WORD,
  PROP_ICON_NAME,
  PROP_CSS_CLASS,
  N_PROPS
};

struct _SrRowItem
{
  GObject parent_instance;

  char *texts[N_PROPS]; /* by property; owned, never NULL once made */
};

G_DEFINE_FINAL_TYPE (SrRowItem, sr_row_item, G_TYPE_OBJECT)

static void
sr_row_item_finalize (GObject *object)
{
  SrRowItem *self = SR_ROW_ITEM (object);

  for (guint id = 1; id < N_PROPS; id++)
    g_free (self->texts[id]);
  G_OBJECT_CLASS (sr_row_item_parent_class)->finalize (object);
}

static void
sr_row_item_get_property (GObject    *object,
                          guint       id,
                          GValue     *value,
                          GParamSpec *spec)
{
  SrRowItem *self = SR_ROW_ITEM (object);

  if (id >= 1 && id < N_PROPS)
    g_value_set_string (value, self->texts[id]);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
sr_row_item_class_init (SrRowItemClass *class)
{
  static const char *const names[N_PROPS] = {
    NULL, "title", "sentence", "word", "icon-name", "css-class"
  };
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GParamSpec   *properties[N_PROPS] = { NULL };

  object_class->finalize = sr_row_item_finalize;
  object_class->get_property = sr_row_item_get_property;
  for (guint id = 1; id < N_PROPS; id++)
    properties[id] = g_param_spec_string (names[id], NULL, NULL, "",
                                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sr_row_item_init (SrRowItem *self)
{
}

/** Copies; %NULL is shown as nothing. */
SrRowItem *
sr_row_item_new (const char *title,
                 const char *sentence,
                 const char *word,
                 const char *icon_name,
                 const char *css_class)
{
  SrRowItem *self = g_object_new (SR_TYPE_ROW_ITEM, NULL);

  self->texts[PROP_TITLE] = g_utf8_make_valid (title != NULL ? title : "", -1);
  self->texts[PROP_SENTENCE] = g_utf8_make_valid (sentence != NULL ? sentence : "", -1);
  self->texts[PROP_WORD] = g_strdup (word != NULL ? word : "");
  self->texts[PROP_ICON_NAME] = g_strdup (icon_name != NULL ? icon_name : "");
  self->texts[PROP_CSS_CLASS] = g_strdup (css_class != NULL ? css_class : "");
  return self;
}

SrRowItem *
sr_row_item_new_for_check (const SrCheck *check)
{
  static const struct
  {
    const char *word;
    const char *icon_name;
    const char *css_class;
  } looks[] = {
    [SR_CHECK_PASSED] = { NC_ ("check", "Passed"), "emblem-ok-symbolic", "success" },
    [SR_CHECK_NOTICE] = { NC_ ("check", "Worth knowing"), "dialog-information-symbolic", "" },
    [SR_CHECK_WARNING] = { NC_ ("check", "Warning"), "dialog-warning-symbolic", "warning" },
    [SR_CHECK_FAILED] = { NC_ ("check", "Failed the check"), "dialog-error-symbolic", "error" },
    [SR_CHECK_NOT_MADE] = { NC_ ("check", "Could not be checked"), "dialog-question-symbolic",
                            "warning" },
  };
  guint look = (guint) check->result < G_N_ELEMENTS (looks) ? check->result : SR_CHECK_NOT_MADE;

  return sr_row_item_new (check->title, check->sentence,
                          g_dpgettext2 (GETTEXT_PACKAGE, "check", looks[look].word),
                          looks[look].icon_name, looks[look].css_class);
}

SrRowItem *
sr_row_item_new_for_preflight (const SrPreflightRow *row)
{
  if (!row->ok)
    return sr_row_item_new (row->title, row->sentence, C_ ("preflight", "In the way"),
                            "dialog-error-symbolic", "error");
  if (row->warning)
    return sr_row_item_new (row->title, row->sentence, C_ ("preflight", "Worth knowing"),
                            "dialog-warning-symbolic", "warning");
  return sr_row_item_new (row->title, row->sentence, C_ ("preflight", "As it should be"),
                          "emblem-ok-symbolic", "success");
}

SrRowItem *
sr_row_item_new_waiting (const char *title,
                         const char *sentence)
{
  return sr_row_item_new (title, sentence, C_ ("preflight", "Being looked at"),
                          "content-loading-symbolic", "dim-label");
}

const char *
sr_row_item_get_title (SrRowItem *self)
{
  return self->texts[PROP_TITLE];
}

const char *
sr_row_item_get_sentence (SrRowItem *self)
{
  return self->texts[PROP_SENTENCE];
}

const char *
sr_row_item_get_word (SrRowItem *self)
{
  return self->texts[PROP_WORD];
}

const char *
sr_row_item_get_icon_name (SrRowItem *self)
{
  return self->texts[PROP_ICON_NAME];
}

const char *
sr_row_item_get_css_class (SrRowItem *self)
{
  return self->texts[PROP_CSS_CLASS];
}
