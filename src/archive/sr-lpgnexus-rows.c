/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-key-set.h"
#include "archive/sr-lpgnexus-rows.h"

#define MAX_REFERENCES 1000000
#define N_PROBLEMS     4

const char *const sr_lpg_collections[] = {
  "customers", "cylinders", "cylinderTransactions", "cylinderEntries", "expenses",
  "bills", "payments", "paymentLogs", "inventoryItems", "dailyNotes",
  "users", "otps", "systemSettings", NULL
};

/* What must be there and not null. */
typedef struct
{
  const char *collection;
  const char *fields[6];
} Required;

static const Required required[] = {
  { "customers", { "id", "customerCode", "name" } },
  { "cylinders", { "id", "serialNumber", "status" } },
  { "cylinderTransactions", { "id", "cylinderId", "type" } },
  { "cylinderEntries", { "id" } },
  { "expenses", { "id", "amount", "category" } },
  { "bills", { "id", "customerId", "billStartDate", "billEndDate", "status" } },
  { "payments", { "id", "billId", "amount" } },
  { "paymentLogs", { "id", "eventType" } },
  { "inventoryItems", { "id" } },
  { "dailyNotes", { "id", "noteDate" } },
  { "users", { "id", "email", "role" } },
  { "otps", { "id", "email", "code" } },
  { "systemSettings", { "id", "key" } },
};

typedef struct
{
  const char *collection;
  const char *field;
  const char *values[10];
} Enumeration;

static const Enumeration enumerations[] = {
  { "cylinders", "status", { "IN_STOCK", "ASSIGNED", "MAINTENANCE", "RETIRED" } },
  { "cylinderTransactions", "type", { "ISSUE", "RETURN", "MAINTENANCE", "INSPECTION" } },
  { "expenses", "category", { "HOME", "OTHER" } },
  { "bills", "status", { "PAID", "PARTIALLY_PAID", "NOT_PAID" } },
  { "paymentLogs",
    "eventType",
    { "BILL_GENERATED", "BILL_UPDATED", "BILL_DELETED", "PAYMENT_RECEIVED", "PARTIAL_PAYMENT",
      "INVOICE_GENERATED", "INVOICE_DOWNLOADED", "INVOICE_DELETED" } },
  { "users", "role", { "SUPER_ADMIN", "ADMIN", "STAFF", "VIEWER", "BRANCH_MANAGER" } },
  { "users", "status", { "ACTIVE", "SUSPENDED", "PENDING" } },
};

/* @collection "*": in every one */
typedef struct
{
  const char *collection;
  const char *field;
  const char *target;
} Reference;

static const Reference references[] = {
  { "*", "adminId", "users" },
  { "cylinders", "customerId", "customers" },
  { "cylinderTransactions", "cylinderId", "cylinders" },
  { "cylinderTransactions", "customerId", "customers" },
  { "cylinderTransactions", "userId", "users" },
  { "cylinderEntries", "customerId", "customers" },
  { "bills", "customerId", "customers" },
  { "payments", "billId", "bills" },
};

typedef struct
{
  const char *collection;
  const char *fields[4];
} Unique;

static const Unique uniques[] = {
  { "customers", { "adminId", "customerCode" } },
  { "customers", { "adminId", "email" } },
  { "cylinders", { "adminId", "serialNumber" } },
  { "dailyNotes", { "adminId", "noteDate" } },
  { "bills", { "adminId", "customerId", "billStartDate", "billEndDate" } },
};

typedef enum
{
  PROBLEM_MISSING,
  PROBLEM_VALUE,
  PROBLEM_UNIQUE,
  PROBLEM_REFERENCE,
} Problem;

struct _SrLpgRows
{
  GHashTable *ids;  /* "users/<id>" */
  GHashTable *uses; /* the same of what is referred to, to the first that does */
  GPtrArray  *keys; /* SrKeySet, one for each of uniques */
  guint64     n[N_PROBLEMS];
  char       *first[N_PROBLEMS];
  guint64     n_users;
  guint64     n_without_admin;
  gboolean    too_many;
  gssize      pool; /* of @keys */
};

static void
key_set_free (gpointer data)
{
  sr_key_set_free (data);
}

