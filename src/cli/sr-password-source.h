/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-secret.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrPasswordSource:
 * @file: (nullable): its first line
 * @command: (nullable): first line of what it prints; run by the shell
 * @fd: first line of what can be read there; -1 for none
 * @keyring: from the session's keyring only
 *
 * Where a password comes from; at most one is set. Never an argument: those can be read by every
 * user of the machine.
 */
typedef struct
{
  char    *file;
  char    *command;
  int      fd;
  gboolean keyring;
} SrPasswordSource;

void sr_password_source_clear (SrPasswordSource *self);
/* %SR_ERROR_INVALID if more than one is set. */
gboolean sr_password_source_check (const SrPasswordSource *self,
                                   GError                **error);
/* Whether file, command or fd is set. */
gboolean sr_password_source_is_set (const SrPasswordSource *self);
/* Reads the password of file, command or fd. An empty one is refused. */
SrSecret *sr_password_source_read (const SrPasswordSource *self,
                                   GCancellable           *cancellable,
                                   GError                **error);

/* Whether somebody can be asked: standard input is a terminal. */
gboolean sr_password_can_ask (void);
/**
 * sr_password_ask:
 * @prompt: "Password of “/media/disk/vault”"
 * @twice: ask again and compare, for a new password
 *
 * Asks on the terminal without echo; cancelling ends it at once.
 */
SrSecret *sr_password_ask (const char   *prompt,
                           gboolean      twice,
                           GCancellable *cancellable,
                           GError      **error);

G_END_DECLS
