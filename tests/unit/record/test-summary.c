/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "record/sr-summary.h"

#include "base/sr-error.h"
#include "record/sr-json-records.h"
#include "sr-test-records.h"

#include <string.h>

/* As "name count field=sum/numbers/first/last/dates …", a line a collection. */
static char *
summarize (const char             *text,
           const SrSummaryOptions *options,
           GError                **error)
{
  g_autoptr (GInputStream)   stream = sr_test_pieces_new (text, strlen (text), 1000);
  g_autoptr (SrRecordReader) reader = sr_json_records_new (stream, "c");
  g_autoptr (GPtrArray)      summaries = sr_summarize (reader, options, NULL, NULL, error);
  GString                   *out = g_string_new (NULL);

  for (guint i = 0; summaries != NULL && i < summaries->len; i++)
    {
      const SrCollectionSummary *summary = g_ptr_array_index (summaries, i);

      g_string_append_printf (out, "%s %" G_GUINT64_FORMAT, summary->name, summary->count);
      for (guint k = 0; k < summary->fields->len; k++)
        {
          const SrFieldSummary *field = &g_array_index (summary->fields, SrFieldSummary, k);

          g_string_append_printf (out, " %s=%s/%d/%s/%s/%d", field->name,
                                  field->sum != NULL ? field->sum : "-", (int) field->n_numbers,
                                  field->min_date != NULL ? field->min_date : "-",
                                  field->max_date != NULL ? field->max_date : "-",
                                  (int) field->n_dates);
        }
      g_string_append_c (out, '\n');
    }
  return g_string_free (out, FALSE);
}

static void
check (const char             *text,
       const SrSummaryOptions *options,
       const char             *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *found = summarize (text, options, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, expected);
}

static const char sales[] =
    "{\"sales\":[{\"id\":1,\"total\":0.10,\"at\":\"2026-11-20T00:00:00+08:00\",\"t\":\"5\"},"
    "{\"total\":{\"$numberDecimal\":\"0.20\"},\"id\":2,\"at\":\"2026-11-19T20:00:00Z\"},"
    "{\"id\":3,\"total\":null,\"at\":\"2026-11-19\"}],"
    "\"bills\":[{\"total\":{\"low\":1,\"high\":2097152,\"unsigned\":false}}],"
    "\"empty\":[],\"data\":{\"sales\":[{\"id\":4,\"total\":-1}]}}";

static void
test_counts (void)
{
  check (sales, &(SrSummaryOptions){ NULL, FALSE }, "sales 4\nbills 1\nempty 0\n");
}

static void
test_sums (void)
{
  static const char *const total[] = { "total", NULL };
  static const char *const of_sales[] = { "sales.total", "t", NULL };
  static const char *const all[] = { "*", NULL };

  check (sales, &(SrSummaryOptions){ total, FALSE },
         "sales 4 total=-0.70/3/-/-/0\nbills 1 total=9007199254740993/1/-/-/0\nempty 0\n");
  check (sales, &(SrSummaryOptions){ of_sales, FALSE },
         "sales 4 total=-0.70/3/-/-/0 t=5/1/-/-/0\nbills 1\nempty 0\n");
  check (sales, &(SrSummaryOptions){ all, FALSE },
         "sales 4 id=10/4/-/-/0 total=-0.70/3/-/-/0\nbills 1 total=9007199254740993/1/-/-/0\n"
         "empty 0\n");
}

static void
test_dates (void)
{
  check (sales, &(SrSummaryOptions){ NULL, TRUE },
         "sales 4 at=-/0/2026-11-19/2026-11-19T20:00:00Z/3\nbills 1\nempty 0\n");
}

static void
test_broken (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *found = summarize ("[{}", &(SrSummaryOptions){ NULL, FALSE }, &error);

  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  g_assert_cmpstr (found, ==, "");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/summary/counts", test_counts);
  g_test_add_func ("/summary/sums", test_sums);
  g_test_add_func ("/summary/dates", test_dates);
  g_test_add_func ("/summary/broken", test_broken);
  return g_test_run ();
}
