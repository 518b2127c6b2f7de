/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-node-text.h"

#include "cli/sr-text.h"

static char
get_type_letter (SrEntryType type)
{
  switch (type)
    {
    case SR_ENTRY_DIR:
      return 'd';
    case SR_ENTRY_SYMLINK:
      return 'l';
    case SR_ENTRY_BLOCK_DEVICE:
      return 'b';
    case SR_ENTRY_CHAR_DEVICE:
      return 'c';
    case SR_ENTRY_FIFO:
      return 'p';
    case SR_ENTRY_SOCKET:
      return 's';
    case SR_ENTRY_FILE:
    default:
      return '-';
    }
}

static char *
get_owner (const char *name,
           guint32     id)
{
  return name != NULL && name[0] != '\0' ? sr_text_name (name) : g_strdup_printf ("%u", id);
}

char *
sr_node_text (const char   *path,
              const SrNode *node,
              gboolean      with_details)
{
  const SrEntry   *entry = &node->entry;
  g_autofree char *shown = sr_text_name (path);
  g_autofree char *target = NULL;
  g_autofree char *mode = NULL;
  g_autofree char *user = NULL;
  g_autofree char *group = NULL;
  g_autofree char *time = NULL;

  if (!with_details)
    return g_strconcat (shown, entry->type == SR_ENTRY_DIR ? "/\n" : "\n", NULL);
  target = entry->link_target != NULL ? sr_text_name (entry->link_target) : NULL;
  mode = sr_text_mode (get_type_letter (entry->type), entry->mode);
  user = get_owner (entry->user, entry->uid);
  group = get_owner (entry->group, entry->gid);
  time = sr_text_timespec (&entry->mtime);
  return g_strdup_printf ("%s  %-8s %-8s %12" G_GUINT64_FORMAT "  %s  %s%s%s\n", mode, user, group,
                          entry->type == SR_ENTRY_FILE ? entry->size : 0, time, shown,
                          target != NULL ? " -> " : "", target != NULL ? target : "");
}
