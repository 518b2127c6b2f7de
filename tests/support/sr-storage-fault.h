/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-error.h"
#include "storage/sr-storage.h"

G_BEGIN_DECLS

/**
 * SrFault:
 * @SR_FAULT_NONE: nothing happens
 * @SR_FAULT_FAIL: the call does nothing and fails
 * @SR_FAULT_FAIL_FROM: so do all calls after it
 * @SR_FAULT_FAIL_AFTER: the call is done, and fails all the same: the answer got lost
 * @SR_FAULT_CUT: half of what is appended or read goes through, then the call fails; other calls
 *   fail
 * @SR_FAULT_CUT_SILENTLY: half of what is appended goes through and nothing after it, and the file
 *   is committed; other calls work
 * @SR_FAULT_FLIP: the middle bit of what is appended or read is flipped; other calls work
 * @SR_FAULT_KILL: the call is done, then the process is killed as by kill -9
 * @SR_FAULT_BLOCK: the call waits for sr_storage_fault_release()
 *
 * Throwing a file away cannot fail.
 */
typedef enum
{
  SR_FAULT_NONE,
  SR_FAULT_FAIL,
  SR_FAULT_FAIL_FROM,
  SR_FAULT_FAIL_AFTER,
  SR_FAULT_CUT,
  SR_FAULT_CUT_SILENTLY,
  SR_FAULT_FLIP,
  SR_FAULT_KILL,
  SR_FAULT_BLOCK,
} SrFault;

#define SR_TYPE_STORAGE_FAULT (sr_storage_fault_get_type ())
G_DECLARE_FINAL_TYPE (SrStorageFault, sr_storage_fault, SR, STORAGE_FAULT, SrStorage)

/**
 * sr_storage_fault_new:
 *
 * A storage that hands every call to @inner, counts it, and does harm as planned. Each call of a
 * slot of #SrStorageClass is one: writing a small file is three (create, append, commit).
 */
SrStorage *sr_storage_fault_new (SrStorage *inner);

/* @call counts from 1, from the last plan on: planning restarts the count and forgets the log.
 *   @code is for those that fail. */
void  sr_storage_fault_plan (SrStorageFault *self,
                             SrFault         fault,
                             guint           call,
                             SrErrorCode     code);
guint sr_storage_fault_get_n_calls (SrStorageFault *self);
/* Whether the planned call was made. */
gboolean sr_storage_fault_was_reached (SrStorageFault *self);

/* From now on only @bytes more fit; removing files makes room, and the reserve is kept from this
 * space. */
void sr_storage_fault_limit_space (SrStorageFault *self,
                                   guint64         bytes);

/* Waits until a call is blocked. */
void sr_storage_fault_wait_blocked (SrStorageFault *self);
void sr_storage_fault_release (SrStorageFault *self);

/* Returns: (transfer full): a line for each call since the last plan: "3 commit pack 0123abcd" */
char *sr_storage_fault_dup_log (SrStorageFault *self);

G_END_DECLS
