/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "cli/sr-cli.h"

G_BEGIN_DECLS

/**
 * sr_confirm_ask:
 * @question: "Replace what is there?"
 * @option: what to give where nobody can be asked: "--yes"
 *
 * Asks on the terminal; only "yes" is a yes, Return alone is none.
 *
 * Returns: %TRUE for yes; %FALSE with %SR_ERROR_REFUSED otherwise, also where there is no terminal
 */
gboolean sr_confirm_ask (SrCli      *cli,
                         const char *question,
                         const char *option,
                         GError    **error);

G_END_DECLS
