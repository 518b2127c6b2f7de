/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "base/sr-error.h"
#include "target/sr-target.h"

typedef struct
{
  SrTargetFaultFunc fault;
  gpointer          fault_data;
} SrTargetPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SrTarget, sr_target, G_TYPE_OBJECT)

static gboolean
refuse_records (SrTarget           *self,
                const SrCollection *collection,
                GCancellable       *cancellable,
                GError            **error)
{
  g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
               "The records of “%s” cannot go where files go; convert them first",
               collection->name);
  return FALSE;
}

static gboolean
refuse_file (SrTarget               *self,
             const SrContainerEntry *entry,
             GInputStream           *content,
             GCancellable           *cancellable,
             GError                **error)
{
  g_autofree char *shown = g_filename_display_name (entry->name);

  g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED, "The file “%s” cannot go into a database",
               shown);
  return FALSE;
}

static void
sr_target_class_init (SrTargetClass *class)
{
  class->begin_collection = refuse_records;
  class->put_file = refuse_file;
}

static void
sr_target_init (SrTarget *self)
{
}

gboolean
sr_target_table_is_empty (const SrTargetTable *self)
{
  return self->n_records == 0 && sr_collection_get_n_columns (self->collection) == 0 &&
         self->collection->ddl == NULL;
}

SrTargetCount *
sr_target_count_new (const char *name,
                     guint64     put,
                     guint64     staged,
                     guint64     lost)
{
  SrTargetCount *self = g_new0 (SrTargetCount, 1);

  self->name = g_strdup (name);
  self->put = put;
  self->staged = staged;
  self->lost = lost;
  return self;
}

void
sr_target_count_free (SrTargetCount *self)
{
  g_free (self->name);
  g_free (self);
}

void
sr_target_set_fault_func (SrTarget         *self,
                          SrTargetFaultFunc func,
                          gpointer          user_data)
{
  SrTargetPrivate *priv = sr_target_get_instance_private (self);

  priv->fault = func;
  priv->fault_data = user_data;
}

gboolean
sr_target_step (SrTarget   *self,
                const char *step,
                GError    **error)
{
  SrTargetPrivate *priv = sr_target_get_instance_private (self);

  return priv->fault == NULL || priv->fault (step, priv->fault_data, error);
}

gboolean
sr_target_takes_records (SrTarget *self)
{
  return SR_TARGET_GET_CLASS (self)->begin_collection != refuse_records;
}

gboolean
sr_target_takes_files (SrTarget *self)
{
  return SR_TARGET_GET_CLASS (self)->put_file != refuse_file;
}

gboolean
sr_target_takes_objects (SrTarget    *self,
                         SrSqlDialect dialect)
{
  return dialect != SR_SQL_NONE && SR_TARGET_GET_CLASS (self)->object_dialect == dialect;
}

gboolean
sr_target_preflight (SrTarget           *self,
                     const SrTargetPlan *plan,
                     SrPreflight        *result,
                     GCancellable       *cancellable,
                     GError            **error)
{
  return SR_TARGET_GET_CLASS (self)->preflight (self, plan, result, cancellable, error);
}

gboolean
sr_target_back_up (SrTarget      *self,
                   GOutputStream *stream,
                   guint64       *written,
                   GCancellable  *cancellable,
                   GError       **error)
{
  return SR_TARGET_GET_CLASS (self)->back_up (self, stream, written, cancellable, error);
}

gboolean
sr_target_begin (SrTarget           *self,
                 const SrTargetPlan *plan,
                 GCancellable       *cancellable,
                 GError            **error)
{
  return SR_TARGET_GET_CLASS (self)->begin (self, plan, cancellable, error);
}

gboolean
sr_target_begin_collection (SrTarget           *self,
                            const SrCollection *collection,
                            GCancellable       *cancellable,
                            GError            **error)
{
  return SR_TARGET_GET_CLASS (self)->begin_collection (self, collection, cancellable, error);
}

gboolean
sr_target_put_record (SrTarget       *self,
                      const SrRecord *record,
                      GCancellable   *cancellable,
                      GError        **error)
{
  return SR_TARGET_GET_CLASS (self)->put_record (self, record, cancellable, error);
}

gboolean
sr_target_put_file (SrTarget               *self,
                    const SrContainerEntry *entry,
                    GInputStream           *content,
                    GCancellable           *cancellable,
                    GError                **error)
{
  return SR_TARGET_GET_CLASS (self)->put_file (self, entry, content, cancellable, error);
}

GPtrArray *
sr_target_verify (SrTarget     *self,
                  GCancellable *cancellable,
                  GError      **error)
{
  return SR_TARGET_GET_CLASS (self)->verify (self, cancellable, error);
}

gboolean
sr_target_swap (SrTarget     *self,
                GCancellable *cancellable,
                GError      **error)
{
  return SR_TARGET_GET_CLASS (self)->swap (self, cancellable, error);
}

gboolean
sr_target_undo (SrTarget *self,
                GError  **error)
{
  return SR_TARGET_GET_CLASS (self)->undo (self, error);
}

gboolean
sr_target_discard (SrTarget *self,
                   GError  **error)
{
  return SR_TARGET_GET_CLASS (self)->discard (self, error);
}

const char *
sr_target_get_back_up_suffix (SrTarget *self)
{
  return SR_TARGET_GET_CLASS (self)->get_back_up_suffix (self);
}
