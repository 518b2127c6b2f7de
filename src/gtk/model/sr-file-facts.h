/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-backup-file.h"

G_BEGIN_DECLS

/* What a backup file says of itself and what was found in it, as rows of lists. Pure: nothing is
 * read from the file. Lists are emptied, then filled. */

/* Translated where it is a sentence of ours. Returns: (transfer none) */
const char *sr_file_facts_get_title (SrBackupFile *file);
/* "163 kB · made 20 November 2026, 05:18". Returns: (transfer full) */
char       *sr_file_facts_summarize (SrBackupFile *file);
const char *sr_file_facts_describe_encryption (SrBackupFile *file);
/* @list: of #SrRowItem */
void sr_file_facts_list (SrBackupFile *file,
                         GListStore   *list);
/* @list: of #SrChoiceItem; choices made before are kept */
void sr_file_facts_list_collections (SrBackupFile *file,
                                     GListStore   *list);
void sr_file_facts_list_entries (SrBackupFile *file,
                                 GListStore   *list);
/* @list: of #SrRowItem: failed, not made and warnings first, then what is worth knowing, then what
 * passed */
void sr_file_facts_list_checks (SrVerdict  *verdict,
                                GListStore *list);

G_END_DECLS
