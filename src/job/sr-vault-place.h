/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrVaultPlaceKind:
 * @SR_VAULT_PLACE_NEW: nothing is there, or an empty folder: a vault can be made
 * @SR_VAULT_PLACE_EXISTING: a vault is there
 * @SR_VAULT_PLACE_OCCUPIED: a folder with other things in it; @suggestion is a free one below it
 * @SR_VAULT_PLACE_UNUSABLE: it cannot be used; @sentence says why
 */
typedef enum
{
  SR_VAULT_PLACE_NEW,
  SR_VAULT_PLACE_EXISTING,
  SR_VAULT_PLACE_OCCUPIED,
  SR_VAULT_PLACE_UNUSABLE,
} SrVaultPlaceKind;

/**
 * SrVaultPlace:
 * @path: absolute
 * @suggestion: (nullable): where a vault could be instead
 * @sentence: what was found, for a person; valid UTF-8
 * @free_bytes, @total_bytes: of the file system it lies or would lie on; 0 if unknown
 * @n_keys: how many passwords an existing vault has
 * @is_removable: on a drive that can be taken out
 * @same_device: (nullable): the first source that lies on the same file system, so that one broken
 *   disk takes both
 */
typedef struct
{
  SrVaultPlaceKind kind;
  char            *path;
  char            *suggestion;
  char            *sentence;
  guint64          free_bytes;
  guint64          total_bytes;
  guint            n_keys;
  gboolean         is_removable;
  char            *same_device;
} SrVaultPlace;

/**
 * sr_vault_place_look:
 * @location: a folder, which need not be there; as for --vault
 * @sources: (array zero-terminated=1) (nullable): paths that will be backed up
 *
 * What a vault at @location would mean, without changing anything. A place inside a source, or one
 * that holds a source, is unusable: the vault would back itself up.
 *
 * Threads: blocks on disk; not for a main loop's thread.
 *
 * Returns: %FALSE only if cancelled or @location is of a kind that this program does not know
 */
gboolean sr_vault_place_look (const char        *location,
                              const char *const *sources,
                              SrVaultPlace      *place,
                              GCancellable      *cancellable,
                              GError           **error);
void     sr_vault_place_clear (SrVaultPlace *place);

G_END_DECLS
