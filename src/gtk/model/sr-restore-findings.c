/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/model/sr-restore-model-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/sr-error.h"
#include "gtk/model/sr-choice-item.h"
#include "gtk/model/sr-restore-check.h"
#include "gtk/model/sr-row-item.h"
#include "gtk/model/sr-say.h"

/* --- checks
 * ------------------------------------------------------------------------------------- */

static gint64
find_incoming (SrRestoreModel     *self,
               const SrTargetLoss *loss)
{
  GListModel *collections = sr_restore_model_get_collections (self);

  if (loss->incoming >= 0 || loss->in_bytes || self->what == SR_RESTORE_RECORDS)
    return loss->incoming;
  for (guint i = 0; i < g_list_model_get_n_items (collections); i++)
    {
      g_autoptr (SrChoiceItem) item = g_list_model_get_item (collections, i);

      if (strcmp (sr_choice_item_get_raw (item), loss->name) == 0)
        return sr_choice_item_get_number (item);
    }
  return -1;
}

static SrRowItem *
make_loss_row (SrRestoreModel     *self,
               const SrTargetLoss *loss)
{
  gint64           number = find_incoming (self, loss);
  g_autofree char *name = sr_say_name (loss->name);
  g_autofree char *there =
      loss->in_bytes ? sr_say_size (loss->existing) : sr_say_records (loss->existing);
  g_autofree char *incoming = NULL;
  g_autofree char *sentence = NULL;

  if (number >= 0)
    incoming = loss->in_bytes ? sr_say_size ((guint64) number) : sr_say_records ((guint64) number);
  if (incoming != NULL)
    /* TRANSLATORS: amounts: 12 records are there now and go; 10 records come. */
    sentence = g_strdup_printf (_ ("%s there now will be gone; %s will come."), there, incoming);
  else
    sentence = g_strdup_printf (_ ("%s there now will be gone."), there);
  return sr_row_item_new (name, sentence, C_ ("loss", "Replaced"), "user-trash-symbolic",
                          "warning");
}

static void
show_losses (SrRestoreModel    *self,
             const SrPreflight *preflight)
{
  guint64          records = 0;
  guint64          bytes = 0;
  g_autofree char *amount = NULL;
  g_autofree char *target = sr_restore_model_describe_target (self);
  g_autofree char *sentence = NULL;

  g_list_store_remove_all (self->losses);
  for (guint i = 0; i < preflight->losses->len; i++)
    {
      const SrTargetLoss   *loss = g_ptr_array_index (preflight->losses, i);
      g_autoptr (SrRowItem) row = NULL;

      if (loss->existing == 0)
        continue;
      *(loss->in_bytes ? &bytes : &records) += loss->existing;
      row = make_loss_row (self, loss);
      g_list_store_append (self->losses, row);
    }
  sr_restore_model_set_loses (self, records > 0 || bytes > 0);
  amount = records > 0 ? sr_say_records (records) : sr_say_size (bytes);
  if (self->loses)
    /* TRANSLATORS: "12 records" in "database shop" will be replaced … */
    sentence = g_strdup_printf (_ ("%s in %s will be replaced by what the backup holds. What is "
                                   "there now is saved to a file first."),
                                amount, target);
  else
    sentence = g_strdup_printf (_ ("Nothing is lost: nothing that exists in %s is replaced."),
                                target);
  sr_restore_model_set_text (self, PROP_LOSS_SENTENCE, sentence);
}

static void
end_checks (SrRestoreModel *self,
            gboolean        passed,
            const char     *sentence)
{
  sr_progress_model_stop (self->progress);
  sr_restore_model_set_text (self, PROP_CHECKS_SENTENCE, sentence);
  sr_restore_model_set_text (self, PROP_CHECKS_STATE, passed ? "passed" : "failed");
  sr_restore_model_propose (self);
}

static SrRowItem *
make_backup_row (SrRestoreModel *self)
{
  SrVerdict       *verdict = sr_file_model_get_verdict (self->file);
  g_autofree char *sentence = verdict != NULL ? sr_say_verdict (verdict) : NULL;
  SrVerdictLevel   level = verdict != NULL ? sr_verdict_get_level (verdict) : SR_VERDICT_SUSPICIOUS;

  return sr_row_item_new (C_ ("preflight", "Backup"), sentence, sr_say_level_word (level),
                          sr_say_level_icon (level), sr_say_level_css_class (level));
}

