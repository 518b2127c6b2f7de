/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-prune-text.h"

#include "cli/sr-cli-json.h"
#include "cli/sr-cli-vault.h"
#include "cli/sr-text.h"

#define DEFAULT_MAX_UNUSED 5.0

gboolean
sr_prune_parse_options (SrPrunerOptions *options,
                        const char      *max_unused,
                        gboolean         dry_run,
                        GError         **error)
{
  *options = (SrPrunerOptions){
    .max_unused_percent = DEFAULT_MAX_UNUSED,
    .repack_small = TRUE,
    .dry_run = dry_run,
  };
  return max_unused == NULL ||
         sr_text_parse_percent (max_unused, &options->max_unused_percent, error);
}

void
sr_prune_add_json (JsonBuilder         *builder,
                   const SrPrunerStats *stats)
{
  sr_cli_json_add_int (builder, "blobs_used", stats->blobs_used);
  sr_cli_json_add_int (builder, "blobs_unused", stats->blobs_unused);
  sr_cli_json_add_int (builder, "blobs_duplicate", stats->blobs_duplicate);
  sr_cli_json_add_int (builder, "bytes_used", stats->bytes_used);
  sr_cli_json_add_int (builder, "bytes_unused", stats->bytes_unused);
  sr_cli_json_add_int (builder, "packs_total", stats->packs_total);
  sr_cli_json_add_int (builder, "packs_kept", stats->packs_kept);
  sr_cli_json_add_int (builder, "packs_removed", stats->packs_removed);
  sr_cli_json_add_int (builder, "packs_repacked", stats->packs_repacked);
  sr_cli_json_add_int (builder, "packs_unknown", stats->packs_unknown);
  sr_cli_json_add_int (builder, "packs_no_room", stats->packs_no_room);
  sr_cli_json_add_int (builder, "bytes_repacked", stats->bytes_repacked);
  sr_cli_json_add_int (builder, "bytes_freed", stats->bytes_freed);
  sr_cli_json_add_int (builder, "bytes_unused_left", stats->bytes_unused_left);
}

void
sr_prune_say (SrCli               *cli,
              const SrPrunerStats *stats,
              gboolean             dry_run)
{
  g_autofree char *used = sr_size_text (stats->bytes_used);
  g_autofree char *unused = sr_size_text (stats->bytes_unused);
  g_autofree char *repacked = sr_size_text (stats->bytes_repacked);
  g_autofree char *freed = sr_size_text (stats->bytes_freed);
  g_autofree char *left = sr_size_text (stats->bytes_unused_left);
  const char      *would = dry_run ? "would be " : "";

  sr_cli_say (cli, "In use: %s; not in use: %s", used, unused);
  sr_cli_say (cli,
              "Packs: %" G_GUINT64_FORMAT " kept, %" G_GUINT64_FORMAT
              " %sremoved, %" G_GUINT64_FORMAT " %swritten anew (%s)",
              stats->packs_kept, stats->packs_removed + stats->packs_unknown, would,
              stats->packs_repacked, would, repacked);
  sr_cli_say (cli, "%s %sfreed; %s not in use %s", freed, would, left,
              dry_run ? "would stay" : "stays");
  if (stats->packs_no_room > 0)
    sr_cli_warn (cli,
                 "There was no room to write packs anew: %" G_GUINT64_FORMAT
                 " stay as they are; free space on the vault's disk and prune again",
                 stats->packs_no_room);
}
