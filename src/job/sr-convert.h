/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-backup-file.h"

G_BEGIN_DECLS

/**
 * SrConvertFormat:
 * @SR_CONVERT_RAYERP: ZIP, metadata 2.0.0
 * @SR_CONVERT_POS: .backup, in clear; from what holds a SQLite database, or from records
 * @SR_CONVERT_LPGNEXUS: JSON
 * @SR_CONVERT_MYSQL, @SR_CONVERT_POSTGRES, @SR_CONVERT_SQLITE_SQL: plain SQL
 * @SR_CONVERT_SQLITE: a database file
 * @SR_CONVERT_CSV, @SR_CONVERT_JSON: a folder of files, one a collection
 * @SR_CONVERT_ZIP: the entries as they are
 */
typedef enum
{
  SR_CONVERT_RAYERP,
  SR_CONVERT_POS,
  SR_CONVERT_LPGNEXUS,
  SR_CONVERT_MYSQL,
  SR_CONVERT_POSTGRES,
  SR_CONVERT_SQLITE_SQL,
  SR_CONVERT_SQLITE,
  SR_CONVERT_CSV,
  SR_CONVERT_JSON,
  SR_CONVERT_ZIP,
} SrConvertFormat;

/* "rayerp", "pos", "lpgnexus", "mysql", "postgresql", "sqlite-sql", "sqlite", "csv", "json",
 * "zip" */
const char *sr_convert_format_name (SrConvertFormat format);
gboolean    sr_convert_format_from_name (const char      *name,
                                         SrConvertFormat *format);
/* All names, for a message: "rayerp, pos … or zip". Returns: (transfer full) */
char *sr_convert_format_list (void);

/**
 * SrConvertOptions:
 * @collections: (array zero-terminated=1) (nullable): only those; files are left out then
 * @overwrite: replace @output if it exists
 */
typedef struct
{
  const char *const *collections;
  gboolean           overwrite;
} SrConvertOptions;

/* @records: written and read back; @files: that are no records, likewise; @lost: values that the
 * source had lost already; @warnings: (element-type utf8): what the format cannot hold and what was
 * left out, in sentences */
typedef struct
{
  guint64    collections;
  guint64    records;
  guint64    files;
  guint64    lost;
  GPtrArray *warnings;
} SrConvertResult;

void sr_convert_result_clear (SrConvertResult *self);

/**
 * sr_convert_run:
 * @output: file, or folder for the formats that are one
 * @options: (nullable)
 * @result: (out caller-allocates): to be cleared also after a failure
 *
 * Writes a backup file in another format: beside, read back and counted, then renamed into place.
 * Only its owner may read it. The records are read twice and more, so that memory does not grow
 * with them. %SR_ERROR_UNSUPPORTED with the reason where it makes no sense.
 *
 * What a format cannot hold:
 * - JSON formats know no binary content (base64 text), and SQL's dates are text there.
 * - Tables know no difference between a field that is absent and one that is null. Arrays and
 *   objects, and fields whose records do not agree on a type, become columns of JSON text.
 * - CSV knows text only.
 */
gboolean sr_convert_run (SrBackupFile           *file,
                         SrConvertFormat         format,
                         const char             *output,
                         const SrConvertOptions *options,
                         SrConvertResult        *result,
                         SrProgress             *progress,
                         GCancellable           *cancellable,
                         GError                **error);

G_END_DECLS
