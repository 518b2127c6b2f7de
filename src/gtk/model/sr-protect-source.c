/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/model/sr-protect-source.h"

#include <glib/gi18n.h>

struct _SrProtectSource
{
  GObject       parent_instance;
  SrFindingKind kind;
  char         *path;
  char         *shown;
  char         *where;
  char         *reason;
  gboolean      chosen;
};

enum
{
  PROP_TITLE = 1,
  PROP_LOCATION,
  PROP_WHERE,
  PROP_REASON,
  PROP_CHOSEN,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (SrProtectSource, sr_protect_source, G_TYPE_OBJECT)

static const char *
get_title (SrFindingKind kind)
{
  switch (kind)
    {
    case SR_FINDING_SQLITE:
      return _ ("SQLite Database");
    case SR_FINDING_FOLDER:
      return _ ("Folder");
    case SR_FINDING_MARIADB:
      return _ ("MariaDB Database");
    case SR_FINDING_MYSQL:
      return _ ("MySQL Database");
    case SR_FINDING_POSTGRESQL:
      return _ ("PostgreSQL Database");
    case SR_FINDING_MONGODB:
      return _ ("MongoDB Database");
    case SR_FINDING_OTHER:
      break;
    }
  return _ ("Database of Another Kind");
}

static void
sr_protect_source_get_property (GObject    *object,
                                guint       id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  SrProtectSource *self = SR_PROTECT_SOURCE (object);

  switch (id)
    {
    case PROP_TITLE:
      g_value_set_string (value, get_title (self->kind));
      break;
    case PROP_LOCATION:
      g_value_set_string (value, self->shown);
      break;
    case PROP_WHERE:
      g_value_set_string (value, self->where);
      break;
    case PROP_REASON:
      g_value_set_string (value, self->reason);
      break;
    case PROP_CHOSEN:
      g_value_set_boolean (value, self->chosen);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sr_protect_source_set_property (GObject      *object,
                                guint         id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  if (id == PROP_CHOSEN)
    sr_protect_source_set_chosen (SR_PROTECT_SOURCE (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
sr_protect_source_finalize (GObject *object)
{
  SrProtectSource *self = SR_PROTECT_SOURCE (object);

  g_free (self->path);
  g_free (self->shown);
  g_free (self->where);
  g_free (self->reason);
  G_OBJECT_CLASS (sr_protect_source_parent_class)->finalize (object);
}

static void
sr_protect_source_class_init (SrProtectSourceClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = sr_protect_source_get_property;
  object_class->set_property = sr_protect_source_set_property;
  object_class->finalize = sr_protect_source_finalize;
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "", flags);
  props[PROP_LOCATION] = g_param_spec_string ("location", NULL, NULL, "", flags);
  props[PROP_WHERE] = g_param_spec_string ("where", NULL, NULL, "", flags);
  props[PROP_REASON] = g_param_spec_string ("reason", NULL, NULL, "", flags);
  props[PROP_CHOSEN] =
      g_param_spec_boolean ("chosen", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
sr_protect_source_init (SrProtectSource *self)
{
}

SrProtectSource *
sr_protect_source_new (const SrFinding *finding)
{
  SrProtectSource *self = g_object_new (SR_TYPE_PROTECT_SOURCE, NULL);

  self->kind = finding->kind;
  self->path = g_strdup (finding->location);
  self->shown = g_utf8_make_valid (finding->location, -1);
  self->where = g_utf8_make_valid (finding->where != NULL ? finding->where : "", -1);
  self->reason =
      g_strdup (finding->is_protectable || finding->reason == NULL ? "" : finding->reason);
  self->chosen = finding->is_protectable;
  return self;
}

SrProtectSource *
sr_protect_source_new_folder (const char *path)
{
  g_autofree char *location = g_canonicalize_filename (path, NULL);
  const SrFinding  finding = { .kind = SR_FINDING_FOLDER,
                               .location = location,
                               .is_protectable = TRUE };

  return sr_protect_source_new (&finding);
}

const char *
sr_protect_source_get_location (SrProtectSource *self)
{
  return self->shown;
}

const char *
sr_protect_source_get_path (SrProtectSource *self)
{
  return self->path;
}

const char *
sr_protect_source_get_reason (SrProtectSource *self)
{
  return self->reason;
}

gboolean
sr_protect_source_get_chosen (SrProtectSource *self)
{
  return self->chosen;
}

void
sr_protect_source_set_chosen (SrProtectSource *self,
                              gboolean         chosen)
{
  chosen = chosen && *self->reason == '\0';
  if (chosen == self->chosen)
    return;
  self->chosen = chosen;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CHOSEN]);
}

void
sr_protect_source_add_to (SrProtectSource *self,
                          SrSite          *site)
{
  if (self->chosen)
    sr_site_add_source (site,
                        self->kind == SR_FINDING_SQLITE ? SR_SOURCE_SQLITE : SR_SOURCE_FOLDER,
                        self->path);
}
