/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-lpgnexus-schema.h"

#include <string.h>

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* In the order in which none refers to a later one. Names of tables are looked for without regard
 * to case, so that aliases only tell other words. */
static const struct
{
  const char        *collection;
  const char        *table;
  const char *const *aliases;
  const char *const *after;
} tables[] = {
  { "users", "User", NAMES ("users"), NULL },
  { "customers", "Customer", NAMES ("customers"), NAMES ("User") },
  { "cylinders", "Cylinder", NAMES ("cylinders"), NAMES ("User", "Customer") },
  { "cylinderTransactions", "CylinderTransaction",
    NAMES ("CylinderTransactions", "cylinder_transactions", "cylinder_transaction"),
    NAMES ("User", "Customer", "Cylinder") },
  { "cylinderEntries", "CylinderEntry",
    NAMES ("CylinderEntries", "cylinder_entries", "cylinder_entry"), NAMES ("User") },
  { "expenses", "Expense", NAMES ("expenses"), NAMES ("User") },
  { "bills", "Bill", NAMES ("bills"), NAMES ("User", "Customer") },
  { "payments", "Payment", NAMES ("payments"), NAMES ("User", "Bill") },
  { "paymentLogs", "PaymentLog", NAMES ("PaymentLogs", "payment_logs", "payment_log"),
    NAMES ("User") },
  { "inventoryItems", "InventoryItem",
    NAMES ("InventoryItems", "inventory_items", "inventory_item"), NAMES ("User") },
  { "dailyNotes", "DailyNote", NAMES ("DailyNotes", "daily_notes", "daily_note"), NAMES ("User") },
  { "otps", "Otp", NAMES ("otps"), NULL },
  { "systemSettings", "SystemSettings",
    NAMES ("SystemSetting", "system_settings", "system_setting"), NAMES ("User") },
};

/* Written down from what backups hold; names of keys as Prisma gives them, so that the ERP finds
 * its own. adminId may be null: backups from before it was introduced lack it. */