SrLpgRows *
sr_lpg_rows_new (void)
{
  SrLpgRows *self = g_new0 (SrLpgRows, 1);

  self->pool = SR_KEY_POOL;
  self->ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->uses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->keys = g_ptr_array_new_with_free_func (key_set_free);
  for (guint i = 0; i < G_N_ELEMENTS (uniques); i++)
    g_ptr_array_add (self->keys, sr_key_set_new (&self->pool));
  return self;
}

void
sr_lpg_rows_free (SrLpgRows *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->ids);
  g_hash_table_unref (self->uses);
  g_ptr_array_unref (self->keys);
  for (guint i = 0; i < N_PROBLEMS; i++)
    g_free (self->first[i]);
  g_free (self);
}

static const SrValue *
get_value (const SrRecord *record,
           const char     *field)
{
  const SrField *found = sr_record_find (record, field);

  return found != NULL && found->value.type != SR_VALUE_NULL ? &found->value : NULL;
}

static char *
describe_row (const char     *collection,
              const SrRecord *record)
{
  const SrValue   *id = get_value (record, "id");
  g_autofree char *shown = id != NULL ? sr_guard_show_name (id->data) : NULL;

  if (shown != NULL && *shown != '\0')
    return g_strdup_printf ("%s %s", collection, shown);
  return g_strdup_printf ("%s, record %" G_GUINT64_FORMAT, collection, record->number);
}

static void
note (SrLpgRows      *self,
      Problem         problem,
      const char     *collection,
      const SrRecord *record,
      const char     *what)
{
  g_autofree char *row = NULL;

  if (self->n[problem]++ > 0)
    return;
  row = describe_row (collection, record);
  self->first[problem] = g_strdup_printf ("%s (%s)", what, row);
}

static void
check_required (SrLpgRows      *self,
                const char     *collection,
                const SrRecord *record)
{
  for (guint i = 0; i < G_N_ELEMENTS (required); i++)
    {
      if (strcmp (required[i].collection, collection) != 0)
        continue;
      for (guint f = 0; f < G_N_ELEMENTS (required[i].fields) && required[i].fields[f]; f++)
        if (get_value (record, required[i].fields[f]) == NULL)
          note (self, PROBLEM_MISSING, collection, record, required[i].fields[f]);
    }
}

static void
check_enumerations (SrLpgRows      *self,
                    const char     *collection,
                    const SrRecord *record)
{
  for (guint i = 0; i < G_N_ELEMENTS (enumerations); i++)
    {
      const SrValue *value;
      gboolean       known = FALSE;

      if (strcmp (enumerations[i].collection, collection) != 0)
        continue;
      value = get_value (record, enumerations[i].field);
      for (guint v = 0; value != NULL && enumerations[i].values[v] != NULL && !known; v++)
        known =
            value->type == SR_VALUE_TEXT && strcmp (value->data, enumerations[i].values[v]) == 0;
      if (value != NULL && !known)
        note (self, PROBLEM_VALUE, collection, record, enumerations[i].field);
    }
}

static void
check_uniques (SrLpgRows      *self,
               const char     *collection,
               const SrRecord *record)
{
  g_autoptr (GByteArray) key = g_byte_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (uniques); i++)
    {
      gboolean whole = strcmp (uniques[i].collection, collection) == 0;

      g_byte_array_set_size (key, 0);
      /* a null makes the combination equal to no other */
      for (guint f = 0; whole && f < G_N_ELEMENTS (uniques[i].fields) && uniques[i].fields[f]; f++)
        {
          const SrValue *value = get_value (record, uniques[i].fields[f]);

          whole = value != NULL;
          if (whole)
            g_byte_array_append (key, (const guint8 *) value->data, (guint) value->size + 1);
        }
      if (whole && !sr_key_set_add (g_ptr_array_index (self->keys, i), key->data, key->len))
        note (self, PROBLEM_UNIQUE, collection, record, uniques[i].fields[1]);
    }
}

