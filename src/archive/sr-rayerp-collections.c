/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include "archive/sr-rayerp-collections.h"

const SrRayerpCollection sr_rayerp_collections[SR_RAYERP_N_COLLECTIONS] = {
  { "hr", "employees" },
  { "hr", "attendance" },
  { "hr", "leaves" },
  { "projects", "projects" },
  { "projects", "tasks" },
  { "finance", "budgets" },
  { "finance", "accounts" },
  { "finance", "transactions" },
  { "finance", "invoices" },
  { "finance", "payments" },
  { "finance", "expenses" },
  { "contacts", "contacts" },
  { "users", "users" },
  { "users", "roles" },
  { "system", "departments" },
  { "system", "settings" },
  { "system", "activityLogs" },
  { "system", "chats" },
};