static const char SCHEMA[] =
    "CREATE TYPE \"UserRole\" AS ENUM ('SUPER_ADMIN', 'ADMIN', 'STAFF', 'VIEWER',"
    " 'BRANCH_MANAGER');\n"
    "CREATE TYPE \"UserStatus\" AS ENUM ('ACTIVE', 'SUSPENDED', 'PENDING');\n"
    "CREATE TYPE \"CylinderStatus\" AS ENUM ('IN_STOCK', 'ASSIGNED', 'MAINTENANCE', 'RETIRED');\n"
    "CREATE TYPE \"TransactionType\" AS ENUM ('ISSUE', 'RETURN', 'MAINTENANCE', 'INSPECTION');\n"
    "CREATE TYPE \"ExpenseCategory\" AS ENUM ('HOME', 'OTHER');\n"
    "CREATE TYPE \"BillStatus\" AS ENUM ('PAID', 'PARTIALLY_PAID', 'NOT_PAID');\n"
    "CREATE TYPE \"PaymentEventType\" AS ENUM ('BILL_GENERATED', 'BILL_UPDATED', 'BILL_DELETED',"
    " 'PAYMENT_RECEIVED', 'PARTIAL_PAYMENT', 'INVOICE_GENERATED', 'INVOICE_DOWNLOADED',"
    " 'INVOICE_DELETED');\n"

    "CREATE TABLE \"User\" (\n"
    " \"id\" text NOT NULL CONSTRAINT \"User_pkey\" PRIMARY KEY, \"name\" text NOT NULL,\n"
    " \"email\" text NOT NULL, \"phone\" text, \"role\" \"UserRole\" NOT NULL DEFAULT 'ADMIN',\n"
    " \"status\" \"UserStatus\" NOT NULL DEFAULT 'PENDING',\n"
    " \"isVerified\" boolean NOT NULL DEFAULT false, \"username\" text, \"department\" text,\n"
    " \"branch\" text, \"profileImage\" text, \"companyDescription\" text,\n"
    " \"streetAddress\" text, \"city\" text, \"stateProvince\" text, \"country\" text,\n"
    " \"passwordHash\" text, \"businessName\" text, \"billTemplateDesign\" jsonb,\n"
    " \"billPresets\" jsonb, \"reportTemplateDesign\" jsonb, \"reportPresets\" jsonb,\n"
    " \"themePreferences\" jsonb, \"logoCustomUpload\" text, \"fontPreferences\" jsonb,\n"
    " \"permissions\" jsonb, \"teamProfile\" jsonb, \"lastLogin\" timestamp(3),\n"
    " \"createdAt\" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,\n"
    " \"updatedAt\" timestamp(3) NOT NULL, \"adminId\" text);\n"
    "CREATE UNIQUE INDEX \"User_email_key\" ON \"User\" (\"email\");\n"
    "CREATE UNIQUE INDEX \"User_username_key\" ON \"User\" (\"username\");\n"

    "CREATE TABLE \"Customer\" (\n"
    " \"id\" text NOT NULL CONSTRAINT \"Customer_pkey\" PRIMARY KEY,\n"
    " \"customerCode\" serial NOT NULL, \"name\" text NOT NULL, \"contactNumber\" text NOT NULL,\n"
    " \"email\" text, \"customerType\" text NOT NULL, \"cylinderType\" text NOT NULL,\n"
    " \"billType\" text NOT NULL, \"securityDeposit\" integer, \"area\" text, \"city\" text,\n"
    " \"country\" text, \"notes\" text, \"additionalContacts\" jsonb,\n"
    " \"status\" text NOT NULL DEFAULT 'ACTIVE', \"address\" text,\n"
    " \"createdAt\" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,\n"
    " \"updatedAt\" timestamp(3) NOT NULL, \"adminId\" text);\n"
    "CREATE UNIQUE INDEX \"Customer_adminId_customerCode_key\" ON \"Customer\" (\"adminId\","
    " \"customerCode\");\n"
    "CREATE UNIQUE INDEX \"Customer_adminId_email_key\" ON \"Customer\" (\"adminId\","
    " \"email\");\n"

    "CREATE TABLE \"Cylinder\" (\n"
    " \"id\" text NOT NULL CONSTRAINT \"Cylinder_pkey\" PRIMARY KEY,\n"
    " \"serialNumber\" text NOT NULL, \"gasType\" text NOT NULL,\n"
    " \"capacityLiters\" integer NOT NULL,\n"
    " \"status\" \"CylinderStatus\" NOT NULL DEFAULT 'IN_STOCK', \"location\" text NOT NULL,\n"
    " \"pressurePsi\" double precision, \"lastInspection\" timestamp(3),\n"
    " \"nextInspection\" timestamp(3), \"notes\" text,\n"
    " \"createdAt\" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,\n"
    " \"updatedAt\" timestamp(3) NOT NULL, \"adminId\" text, \"customerId\" text);\n"
    "CREATE UNIQUE INDEX \"Cylinder_adminId_serialNumber_key\" ON \"Cylinder\" (\"adminId\","
    " \"serialNumber\");\n"

    "CREATE TABLE \"CylinderTransaction\" (\n"
    " \"id\" text NOT NULL CONSTRAINT \"CylinderTransaction_pkey\" PRIMARY KEY,\n"
    " \"cylinderId\" text NOT NULL, \"customerId\" text, \"userId\" text,\n"
    " \"type\" \"TransactionType\" NOT NULL, \"quantity\" integer NOT NULL DEFAULT 1,\n"
    " \"recordedAt\" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,\n"
    " \"dueDate\" timestamp(3), \"notes\" text,\n"
    " \"createdAt\" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, \"adminId\" text);\n"

    "CREATE TABLE \"CylinderEntry\" (\n"
    " \"id\" text NOT NULL CONSTRAINT \"CylinderEntry_pkey\" PRIMARY KEY,\n"
    " \"billCreatedBy\" text NOT NULL, \"cylinderType\" text NOT NULL, \"cylinderLabel\" text,\n"
    " \"deliveredBy\" text, \"unitPrice\" integer NOT NULL DEFAULT 0,\n"
    " \"quantity\" integer NOT NULL DEFAULT 1, \"amount\" integer NOT NULL,\n"
    " \"customerName\" text NOT NULL, \"customerId\" text,\n"
    " \"verified\" boolean NOT NULL DEFAULT false, \"description\" text,\n"
    " \"deliveryDate\" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,\n"
    " \"createdAt\" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, \"paymentType\" text,\n"
    " \"paymentAmount\" integer, \"paymentReceivedBy\" text,\n"
    " \"emptyCylinderReceived\" integer, \"adminId\" text);\n"

    "CREATE TABLE \"Expense\" (\n"
    " \"id\" text NOT NULL CONSTRAINT \"Expense_pkey\" PRIMARY KEY,\n"
    " \"expenseType\" text NOT NULL, \"amount\" integer NOT NULL,\n"
    " \"category\" \"ExpenseCategory\" NOT NULL DEFAULT 'HOME',\n"
    " \"expenseDate\" timestamp(3) NOT NULL, \"description\" text,\n"
    " \"createdAt\" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,\n"
    " \"updatedAt\" timestamp(3) NOT NULL, \"adminId\" text);\n"

    "CREATE TABLE \"Bill\" (\n"
    " \"id\" text NOT NULL CONSTRAINT \"Bill_pkey\" PRIMARY KEY, \"customerId\" text NOT NULL,\n"
    " \"billStartDate\" timestamp(3) NOT NULL, \"billEndDate\" timestamp(3) NOT NULL,\n"
    " \"lastMonthRemaining\" integer NOT NULL DEFAULT 0,\n"
    " \"currentMonthBill\" integer NOT NULL DEFAULT 0, \"cylinders\" integer NOT NULL DEFAULT 0,\n"
    " \"status\" \"BillStatus\" NOT NULL DEFAULT 'NOT_PAID',\n"
    " \"createdAt\" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,\n"
    " \"updatedAt\" timestamp(3) NOT NULL, \"adminId\" text);\n"
    "CREATE UNIQUE INDEX \"Bill_adminId_customerId_billStartDate_billEndDate_key\" ON \"Bill\""
    " (\"adminId\", \"customerId\", \"billStartDate\", \"billEndDate\");\n"

    "CREATE TABLE \"Payment\" (\n"
    " \"id\" text NOT NULL CONSTRAINT \"Payment_pkey\" PRIMARY KEY, \"billId\" text NOT NULL,\n"
    " \"amount\" integer NOT NULL,\n"
    " \"paidOn\" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,\n"
    " \"method\" text DEFAULT 'bank_transfer', \"notes\" text,\n"
    " \"createdAt\" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, \"adminId\" text);\n"

    "CREATE TABLE \"PaymentLog\" (\n"
    " \"id\" text NOT NULL CONSTRAINT \"PaymentLog_pkey\" PRIMARY KEY, \"billId\" text,\n"
    " \"paymentId\" text, \"customerName\" text NOT NULL, \"customerCode\" integer,\n"
    " \"eventType\" \"PaymentEventType\" NOT NULL, \"amount\" integer, \"details\" text,\n"
    " \"billStartDate\" timestamp(3), \"billEndDate\" timestamp(3),\n"
    " \"performedAt\" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,\n"
    " \"createdAt\" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, \"adminId\" text);\n"

    "CREATE TABLE \"InventoryItem\" (\n"
    " \"id\" text NOT NULL CONSTRAINT \"InventoryItem_pkey\" PRIMARY KEY,\n"
    " \"cylinderType\" text NOT NULL, \"category\" text NOT NULL DEFAULT 'General',\n"
    " \"quantity\" integer NOT NULL, \"unitPrice\" double precision, \"vendor\" text NOT NULL,\n"
    " \"receivedBy\" text NOT NULL, \"description\" text,\n"
    " \"verified\" boolean NOT NULL DEFAULT false, \"entryDate\" timestamp(3) NOT NULL,\n"
    " \"createdAt\" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, \"adminId\" text);\n"

    "CREATE TABLE \"DailyNote\" (\n"
    " \"id\" text NOT NULL CONSTRAINT \"DailyNote_pkey\" PRIMARY KEY,\n"
    " \"noteDate\" timestamp(3) NOT NULL, \"noteText\" text NOT NULL DEFAULT '',\n"
    " \"sections\" jsonb NOT NULL, \"labels\" text[],\n"
    " \"characterCount\" integer NOT NULL DEFAULT 0,\n"
    " \"createdAt\" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,\n"
    " \"updatedAt\" timestamp(3) NOT NULL, \"adminId\" text);\n"
    "CREATE UNIQUE INDEX \"DailyNote_adminId_noteDate_key\" ON \"DailyNote\" (\"adminId\","
    " \"noteDate\");\n"

    "CREATE TABLE \"Otp\" (\n"
    " \"id\" text NOT NULL CONSTRAINT \"Otp_pkey\" PRIMARY KEY, \"email\" text NOT NULL,\n"
    " \"code\" text NOT NULL, \"expiresAt\" timestamp(3) NOT NULL, \"verifiedAt\" timestamp(3),\n"
    " \"createdAt\" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP);\n"

    "CREATE TABLE \"SystemSettings\" (\n"
    " \"id\" text NOT NULL CONSTRAINT \"SystemSettings_pkey\" PRIMARY KEY,\n"
    " \"key\" text NOT NULL, \"value\" text NOT NULL, \"updatedAt\" timestamp(3) NOT NULL,\n"
    " \"adminId\" text);\n"
    "CREATE UNIQUE INDEX \"SystemSettings_adminId_key_key\" ON \"SystemSettings\" (\"adminId\","
    " \"key\");\n"

