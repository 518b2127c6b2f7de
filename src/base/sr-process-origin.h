/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SrProcessOrigin:
 * @is_known: the members below are; not so where /proc cannot be read
 * @machine: digest of the machine's id and a purpose; empty if it has none
 * @boot: id of the machine's current run
 * @pid_namespace: in which @pid is meant
 * @start: when the process began, in clock ticks since the machine did
 *
 * A process, exactly enough to prove later that it is gone. A number alone does not: sandboxes
 * number processes anew, and numbers are used again.
 */
typedef struct
{
  gboolean is_known;
  char    *machine;
  char    *boot;
  guint64  pid_namespace;
  gint64   pid;
  guint64  start;
} SrProcessOrigin;

/* This process. @purpose: so that digests of one use cannot be matched with those of another */
void sr_process_origin_init_self (SrProcessOrigin *self,
                                  const char      *purpose);
void sr_process_origin_clear (SrProcessOrigin *self);

/**
 * sr_process_origin_is_gone:
 * @here: this process, made with the same purpose
 *
 * Returns: whether it is proven that the process no longer lives. What cannot be proven is alive.
 *   No signal is sent.
 */
gboolean sr_process_origin_is_gone (const SrProcessOrigin *self,
                                    const SrProcessOrigin *here);

/* Returns: whether there is no process of that number, of anybody */
gboolean sr_process_is_gone (gint64 pid);
/* @start: in clock ticks since the machine began to run. Returns: whether it can be looked at */
gboolean sr_process_get_start (gint64   pid,
                               guint64 *start);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SrProcessOrigin, sr_process_origin_clear)

G_END_DECLS
