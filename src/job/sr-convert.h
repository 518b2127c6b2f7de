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

/**
 * SrConvertOptions:
 * @collections: (array zero-terminated=1) (nullable): only those
 * @overwrite: replace @output if it exists
 */
typedef struct
{
  const char *const *collections;
  gboolean           overwrite;
} SrConvertOptions;

/* @records: written and read back; @lost: values that the source had lost already; @warnings:
 * (element-type utf8): what the format cannot hold, in sentences */
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
 *
 * Writes a backup file in another format: beside, read back and counted, then renamed into place.
 * %SR_ERROR_UNSUPPORTED with the reason where it makes no sense.
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
