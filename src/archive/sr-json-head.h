/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SrJsonMember:
 * @name: as it stands there, escapes and all
 * @parent: (nullable): name of the member of the root object that it lies in
 * @type: first byte of the value: '"', '{', '[', 't', 'f', 'n', a digit or '-'; 0 if the text ends
 *   before
 * @text: (nullable): a text or number as it stands there, without quotes, at most 256 bytes
 */
typedef struct
{
  char *name;
  char *parent;
  char  type;
  char *text;
} SrJsonMember;

/**
 * sr_json_head_scan:
 * @text: the beginning of a JSON text, cut off anywhere
 *
 * What members a JSON object begins with and the objects in it, for guessing what it is. Tolerant;
 * nothing is checked.
 *
 * Returns: (transfer full) (element-type SrJsonMember): none if the root is no object
 */
GPtrArray *sr_json_head_scan (const char *text,
                              gsize       size);
/* Returns: (nullable) (transfer none): the member of that name in the root object */
const SrJsonMember *sr_json_head_find (GPtrArray  *members,
                                       const char *name);

G_END_DECLS
