/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "base/sr-output-file.h"
#include "job/sr-convert-private.h"
#include "job/sr-convert-text.h"
#include "record/sr-record-writer.h"

/* Its collections in order; @model: the name of the table; @columns: in order */
typedef struct
{
  const char *name;
  const char *model;
  const char *columns;
} Table;

static const Table tables[] = {
  { "customers", "Customer",
    "id customerCode name contactNumber email customerType cylinderType billType securityDeposit "
    "area city country notes additionalContacts status address createdAt updatedAt adminId" },
  { "cylinders", "Cylinder",
    "id serialNumber gasType capacityLiters status location pressurePsi lastInspection "
    "nextInspection notes createdAt updatedAt adminId customerId" },
  { "cylinderTransactions", "CylinderTransaction",
    "id cylinderId customerId userId type quantity recordedAt dueDate notes createdAt adminId" },
  { "cylinderEntries", "CylinderEntry",
    "id billCreatedBy cylinderType cylinderLabel deliveredBy unitPrice quantity amount "
    "customerName "
    "customerId verified description deliveryDate createdAt paymentType paymentAmount "
    "paymentReceivedBy emptyCylinderReceived adminId" },
  { "expenses", "Expense",
    "id expenseType amount category expenseDate description createdAt updatedAt adminId" },
  { "bills", "Bill",
    "id customerId billStartDate billEndDate lastMonthRemaining currentMonthBill cylinders status "
    "createdAt updatedAt adminId" },
  { "payments", "Payment", "id billId amount paidOn method notes createdAt adminId" },
  { "paymentLogs", "PaymentLog",
    "id billId paymentId customerName customerCode eventType amount details billStartDate "
    "billEndDate performedAt createdAt adminId" },
  { "inventoryItems", "InventoryItem",
    "id cylinderType category quantity unitPrice vendor receivedBy description verified entryDate "
    "createdAt adminId" },
  { "dailyNotes", "DailyNote",
    "id noteDate noteText sections labels characterCount createdAt updatedAt adminId" },
  { "users", "User",
    "id name email phone role status isVerified username department branch profileImage "
    "companyDescription streetAddress city stateProvince country passwordHash businessName "
    "billTemplateDesign billPresets reportTemplateDesign reportPresets themePreferences "
    "logoCustomUpload fontPreferences permissions teamProfile lastLogin createdAt updatedAt "
    "adminId" },
  { "otps", "Otp", "id email code expiresAt verifiedAt createdAt" },
  { "systemSettings", "SystemSetting", "id key value updatedAt adminId" },
};

/* Columns that are no plain text or number; a name means the same in all tables. */
static const char *const moments[] = {
  "createdAt",
  "updatedAt",
  "lastInspection",
  "nextInspection",
  "recordedAt",
  "dueDate",
  "deliveryDate",
  "expenseDate",
  "billStartDate",
  "billEndDate",
  "paidOn",
  "performedAt",
  "entryDate",
  "noteDate",
  "lastLogin",
  "expiresAt",
  "verifiedAt",
  NULL,
};
static const char *const truths[] = { "verified", "isVerified", NULL };

typedef struct
{
  GOutputStream  *stream;
  SrRecordWriter *writer;
  gboolean        first;
} Target;

static const Table *
find_table (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    if (strcmp (tables[i].name, name) == 0 || strcmp (tables[i].model, name) == 0)
      return &tables[i];
  return NULL;
}

static SrCollection *
make_collection (const Table *table)
{
  SrCollection  *collection = sr_collection_new (table->name);
  g_auto (GStrv) names = g_strsplit (table->columns, " ", -1);

  for (guint i = 0; names[i] != NULL; i++)
    {
      SrColumnType type = SR_COLUMN_UNKNOWN;

      if (g_strv_contains (moments, names[i]))
        type = SR_COLUMN_TIMESTAMP;
      else if (g_strv_contains (truths, names[i]))
        type = SR_COLUMN_BOOLEAN;
      sr_collection_add_column (collection, names[i], type);
    }
  return collection;
}

static int
compare_items (gconstpointer a,
               gconstpointer b)
{
  const Table *left = find_table ((*(const SrConvertItem *const *) a)->collection->name);
  const Table *right = find_table ((*(const SrConvertItem *const *) b)->collection->name);

  return (int) (left - right);
}

/* Gives the items the server's names, columns and order. */
static gboolean
fit_items (SrConvert *self,
           GError   **error)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      SrConvertItem *item = g_ptr_array_index (self->items, i);
      const Table   *table = find_table (item->collection->name);

      if (table == NULL)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                       "A backup of LPG Nexus has no place for the collection “%s”; name the "
                       "collections that shall be written, without it",
                       item->collection->name);
          return FALSE;
        }
      g_free (item->name);
      item->name = g_strdup (table->name);
      sr_collection_unref (item->written);
      item->written = make_collection (table);
      for (guint j = 0; j < i; j++)
        if (strcmp (((SrConvertItem *) self->items->pdata[j])->name, item->name) == 0)
          {
            g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                         "Two collections of the backup would become “%s”; choose one of them",
                         item->name);
            return FALSE;
          }
    }
  g_ptr_array_sort (self->items, compare_items);
  self->in_order = TRUE;
  return TRUE;
}

