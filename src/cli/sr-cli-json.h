/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "cli/sr-cli.h"
#include "repo/sr-tree.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* How `--json` says things: members in small letters with underscores, ids whole, sizes in bytes,
 * times in RFC 3339. One document on standard output; an error is one on standard error. */

void sr_cli_json_add_string (JsonBuilder *builder,
                             const char  *member,
                             const char  *value);
/* Raw bytes: as UTF-8 with U+FFFD for what is none, and then also whole, as base64, in the member
 * "MEMBER_raw". */
void sr_cli_json_add_name (JsonBuilder *builder,
                           const char  *member,
                           const char  *raw);
void sr_cli_json_add_int (JsonBuilder *builder,
                          const char  *member,
                          guint64      value);
void sr_cli_json_add_bool (JsonBuilder *builder,
                           const char  *member,
                           gboolean     value);
void sr_cli_json_add_id (JsonBuilder *builder,
                         const char  *member,
                         const SrId  *id);
void sr_cli_json_add_time (JsonBuilder  *builder,
                           const char   *member,
                           const SrTime *time);
void sr_cli_json_add_strings (JsonBuilder *builder,
                              const char  *member,
                              char       **values);
/* The members of a snapshot, into the object that is open. */
void sr_cli_json_add_snapshot (JsonBuilder      *builder,
                               const SrSnapshot *snapshot);
/* The members of what is at @path in a snapshot. */
void sr_cli_json_add_node (JsonBuilder  *builder,
                           const char   *path,
                           const SrNode *node);
/* "code" and "message" of @error. */
void sr_cli_json_add_error (JsonBuilder  *builder,
                            const GError *error);

/* Prints what @builder holds as one line. */
void sr_cli_json_print (SrCli       *cli,
                        JsonBuilder *builder);

/**
 * SrCliJsonList:
 *
 * The elements of a long array, printed one by one, so that a million of them need no memory.
 */
typedef struct
{
  SrCli   *cli;
  gboolean begun;
} SrCliJsonList;

/* @head: what stands before the first element, "[" at its end; @cli in JSON mode */
void sr_cli_json_list_begin (SrCliJsonList *self,
                             SrCli         *cli,
                             const char    *head);
/* Prints one element and empties @builder. */
void sr_cli_json_list_add (SrCliJsonList *self,
                           JsonBuilder   *builder);
/* @tail: "]" and what follows */
void sr_cli_json_list_end (SrCliJsonList *self,
                           const char    *tail);
/* Returns: (transfer full): what @builder holds */
char *sr_cli_json_to_text (JsonBuilder *builder);

G_END_DECLS
