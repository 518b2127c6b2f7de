/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-zip-writer.h"
#include "record/sr-inference.h"
#include "job/sr-convert.h"
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * SrConvertItem:
 * @collection: as the source gives it
 * @written: as it is written: with columns where the format needs them
 * @name: under which it is read back
 * @fields: (nullable): what its records name, where it has no columns
 * @records: found by the first pass
 * @put: written by the second
 * @runs: in how many pieces it comes
 *
 * A collection that is converted.
 */
typedef struct
{
  SrCollection *collection;
  SrCollection *written;
  char         *name;
  SrInference  *fields;
  guint64       records;
  guint64       put;
  guint         runs;
} SrConvertItem;

/**
 * SrConvert:
 * @items: (element-type SrConvertItem): in the order they are written
 * @in_order: @items are not in the order of the source, or a collection comes in pieces, so that
 *   each is read by itself
 * @n_bytes_values, @n_bad_json, @n_moments, @n_odd_dates, @n_unknown_fields: what was met while
 *   records were reshaped
 * @n_other_files: files of the source that the format has no place for
 *
 * A conversion under way.
 */
typedef struct
{
  SrBackupFile           *file;
  SrConvertFormat         format;
  const char             *output;
  const SrConvertOptions *options;
  SrConvertResult        *result;
  SrProgress             *progress;
  GCancellable           *cancellable;

  GPtrArray *items;
  gboolean   in_order;
  guint64    notes[SR_N_NOTES];
  guint64    n_bytes_values;
  guint64    n_bad_json;
  guint64    n_moments;
  guint64    n_odd_dates;
  guint64    n_unknown_fields;
  guint64    n_other_files;
} SrConvert;

void sr_convert_warn (SrConvert  *self,
                      const char *format,
                      ...) G_GNUC_PRINTF (2, 3);

/* --- records ---------------------------------------------------------------------------------- */

/* The first pass: what collections there are, how many records, and, if @with_fields, what the
 * records of those without columns name. Views are left out and said. */
gboolean       sr_convert_plan (SrConvert *self,
                                gboolean   with_fields,
                                GError   **error);
SrConvertItem *sr_convert_find_item (SrConvert  *self,
                                     const char *name);

/* What becomes of records; all may be %NULL. */
typedef struct
{
  gboolean (*begin) (SrConvert     *self,
                     SrConvertItem *item,
                     gpointer       user_data,
                     GError       **error);
  gboolean (*put) (SrConvert      *self,
                   SrConvertItem  *item,
                   const SrRecord *record,
                   gpointer        user_data,
                   GError        **error);
  gboolean (*end) (SrConvert     *self,
                   SrConvertItem *item,
                   gpointer       user_data,
                   GError       **error);
} SrConvertSink;

/* The second pass: each item once, with all its records, as reshaped for the format. An error tells
 * record and collection. */
gboolean sr_convert_feed (SrConvert           *self,
                          const SrConvertSink *sink,
                          gpointer             user_data,
                          GError             **error);

/* What the passes met, as sentences in the result. */
void sr_convert_tell (SrConvert *self);

/* --- files ------------------------------------------------------------------------------------ */

/* Where a file of the source goes. Returns: (transfer full) (nullable): its name there; %NULL:
 * nowhere */
typedef char *(*SrConvertPlaceFunc) (SrConvert              *self,
                                     const SrContainerEntry *entry,
                                     gpointer                user_data);

/* Writes all entries of the source that @place names into @zip, in the order that is cheapest to
 * read. Links are left out and said; of several entries of a name the last is taken. */
gboolean sr_convert_put_files (SrConvert         *self,
                               SrZipWriter       *zip,
                               SrConvertPlaceFunc place,
                               gpointer           user_data,
                               guint64           *n_files,
                               GError           **error);
/* Where an uploaded file of any of the servers lies in a RayERP backup: "uploads/…" or
 * "public-uploads/…". Returns: (transfer full) (nullable) */
char *sr_convert_upload_name (SrConvert  *self,
                              const char *name);
/* Files of the source that hold no records. */
guint64 sr_convert_count_files (SrConvert *self);
/* One of the source's descriptions. Returns: (transfer full) (nullable): %NULL if there is none
 * that can be read */
JsonObject *sr_convert_read_description (SrConvert  *self,
                                         const char *name);

/* --- what was written ------------------------------------------------------------------------- */

/* Opens what was written as a backup file and counts its records against what was put. */
gboolean sr_convert_check_records (SrConvert  *self,
                                   const char *path,
                                   GError    **error);
/* Unfolds every entry of a ZIP that was written and counts the files. */
gboolean sr_convert_check_zip (SrConvert *self,
                               int        fd,
                               guint64    n_files,
                               GError   **error);

/* --- formats ---------------------------------------------------------------------------------- */

gboolean sr_convert_to_rayerp (SrConvert *self,
                               GError   **error);
gboolean sr_convert_to_pos (SrConvert *self,
                            GError   **error);
gboolean sr_convert_to_lpgnexus (SrConvert *self,
                                 GError   **error);
gboolean sr_convert_to_sql (SrConvert *self,
                            GError   **error);
gboolean sr_convert_to_sqlite (SrConvert *self,
                               GError   **error);
gboolean sr_convert_to_folder (SrConvert *self,
                               GError   **error);
gboolean sr_convert_to_zip (SrConvert *self,
                            GError   **error);

/* As sr_convert_plan() with the fields; collections that cannot be a table are left out and
 * said. */
gboolean sr_convert_plan_tables (SrConvert *self,
                                 GError   **error);

/* A SQLite database of the planned records. @path: does not exist yet; its folder does */
gboolean sr_convert_make_database (SrConvert  *self,
                                   const char *path,
                                   GError    **error);

G_END_DECLS