/* The rows come one after the other while it looks. */
static void
on_row (SrRowItem *row,
        gpointer   user_data)
{
  SrRestoreModel *self = user_data;
  guint           last = g_list_model_get_n_items (G_LIST_MODEL (self->checks));

  g_list_store_insert (self->checks, last > 0 ? last - 1 : 0, row);
}

static void
on_checked (const SrPreflight *preflight,
            const GError      *error,
            gpointer           user_data)
{
  SrRestoreModel *self = user_data;
  guint           last = g_list_model_get_n_items (G_LIST_MODEL (self->checks));

  g_clear_object (&self->checking);
  g_list_store_remove (self->checks, last - 1);
  if (error != NULL)
    {
      sr_restore_model_set_text (self, PROP_HOST_ERROR,
                                 sr_error_is (error, SR_ERROR_NETWORK) ? error->message : NULL);
      sr_restore_model_set_text (self, PROP_PASSWORD_ERROR,
                                 sr_error_is (error, SR_ERROR_AUTH) ? error->message : NULL);
      end_checks (self, FALSE, _ ("Something is in the way. Nothing was changed."));
      return;
    }
  show_losses (self, preflight);
  end_checks (self, sr_preflight_is_ok (preflight),
              sr_preflight_is_ok (preflight) ? _ ("Nothing is in the way.")
                                             : _ ("Something is in the way. Nothing was changed."));
}

void
sr_restore_model_stop_checking (SrRestoreModel *self)
{
  if (self->checking == NULL)
    return;
  g_cancellable_cancel (self->checking);
  g_clear_object (&self->checking);
  g_clear_pointer (&self->checked, g_free);
  g_list_store_remove_all (self->checks);
  sr_progress_model_stop (self->progress);
  sr_restore_model_set_text (self, PROP_CHECKS_STATE, "none");
}

/* A name for all that the checks depend on. */
static char *
name_choice (SrRestoreModel *self)
{
  g_autoptr (SrRestoreChoice) choice = sr_restore_model_get_choice (self);
  g_autofree char            *line = NULL;

  choice->replace = FALSE; /* nor where it is saved to then */
  line = sr_restore_choice_to_command (choice);
  return g_strdup_printf ("%s\n%p", line, self->password);
}

void
sr_restore_model_check_again (SrRestoreModel *self)
{
  g_autoptr (SrRowItem)       backup = NULL;
  g_autoptr (SrRowItem)       waiting = NULL;
  g_autoptr (SrRestoreChoice) choice = NULL;
  g_autoptr (SrProgress)      progress = NULL;

  sr_restore_model_stop_checking (self);
  sr_restore_model_set_loses (self, FALSE);
  sr_restore_model_set_text (self, PROP_TYPED_NAME, NULL);
  sr_restore_model_set_text (self, PROP_HOST_ERROR, NULL);
  sr_restore_model_set_text (self, PROP_PASSWORD_ERROR, NULL);
  g_free (self->checked);
  self->checked = name_choice (self);
  backup = make_backup_row (self);
  waiting = sr_row_item_new_waiting (C_ ("preflight", "Target"), _ ("It is being looked at…"));
  g_list_store_remove_all (self->checks);
  g_list_store_append (self->checks, backup);
  g_list_store_append (self->checks, waiting);
  choice = sr_restore_model_get_choice (self);
  self->checking = g_cancellable_new ();
  progress = sr_progress_model_start (self->progress);
  sr_restore_model_set_text (self, PROP_CHECKS_SENTENCE, NULL);
  sr_restore_model_set_text (self, PROP_CHECKS_STATE, "running");
  sr_restore_model_find_reasons (self);
  sr_restore_check_run (choice, sr_file_model_get_verdict (self->file), progress, self->checking,
                        on_row, on_checked, G_OBJECT (self));
}

void
sr_restore_model_check (SrRestoreModel *self)
{
  g_autofree char *now = name_choice (self);

  if (g_strcmp0 (now, self->checked) != 0)
    sr_restore_model_check_again (self);
}
