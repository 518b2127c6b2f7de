/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "base/sr-error.h"
#include "job/sr-convert-private.h"
#include "job/sr-convert-stage.h"
#include "target/sr-target.h"

#define DATABASE "database.db"

static gboolean
begin_table (SrConvert     *self,
             SrConvertItem *item,
             gpointer       user_data,
             GError       **error)
{
  return sr_target_begin_collection (user_data, item->written, self->cancellable, error);
}

static gboolean
put_row (SrConvert      *self,
         SrConvertItem  *item,
         const SrRecord *record,
         gpointer        user_data,
         GError        **error)
{
  return sr_target_put_record (user_data, record, self->cancellable, error);
}

/* Through all steps of a restore but those that look at what is there: nothing is. */
static gboolean
fill (SrConvert *self,
      SrTarget  *target,
      GError   **error)
{
  static const SrConvertSink sink = { begin_table, put_row, NULL };
  g_autofree SrTargetTable  *tables = g_new0 (SrTargetTable, self->items->len);
  g_autoptr (GPtrArray)      counts = NULL;
  SrTargetPlan               plan = { .tables = tables, .n_tables = self->items->len };

  for (guint i = 0; i < self->items->len; i++)
    tables[i].collection = ((const SrConvertItem *) self->items->pdata[i])->written;
  if (!sr_target_begin (target, &plan, self->cancellable, error) ||
      !sr_convert_feed (self, &sink, target, error))
    return FALSE;
  counts = sr_target_verify (target, self->cancellable, error);
  return counts != NULL && sr_target_swap (target, self->cancellable, error);
}

gboolean
sr_convert_make_database (SrConvert  *self,
                          const char *path,
                          GError    **error)
{
  g_autofree char     *location = g_strconcat ("sqlite:", path, NULL);
  g_autoptr (SrTarget) target = sr_target_open (location, NULL, error);
  gboolean             ok;

  if (target == NULL)
    return FALSE;
  ok = fill (self, target, error);
  /* of what was there before nothing is kept, and of a failure nothing is left */
  return sr_target_discard (target, ok ? error : NULL) && ok;
}

gboolean
sr_convert_to_sqlite (SrConvert *self,
                      GError   **error)
{
  g_autoptr (SrConvertStage) stage = NULL;
  g_autofree char           *path = NULL;

  if (!sr_convert_plan_tables (self, error))
    return FALSE;
  stage = sr_convert_stage_new (self->output, error);
  if (stage == NULL)
    return FALSE;
  path = sr_convert_stage_get_path (stage, DATABASE);
  return sr_convert_make_database (self, path, error) &&
         sr_convert_check_records (self, path, error) &&
         sr_convert_stage_put_file (stage, DATABASE, self->options->overwrite, error);
}