/* All 13 are always there. */
static gboolean
write_name (Target     *target,
            const char *name,
            const char *after,
            SrConvert  *self,
            GError    **error)
{
  g_autofree char *text = g_strdup_printf ("%s    \"%s\": %s", target->first ? "" : ",\n", name,
                                           after);

  target->first = FALSE;
  return g_output_stream_write_all (target->stream, text, strlen (text), NULL, self->cancellable,
                                    error);
}

/* Empty arrays for those that the backup does not have, from @from up to, but not, @to. */
static gboolean
write_missing (SrConvert  *self,
               Target     *target,
               const char *from,
               const char *to,
               GError    **error)
{
  guint i = 0;

  if (from != NULL)
    i = (guint) (find_table (from) - tables) + 1;
  for (; i < G_N_ELEMENTS (tables) && g_strcmp0 (tables[i].name, to) != 0; i++)
    if (!write_name (target, tables[i].name, "[]", self, error))
      return FALSE;
  return TRUE;
}

static const char *
name_before (SrConvert           *self,
             const SrConvertItem *item)
{
  guint index;

  g_ptr_array_find (self->items, item, &index);
  return index > 0 ? ((SrConvertItem *) self->items->pdata[index - 1])->name : NULL;
}

static gboolean
begin_array (SrConvert     *self,
             SrConvertItem *item,
             gpointer       user_data,
             GError       **error)
{
  Target *target = user_data;

  if (!write_missing (self, target, name_before (self, item), item->name, error) ||
      !write_name (target, item->name, "", self, error))
    return FALSE;
  target->writer = sr_json_record_writer_new (target->stream, 2, 4);
  return sr_record_writer_begin (target->writer, item->written, self->cancellable, error);
}

static gboolean
put_record (SrConvert      *self,
            SrConvertItem  *item,
            const SrRecord *record,
            gpointer        user_data,
            GError        **error)
{
  return sr_record_writer_put (((Target *) user_data)->writer, record, self->cancellable, error);
}

static gboolean
end_array (SrConvert     *self,
           SrConvertItem *item,
           gpointer       user_data,
           GError       **error)
{
  Target  *target = user_data;
  gboolean ok = sr_record_writer_end (target->writer, self->cancellable, error) &&
                sr_record_writer_finish (target->writer, self->cancellable, error);

  g_clear_object (&target->writer);
  return ok;
}

static char *
make_head (SrConvert *self)
{
  const char           *created = sr_backup_file_get_created (self->file);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) when = NULL;
  g_autofree char      *text = NULL;

  if (created != NULL)
    when = g_date_time_new_from_iso8601 (created, NULL);
  text = sr_convert_time_text (when != NULL ? when : now);
  return g_strdup_printf ("{\n  \"version\": \"1.0\",\n  \"backupDate\": \"%s\",\n  \"data\": {\n",
                          text);
}

static gboolean
write_all (SrConvert *self,
           Target    *target,
           GError   **error)
{
  static const SrConvertSink sink = { begin_array, put_record, end_array };
  static const char          tail[] = "\n  }\n}";
  g_autofree char           *head = make_head (self);
  const SrConvertItem       *last = self->items->pdata[self->items->len - 1];

  return g_output_stream_write_all (target->stream, head, strlen (head), NULL, self->cancellable,
                                    error) &&
         sr_convert_feed (self, &sink, target, error) &&
         write_missing (self, target, last->name, NULL, error) &&
         g_output_stream_write_all (target->stream, tail, strlen (tail), NULL, self->cancellable,
                                    error);
}

/* Those that were not in the backup are read back empty. */
static void
add_missing_items (SrConvert *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      gboolean found = FALSE;

      for (guint j = 0; j < self->items->len && !found; j++)
        found = strcmp (((SrConvertItem *) self->items->pdata[j])->name, tables[i].name) == 0;
      if (!found)
        {
          SrConvertItem *item = g_new0 (SrConvertItem, 1);

          item->name = g_strdup (tables[i].name);
          item->collection = make_collection (&tables[i]);
          g_ptr_array_add (self->items, item);
          sr_convert_warn (self,
                           "The backup has no “%s”: an empty list stands there, and the server's "
                           "restore replaces what it has by it.",
                           tables[i].name);
        }
    }
}

gboolean
sr_convert_to_lpgnexus (SrConvert *self,
                        GError   **error)
{
  g_autoptr (SrOutputFile) output = NULL;
  g_autofree char         *path = NULL;
  Target                   target = { .first = TRUE };
  gboolean                 ok;

  if (!sr_convert_plan (self, FALSE, error) || !fit_items (self, error))
    return FALSE;
  if (self->items->len == 0)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                           "The backup holds no records");
      return FALSE;
    }
  self->n_other_files = sr_convert_count_files (self);
  output = sr_output_file_open (self->output, self->options->overwrite, 0600, error);
  if (output == NULL)
    return FALSE;
  target.stream = sr_output_file_get_stream (output);
  ok = write_all (self, &target, error);
  g_clear_object (&target.writer);
  if (!ok)
    return FALSE;
  add_missing_items (self);
  path = g_strdup_printf ("/proc/self/fd/%d", sr_output_file_get_fd (output));
  return sr_convert_check_records (self, path, error) && sr_output_file_commit (output, error);
}
