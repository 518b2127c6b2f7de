/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-secret.h"

G_BEGIN_DECLS

/**
 * SrKitStyle:
 * @SR_KIT_TITLE: once, first
 * @SR_KIT_FACT: "Label: value"
 * @SR_KIT_FIXED: a command or name, to be copied letter by letter
 * @SR_KIT_SECRET: the password, or a line of dots to write it on
 */
typedef enum
{
  SR_KIT_TITLE,
  SR_KIT_HEADING,
  SR_KIT_TEXT,
  SR_KIT_FACT,
  SR_KIT_FIXED,
  SR_KIT_SECRET,
} SrKitStyle;

/* @text: UTF-8, one paragraph */
typedef struct
{
  SrKitStyle style;
  char      *text;
} SrKitLine;

/**
 * SrRecoveryKitFacts:
 * @site: (nullable): name of the site
 * @location: of the vault
 * @vault_id: (nullable): as stock restic prints it
 * @key_id: (nullable): of the key that the password opens
 * @made: day and time for a person
 * @password: (nullable): printed if given
 */
typedef struct
{
  const char *site;
  const char *location;
  const char *vault_id;
  const char *key_id;
  const char *made;
  SrSecret   *password;
} SrRecoveryKitFacts;

/**
 * sr_recovery_kit_new:
 *
 * The sheet with which a vault opens when keyring and computer are gone, and which tells how to
 * restore with the stock restic program alone. To be printed; whoever shows it lays it out.
 *
 * Returns: (transfer full) (element-type SrKitLine): its secret is wiped when it is freed
 */
GPtrArray *sr_recovery_kit_new (const SrRecoveryKitFacts *facts);
/* As plain text of at most 78 columns, with line feeds. Returns: (transfer full): wipe it if there
 * is a password in it */
char *sr_recovery_kit_to_text (GPtrArray *kit);

G_END_DECLS
