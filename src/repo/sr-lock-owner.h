/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-process-origin.h"
#include "repo/sr-json-reader.h"
#include "repo/sr-time.h"

G_BEGIN_DECLS

/**
 * SrLockOwner:
 * @origin: process that holds the lock; only its number is known of restic's locks
 *
 * Who holds a lock, exactly enough to prove that it is gone. A name of a host and a number of a
 * process alone do not: sandboxes number processes anew, and hosts share names. So our locks carry
 * the rest in the member "strongroom", which restic passes over.
 */
typedef struct
{
  char           *hostname;
  SrProcessOrigin origin;
} SrLockOwner;

/* This process. */
void sr_lock_owner_init_self (SrLockOwner *self);
void sr_lock_owner_clear (SrLockOwner *self);

/**
 * sr_lock_owner_is_dead:
 * @written: when the lock was
 *
 * Whether it is proven that the owner is a process of this host that no longer lives. No signal is
 * sent. A process that lives but may not be looked at is alive; what cannot be proven is alive.
 */
gboolean sr_lock_owner_is_dead (const SrLockOwner *self,
                                const SrTime      *written);

/* The member "strongroom" with its name. */
void sr_lock_owner_append_origin (const SrLockOwner *self,
                                  GString           *json);
/* The value of that member, behind its name. */
gboolean sr_lock_owner_read_origin (SrLockOwner  *self,
                                    SrJsonReader *reader,
                                    GError      **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SrLockOwner, sr_lock_owner_clear)

G_END_DECLS
