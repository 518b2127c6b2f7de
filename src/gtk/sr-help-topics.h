/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the help pages say, in the order in which they say it. */

typedef enum
{
  SR_HELP_TEXT,    /* a paragraph */
  SR_HELP_HEADING, /* of what follows */
  SR_HELP_STEP,    /* numbered; a heading starts anew */
  SR_HELP_COMMAND, /* to be typed; not translated */
} SrHelpKind;

typedef struct
{
  SrHelpKind  kind;
  const char *text; /* marked with N_(), but for commands; NULL ends the topic */
} SrHelpBlock;

typedef struct
{
  const char        *name;  /* of the action's parameter: "erp-gone" */
  const char        *title; /* marked with N_() */
  const SrHelpBlock *blocks;
} SrHelpTopic;

/* Ends with a topic without a name. */
extern const SrHelpTopic sr_help_topics[];

/* (nullable): the topic of that name. */
const SrHelpTopic *sr_help_topic (const char *name);

G_END_DECLS
