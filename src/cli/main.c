/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "cli/sr-cli.h"

int
main (int    argc,
      char **argv)
{
  return sr_cli_main (argc, argv);
}