#define ADMIN(table)                                                                              \
  "ALTER TABLE \"" table "\" ADD CONSTRAINT \"" table "_adminId_fkey\" FOREIGN KEY (\"adminId\")" \
  " REFERENCES \"User\" (\"id\") ON DELETE CASCADE ON UPDATE CASCADE;\n"
#define REFERS(table, column, to, rule)                                                           \
  "ALTER TABLE \"" table "\" ADD CONSTRAINT \"" table "_" column "_fkey\" FOREIGN KEY (\"" column \
  "\") REFERENCES \"" to "\" (\"id\") ON DELETE " rule " ON UPDATE CASCADE;\n"
    ADMIN ("User") ADMIN ("Customer") ADMIN ("Cylinder") ADMIN ("CylinderTransaction")
        ADMIN ("CylinderEntry") ADMIN ("Expense") ADMIN ("Bill") ADMIN ("Payment")
            ADMIN ("PaymentLog") ADMIN ("InventoryItem") ADMIN ("DailyNote")
                ADMIN ("SystemSettings") REFERS ("Cylinder", "customerId", "Customer", "SET NULL")
                    REFERS ("CylinderTransaction", "cylinderId", "Cylinder", "RESTRICT")
                        REFERS ("CylinderTransaction", "customerId", "Customer", "SET NULL")
                            REFERS ("CylinderTransaction", "userId", "User", "SET NULL")
                                REFERS ("Bill", "customerId", "Customer", "CASCADE")
                                    REFERS ("Payment", "billId", "Bill", "CASCADE");

static guint
place_of (const SrTargetTable *table)
{
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    if (strcmp (tables[i].collection, table->collection->name) == 0)
      return i;
  return G_N_ELEMENTS (tables);
}

gboolean
sr_lpgnexus_set_table (SrTargetTable *table)
{
  guint place = place_of (table);

  if (place == G_N_ELEMENTS (tables))
    return FALSE;
  table->table = tables[place].table;
  table->aliases = tables[place].aliases;
  table->after = tables[place].after;
  return TRUE;
}

void
sr_lpgnexus_sort_tables (SrTargetTable *list,
                         guint          n_tables)
{
  /* Few, and the order of equals stays. */
  for (guint i = 1; i < n_tables; i++)
    {
      SrTargetTable table = list[i];
      guint         place = place_of (&table);
      guint         at = i;

      for (; at > 0 && place_of (&list[at - 1]) > place; at--)
        list[at] = list[at - 1];
      list[at] = table;
    }
}

const char *
sr_lpgnexus_get_schema (void)
{
  return SCHEMA;
}
