/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-chain-records.h"
#include "base/sr-error.h"

#define SR_TYPE_CHAIN_RECORDS (sr_chain_records_get_type ())
G_DECLARE_FINAL_TYPE (SrChainRecords, sr_chain_records, SR, CHAIN_RECORDS, SrRecordReader)

struct _SrChainRecords
{
  SrRecordReader parent_instance;

  guint           n;
  guint           next;
  SrChainFunc     func;
  gpointer        user_data;
  GDestroyNotify  destroy;
  char           *only;
  gboolean        seen;
  SrRecordReader *current;
  guint64         told[SR_N_NOTES]; /* notes of @current that were passed on */
};

G_DEFINE_FINAL_TYPE (SrChainRecords, sr_chain_records, SR_TYPE_RECORD_READER)

static void
pass_notes_on (SrChainRecords *self)
{
  const guint64 *notes = sr_record_reader_get_notes (self->current);

  for (guint i = 0; i < SR_N_NOTES; i++)
    for (; self->told[i] < notes[i]; self->told[i]++)
      sr_record_reader_add_note (SR_RECORD_READER (self), (SrRecordNote) i);
}

static gboolean
open_next (SrChainRecords *self,
           GCancellable   *cancellable,
           GError        **error)
{
  memset (self->told, 0, sizeof self->told);
  self->current = self->func (self->next++, self->user_data, cancellable, error);
  return self->current != NULL;
}

static int
at_end (SrChainRecords *self,
        GError        **error)
{
  if (self->only == NULL || self->seen)
    return 0;
  g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, "There is no collection “%s” in the backup",
               self->only);
  return -1;
}

static int
sr_chain_records_next_collection (SrRecordReader *reader,
                                  SrCollection  **collection,
                                  GCancellable   *cancellable,
                                  GError        **error)
{
  SrChainRecords *self = SR_CHAIN_RECORDS (reader);

  for (;;)
    {
      int more;

      if (self->current == NULL && self->next == self->n)
        return at_end (self, error);
      if (self->current == NULL && !open_next (self, cancellable, error))
        return -1;
      more = sr_record_reader_next_collection (self->current, collection, cancellable, error);
      pass_notes_on (self);
      if (more < 0)
        return -1;
      if (more == 0)
        g_clear_object (&self->current);
      else if (self->only == NULL || strcmp ((*collection)->name, self->only) == 0)
        {
          self->seen = TRUE;
          return 1;
        }
    }
}

static int
sr_chain_records_next (SrRecordReader *reader,
                       SrRecord       *record,
                       GCancellable   *cancellable,
                       GError        **error)
{
  SrChainRecords *self = SR_CHAIN_RECORDS (reader);
  int             more = 0;

  if (self->current != NULL)
    more = sr_record_reader_next (self->current, record, cancellable, error);
  if (more <= 0 && self->current != NULL)
    pass_notes_on (self);
  return more;
}

static gboolean
sr_chain_records_get_fields (SrRecordReader *reader,
                             SrRecord       *record,
                             GError        **error)
{
  return sr_record_reader_get_fields (SR_CHAIN_RECORDS (reader)->current, record, error);
}

static gboolean
sr_chain_records_skip (SrRecordReader *reader,
                       guint64        *count,
                       GCancellable   *cancellable,
                       GError        **error)
{
  SrChainRecords *self = SR_CHAIN_RECORDS (reader);
  gboolean        ok = TRUE;

  *count = 0;
  if (self->current != NULL)
    {
      ok = sr_record_reader_skip (self->current, count, cancellable, error);
      pass_notes_on (self);
    }
  return ok;
}

static void
sr_chain_records_finalize (GObject *object)
{
  SrChainRecords *self = SR_CHAIN_RECORDS (object);

  g_clear_object (&self->current);
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_free (self->only);
  G_OBJECT_CLASS (sr_chain_records_parent_class)->finalize (object);
}

static void
sr_chain_records_class_init (SrChainRecordsClass *class)
{
  SrRecordReaderClass *reader_class = SR_RECORD_READER_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sr_chain_records_finalize;
  reader_class->next_collection = sr_chain_records_next_collection;
  reader_class->next = sr_chain_records_next;
  reader_class->get_fields = sr_chain_records_get_fields;
  reader_class->skip = sr_chain_records_skip;
}

static void
sr_chain_records_init (SrChainRecords *self)
{
}

SrRecordReader *
sr_chain_records_new (guint          n,
                      SrChainFunc    func,
                      gpointer       user_data,
                      GDestroyNotify destroy,
                      const char    *only)
{
  SrChainRecords *self = g_object_new (SR_TYPE_CHAIN_RECORDS, NULL);

  self->n = n;
  self->func = func;
  self->user_data = user_data;
  self->destroy = destroy;
  self->only = g_strdup (only);
  return SR_RECORD_READER (self);
}

SrRecordReader *
sr_chain_records_filter (SrRecordReader *reader,
                         const char     *only)
{
  SrChainRecords *self;

  if (only == NULL)
    return reader;
  self = SR_CHAIN_RECORDS (sr_chain_records_new (0, NULL, NULL, NULL, only));
  self->current = reader;
  return SR_RECORD_READER (self);
}
