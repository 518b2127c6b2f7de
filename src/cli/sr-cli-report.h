/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "cli/sr-cli.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * SrCliReport:
 * @errors: (element-type JsonNode): the first ones, for JSON
 *
 * What an operation tells about single files, as lines or for JSON.
 */
typedef struct
{
  SrCli     *cli;
  GPtrArray *errors;
  guint64    n_errors;
} SrCliReport;

void sr_cli_report_init (SrCliReport *self,
                         SrCli       *cli);
void sr_cli_report_clear (SrCliReport *self);
/* A SrReportFunc whose user data is a SrCliReport: problems are always shown, the rest with
 * --verbose. */
void sr_cli_report_func (const char   *path,
                         const char   *action,
                         guint64       size,
                         const GError *error,
                         gpointer      user_data);
/* The member "errors" of the object that is open. */
void sr_cli_report_add_json (SrCliReport *self,
                             JsonBuilder *builder);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SrCliReport, sr_cli_report_clear)

G_END_DECLS
