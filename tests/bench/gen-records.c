/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "gen.h"

#include <string.h>
#include <unistd.h>

#define ORDERS_OF_A     2000000
#define N_COLLECTIONS   6
#define CHANGED_PERCENT 1
/* Half a percent is appended on day 2. */
#define APPENDED_OF 200
#define WRITE_SIZE  (4 * 1024 * 1024)

static const char *const words[] = {
  "account",
  "address",
  "advance",
  "amount",
  "approved",
  "article",
  "balance",
  "bank",
  "batch",
  "bill",
  "box",
  "branch",
  "budget",
  "cable",
  "carrier",
  "cash",
  "change",
  "charge",
  "check",
  "city",
  "claim",
  "client",
  "colour",
  "company",
  "contact",
  "contract",
  "copper",
  "cost",
  "credit",
  "customer",
  "damaged",
  "date",
  "delivery",
  "deposit",
  "discount",
  "document",
  "driver",
  "email",
  "empty",
  "export",
  "factor",
  "filter",
  "final",
  "freight",
  "garage",
  "general",
  "glass",
  "goods",
  "group",
  "height",
  "import",
  "invoice",
  "item",
  "journal",
  "label",
  "ledger",
  "length",
  "limit",
  "line",
  "loading",
  "margin",
  "market",
  "material",
  "meter",
  "model",
  "month",
  "motor",
  "notice",
  "number",
  "office",
  "open",
  "order",
  "owner",
  "packing",
  "paid",
  "paper",
  "partial",
  "payment",
  "pending",
  "period",
  "phone",
  "plant",
  "pressure",
  "price",
  "product",
  "profit",
  "project",
  "pump",
  "purchase",
  "quality",
  "quantity",
  "quote",
  "rate",
  "receipt",
  "record",
  "refund",
  "region",
  "rental",
  "repair",
  "report",
  "return",
  "route",
  "safety",
  "sales",
  "sample",
  "section",
  "serial",
  "service",
  "shelf",
  "shift",
  "size",
  "spare",
  "staff",
  "steel",
  "stock",
  "store",
  "supplier",
  "supply",
  "switch",
  "system",
  "tank",
  "target",
  "terms",
  "ticket",
  "total",
  "transfer",
  "transport",
  "truck",
  "unit",
  "update",
  "urgent",
  "valve",
  "vendor",
  "volume",
  "voucher",
  "warranty",
  "water",
  "weight",
  "wire",
  "work",
  "yard",
  "year",
  "zinc",
  "zone",
};

static const char *const cities[] = {
  "Aachen",
  "Bergen",
  "Coimbra",
  "Dresden",
  "Essen",
  "Faro",
  "Gent",
  "Haarlem",
  "Izmir",
  "Jaipur",
  "Kiel",
  "Lagos",
  "Malmo",
  "Nantes",
  "Oslo",
  "Porto",
  "Quito",
  "Riga",
  "Salem",
  "Turin",
  "Utrecht",
  "Varna",
  "Wien",
  "York",
  "Zadar",
};

static const char *const states[] = { "open", "paid", "shipped", "delivered", "cancelled" };

static const char *
pick_word (guint64 random)
{
  return words[random % G_N_ELEMENTS (words)];
}

/* Faster than printf, which would take longer than the backup. */
static void
append_number (GString *out,
               guint64  value,
               guint    digits)
{
  char  text[20];
  guint n = 0;

  while (n < digits || value > 0)
    {
      text[sizeof text - ++n] = (char) ('0' + value % 10);
      value /= 10;
    }
  g_string_append_len (out, text + sizeof text - n, n);
}

static void
append_hex (GString *out,
            guint64  value,
            guint    digits)
{
  char text[16];

  for (guint i = digits; i-- > 0; value >>= 4)
    text[i] = "0123456789abcdef"[value & 15];
  g_string_append_len (out, text, digits);
}

static void
append_words (GString *out,
              guint64 *state,
              guint    n)
{
  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (out, ' ');
      g_string_append (out, pick_word (sr_gen_next (state)));
    }
}

static void
append_date (GString *out,
             guint64  number,
             guint64  random)
{
  g_string_append (out, "2024-");
  append_number (out, 1 + number / 200000 % 12, 2);
  g_string_append_c (out, '-');
  append_number (out, 1 + number / 7000 % 28, 2);
  g_string_append_c (out, 'T');
  append_number (out, random % 24, 2);
  g_string_append_c (out, ':');
  append_number (out, random / 24 % 60, 2);
  g_string_append (out, ":00.000Z");
}