static void
keep_references (SrLpgRows      *self,
                 const char     *collection,
                 const SrRecord *record)
{
  for (guint i = 0; i < G_N_ELEMENTS (references); i++)
    {
      const SrValue   *value;
      g_autofree char *use = NULL;

      if (*references[i].collection != '*' && strcmp (references[i].collection, collection) != 0)
        continue;
      value = get_value (record, references[i].field);
      if (value == NULL)
        continue;
      use = g_strconcat (references[i].target, "/", value->data, NULL);
      if (g_hash_table_contains (self->uses, use))
        continue;
      if (g_hash_table_size (self->uses) < MAX_REFERENCES)
        g_hash_table_insert (self->uses, g_steal_pointer (&use), describe_row (collection, record));
      else
        self->too_many = TRUE;
    }
}

void
sr_lpg_rows_add (SrLpgRows      *self,
                 const char     *collection,
                 const SrRecord *record)
{
  const SrValue *id = get_value (record, "id");

  if (strcmp (collection, "users") == 0)
    self->n_users++;
  if (sr_record_find (record, "adminId") == NULL && strcmp (collection, "otps") != 0)
    self->n_without_admin++;
  check_required (self, collection, record);
  check_enumerations (self, collection, record);
  check_uniques (self, collection, record);
  keep_references (self, collection, record);
  if (id == NULL)
    return;
  if (g_hash_table_size (self->ids) < MAX_REFERENCES)
    g_hash_table_add (self->ids, g_strconcat (collection, "/", id->data, NULL));
  else
    self->too_many = TRUE;
}

static void
find_dangling (SrLpgRows *self)
{
  GHashTableIter iter;
  gpointer       use;
  gpointer       row;

  g_hash_table_iter_init (&iter, self->uses);
  while (g_hash_table_iter_next (&iter, &use, &row))
    {
      if (g_hash_table_contains (self->ids, use))
        continue;
      if (self->n[PROBLEM_REFERENCE]++ == 0)
        {
          g_autofree char *shown = sr_guard_show_name (use);

          self->first[PROBLEM_REFERENCE] = g_strdup_printf ("%s (%s)", shown, (char *) row);
        }
    }
}

static void
tell (SrLpgRows  *self,
      SrJudge    *judge,
      Problem     problem,
      const char *id,
      const char *title,
      const char *bad,
      const char *good)
{
  if (self->n[problem] > 0)
    sr_verdict_add (judge->verdict, id, title, SR_ASPECT_COMPLETE, SR_CHECK_WARNING,
                    "%s: %" G_GUINT64_FORMAT ", the first: %s.", bad, self->n[problem],
                    self->first[problem]);
  else
    sr_verdict_add (judge->verdict, id, title, SR_ASPECT_COMPLETE, SR_CHECK_PASSED, "%s", good);
}

void
sr_lpg_rows_judge (SrLpgRows *self,
                   SrJudge   *judge)
{
  find_dangling (self);
  tell (self, judge, PROBLEM_MISSING, "lpgnexus.required", "Fields that must be there",
        "Fields that must be there are missing", "All fields that must be there are.");
  tell (self, judge, PROBLEM_VALUE, "lpgnexus.values", "Values of enumerations",
        "Values are none that the database knows", "All values of enumerations are known.");
  tell (self, judge, PROBLEM_UNIQUE, "lpgnexus.unique", "Unique combinations",
        "Rows repeat what must be unique", "What must be unique is.");
  if (self->too_many)
    sr_verdict_add (judge->verdict, "lpgnexus.references", "Keys of other tables",
                    SR_ASPECT_COMPLETE, SR_CHECK_NOT_MADE, "There are too many keys to compare.");
  else
    tell (self, judge, PROBLEM_REFERENCE, "lpgnexus.references", "Keys of other tables",
          "Keys refer to rows that are not there", "All rows that others refer to are there.");
  if (self->n_users == 0)
    sr_verdict_add (judge->verdict, "lpgnexus.users", "Users", SR_ASPECT_COMPLETE, SR_CHECK_FAILED,
                    "There are no users in it. Given to the server's own restore it would wipe "
                    "everything and then fail.");
  if (self->n_without_admin > 0)
    sr_verdict_add (judge->verdict, "lpgnexus.generation", "Generation", SR_ASPECT_COMPLETE,
                    SR_CHECK_NOTICE,
                    "Rows have no “adminId” (%" G_GUINT64_FORMAT "): the backup is of an older "
                    "release, and they belong to no business until one is chosen.",
                    self->n_without_admin);
}
