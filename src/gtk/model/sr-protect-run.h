/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/model/sr-protect.h"
#include "gtk/model/sr-site-list.h"
#include "job/sr-job-queue.h"

G_BEGIN_DECLS

/**
 * SrProtectStage:
 * @SR_PROTECT_PREPARING: the vault is made or opened, the site saved
 * @SR_PROTECT_RUNNING: the first backup runs, or waits
 * @SR_PROTECT_DONE: there is a backup, with a verdict
 * @SR_PROTECT_FAILED: there is none; it can be tried again
 */
typedef enum
{
  SR_PROTECT_READY,
  SR_PROTECT_PREPARING,
  SR_PROTECT_RUNNING,
  SR_PROTECT_DONE,
  SR_PROTECT_FAILED,
} SrProtectStage;

#define SR_TYPE_PROTECT_RUN (sr_protect_run_get_type ())
/**
 * SrProtectRun:
 *
 * What comes of the decisions: the vault, the site, the first backup. Read-only properties, for
 * bindings, texts empty where there is nothing to say:
 *   stage             a %SrProtectStage
 *   phase, current    what is done now
 *   fraction          0.0 to 1.0
 *   detail            "12 MiB of 40 MiB · 3 MiB/s · about 3 minutes left"
 *   heading           what came of it
 *   sentence          the verdict's sentence, or the reason of a failure
 *   next-step         what to do about that
 *   icon-name         of the verdict, or of the failure
 *   css-class         "success", "warning", "error"
 *   keyring-problem   why the password was not kept
 *   files, records, size, stored   what was protected
 *
 * Threads: the main one.
 */
G_DECLARE_FINAL_TYPE (SrProtectRun, sr_protect_run, SR, PROTECT_RUN, GObject)

SrProtectRun *sr_protect_run_new (SrProtect  *protect,
                                  SrJobQueue *queue,
                                  SrSiteList *sites);
/* Also tries again after a failure, from where it failed. */
void           sr_protect_run_start (SrProtectRun *self);
void           sr_protect_run_cancel (SrProtectRun *self);
SrProtectStage sr_protect_run_get_stage (SrProtectRun *self);
/* (nullable): id of the site, once it is saved */
const char *sr_protect_run_get_site_id (SrProtectRun *self);

G_END_DECLS