static void
append_item (GString *out,
             guint64 *state)
{
  guint64 random = sr_gen_next (state);

  g_string_append (out, "{\"_id\":\"65f0");
  append_hex (out, random >> 8, 10);
  append_hex (out, sr_gen_next (state), 10);
  g_string_append (out, "\",\"sku\":\"");
  append_number (out, random % 20000, 6);
  g_string_append (out, "\",\"description\":\"");
  g_string_append (out, pick_word (random % 20000 * 31));
  g_string_append_c (out, ' ');
  g_string_append (out, pick_word (random % 20000 * 17 + 5));
  g_string_append (out, "\",\"quantity\":");
  append_number (out, 1 + (random >> 20) % 40, 1);
  g_string_append (out, ",\"unitPrice\":");
  append_number (out, 1 + random % 20000 * 7 % 9000, 1);
  g_string_append_c (out, '.');
  append_number (out, random % 20000 % 100, 2);
  g_string_append (out, ",\"taxRate\":");
  g_string_append (out, random % 5 == 0 ? "7" : "19");
  g_string_append (out, "}");
}

void
sr_gen_append_order (GString *out,
                     guint64  seed,
                     guint64  number,
                     guint    version)
{
  guint64 state = sr_gen_mix (seed, number, version);
  guint64 customer = sr_gen_mix (seed, number % 9973, 7);
  guint   n_items = 2 + (guint) (sr_gen_mix (seed, number, 99) % 4);

  g_string_append (out, "{\"_id\":\"65f0");
  append_hex (out, number, 8);
  append_hex (out, sr_gen_mix (seed, number, 3), 12);
  g_string_append (out, "\",\"orderNumber\":\"ORD-");
  append_number (out, number, 8);
  g_string_append (out, "\",\"createdAt\":\"");
  append_date (out, number, sr_gen_mix (seed, number, 4));
  g_string_append (out, "\",\"updatedAt\":\"");
  append_date (out, number + version, sr_gen_next (&state));
  g_string_append (out, "\",\"customer\":{\"id\":");
  append_number (out, 10000 + number % 9973, 1);
  g_string_append (out, ",\"name\":\"");
  append_words (out, &customer, 2);
  g_string_append (out, "\",\"city\":\"");
  g_string_append (out, cities[customer % G_N_ELEMENTS (cities)]);
  g_string_append (out, "\"},\"status\":\"");
  g_string_append (out, states[sr_gen_next (&state) % G_N_ELEMENTS (states)]);
  g_string_append (out, "\",\"items\":[");
  for (guint i = 0; i < n_items; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      append_item (out, &state);
    }
  g_string_append (out, "],\"total\":");
  append_number (out, sr_gen_next (&state) % 100000, 1);
  g_string_append (out, ".50,\"currency\":\"EUR\",\"note\":\"");
  append_words (out, &state, 3 + (guint) (sr_gen_next (&state) % 8));
  g_string_append (out, "\",\"__v\":");
  append_number (out, version, 1);
  g_string_append_c (out, '}');
}

void
sr_gen_append_text (GString *out,
                    guint64 *state,
                    gsize    size)
{
  gsize end = out->len + size;

  while (out->len < end)
    {
      append_words (out, state, 5 + (guint) (sr_gen_next (state) % 9));
      g_string_append (out, sr_gen_next (state) % 4 == 0 ? ".\n" : ", ");
      append_number (out, sr_gen_next (state) % 10000, 1);
      g_string_append_c (out, ' ');
    }
  g_string_truncate (out, end);
}

/* The newest percent, or a percent all over. */
static guint
get_version (const SrGen *self,
             guint64      number,
             guint64      count)
{
  if (self->day < 2)
    return 0;
  if (self->uniform)
    return sr_gen_mix (self->seed, number, 55) % 100 < CHANGED_PERCENT;
  return number >= count - count * CHANGED_PERCENT / 100;
}

void
sr_gen_collections (const SrGen *self)
{
  const guint64 orders = (guint64) (ORDERS_OF_A * self->scale);

  for (guint i = 0; i < N_COLLECTIONS; i++)
    {
      /* one large collection, and others a half, a third, ... of it */
      const guint64    share = MAX (1, orders * 20 / 49 / (i + 1));
      const guint64    total = self->day < 2 ? share : share + share / APPENDED_OF;
      g_autofree char *name = g_strdup_printf ("collection-%u.json", i);
      GString         *out = g_string_new ("[\n");

      for (guint64 k = 0; k < total; k++)
        {
          sr_gen_append_order (out, self->seed + i, k, get_version (self, k, share));
          g_string_append (out, k + 1 < total ? ",\n" : "\n]\n");
        }
      sr_gen_write (self, name, out->str, out->len);
      g_string_free (out, TRUE);
    }
}

void
sr_gen_stream (const SrGen *self,
               guint64      bytes)
{
  GString *out = g_string_sized_new (WRITE_SIZE + 4096);

  for (guint64 k = 0; bytes > 0; k++)
    {
      gsize at = 0;

      sr_gen_append_order (out, self->seed, k, get_version (self, k, k + 1));
      g_string_append_c (out, '\n');
      if (out->len < WRITE_SIZE && out->len < bytes)
        continue;
      g_string_truncate (out, MIN (out->len, bytes));
      while (at < out->len)
        {
          gssize n = write (STDOUT_FILENO, out->str + at, out->len - at);

          if (n <= 0)
            return;
          at += (gsize) n;
        }
      bytes -= out->len;
      g_string_truncate (out, 0);
    }
  g_string_free (out, TRUE);
}
