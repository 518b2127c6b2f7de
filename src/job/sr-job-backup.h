/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-job.h"
#include "site/sr-site.h"

G_BEGIN_DECLS

#define SR_TYPE_JOB_BACKUP (sr_job_backup_get_type ())
G_DECLARE_FINAL_TYPE (SrJobBackup, sr_job_backup, SR, JOB_BACKUP, SrJob)

/**
 * sr_job_backup_new:
 * @site: is read now; later changes of it do not matter
 * @vault: one of its vaults
 *
 * Backs a site up into one vault: its databases first, its folders second, with a description
 * (docs/vault-format.md), and judges what was stored. %SR_ERROR_INCOMPLETE if something could not
 * be read, also a whole folder: the snapshot does not name it then, so that rules of retention do
 * not count it among the whole ones. No snapshot if nothing at all can be read, or a database
 * cannot be copied.
 *
 * Returns: (transfer full)
 */
SrJob *sr_job_backup_new (SrSite     *site,
                          const char *vault);

G_END_DECLS
